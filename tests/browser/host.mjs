// SPDX-License-Identifier: Apache-2.0
// host.mjs - the stand-in for SAP's page: what it plays, counts and says

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { scenarios } from '../../www/host/scenarios.js';

const PLACE = 'https://stand-in.example';
const ID = /^[0-9A-F]{32}$/;
const AXE = readFileSync(
	createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const NAMES = Object.keys(scenarios);

/* --- helpers --- */

export const stories = [];

/** A ring that is over before the widget could tell it is nothing to SAP, so
 * callers are patient here. */
function story(name, run, settings = {}) {
	stories.push({ name: `stand-in: ${name}`, run,
		settings: { ringMs: 2000, ...settings } });
}

/** The stand-in, its widget ready; query and hash as in an address. */
async function open({ context, relay }, { query = '', hash = '' } = {}) {
	const page = await context.newPage();

	await page.goto(`${relay.url}/host.html${query}${hash}`);
	await page.frameLocator('#widget').locator('#link', { hasText: 'Ready' })
		.waitFor();
	return page;
}

/** Waits for the end of a scenario and says why it failed. */
async function played(page, name, timeout = 60000) {
	const panel = page.locator(`#scenario[data-scenario="${name}"]`);
	const over = panel.and(page.locator('[data-scenario-result="passed"], ' +
		'[data-scenario-result="failed"]'));

	await over.waitFor({ timeout });
	assert.equal(await over.getAttribute('data-scenario-result'), 'passed',
		await panel.innerText());
}

function verdict(page, tone, text) {
	return page.locator(`#verdict[data-verdict="${tone}"]`)
		.getByText(text).waitFor();
}

async function counts(page) {
	const numbers = await page.locator('.counters b').allTextContents();
	const [messages, doubled, missing, unknown, wrong, refused] =
		numbers.map(Number);

	return { messages, doubled, missing, unknown, wrong, refused };
}

function countIs(page, name, n) {
	return page.locator(`#n-${name}`)
		.getByText(String(n), { exact: true }).waitFor();
}

/** As the widget would post it, but by hand. */
function post(page, message) {
	return page.frames()[1].evaluate((data) =>
		parent.postMessage(data, location.origin), message);
}

function notify(id, more = {}) {
	return { payload: { Type: 'CALL', EventType: 'INBOUND', Action: 'NOTIFY',
		ANI: '+493069123456', ExternalReferenceID: id, ...more } };
}

function press(root, name) {
	return root.getByRole('button', { name, exact: true }).click();
}

/* --- scenarios --- */

story('each scenario passes when its address is opened', async (t) => {
	const page = await t.context.newPage();

	for (const name of NAMES) {
		await page.goto('about:blank');
		await page.goto(
			`${t.relay.url}/host.html#scenario=${name}&speed=20`);
		await played(page, name);
		await verdict(page, 'good', /complete, nothing doubled/);
		await t.shot(page, `host-${name}`);
	}
});

story('a pressed scenario writes the address that replays it', async (t) => {
	const page = await open(t);

	await press(page, 'Inbound, rejected');
	await played(page, 'inbound-rejected');
	assert.match(page.url(), /#scenario=inbound-rejected$/);
});

story('a scenario that goes wrong says what differs', async (t) => {
	const page = await open(t);

	// somebody else answers the click's call in SAP's place: not as expected
	await page.evaluate(() => {
		location.hash = '#scenario=inbound-missed&speed=20';
	});
	const ringing = page.locator('.activity[data-status="ringing"]');
	const id = await ringing.getAttribute('data-id');

	await post(page, notify(id));
	await page.locator('#scenario[data-scenario-result="failed"]').waitFor();
	await page.getByText('doubled: 1').waitFor();
	await verdict(page, 'bad', '1 message doubled.');
	await t.shot(page, 'host-failed');
});

story('each thing that a scenario expects can differ', async (t) => {
	const wishes = [
		['inbound-missed', { told: { A: ['INBOUND NOTIFY', 'INBOUND ACCEPT'] } },
			'✗ differs'],
		['inbound-missed', { related: { A: 'B' } },
			'call A is not related to B'],
		['inbound-missed', { absent: { A: 'ANI' } },
			'call A must not have ANI'],
		['inbound-missed', { causes: { A: 'busy' } },
			'call A ended cancelled, not busy'],
		['double-click', { dialed: { A: 2 } }, 'click A made 1 calls, not 2'],
	];

	for (const [name, wish, said] of wishes) {
		const page = await open(t);

		await page.evaluate(async ([key, expected]) => {
			const { scenarios } = await import('/host/scenarios.js');
			const { told } = scenarios[key];

			Object.assign(scenarios[key], expected);
			if (expected.related) { // to a second caller
				scenarios[key].steps.push({ do: 'play', who: 'B',
					script: 'cancel' });
				told.B = told.A;
			}
			location.hash = `#scenario=${key}&speed=20`;
		}, [name, wish]);
		await page.locator('#scenario[data-scenario-result="failed"]')
			.waitFor();
		await page.locator('#scenario').getByText(said).first().waitFor();
		await page.close();
	}
});

story('a link on a page of somebody else plays nothing by itself', async (t) => {
	const page = await t.context.newPage();

	await t.context.route(`${PLACE}/`, (route) => route.fulfill({
		contentType: 'text/html',
		body: `<!DOCTYPE html><a href="${t.relay.url}` +
			'/host.html#scenario=click-answered&speed=20">look</a>',
	}));
	await page.goto(`${PLACE}/`);
	await page.getByText('look').click();
	await page.getByText('A link wants this played.').waitFor();
	assert.equal((await t.relay.calls()).length, 0);
	await press(page, 'Play it');
	await played(page, 'click-answered');
	assert.equal((await t.relay.calls()).length, 1);
});

/* --- the tab and the network, as only the browser can have them --- */

story('a frozen tab tells SAP all of it once it thaws', async (t) => {
	const page = await open(t);
	const cdp = await t.context.newCDPSession(page);

	const { id } = await t.relay.play('ring');

	await countIs(page, 'messages', 1);
	await cdp.send('Page.setWebLifecycleState', { state: 'frozen' });
	await t.relay.request('POST', `/api/v1/calls/${id}/answer`);
	await t.relay.request('POST', `/api/v1/calls/${id}/hangup`);
	await cdp.send('Page.setWebLifecycleState', { state: 'active' });
	await countIs(page, 'messages', 3);
	await verdict(page, 'good', 'The call is complete, nothing doubled.');
});

story('a slow network costs time only', async (t) => {
	const page = await open(t);
	const cdp = await t.context.newCDPSession(page);

	await cdp.send('Network.enable');
	await cdp.send('Network.emulateNetworkConditions', { offline: false,
		latency: 400, downloadThroughput: 20000, uploadThroughput: 20000 });
	await page.evaluate(() => {
		location.hash = '#scenario=slow-network&speed=20';
	});
	await played(page, 'slow-network');
});

/* --- the books --- */

story('a wrong message is refused with the number of the article', async (t) => {
	const page = await open(t);

	await post(page, notify('00163EA7-18FC-1EEA-BDD5-608C895BDC71',
		{ ANI: '493069123456' }));
	const message = page.locator('.message').first();

	await message.getByText('KBA 3481409').first().waitFor();
	await message.getByText('KBA 3705829').waitFor();
	await message.locator('.verdict[data-verdict="bad"]').waitFor();
	await page.locator('.activity').getByText('Unknown caller').waitFor();
	await verdict(page, 'bad', '1 message refused by the lint.');
	await t.shot(page, 'host-lint');
});

story('what is in a wrong wrapper is counted', async (t) => {
	const page = await open(t);
	const wrong = [notify('A1').payload, { ...notify('A1'), provider: 'x' },
		{ payload: '<payload/>' }, '{"payload":{}}', null, 7, [],
		'<message><Type>CALL</Type></message>',
		'<payload><Text>a & b</Text></payload>'];

	for (const message of wrong)
		await post(page, message);
	await countIs(page, 'wrong', wrong.length);
	assert.equal((await counts(page)).messages, wrong.length);
	assert.equal(await page.locator('.activity').count(), 0);
}, { noisy: true }); // the parser's own error page has a style

story('a doubled message is counted in whichever tab it came', async (t) => {
	const one = await open(t);
	const two = await open(t);

	await post(one, notify('DOUBLED1'));
	await countIs(one, 'messages', 1);
	await countIs(one, 'doubled', 0);
	await post(two, notify('DOUBLED1'));
	await countIs(one, 'doubled', 1);
	await countIs(two, 'doubled', 1);
	await post(two, notify('DOUBLED1', { Action: 'ACCEPT' }));
	await countIs(two, 'messages', 2);
	await countIs(two, 'doubled', 1);
});

story('an END that never comes is missed', async (t) => {
	const page = await open(t);

	// the widget is gone, so nobody tells SAP of the end
	const { id } = await t.relay.play('ring');

	await countIs(page, 'messages', 1);
	await page.evaluate(() => document.getElementById('widget').remove());
	await t.relay.request('POST', `/api/v1/calls/${id}/reject`);
	await countIs(page, 'missing', 1);
	await verdict(page, 'bad', '1 END missing.');
	await page.getByText('END missing: the relay says it ended').waitFor();
	await t.shot(page, 'host-missing');
});

story('an id nobody has heard of is counted, one from before is not', async (t) => {
	const first = await open(t);
	const { id } = await t.relay.play('ring');

	await countIs(first, 'messages', 1);
	await first.reload();
	await first.frameLocator('#widget')
		.locator('#link', { hasText: 'Ready' }).waitFor();
	await t.relay.request('POST', `/api/v1/calls/${id}/reject`);
	await countIs(first, 'messages', 1);
	await verdict(first, 'good', 'The call is complete');
	await countIs(first, 'unknown', 0);
	await post(first, { payload: { Type: 'CALL', Action: 'END',
		EventType: 'UPDATEACTIVITY', ExternalReferenceID: 'F'.repeat(32) } });
	await countIs(first, 'unknown', 1);
	await verdict(first, 'bad', '1 unknown id.');
});

/* --- at another origin, as at SAP's --- */

/** A copy of the stand-in that frames the relay's widget. */
function copyUrl(relay, hash = '') {
	return `${PLACE}/host.html?widget=${encodeURIComponent(relay.url)}${hash}`;
}

const LISTED = { sap: `origins = {"${PLACE}"}`, tenant: true };

story('it works at another origin over https', async (t) => {
	const page = await t.context.newPage();

	t.tenant.standIn(PLACE, t.relay.url);
	await page.goto(copyUrl(t.relay, '#scenario=inbound-answered&speed=20'));
	await played(page, 'inbound-answered');
	await page.getByText('lint: no findings').nth(2).waitFor();
	await press(page, 'Call Alex Example');
	await page.frameLocator('#widget').getByText('In call').first().waitFor();
	await t.relay.request('DELETE',
		`/api/v1/calls/${(await t.relay.calls())[0].id}`);
	await verdict(page, 'good', 'All 2 calls complete, nothing doubled.');
	await t.shot(page, 'host-elsewhere');
}, LISTED);

story('all scenarios pass at another origin', async (t) => {
	const page = await t.context.newPage();

	t.tenant.standIn(PLACE, t.relay.url);
	await page.goto(copyUrl(t.relay, '#speed=20'));
	await press(page, 'Play all of them');
	await page.locator('#scenario[data-scenario-result="running"]').waitFor();
	await played(page, 'all', 120000);
	assert.equal(await page.locator('.scene[data-result="passed"]').count(),
		NAMES.length);
	await verdict(page, 'good', /^All \d+ calls complete, nothing doubled/);
}, LISTED);

story('a copy without a relay behind it says what it cannot check', async (t) => {
	const page = await t.context.newPage();

	t.tenant.standIn(PLACE, null);
	await page.goto(copyUrl(t.relay));
	await page.frameLocator('#widget').locator('#link', { hasText: 'Ready' })
		.waitFor();
	await t.relay.play('cancel');
	await page.getByText('not checked here: this copy of the page has no ' +
		'relay behind it').nth(1).waitFor();
	await verdict(page, 'good', 'The call is complete, nothing doubled.');
	assert.equal(await page.locator('#stage').isVisible(), false);
	await t.shot(page, 'host-alone');
}, LISTED);

story('it works inside a frame of a second origin', async (t) => {
	const desk = 'https://my123456.crm.ondemand.com/';
	const page = await t.context.newPage();

	t.tenant.standIn(PLACE, t.relay.url);
	t.tenant.serve(desk, `<!DOCTYPE html><title>desk</title>
		<iframe width="1160" height="820" src="${copyUrl(t.relay,
			'#scenario=transfer&speed=20').replace('&', '&amp;')}"></iframe>`);
	await page.goto(desk);
	await played(page.frames().find((f) => f.url().startsWith(PLACE)) ??
		await page.waitForEvent('framenavigated',
			(f) => f.url().startsWith(PLACE)), 'transfer');
	await t.shot(page, 'host-nested');
}, { ...LISTED,
	sap: `origins = {"${PLACE}", "https://my123456.crm.ondemand.com"}` });

story('inside a frame of an origin that is not listed it hears nothing', async (t) => {
	const desk = 'https://my123456.crm.ondemand.com/';
	const page = await t.context.newPage();

	t.tenant.standIn(PLACE, t.relay.url);
	t.tenant.serve(desk, `<!DOCTYPE html><title>desk</title>
		<iframe id="outer" width="1160" height="820"
		src="${copyUrl(t.relay)}"></iframe>`);
	await page.goto(desk);
	const outer = page.frameLocator('#outer');

	await outer.frameLocator('#widget')
		.getByText('https://my123456.crm.ondemand.com').first().waitFor();
	await outer.getByRole('button', { name: 'Call Alex Example' }).click();
	await outer.getByText('Not dialed, see the phone').waitFor({
		timeout: 20000 });
	assert.equal((await t.relay.calls()).length, 0);
}, LISTED);

story('the page of the relay frames nothing but the relay', async (t) => {
	const page = await open(t, { query: '?widget=https://evil.example/' });

	assert.equal(page.frames()[1].url(), `${t.relay.url}/`);
	await page.evaluate(() => {
		const frame = document.createElement('iframe');

		frame.src = 'https://evil.example/';
		document.body.append(frame);
		return new Promise((resolve) => {
			document.addEventListener('securitypolicyviolation', resolve,
				{ once: true });
		});
	});
}, { noisy: true });

/* --- at a real switch --- */

story('at a switch it calls nobody by itself', async (t) => {
	const page = await t.context.newPage();

	await page.goto(
		`${t.relay.url}/host.html#scenario=click-answered&speed=20`);
	await page.getByText('switch: baresip').waitFor();
	await page.frameLocator('#widget').locator('#link').waitFor();
	for (const part of ['#stage', '#callers', '#double', '#scenario'])
		assert.equal(await page.locator(part).isVisible(), false, part);
	assert.equal(await page.locator('.contact').count(), 0);
	await page.getByLabel('Any number').fill('110');
	await page.locator('#any [type="submit"]').click();
	await page.locator('.activity[data-kind="outbound"]')
		.getByRole('heading', { name: 'A number' }).waitFor();
	await t.shot(page, 'host-switch');
	assert.equal((await t.relay.calls()).length, 0);
}, {
	sign: '/healthz',
	more: 'telephony { driver = baresip }\nhttp { host_page = on }',
});

/* --- what SAP shows --- */

story('the activities show what SAP would', async (t) => {
	const page = await open(t);

	await page.evaluate(() => {
		location.hash = '#scenario=transfer&speed=20';
	});
	await played(page, 'transfer');
	const later = page.locator('.activity[data-kind="transfer"]');
	const earlier = page.locator('.activity[data-kind="inbound"]');
	const original = await earlier.getAttribute('data-id');

	await later.getByText('Robin Sample').waitFor();
	await later.getByText(original, { exact: true }).waitFor();
	await later.getByRole('button', { name: 'Phone call of the first agent' })
		.click();
	assert.equal(await page.evaluate(() =>
		document.activeElement.dataset.id), original);
	assert.match(original, ID);
	await page.evaluate(() => {
		location.hash = '#scenario=late-data&speed=20';
	});
	await played(page, 'late-data');
	await page.getByText('Asks for Friday.').first().waitFor();
	await page.locator('.activity').getByText('REC_0815').waitFor();
});

story('a click carries all that SAP sends, with an activity of its own', async (t) => {
	const page = await open(t);

	for (const name of ['Call Busy Line', 'Call Switched Off']) {
		await press(page, name);
		await page.locator('.activity').first()
			.getByText(/^Call ended: (busy|unreachable)/).waitFor();
	}
	const calls = await t.relay.calls();

	assert.equal(calls.length, 2);
	assert.notEqual(calls[0].activity_uuid, calls[1].activity_uuid);
	for (const { crm } of calls) {
		assert.deepEqual(Object.keys(crm).sort(), ['ActivityUUID',
			'BusinessPartnerID', 'Direction', 'ESObjectID',
			'LoggedInUserID', 'ObjectID', 'ObjectThingType',
			'ObjectTypeCode', 'ObjectUUID', 'PhoneNumber']);
		assert.match(crm.ActivityUUID, ID);
	}
	await page.locator('.activity').first()
		.getByText(/SAP makes none for a click/).waitFor();
	await verdict(page, 'good', 'All 2 calls complete, nothing doubled.');
});

story('a ringing caller is known or unknown', async (t) => {
	const page = await open(t);

	for (const [from, who] of [['+493069123456', 'Jamie Example'],
		['+493069999999', 'Unknown caller'], [null, 'Unknown caller']]) {
		const { id } = await t.relay.play('ring', from);
		const card = page.locator(`.activity[data-id="${id}"]`);

		await card.getByText('Incoming call').waitFor();
		await card.getByRole('heading', { name: who }).waitFor();
		await t.relay.request('POST', `/api/v1/calls/${id}/reject`);
		await card.getByText('Not answered, no activity').waitFor();
	}
	await t.shot(page, 'host-unknown');
});

story('scenarios pass where SAP takes XML', async (t) => {
	const page = await open(t, { hash: '#scenario=late-data&speed=20' });

	await played(page, 'late-data');
	await page.getByText('XML text').first().waitFor();
	assert.equal((await counts(page)).wrong, 0);
}, { sap: 'encoding = "xml"' });

story('scenarios follow what SAP is to hear by the configuration', async (t) => {
	for (const name of ['inbound-missed', 'click-answered', 'busy-redial']) {
		const page = await open(t, { hash: `#scenario=${name}&speed=20` });

		await played(page, name);
		await verdict(page, 'good', /complete, nothing doubled/);
		await page.close();
	}
}, { sap: 'missed = silent outbound = full accept_action = omit' });

story('a scenario waits for a widget that is slow to start', async (t) => {
	await t.context.route('**/lang/*.json', async (route) => {
		await new Promise((resolve) => setTimeout(resolve, 2000));
		await route.continue();
	});
	const page = await open(t, { hash: '#scenario=inbound-missed&speed=20' });

	await played(page, 'inbound-missed');
});

story('two agents have a stand-in each', async (t) => {
	const pages = await Promise.all(['ANNA', 'BERND'].map((id) => open(t,
		{ query: `?agent=${id}`, hash: '#scenario=two-calls&speed=20' })));

	for (const page of pages) {
		await played(page, 'two-calls');
		assert.equal((await counts(page)).messages, 6);
	}
}, { more: `
agent "ANNA" { device = "sim/anna" }
agent "BERND" { device = "sim/bernd" }` });

story('it fits on every screen, light and dark', async (t) => {
	const page = await open(t, { hash: '#scenario=transfer&speed=20' });

	await played(page, 'transfer');
	await t.relay.play('ring');
	await countIs(page, 'messages', 7);
	for (const width of [360, 820, 1180, 1480])
		for (const colorScheme of ['light', 'dark']) {
			await page.setViewportSize({ width, height: 900 });
			await page.emulateMedia({ colorScheme });
			const over = await page.evaluate(() =>
				document.documentElement.scrollWidth - innerWidth);

			assert.ok(over <= 0, `${over} pixels too wide at ${width}`);
			await t.shot(page, `host-${width}-${colorScheme}`);
		}
});

story('no barrier is found by axe, light and dark', async (t) => {
	const page = await open(t, { hash: '#scenario=transfer&speed=20' });

	await played(page, 'transfer');
	await page.locator('summary').click();
	await t.relay.play('ring');
	await post(page, notify('A-B', { ANI: '1' }));
	await post(page, 'nothing');
	await page.locator('.finding').first().waitFor();
	await page.evaluate(AXE);
	for (const colorScheme of ['light', 'dark']) {
		await page.emulateMedia({ colorScheme });
		const { violations } = await page.evaluate((tags) => window.axe.run(
			{ exclude: ['iframe'] },
			{ runOnly: tags, resultTypes: ['violations'] }), WCAG);

		assert.deepEqual(violations.map(({ id, nodes }) =>
			[id, nodes.map(({ html }) => html)]), [], colorScheme);
		await t.shot(page, `host-faults-${colorScheme}`);
	}
});
