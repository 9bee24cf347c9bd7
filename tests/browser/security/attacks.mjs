// SPDX-License-Identifier: Apache-2.0
// attacks.mjs - what pages of somebody else try

import assert from 'node:assert/strict';
import { kitScript, trap } from './kit.mjs';
import { DESK, EVIL, PLAIN, REBIND, SAP, TRIAL } from './stage.mjs';
import { until } from './trial.mjs';

export const attacks = [];

const DIALS = /^POST [/]api[/]v1[/]calls /m;
const DIALS_BY_GET = /^GET [/]api[/]v1[/]calls[?]PhoneNumber/m;
const WIDGET = /^GET [/] /m;

/**
 * An attack: run(trial) makes it. It asks the relay for something, and an
 * open relay dials or lets it read.
 */
function attack(name, result, run, more = {}) {
	attacks.push({ name, run, attack: result, ...more });
}

/** The most common: a page, a press on its prize, a script. */
function page(name, result, script, { at = EVIL, html, headers } = {}) {
	attack(name, result, async (t) => {
		const top = await t.visit(`${at}/${t.id}`,
			trap(t, script, html?.(t)), { headers });

		await top.locator('#go').click();
	});
}

/* --- requests --- */

const form = `
	const make = (target) => {
		const form = add('form', { method: 'POST', enctype: 'text/plain',
			action: calls, target });
		const input = document.createElement('input');

		input.name = body.replace('}', ',"x":"');
		input.value = '"}';
		form.append(input);
		return form;
	};`;

page('a form into a hidden frame', { asks: DIALS, dials: true }, `${form}
	add('iframe', { name: 'hidden' });
	make('hidden').submit();`);

page('a form that leaves the page', { asks: DIALS, dials: true }, `${form}
	await note('tried');
	make('_self').submit();
	await pause(5000);`);

page('fetch() with CORS', { asks: /^(POST|OPTIONS) [/]api/m, dials: true,
	reads: true }, `
	await fetch(calls, {
		method: 'POST',
		headers: { 'Content-Type': 'application/json', 'X-CTI-Token': 'x' },
		body,
	}).then((res) => res.text()).then(read, note);
	await fetch(calls, { method: 'POST', body })
		.then((res) => res.text()).then(read, note);
	await steal(target);`);

page('fetch() without CORS', { asks: DIALS, dials: true }, `
	for (const credentials of ['omit', 'include'])
		await fetch(calls, { method: 'POST', mode: 'no-cors', body, credentials })
			.then((res) => res.text()).then(read, note);`);

page('a beacon', { asks: DIALS, dials: true }, `
	navigator.sendBeacon(calls, body);
	navigator.sendBeacon(calls, new Blob([body], { type: 'text/plain' }));`);

page('a ping of a link', {
	asks: /^POST [/]api[/]v1[/]calls[?]PhoneNumber/m, dials: true,
}, `
	add('a', { href: '#won', ping: dialUrl, textContent: 'x' }).click();`);

page('an image, and whatever else loads by itself', {
	asks: DIALS_BY_GET, dials: true,
}, `
	add('img', { src: dialUrl, onload() { read(this.naturalWidth); } });
	add('link', { rel: 'stylesheet', href: dialUrl });
	add('object', { data: dialUrl });
	add('embed', { src: dialUrl });
	add('video', { src: dialUrl });
	add('input', { type: 'image', src: dialUrl });
	document.body.style.background = 'url(' + dialUrl + ')';`);

page('a script', { asks: DIALS_BY_GET, dials: true }, `
	const names = new Set(Object.getOwnPropertyNames(window));

	for (const src of [dialUrl, target + '/api/v1/token',
		target + '/widget/early.js', target + '/api/v1/events'])
		add('script', { src });
	add('script', { src: target + '/pair.js', type: 'module' });
	await pause(600);
	for (const name of Object.getOwnPropertyNames(window))
		if (!names.has(name))
			read('script ' + name);`);

page('a frame of the API', { asks: DIALS_BY_GET, dials: true }, `
	for (const src of [dialUrl, target + '/api/v1/token',
		target + '/api/v1/calls']) {
		const frame = add('iframe', { src });

		await pause(300);
		if (frame.contentDocument)
			read(frame.contentDocument.body.textContent);
	}`);

/* --- reports of calls, which take effect by GET --- */

const REPORTS = /^(GET|POST) [/]cti/m;

/** url(target): where it reports to. */
function report(name, url, more) {
	attack(name, { asks: REPORTS, rings: true }, async (t) => {
		const at = url(t.target);
		const words = new URLSearchParams({ Type: 'CALL', Action: 'NOTIFY',
			EventType: 'INBOUND', ANI: '+49900123456' });
		const top = await t.visit(`${PLAIN}/${t.id}`, trap(t, `
			const at = ${JSON.stringify(at)};
			const to = (how) => at + '/cti/?${words}&ExternalReferenceID=' + how;
			const link = (rel) => document.head.append(Object.assign(
				document.createElement('link'),
				{ rel, href: to(rel), as: 'script' }));

			['prefetch', 'preload', 'stylesheet', 'icon'].forEach(link);
			for (const kind of ['prefetch', 'prerender'])
				add('script', { type: 'speculationrules', textContent:
					JSON.stringify({ [kind]: [{ urls: [to(kind)],
						eagerness: 'immediate' }] }) });
			add('img', { src: to('img'), referrerPolicy: 'no-referrer' });
			add('script', { src: to('script') });
			add('iframe', { src: to('iframe') });
			add('iframe', { src: to('bare'), referrerPolicy: 'no-referrer',
				sandbox: 'allow-scripts' });
			navigator.sendBeacon(to('beacon'));
			for (const method of ['GET', 'POST'])
				await fetch(to(method), { method, mode: 'no-cors',
					referrerPolicy: 'no-referrer' }).catch(note);
			for (const method of ['GET', 'POST']) {
				add('iframe', { name: 'to' + method });
				const form = add('form', { method, target: 'to' + method,
					action: to('form'), rel: 'noreferrer' });

				for (const [name, value] of new URL(to('form')).searchParams)
					form.append(Object.assign(
						document.createElement('input'), { name, value }));
				form.submit();
			}
			await pause(500);
			await note('tried');
			location = to('top');
			await pause(5000);`));

		await top.locator('#go').click();
	});
}

report('a report of a call', (target) => target);

report('a report of a call, to a name that the relay goes by', (target) =>
	target.replace('127.0.0.1', REBIND));
attacks.at(-1).settings = {
	more: `http { allowed_hosts = {"${REBIND}"} }`,
};

page('prefetch', { asks: DIALS_BY_GET, dials: true }, `
	for (const rel of ['prefetch', 'preload', 'modulepreload', 'prerender'])
		document.head.append(Object.assign(document.createElement('link'),
			{ rel, href: dialUrl, as: 'script' }));
	await pause(300);`);

page('speculation rules', { asks: DIALS_BY_GET, dials: true }, `
	for (const kind of ['prefetch', 'prerender'])
		add('script', { type: 'speculationrules', textContent:
			JSON.stringify({ [kind]: [{ urls: [dialUrl], eagerness: 'immediate' }] }) });
	await pause(300);`);

page('the top page goes there', { asks: DIALS_BY_GET, dials: true }, `
	await note('tried');
	location = dialUrl;
	await pause(5000);`);

attack('a service worker', { asks: /^(POST|OPTIONS) [/]api/m, dials: true,
	reads: true }, async (t) => {
	t.stage.serve(`${EVIL}/${t.id}.js`, {
		type: 'text/javascript',
		body: kitScript(t, `
			addEventListener('message', (event) => event.waitUntil((async () => {
				await fetch(calls, { method: 'POST', mode: 'no-cors', body })
					.catch(note);
				await steal(target);
				await note('worker tried');
			})()));`),
	});
	const top = await t.visit(`${EVIL}/${t.id}`, trap(t, `
		const worker = await navigator.serviceWorker.register('/${t.id}.js',
			{ scope: '/${t.id}' });

		while (!worker.active)
			await pause(50);
		worker.active.postMessage('go');
		await pause(1000);`));

	await top.locator('#go').click();
});

attack('a redirect 307', { asks: DIALS, dials: true }, async (t) => {
	const [again, other] = [`${EVIL}/${t.id}-307`, `${EVIL}/${t.id}-308`];

	for (const [url, status] of [[again, 307], [other, 308]])
		t.stage.serve(url, {
			status,
			headers: { Location: `${t.target}/api/v1/calls` },
		});
	const top = await t.visit(`${EVIL}/${t.id}`, trap(t, `${form}
		await fetch('${other}', { method: 'POST', body })
			.then((res) => res.text()).then(read, note);
		await fetch('${again}', { method: 'POST', mode: 'no-cors', body })
			.catch(note);
		add('iframe', { name: 'hidden' });
		Object.assign(make('hidden'), { action: '${again}' }).submit();`));

	await top.locator('#go').click();
});

page('a WebSocket', {
	asks: /^GET [/]api[/]v1[/]events[^]*Upgrade: websocket/m, dials: true,
}, `
	for (const url of [target + '/api/v1/events', dialUrl]) {
		const socket = new WebSocket(url.replace('http', 'ws'));

		socket.onmessage = (event) => read(event.data);
		await new Promise((done) => {
			socket.onerror = done;
			socket.onopen = done;
		});
	}`);

page('an EventSource', { asks: /^GET [/]api[/]v1[/]events/m, reads: true }, `
	for (const withCredentials of [false, true]) {
		const source = new EventSource(target + '/api/v1/events',
			{ withCredentials });

		for (const name of ['message', 'snapshot', 'call', 'due', 'status'])
			source.addEventListener(name, (event) => read(event.data));
	}
	await pause(800);`);

attack('a report of a policy', {
	asks: /^POST [/]api[/]v1[/]calls[?]PhoneNumber/m, dials: true,
}, async (t) => {
	const url = `${t.target}/api/v1/calls?PhoneNumber=%2B16503054000`;
	const top = await t.visit(`${EVIL}/${t.id}`, trap(t, `
		add('img', { src: '/none' });
		await pause(100);`), {
		headers: {
			'Content-Security-Policy': `img-src 'none'; report-uri ${url}`,
		},
	});

	await top.locator('#go').click();
});

page('WebRTC, which sends bytes that are no HTTP', {
	asks: /[^]/, trace: /ICE: gathering/, after: (t) => t.relay.get('/readyz'),
}, `
	const peer = new RTCPeerConnection({ iceServers: [{
		urls: target.replace('http://', 'turn:') + '?transport=tcp',
		username: 'x', credential: 'x',
	}] });

	peer.createDataChannel('x');
	peer.onicecandidateerror = (event) => note(event.errorText);
	await peer.setLocalDescription();
	await pause(1000);
	await note('ICE: gathering is ' + peer.iceGatheringState);`);

/* --- names --- */

page('the address 0.0.0.0', { asks: /^Host: 0[.]0[.]0[.]0/m, dials: true }, `
	const zero = (url) => url.replace('127.0.0.1', '0.0.0.0');

	await fetch(zero(calls), { method: 'POST', mode: 'no-cors', body })
		.catch(note);
	add('img', { src: zero(dialUrl) });
	add('iframe', { src: zero(dialUrl) });
	await steal(zero(target)).catch(note);
	${form}
	Object.assign(make('_blank'), { action: zero(calls) }).submit();
	await pause(500);`, { at: PLAIN });

attack('a name that moves to the relay (DNS rebinding)', {
	asks: /^Host: rebind[.]example/m, dials: true, reads: true,
}, async (t) => {
	const url = t.stage.rebindUrl;

	t.stage.rebound = null;
	const top = await t.visit(`${url}/${t.id}`, trap(t, `
		const token = await steal(location.origin);

		await fetch('/api/v1/calls', {
			method: 'POST',
			headers: {
				'Content-Type': 'application/json',
				'X-CTI-Token': token,
			},
			body,
		}).then((res) => res.text()).then(read, note);`));

	t.stage.rebound = t.tap.port;
	await top.locator('#go').click();
});

/* --- windows and frames --- */

page('a popup of the widget and postMessage', {
	asks: WIDGET, dials: true, reads: true,
}, `
	listen();
	const other = open(target + '/', 'w', 'width=320,height=480');

	await pester(() => other);`);

page('the widget in a frame of the attacker', {
	asks: WIDGET, dials: true, reads: true,
}, `
	listen();
	const frame = add('iframe', { src: target + '/' });

	await pester(() => frame.contentWindow);`);

page('the widget in a sandboxed frame of the attacker', {
	asks: WIDGET, dials: true, reads: true,
}, `
	listen();
	for (const sandbox of ['allow-scripts', 'allow-scripts allow-same-origin']) {
		const frame = document.createElement('iframe');

		frame.sandbox = sandbox;
		frame.src = target + '/';
		document.body.append(frame);
		pester(() => frame.contentWindow);
	}
	await pause(1000);`);

attack('requests of a sandboxed frame (origin null)', {
	asks: /^(POST|OPTIONS) [/]api/m, dials: true, reads: true,
}, async (t) => {
	t.stage.serve(`${EVIL}/${t.id}-in`, {
		body: trap(t, `${form}
			await fetch(calls, { method: 'POST', mode: 'no-cors', body })
				.catch(note);
			make('_blank').submit();
			await steal(target);`),
	});
	const top = await t.visit(`${EVIL}/${t.id}`, `<!DOCTYPE html><iframe
		sandbox="allow-scripts allow-forms allow-popups"
		src="${EVIL}/${t.id}-in"></iframe>`);

	await top.frameLocator('iframe').locator('#go').click();
});

for (const policy of ['require-corp', 'credentialless'])
	page(`a page that is isolated (COEP ${policy})`, {
		asks: WIDGET, dials: true, reads: true,
	}, `
		listen();
		const frame = add('iframe', { src: target + '/' });

		await fetch(calls, { method: 'POST', mode: 'no-cors', body })
			.then((res) => res.text()).then(read, note);
		add('iframe', { src: target + '/', credentialless: true });
		await pester(() => frame.contentWindow);`, {
		headers: {
			'Cross-Origin-Embedder-Policy': policy,
			'Cross-Origin-Opener-Policy': 'same-origin',
		},
	});

const LISTED = { sap: `origins = {"${SAP}", "${DESK}"}` };

/** SAP's page, which works: the widget first, then what html says. */
function sapBody(t, html = '') {
	return `<!DOCTYPE html><title>sap</title><script>
		window.got = [];
		addEventListener('message', (e) => got.push(
			{ data: e.data, origin: e.origin }));
		</script><iframe id="widget" width="380" height="600"
		src="${t.target}/"></iframe>${html}`;
}

/** The widget works and SAP's page heard of the call, whoever else is there. */
async function sapWorks(t, top) {
	await top.frameLocator('#widget').locator('#link', { hasText: 'Ready' })
		.waitFor();
	await t.relay.play('ring', '+493069123457');
	await until('SAP to be told', () =>
		top.evaluate(() => window.got.length > 0));
}

attack('a frame beside the widget in SAP\'s page', {
	asks: WIDGET, dials: true,
}, async (t) => {
	t.stage.serve(`${EVIL}/${t.id}`, {
		body: trap(t, `
			listen();
			await pester(() => parent.frames[0]);`),
	});
	const top = await t.visit(`${SAP}/${t.id}`, sapBody(t,
		`<iframe id="ad" src="${EVIL}/${t.id}"></iframe>`));

	if (!t.open)
		await sapWorks(t, top);
	await top.frameLocator('#ad').locator('#go').click();
}, { allow: true, settings: LISTED });

attack('a page that opened SAP\'s page', {
	asks: WIDGET, dials: true,
}, async (t) => {
	t.stage.serve(`${SAP}/${t.id}`, { body: sapBody(t) });
	const top = await t.visit(`${EVIL}/${t.id}`, trap(t, `
		listen();
		const sap = open('${SAP}/${t.id}');

		await pause(1000);
		await pester(() => sap.frames[0]);`));

	const opening = t.context.waitForEvent('page');

	await top.locator('#go').click();
	if (!t.open)
		await sapWorks(t, await opening);
}, { allow: true, settings: LISTED });

attack('a page that SAP\'s page opened', {
	asks: WIDGET, dials: true,
}, async (t) => {
	t.stage.serve(`${EVIL}/${t.id}`, {
		body: trap(t, `
			listen();
			await pester(() => opener.frames[0]);`),
	});
	const top = await t.visit(`${SAP}/${t.id}`, sapBody(t,
		`<button id="ad" onclick="window.open('${EVIL}/${t.id}')">Ad</button>`));

	if (!t.open)
		await sapWorks(t, top);
	const opening = t.context.waitForEvent('page');

	await top.locator('#ad').click();
	await (await opening).locator('#go').click();
}, { allow: true, settings: LISTED });

page('SAP\'s page in a frame of the attacker', {
	asks: WIDGET, dials: true,
}, `
	listen();
	const frame = document.getElementById('sap');

	await pause(500);
	await pester(() => frame.contentWindow.frames[0]);`, {
	html(t) {
		t.stage.serve(`${SAP}/${t.id}`, { body: sapBody(t) });
		return `<iframe id="sap" width="600" height="700"
			allow="local-network-access *; loopback-network *"
			src="${SAP}/${t.id}"></iframe>`;
	},
});
attacks.at(-1).settings = LISTED;

/* --- a customer of SAP, at an address that could be allowed --- */

page('the widget in a frame of another customer of SAP', {
	asks: WIDGET, dials: true, reads: true,
}, `
	listen();
	const frame = add('iframe', { src: target + '/' });

	await pester(() => frame.contentWindow);`, { at: TRIAL });
attacks.at(-1).settings = LISTED;

page('SAP\'s page in a frame of another customer of SAP', {
	asks: WIDGET, dials: true,
}, `
	listen();
	const frame = document.getElementById('sap');

	await pester(() => frame.contentWindow.frames[0]);`, {
	at: TRIAL,
	html(t) {
		t.stage.serve(`${SAP}/${t.id}`, { body: sapBody(t) });
		return `<iframe id="sap" width="600" height="700"
			allow="local-network-access *; loopback-network *"
			src="${SAP}/${t.id}"></iframe>`;
	},
});
attacks.at(-1).settings = LISTED;

page('another customer of SAP pairs himself', {
	asks: /^(POST|OPTIONS) [/]api[/]v1[/]pairings/m, pairs: true,
}, `
	const url = target + '/api/v1/pairings';
	const pair = JSON.stringify({ origins: ['${TRIAL}'] });
	${form}
	const f = Object.assign(make('hidden'), { action: url });

	await fetch(url, { method: 'POST', mode: 'no-cors', body: pair }).catch(note);
	await fetch(url, { method: 'POST', body: pair, headers: {
		'Content-Type': 'application/json' } }).catch(note);
	f.querySelector('input').name = pair.replace('}', ',"x":"');
	add('iframe', { name: 'hidden' });
	f.submit();`, { at: TRIAL });

/* --- clicks on what the user does not see --- */

function bait(t, path) {
	return `<!DOCTYPE html><title>prize</title><style>
		iframe { position: absolute; inset: 0; width: 900px; height: 900px;
			opacity: 0.01; border: 0 }</style>
		<p>Press here to win</p><script type="module">
		${kitScript(t, 'listen(); note("tried");')}</script>
		<iframe src="${t.target}${path}"></iframe>`;
}

attack('clickjacking of the stand-in', {
	asks: /^GET [/]host.html/m, dials: true,
}, async (t) => {
	const top = await t.visit(`${EVIL}/${t.id}`, bait(t, '/host.html'));

	await blindClick(t, top, 'Call Alex Example');
});

attack('clickjacking of the widget', {
	asks: WIDGET, dials: true, own: 1,
}, async (t) => {
	const top = await t.visit(`${EVIL}/${t.id}`, bait(t, '/'));

	if (t.open && !t.access)
		await top.frameLocator('iframe')
			.locator('#link', { hasText: 'Ready' }).waitFor();
	// a call of the agent to a line that is busy: he may call again
	const call = await t.relay.request('POST', '/api/v1/calls',
		{ PhoneNumber: '+1 6503054486' });

	assert.ok(call.status < 300, call.text);
	await blindClick(t, top, 'Call again');
});

attack('clickjacking of the pairing page', {
	asks: /^GET [/]pair/m, pairs: true,
}, async (t) => {
	const top = await t.visit(`${TRIAL}/${t.id}`,
		bait(t, `/pair#origin=${TRIAL}`));

	await blindClick(t, top, 'Allow');
	// the first press was for the focus
	await new Promise((done) => setTimeout(done, t.open ? 2000 : 0));
	await blindClick(t, top, 'Allow');
});

/** Where it is once the page round it has found its shape; null: nowhere. */
async function placeOf(button, timeout) {
	for (let last = '';;) {
		const box = await button.boundingBox({ timeout }).catch(() => null);

		if (!box || JSON.stringify(box) === last)
			return box;
		last = JSON.stringify(box);
		await new Promise((resolve) => setTimeout(resolve, 300));
	}
}

/** Presses where the button is, or else where it might be. */
async function blindClick(t, top, name) {
	const button = top.frameLocator('iframe')
		.getByRole('button', { name, exact: true });
	const box = await placeOf(button, t.open && !t.access ? 10000 : 600);

	if (box) {
		await top.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
		return;
	}
	for (let y = 20; y < 700; y += 40)
		for (let x = 30; x < 400; x += 60)
			await top.mouse.click(x, y);
}
