// SPDX-License-Identifier: Apache-2.0
// wires.js - a tab's way to the hub: a worker, another tab, or its own

import { Hub } from './hub.js';

/* Each way gives {send(message), close()}; hear(message) takes the answers. */

function workerWire({ name, hear, lost }) {
	const shared = new SharedWorker('/widget/worker.js',
		{ type: 'module', name });

	shared.onerror = (event) => {
		event.preventDefault();
		lost();
	};
	shared.port.onmessage = ({ data }) => hear(data);
	return {
		send: (message) => shared.port.postMessage(message),
		close: () => shared.port.close(),
	};
}

/** A port to the hub in this very page; it answers in a later turn. */
function localPort(hear) {
	return { postMessage: (message) => queueMicrotask(() => hear(message)) };
}

/** A hub for this page alone. */
function ownWire({ hear }) {
	const hub = new Hub({ asksTabs: false });
	const port = localPort(hear);

	return {
		send: (message) => hub.hear(port, message),
		close: () => hub.stop(),
	};
}

/** The tabs at the other ends of the channel; until ended. */
function channelServe(channel, hub, ended) {
	const ports = new Map();

	channel.addEventListener('message', ({ data: { to, message } }) => {
		if (to !== 'hub')
			return;
		if (!ports.has(message.tab))
			ports.set(message.tab, {
				postMessage: (answer) => channel.postMessage(
					{ to: message.tab, message: answer }),
			});
		hub.hear(ports.get(message.tab), message);
	}, { signal: ended });
	channel.postMessage({ to: 'all', message: { type: 'new' } });
}

/**
 * The tab that gets the lock has the hub, the others speak to it through a
 * BroadcastChannel. No token travels there: whoever has the hub fetches one.
 */
class ChannelWire {
	#channel;
	#own = null; // {hub, port, end}: ours
	#way;
	#closed = false;

	constructor(way) {
		this.#way = way;
		this.#channel = new BroadcastChannel(way.name);
		this.#channel.addEventListener('message', ({ data }) => {
			if (data.to === way.tab || (data.to === 'all' && !this.#own))
				way.hear(data.message);
		});
		this.#apply(way.steal);
	}

	/** steal: who has the lock does not answer. */
	async #apply(steal) {
		while (!this.#closed) {
			await navigator.locks.request(this.#way.name, { steal },
				() => this.#lead()).catch(() => {});
			this.#own?.end.abort(); // it was stolen
			this.#own = null;
			steal = false;
		}
	}

	#lead() {
		if (this.#closed)
			return undefined;
		const hub = new Hub({ asksTabs: false });
		const end = new AbortController();

		this.#own = { hub, port: localPort(this.#way.hear), end };
		channelServe(this.#channel, hub, end.signal);
		this.#way.hear({ type: 'new' });
		return new Promise((resolve) => {
			end.signal.addEventListener('abort', () => {
				hub.stop();
				resolve();
			});
		});
	}

	send(message) {
		if (this.#own)
			this.#own.hub.hear(this.#own.port, message);
		else
			this.#channel.postMessage({ to: 'hub', message });
	}

	close() {
		this.#closed = true;
		this.#own?.end.abort();
		this.#channel.close();
	}
}

/**
 * name: what only tabs of the same agent share; tab: this one; worker: may it
 * be a SharedWorker; steal: was the hub silent; lost(): it cannot be had.
 */
export function wireOpen(way) {
	if (way.worker)
		try {
			return workerWire(way);
		} catch {
			// a browser that keeps workers from frames of other sites
		}
	if (navigator.locks && 'BroadcastChannel' in globalThis)
		return new ChannelWire(way);
	return ownWire(way);
}
