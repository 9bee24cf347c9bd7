// SPDX-License-Identifier: Apache-2.0
// pairing.mjs - an SAP page is allowed with one click, and what must not do it

import assert from 'node:assert/strict';
import { domainToASCII } from 'node:url';
import { pageWith } from './tenant.mjs';

const SAP = 'https://my123456.crm.ondemand.com';
const DESK = 'https://desk.my123456.crm.cloud.sap';
const EVIL = 'https://www.evil.example';
const ODD = 'https://xn--m123456-v2a.crm.ondemand.com';
const CLICK = { PhoneNumber: '+1 6503054000', LoggedInUserID: 'SERVICEAGENT01' };

export const stories = [];

function story(name, run, settings = {}) {
	stories.push({ name, run, settings: { tenant: true, ...settings } });
}

/* --- helpers --- */

async function until(what, probe) {
	const deadline = Date.now() + 10000;

	while (!(await probe())) {
		if (Date.now() > deadline)
			throw new Error(`waited in vain for: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 25));
	}
}

/** The widget's frame, however deep. */
async function widgetIn(page, relay) {
	const find = () => page.frames().find((frame) =>
		frame.url().startsWith(relay.url));

	await until('the widget', find);
	await find().locator('#link').waitFor();
	return find();
}

async function sapOpen({ context, tenant, relay }, origin = SAP) {
	const page = await context.newPage();

	await page.goto(tenant.serve(`${origin}/`, pageWith(`${relay.url}/`)));
	return page;
}

/** SAP's page, in it a page of another origin, in it the widget. */
async function nestOpen({ context, tenant, relay }, outer, inner) {
	const page = await context.newPage();

	tenant.serve(`${inner}/desk`, pageWith(`${relay.url}/`));
	await page.goto(tenant.serve(`${outer}/nest`, pageWith(`${inner}/desk`)));
	return page;
}

/** The browser shows its own page in place of the one it was given. */
function isRefused(frame) {
	return frame.evaluate(() => location.origin === 'null' &&
		document.getElementById('link') === null &&
		document.getElementById('ask') === null &&
		location.href !== 'about:blank').catch(() => false);
}

function isReady(widget) {
	return widget.locator('#link', { hasText: 'Ready' }).waitFor();
}

async function origins(page, list) {
	return page.locator(`#${list} code`).allTextContents();
}

/** The console takes a page back. */
async function takeBack({ context, relay }, origin) {
	const console = await context.newPage();

	await console.goto(`${relay.url}/console.html`);
	await console.getByRole('button', { name: `Remove ${origin}` }).click();
	await console.getByText(`${origin} may no longer use the phone.`)
		.waitFor();
	await console.close();
}

async function pairings(relay) {
	const { text } = await relay.get('/api/v1/pairings');

	return JSON.parse(text).paired.map(({ origin }) => origin);
}

/** The page that the widget's link leads to, in its new tab. */
async function pairOpen({ context }, widget) {
	const coming = context.waitForEvent('page');

	await widget.locator('#pair').click();
	const page = await coming;

	await page.locator('#ask, #odd, #done').and(page.locator(':visible'))
		.first().waitFor();
	return page;
}

async function allow(page) {
	await page.locator('#allow:enabled').click();
	await page.locator('#done').waitFor();
}

function pairUrl(relay, ...list) {
	return `${relay.url}/pair#${
		list.map((origin) => `origin=${origin}`).join('&')}`;
}

/** What the browser asks of the relay's API from now on. */
function askedOf(context, relay) {
	const paths = [];

	context.on('request', (req) => {
		const url = new URL(req.url());

		if (url.origin === relay.url && url.pathname.startsWith('/api/'))
			paths.push(url.pathname);
	});
	return paths;
}

function click(frame, relay) {
	return frame.evaluate(({ data, url }) =>
		document.querySelector('iframe').contentWindow
			.postMessage(data, url), { data: CLICK, url: relay.url });
}

/* --- stories --- */

story('a page is allowed with one click, works, and is taken back', async (t) => {
	const { context, relay } = t;
	const asked = askedOf(context, relay);
	const page = await sapOpen(t);
	const widget = await widgetIn(page, relay);

	await widget.getByText('May this page use the phone?').waitFor();
	assert.deepEqual(await origins(widget, 'asking'), [SAP]);
	assert.equal(await widget.locator('#pair').textContent(),
		pairUrl(relay, SAP));
	await click(page, relay);
	await relay.play('ring');
	await t.shot(page, 'pairing-widget');
	assert.deepEqual(asked, []);
	assert.equal((await relay.calls()).length, 1);
	const pair = await pairOpen(t, widget);

	assert.deepEqual(await origins(pair, 'asking'), [SAP]);
	await allow(pair);
	assert.deepEqual(await pairings(relay), [SAP]);
	await t.shot(pair, 'pairing-done');
	await widget.getByRole('button', { name: 'I have allowed it' }).click();
	await isReady(await widgetIn(page, relay));
	await click(page, relay);
	await widget.getByText('In call', { exact: true }).waitFor();
	await until('the ring to be told', () =>
		page.evaluate(() => window.got.length > 0));
	const [told] = await page.evaluate(() => window.got);

	assert.equal(told.origin, relay.url);
	assert.equal(told.data.payload.Action, 'NOTIFY');
	await takeBack(t, SAP);
	// the page that is open has lost it, too
	await widget.getByText('May this page use the phone?').waitFor();
	const before = (await relay.calls()).length;

	await click(page, relay);
	await relay.play('cancel');
	assert.equal((await relay.calls()).length, before + 1);
	assert.deepEqual(await pairings(relay), []);
}, { noisy: true });

story('what was paired is so after the relay was killed', async (t) => {
	const { relay } = t;
	const page = await sapOpen(t);
	const pair = await pairOpen(t, await widgetIn(page, relay));

	await allow(pair);
	await relay.kill();
	await relay.run();
	await page.reload();
	await isReady(await widgetIn(page, relay));
	await pair.reload();
	await pair.locator('#done').waitFor();
	assert.deepEqual(await pairings(relay), [SAP]);
}, { noisy: true });

story('the pairing page works on after the relay was restarted', async (t) => {
	const { relay } = t;
	const pair = await pairOpen(t, await widgetIn(await sapOpen(t), relay));

	await relay.kill();
	await relay.run();
	await allow(pair);
	assert.deepEqual(await pairings(relay), [SAP]);
}, { noisy: true });

story('all ancestors are paired at once, and every one must be', async (t) => {
	const { relay } = t;
	const page = await nestOpen(t, SAP, DESK);
	const widget = await widgetIn(page, relay);

	assert.deepEqual(await origins(widget, 'asking'), [DESK, SAP]);
	const pair = await pairOpen(t, widget);

	assert.deepEqual(await origins(pair, 'asking'), [DESK, SAP]);
	await t.shot(pair, 'pairing-nested');
	await allow(pair);
	await page.reload();
	await isReady(await widgetIn(page, relay));
	await click(page.frames()[1], relay);
	await (await widgetIn(page, relay))
		.getByText('In call', { exact: true }).waitFor();
	// the outer page is an ancestor, but not the one that may click
	await page.evaluate(({ data, url }) =>
		frames[0].frames[0].postMessage(data, url),
	{ data: { ...CLICK, PhoneNumber: '+1 6503054001' }, url: relay.url });
	await relay.request('DELETE', `/api/v1/pairings?origin=${SAP}`);
	await (await widgetIn(page, relay))
		.getByText('May this page use the phone?').waitFor();
	assert.deepEqual(await origins(await widgetIn(page, relay), 'asking'),
		[SAP]);
	assert.equal((await relay.calls()).length, 1);
}, { noisy: true });

story('a listed page never sees it, one around it that is not does', async (t) => {
	const { relay } = t;
	const page = await sapOpen(t);

	await isReady(await widgetIn(page, relay));
	const nest = await nestOpen(t, DESK, SAP);
	const widget = await widgetIn(nest, relay);

	await widget.getByText('May this page use the phone?').waitFor();
	assert.deepEqual(await origins(widget, 'asking'), [DESK]);
	await click(nest.frames()[1], relay);
	assert.equal((await relay.calls()).length, 0);
}, { sap: `origins = {"${SAP}"}` });

story('a page below no domain gets no frame and no click', async (t) => {
	const { context, relay } = t;
	const asked = askedOf(context, relay);
	const evil = await sapOpen(t, EVIL);
	const nest = await nestOpen(t, EVIL, SAP);

	await until('the frames', () => evil.frames().length === 2 &&
		nest.frames().length === 3);
	for (const page of [evil, nest])
		await until('the refusal', () => isRefused(page.frames().at(-1)));
	assert.deepEqual(asked, []);
	const pair = await context.newPage();

	await pair.goto(pairUrl(relay, SAP, EVIL));
	await pair.locator('#odd').waitFor();
	assert.deepEqual(await origins(pair, 'refused'), [EVIL]);
	assert.equal(await pair.locator('#ask').isVisible(), false);
	await t.shot(pair, 'pairing-odd');
}, { noisy: true });

story('texts that are no origins are shown as text and refused', async (t) => {
	const pair = await t.context.newPage();
	const list = ['null', '', '*', 'javascript:alert(1)', `${SAP}/`,
		'<img src=x onerror=alert(1)>', `${SAP}@www.evil.example`,
		'https://my1.crm.ondemand.com\u3002evil.example'];

	await pair.goto(`${t.relay.url}/pair#${new URLSearchParams(
		list.map((text) => ['origin', text]))}`);
	await pair.locator('#odd').waitFor();
	assert.deepEqual(await origins(pair, 'refused'), list);
	assert.equal(await pair.locator('img').count(), 0);
	assert.equal(await pair.locator('#ask').isVisible(), false);
});

story('a name with international letters is shown both ways', async (t) => {
	const page = await sapOpen(t, ODD);
	const widget = await widgetIn(page, t.relay);

	assert.deepEqual(await origins(widget, 'asking'), [ODD]);
	const pair = await pairOpen(t, widget);

	assert.deepEqual(await origins(pair, 'asking'), [ODD]);
	const host = await pair.evaluate((url) => new URL(url).hostname,
		'https://m\u00fd123456.crm.ondemand.com');

	assert.equal(`https://${host}`, ODD);
	await pair.getByText('Reads as: m\u00fd123456.crm.ondemand.com')
		.waitFor();
	await t.shot(pair, 'pairing-letters');
});

story('international letters are decoded as the standard says', async (t) => {
	const pair = await t.context.newPage();
	const names = ['m\u00fcnchen', '\u0441\u0430\u0440', '\u65e5\u672c\u8a9e',
		'\u{1f4de}', 'b\u00fccher-und-\u00e4pfel', '\u05d0\u05d1\u05d2',
		'a\u03b1a\u03b1b\u03b2'].map((name) => `${name}.crm.ondemand.com`);

	await pair.goto(pairUrl(t.relay,
		...names.map((name) => `https://${domainToASCII(name)}`),
		'https://xn--99999999.crm.ondemand.com'));
	await pair.locator('#refused li, #asking li').nth(7).waitFor();
	const reads = await pair.locator('.reads').allTextContents();

	assert.deepEqual(reads.slice(0, names.length), names.map((name) =>
		`Reads as: ${name} \u2013 such letters can deceive, so look closely!`));
	assert.match(reads.at(-1), /: xn--99999999[.]crm/);
});

story('the button waits until the names were looked at', async (t) => {
	const { context, relay } = t;
	const pair = await context.newPage();
	const state = () => pair.locator('#allow').isEnabled();

	await pair.clock.install({ time: 0 });
	await pair.goto(pairUrl(relay, SAP));
	assert.equal(await state(), false);
	await pair.locator('#allow:enabled').waitFor();
	await pair.clock.pauseAt(1e9);
	// what a page in front of it would cause: from the beginning
	await pair.evaluate(() => dispatchEvent(new Event('blur')));
	assert.equal(await state(), false);
	await pair.clock.runFor(1400);
	assert.equal(await state(), false);
	await pair.clock.runFor(200);
	assert.equal(await state(), true);
	await pair.evaluate(() => {
		Document.prototype.hasFocus = () => false;
		dispatchEvent(new Event('blur'));
	});
	await pair.clock.runFor(60000);
	assert.equal(await state(), false);
	assert.deepEqual(await pairings(relay), []);
});

story('names that are out of sight cannot be allowed', async (t) => {
	const { context, relay } = t;
	const pair = await context.newPage();
	const many = [1, 2, 3, 4, 5, 6, 7, 8].map((n) =>
		`https://my${n}.crm.ondemand.com`);

	await pair.setViewportSize({ width: 320, height: 300 });
	await pair.clock.install();
	await pair.goto(pairUrl(relay, ...many));
	await pair.locator('#ask').waitFor();
	await pair.clock.runFor(5000);
	assert.equal(await pair.locator('#allow').isEnabled(), false);
	for (const item of await pair.locator('#asking li').all())
		await item.scrollIntoViewIfNeeded();
	await pair.locator('#wait', { hasText: 'In a moment' }).waitFor();
	await pair.clock.runFor(1600);
	await allow(pair);
	assert.deepEqual(await pairings(relay), many);
});

story('a script cannot press the button', async (t) => {
	const pair = await t.context.newPage();

	await pair.goto(pairUrl(t.relay, SAP));
	await pair.locator('#allow:enabled').waitFor();
	await pair.evaluate(() => document.getElementById('allow').click());
	assert.deepEqual(await pairings(t.relay), []);
	await pair.keyboard.press('Tab');
	await pair.locator('#allow:focus').waitFor();
	await pair.keyboard.press('Enter');
	await pair.locator('#done').waitFor();
	assert.deepEqual(await pairings(t.relay), [SAP]);
});

story('the pairing page is alone: no frame, no opener', async (t) => {
	const { context, tenant, relay } = t;
	const page = await context.newPage();
	const url = pairUrl(relay, SAP);

	await page.goto(tenant.serve(`${SAP}/frame`, pageWith(url)));
	await until('the refusal', () => isRefused(page.frames()[1]));
	const coming = context.waitForEvent('page');

	await page.goto(tenant.serve(`${SAP}/open`, '<button>go</button>'));
	await page.evaluate((target) => {
		document.querySelector('button').onclick = () => {
			window.other = open(target, 'x', 'width=320,height=200');
		};
	}, url);
	await page.getByRole('button').click();
	const popup = await coming;

	await popup.locator('#ask').waitFor();
	assert.equal(await popup.evaluate(() => window.opener), null);
	await until('the window to be out of reach', () =>
		page.evaluate(() => window.other.closed));
	assert.deepEqual(await pairings(relay), []);
}, { noisy: true });

story('a widget that is not paired posts nothing and hears nothing', async (t) => {
	const { relay } = t;
	const page = await sapOpen(t);
	const widget = await widgetIn(page, relay);

	await widget.getByText('May this page use the phone?').waitFor();
	for (const data of [CLICK, JSON.stringify(CLICK), { payload: CLICK }])
		await page.evaluate(({ value, url }) =>
			frames[0].postMessage(value, url), { value: data, url: relay.url });
	await relay.play('answer');
	await widget.evaluate(() =>
		new Promise((resolve) => setTimeout(resolve, 500)));
	assert.deepEqual(await page.evaluate(() => window.got), []);
	assert.equal((await relay.calls()).length, 1);
	const status = JSON.parse((await relay.get('/api/v1/status')).text);

	assert.equal(status.streams, 0);
	assert.equal(status.host.last_click_at, null);
});

story('without a script tab the address can be copied from the frame', async (t) => {
	const { context, tenant, relay } = t;
	const page = await context.newPage();

	await page.goto(tenant.serve(`${SAP}/box`, pageWith(`${relay.url}/`,
		'sandbox="allow-scripts allow-same-origin"')));
	const widget = await widgetIn(page, relay);

	assert.equal(await widget.locator('#pair').textContent(),
		pairUrl(relay, SAP));
});

story('the pairing page speaks German where the browser does', async (t) => {
	const pair = await t.context.newPage();

	await pair.goto(pairUrl(t.relay, SAP, ODD));
	await pair.getByText('Wer darf das Telefon benutzen?').waitFor();
	assert.equal(await pair.locator('html').getAttribute('lang'), 'de');
	await pair.getByRole('button', { name: 'Zulassen', disabled: false })
		.click();
	await pair.getByRole('heading', { name: 'Zugelassen', exact: true })
		.waitFor();
	await pair.getByRole('link', { name: 'Konsole' }).waitFor();
	await t.shot(pair, 'pairing-german');
}, { locale: 'de-AT' });

story('the pairing page fits at 320 pixels, light and dark', async (t) => {
	const pair = await t.context.newPage();
	const page = await sapOpen(t);

	await t.relay.request('POST', '/api/v1/pairings',
		{ origins: [DESK, ODD] });
	await pair.goto(pairUrl(t.relay, SAP, ODD));
	await pair.locator('#allow:enabled').waitFor();
	for (const width of [900, 320])
		for (const colorScheme of ['light', 'dark']) {
			await pair.emulateMedia({ colorScheme });
			await pair.setViewportSize({ width, height: 900 });
			const over = await pair.evaluate(() =>
				document.documentElement.scrollWidth - innerWidth);

			assert.ok(over <= 0, `${over} pixels too wide at ${width}`);
			await t.shot(pair, `pairing-${width}-${colorScheme}`);
		}
	await page.setViewportSize({ width: 340, height: 660 });
	await page.emulateMedia({ colorScheme: 'dark' });
	await widgetIn(page, t.relay);
	await t.shot(page, 'pairing-widget-dark');
});
