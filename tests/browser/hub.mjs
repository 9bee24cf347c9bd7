// SPDX-License-Identifier: Apache-2.0
// hub.mjs - many tabs of one browser: one stream, one post, nothing lost

import assert from 'node:assert/strict';
import { Desk, sapPage } from './desk.mjs';

const SAP = 'https://my123456.crm.ondemand.com';
const LISTED = `origins = {"${SAP}"}`;
const RINGS = '+493069123456';
const TABS = 12;

export const stories = [];

/** What a browser may lack, and how the tabs then find their hub. */
const ways = [
	{ name: 'a worker', without: [] },
	{ name: 'a leader', without: ['SharedWorker'] },
];

function story(name, run, settings = {}) {
	stories.push({
		name: `tabs: ${name}`,
		run: (t) => deskRun(t, run, settings),
		settings: { tenant: true, sap: LISTED, ...settings },
	});
}

/** The same story with a worker and with a leader. */
function storyOfWays(name, run, settings = {}) {
	for (const way of ways)
		story(`${name} (${way.name})`, run, { ...settings, ...way });
}

async function deskRun(t, run, { without = [], noisy }) {
	t.tenant.serve(`${SAP}/`, sapPage(`${t.relay.url}/`));
	const desk = new Desk({ args: t.tenant.args, url: `${SAP}/`, without });

	try {
		await desk.open();
		await run({ ...t, desk, without });
		if (!noisy)
			assert.deepEqual(desk.faults, []);
	} finally {
		await desk.close();
	}
}

/* --- helpers --- */

async function until(what, probe, ms = 20000) {
	const deadline = Date.now() + ms;

	while (!(await probe())) {
		if (Date.now() > deadline)
			throw new Error(`waited in vain for: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 25));
	}
}

function pause(ms) {
	return new Promise((resolve) => setTimeout(resolve, ms));
}

async function status(relay) {
	return JSON.parse((await relay.get('/api/v1/status')).text);
}

async function streams(relay) {
	return (await status(relay)).streams;
}

function streamsReach(relay, count) {
	return until(`${count} streams`, async () =>
		(await streams(relay)) === count);
}

/** What all tabs told SAP, oldest first. */
async function toldBy(tabs) {
	const all = await Promise.all(tabs.map((tab) => tab.told()));

	return all.flat().sort((a, b) => a.at - b.at);
}

async function toldReach(tabs, count) {
	let all = [];

	await until(`${count} payloads`, async () => {
		all = await toldBy(tabs);
		return all.length >= count;
	});
	return all;
}

function actionsOf(list, id) {
	return list.filter((each) => each.id === id).map(({ action }) => action);
}

/** The relay's own book: was everything that is due posted? */
function postedReach(relay, id, count) {
	return until('the relay to know that all was posted', async () => {
		const { text } = await relay.get(`/api/v1/calls/${id}/timeline`);

		return text.match(/"posted/g)?.length === count;
	});
}

function act(relay, id, action) {
	return relay.request('POST', `/api/v1/calls/${id}/${action}`);
}

function ringing(tab) {
	return tab.see('Incoming call');
}

/* --- one stream --- */

storyOfWays('twelve have one stream, and a dial is answered in each', async (t) => {
	const tabs = await t.desk.tabs(TABS);

	assert.equal(await streams(t.relay), 1);
	assert.equal((await t.desk.workers()).length,
		t.without.length === 0 ? 1 : 0);
	// not one for each: a browser has six to a server for all its tabs
	assert.ok((await status(t.relay)).connections <= TABS);
	for (const [i, tab] of tabs.entries()) {
		await tab.front();
		await tab.click(`+1 65030540${20 + i}`);
		await tab.see('In call');
		const [{ id }] = await t.relay.calls();

		assert.equal((await act(t.relay, id, 'hangup')).status, 202);
		await until('the call to end', async () =>
			(await t.relay.calls())[0].state === 'ended');
	}
	assert.equal((await t.relay.calls()).length, TABS);
	assert.equal(await streams(t.relay), 1);
});

storyOfWays('one that comes late sees what runs', async (t) => {
	const one = await t.desk.tab();
	const { id } = await t.relay.play('ring');

	await ringing(one);
	const two = await t.desk.tab();

	await ringing(two);
	assert.equal(await streams(t.relay), 1);
	await act(t.relay, id, 'answer');
	for (const tab of [one, two])
		await tab.see('In call');
	const three = await t.desk.tab();

	await three.see('In call');
	await act(t.relay, id, 'hangup');
	await toldReach([one, two, three], 3);
	await postedReach(t.relay, id, 3);
	const all = await toldBy([one, two, three]);

	assert.deepEqual(actionsOf(all, id), ['NOTIFY', 'ACCEPT', 'END']);
});

story('those of two agents have a stream each', async (t) => {
	const pages = ['ANNA', 'BERND'].map((id) => t.tenant.serve(
		`${SAP}/${id}`, sapPage(`${t.relay.url}/?agent=${id}`)));
	const [anna, bernd] = [await t.desk.tab(pages[0]),
		await t.desk.tab(pages[1])];
	const again = await t.desk.tab(pages[0]);

	assert.equal(await streams(t.relay), 2);
	assert.equal((await t.desk.workers()).length, 2);
	const call = await t.relay.request('POST', '/api/v1/simulator/calls',
		{ script: 'ring', from: RINGS, agent: 'BERND' });

	await ringing(bernd);
	await toldReach([bernd], 1);
	assert.equal(call.status, 201);
	for (const tab of [anna, again]) {
		assert.deepEqual(await tab.told(), []);
		assert.equal(await tab.widget.locator('.call:visible').count(), 0);
	}
}, {
	more: `agent "ANNA" { device = "sim/anna" }
agent "BERND" { device = "sim/bernd" }`,
});

story('without locks and workers each works alone', async (t) => {
	const tabs = await t.desk.tabs(2);

	assert.equal(await streams(t.relay), 2);
	const { id } = await t.relay.play('ring');

	for (const tab of tabs)
		await ringing(tab);
	await act(t.relay, id, 'answer');
	await act(t.relay, id, 'hangup');
	await toldReach(tabs, 3);
	await postedReach(t.relay, id, 3);
	assert.deepEqual(actionsOf(await toldBy(tabs), id),
		['NOTIFY', 'ACCEPT', 'END']);
	await tabs[0].click('+1 6503054000');
	await tabs[0].see('In call');
}, { without: ['SharedWorker', 'locks'] });

/* --- one post --- */

storyOfWays('the one in front tells SAP, and no other', async (t) => {
	const tabs = await t.desk.tabs(3);

	for (const front of [1, 0, 2, 1]) {
		const before = await tabs[front].told();

		await tabs[front].front();
		const { id } = await t.relay.play('cancel');

		await toldReach([tabs[front]], before.length + 2);
		await postedReach(t.relay, id, 2);
		assert.deepEqual(actionsOf(await tabs[front].told(), id),
			['NOTIFY', 'END']);
		assert.equal(actionsOf(await toldBy(tabs), id).length, 2);
	}
});

storyOfWays('the one with the ring goes on with the call', async (t) => {
	const tabs = await t.desk.tabs(2);
	const { id } = await t.relay.play('ring');

	await toldReach([tabs[1]], 1);
	await tabs[0].front();
	await act(t.relay, id, 'answer');
	await toldReach([tabs[1]], 2);
	await act(t.relay, id, 'hangup');
	await toldReach([tabs[1]], 3);
	await postedReach(t.relay, id, 3);
	assert.deepEqual(await tabs[0].told(), []);
});

storyOfWays('when the one with the ring is closed another goes on', async (t) => {
	// the leader, too: it is the first one
	const tabs = await t.desk.tabs(3);

	await tabs[0].front();
	const { id } = await t.relay.play('ring');
	const first = await toldReach([tabs[0]], 1);

	await tabs[0].close();
	await act(t.relay, id, 'answer');
	const rest = tabs.slice(1);

	for (const tab of rest)
		await tab.see('In call');
	await act(t.relay, id, 'hangup');
	await toldReach(rest, 2);
	await postedReach(t.relay, id, 3);
	assert.deepEqual(actionsOf([...first, ...await toldBy(rest)], id),
		['NOTIFY', 'ACCEPT', 'END']);
	await streamsReach(t.relay, 1);
});

story('when the one with the ring is frozen another goes on', async (t) => {
	const tabs = await t.desk.tabs(3);
	const [frozen, ...rest] = tabs;

	await frozen.front();
	const { id } = await t.relay.play('ring');

	await toldReach([frozen], 1);
	await rest[0].front();
	await frozen.freeze(true);
	await act(t.relay, id, 'answer');
	await toldReach(rest, 1);
	await act(t.relay, id, 'hangup');
	await toldReach(rest, 2);
	await postedReach(t.relay, id, 3);
	await frozen.freeze(false);
	await frozen.front();
	// it hears what it missed, and tells nobody
	await frozen.widget.getByText(/^Call ended after/).first().waitFor();
	const next = await t.relay.play('cancel');

	await postedReach(t.relay, next.id, 2);
	const all = await toldBy(tabs);

	assert.deepEqual(actionsOf(all, id), ['NOTIFY', 'ACCEPT', 'END']);
	assert.deepEqual(actionsOf(all, next.id), ['NOTIFY', 'END']);
});

/* --- nothing is lost --- */

story('a page that is loaded anew in a ring and in a call loses nothing', async (t) => {
	const tab = await t.desk.tab();
	const { id } = await t.relay.play('ring');

	await toldReach([tab], 1);
	await Promise.all([tab.page.reload(), act(t.relay, id, 'answer')]);
	await tab.see('In call');
	await toldReach([tab], 2);
	await Promise.all([tab.page.reload(), act(t.relay, id, 'hangup')]);
	await toldReach([tab], 3);
	await postedReach(t.relay, id, 3);
	assert.deepEqual(actionsOf(await tab.told(), id),
		['NOTIFY', 'ACCEPT', 'END']);
});

story('a page that is loaded anew before it tells of a ring tells of it', async (t) => {
	const tab = await t.desk.tab();
	const [, { id }] = await Promise.all([tab.page.reload(),
		t.relay.play('ring')]);

	await toldReach([tab], 1);
	await postedReach(t.relay, id, 1);
	assert.deepEqual(actionsOf(await tab.told(), id), ['NOTIFY']);
});

story('a browser that is closed in a ring tells of the rest later', async (t) => {
	const before = await t.desk.tab();
	const { id } = await t.relay.play('ring');
	const first = await toldReach([before], 1);

	await postedReach(t.relay, id, 1);
	await t.desk.kill();
	await act(t.relay, id, 'answer');
	await t.desk.open();
	const tab = await t.desk.tab();

	await tab.see('In call');
	const second = await toldReach([tab], 1);

	await postedReach(t.relay, id, 2);
	await t.desk.kill();
	await act(t.relay, id, 'hangup');
	// and one that rings while nobody looks
	const other = await t.relay.play('ring');

	await t.desk.open();
	const last = await t.desk.tab();

	await ringing(last);
	const third = await toldReach([last], 2);

	assert.deepEqual(actionsOf([...first, ...second, ...third], id),
		['NOTIFY', 'ACCEPT', 'END']);
	assert.deepEqual(actionsOf(third, other.id), ['NOTIFY']);
});

storyOfWays('one that was hidden for long hears of a ring', async (t) => {
	const tab = await t.desk.tab();
	const blank = await t.desk.context.newPage();

	await blank.bringToFront();
	await tab.page.frames()[1].waitForFunction(() =>
		document.visibilityState === 'hidden');
	await pause(t.long ? 600000 : 70000); // timers have become slow
	const { id } = await t.relay.play('ring');

	await toldReach([tab], 1);
	await act(t.relay, id, 'answer');
	await toldReach([tab], 2);
	await act(t.relay, id, 'hangup');
	await toldReach([tab], 3);
	assert.deepEqual(actionsOf(await tab.told(), id),
		['NOTIFY', 'ACCEPT', 'END']);
});

/** Loads of the widget's page: how many, and how many at once. */
function loadsOf(context, url) {
	const loads = { count: 0, now: 0, most: 0 };
	const isLoad = (req) => req.url() === url &&
		req.resourceType() === 'document';

	context.on('request', (req) => {
		if (!isLoad(req))
			return;
		loads.count++;
		loads.now++;
		loads.most = Math.max(loads.most, loads.now);
	});
	for (const end of ['requestfinished', 'requestfailed'])
		context.on(end, (req) => {
			loads.now -= isLoad(req) ? 1 : 0;
		});
	return loads;
}

storyOfWays('twelve find a relay that was killed again, one after the other', async (t) => {
	const tabs = await t.desk.tabs(TABS);
	const loads = loadsOf(t.desk.context, `${t.relay.url}/`);

	await t.relay.kill();
	for (const tab of tabs)
		await tab.widget.locator('#link:not(:has-text("Ready"))').waitFor();
	await t.relay.run();
	await streamsReach(t.relay, 1);
	const { id } = await t.relay.play('cancel');

	await postedReach(t.relay, id, 2);
	await until('every page to be loaded again', () => loads.count >= TABS,
		90000);
	for (const tab of tabs)
		await tab.ready();
	await streamsReach(t.relay, 1);
	assert.equal(loads.most, 1, 'they do not load at the same time');
	assert.deepEqual(actionsOf(await toldBy(tabs), id), ['NOTIFY', 'END']);
	const next = await t.relay.play('cancel');

	await postedReach(t.relay, next.id, 2);
	assert.deepEqual(actionsOf(await toldBy(tabs), next.id),
		['NOTIFY', 'END']);
	assert.equal(loads.count, TABS, 'once is enough');
}, { noisy: true });

story('a worker notices a relay that falls silent', async (t) => {
	const tab = await t.desk.tab();

	// time cannot be moved in a worker
	t.relay.child.kill('SIGSTOP');
	try {
		await tab.widget.locator('#link:not(:has-text("Ready"))')
			.waitFor({ timeout: 70000 });
	} finally {
		t.relay.child.kill('SIGCONT');
	}
	await tab.ready();
}, { long: true });

/* --- messages --- */

story('SAP gets an object, one for each payload', async (t) => {
	const tab = await t.desk.tab();
	const { id } = await t.relay.play('cancel');

	await toldReach([tab], 2);
	await postedReach(t.relay, id, 2);
	const got = await tab.got();

	assert.equal(got.length, 2);
	for (const { data, origin } of got) {
		assert.equal(origin, t.relay.url);
		assert.deepEqual(Object.keys(data), ['payload']);
		for (const value of Object.values(data.payload))
			assert.equal(typeof value, 'string');
	}
});

story('SAP gets a text of XML, one for each payload', async (t) => {
	const tab = await t.desk.tab();
	const odd = '<A> & "B" \'c\' ]]> ü 電 \u{1F600}';
	const unsayable = '\u{FFFE}'; // XML has no way to write it
	const report = (event) => t.relay.request('POST', '/api/v1/inbound', {
		event,
		ref: 'leg',
		from: RINGS,
		custom: { Custom_1: odd + unsayable },
	});

	assert.equal((await report('ringing')).status, 202);
	await until('the ring', async () => (await tab.got()).length === 1);
	await report('ended');
	await until('the end', async () => (await tab.got()).length === 2);
	const { id } = (await t.relay.calls())[0];

	await postedReach(t.relay, id, 2);
	const got = (await tab.got()).map(({ data }) => data);

	assert.equal(got.length, 2);
	const fields = await tab.page.evaluate((texts) => texts.map((text) => {
		const doc = new DOMParser().parseFromString(text, 'application/xml');

		return doc.querySelector('parsererror') ? null
			: Object.fromEntries([...doc.documentElement.children].map(
				(el) => [el.localName, el.textContent]));
	}), got);

	assert.equal(fields[0].Custom_1, odd);
	assert.equal(fields[0].Action, 'NOTIFY');
	assert.equal(fields[1].Action, 'END');
	for (const text of got)
		assert.match(text,
			/^<\?xml version="1.0" encoding="utf-8"\?><payload><Type>/);
}, { sap: `${LISTED} encoding = "xml"` });

/** In the page: messages that are none of SAP's clicks. */
function garbageSend() {
	const { contentWindow: to, src } = document.getElementById('widget');
	const { origin } = new URL(src);
	const cycle = { PhoneNumber: '+1 6503054001' };

	cycle.self = cycle;
	const list = [
		{ source: 'react-devtools-bridge', payload: { type: 'x' } },
		{ source: 'devtools-page', payload: '{"PhoneNumber":7}' },
		{ type: 'webpackOk', data: null }, 'setImmediate$0.1$1', 0, null,
		{ PhoneNumber: ['+1 6503054001'] }, new Map([['PhoneNumber', '1']]),
		new Error('x'), new ArrayBuffer(8), new Date(), /x/, cycle,
		{ PhoneNumber: '+1 6503054001', big: 5n },
	];

	for (const data of list)
		to.postMessage(data, origin);
	for (const data of [{ PhoneNumber: '1', f() {} }, document.body])
		try {
			to.postMessage(data, origin);
		} catch (err) {
			list.push(err.name);
		}
	return list.slice(-2);
}

story('what is no click of SAP does nothing', async (t) => {
	const tab = await t.desk.tab();

	assert.deepEqual(await tab.page.evaluate(garbageSend),
		['DataCloneError', 'DataCloneError']);
	// another window, of the very origin of SAP's page
	await tab.page.evaluate(() => new Promise((resolve) => {
		const frame = document.createElement('iframe');

		frame.onload = resolve;
		frame.src = 'about:blank';
		document.body.append(frame);
	}));
	await tab.page.frames().at(-1).evaluate(() =>
		parent.frames[0].postMessage({ PhoneNumber: '+1 6503054002' }, '*'));
	// and a widget that speaks to itself
	await tab.page.frames()[1].evaluate(() =>
		postMessage({ PhoneNumber: '+1 6503054003' }, location.origin));
	await tab.say({ PhoneNumber: ' +1 6503054000 ', LoggedInUserID: 'A',
		NewField: { deep: 1 }, Gone: undefined });
	await tab.see('In call');
	const calls = await t.relay.calls();

	assert.equal(calls.length, 1);
	assert.equal(calls[0].number, '+16503054000');
	assert.equal(await tab.widget.locator('.notice:visible').count(), 0);
	assert.deepEqual(await tab.got(), []);
});

story('a click of the first moment is not lost', async (t) => {
	const page = await t.desk.context.newPage();
	const html = sapPage(`${t.relay.url}/`).replace('</iframe>',
		`</iframe><script>const timer = setInterval(() =>
		frames[0].postMessage({ PhoneNumber: '+1 6503054000',
			ActivityUUID: '00163EA718FC1EEABDD5608C895BDC71' },
			'${t.relay.url}'), 1);
		document.getElementById('widget').onload = () =>
			clearInterval(timer);</script>`);

	await page.goto(t.tenant.serve(`${SAP}/early`, html));
	await page.frameLocator('#widget').getByText('In call', { exact: true })
		.first().waitFor();
	assert.equal((await t.relay.calls()).length, 1);
}, { noisy: true });

for (const policy of ['require-corp', 'credentialless'])
	story(`an isolated page of SAP shows it, with a worker (${policy})`, async (t) => {
		const url = t.tenant.serve(`${SAP}/${policy}`,
			sapPage(`${t.relay.url}/`),
			{ 'Cross-Origin-Embedder-Policy': policy });
		const tabs = [await t.desk.tab(url), await t.desk.tab(url)];

		assert.equal((await t.desk.workers()).length, 1);
		assert.equal(await streams(t.relay), 1);
		const { id } = await t.relay.play('cancel');

		await postedReach(t.relay, id, 2);
		assert.deepEqual(actionsOf(await toldBy(tabs), id),
			['NOTIFY', 'END']);
	});
