// SPDX-License-Identifier: Apache-2.0
// reload.js - a relay that was restarted has a new page, too

import { agent, openJson } from './api.js';

const RELOAD_PAUSE_MS = 10000; // after a load that was one of these
const TURN = 'patchcord reload'; // a lock: the tabs of a browser take turns
const busy = []; // each says whether something would get lost
let due = false;
let trying = false;
export let leaving = false; // it goes on running until the new page is there

/** isBusy(): would a reload lose something of yours now? */
export function reloadHold(isBusy) {
	busy.push(isBusy);
}

export function reloadDue() {
	due = true;
}

function isPossible() {
	const [load] = performance.getEntriesByType('navigation');

	return due && !busy.some((isBusy) => isBusy()) &&
		(load?.type !== 'reload' || performance.now() > RELOAD_PAUSE_MS);
}

/** Resolves when it is known that it cannot be. */
async function reloadGo() {
	const runs = await openJson('/version').then(() => true, () => false);

	if (!runs || !isPossible())
		return;
	leaving = true;
	if (agent) // who it is may have been learned from a click
		history.replaceState(null, '',
			`?agent=${encodeURIComponent(agent)}`);
	location.reload();
	await new Promise(() => {});
}

/** Does nothing unless it is due and nothing would get lost. */
export async function reloadTry() {
	if (trying || !isPossible())
		return;
	trying = true;
	if (navigator.locks)
		await navigator.locks.request(TURN, { ifAvailable: true },
			(lock) => lock && reloadGo());
	else
		await reloadGo();
	trying = false;
}
