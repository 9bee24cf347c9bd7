// SPDX-License-Identifier: Apache-2.0
// posts.js - what this tab was asked to tell SAP: claim, post, acknowledge

import { post, Problem } from './api.js';
import { encode } from './encode.js';
import { leaving, reloadHold } from './reload.js';
import { hostTell, meta } from './trust.js';

const GIVEN_MAX = 500;

const encoding = meta('cti-encoding');
const given = new Set(); // ids of events that this tab gave to SAP
const unheard = new Set(); // those of them that the relay does not know of
const running = new Set(); // ids of events that are being worked on

reloadHold(() => running.size > 0 || unheard.size > 0);

/** tab: its name for the relay; report({id, outcome, waitMs}): to the hub. */
export async function postDo(event, tab, report) {
	const { id } = event;

	if (running.has(id))
		return;
	if (leaving) {
		report({ id, outcome: 'no' });
		return;
	}
	running.add(id);
	const told = await postTell(event, tab, report).catch(refused);

	running.delete(id);
	report({ id, ...told });
}

/** What an error means for the payload. */
function refused(err) {
	if (!(err instanceof Problem))
		return { outcome: 'later', waitMs: 2000 };
	if (err.code === 'claim_held')
		return { outcome: 'later', waitMs: err.retryAfterMs || 1000 };
	if (err.code === 'claim_order')
		return { outcome: 'later', waitMs: err.retryAfterMs || 500 };
	if (err.status >= 500 || err.status === 429)
		return { outcome: 'later', waitMs: err.retryAfterMs || 2000 };
	return { outcome: 'over' }; // posted by another tab, or stale
}

async function postTell(event, tab, report) {
	const { id } = event;

	if (!given.has(id) && !(await postClaim(id, tab)))
		return { outcome: 'later', waitMs: 500 };
	if (!given.has(id))
		postGive(event, report);
	await postAck(id, tab);
	return { outcome: 'done' };
}

/** Is it ours, and is that still sure? */
async function postClaim(id, tab) {
	const times = [performance, Date];
	const asked = times.map((time) => time.now());
	const res = await post(`/events/${id}/claim`, { tab });
	const { lease_ms: leaseMs } = await res.json();

	// the page may have been frozen, or the computer asleep
	return times.every((time, i) => time.now() - asked[i] < leaseMs / 2);
}

function postGive(event, report) {
	given.add(event.id);
	unheard.add(event.id);
	if (given.size > GIVEN_MAX)
		given.delete(given.values().next().value);
	report({ id: event.id, outcome: 'claimed' });
	hostTell(encode(event.sap, encoding));
}

/** Asked for in the very turn of the post, and outlives the page. */
async function postAck(id, tab) {
	try {
		await post(`/events/${id}/ack`, { tab }, { keepalive: true });
		unheard.delete(id);
	} catch (err) {
		if (refused(err).outcome === 'over')
			unheard.delete(id);
		throw err;
	}
}
