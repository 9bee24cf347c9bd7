// SPDX-License-Identifier: Apache-2.0
// hub.js - one for all tabs of an agent: the stream, the state, who posts

import { agentSet, tokenFrom, tokenTold } from './api.js';
import { clockNow, pause } from './clock.js';
import { Feed } from './feed.js';
import { Turns } from './turns.js';

const BEAT_MS = 15000; // tabs hear from us at least so often
const TOKEN_MS = 3000; // to fetch a token; then another tab is asked
const HUSH_MS = 5000; // beats of the relay are passed on no faster

/**
 * A tab is a port (postMessage) that said hello. What tabs say:
 * hello {tab, agent, seen, lock}, seen {seen}, told {id, outcome, waitMs},
 * token {token, origins}, ask, wake, bye. What they hear: link {link},
 * state {running, ended, now}, call {event}, post {event}, token, renewed
 * {origins}, beat.
 */
export class Hub {
	#tabs = new Map(); // id → {id, port, seen, slow, send()}
	#feed;
	#turns;
	#beat;
	#beatAt = 0;
	#tokenTake = null; // resolves the question for a token
	#started = false;

	/** asksTabs: it has no token of its own and no eyes for ancestors. */
	constructor({ asksTabs }) {
		this.#turns = new Turns(this.#tabs);
		this.#feed = new Feed({
			link: () => this.#all({ type: 'link', link: this.#feed.link }),
			state: () => this.#all(this.#state()),
			call: (event) => this.#all({ type: 'call', event }),
			post: (event, due) => this.#turns.add(event, due),
			beat: () => this.#beatPass(),
		});
		if (asksTabs)
			tokenFrom((stale) => this.#tokenAsk(stale));
		tokenTold((fresh) => this.#renewed(fresh));
		this.#beat = setInterval(() => this.#all({ type: 'beat' }), BEAT_MS);
	}

	stop() {
		clearInterval(this.#beat);
		this.#feed.stop();
		this.#turns.stop();
		tokenTold(() => {});
	}

	/** What came from a tab through its port. */
	hear(port, message) {
		if (message?.type === 'hello')
			this.#hello(port, message);
		const tab = this.#tabs.get(message?.tab);

		if (!tab)
			return;
		tab.slow = false;
		if (message.type === 'seen')
			tab.seen = message.seen;
		else if (message.type === 'told')
			this.#turns.heard(tab, message);
		else if (message.type === 'token')
			this.#tokenTake?.(message);
		else if (message.type === 'ask')
			tab.send({ type: 'beat' });
		else if (message.type === 'wake')
			this.#feed.wake();
		else if (message.type === 'bye')
			this.#leave(tab);
	}

	#hello(port, { tab: id, agent, seen, lock }) {
		const send = (message) => port.postMessage(message);
		const known = this.#tabs.has(id);

		this.#tabs.set(id, { id, port, seen, slow: false, send });
		send({ type: 'link', link: this.#feed.link });
		if (this.#feed.known)
			send(this.#state());
		if (lock && !known)
			this.#watch(id, lock);
		if (!this.#started) {
			this.#started = true;
			agentSet(agent);
			this.#feed.run();
		}
		this.#turns.joined();
	}

	/** A tab holds its lock as long as it lives. */
	#watch(id, lock) {
		navigator.locks?.request(lock, () => {
			const tab = this.#tabs.get(id);

			if (tab)
				this.#leave(tab);
		});
	}

	#leave(tab) {
		this.#tabs.delete(tab.id);
		this.#turns.left(tab);
	}

	#all(message) {
		for (const tab of this.#tabs.values())
			tab.send(message);
	}

	#state() {
		return {
			type: 'state',
			running: [...this.#feed.running.values()],
			ended: [...this.#feed.ended.values()],
			now: clockNow(),
		};
	}

	/** All but the one that brought it have a page from before a restart. */
	#renewed({ origins, tab: from }) {
		for (const tab of this.#tabs.values())
			if (tab.id !== from)
				tab.send({ type: 'renewed', origins });
	}

	#beatPass() {
		const now = performance.now();

		if (now - this.#beatAt < HUSH_MS)
			return;
		this.#beatAt = now;
		this.#all({ type: 'beat' });
	}

	/** Only a page can look at its ancestors before it takes a token. */
	async #tokenAsk(stale) {
		const given = new Promise((resolve) => {
			this.#tokenTake = (fresh) => fresh.token && resolve(fresh);
		});

		for (const tab of this.#turns.order()) {
			tab.send({ type: 'token', stale });
			const fresh = await Promise.race([given, pause(TOKEN_MS)]);

			if (fresh)
				return fresh;
			tab.slow = true;
		}
		throw new Error('no tab has a token');
	}
}
