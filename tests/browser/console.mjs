// SPDX-License-Identifier: Apache-2.0
// console.mjs - what who looks after the relay sees and does

import assert from 'node:assert/strict';
import { looks } from './looks.mjs';
import { pageWith } from './tenant.mjs';

const SAP = 'https://my123456.crm.ondemand.com';
const DESK = 'https://desk.my123456.crm.cloud.sap';
const ORIGINS = `origins = {"${SAP}", "${DESK}"}`;
const CLICK = { PhoneNumber: '+1 6503054000', LoggedInUserID: 'SERVICEAGENT01' };
const WRONG = {
	payload: {
		Type: 'CALL', EventType: 'INBOUND', Action: 'ACCEPT',
		ANI: '441632960123', ExternalReferenceID: '12-34',
	},
};

export const stories = [];

function story(name, run, settings = {}) {
	stories.push({ name, run, settings });
}

/* --- helpers --- */

async function consoleOpen({ context, relay }) {
	const page = await context.newPage();

	await page.goto(`${relay.url}/console.html`);
	await page.locator('#live[data-tone="good"]').waitFor();
	return page;
}

function card(page, name) {
	return page.locator(`#cards [data-card="${name}"]`);
}

function see(page, text) {
	return page.getByText(text).first().waitFor();
}

/** Serves SAP's page with the widget in it, without waiting for it. */
async function sapOpen({ context, tenant, relay }, origin = SAP) {
	const page = await context.newPage();

	await page.goto(tenant.serve(`${origin}/`, pageWith(`${relay.url}/`)));
	return page;
}

async function status(relay) {
	return JSON.parse((await relay.get('/api/v1/status')).text);
}

async function until(what, probe) {
	const deadline = Date.now() + 10000;

	while (!(await probe())) {
		if (Date.now() > deadline)
			throw new Error(`waited in vain for: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 25));
	}
}

/* --- the console --- */

story('the console shows a live call, step by step', async (t) => {
	const page = await consoleOpen(t);

	await see(page, 'No calls yet.');
	const { id } = await t.relay.play('ring');
	const row = page.locator(`#calls [data-id="${id}"]`);

	await row.getByText('ringing').waitFor();
	await row.click();
	const detail = page.locator('#detail');

	assert.equal(await detail.locator('.facts code').first().textContent(),
		id);
	await detail.getByText('message for SAP made').waitFor();
	const made = detail.locator('tr[data-step="payload"]');

	assert.equal(await made.locator('.chip').textContent(), 'patchcord');
	assert.match(await made.locator('.ms').textContent(), /^\+\d+$/);
	await made.locator('summary', { hasText: 'CALL INBOUND NOTIFY' }).click();
	assert.deepEqual(JSON.parse(await made.locator('pre').textContent())
		.payload.ExternalReferenceID, id);
	// what nobody has taken is the browser's side, and no page was there
	await detail.locator('.notice[data-whose="browser"]').waitFor();
	await t.relay.request('POST', `/api/v1/calls/${id}/answer`);
	await row.getByText('in call').waitFor();
	await detail.locator('tr[data-step="call.active"]').waitFor();
	// what was opened stays so
	assert.equal(await made.first().locator('details').getAttribute('open'),
		'');
	assert.equal(await detail.locator('tr[data-step="call.active"] .chip')
		.textContent(), 'switch');
});

story('a claim and a post are steps, and then the side is SAP', async (t) => {
	const page = await consoleOpen(t);
	const host = await t.context.newPage();

	await host.goto(`${t.relay.url}/host.html`);
	await host.locator('#messages').waitFor();
	await until('the widget', async () =>
		(await status(t.relay)).host.widget_loaded_at);
	const { id } = await t.relay.play('answer');

	await page.locator(`#calls [data-id="${id}"]`).click();
	const steps = page.locator('#detail tr[data-step="posted"]');

	await steps.nth(1).waitFor();
	assert.equal(await steps.first().locator('.chip').textContent(), 'SAP');
	assert.equal(await page.locator('tr[data-step="claimed"] .chip').first()
		.textContent(), 'browser');
	await page.locator('#detail .notice[data-whose="sap"]').waitFor();
});

story('a dialed call has its ActivityUUID, a refused click its fix', async (t) => {
	const page = await consoleOpen(t);
	const uuid = '00163EA718FC1EEABDD5608C895BDC71';

	await t.relay.request('POST', '/api/v1/calls',
		{ ...CLICK, ActivityUUID: uuid });
	await page.locator('#calls button', { hasText: '+16503054000' }).click();
	await page.locator('#detail').getByText('none by design').waitFor();
	await page.locator('#detail code', { hasText: uuid }).waitFor();
	await page.locator('#detail .notice[data-tone="good"]').waitFor();
	await t.relay.request('POST', '/api/v1/calls',
		{ ...CLICK, PhoneNumber: '1-800-FLOWERS' });
	await page.locator('#calls button', { hasText: '1-800-FLOWERS' }).click();
	await page.locator('#detail').getByText("The letter 'F'").waitFor();
	assert.equal(await page.locator('#detail a').getAttribute('href'),
		'/docs/errors#bad_number');
	await page.locator('#filter').fill('dc71');
	await page.locator('#calls button', { hasText: '1-800' })
		.waitFor({ state: 'detached' });
	assert.equal(await page.locator('#calls button').count(), 1);
});

story('the console says whether SAP has ever loaded the widget', async (t) => {
	const page = await consoleOpen(t);

	await see(card(page, 'SAP page'), 'never');
	await page.locator('#verdict[data-tone="warn"]').waitFor();
	await card(page, 'SAP page').getByRole('link').click();
	assert.match(page.url(), /#policies-title$/);
	await sapOpen(t);
	await card(page, 'SAP page').getByText(
		/SAP has loaded the widget: (just now|\d+ s ago)/).waitFor();
	await page.locator('#verdict[data-tone="good"]').waitFor();
	assert.equal(await page.locator('#verdict').textContent(), 'All is well');
}, { tenant: true, sap: ORIGINS });

story('a page that is taken back loses its stream, the console goes on', async (t) => {
	const { relay } = t;

	await relay.request('POST', '/api/v1/pairings', { origins: [SAP] });
	const page = await consoleOpen(t);
	const sap = await sapOpen(t);
	const widget = sap.frameLocator('#widget');

	await until('both streams', async () =>
		(await status(relay)).streams === 2);
	await page.getByRole('button', { name: `Remove ${SAP}` }).click();
	await see(page, `${SAP} may no longer use the phone.`);
	await widget.getByText('May this page use the phone?').waitFor();
	await page.locator('#pages-none').waitFor();
	await until('the stream of the console alone', async () =>
		(await status(relay)).streams === 1);
	const { id } = await relay.play('ring');

	await page.locator(`#calls [data-id="${id}"]`).waitFor();
}, { tenant: true, noisy: true });

story('the console comes back with the relay', async (t) => {
	const page = await consoleOpen(t);
	const { id } = await t.relay.play('ring');

	await t.relay.kill();
	await page.locator('#verdict', { hasText: 'does not answer' }).waitFor();
	await t.relay.run();
	await page.locator('#live[data-tone="good"]').waitFor();
	await card(page, 'Relay').waitFor();
	await page.locator(`#calls [data-id="${id}"]`).waitFor();
	const { id: next } = await t.relay.play('ring');

	await page.locator(`#calls [data-id="${next}"]`).waitFor();
}, { noisy: true });

story('with several agents one is chosen, and only his calls are shown', async (t) => {
	const page = await consoleOpen(t);
	const play = async (agent) => JSON.parse((await t.relay.request('POST',
		'/api/v1/simulator/calls', { from: '+493069123456', agent }))
		.text).id;
	const [a, b] = [await play('ADA'), await play('BOB')];

	await page.locator(`#calls [data-id="${a}"]`).waitFor();
	assert.equal(await page.locator(`#calls [data-id="${b}"]`).count(), 0);
	await page.locator('#agent').selectOption('BOB');
	await page.locator(`#calls [data-id="${b}"]`).click();
	await page.locator('#detail .steps').waitFor();
	assert.equal(await page.locator(`#calls [data-id="${a}"]`).count(), 0);
}, { more: 'agent "ADA" { device = "1" }\nagent "BOB" { device = "2" }' });

story('the console explains a number both ways', async (t) => {
	const page = await consoleOpen(t);
	const input = page.locator('#explain input');

	await input.fill('+1 6503054000');
	await input.press('Enter');
	await see(page.locator('#explained'), 'Dialed as 0016503054000');
	await see(page.locator('#explained'), 'SAP gets ANI +16503054000');
	assert.ok(await page.locator('#explained tr').count() >= 8);
	await input.fill('112');
	await input.press('Enter');
	await see(page.locator('#explained .notice[data-tone="bad"]'),
		'emergency');
});

story('the console lints a message, JSON or XML, with the KBA', async (t) => {
	const page = await consoleOpen(t);
	const text = page.locator('#lint textarea');
	const check = page.locator('#lint button[type="submit"]');

	await text.fill(JSON.stringify(WRONG));
	await check.click();
	await see(page.locator('#linted'), 'SAP would not do what is meant.');
	for (const [rule, kba] of [['id.chars', '3481409'],
		['ani.plus', '3705829']]) {
		const finding = page.locator('#linted li', { hasText: rule });

		assert.equal(await finding.getByRole('link').getAttribute('href'),
			`https://me.sap.com/notes/${kba}`);
	}
	await text.fill('<?xml version="1.0"?><payload><Type>CALL</Type>' +
		'<EventType>INBOUND</EventType><Action>NOTIFY</Action>' +
		'<ANI>+493069123456</ANI><ExternalReferenceID>77C4E280C220502DB864' +
		'</ExternalReferenceID></payload>');
	await check.click();
	await see(page.locator('#linted'), 'SAP takes it.');
	await text.fill('<payload><Subject>A & B</Subject></payload>');
	await check.click();
	await see(page.locator('#linted'), 'xml.escape');
});

story('the check-up answers, worst first', async (t) => {
	const page = await consoleOpen(t);

	await page.getByRole('button', { name: 'Check now' }).click();
	await page.locator('#checks li').nth(3).waitFor();
	const verdicts = await page.locator('#checks li').evaluateAll((list) =>
		list.map((each) => each.dataset.verdict));
	const order = ['fail', 'warn', 'skipped', 'ok'];

	assert.deepEqual(verdicts, [...verdicts].sort((a, b) =>
		order.indexOf(a) - order.indexOf(b)));
	await page.locator('#checks li', { hasText: 'switch' }).first().waitFor();
});

/** What each of the policies must be, besides naming the origins. */
const POLICIES = {
	linux: (text) => JSON.parse(text),
	windows: (text) => assert.match(text, /^Windows Registry Editor Version 5/),
	mac: (text) => assert.match(text, /^<\?xml/),
};

story('policies name the configured origins and those that are paired', async (t) => {
	const extra = 'https://my765432.crm.ondemand.com';

	await t.relay.request('POST', '/api/v1/pairings', { origins: [extra] });
	const page = await consoleOpen(t);
	const text = page.locator('#policy');

	await text.getByText(extra).waitFor();
	for (const browser of ['chrome', 'edge', 'chromium'])
		for (const [system, check] of Object.entries(POLICIES)) {
			await page.locator('[name="browser"]').selectOption(browser);
			await page.locator('[name="system"]').selectOption(system);
			const policy = await text.textContent();

			check(policy);
			for (const part of [SAP, DESK, extra,
				'LoopbackNetworkAllowedForUrls',
				'LocalNetworkAccessPermissionsPolicyDefaultEnabled'])
				assert.ok(policy.includes(part),
					`${browser} ${system} lacks ${part}`);
			if (system === 'mac')
				assert.equal(await page.evaluate((xml) => new DOMParser()
					.parseFromString(xml, 'application/xml')
					.querySelector('parsererror'), policy), null);
		}
	await page.locator('[name="older"]').check();
	assert.match(await text.textContent(), /LocalNetworkAccessAllowedForUrls/);
	await page.locator('[name="browser"]').selectOption('firefox');
	assert.deepEqual(JSON.parse(await text.textContent()).policies
		.LocalNetworkAccess.SkipDomains,
	[SAP, DESK, extra].map((origin) => new URL(origin).hostname));
	await t.context.grantPermissions(['clipboard-read', 'clipboard-write']);
	await page.locator('#policy-copy').click();
	await see(page, 'Copied.');
	assert.equal(await page.evaluate(() => navigator.clipboard.readText()),
		await text.textContent());
}, { sap: ORIGINS });

/** As if the browser did not know frame-ancestors. */
async function headersDrop(context, url) {
	await context.route(url, async (route) => {
		const res = await route.fetch();

		await route.fulfill({
			body: await res.text(), contentType: 'text/html',
		});
	});
}

story('a framed console does nothing, however it came into the frame', async (t) => {
	const { context, relay } = t;
	const url = `${relay.url}/console.html`;
	const asked = [];

	context.on('request', (req) => {
		const { pathname } = new URL(req.url());

		if (pathname.startsWith('/api/'))
			asked.push(pathname);
	});
	const page = await context.newPage();

	await context.route(`${SAP}/**`, (route) => route.fulfill({
		contentType: 'text/html',
		body: `<!DOCTYPE html><title>frame</title><iframe src="${url}"
			id="frame"></iframe>`,
	}));
	await page.goto(`${SAP}/`);
	await until('the browser to refuse it', () => page.frames()[1]
		?.evaluate(() => location.origin === 'null').catch(() => false));
	await headersDrop(context, url);
	const own = await context.newPage();

	await context.route(`${relay.url}/frame`, (route) => route.fulfill({
		contentType: 'text/html',
		body: `<!DOCTYPE html><title>own</title><iframe src="${url}"></iframe>`,
	}));
	await own.goto(`${relay.url}/frame`);
	await own.frameLocator('iframe').getByText('Asking the relay').waitFor();
	await own.frames()[1].waitForFunction(() => performance
		.getEntriesByType('resource').some((each) =>
			each.name.endsWith('/page/names.js')));
	await own.frames()[1].evaluate(() => import('/console/main.js'));
	assert.deepEqual(asked, []);
	assert.match((await relay.get('/console.html')).text, /cti-token/);
}, { noisy: true });

story('the console looks well and has no barriers', async (t) => {
	const { relay } = t;

	await relay.request('POST', '/api/v1/pairings',
		{ origins: ['https://my765432.crm.ondemand.com'] });
	await relay.play('cancel');
	await relay.request('POST', '/api/v1/calls',
		{ ...CLICK, PhoneNumber: '1-800-FLOWERS' });
	await relay.request('POST', '/api/v1/calls', CLICK);
	const page = await consoleOpen(t);
	const { id } = await relay.play('answer');

	await page.locator('#explain input').fill('+1 6503054000');
	await page.locator('#explain input').press('Enter');
	await page.getByRole('button', { name: 'Example', exact: true }).click();
	await page.getByRole('button', { name: 'Check now' }).click();
	await page.locator('#checks li').nth(3).waitFor();
	await see(page, 'SAP gets ANI');
	await page.locator(`#calls [data-id="${id}"]`).click();
	await page.locator('tr[data-step="call.active"]').waitFor();
	await looks(t, page, 'console');
}, { sap: ORIGINS });
