// SPDX-License-Identifier: Apache-2.0
// relay.js - the relay's API as this page uses it, and what stands behind it

import { meta, pause } from './dom.js';

let token = meta('cti-token');
const WAIT_MS = 15000;
const POLL_MS = 120;

export const agent = new URLSearchParams(location.search).get('agent');
/** Did the relay itself send this page, or is it a copy on another server? */
export const isServed = token !== '';

export class Refusal extends Error {}

function urlOf(path) {
	const [bare, query] = path.split('?');
	const params = new URLSearchParams(query);

	if (agent)
		params.set('agent', agent);
	const text = params.toString();

	return `/api/v1${bare}${text ? `?${text}` : ''}`;
}

/** SAP's page does not load itself anew either when the relay restarts. */
async function tokenRenew() {
	const res = await fetch('/api/v1/token',
		{ cache: 'no-store', credentials: 'omit' });

	({ token } = await res.json());
}

async function send(method, path, type, text) {
	for (let tries = 2; ; tries--) {
		const res = await fetch(urlOf(path), {
			method,
			cache: 'no-store',
			credentials: 'omit',
			headers: {
				...(type && { 'Content-Type': type }),
				...(token && { 'X-CTI-Token': token }),
			},
			body: text,
		});

		if (res.status !== 401 || !isServed || tries === 1)
			return res;
		await tokenRenew(); // the relay was restarted
	}
}

/** The answer's body; throws a Refusal with the relay's sentences. */
export async function ask(method, path, value) {
	const text = value === undefined ? undefined : JSON.stringify(value);
	const type = text === undefined ? null : 'application/json';
	const res = await send(method, path, type, text).catch(() => null);

	if (!res)
		throw new Refusal('The relay did not answer.');
	const body = await res.json().catch(() => ({}));

	if (!res.ok)
		throw new Refusal([body.title ?? `The relay answered ${res.status}`,
			body.detail, body.fix].filter(Boolean).join(' '));
	return body;
}

/** {ok, findings}, or null when nobody checks. */
export async function lint(isXml, text) {
	const res = await send('POST', '/lint',
		isXml ? 'application/xml' : 'application/json', text)
		.catch(() => null);

	return res?.ok ? res.json().catch(() => null) : null;
}

/** What stands behind this page: {version, driver, link} or null. */
export async function relayFind() {
	const status = await ask('GET', '/status').catch(() => null);

	return status?.switch ? {
		version: status.version,
		driver: status.switch.driver,
		link: status.switch.link,
	} : null;
}

export async function callsOf(activityUuid) {
	const filter = activityUuid
		? `?activity_uuid=${encodeURIComponent(activityUuid)}` : '';

	return (await ask('GET', `/calls${filter}`)).calls;
}

export function callGet(id) {
	return ask('GET', `/calls/${encodeURIComponent(id)}`);
}

/** Asks again until probe gives something; throws when it never does. */
export async function until(what, probe) {
	const deadline = performance.now() + WAIT_MS;

	for (;;) {
		const found = await probe();

		if (found)
			return found;
		if (performance.now() > deadline)
			throw new Refusal(`It did not come: ${what}.`);
		await pause(POLL_MS);
	}
}
