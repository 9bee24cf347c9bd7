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
let tokenComing = null;
let source = () => Promise.reject(new Error('no token'));

export function agentSet(id) {
	agent = id;
}

/** fetchToken() resolves with a token. */
export function tokenFrom(fetchToken) {
	source = fetchToken;
}

export function tokenNow() {
	return token;
}

/** It is known to be of no use any more. */
export function tokenDrop(stale) {
	if (token === stale)
		token = null;
}

export function needToken() {
	if (token)
		return Promise.resolve(token);
	tokenComing ??= source().then((fresh) => {
		token = fresh;
		return fresh;
	}).finally(() => {
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
		const used = token ?? await needToken();
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
