// SPDX-License-Identifier: Apache-2.0
// speak.js - what a screen reader says by itself

import { at } from './page.js';

const SAID_LIFE_MS = 10000;

function say(id, text) {
	const line = document.createElement('p');

	line.textContent = text;
	at(id).append(line);
	setTimeout(() => line.remove(), SAID_LIFE_MS);
}

/** When there is a pause. */
export function speak(text) {
	say('spoken', text);
}

/** At once: a phone that rings does not wait. */
export function alarm(text) {
	say('alarm', text);
}
