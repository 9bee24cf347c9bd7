// SPDX-License-Identifier: Apache-2.0
// twice.js - a double click is one, whatever comes under it in between

const AGAIN_MS = 500; // as long as the second half of a double click may take
const NEAR_PX = 8;

let last = { at: -Infinity, el: null }; // {at, el, byKey, x, y}

function isSecond(event, el) {
	const { at, byKey, x, y } = last;
	const isNear = event.detail === 0 ? byKey : !byKey &&
		Math.hypot(event.clientX - x, event.clientY - y) < NEAR_PX;

	return el !== last.el && isNear && event.timeStamp - at < AGAIN_MS;
}

/**
 * "Answer" makes room for "Hold", "Call" for "Hang up", and the focus follows:
 * what was meant for the first must not reach the second.
 */
function onClick(event) {
	const el = event.target.closest?.('button');

	if (!el)
		return;
	if (isSecond(event, el)) {
		last.at = event.timeStamp; // a third one, too
		if (!el.matches('.dismiss')) { // many are closed one by one
			event.preventDefault();
			event.stopPropagation();
		}
		return;
	}
	last = { at: event.timeStamp, el, byKey: event.detail === 0,
		x: event.clientX, y: event.clientY };
}

/** A key that is held down presses nothing again, another one moves on. */
function onKey(event) {
	if (event.key !== 'Enter' && event.key !== ' ')
		last = { at: -Infinity, el: null };
	else if (event.key === 'Enter' && event.repeat)
		event.preventDefault();
}

export function twiceStart() {
	document.addEventListener('click', onClick, { capture: true });
	document.addEventListener('keydown', onKey, { capture: true });
}
