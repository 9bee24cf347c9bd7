// SPDX-License-Identifier: Apache-2.0
// tab.js - what the page is told: the link, the calls, refusals, clicks

import { agentSet, Problem, request, tokenFrom } from './api.js';
import { clicksStart } from './clicks.js';
import { clockSeen, pause } from './clock.js';
import { postAdd, postForever } from './posts.js';
import { reloadHold, reloadTry } from './reload.js';
import { streamOnce } from './stream.js';
import { tokenFetch } from './token.js';

/*
 * A browser opens at most six connections to one server, for all its tabs: a
 * seventh page would hang. So there are four slots for streams, and a tab in
 * front takes one from a tab in the back if none is free. A tab with a slot
 * holds a lock, so it is not frozen either.
 */
const SLOTS = 4;
const SLOT_TRUCE_MS = 10000; // tabs that are all in front take turns
let slotLostAt = -Infinity;

/** A signal that tells when the slot is lost; null: it was not to be had. */
function slotAsk(index, options) {
	return new Promise((resolve) => {
		const lost = new AbortController();

		navigator.locks.request(`patchcord ${index}`, options, (lock) => {
			resolve(lock && lost.signal);
			return lock && new Promise(() => {});
		}).catch(() => {
			lost.abort();
			resolve(null);
		});
	});
}

async function slotFind() {
	for (let i = 0; i < SLOTS; i++) {
		const slot = await slotAsk(i, { ifAvailable: true });

		if (slot)
			return slot;
	}
	if (document.visibilityState === 'hidden' ||
	    performance.now() - slotLostAt < SLOT_TRUCE_MS)
		return null;
	return slotAsk(Math.floor(Math.random() * SLOTS), { steal: true });
}

async function slotTake() {
	if (!navigator.locks) // only where the browser trusts the connection
		return new AbortController().signal;
	for (;;) {
		const slot = await slotFind();

		if (slot)
			return slot;
		await Promise.race([
			pause(5000),
			new Promise((resolve) => {
				document.addEventListener('visibilitychange', resolve,
					{ once: true });
			}),
		]);
	}
}

let model = {};
let link = { phase: 'connecting', since: Date.now(), switch: null,
	trouble: null };
const running = new Map(); // id → call
let streamWake = () => {}; // ends the pause before the next try
let cursor = null; // id of the newest event we have seen

function linkSet(change) {
	const next = { ...link, ...change };

	if (next.phase !== link.phase)
		next.since = Date.now();
	link = next;
	model.onLink?.(link);
}

const handlers = {
	snapshot: onSnapshot,
	call: onCallEvent,
	due: (data) => postAdd(data, true),
	status: (data) => linkSet({ switch: data.switch }),
	reset() {
		cursor = null;
	},
	bye: () => linkSet({ phase: 'lost', switch: null }),
};

function onEvent(name, text, id) {
	const data = JSON.parse(text);

	if (data && Object.hasOwn(handlers, name))
		handlers[name](data);
	if (id !== null)
		cursor = id;
}

async function streamForever() {
	for (;;) {
		const lost = await slotTake();

		while (!lost.aborted)
			await streamTry(lost);
		if (document.visibilityState === 'visible')
			slotLostAt = performance.now();
	}
}

async function streamTry(lost) {
	const problem = await streamOnce({
		cursor,
		ended: lost,
		onEvent,
		onOpen() {
			linkSet({ phase: 'live', trouble: null });
			if (cursor !== null)
				linkAsk();
		},
	}).catch((err) => err);
	const jitterMs = 1000 + Math.random() * 3000;

	if (lost.aborted)
		return;
	linkSet({ phase: 'lost', switch: null });
	await Promise.race([
		pause(jitterMs + streamRefused(problem)),
		new Promise((resolve) => {
			streamWake = resolve;
		}),
	]);
}

/** Says why there are no calls; how much longer to wait, in ms. */
function streamRefused(problem) {
	if (!(problem instanceof Problem) || problem.status === 401)
		return 0;
	if (problem.status >= 500)
		return problem.retryAfterMs;
	linkSet({ trouble: problem });
	return Math.max(problem.retryAfterMs, 10000);
}

/** A resumed stream begins with events, not with the link. */
async function linkAsk() {
	const res = await request('GET', '/status').catch(() => null);

	if (res?.ok)
		linkSet({ switch: (await res.json()).switch });
}

async function onSnapshot(data) {
	const known = [...running.keys()];

	linkSet({ switch: data.switch });
	running.clear();
	for (const call of data.calls)
		running.set(call.id, call);
	for (const event of data.due)
		postAdd(event, false);
	const gone = known.filter((id) => !running.has(id));
	const ended = (await Promise.all(gone.map(callAsk))).filter(Boolean);

	model.onState?.([...running.values(), ...ended]);
}

/** How a call ended while nobody told us. */
async function callAsk(id) {
	const res = await request('GET', `/calls/${id}`).catch(() => null);

	return res?.ok ? res.json() : null;
}

function onCallEvent(event) {
	clockSeen(Date.parse(event.at));
	if (event.call)
		callTell(event);
	if (event.type === 'call.refused')
		model.onRefusal?.(event.refusal, event.at);
	postAdd(event, false);
}

function callTell({ id, type, at, call }) {
	if (call.state === 'ended')
		running.delete(call.id);
	else
		running.set(call.id, call);
	model.onCall?.(call, { id, type, at });
}

/** Who the page belongs to, learned by a click. */
function userSeen(user) {
	if (link.trouble?.code !== 'agent_required')
		return;
	agentSet(user);
	streamWake();
}

/**
 * What the page wants to hear; all are optional:
 * onLink({phase, since, switch, trouble}), phase: connecting, live or lost;
 * onState(calls), all that run and those that ended unseen;
 * onCall(call, {id, type, at}); onRefusal(refusal, at);
 * onClick({phase, click, call, problem, again}), phase: waiting, done,
 * repeated or failed; onReload(): false while a reload would lose something.
 */
export function connect(callbacks) {
	model = callbacks;
	reloadHold(() => model.onReload?.() === false);
	agentSet(new URLSearchParams(location.search).get('agent'));
	tokenFrom(tokenFetch);
	clicksStart((click) => model.onClick?.(click), userSeen);
	setInterval(reloadTry, 1000);
	streamForever();
	postForever();
}
