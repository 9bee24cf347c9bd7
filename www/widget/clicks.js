// SPDX-License-Identifier: Apache-2.0
// clicks.js - a click in SAP's page becomes a call, once

import { agent, post, Problem } from './api.js';
import { pause } from './clock.js';
import { randomHex } from './random.js';
import { leaving, reloadHold } from './reload.js';
import { isFromHost } from './trust.js';

const CLICK_LIFE_MS = 8000; // an older click must not surprise anybody

let waiting = 0;
let tail = Promise.resolve();
let tell = () => {};
let onUser = () => {};

reloadHold(() => waiting > 0);

/** told({phase, click, call, problem, again}); userSeen(id): who clicked. */
export function clicksStart(told, userSeen) {
	const { list, keep } = globalThis.earlyMessages;

	tell = told;
	onUser = userSeen;
	removeEventListener('message', keep);
	addEventListener('message', onMessage);
	for (const event of list.splice(0))
		onMessage(event);
}

function parsed(text) {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

/** The payload in what SAP's page sent, or null when it is none. */
function payloadOf(data) {
	let value = typeof data === 'string' ? parsed(data) : data;

	if (typeof value?.payload === 'string')
		value = parsed(value.payload);
	else if (value?.payload)
		value = value.payload;
	const number = value?.PhoneNumber;

	return typeof number === 'string' && number.trim() !== '' ? value : null;
}

function bodyOf(data) {
	if (typeof data === 'string')
		return data;
	try {
		return JSON.stringify(data);
	} catch {
		return null; // what JSON cannot say is no payload
	}
}

function onMessage(event) {
	if (!isFromHost(event))
		return;
	const payload = payloadOf(event.data);
	const body = payload && bodyOf(event.data);

	if (body)
		clickTake(payload, body);
}

function clickTake(payload, body) {
	const user = payload.LoggedInUserID;

	if (!agent && typeof user === 'string' && user)
		onUser(user);
	const click = {
		body,
		number: payload.PhoneNumber.trim(),
		key: randomHex(16), // makes trying again harmless
		taken: performance.now(),
	};

	waiting++;
	tail = tail.then(() => clickDial(click)).finally(() => {
		waiting--;
	});
}

async function clickPost(click) {
	for (;;) {
		try {
			return await post('/calls', click.body, {
				headers: { 'Idempotency-Key': click.key },
				keepalive: leaving, // a click of the last moment, too
			});
		} catch (err) {
			const age = performance.now() - click.taken;

			if (err instanceof Problem || age > CLICK_LIFE_MS)
				throw err;
		}
		await pause(1000);
	}
}

async function clickDial(click) {
	tell({ phase: 'waiting', click });
	try {
		const res = await clickPost(click);
		const call = await res.json();

		tell({
			phase: res.status === 200 ? 'repeated' : 'done',
			click,
			call,
		});
	} catch (err) {
		tell({
			phase: 'failed',
			click,
			problem: err,
			again: mayPass(err) ? () => clickAgain(click) : undefined,
		});
	}
}

/** Is it the moment that was wrong, rather than the number? */
function mayPass(err) {
	return !(err instanceof Problem) || err.status === 409 ||
		err.status === 429 || err.status >= 500;
}

function clickAgain(click) {
	click.taken = performance.now();
	return clickDial(click);
}
