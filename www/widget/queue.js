// SPDX-License-Identifier: Apache-2.0
// queue.js - what SAP is to hear, in the order of each call

/** Entries {id, event, callId, readyAt, …}; of a call only the oldest one. */
export class Queue {
	#entries = new Map();

	/** A second one of the same id takes the place of the first. */
	add(event, readyAt, now) {
		const callId = event.call?.id ?? `event ${event.id}`;
		const entry = { id: event.id, event, callId, readyAt };

		this.hasten(callId, now);
		this.#entries.set(event.id, entry);
		return entry;
	}

	get(id) {
		return this.#entries.get(id);
	}

	drop(id) {
		return this.#entries.delete(id);
	}

	values() {
		return [...this.#entries.values()];
	}

	/** Whoever was before them may be done by now: ask again. */
	hasten(callId, now) {
		for (const entry of this.#entries.values())
			if (entry.callId === callId && !entry.asked)
				entry.readyAt = Math.min(entry.readyAt, now);
	}

	/** One whose turn it is; or null, and how long to wait. */
	next(now) {
		const seen = new Set();
		let waitMs = 60000;

		for (const id of [...this.#entries.keys()].sort((a, b) => a - b)) {
			const entry = this.#entries.get(id);

			if (seen.has(entry.callId))
				continue;
			seen.add(entry.callId);
			if (entry.readyAt <= now)
				return { entry, waitMs: 0 };
			waitMs = Math.min(waitMs, entry.readyAt - now);
		}
		return { entry: null, waitMs };
	}
}
