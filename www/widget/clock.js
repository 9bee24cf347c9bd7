// SPDX-License-Identifier: Apache-2.0
// clock.js - the relay's clock, as far as it is known

const JUMP_MS = 2000;

let aheadMs = -Infinity;
let base = Date.now() - performance.now();

/** A clock that was set, or a computer that slept: learn it anew. */
function jumpLook() {
	const now = Date.now() - performance.now();

	if (Math.abs(now - base) > JUMP_MS)
		aheadMs = -Infinity;
	base = now;
}

/** Each time (in ms) that comes from the relay was at most its present. */
export function clockSeen(time) {
	jumpLook();
	if (!Number.isNaN(time))
		aheadMs = Math.max(aheadMs, time - Date.now());
}

export function clockNow() {
	jumpLook();
	return Date.now() + (Number.isFinite(aheadMs) ? aheadMs : 0);
}

export function pause(ms) {
	return new Promise((resolve) => {
		setTimeout(resolve, ms);
	});
}
