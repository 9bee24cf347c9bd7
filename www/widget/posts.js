// SPDX-License-Identifier: Apache-2.0
// posts.js - what SAP is to hear: claim, post, acknowledge

import { post, Problem } from './api.js';
import { encode } from './encode.js';
import { randomHex } from './random.js';
import { leaving, reloadHold } from './reload.js';
import { hostTell, meta } from './trust.js';

const HIDDEN_PATIENCE_MS = 400; // a tab in front tells SAP first
const OTHER_PATIENCE_MS = 250; // or the tab that began with this call

const tab = randomHex(16);
const encoding = meta('cti-encoding');
const posts = new Map(); // event id → what to post
const posted = new Set(); // event ids that this tab gave to SAP
const begun = new Set(); // ids of calls that this tab has told SAP of
let telling = 0; // claimed or posted, not yet acknowledged
let wake = () => {};

reloadHold(() => telling > 0 || [...posts.keys()].some((id) => posted.has(id)));

function remember(set, value) {
	set.add(value);
	if (set.size > 500)
		set.delete(set.values().next().value);
}

/** The browser could hand it to another tab: who should be first? */
function patienceMs(callId, first) {
	if (begun.has(callId))
		return 0;
	if (document.visibilityState === 'hidden')
		return HIDDEN_PATIENCE_MS;
	return first ? 0 : OTHER_PATIENCE_MS;
}

function isFirst(sap) {
	return sap.payload?.Action === 'NOTIFY';
}

export function postAdd(event, due) {
	const { id, sap, call } = event;
	const now = performance.now();

	if (!sap)
		return;
	// who is before it in the same call may be done by now: ask again
	for (const other of posts.values())
		if (other.callId === call?.id)
			other.readyAt = Math.min(other.readyAt, now);
	posts.set(id, {
		id,
		sap,
		callId: call?.id,
		readyAt: due ? now : now + patienceMs(call?.id, isFirst(sap)),
	});
	wake();
}

/** The oldest one whose call has no older one, and how long to wait. */
function postNext(now) {
	const seen = new Set();
	let waitMs = 60000;

	for (const id of [...posts.keys()].sort((a, b) => a - b)) {
		const entry = posts.get(id);

		if (seen.has(entry.callId))
			continue;
		seen.add(entry.callId);
		if (entry.readyAt <= now)
			return { entry, waitMs: 0 };
		waitMs = Math.min(waitMs, entry.readyAt - now);
	}
	return { entry: null, waitMs };
}

export async function postForever() {
	for (;;) {
		const { entry, waitMs } = postNext(performance.now());

		if (entry && !leaving) {
			await postTell(entry).catch(() => postLater(entry, 2000));
			continue;
		}
		await new Promise((resolve) => {
			wake = resolve;
			setTimeout(resolve, waitMs);
		});
	}
}

function postLater(entry, ms) {
	entry.readyAt = performance.now() + ms;
}

async function postTell(entry) {
	telling++;
	try {
		if (!posted.has(entry.id) && !(await postClaim(entry)))
			return;
		await post(`/events/${entry.id}/ack`, { tab });
		posts.delete(entry.id);
	} finally {
		telling--;
	}
}

async function postClaim(entry) {
	const asked = performance.now();

	try {
		const res = await post(`/events/${entry.id}/claim`, { tab });
		const lease = await res.json();

		if (performance.now() - asked > lease.lease_ms / 2)
			return false; // too late to be sure it is still ours
	} catch (err) {
		if (!(err instanceof Problem))
			throw err;
		postRefused(entry, err);
		return false;
	}
	remember(posted, entry.id);
	remember(begun, entry.callId);
	hostTell(encode(entry.sap, encoding));
	return true;
}

function postRefused(entry, problem) {
	if (problem.code === 'claim_held')
		postLater(entry, problem.retryAfterMs || 1000);
	else if (problem.code === 'claim_order')
		postLater(entry, problem.retryAfterMs || 500);
	else if (problem.status < 500 && problem.status !== 429)
		posts.delete(entry.id); // posted by another tab, or over
	else
		postLater(entry, problem.retryAfterMs || 2000);
}
