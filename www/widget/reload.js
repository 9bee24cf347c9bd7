// SPDX-License-Identifier: Apache-2.0
// reload.js - a relay that was restarted has a new page, too

import { agent } from './api.js';

const RELOAD_PAUSE_MS = 10000; // after a load that was one of these
const busy = []; // each says whether something would get lost
let due = false;
export let leaving = false; // it goes on running until the new page is there

/** isBusy(): would a reload lose something of yours now? */
export function reloadHold(isBusy) {
	busy.push(isBusy);
}

export function reloadDue() {
	due = true;
}

function wasReloaded() {
	return performance.getEntriesByType('navigation')[0]?.type === 'reload';
}

/** Whether it is on its way. */
export function reloadTry() {
	if (leaving || !due || busy.some((isBusy) => isBusy()) ||
	    (wasReloaded() && performance.now() < RELOAD_PAUSE_MS))
		return leaving;
	leaving = true;
	if (agent) // who it is may have been learned from a click
		history.replaceState(null, '',
			`?agent=${encodeURIComponent(agent)}`);
	location.reload();
	return true;
}
