// SPDX-License-Identifier: Apache-2.0
// seen.js - does the agent look at this tab, and when was it used last

const USED_MS = 1000; // use is told no more often
let usedAt = 0;
let toldAt = 0;
let tell = () => {};

export function seenNow() {
	return {
		focused: document.hasFocus(),
		visible: document.visibilityState === 'visible',
		usedAt,
	};
}

function changed() {
	toldAt = Date.now();
	tell(seenNow());
}

/** Also a click in SAP's page around us, where we have no focus. */
export function seenUsed() {
	usedAt = Date.now();
	if (usedAt - toldAt > USED_MS)
		changed();
}

function shown() {
	if (document.visibilityState === 'visible')
		usedAt = Date.now();
	changed();
}

/** told(seen) whenever it is another. */
export function seenStart(told) {
	tell = told;
	shown();
	document.addEventListener('visibilitychange', shown);
	document.addEventListener('resume', changed);
	addEventListener('pageshow', changed);
	addEventListener('focus', shown);
	addEventListener('blur', changed);
	addEventListener('pointerdown', seenUsed, { capture: true });
	addEventListener('keydown', seenUsed, { capture: true });
}
