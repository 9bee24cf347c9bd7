// SPDX-License-Identifier: Apache-2.0
// console/api.js - the relay's API with the page's token, and its stream

import { clockSeen } from './dom.js';

const API = '/api/v1';
const SILENCE_MS = 40000; // the relay says something every 15 s

let token = document.querySelector('meta[name="cti-token"]').content;
let tokenComing = null;

/** A refusal, as the relay tells it. */
export class Problem extends Error {
	constructor({ status, code, title, detail, fix }) {
		super(`${title}: ${detail}`);
		Object.assign(this, { status, code, title, detail, fix });
	}
}

const silent = new Problem({
	status: 0,
	code: 'silent',
	title: 'The relay does not answer',
	detail: 'Nobody answers at this address any more.',
	fix: 'Start patchcord again; this page goes on by itself.',
});

async function tokenFetch() {
	const res = await fetch(`${API}/token`, {
		cache: 'no-store',
		credentials: 'omit',
	});

	if (res.ok)
		({ token } = await res.json());
}

/** All that ask at the same time wait for one new token. */
function tokenRenew() {
	tokenComing ??= tokenFetch().finally(() => {
		tokenComing = null;
	});
	return tokenComing;
}

function ask(path, { method = 'GET', body, headers, signal }) {
	return fetch(API + path, {
		method,
		body,
		signal,
		cache: 'no-store',
		credentials: 'omit',
		headers: { 'X-CTI-Token': token, ...headers },
	});
}

/** The answer; after a restart with the new token. */
async function answerOf(path, options) {
	try {
		const res = await ask(path, options);

		if (res.status !== 401)
			return res;
		await tokenRenew();
		return await ask(path, options);
	} catch (err) {
		throw err.name === 'AbortError' ? err : silent;
	}
}

async function problemOf(res) {
	const said = await res.json().catch(() => ({}));

	return new Problem({
		title: 'Refused',
		detail: `The relay answered ${res.status}.`,
		fix: '',
		...said,
		status: res.status,
	});
}

/** The answer as an object; throws a Problem. */
export async function request(path, options = {}) {
	const res = await answerOf(path, options);

	clockSeen(res.headers.get('Date'));
	if (!res.ok)
		throw await problemOf(res);
	return res.json();
}

export function post(path, text, type = 'application/json') {
	return request(path, {
		method: 'POST',
		body: text,
		headers: { 'Content-Type': type },
	});
}

/* --- Server-Sent Events --- */

function frameTell(lines, emit) {
	let event = 'message';
	let id = null;
	const data = [];

	for (const line of lines) {
		const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line);

		if (name === 'event')
			event = value;
		else if (name === 'data')
			data.push(value);
		else if (name === 'id')
			id = value;
	}
	if (data.length > 0)
		emit(event, JSON.parse(data.join('\n')), id);
}

/** Takes text as it comes; the relay ends its lines with LF. */
function framesReader(emit) {
	let rest = '';

	return (text) => {
		const frames = (rest + text).split('\n\n');

		rest = frames.pop();
		for (const frame of frames)
			frameTell(frame.split('\n'), emit);
	};
}

/** One connection, until it ends; alive() with each sign of life. */
async function streamOnce(path, lastId, { signal, alive, emit }) {
	const res = await answerOf(path, {
		signal,
		headers: {
			Accept: 'text/event-stream',
			...(lastId && { 'Last-Event-ID': lastId }),
		},
	});

	if (!res.ok)
		throw await problemOf(res);
	alive();
	const reader = res.body.pipeThrough(new TextDecoderStream()).getReader();
	const take = framesReader(emit);

	for (;;) {
		const { done, value } = await reader.read();

		if (done)
			return;
		alive();
		take(value);
	}
}

function pause(ms) {
	return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Resolves when the page is in front. */
async function looked() {
	while (document.visibilityState !== 'visible')
		await new Promise((resolve) => {
			document.addEventListener('visibilitychange', resolve,
				{ once: true });
		});
}

/**
 * Follows the events of an agent ('' = of the only one) until stop(): calls
 * on(name, data) for each, link(true) when it runs and link(false, problem)
 * when not. A page in the back holds no connection: a browser has six for one
 * server.
 */
export class Follower {
	#path;
	#on;
	#link;
	#lastId = null;
	#over = false;
	#control = new AbortController();

	constructor(agent, on, link) {
		this.#path = agent
			? `/events?agent=${encodeURIComponent(agent)}` : '/events';
		this.#on = on;
		this.#link = link;
		document.addEventListener('visibilitychange', this.#hide);
		this.#run();
	}

	stop() {
		this.#over = true;
		document.removeEventListener('visibilitychange', this.#hide);
		this.#control.abort();
	}

	#hide = () => {
		if (document.visibilityState === 'hidden')
			this.#control.abort();
	};

	async #run() {
		while (!this.#over) {
			await looked();
			const problem = await this.#once().catch((err) => err);

			if (!this.#over)
				this.#link(false, problem instanceof Problem
					? problem : null);
			await pause(1000 + Math.random() * 1000);
		}
	}

	async #once() {
		let heard = performance.now();
		const watch = setInterval(() => {
			if (performance.now() - heard > SILENCE_MS)
				this.#control.abort();
		}, 5000);

		this.#control = new AbortController();
		try {
			await streamOnce(this.#path, this.#lastId, {
				signal: this.#control.signal,
				emit: (name, data, id) => this.#emit(name, data, id),
				alive: () => {
					heard = performance.now();
					this.#link(true);
				},
			});
		} finally {
			clearInterval(watch);
		}
	}

	#emit(name, data, id) {
		this.#lastId = name === 'reset' ? null : id ?? this.#lastId;
		if (!this.#over)
			this.#on(name, data);
	}
}
