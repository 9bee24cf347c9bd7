// SPDX-License-Identifier: Apache-2.0
// link.js - the link to the relay and to the switch, as the pill shows it

import { at } from './notices.js';

const linkWords = {
	up: ['Ready', 'good'],
	connecting: ['Connecting', 'wait'],
	down: ['Phone system not connected', 'bad'],
	failed: ['Phone system refuses', 'bad'],
};

export function linkShow(state) {
	let [words, tone] = ['Reconnecting', 'wait'];

	if (state)
		[words, tone] = linkWords[state.link] ?? [state.link, 'wait'];
	if (state?.link === 'up' && !state.synced)
		[words, tone] = linkWords.connecting;
	if (at('link').textContent !== words)
		at('link').textContent = words;
	at('link').dataset.tone = tone;
	at('link').title = state?.why ?? '';
}

export function linkPill(words, tone) {
	at('link').textContent = words;
	at('link').dataset.tone = tone;
}
