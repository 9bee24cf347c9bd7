// SPDX-License-Identifier: Apache-2.0
// frames.js - the widget's frames: attached, taken away, a second one

import { at, piece } from './dom.js';
import { agent, isServed } from './relay.js';

const LOAD_MS = 10000;

/** A copy of this page on another server is told where the widget lives; the
 * relay's own page frames nothing but itself. */
function widgetUrl() {
	const elsewhere = new URLSearchParams(location.search).get('widget');
	const url = new URL(!isServed && elsewhere ? elsewhere : '/', location);

	if (!/^https?:$/.test(url.protocol))
		throw new TypeError('widget= takes an http or https address');
	if (agent)
		url.searchParams.set('agent', agent);
	return url;
}

const source = widgetUrl();
const first = at('widget');
let second = null;
let loaded = Promise.resolve();

function frames() {
	return [first, second].filter((frame) => frame?.isConnected);
}

/** Tells handler(data, number of the frame) of what the widget posts. */
export function framesListen(handler) {
	addEventListener('message', (event) => {
		const index = frames().findIndex(
			(frame) => frame.contentWindow === event.source);

		if (index >= 0 && event.origin === source.origin)
			handler(event.data, index + 1);
	});
}

/** Done when the widget listens: its modules run before its load event. */
function frameLoad(frame) {
	return new Promise((resolve) => {
		frame.addEventListener('load', resolve, { once: true });
		setTimeout(resolve, LOAD_MS);
		frame.src = source.href;
	});
}

/** Puts the widget into its place, as a tab that is opened. */
export function frameAttach() {
	if (first.isConnected && first.src)
		return loaded;
	at('gone').hidden = true;
	at('frames').prepend(first);
	loaded = frameLoad(first);
	return loaded;
}

/** Takes the widget away, as a tab that is closed. */
export function frameDetach() {
	first.remove();
	first.removeAttribute('src');
	at('gone').hidden = false;
}

/** One more widget, as a second tab of the same agent. */
export function frameSecond() {
	second = piece('iframe', 'second', '');
	second.title = 'Phone in a second tab';
	at('frames').append(second);
	return frameLoad(second);
}

export function frameSecondClose() {
	second?.remove();
	second = null;
}

export async function frameClick(payload) {
	await loaded;
	first.contentWindow?.postMessage(payload, source.origin);
}
