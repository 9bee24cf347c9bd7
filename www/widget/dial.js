// SPDX-License-Identifier: Apache-2.0
// dial.js - dialing by hand: the field, what would be dialed, the keys

import { numberDial } from './actions.js';
import { callAdopt } from './cards.js';
import { numberWatch, verdictShow } from './numbers.js';
import { padFill } from './pad.js';
import { at, isBusy } from './page.js';
import { t } from './words.js';

function typed() {
	at('number').dispatchEvent(new Event('input'));
}

function digitAdd(digit) {
	const input = at('number');

	input.value = (input.value + digit).slice(0, input.maxLength);
	typed();
}

function digitErase() {
	const input = at('number');

	input.value = input.value.slice(0, -1);
	typed();
}

function keysShow(open) {
	at('dial-keys').hidden = !open;
	at('keys-toggle').setAttribute('aria-expanded', String(open));
}

async function onSubmit(event) {
	const input = at('number');
	const number = input.value.trim();

	event.preventDefault();
	if (isBusy(at('dial-call')))
		return; // it is being dialed
	if (number === '') {
		verdictShow(at('verdict'), { tone: 'bad', text: t('dial.missing') });
		input.focus();
		return;
	}
	const call = await numberDial(number, at('dial-call'));

	if (!call)
		return;
	callAdopt(call);
	if (input.value.trim() === number)
		input.value = '';
	typed();
	keysShow(false);
}

function onEscape(event) {
	if (event.key !== 'Escape' || at('dial-keys').hidden)
		return;
	keysShow(false);
	at('keys-toggle').focus();
}

export function dialStart() {
	padFill(at('dial-keys').querySelector('.keys'), digitAdd);
	numberWatch(at('number'), (said) => verdictShow(at('verdict'), said));
	at('keys-toggle').onclick = () => keysShow(at('dial-keys').hidden);
	at('erase').onclick = digitErase;
	at('dial-form').onsubmit = onSubmit;
	at('dial').addEventListener('keydown', onEscape);
}

/** Has the agent begun to enter a number? */
export function isDialing() {
	return at('number').value !== '';
}
