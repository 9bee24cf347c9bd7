// SPDX-License-Identifier: Apache-2.0
// agent.mjs - hasty hands, late news, odd names: an hour of an agent's life

import assert from 'node:assert/strict';

const SAP = 'https://my123456.crm.ondemand.com';
const FINE = '+1 650 305 4000';
const BUSY = '+1 650 305 4486';
const NAMES = [
	'Konstantinopolskaya-Wiedenhoeft '.repeat(8).slice(0, 250),
	'\u0645\u062d\u0645\u062f (Acme GmbH)',
	'<img src=x onerror=alert(1)><b>Zo\u00eb</b> \u{1F469}\u{1F3FD}',
];

export const stories = [];

function story(name, run, settings = {}) {
	stories.push({ name: `agent: ${name}`, run, settings: {
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

/** SAP's page with the phone in it, and what is sent to the relay. */
async function phoneOpen({ context, relay }, frames = 1) {
	const page = await context.newPage();
	const sent = [];

	context.on('request', (req) => {
		const [, word] = /\/calls(?:\/[^/]+)?(?:\/(\w+))?$/.exec(req.url()) ?? [];

		if (req.method() === 'POST' && req.url().includes('/calls'))
			sent.push(word ?? 'dial');
	});
	await context.route(`${SAP}/**`, (route) => route.fulfill({
		contentType: 'text/html',
		body: `<!DOCTYPE html><html lang="en"><title>SAP</title><style>
			body { margin: 0 }
			iframe { width: 360px; height: 760px; border: 0 }
			</style><script>
			window.got = [];
			addEventListener('message', ({ data }) => got.push(data));
			</script>${`<iframe class="widget" title="Phone"
			src="${relay.url}/"></iframe>`.repeat(frames)}`,
	}));
	await page.goto(`${SAP}/`);
	const phones = page.frames().slice(1);

	for (const phone of phones)
		await phone.locator('#link[data-tone="good"]').waitFor();
	return { page, phone: phones[0], phones, sent };
}

function ring(relay, more = {}) {
	return relay.request('POST', '/api/v1/simulator/calls',
		{ script: 'ring', from: '+493069123456', name: 'Jamie Example',
			...more }).then(({ text }) => JSON.parse(text));
}

function stateIs(phone, state) {
	return phone.locator(`.call[data-state="${state}"]`).first().waitFor();
}

/** Three clicks at one place; the page may be another after each. */
async function clickThrice(page, button) {
	await button.waitFor();
	await button.scrollIntoViewIfNeeded();
	const { x, y, width, height } = await button.boundingBox();

	await page.mouse.move(x + width * 0.3, y + height / 2);
	for (const clickCount of [1, 2, 3]) {
		await page.mouse.down({ clickCount });
		await page.mouse.up({ clickCount });
		await new Promise((resolve) => setTimeout(resolve, 120));
	}
}

async function hangupAll({ relay }, phone) {
	for (const { id, state } of await relay.calls())
		if (state !== 'ended')
			await relay.request('DELETE', `/api/v1/calls/${id}`);
	const ended = phone.locator('#ended .call').first();

	await ended.waitFor();
	while (await ended.count() > 0)
		await ended.locator('.dismiss').click();
}

/* --- hasty hands --- */

story('a double click is one, whatever comes under it', async (t) => {
	const { page, phone, sent } = await phoneOpen(t);
	const button = (name) => phone.locator(`${name}:visible`).first();
	const thrice = async (name, state) => { // and the hand rests
		sent.length = 0;
		await clickThrice(page, button(name));
		await stateIs(phone, state);
		await new Promise((resolve) => setTimeout(resolve, 600));
	};

	await ring(t.relay);
	await thrice('[data-action="answer"]', 'active');
	assert.deepEqual(sent, ['answer']);
	await thrice('[data-action="hold"]', 'held');
	assert.deepEqual(sent, ['hold']);
	await hangupAll(t, phone);
	await phone.locator('#number').fill(FINE);
	await thrice('#dial-call', 'active');
	assert.deepEqual(sent, ['dial']);
	assert.equal(await phone.locator('#verdict').textContent(), '');
	await thrice('[data-action="hangup"]', 'ended');
	assert.deepEqual(sent, ['hangup']);
	await thrice('.redial', 'active');
	assert.deepEqual(sent, ['redial']);
});

story('a second Enter is not for the button that follows', async (t) => {
	const { page, phone, sent } = await phoneOpen(t);
	const enter = async (times) => {
		for (let i = 0; i < times; i++) {
			await page.keyboard.press('Enter');
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
	};

	await ring(t.relay);
	await phone.locator('[data-action="answer"]').focus();
	await enter(3);
	await stateIs(phone, 'active');
	assert.deepEqual(sent, ['answer']);
	await phone.locator('[data-action="hangup"]').focus();
	await page.keyboard.down('Tab'); // another key, and back
	await page.keyboard.up('Tab');
	await phone.locator('[data-action="hangup"]').focus();
	for (let i = 0; i < 30; i++) // held down, as its repeats come
		await page.keyboard.down('Enter');
	await stateIs(phone, 'ended');
	for (let i = 0; i < 30; i++)
		await page.keyboard.down('Enter');
	await page.keyboard.up('Enter');
	assert.deepEqual(sent, ['answer', 'hangup']);
});

story('a hand that was to hang up does not call again', async (t) => {
	const { phone, sent } = await phoneOpen(t);

	await phone.locator('#number').fill(BUSY);
	await phone.locator('#dial-call').click();
	await stateIs(phone, 'dialing');
	// in the very moment in which the button comes
	await phone.evaluate(() => {
		const redial = document.querySelector('.redial');

		new MutationObserver(() => !redial.hidden && redial.click())
			.observe(redial, { attributes: true,
				attributeFilter: ['hidden'] });
	});
	await stateIs(phone, 'ended');
	await phone.locator('.redial:not([aria-disabled])').waitFor();
	assert.deepEqual(sent, ['dial']);
	await phone.locator('.redial').click();
	await until('the second call', async () =>
		(await t.relay.calls()).length === 2);
	assert.deepEqual(sent, ['dial', 'redial']);
});

story('a refused transfer is said once, the call goes on', async (t) => {
	const { page, phone } = await phoneOpen(t);

	await ring(t.relay, { script: 'answer' });
	await phone.locator('[data-panel="transfer"]').click();
	await page.keyboard.type('12x');
	await page.keyboard.press('Enter');
	await phone.locator('.notice').first().waitFor();
	// it comes through the stream, too, before this one does
	await t.relay.request('POST', '/api/v1/calls', { PhoneNumber: '34y' });
	await phone.locator('.notice', { hasText: '34y' }).waitFor();
	assert.deepEqual(await phone.locator('.notice .title').allTextContents(),
		['34y was not dialed', 'The call could not be transferred']);
	await stateIs(phone, 'active');
});

/* --- late news --- */

story('a fact learned after the end brings no call back', async (t) => {
	const { phone } = await phoneOpen(t);
	const { id } = await ring(t.relay);
	const patch = (facts) => t.relay.request('PATCH', `/api/v1/calls/${id}`,
		facts);

	await phone.locator('[data-action="reject"]').click();
	await phone.locator('.dismiss:visible').click();
	await phone.locator('.call').waitFor({ state: 'detached' });
	assert.equal((await patch({ recording_id: 'REC_1' })).status, 200);
	const next = await ring(t.relay, { script: 'cancel' }); // comes after it

	await stateIs(phone, 'ended');
	assert.equal(await phone.locator('.call').count(), 1);
	assert.notEqual(next.id, id);
});

story('of what happened while the page stood still the last is said', async (t) => {
	const { phone } = await phoneOpen(t);

	await phone.evaluate(async () => {
		const { callChange } = await import('/widget/cards.js');
		const call = (id, state, more) => ({ id, state, kind: 'customer',
			direction: 'inbound', name: id, number: '+4930691234567',
			controls: [], cause: null, duration_ms: null,
			created_at: new Date(), ringing_at: new Date(),
			answered_at: null, ended_at: null, muted: false, ...more });
		const at = new Date(Date.now() - 60000).toISOString();

		window.said = [];
		for (const id of ['spoken', 'alarm'])
			new MutationObserver((changes) => {
				for (const { addedNodes } of changes)
					window.said.push(...[...addedNodes].map((el) =>
						el.textContent));
			}).observe(document.getElementById(id), { childList: true });
		callChange(call('Over', 'ringing'), { type: 'call.ringing', at });
		callChange(call('Over', 'ended', { cause: 'cancelled',
			ended_at: at }), { type: 'call.ended', at });
		callChange(call('Here', 'ringing'), { type: 'call.ringing', at });
	});
	await until('it to be said', () => phone.evaluate(() =>
		window.said.length === 2));
	assert.deepEqual(await phone.evaluate(() => window.said), [
		'Over: Missed: the caller hung up',
		'Incoming call: Here, +4930691234567',
	]);
});

story('the timer is right after the clock was set', async (t) => {
	const { page } = await phoneOpen(t);

	await ring(t.relay, { script: 'answer' });
	// an hour behind until somebody sets it
	await page.clock.install({ time: Date.now() - 3600000 });
	await page.reload();
	const [, phone] = page.frames();
	const timer = phone.locator('.timer', { hasText: /^0:\d\d$/ });

	await timer.waitFor();
	await page.clock.setSystemTime(Date.now());
	await page.clock.runFor(2000);
	await timer.waitFor();
	assert.match(await phone.locator('.timer').textContent(), /^0:\d\d$/);
});

/* --- odd names --- */

story('a name of any length, script or markup is a name', async (t) => {
	const { page, phone } = await phoneOpen(t);

	for (const [i, name] of NAMES.entries()) {
		const { id } = await ring(t.relay, { name });
		const card = phone.locator('#calls .call');

		await phone.locator('[data-action="answer"]').waitFor();
		assert.equal(await card.locator('.name').textContent(), name);
		assert.equal(await card.locator('.name *').count(), 0);
		assert.ok((await card.boundingBox()).height < 250, name);
		await t.shot(page, `agent-name-${i}`);
		await t.relay.request('POST', `/api/v1/calls/${id}/reject`);
		await phone.locator('#today .party', { hasText: name }).waitFor();
		await hangupAll(t, phone);
	}
	const direction = await phone.locator('#today .party').nth(1).evaluate(
		(el) => getComputedStyle(el).unicodeBidi);

	assert.equal(direction, 'plaintext');
	assert.equal(await phone.locator('#today .party').first()
		.evaluate((el) => el.getBoundingClientRect().height < 50), true);
});
