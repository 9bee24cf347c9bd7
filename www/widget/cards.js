// SPDX-License-Identifier: Apache-2.0
// cards.js - the calls on the page, and what the agent does with them

import { post } from './api.js';
import { clockNow } from './clock.js';
import { at, notify, speak } from './notices.js';
import {
	callWords, clockWords, partyWords, refusedWords, timeWords, wordsOf,
} from './words.js';

const ENDED_MAX = 5;
const ENDED_LIFE_MS = 10 * 60000;

const calls = new Map(); // id → {call, card, repeated, …}

/** What an answer says of a call that no event has told of yet. */
export function callAdopt(call) {
	if (!calls.has(call.id))
		callUpdate(call);
}

export function callUpdate(call) {
	let entry = calls.get(call.id);

	if (!entry) {
		entry = { call, repeated: false, said: '', sent: '' };
		entry.card = cardNew(entry);
		calls.set(call.id, entry);
	}
	entry.call = call;
	if (call.state === 'ended')
		entry.endedSeen ??= performance.now();
	callRender(entry);
	callsTidy();
}

/** All that run, and what ended unseen; others that ran are forgotten. */
export function callsReplace(list) {
	const ids = new Set(list.map((call) => call.id));

	for (const call of list)
		callUpdate(call);
	for (const entry of [...calls.values()])
		if (entry.call.state !== 'ended' && !ids.has(entry.call.id))
			callForget(entry.call.id);
}

/** SAP's page repeats a click: the call is there already. */
export function callRepeated(call) {
	callAdopt(call);
	const entry = calls.get(call.id);

	entry.repeated = entry.call.state === 'ended';
	callRender(entry);
	entry.card.scrollIntoView({ block: 'nearest' });
}

function callForget(id) {
	const entry = calls.get(id);

	if (!entry)
		return;
	calls.delete(id);
	entry.card.remove();
	listsShow();
}

function callsTidy() {
	const ended = [...calls.values()].filter((e) => e.endedSeen);
	const old = performance.now() - ENDED_LIFE_MS;

	ended.sort((a, b) => b.endedSeen - a.endedSeen);
	ended.forEach((entry, i) => {
		if (i >= ENDED_MAX || entry.endedSeen < old)
			callForget(entry.call.id);
	});
}

function listsShow() {
	at('empty').hidden = at('calls').childElementCount > 0;
	at('past').hidden = at('ended').childElementCount === 0;
}

function cardNew(entry) {
	const card = at('call-template').content.firstElementChild.cloneNode(true);
	const form = card.querySelector('form');

	for (const button of card.querySelectorAll('[data-action]'))
		button.onclick = () => callDo(entry, button.dataset.action);
	for (const button of card.querySelectorAll('[data-panel]'))
		button.onclick = () => panelToggle(entry, button.dataset.panel);
	for (const digit of '123456789*0#')
		card.querySelector('.keys').append(keyNew(entry, digit));
	card.querySelector('.redial').onclick = () => callRedial(entry);
	card.querySelector('.dismiss').onclick = () =>
		callForget(entry.call.id);
	form.onsubmit = (event) => {
		event.preventDefault();
		callDo(entry, 'transfer', { to: form.elements.to.value.trim() });
	};
	return card;
}

function keyNew(entry, digit) {
	const key = document.createElement('button');

	key.type = 'button';
	key.textContent = digit;
	key.onclick = () => digitSend(entry, digit);
	return key;
}

function cardPlace(entry) {
	const list = at(entry.call.state === 'ended' ? 'ended' : 'calls');
	const focused = entry.card.contains(document.activeElement);

	if (entry.card.parentElement === list)
		return;
	list.prepend(entry.card);
	listsShow();
	if (focused)
		entry.card.focus();
}

function setText(root, selector, text) {
	const el = root.querySelector(selector);

	if (el.textContent !== text)
		el.textContent = text;
	el.hidden = text === '';
}

function callRender(entry) {
	const { call, card } = entry;
	const party = partyWords(call);
	const words = callWords(call);

	cardPlace(entry);
	card.dataset.state = call.state;
	card.dataset.cause = call.cause ?? '';
	card.dataset.direction = call.direction;
	card.setAttribute('aria-label', `${call.name ?? party}: ${words}`);
	setText(card, '.name', call.name ?? party);
	setText(card, '.number', call.name ? party : '');
	setText(card, '.state', words);
	setText(card, '.detail', detailWords(entry));
	buttonsRender(entry);
	timerRender(entry);
	if (entry.said !== words)
		speak(`${call.name ?? party}: ${words}`);
	entry.said = words;
}

function detailWords({ call, repeated }) {
	const kinds = {
		internal: 'Internal call',
		consult: 'Consultation',
	};

	if (repeated)
		return 'This click was dialed before and the call has ended. ' +
			'Nothing new was dialed.';
	if (call.state === 'ended')
		return call.cause === 'normal' ? '' : (call.cause_detail ?? '');
	return kinds[call.kind] ?? '';
}

function buttonsRender({ call, card }) {
	const can = new Set(call.controls);
	const ended = call.state === 'ended';
	const lost = document.activeElement;

	for (const button of card.querySelectorAll('[data-action]')) {
		button.hidden = !can.has(button.dataset.action);
		button.disabled = false;
	}
	// an inbound call that rings is rejected, not hung up
	if (can.has('reject'))
		card.querySelector('[data-action="hangup"]').hidden = true;
	for (const button of card.querySelectorAll('[data-panel]')) {
		button.hidden = !can.has(button.dataset.panel);
		if (button.hidden)
			panelOf(card, button.dataset.panel).hidden = true;
		button.setAttribute('aria-expanded',
			String(!panelOf(card, button.dataset.panel).hidden));
	}
	card.querySelector('.redial').hidden =
		!ended || call.direction !== 'outbound';
	card.querySelector('.dismiss').hidden = !ended;
	if (card.contains(lost) && lost !== card && lost.closest('[hidden]'))
		(card.querySelector('.actions button:not([hidden])') ?? card)
			.focus();
}

function timerRender({ call, card }) {
	const since = call.answered_at ?? call.ringing_at ?? call.created_at;

	setText(card, '.timer', call.state === 'ended'
		? timeWords(call.ended_at)
		: clockWords(clockNow() - Date.parse(since)));
}

export function timersTick() {
	for (const entry of calls.values())
		if (entry.call.state !== 'ended')
			timerRender(entry);
	callsTidy();
}

function panelOf(card, name) {
	return card.querySelector(name === 'dtmf' ? '.keypad' : '.transfer');
}

function panelToggle({ card }, name) {
	const panel = panelOf(card, name);
	const other = panelOf(card, name === 'dtmf' ? 'transfer' : 'dtmf');

	other.hidden = true;
	panel.hidden = !panel.hidden;
	for (const button of card.querySelectorAll('[data-panel]'))
		button.setAttribute('aria-expanded',
			String(!panelOf(card, button.dataset.panel).hidden));
	if (!panel.hidden)
		panel.querySelector('button, input').focus();
}

async function callDo(entry, action, body) {
	const button = entry.card.querySelector(
		`[data-action="${action}"], .${action} [type="submit"]`);

	if (button)
		button.disabled = true;
	try {
		await post(`/calls/${entry.call.id}/${action}`, body ?? '');
	} catch (err) {
		notify(wordsOf(err, refusedWords[action]));
	}
	// what became of it comes as an event; nothing may come, too
	if (button)
		setTimeout(() => {
			button.disabled = false;
		}, 1000);
}

function digitSend(entry, digit) {
	entry.sent = (entry.sent + digit).slice(-24);
	setText(entry.card, '.digits', entry.sent);
	// one after the other, as they were typed
	entry.tones = (entry.tones ?? Promise.resolve()).then(() =>
		callDo(entry, 'dtmf', { digits: digit }));
}

async function callRedial(entry) {
	const button = entry.card.querySelector('.redial');

	button.disabled = true;
	try {
		const res = await post(`/calls/${entry.call.id}/redial`, '');

		callAdopt(await res.json());
		callForget(entry.call.id);
	} catch (err) {
		notify(wordsOf(err, `${partyWords(entry.call)} was not dialed`));
	}
	button.disabled = false;
}
