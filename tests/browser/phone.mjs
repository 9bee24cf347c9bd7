// SPDX-License-Identifier: Apache-2.0
// phone.mjs - what the agent sees, hears and presses, in each state of a call

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(
	createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const WIDTHS = [280, 360, 600];
const SAP = 'https://my123456.crm.ondemand.com';
const GERMAN = { locale: 'de-DE' };
const CALLER = 'Jamie Example';

export const stories = [];

function story(name, run, settings = {}) {
	stories.push({ name: `phone: ${name}`, run, settings: {
		sap: `origins = {"${SAP}"}`,
		...settings,
	} });
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

/** SAP's page with the phone in it, without a network. */
async function phoneOpen({ context, relay }) {
	const page = await context.newPage();

	await context.route(`${SAP}/**`, (route) => route.fulfill({
		contentType: 'text/html',
		body: `<!DOCTYPE html><html lang="en"><title>SAP</title><style>
			body { margin: 0 }
			iframe { width: 360px; height: 860px; border: 0 }
			</style><iframe id="widget" title="Phone"
			src="${relay.url}/"></iframe>`,
	}));
	await page.goto(`${SAP}/`);
	return { page, phone: await phoneIn(page) };
}

async function phoneIn(page) {
	const [, phone] = page.frames();

	await phone.locator('#link[data-tone="good"]').waitFor();
	return phone;
}

function see(root, text) {
	return root.getByText(text, { exact: true }).first().waitFor();
}

function press(root, name, party = '') {
	const words = party ? `${name}: ${party}` : name;

	return root.getByRole('button', { name: words, exact: true }).click();
}

function stateIs(phone, words) {
	return phone.locator('.call .state', { hasText: words }).first().waitFor();
}

/** What a module of the page does when it is told this. */
function tell(phone, file, name, value) {
	return phone.evaluate(async ({ file: from, name: fn, value: told }) => {
		const module = await import(`/widget/${from}.js`);

		await module[fn](told);
	}, { file, name, value });
}

/** A call in a state that the simulator passes too quickly, or never. */
function callIn(state, more = {}) {
	const now = new Date().toISOString();

	return { id: `F${state.toUpperCase()}`, direction: 'outbound', state,
		kind: 'customer', cause: null, cause_detail: null, name: null,
		number: '+4930691234567', number_shown: '+49 30 691234567',
		number_raw: null, withheld: false,
		muted: false, created_at: now, ringing_at: null, answered_at: null,
		ended_at: null, duration_ms: null, controls: ['hangup'],
		activity_uuid: null, ...more };
}

async function axe(phone, what) {
	if (!(await phone.evaluate(() => 'axe' in window)))
		await phone.evaluate(AXE);
	const { violations } = await phone.evaluate((tags) => window.axe.run(
		document, { runOnly: { type: 'tag', values: tags } }), AXE_TAGS);

	assert.deepEqual(violations.map(({ id, nodes }) =>
		`${what}: ${id}: ${nodes.map((n) => n.html).join(' ')}`), []);
}

/** What is wider than its place. */
function overflow(phone) {
	return phone.evaluate(() => {
		const root = document.documentElement;
		const wide = [...document.querySelectorAll('body *')].filter((el) =>
			el.clientWidth > 1 && el.scrollWidth > el.clientWidth + 1 &&
			!el.matches('.unseen, input, svg, svg *'));

		return [root.scrollWidth > root.clientWidth ? 'page' : '',
			...wide.map((el) => el.outerHTML.slice(0, 90))].filter(Boolean);
	});
}

async function sizeSet(page, phone, width) {
	const size = (height) => page.evaluate((px) => {
		Object.assign(document.getElementById('widget').style, px);
	}, { width: `${width}px`, height: `${height}px` });

	await size(300);
	await size(Math.max(420, await phone.evaluate(() =>
		document.documentElement.scrollHeight)));
}

/** Light and dark: nobody is shut out, nothing is cut off; pictures of it. */
async function look(t, { page, phone }, name) {
	for (const colorScheme of ['light', 'dark']) {
		await page.emulateMedia({ colorScheme });
		await axe(phone, `${name}, ${colorScheme}`);
		for (const width of WIDTHS) {
			await sizeSet(page, phone, width);
			assert.deepEqual(await overflow(phone), [],
				`${name} at ${width}`);
			await t.shot(page.locator('#widget'),
				`phone-${name}-${width}-${colorScheme}`);
		}
	}
	await page.emulateMedia({ colorScheme: 'light' });
	await sizeSet(page, phone, 360);
}

/** What the live region of this id was given to say, from now on. */
async function listen(phone, id) {
	await phone.evaluate((region) => {
		window.said ??= {};
		window.said[region] = [];
		new MutationObserver((changes) => {
			for (const { addedNodes } of changes)
				window.said[region].push(
					...[...addedNodes].map((el) => el.textContent));
		}).observe(document.getElementById(region), { childList: true });
	}, id);
	return () => phone.evaluate((region) => window.said[region], id);
}

function focused(phone) {
	return phone.evaluate(() => {
		const el = document.activeElement;

		return el.getAttribute('aria-label') ?? el.textContent;
	});
}

/** Tab until the one with this name has the focus. */
async function tabTo(page, phone, name) {
	for (let i = 0; i < 40; i++) {
		if ((await focused(phone)) === name)
			return;
		await page.keyboard.press('Tab');
	}
	throw new Error(`the keyboard does not come to: ${name}`);
}

/* --- how it looks, in both languages --- */

async function looks(t, lang) {
	const stage = await phoneOpen(t);
	const { page, phone } = stage;
	const shown = (name) => look(t, stage, `${lang}-${name}`);
	const field = phone.locator('#number');

	await page.setViewportSize({ width: 640, height: 1800 });
	assert.equal(await phone.evaluate(() => document.documentElement.lang),
		lang);
	await shown('idle');
	await field.fill('+1 650 305 4000');
	await phone.locator('#verdict[data-tone="good"]').waitFor();
	await phone.locator('#keys-toggle').click();
	await shown('dial');
	await field.fill('1-800-FLOWERS');
	await phone.locator('#verdict[data-tone="bad"]').waitFor();
	await phone.locator('#dial-call').click();
	await phone.locator('.notice').waitFor();
	await phone.locator('.notice summary').click();
	await shown('refused');
	await phone.locator('.notice .dismiss').click();
	await field.fill('');
	await phone.locator('#keys-toggle').click();
	for (const state of ['queued', 'alerting', 'dialing', 'ringing',
		'unknown']) {
		await tell(phone, 'cards', 'callsReplace', [callIn(state)]);
		await shown(`outgoing-${state}`);
	}
	await tell(phone, 'cards', 'callsReplace', []);

	await t.relay.play('ring');
	await phone.locator('[data-action="answer"]').waitFor();
	await shown('ringing');
	await phone.locator('[data-action="answer"]').click();
	await phone.locator('.call[data-state="active"]').waitFor();
	await shown('active');
	await phone.locator('[data-action="mute"]').click();
	await phone.locator('[data-action="unmute"]').waitFor();
	await phone.locator('[data-panel="dtmf"]').click();
	await shown('keypad');
	await phone.locator('[data-panel="transfer"]').click();
	await phone.locator('[name="to"]').fill('abc');
	await phone.locator('.transfer [data-tone="bad"]').waitFor();
	await shown('transfer');
	await phone.locator('[data-panel="transfer"]').click();
	await phone.locator('[data-action="hold"]').click();
	await phone.locator('.call[data-state="held"]').waitFor();
	await t.relay.play('ring', '+493069123457');
	await phone.locator('.call[data-state="ringing"]').waitFor();
	await shown('second');
	await phone.locator('[data-action="reject"]:visible').click();
	await phone.locator('.call[data-state="ended"]').waitFor();
	await phone.locator('[data-action="hangup"]:visible').click();
	await phone.locator('#calls .call').waitFor({ state: 'detached' });
	await shown('ended');
	for (const number of ['+1 6503054486', '+1 6503054408',
		'+1 6503054404']) {
		await field.fill(number);
		await phone.locator('#dial-call').click();
		await phone.locator('#calls .call').waitFor();
		await phone.locator('#calls .call').waitFor({ state: 'detached' });
	}
	await t.relay.play('cancel');
	await phone.locator('.row[data-missed], [data-missed] .row').first()
		.waitFor();
	await shown('causes');
	for (const button of await phone.locator('.call .dismiss').all())
		await phone.locator('.call .dismiss').first().click();
	for (const index of [0, 1])
		await phone.locator('#today summary').nth(index).click();
	await shown('today');
	for (const kind of ['down', 'failed'])
		await tell(phone, 'banner', 'linkShow', { phase: 'live',
			trouble: null, switch: { link: kind, synced: false,
				why: 'Connection refused by 127.0.0.1:5038' } });
	await phone.locator('#banner[data-tone="bad"]').waitFor();
	await shown('away');
	await tell(phone, 'banner', 'linkShow', { phase: 'live', trouble: null,
		switch: { link: 'up', synced: true, why: null } });
	await phone.locator('#banner[data-tone="good"]').waitFor();
	await shown('back');
	await page.close();
}

story('each state for everybody, in English', (t) => looks(t, 'en'));
story('each state for everybody, in German', (t) => looks(t, 'de'), GERMAN);

story('it keeps still and has borders where that is wanted', async (t) => {
	const stage = await phoneOpen(t);
	const { page, phone } = stage;
	const animation = () => phone.locator('#calls .way').evaluate((el) =>
		getComputedStyle(el).animationName);

	await t.relay.play('ring');
	await phone.locator('[data-action="answer"]').waitFor();
	assert.equal(await animation(), 'ring');
	await page.emulateMedia({ reducedMotion: 'reduce' });
	assert.equal(await animation(), 'none');
	await page.emulateMedia({ forcedColors: 'active' });
	await axe(phone, 'forced colors');
	await t.shot(page.locator('#widget'), 'phone-forced-colors');
	const width = await phone.locator('#calls .call').evaluate((el) =>
		getComputedStyle(el).borderTopWidth);

	assert.equal(width, '3px');
});

/* --- what is said --- */

story('a ring is said at once, each state once', async (t) => {
	const { phone } = await phoneOpen(t);
	const alarms = await listen(phone, 'alarm');
	const words = await listen(phone, 'spoken');

	await t.relay.play('ring');
	await press(phone, 'Answer', CALLER);
	await stateIs(phone, 'In call');
	await press(phone, 'Mute', CALLER);
	await stateIs(phone, 'you are muted');
	await press(phone, 'Hang up', CALLER);
	await phone.locator('#ended .call').waitFor();
	assert.deepEqual(await alarms(),
		['Incoming call: Jamie Example, +49\u00a030\u00a069123456']);
	const said = await words();

	assert.equal(said.length, 3);
	assert.equal(said[0], 'Jamie Example: In call');
	assert.equal(said[1], 'Jamie Example: In call, you are muted');
	assert.match(said[2], /^Jamie Example: Call ended after 0:\d\d$/);
});

story('an outgoing call says each of its states', async (t) => {
	const { phone } = await phoneOpen(t);
	const words = await listen(phone, 'spoken');
	const party = '+1\u00a0650-305-4000';

	await phone.locator('#number').fill('+1 650 305 4000');
	await press(phone, 'Call');
	await stateIs(phone, 'In call');
	assert.equal(await phone.locator('#number').inputValue(), '');
	const said = await words();

	assert.deepEqual(said.slice(-3),
		['Dialing', 'Ringing', 'In call'].map((w) => `${party}: ${w}`));
});

story('German agents read German, the relay\'s sentence beside it', async (t) => {
	const { phone } = await phoneOpen(t);

	await phone.locator('#number').fill('110');
	await press(phone, 'Anrufen');
	await see(phone, '110 wurde nicht gewählt');
	await see(phone.locator('.notice'),
		'Diese Nummer darf hier nicht gewählt werden');
	await see(phone.locator('.notice'), 'Wählen Sie sie notfalls am Telefon, ' +
		'oder bitten Sie Ihre Administration, sie zu erlauben.');
	assert.match(await phone.locator('.notice [lang="en"]').first()
		.textContent(), /^This is an emergency number/);
	await t.relay.play('ring');
	await press(phone, 'Annehmen', CALLER);
	await see(phone, 'Im Gespräch');
	await press(phone, 'Auflegen', CALLER);
	await phone.getByText(/^Gespräch beendet nach 0:0/).waitFor();
}, { ...GERMAN, noisy: true });

/* --- what is done --- */

story('a call from ring to end by keyboard only', async (t) => {
	const { page, phone } = await phoneOpen(t);
	const sent = [];

	t.context.on('request', (req) => {
		if (req.url().endsWith('/dtmf'))
			sent.push(JSON.parse(req.postData()).digits);
	});
	await phone.locator('#number').focus();
	await t.relay.play('ring');
	await phone.locator('[data-action="answer"]').waitFor();
	assert.equal(await focused(phone), 'Number to dial');
	await phone.locator('h1').evaluate(() => document.activeElement.blur());
	await tabTo(page, phone, `Answer: ${CALLER}`);
	await page.keyboard.press('Enter');
	await stateIs(phone, 'In call');
	await until('the focus to follow', async () =>
		(await focused(phone)) === `Hang up: ${CALLER}`);
	await page.keyboard.press('Shift+Tab'); // transfer
	await page.keyboard.press('Shift+Tab'); // keypad
	assert.equal(await focused(phone), `Keypad: ${CALLER}`);
	await page.keyboard.press('Space');
	await phone.locator('.keypad:visible').waitFor();
	await page.keyboard.type('42#');
	await until('the tones', () => sent.length === 3);
	assert.deepEqual(sent, ['4', '2', '#']);
	assert.equal(await phone.locator('.digits').textContent(), '42#');
	await page.keyboard.press('Escape');
	await phone.locator('.keypad').waitFor({ state: 'hidden' });
	assert.equal(await focused(phone), `Keypad: ${CALLER}`);
	await page.keyboard.press('Shift+Tab'); // mute
	await page.keyboard.press('Shift+Tab'); // hold
	await page.keyboard.press('Enter');
	await stateIs(phone, 'On hold');
	assert.equal(await focused(phone), `Resume: ${CALLER}`);
	await tabTo(page, phone, `Hang up: ${CALLER}`);
	await page.keyboard.press('Enter');
	await phone.locator('#ended .call').waitFor();
	assert.equal(await focused(phone), `Call back: ${CALLER}`);
	await page.keyboard.press('Tab');
	assert.equal(await focused(phone), `Dismiss: ${CALLER}`);
	await page.keyboard.press('Enter');
	await phone.locator('.call').waitFor({ state: 'detached' });
	assert.equal(await focused(phone), 'Number to dial');
	await page.keyboard.type('+1 650 305 4486');
	await page.keyboard.press('Enter');
	await see(phone, 'The line is busy');
});

story('cards stay where they are when another call comes or goes', async (t) => {
	const { phone } = await phoneOpen(t);
	const first = phone.locator('.call', { hasText: CALLER }).first();
	const top = async (card) => (await card.boundingBox()).y;

	await t.relay.play('answer');
	await stateIs(phone, 'In call');
	const before = await top(first);

	await t.relay.play('ring', '+493069123457');
	const second = phone.locator('.call[data-state="ringing"]');

	await second.waitFor();
	assert.equal(await top(first), before);
	await second.locator('[data-action="answer"]').click();
	await second.waitFor({ state: 'detached' });
	const other = phone.locator('#calls .call').nth(1);
	const below = await top(other);

	await first.locator('[data-action="hangup"]').click();
	await first.and(phone.locator('[data-state="ended"]')).waitFor();
	// an outage of no importance
	await tell(phone, 'banner', 'linkShow', { phase: 'lost', since: 0,
		switch: null, trouble: null });
	await phone.locator('#banner').waitFor();
	assert.equal(await phone.locator('#calls .call').count(), 2);
	assert.equal(await top(other), below);
	await other.locator('[data-action="hangup"]').click();
	await phone.locator('#ended .call').nth(1).waitFor();
	assert.equal(await phone.locator('#calls .call').count(), 0);
});

story('the number is explained while it is typed', async (t) => {
	const { phone } = await phoneOpen(t);
	const verdict = phone.locator('#verdict');
	const field = phone.locator('#number');

	await field.fill('(650) 305-4000');
	await verdict.getByText('+1\u00a0650-305-4000').waitFor();
	await field.fill('1-800-FLOWERS');
	await verdict.getByText("The letter 'F' at position 7").waitFor();
	await field.fill('');
	await until('no words', async () =>
		(await verdict.textContent()) === '');
	await press(phone, 'Call');
	await see(phone, 'Enter a number first.');
	await press(phone, 'Number keys');
	for (const key of '6503054000')
		await press(phone, key);
	await press(phone, 'Erase the last digit');
	assert.equal(await field.inputValue(), '650305400');
	await press(phone, '0');
	await press(phone, 'Call');
	await stateIs(phone, 'In call');
	const [call] = await t.relay.calls();

	assert.equal(call.number, '+16503054000');
	assert.equal(call.activity_uuid, null);
});

story('who was missed is called back', async (t) => {
	const { phone } = await phoneOpen(t);

	await t.relay.play('cancel', '+16503054000');
	await see(phone, 'Missed: the caller hung up');
	await press(phone.locator('#ended'), 'Call back', CALLER);
	await stateIs(phone, 'In call');
	const [call] = await t.relay.calls();

	assert.equal(call.direction, 'outbound');
	assert.equal(call.number, '+16503054000');
});

story('a withheld caller is shown and cannot be called back', async (t) => {
	const { phone } = await phoneOpen(t);

	for (const event of ['ringing', 'ended'])
		await t.relay.request('POST', '/api/v1/inbound',
			{ event, ref: 'leg-9', withheld: true });
	await phone.locator('#ended .name', { hasText: 'Number withheld' })
		.waitFor();
	assert.equal(await phone.locator('#ended .redial:visible').count(), 0);
	assert.equal(await phone.locator('#today .again:visible').count(), 0);
});

/** SAP's frame gives no right to the clipboard: it is copied all the same. */
async function copied(phone, page) {
	await phone.locator('#today .copy:visible').click();
	await phone.getByText('Copied').first().waitFor();
	await phone.locator('#number').focus();
	await page.keyboard.press('Control+V');
	const text = await phone.locator('#number').inputValue();

	await phone.locator('#number').fill('');
	return text;
}

story('today\'s calls carry the id by which SAP knows them', async (t) => {
	const { page, phone } = await phoneOpen(t);
	const call = await t.relay.play('cancel');

	await phone.locator('#today summary', { hasText: CALLER }).click();
	await see(phone, 'External ID');
	await see(phone, call.id);
	await see(phone, '1 call');
	assert.equal(await copied(phone, page), call.id);
	await phone.locator('#today summary').click();
	const activity = '00163EA718FC1EEABDD5608C895BDC71';

	await t.relay.request('POST', '/api/v1/calls',
		{ PhoneNumber: '+1 6503054486', ActivityUUID: activity });
	await phone.locator('#today summary', { hasText: 'busy' }).click();
	await phone.getByText(/^Outgoing calls have no External ID by design/)
		.first().waitFor();
	await see(phone, activity);
	// as the relay has it, for a page that was not there
	await page.reload();
	const anew = await phoneIn(page);

	await anew.locator('#today summary', { hasText: CALLER }).waitFor();
	await see(anew, '2 calls');
});

story('what is away is said with since when, and that it is back', async (t) => {
	const { phone } = await phoneOpen(t);

	await t.relay.kill();
	await see(phone, 'The relay on this computer does not answer');
	await phone.getByText(/^Since \d\d:\d\d\.$/).waitFor();
	// what is being entered is not lost by that
	await phone.locator('#number').fill('+1 650');
	await t.relay.run();
	await see(phone, 'Everything works again');
	await phone.getByText(/^Back since \d\d:\d\d, after 0:\d\d\.$/).waitFor();
	assert.equal(await phone.locator('#number').inputValue(), '+1 650');
	await press(phone, 'Dismiss');
	await phone.locator('#banner').waitFor({ state: 'hidden' });
}, { noisy: true });

story('there are buttons only for what can be done', async (t) => {
	const { phone } = await phoneOpen(t);
	const buttons = () => phone.locator('.call .actions button:visible')
		.allTextContents();
	const show = (controls) => tell(phone, 'cards', 'callsReplace',
		[callIn('active', { controls })]);

	await show([]);
	assert.deepEqual(await buttons(), []);
	await show(['hangup', 'dtmf']);
	assert.deepEqual(await buttons(), ['Keypad', 'Hang up']);
	await phone.locator('[data-panel="dtmf"]').click();
	await phone.locator('.keypad:visible').waitFor();
	await show(['hangup']);
	await phone.locator('.keypad').waitFor({ state: 'hidden' });
});

story('the timer goes by the time of the relay', async (t) => {
	const { page, phone } = await phoneOpen(t);

	await t.relay.play('answer');
	await stateIs(phone, 'In call');
	// this computer's clock is an hour behind
	await page.clock.install({ time: Date.now() - 3600000 });
	await page.reload();
	const anew = await phoneIn(page);

	await stateIs(anew, 'In call');
	await anew.locator('.timer', { hasText: /^0:\d\d$/ }).waitFor();
});
