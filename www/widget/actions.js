// SPDX-License-Identifier: Apache-2.0
// actions.js - what the agent does: to a call, or to begin one

import { post } from './api.js';
import { notify, wordsOf } from './notices.js';
import { numberWords } from './numbers.js';
import { isBusy, setBusy } from './page.js';
import { randomHex } from './random.js';
import { t } from './words.js';

const BUSY_MS = 1000;

/** Runs once at a time per button; nothing may come of it, too. */
async function withButton(button, run) {
	if (button && isBusy(button))
		return null;
	if (button)
		setBusy(button, true);
	const result = await run();

	// what became of it comes as an event
	if (button)
		setTimeout(() => setBusy(button, false), BUSY_MS);
	return result;
}

/** true when the relay took it. */
export function callDo(call, action, { button, body } = {}) {
	return withButton(button, async () => {
		try {
			await post(`/calls/${call.id}/${action}`, body ?? '');
			return true;
		} catch (err) {
			notify({ number: body?.to,
				...wordsOf(err, t(`refusal.${action}`)) });
			return false;
		}
	});
}

async function begin(number, run) {
	try {
		const res = await run();

		return await res.json();
	} catch (err) {
		notify(wordsOf(err, t('refusal.notDialed', { number })));
		return null;
	}
}

/** The new call, or null: then the agent was told why. */
export function callRedial(call, button) {
	return withButton(button, () => begin(numberWords(call), () =>
		post(`/calls/${call.id}/redial`, '')));
}

export function numberDial(number, button) {
	return withButton(button, () => begin(number, () =>
		post('/calls', { PhoneNumber: number }, {
			headers: { 'Idempotency-Key': randomHex(16) },
		})));
}

/** Calls whoever it was: again, or back. */
export function partyCall(call, button) {
	return call.direction === 'outbound'
		? callRedial(call, button)
		: numberDial(call.number, button);
}

export function isCallable(call) {
	return call.direction === 'outbound' || Boolean(call.number);
}
