// SPDX-License-Identifier: Apache-2.0
// stories.mjs - what an agent and an attacker live through

import assert from 'node:assert/strict';
import http from 'node:http';
import { once } from 'node:events';

const TENANT = 'https://my123456.crm.ondemand.com';
const ID = /^[0-9A-F]{32}$/;

/* --- helpers --- */

/** The host stand-in in a new tab, its widget ready. */
async function hostOpen({ context, relay }) {
	const page = await context.newPage();

	await page.goto(`${relay.url}/host.html`);
	await ready(widgetOf(page));
	return page;
}

function widgetOf(page) {
	return page.frameLocator('#widget');
}

function ready(widget) {
	return widget.locator('#link', { hasText: 'Ready' }).waitFor();
}

function see(root, text) {
	return root.getByText(text, { exact: true }).first().waitFor();
}

/** A button of a call also says whose call it is: "Answer: Jamie Example". */
function press(root, name) {
	const words = name.replace(/[^\w ]/g, '\\$&');

	return root.getByRole('button', { name: new RegExp(`^${words}(: |$)`) })
		.click();
}

function handRests() {
	return new Promise((resolve) => setTimeout(resolve, 600));
}

/** What the host got, oldest first. */
async function messages(page) {
	const all = await page.locator('#messages pre').allTextContents();

	return all.reverse();
}

async function payloads(page) {
	return (await messages(page)).map((text) => JSON.parse(text).payload);
}

async function messagesReach(page, count) {
	await page.locator('#messages pre').nth(count - 1).waitFor();
	return payloads(page);
}

async function until(what, probe) {
	const deadline = Date.now() + 10000;

	while (!(await probe())) {
		if (Date.now() > deadline)
			throw new Error(`waited in vain for: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 25));
	}
}

async function buttonsOf(widget) {
	return widget.locator('#calls .actions button:visible')
		.allTextContents();
}

function actions(list) {
	return list.map((p) => p.Action);
}

/** A page of somebody else, from its own server. */
async function strangerServe(html) {
	const server = http.createServer((req, res) => {
		res.setHeader('Content-Type', 'text/html');
		res.end(html);
	}).listen(0, '127.0.0.1');

	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${server.address().port}/`,
		close() {
			server.closeAllConnections();
			server.close();
		},
	};
}

/** SAP's page at a tenant's address, without a network. */
async function tenantOpen({ context, relay }) {
	const page = await context.newPage();

	await context.route(`${TENANT}/**`, (route) => route.fulfill({
		contentType: 'text/html',
		body: `<!DOCTYPE html><title>tenant</title><script>
			window.got = [];
			addEventListener('message', (e) => got.push(e.data));
			</script><iframe id="widget" width="340" height="600"
			src="${relay.url}/"></iframe>`,
	}));
	await page.goto(`${TENANT}/`);
	return page;
}

/** Paths of the relay that the browser asks for from now on. */
function requestsOf(context, relay) {
	const paths = [];

	context.on('request', (req) => {
		if (req.url().startsWith(relay.url))
			paths.push(new URL(req.url()).pathname);
	});
	return paths;
}

function asked(paths) {
	return paths.filter((path) => path.startsWith('/api/'));
}

const TWO_AGENTS = `
agent "ANNA" { device = "sim/anna" }
agent "BERND" { device = "sim/bernd" }`;
const CLICK = { PhoneNumber: '+1 6503054000', LoggedInUserID: 'SERVICEAGENT01' };

/* --- stories --- */

export const stories = [];

function story(name, run, settings = {}) {
	stories.push({ name, run, settings });
}

story('a click on a contact dials and ends in the widget', async (t) => {
	const page = await hostOpen(t);
	const widget = widgetOf(page);

	await press(page, 'Call Alex Example');
	await see(widget, 'In call');
	await t.shot(page, 'click-in-call');
	await press(widget, 'Hang up');
	await widget.getByText(/^Call ended after 0:0/).waitFor();
	await see(widget, '+1\u00a0650-305-4000');
	const [call, ...more] = await t.relay.calls();

	assert.equal(more.length, 0);
	assert.equal(call.number, '+16503054000');
	assert.equal(call.agent, 'SERVICEAGENT01');
	assert.equal(Object.keys(call.crm).length, 10);
	assert.match(call.crm.ActivityUUID, ID);
	assert.equal((await messages(page)).length, 0);
});

story('the same click twice makes one call', async (t) => {
	const page = await hostOpen(t);

	await press(page, 'Double click');
	await see(widgetOf(page), 'In call');
	assert.equal((await t.relay.calls()).length, 1);
	assert.equal(await widgetOf(page).locator('.call').count(), 1);
});

story('an inbound call tells SAP its ring, its answer and its end', async (t) => {
	const page = await hostOpen(t);
	const widget = widgetOf(page);

	await press(page, 'Rings until you answer');
	const [notify] = await messagesReach(page, 1);

	assert.equal(notify.EventType, 'INBOUND');
	assert.equal(notify.Action, 'NOTIFY');
	assert.equal(notify.ANI, '+493069123456');
	assert.match(notify.ExternalReferenceID, ID);
	await see(widget, 'Incoming call');
	await t.shot(page, 'inbound-ringing');
	await press(widget, 'Answer');
	await messagesReach(page, 2);
	await see(widget, 'In call');
	await press(widget, 'Hang up');
	const all = await messagesReach(page, 3);

	assert.deepEqual(actions(all), ['NOTIFY', 'ACCEPT', 'END']);
	assert.equal(all[2].EventType, 'UPDATEACTIVITY');
	assert.equal(new Set(all.map((p) => p.ExternalReferenceID)).size, 1);
	await page.getByText('lint: no findings').nth(2).waitFor();
	await t.shot(page, 'inbound-ended');
	const steps = page.locator(
		`[data-id="${notify.ExternalReferenceID}"] .step`);

	assert.deepEqual(await steps.allTextContents(),
		['ringing', 'accepted', 'ended']);
	await until('the relay to know that all were posted', async () => {
		const { text } = await t.relay.get(
			`/api/v1/calls/${notify.ExternalReferenceID}/timeline`);

		return text.match(/"posted/g)?.length === 3;
	});
});

story('a rejected call ends for SAP too and is never accepted', async (t) => {
	const page = await hostOpen(t);
	const widget = widgetOf(page);

	await press(page, 'Rings until you answer');
	await see(widget, 'Incoming call');
	assert.deepEqual(await buttonsOf(widget), ['Answer', 'Reject']);
	await press(widget, 'Reject');
	await see(widget, 'Rejected');
	assert.deepEqual(actions(await messagesReach(page, 2)),
		['NOTIFY', 'END']);
});

story('missed calls say in words why', async (t) => {
	const page = await hostOpen(t);
	const widget = widgetOf(page);

	await press(page, 'Caller gives up');
	await see(widget, 'Missed: the caller hung up');
	await press(page, 'A colleague answers');
	await see(widget, 'Answered on another phone');
});

story('the buttons follow what the call can do', async (t) => {
	const page = await hostOpen(t);
	const widget = widgetOf(page);

	await press(page, 'Your phone answers');
	await see(widget, 'In call');
	assert.deepEqual(await buttonsOf(widget),
		['Hold', 'Mute', 'Keypad', 'Transfer', 'Hang up']);
	await press(widget, 'Hold');
	await see(widget, 'On hold');
	await handRests(); // else it were the second half of a double click
	await press(widget, 'Resume');
	await see(widget, 'In call');
	await press(widget, 'Mute');
	await see(widget, 'In call, you are muted');
	await handRests();
	await press(widget, 'Unmute');
	await see(widget, 'In call');
	await press(widget, 'Keypad');
	for (const key of ['4', '2', '#'])
		await press(widget, key);
	assert.equal(await widget.locator('.digits').textContent(), '42#');
	await t.shot(page, 'keypad');
	await press(widget, 'Keypad');
	await press(widget, 'Transfer');
	await widget.getByLabel('Transfer to').fill('not a number');
	await t.shot(page, 'transfer');
	await widget.locator('.transfer [type="submit"]').click();
	await see(widget, 'The call could not be transferred');
	await t.shot(page, 'transfer-refused');
	await widget.getByLabel('Transfer to').fill('+1 650 305 4001');
	await widget.locator('.transfer [type="submit"]:not([aria-disabled])').click();
	await widget.getByText(/^Call ended after/).waitFor();
});

story('a busy line is said in words and can be called again', async (t) => {
	const page = await hostOpen(t);
	const widget = widgetOf(page);

	await press(page, 'Call Busy Line');
	await see(widget, 'The line is busy');
	await t.shot(page, 'busy');
	await press(widget, 'Call again');
	await until('a second call', async () =>
		(await t.relay.calls()).length === 2);
	const [second, first] = await t.relay.calls();

	assert.equal(second.number, first.number);
	assert.deepEqual(second.crm, first.crm);
});

story('each way to fail has its own words', async (t) => {
	const page = await hostOpen(t);
	const widget = widgetOf(page);
	const ways = {
		'Away Today': 'Nobody answered',
		'Switched Off': 'Not reachable',
		'Typing Error': 'This number does not exist',
		'Not Now': 'The other side declined',
	};

	for (const [name, words] of Object.entries(ways)) {
		await press(page, `Call ${name}`);
		await see(widget, words);
	}
	await t.shot(page, 'causes');
});

story('a repeated click of an ended call offers to call again', async (t) => {
	const page = await hostOpen(t);
	const widget = widgetOf(page);

	await press(page, 'Call Busy Line');
	await see(widget, 'The line is busy');
	await page.reload();
	await ready(widget);
	assert.equal(await widget.locator('.call').count(), 0);
	const [call] = await t.relay.calls();

	await page.evaluate((payload) => {
		document.getElementById('widget').contentWindow
			.postMessage(JSON.stringify({ payload }), location.origin);
	}, call.crm);
	await widget.getByText(/^This click was dialed before/).waitFor();
	assert.equal((await t.relay.calls()).length, 1);
	await t.shot(page, 'repeated');
	await press(widget, 'Call again');
	await until('a second call', async () =>
		(await t.relay.calls()).length === 2);
});

story('a refused number shows the sentence of the relay', async (t) => {
	const page = await hostOpen(t);
	const widget = widgetOf(page);

	await page.getByLabel('Any number').fill('1-800-FLOWERS');
	await page.locator('#any [type="submit"]').click();
	const answer = await t.relay.request('POST', '/api/v1/calls',
		{ PhoneNumber: '1-800-FLOWERS' });
	const problem = JSON.parse(answer.text);

	assert.equal(answer.status, 422);
	await see(widget, '1-800-FLOWERS was not dialed');
	await see(widget, problem.detail);
	await see(widget, 'Correct it: digits, with + and the country code in ' +
		'front, or as you dial it on your phone.');
	await widget.getByText('For your administrator').click();
	await see(widget, problem.fix);
	assert.equal(await widget.locator('.notice').count(), 1);
	await t.shot(page, 'refused');
	assert.equal((await t.relay.calls()).length, 0);
});

story('a foreign page that frames the widget gets nothing', async (t) => {
	const { context, relay } = t;
	const evil = await strangerServe(`<!DOCTYPE html>
		<iframe src="${relay.url}/"></iframe>
		<iframe src="${relay.url}/host.html"></iframe>`);
	const page = await context.newPage();

	try {
		const loaded = [];

		page.on('framenavigated', (frame) => loaded.push(frame.url()));
		await page.goto(evil.url);
		await until('both frames', () => page.frames().length === 3 &&
			loaded.filter((url) => url !== evil.url).length >= 2);
		const got = await page.evaluate(async ({ url, click }) => {
			const heard = [];

			addEventListener('message', (e) => heard.push(e.data));
			for (let i = 0; i < frames.length; i++)
				frames[i].postMessage(click, '*');
			const token = await fetch(`${url}/api/v1/token`)
				.then((res) => res.text(), () => 'blocked');

			await fetch(`${url}/api/v1/calls`, {
				method: 'POST',
				mode: 'no-cors',
				body: JSON.stringify(click),
			}).catch(() => {});
			return { heard, token };
		}, { url: relay.url, click: CLICK });

		assert.deepEqual(got, { heard: [], token: 'blocked' });
		for (const frame of page.frames().slice(1))
			assert.equal(await frame.locator('#phone, #contacts').count(), 0);
		assert.equal((await relay.calls()).length, 0);
	} finally {
		evil.close();
	}
}, { noisy: true });

story('a foreign page that opens the widget gets nothing', async (t) => {
	const { context, relay } = t;
	const evil = await strangerServe('<!DOCTYPE html><button>go</button>');
	const page = await context.newPage();
	const paths = requestsOf(context, relay);

	try {
		await page.goto(evil.url);
		await page.evaluate(({ url, click }) => {
			document.querySelector('button').onclick = () => {
				const other = open(url);

				setInterval(() => other.postMessage(click, '*'), 20);
			};
		}, { url: relay.url, click: CLICK });
		const coming = context.waitForEvent('page');

		await page.getByRole('button').click();
		const popup = await coming;

		await see(popup, 'Open this page from SAP');
		await popup.evaluate(() =>
			new Promise((resolve) => setTimeout(resolve, 200)));
		assert.deepEqual(asked(paths), []);
		assert.equal((await relay.calls()).length, 0);
	} finally {
		evil.close();
	}
}, { noisy: true });

story('a tenant that is not listed sees its origin and where to allow it', async (t) => {
	const paths = requestsOf(t.context, t.relay);
	const page = await tenantOpen(t);
	const widget = widgetOf(page);

	await see(widget, TENANT);
	await see(widget, 'May this page use the phone?');
	await page.evaluate((click) => frames[0].postMessage(click, '*'), CLICK);
	await t.relay.play('ring');
	await t.shot(page, 'stranger');
	assert.deepEqual(asked(paths), []);
	assert.deepEqual(await page.evaluate(() => window.got), []);
	assert.equal((await t.relay.calls()).length, 1);
});

story('a listed tenant dials and hears of calls', async (t) => {
	const page = await tenantOpen(t);
	const widget = widgetOf(page);

	await ready(widget);
	await page.evaluate(({ click, url }) =>
		frames[0].postMessage(click, url), { click: CLICK, url: t.relay.url });
	await see(widget, 'In call');
	const { id } = await t.relay.play('ring');

	await page.waitForFunction(() => window.got.length === 1);
	const [message] = await page.evaluate(() => window.got);

	assert.deepEqual(Object.keys(message), ['payload']);
	assert.equal(message.payload.ExternalReferenceID, id);
}, { sap: `origins = {"${TENANT}"}` });

story('a tenant inside a foreign page gets nothing', async (t) => {
	const evil = await strangerServe(
		`<!DOCTYPE html><iframe src="${TENANT}/"></iframe>`);
	const paths = requestsOf(t.context, t.relay);
	const tenant = await tenantOpen(t);

	await ready(widgetOf(tenant));
	await tenant.close();
	paths.length = 0;
	const page = await t.context.newPage();

	try {
		await page.goto(evil.url);
		await until('the request of the inner frame', () =>
			paths.includes('/'));
		await page.waitForLoadState('load');
		assert.deepEqual(asked(paths), []);
	} finally {
		evil.close();
	}
}, { sap: `origins = {"${TENANT}"}`, noisy: true });

story('messages that are not from the parent are ignored', async (t) => {
	const page = await hostOpen(t);
	const widget = page.frames()[1];

	await widget.evaluate((click) =>
		window.postMessage(click, location.origin), CLICK);
	const coming = t.context.waitForEvent('page');

	await page.evaluate(() => void open('/version'));
	const other = await coming;

	await other.waitForLoadState();
	await other.evaluate((click) => opener.frames[0]
		.postMessage(click, opener.location.origin), CLICK)
		.catch(() => {}); // the browser may have cut the opener off
	await page.evaluate(() =>
		document.body.append(document.createElement('iframe')));
	const inner = page.frames().at(-1);

	await inner.evaluate((click) => parent.frames[0]
		.postMessage(click, parent.location.origin), CLICK);
	await widget.evaluate(() =>
		new Promise((resolve) => setTimeout(resolve, 100)));
	assert.equal((await t.relay.calls()).length, 0);
});

story('a message of another shape is ignored without a word', async (t) => {
	const page = await hostOpen(t);
	const widget = widgetOf(page);

	await page.evaluate((click) => {
		const shapes = [null, 7, '', '{', '[]', 'null', {}, [], true,
			{ PhoneNumber: '' }, { PhoneNumber: '  ' },
			{ PhoneNumber: 112 }, { payload: { PhoneNumber: 5 } },
			{ payload: null }, '{"payload":"x"}', new Map(), 5n];

		for (const shape of [...shapes, click])
			document.getElementById('widget').contentWindow
				.postMessage(shape, location.origin);
	}, CLICK);
	await see(widget, 'In call');
	assert.equal((await t.relay.calls()).length, 1);
	assert.equal(await widget.locator('.notice').count(), 0);
});

story('two tabs post each payload only once', async (t) => {
	const one = await hostOpen(t);
	const two = await hostOpen(t);
	const total = async () => (await payloads(one)).length +
		(await payloads(two)).length;

	for (let round = 1; round <= 3; round++) {
		await press(two, 'Rings until you answer');
		await see(widgetOf(one), 'Incoming call');
		await until('NOTIFY', async () => (await total()) >= round * 3 - 2);
		await press(widgetOf(one), 'Answer');
		await see(widgetOf(two), 'In call');
		await press(widgetOf(two), 'Hang up');
		await until('END', async () => (await total()) >= round * 3);
		await widgetOf(one).locator('#calls .call')
			.waitFor({ state: 'detached' });
	}
	const all = [...await payloads(one), ...await payloads(two)];
	const seen = new Set(all.map((p) =>
		`${p.ExternalReferenceID} ${p.Action}`));

	assert.equal(all.length, 9);
	assert.equal(seen.size, 9);
});

story('a word to the relay that is lost is given again, no payload', async (t) => {
	const page = await hostOpen(t);
	let words = 0;

	// longer than the claim holds
	await page.route('**/ack', (route) =>
		++words > 4 ? route.continue() : route.abort());
	await press(page, 'Rings until you answer');
	await messagesReach(page, 1);
	await until('the word got through', () => words > 4);
	await press(widgetOf(page), 'Reject');
	await messagesReach(page, 2);
	assert.deepEqual(actions(await payloads(page)), ['NOTIFY', 'END']);
}, { noisy: true });

story('a claim that was long under way is not believed', async (t) => {
	const page = await hostOpen(t);
	const claims = [];

	await page.route('**/claim', async (route) => {
		claims.push(route.request().url());
		if (claims.length > 1)
			return route.continue();
		const response = await route.fetch();

		await new Promise((resolve) => setTimeout(resolve, 3000));
		return route.fulfill({ response });
	});
	await press(page, 'Rings until you answer');
	await messagesReach(page, 1);
	assert.equal(claims.length, 2);
	assert.equal(claims[0], claims[1]);
	assert.deepEqual(actions(await payloads(page)), ['NOTIFY']);
});

story('the tab that was left in the middle is followed by the other', async (t) => {
	const one = await hostOpen(t);

	await press(one, 'Rings until you answer');
	await messagesReach(one, 1);
	const two = await hostOpen(t);

	await see(widgetOf(two), 'Incoming call');
	await one.close();
	await press(widgetOf(two), 'Answer');
	await see(widgetOf(two), 'In call');
	await press(widgetOf(two), 'Hang up');
	assert.deepEqual(actions(await messagesReach(two, 2)),
		['ACCEPT', 'END']);
});

story('twelve tabs do not use up the connections of the browser', async (t) => {
	const pages = [];
	const show = (page, seen) => page.evaluate((value) => {
		window.inFront = value;
		frames[0].document.dispatchEvent(new Event('visibilitychange'));
	}, seen);

	// without a window every page believes to be in front
	await t.context.addInitScript(() => {
		Object.defineProperty(Document.prototype, 'visibilityState', {
			get: () => (top.inFront === false ? 'hidden' : 'visible'),
		});
	});
	for (let i = 0; i < 12; i++) {
		for (const page of pages.slice(-1))
			await show(page, false);
		pages.push(await hostOpen(t));
	}
	await show(pages.at(-1), false);
	await show(pages[0], true);
	await ready(widgetOf(pages[0]));
	await press(pages[0], 'Call Alex Example');
	await see(widgetOf(pages[0]), 'In call');
	await press(widgetOf(pages[0]), 'Hang up');
	await press(pages[0], 'Caller gives up');
	await see(widgetOf(pages[0]), 'Missed: the caller hung up');
	let all = [];

	await until('the host to get both payloads', async () => {
		all = (await Promise.all(pages.map(payloads))).flat();
		return all.length >= 2;
	});
	assert.deepEqual(actions(all).sort(), ['END', 'NOTIFY']);
});

story('SAP gets XML where it is configured', async (t) => {
	const page = await hostOpen(t);
	const odd = `<A> & "B" 'c' ü 電 \u{1F600}`;
	const report = await t.relay.request('POST', '/api/v1/inbound', {
		event: 'ringing',
		ref: 'leg-1',
		from: '+493069123456',
		custom: { Custom_1: odd },
	});

	assert.equal(report.status, 202);
	await page.locator('#messages pre').waitFor();
	const [xml] = await messages(page);

	assert.match(xml, /^<\?xml version="1.0" encoding="utf-8"\?><payload><Type>CALL</);
	const custom = await page.evaluate((text) =>
		new DOMParser().parseFromString(text, 'application/xml')
			.querySelector('payload > Custom_1').textContent, xml);

	assert.equal(custom, odd);
	await page.getByText('lint: no findings').waitFor();
	assert.equal(await page.locator('.step').textContent(), 'ringing');
}, { sap: 'encoding = "xml"' });

story('each agent sees only his own calls', async (t) => {
	const [one, two] = await Promise.all(['ANNA', 'BERND'].map(async (id) => {
		const page = await t.context.newPage();

		await page.goto(`${t.relay.url}/host.html?agent=${id}`);
		await ready(widgetOf(page));
		return page;
	}));

	await press(one, 'Call Alex Example');
	await see(widgetOf(one), 'In call');
	await press(two, 'Rings until you answer');
	await see(widgetOf(two), 'Incoming call');
	assert.equal((await messagesReach(two, 1)).length, 1);
	assert.equal((await messages(one)).length, 0);
	for (const page of [one, two])
		assert.equal(await widgetOf(page).locator('.call').count(), 1);
}, { more: TWO_AGENTS });

story('a widget of nobody asks whose it is and learns it by a click', async (t) => {
	const page = await t.context.newPage();
	const widget = widgetOf(page);

	await page.goto(`${t.relay.url}/host.html`);
	await see(widget, 'Calls cannot be shown');
	await t.shot(page, 'agent-required');
	await page.evaluate((click) =>
		document.getElementById('widget').contentWindow.postMessage(
			{ ...click, LoggedInUserID: 'ANNA' }, location.origin), CLICK);
	await ready(widget);
	await see(widget, 'In call');
	await press(widget, 'Hang up');
	await widget.getByText(/^Call ended after/).waitFor();
	assert.equal(await widget.locator('.notice').count(), 0);
}, { more: TWO_AGENTS, noisy: true });

story('a relay that falls silent is noticed', async (t) => {
	const page = await t.context.newPage();

	// its hub is in the page, where time can be moved
	await page.addInitScript(() => delete globalThis.SharedWorker);
	await page.clock.install();
	await page.goto(`${t.relay.url}/host.html`);
	await ready(widgetOf(page));
	t.relay.child.kill('SIGSTOP');
	try {
		await page.clock.fastForward(40000);
		await ready(widgetOf(page));
		await page.clock.fastForward(20000);
		await widgetOf(page)
			.locator('#link', { hasText: 'Reconnecting' }).waitFor();
	} finally {
		t.relay.child.kill('SIGCONT');
	}
	await page.clock.fastForward(5000);
	await ready(widgetOf(page));
});

story('a relay that was killed and restarted goes on', async (t) => {
	const page = await hostOpen(t);
	const widget = widgetOf(page);

	await press(page, 'Call Busy Line');
	await see(widget, 'The line is busy');
	await t.relay.kill();
	await widget.locator('#link', { hasText: 'Reconnecting' }).waitFor();
	await t.shot(page, 'reconnecting');
	await t.relay.run();
	await ready(widget);
	// the frame's own clicks and calls work with the new token
	await page.evaluate((click) =>
		document.getElementById('widget').contentWindow
			.postMessage(click, location.origin), CLICK);
	await see(widget, 'In call');
	await press(widget, 'Hang up');
	await widget.getByText(/^Call ended after/).waitFor();
	await t.relay.play('ring');
	const [notify] = await messagesReach(page, 1);

	assert.equal(notify.Action, 'NOTIFY');
}, { noisy: true });

story('after a restart the page loads itself anew, when it is idle', async (t) => {
	const page = await t.context.newPage();
	const loads = requestsOf(t.context, t.relay);
	const count = () => loads.filter((path) => path === '/').length;
	const dialed = async () => JSON.parse(
		(await t.relay.get('/api/v1/calls?agent=ANNA')).text).calls.length;

	await page.goto(`${t.relay.url}/host.html`);
	await see(widgetOf(page), 'Calls cannot be shown');
	await page.evaluate((click) =>
		document.getElementById('widget').contentWindow.postMessage(
			{ ...click, LoggedInUserID: 'ANNA' }, location.origin), CLICK);
	await ready(widgetOf(page));
	await see(widgetOf(page), 'In call');
	assert.equal(count(), 1);
	await t.relay.kill();
	await widgetOf(page).locator('#link', { hasText: 'Reconnecting' })
		.waitFor();
	// a word to the agent stays until it was read
	await page.evaluate((click) =>
		document.getElementById('widget').contentWindow.postMessage(
			{ ...click, PhoneNumber: '110' }, location.origin), CLICK);
	await t.relay.run();
	await widgetOf(page).locator('.notice').waitFor();
	await ready(widgetOf(page));
	await page.evaluate(() => new Promise((resolve) =>
		setTimeout(resolve, 1500)));
	assert.equal(count(), 1);
	await widgetOf(page).locator('.notice .dismiss').click();
	await until('the page to be loaded again', () => count() === 2);
	// it still knows whose it is
	await ready(widgetOf(page));
	assert.match(page.frames()[1].url(), /[?]agent=ANNA$/);
	assert.equal(await dialed(), 1);
	await page.evaluate(() => new Promise((resolve) =>
		setTimeout(resolve, 1500)));
	assert.equal(count(), 2);
}, { more: TWO_AGENTS, noisy: true });

story('nothing is posted twice because a page is loaded anew', async (t) => {
	const page = await hostOpen(t);
	const loads = []; // when
	const isLoaded = (times) => () => loads.length === times;

	t.context.on('request', (req) => {
		if (req.url() === `${t.relay.url}/`)
			loads.push(performance.now());
	});

	for (const round of [1, 2]) {
		await t.relay.play('ring');
		await messagesReach(page, round * 4 - 3);
		await t.relay.kill();
		await t.relay.run(); // the simulator has forgotten the call
		await messagesReach(page, round * 4 - 2);
		if (round === 1)
			await until('the page to be loaded again', isLoaded(1));
		await ready(widgetOf(page));
		await t.relay.play('cancel');
		await messagesReach(page, round * 4);
	}
	const all = await payloads(page);
	const seen = all.map((p) => `${p.ExternalReferenceID} ${p.Action}`);

	assert.deepEqual(actions(all), [1, 2, 3, 4].flatMap(() =>
		['NOTIFY', 'END']));
	assert.equal(new Set(seen).size, seen.length);
	await until('the page to be loaded once more', isLoaded(2));
	assert.ok(loads[1] - loads[0] > 9000, 'one load chases the other');
}, { noisy: true });

story('a sandbox that shuts the script out is named', async (t) => {
	const page = await t.context.newPage();

	await page.goto(`${t.relay.url}/host.html`);
	await page.evaluate(() => {
		const frame = document.createElement('iframe');

		frame.sandbox = 'allow-scripts';
		frame.src = '/';
		document.body.replaceChildren(frame);
	});
	await page.frameLocator('iframe').getByText('The phone cannot start')
		.waitFor();
}, { noisy: true });

story('a click while the relay restarts is dialed once it is back', async (t) => {
	const page = await hostOpen(t);
	const widget = widgetOf(page);

	await t.relay.kill();
	await press(page, 'Call Alex Example');
	await t.relay.run();
	await see(widget, 'In call');
	assert.equal((await t.relay.calls()).length, 1);
}, { noisy: true });

story('a lost link to the switch is shown and heals', async (t) => {
	const page = await hostOpen(t);
	const widget = widgetOf(page);

	// it is down only for a moment, so somebody looks from the beginning
	await Promise.all([
		see(widget, 'Phone system not connected'),
		press(page, 'The link drops while you talk'),
	]);
	await ready(widget);
	await widget.getByText(/^Connection to the phone system lost/).waitFor();
});

story('the widget in its own window does nothing', async (t) => {
	const paths = requestsOf(t.context, t.relay);
	const page = await t.context.newPage();

	await page.setViewportSize({ width: 360, height: 560 });
	await page.goto(t.relay.url);
	await see(page, 'Open this page from SAP');
	await page.evaluate((click) => postMessage(click, '*'), CLICK);
	await t.shot(page, 'alone');
	assert.deepEqual(asked(paths), []);
	assert.equal((await t.relay.calls()).length, 0);
});

story('everything fits at 320 and at 280 pixels, light and dark', async (t) => {
	const page = await hostOpen(t);
	const widget = widgetOf(page);
	const frame = page.frames()[1];

	await press(page, 'Call Busy Line');
	await see(widget, 'The line is busy');
	await page.getByLabel('Any number').fill('110');
	await page.locator('#any [type="submit"]').click();
	await widget.locator('.notice').first().waitFor();
	await press(page, 'Your phone answers');
	await see(widget, 'In call');
	await press(widget, 'Keypad');
	for (const width of [320, 280])
		for (const colorScheme of ['light', 'dark']) {
			await page.emulateMedia({ colorScheme });
			await page.evaluate((px) => {
				const { style } = document.getElementById('widget');

				style.width = `${px}px`;
				style.height = '980px';
			}, width);
			const over = await frame.evaluate(() =>
				document.documentElement.scrollWidth - innerWidth);

			assert.ok(over <= 0, `${over} pixels too wide at ${width}`);
			await t.shot(page.locator('#widget'),
				`narrow-${width}-${colorScheme}`);
		}
	await page.emulateMedia({ colorScheme: 'dark' });
	await t.shot(page, 'host-dark');
});
