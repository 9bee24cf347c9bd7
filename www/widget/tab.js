// SPDX-License-Identifier: Apache-2.0
// tab.js - a tab's side of the hub: what the page is told, what it is asked

import { agent, agentSet, Problem, tokenFrom } from './api.js';
import { clicksStart } from './clicks.js';
import { clockSeen } from './clock.js';
import { callAsk } from './feed.js';
import { postDo } from './posts.js';
import { randomHex } from './random.js';
import { reloadHold, reloadTry } from './reload.js';
import { seenNow, seenStart, seenUsed } from './seen.js';
import { tokenFetch, tokenRenewed, tokenShare } from './token.js';
import { meta } from './trust.js';
import { wireOpen } from './wires.js';

const SILENCE_MS = 40000; // the hub says something every 15 s
const ANSWER_MS = 15000; // to be welcomed, or heard after a question
const SPREAD_MS = 5000; // so that not all tabs give it up at once
const LOOK_MS = 5000;

const tab = randomHex(16);
let lock = null; // held as long as this page lives: it is not frozen then
let model = {};
let wire = null;
let current = null; // what tells a wire that was given up from this one
let worker = 'SharedWorker' in globalThis;
let misses = 0; // ways to the hub that led nowhere, one after the other
let heardAt = 0;
let askedAt = 0; // 0: there was no need to
let shown = new Set(); // ids of running calls that the page knows
let link = { phase: 'connecting', since: Date.now(), switch: null,
	trouble: null };
let user = null; // who clicked

/* --- the way to the hub --- */

function say(message) {
	wire.send({ ...message, tab });
}

function hello() {
	say({ type: 'hello', agent, seen: seenNow(), lock });
}

function wireNew() {
	const mine = {};

	wire?.close();
	current = mine;
	askedAt = performance.now();
	wire = wireOpen({
		name: `patchcord ${meta('cti-version')} ${agent ?? ''}`,
		tab,
		worker,
		steal: misses > 0,
		hear: (message) => current === mine && hear(message),
		lost: () => current === mine && wireLost(),
	});
	hello();
}

function wireLost() {
	misses++;
	if (worker && misses > 1) {
		worker = false;
		misses = 0;
	}
	wireNew();
}

/** Timers of a hidden page are slow, so this only looks and asks. */
function wireLook() {
	const now = performance.now();
	const patienceMs = ANSWER_MS + Math.random() * SPREAD_MS;

	if (askedAt > 0 && now - askedAt > patienceMs) {
		wireLost();
	} else if (askedAt === 0 && now - heardAt > SILENCE_MS) {
		askedAt = now;
		say({ type: 'ask' });
	}
}

/* --- what the hub says --- */

const handlers = {
	new: hello, // another hub, which knows nobody
	link: (message) => onLink(message.link),
	state: onState,
	call: ({ event }) => onCallEvent(event),
	post: ({ event }) => postDo(event, tab, (told) =>
		say({ ...told, type: 'told' })),
	token: onTokenAsked,
	renewed: ({ origins }) => tokenRenewed(origins),
	beat() {},
};

function hear(message) {
	if (message.type !== 'new') {
		heardAt = performance.now();
		askedAt = 0;
		misses = 0;
	}
	if (Object.hasOwn(handlers, message.type))
		handlers[message.type](message);
}

async function onTokenAsked({ stale }) {
	const fresh = await tokenShare(stale).catch(() => null);

	if (fresh)
		say({ ...fresh, type: 'token' });
}

function onLink(next) {
	link = { ...next, trouble: next.trouble && Problem.from(next.trouble) };
	model.onLink?.(link);
	userTake();
}

function onState({ running, ended, now }) {
	const gone = new Set(shown);

	clockSeen(now);
	shown = new Set(running.map((call) => call.id));
	for (const id of shown)
		gone.delete(id);
	const unseen = ended.filter((call) => gone.delete(call.id));

	model.onState?.([...running, ...unseen]);
	for (const id of gone)
		goneAsk(id);
}

/** A call that ended while no hub looked. */
async function goneAsk(id) {
	const call = await callAsk(id);

	if (call?.state === 'ended')
		model.onCall?.(call,
			{ id: null, type: 'call.ended', at: call.ended_at });
}

function onCallEvent({ id, type, at, call, refusal }) {
	clockSeen(Date.parse(at));
	if (call?.state === 'ended')
		shown.delete(call.id);
	else if (call)
		shown.add(call.id);
	if (call)
		model.onCall?.(call, { id, type, at });
	if (type === 'call.refused')
		model.onRefusal?.(refusal, at);
}

/* --- clicks --- */

function userSeen(id) {
	user = id;
	userTake();
}

/** Whose page it is may be learned from a click. */
function userTake() {
	if (agent || !user || !wire || link.trouble?.code !== 'agent_required')
		return;
	say({ type: 'bye' });
	agentSet(user);
	wireNew();
}

function onClick(click) {
	if (click.phase === 'waiting')
		seenUsed();
	model.onClick?.(click);
}

/* --- start --- */

/** Whoever waits for this lock learns of the end of this page. */
function lockTake() {
	const name = `patchcord tab ${tab}`;

	return new Promise((resolve) => {
		if (!navigator.locks)
			resolve(null);
		else
			navigator.locks.request(name, () => {
				resolve(name);
				return new Promise(() => {});
			}).catch(() => resolve(null));
	});
}

/**
 * What the page wants to hear; all are optional:
 * onLink({phase, since, switch, trouble}), phase: connecting, live or lost;
 * onState(calls), all that run and those that ended unseen;
 * onCall(call, {id, type, at}); onRefusal(refusal, at);
 * onClick({phase, click, call, problem, again}), phase: waiting, done,
 * repeated or failed; onReload(): false while a reload would lose something.
 */
export async function connect(callbacks) {
	model = callbacks;
	reloadHold(() => model.onReload?.() === false);
	agentSet(new URLSearchParams(location.search).get('agent'));
	tokenFrom(tokenFetch);
	clicksStart(onClick, userSeen);
	lock = await lockTake();
	wireNew();
	seenStart((seen) => say({ type: 'seen', seen }));
	addEventListener('pagehide', () => say({ type: 'bye' }));
	addEventListener('pageshow', (event) => event.persisted && hello());
	setInterval(wireLook, LOOK_MS);
	setInterval(reloadTry, 1000);
}
