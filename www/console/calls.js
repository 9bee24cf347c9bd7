// SPDX-License-Identifier: Apache-2.0
// console/calls.js - the calls as they happen; one of them is chosen

import { at, make, textSet, timeOf } from './dom.js';

const KEPT = 300;

export const STATES = {
	queued: 'queued',
	alerting: 'the agent’s phone rings',
	dialing: 'dialing',
	ringing: 'ringing',
	active: 'in call',
	held: 'on hold',
	unknown: 'fate unknown',
	ended: 'ended',
};
export const CAUSES = {
	normal: 'hung up',
	busy: 'busy',
	no_answer: 'not answered',
	rejected: 'rejected',
	cancelled: 'caller gave up',
	answered_elsewhere: 'answered elsewhere',
	unreachable: 'not reachable',
	bad_number: 'no such number',
	link_lost: 'link lost',
	failed: 'failed',
};
const TONES = {
	active: 'good',
	held: 'warn',
	unknown: 'warn',
};
const FAILED = ['unreachable', 'bad_number', 'link_lost', 'failed'];

const entries = new Map(); // id → { id, at, call } or { id, at, refusal }
let chosen = null;
let onChosen = () => {};

function toneOf({ call, refusal }) {
	if (refusal || FAILED.includes(call.cause))
		return 'bad';
	return TONES[call.state];
}

export function whoOf(call) {
	return call.name ?? call.number ?? call.number_raw ??
		(call.withheld ? 'Number withheld' : 'Unknown');
}

export function stateOf(call) {
	return call.state === 'ended' && call.cause
		? CAUSES[call.cause] ?? call.cause
		: STATES[call.state] ?? call.state;
}

function wordsOf({ call, refusal }) {
	if (refusal)
		return ['refused click', 'refused'];
	return [call.direction === 'inbound' ? 'from outside' : 'dialed',
		stateOf(call)];
}

function rowNew(entry) {
	const { call, refusal } = entry;
	const [way, state] = wordsOf(entry);

	return make('button.row', {
		type: 'button',
		data: { id: entry.id, tone: toneOf(entry) },
		aria: { current: String(entry.id === chosen) },
		onclick: () => choose(entry.id),
	}, make('span.who', {}, refusal ? refusal.number ?? 'No number'
		: whoOf(call)),
	make('span.when', {}, timeOf(entry.at)),
	make('span.what', {}, way),
	make('span.when.state', {}, state));
}

function isFound({ call, refusal }, words) {
	const text = JSON.stringify(call
		? [call.id, call.original_id, call.name, call.number,
			call.number_raw, call.dialed, call.activity_uuid, call.ref,
			call.agent]
		: [refusal.number, refusal.activity_uuid, refusal.agent])
		.toLowerCase();

	return words.every((word) => text.includes(word));
}

let drawing = false;

/** Draws once for all that came at the same time. */
function draw() {
	if (drawing)
		return;
	drawing = true;
	requestAnimationFrame(() => {
		drawing = false;
		listShow();
	});
}

function listShow() {
	const words = at('filter').value.toLowerCase().split(/\s+/)
		.filter(Boolean);
	const list = [...entries.values()].filter((each) => isFound(each, words))
		.sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
	const focused = document.activeElement?.dataset?.id;

	at('calls').replaceChildren(...list.map((each) =>
		make('li', {}, rowNew(each))));
	at('calls-none').hidden = list.length > 0;
	textSet(at('calls-none'), words.length > 0 && entries.size > 0
		? 'No call has that.'
		: 'No calls yet. They appear here as they happen.');
	if (focused)
		at('calls').querySelector(`[data-id="${CSS.escape(focused)}"]`)
			?.focus();
}

function choose(id) {
	chosen = id;
	draw();
	onChosen(entries.get(id));
}

function keep(entry) {
	entries.set(entry.id, entry);
	if (entries.size > KEPT) {
		const [oldest] = [...entries.values()].sort((a, b) =>
			Date.parse(a.at) - Date.parse(b.at));

		entries.delete(oldest.id);
	}
	draw();
	if (entry.id === chosen)
		onChosen(entry);
}

export function callSeen(call) {
	keep({ id: call.id, at: call.created_at, call });
}

/** A click that was refused made no call, but whoever looks wants to know. */
export function refusalSeen({ id, at: when, refusal }) {
	keep({ id: `event ${id}`, at: when, refusal });
}

export function callsShow(calls) {
	for (const call of calls)
		callSeen(call);
}

/** Another agent is looked at. */
export function callsForget() {
	entries.clear();
	chosen = null;
	draw();
	onChosen(null);
}

export function callsStart(onChoice) {
	onChosen = onChoice;
	at('filter').addEventListener('input', draw);
}
