// SPDX-License-Identifier: Apache-2.0
// card.js - one call: who, in which state, since when, and its buttons

import { callDo, isCallable } from './actions.js';
import { clockNow } from './clock.js';
import { padFill } from './pad.js';
import { buttonName, focusFirst, made, setText } from './page.js';
import { numberWatch, numberWords, partyWords, verdictShow }
	from './numbers.js';
import { clockWords, stateWords, t, tMaybe, timeWords } from './words.js';

// where the keyboard goes when its button goes
const follower = {
	answer: 'hangup', reject: 'again', hangup: 'again', hold: 'resume',
	resume: 'hold', mute: 'unmute', unmute: 'mute',
};
const PANELS = { dtmf: '.keypad', transfer: '.transfer' };

function panelOf(card, name) {
	return card.querySelector(PANELS[name]);
}

function togglesOf(card) {
	return [...card.querySelectorAll('[data-panel]')];
}

function panelShow(card, name, open) {
	const panel = panelOf(card, name);

	panel.hidden = !open;
	card.querySelector(`[data-panel="${name}"]`)
		.setAttribute('aria-expanded', String(open));
}

function panelToggle(card, name) {
	const open = panelOf(card, name).hidden;

	for (const other of Object.keys(PANELS))
		panelShow(card, other, open && other === name);
	if (open)
		panelOf(card, name).querySelector('button, input').focus();
}

/** Escape closes the panel and goes back to its button. */
function onEscape(event, card) {
	const open = togglesOf(card).find(
		(el) => el.getAttribute('aria-expanded') === 'true');

	if (event.key !== 'Escape' || !open)
		return;
	event.stopPropagation();
	panelShow(card, open.dataset.panel, false);
	open.focus();
}

function digitSend(entry, digit) {
	const digits = entry.card.querySelector('.digits');

	entry.sent = (entry.sent + digit).slice(-24);
	digits.textContent = entry.sent;
	// one after the other, as they were typed
	entry.tones = (entry.tones ?? Promise.resolve()).then(() =>
		callDo(entry.call, 'dtmf', { body: { digits: digit } }));
}

function transferWire(entry) {
	const form = entry.card.querySelector('form');
	const verdict = form.querySelector('.verdict');

	numberWatch(form.elements.to, (said) => verdictShow(verdict,
		said.text ? said : { tone: '', text: t('transfer.hint') }));
	verdict.textContent = t('transfer.hint');
	form.onsubmit = (event) => {
		event.preventDefault();
		callDo(entry.call, 'transfer', {
			button: form.querySelector('[type="submit"]'),
			body: { to: form.elements.to.value.trim() },
		});
	};
}

/** again() and dismiss() are the list's. */
export function cardNew(entry, { again, dismiss }) {
	const card = made('call-template');

	for (const button of card.querySelectorAll('[data-action]'))
		button.onclick = () =>
			callDo(entry.call, button.dataset.action, { button });
	for (const button of togglesOf(card))
		button.onclick = () => panelToggle(card, button.dataset.panel);
	card.addEventListener('keydown', (event) => onEscape(event, card));
	card.querySelector('.redial').onclick = again;
	card.querySelector('.dismiss').onclick = dismiss;
	entry.card = card;
	padFill(card.querySelector('.keys'), (digit) => digitSend(entry, digit));
	transferWire(entry);
	return card;
}

function detailWords({ call, repeated }) {
	const { cause, direction, state, kind } = call;

	if (repeated)
		return t('next.repeated');
	if (state === 'ended')
		return tMaybe(`next.${cause}.${direction}`);
	return tMaybe(`hint.${state}`) || tMaybe(`kind.${kind}`);
}

// where the switch's own words help whoever is asked for help
const ODD = ['bad_number', 'failed', 'link_lost', 'rejected', 'unreachable'];

function causeDetail({ direction, state, cause, cause_detail: detail }) {
	return state === 'ended' && direction === 'outbound' &&
		ODD.includes(cause) ? (detail ?? '') : '';
}

/** Only what `controls` says; a call that rings is rejected, not hung up. */
function buttonsShow({ call, card }) {
	const can = new Set(call.controls);
	const ended = call.state === 'ended';

	if (can.has('reject'))
		can.delete('hangup');
	for (const button of card.querySelectorAll('[data-action]'))
		button.hidden = !can.has(button.dataset.action);
	for (const button of togglesOf(card)) {
		button.hidden = !can.has(button.dataset.panel);
		if (button.hidden)
			panelShow(card, button.dataset.panel, false);
	}
	const again = card.querySelector('.redial');

	again.hidden = !ended || !isCallable(call);
	again.querySelector('span').textContent =
		t(call.direction === 'outbound' ? 'button.again' : 'button.back');
	card.querySelector('.dismiss').hidden = !ended;
}

function buttonsName({ call, card }) {
	const party = partyWords(call);

	for (const button of card.querySelectorAll('.actions button'))
		buttonName(button, party);
	for (const button of card.querySelectorAll('[type="submit"]'))
		buttonName(button, party);
	card.querySelector('.keypad').setAttribute('aria-label',
		t('keypad.label', { party }));
}

/** The keyboard stays in the card whatever its buttons do. */
function focusKeep(card, lost) {
	if (!lost || !card.contains(lost) || !lost.closest('[hidden]'))
		return;
	const next = follower[lost.dataset.action];

	focusFirst(card.querySelector(`[data-action="${next}"]`),
		next === 'again' ? card.querySelector('.redial') : null,
		card.querySelector('.actions button:not([hidden])'), card);
}

export function timerShow({ call, card }) {
	const since = call.answered_at ?? call.ringing_at ?? call.created_at;

	setText(card, '.timer', call.state === 'ended'
		? timeWords(call.ended_at)
		: clockWords(clockNow() - Date.parse(since)));
}

export function cardShow(entry) {
	const { call, card } = entry;
	const party = partyWords(call);
	const words = stateWords(call);
	const focused = document.activeElement;

	card.dataset.state = call.state;
	card.dataset.cause = call.cause ?? '';
	card.dataset.direction = call.direction;
	card.setAttribute('aria-label', `${party}: ${words}`);
	setText(card, '.name', party);
	card.querySelector('.name').title = party; // where it is cut
	setText(card, '.number', call.name ? numberWords(call) : '');
	setText(card, '.state', words);
	setText(card, '.detail', detailWords(entry));
	setText(card, '.why', causeDetail(call));
	buttonsShow(entry);
	buttonsName(entry);
	timerShow(entry);
	focusKeep(card, focused);
}

/** Has the agent something half done here? */
export function isCardBusy({ card }) {
	return !panelOf(card, 'transfer').hidden;
}
