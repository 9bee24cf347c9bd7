// SPDX-License-Identifier: Apache-2.0
// turns.js - which tab gives which payload to SAP

import { Queue } from './queue.js';

const ASK_MS = 1500; // a tab without an answer by then is frozen or gone
const ROUND_MAX_MS = 60000; // between questions when nobody answers
const POST_MS = 6000; // claimed: a bit longer than the relay's lease
const NOBODY_MS = 1000; // every tab is being loaded anew
const HIDDEN_PATIENCE_MS = 400; // another browser may have the tab in front
const OTHER_PATIENCE_MS = 250; // or the tab that began with this call
const REMEMBERED_MAX = 500;

function remember(map, key, value) {
	map.set(key, value);
	if (map.size > REMEMBERED_MAX)
		map.delete(map.keys().next().value);
}

function rank({ seen, slow }) {
	return (slow ? 0 : 8) + (seen.focused && seen.visible ? 4 : 0) +
		(seen.visible ? 2 : 0);
}

/** The one that the agent looks at, else the one used last. */
function better(a, b) {
	return rank(b) - rank(a) || b.seen.usedAt - a.seen.usedAt;
}

/**
 * tabs: id → {id, seen: {focused, visible, usedAt}, slow, send()}. Only asks:
 * the relay decides who may post, so that no error here doubles a payload.
 */
export class Turns {
	#tabs;
	#queue = new Queue();
	#begun = new Map(); // call id → id of the tab that tells SAP of it
	#given = new Map(); // event id → id of the tab that gave it to SAP
	#timer = 0;

	constructor(tabs) {
		this.#tabs = tabs;
	}

	add(event, due) {
		const now = performance.now();

		if (!event.sap)
			return;
		const waitMs = due ? 0 : this.#patienceMs(event);

		this.#queue.add(event, now + waitMs, now);
		this.go();
	}

	stop() {
		clearTimeout(this.#timer);
	}

	/** All tabs, the one to ask first before the others. */
	order() {
		return [...this.#tabs.values()].sort(better);
	}

	/** Who should be first, if the payload could go to another browser? */
	#patienceMs({ call, sap }) {
		if (this.#begun.has(call?.id))
			return 0;
		if (![...this.#tabs.values()].some(({ seen }) => seen.visible))
			return HIDDEN_PATIENCE_MS;
		return sap.payload?.Action === 'NOTIFY' ? 0 : OTHER_PATIENCE_MS;
	}

	go() {
		clearTimeout(this.#timer);
		for (;;) {
			const { entry, waitMs } = this.#queue.next(performance.now());

			if (!entry) {
				this.#timer = setTimeout(() => this.go(), waitMs);
				return;
			}
			this.#ask(entry);
		}
	}

	#ask(entry) {
		const late = this.#tabs.get(entry.asked);

		entry.tried ??= new Set();
		entry.rounds ??= 0;
		if (late && !this.#given.has(entry.id)) {
			late.slow = true;
			entry.tried.add(late.id);
		}
		const tab = this.#choose(entry);

		entry.asked = tab?.id;
		entry.readyAt = performance.now() +
			Math.min(ASK_MS * 2 ** entry.rounds, ROUND_MAX_MS);
		tab?.send({ type: 'post', event: entry.event });
	}

	#choose(entry) {
		const { id, callId, tried } = entry;
		const giver = this.#tabs.get(this.#given.get(id));

		if (giver) // SAP has it: only the word to the relay is missing
			return giver;
		const all = this.order();

		if (all.length > 0 && all.every((tab) => tried.has(tab.id))) {
			tried.clear(); // all frozen: once more, but not for ever
			entry.rounds++;
		}
		const first = this.#tabs.get(this.#begun.get(callId));

		if (first && !first.slow && !tried.has(first.id))
			return first;
		return all.find((tab) => !tried.has(tab.id));
	}

	/** A tab's report; outcome: claimed, done, over, later or no. */
	heard(tab, { id, outcome, waitMs = 0 }) {
		const entry = this.#queue.get(id);
		const now = performance.now();

		if (outcome === 'claimed')
			this.#claimed(tab, id, entry);
		else if (outcome === 'done' || outcome === 'over')
			this.#queue.drop(id);
		else if (entry)
			this.#again(tab, entry, outcome === 'no', waitMs);
		if (entry)
			this.#queue.hasten(entry.callId, now);
		this.go();
	}

	#claimed(tab, id, entry) {
		remember(this.#given, id, tab.id);
		if (!entry)
			return;
		remember(this.#begun, entry.callId, tab.id);
		entry.asked = tab.id;
		entry.readyAt = performance.now() + POST_MS;
	}

	#again(tab, entry, isLeaving, waitMs) {
		if (isLeaving) {
			entry.tried?.add(tab.id);
			if ([...this.#tabs.keys()].every((id) => entry.tried?.has(id)))
				waitMs = NOBODY_MS;
		}
		entry.asked = undefined;
		entry.readyAt = performance.now() + waitMs;
	}

	/** Somebody new may know what nobody else wanted. */
	joined() {
		const now = performance.now();

		for (const entry of this.#queue.values())
			if (!this.#tabs.has(entry.asked))
				entry.readyAt = Math.min(entry.readyAt, now);
		this.go();
	}

	/** What it was asked for is asked of another one. */
	left(tab) {
		const now = performance.now();

		for (const entry of this.#queue.values())
			if (entry.asked === tab.id) {
				entry.asked = undefined;
				if (!this.#given.has(entry.id))
					entry.readyAt = now;
			}
		this.go();
	}
}
