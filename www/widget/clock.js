// SPDX-License-Identifier: Apache-2.0
// clock.js - the relay's clock, as far as it is known

let aheadMs = -Infinity;

/** Each time (in ms) that comes from the relay was at most its present. */
export function clockSeen(time) {
	if (!Number.isNaN(time))
		aheadMs = Math.max(aheadMs, time - Date.now());
}

export function clockNow() {
	return Date.now() + (Number.isFinite(aheadMs) ? aheadMs : 0);
}

export function pause(ms) {
	return new Promise((resolve) => {
		setTimeout(resolve, ms);
	});
}
