// SPDX-License-Identifier: Apache-2.0
// api.js - the relay's API: one request with the token, refusals in words

import { clockSeen } from './clock.js';

export const API = '/api/v1';

/** A refusal of the relay, in its own words. */
export class Problem extends Error {
	constructor(status, body, retryAfter) {
		super(body.title ?? `The relay answered ${status}`);
		this.status = status;
		this.title = this.message;
		this.code = body.code ?? '';
		this.detail = body.detail ?? '';
		this.fix = body.fix ?? '';
		this.retryAfterMs = (Number(retryAfter) || 0) * 1000;
	}

	/** So that it can be sent to another tab, and from() there. */
	plain() {
		return { ...this };
	}

	static from(plain) {
		return new Problem(plain.status, plain, plain.retryAfterMs / 1000);
	}
}

export async function problemOf(res) {
	const body = await res.json().catch(() => ({}));

	return new Problem(res.status, body, res.headers.get('Retry-After'));
}

/** What the server answers to everybody of its own page. */
export async function openJson(path) {
	const res = await fetch(path, {
		cache: 'no-store',
		credentials: 'omit',
		signal: AbortSignal.timeout(10000),
	});

	clockSeen(Date.parse(res.headers.get('Date') ?? ''));
	if (!res.ok)
		throw await problemOf(res);
	return res.json();
}

export let agent = null; // whose page; null: not known
let token = null;
let stale = null; // the last one
let tokenComing = null;
let source = () => Promise.reject(new Error('no token'));
let heard = () => {};

export function agentSet(id) {
	agent = id;
}

/** fetch(stale) resolves with {token, origins}, with what it has to be. */
export function tokenFrom(fetch) {
	source = fetch;
}

/** told({origins, …}), as fetched, when a token took a stale one's place. */
export function tokenTold(told) {
	heard = told;
}

export function tokenNow() {
	return token;
}

/** It is known to be of no use any more. */
export function tokenDrop(stale) {
	if (token === stale)
		token = null;
}

async function tokenRenew() {
	const fresh = await source(stale);

	token = fresh.token;
	if (stale !== null && stale !== token)
		heard(fresh);
	stale = token;
}

export function needToken() {
	tokenComing ??= tokenRenew().finally(() => {
		tokenComing = null;
	});
	return tokenComing;
}

function urlOf(path) {
	if (agent === null || agent === '')
		return API + path;
	return `${API}${path}${path.includes('?') ? '&' : '?'}agent=${
		encodeURIComponent(agent)}`;
}

/** The answer, whatever it says; throws when none came. */
export async function request(method, path, options = {}) {
	const { body, headers, signal, keepalive = false } = options;

	for (let tries = 2; ; tries--) {
		if (!token)
			await needToken();
		const used = token;
		const res = await fetch(urlOf(path), {
			method,
			cache: 'no-store',
			credentials: 'omit',
			keepalive,
			body: body || undefined,
			signal: signal ?? AbortSignal.timeout(20000),
			headers: {
				...(body && { 'Content-Type': 'application/json' }),
				...headers,
				'X-CTI-Token': used,
			},
		});

		if (res.status !== 401 || tries === 1)
			return res;
		tokenDrop(used); // the relay was restarted
	}
}

export async function post(path, value, options = {}) {
	const body = typeof value === 'string' ? value : JSON.stringify(value);
	const res = await request('POST', path, { ...options, body });

	if (!res.ok)
		throw await problemOf(res);
	return res;
}
