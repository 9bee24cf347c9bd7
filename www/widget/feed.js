// SPDX-License-Identifier: Apache-2.0
// feed.js - one stream for ever: the link, the running calls, what is new

import { Problem, request } from './api.js';
import { clockSeen } from './clock.js';
import { streamOnce } from './stream.js';

const ENDED_MAX = 30; // calls whose end a tab may have missed
const REFUSED_MS = 10000; // before a refusal is asked for again

/**
 * told.link(), told.state(): they have changed; told.call(event): a change of
 * a call or a refusal; told.post(event, due): SAP is to hear it; told.beat():
 * the relay lives.
 */
export class Feed {
	link = { phase: 'connecting', since: Date.now(), switch: null,
		trouble: null };

	running = new Map(); // id → call
	ended = new Map(); // likewise, the last ones
	known = false; // had a snapshot
	#cursor = null; // id of the newest event seen
	#over = new AbortController();
	#wake = () => {};
	#told;

	constructor(told) {
		this.#told = told;
	}

	async run() {
		while (!this.#over.signal.aborted)
			await this.#try();
	}

	stop() {
		this.#over.abort();
		this.#wake();
	}

	/** Tries now rather than later. */
	wake() {
		this.#wake();
	}

	#linkSet(change) {
		const phase = change.phase ?? this.link.phase;

		this.link = {
			...this.link,
			...change,
			since: phase === this.link.phase ? this.link.since : Date.now(),
		};
		this.#told.link();
	}

	async #try() {
		const why = await streamOnce({
			cursor: this.#cursor,
			ended: this.#over.signal,
			onOpen: () => this.#opened(),
			onEvent: (name, text, id) => this.#event(name, text, id),
			onBeat: () => this.#told.beat(),
		}).catch((err) => err);

		if (this.#over.signal.aborted)
			return;
		this.#linkSet({ phase: 'lost', switch: null });
		const waitMs = 1000 + Math.random() * 3000 + this.#refused(why);

		await new Promise((resolve) => {
			this.#wake = resolve;
			setTimeout(resolve, waitMs);
		});
	}

	/** Says why there are no calls; how much longer to wait, in ms. */
	#refused(why) {
		if (!(why instanceof Problem) || why.status === 401)
			return 0;
		if (why.status >= 500)
			return why.retryAfterMs;
		this.#linkSet({ trouble: why.plain() });
		return Math.max(why.retryAfterMs, REFUSED_MS);
	}

	#opened() {
		this.#linkSet({ phase: 'live', trouble: null });
		if (this.#cursor !== null)
			this.#switchAsk();
	}

	/** A resumed stream begins with events, not with the link. */
	async #switchAsk() {
		const res = await request('GET', '/status').catch(() => null);

		if (res?.ok)
			this.#linkSet({ switch: (await res.json()).switch });
	}

	#event(name, text, id) {
		const data = JSON.parse(text);

		if (name === 'snapshot')
			this.#snapshot(data);
		else if (name === 'call')
			this.#change(data);
		else if (name === 'due')
			this.#told.post(data, true);
		else if (name === 'status')
			this.#linkSet({ switch: data.switch });
		else if (name === 'reset')
			this.#cursor = null;
		else if (name === 'bye')
			this.#linkSet({ phase: 'lost', switch: null });
		if (id !== null)
			this.#cursor = id;
	}

	async #snapshot(data) {
		const known = [...this.running.keys()];

		this.running = new Map(data.calls.map((call) => [call.id, call]));
		this.known = true;
		this.#linkSet({ switch: data.switch });
		for (const event of data.due)
			this.#told.post(event, false);
		const gone = known.filter((id) => !this.running.has(id));

		for (const call of await Promise.all(gone.map(callAsk)))
			if (call?.state === 'ended')
				this.#endedAdd(call);
		this.#told.state();
	}

	#change(event) {
		const { call } = event;

		clockSeen(Date.parse(event.at));
		if (call?.state === 'ended')
			this.#endedAdd(call);
		else if (call)
			this.running.set(call.id, call);
		this.#told.call(event);
		this.#told.post(event, false);
	}

	#endedAdd(call) {
		this.running.delete(call.id);
		this.ended.set(call.id, call);
		if (this.ended.size > ENDED_MAX)
			this.ended.delete(this.ended.keys().next().value);
	}
}

/** How a call ended while nobody told us; null: nobody knows. */
export async function callAsk(id) {
	const res = await request('GET', `/calls/${id}`).catch(() => null);

	return res?.ok ? res.json() : null;
}
