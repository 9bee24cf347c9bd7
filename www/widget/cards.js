// SPDX-License-Identifier: Apache-2.0
// cards.js - the calls on the page: those that run, and how the last ended

import { partyCall } from './actions.js';
import { cardNew, cardShow, isCardBusy, timerShow } from './card.js';
import { clockNow } from './clock.js';
import { padForget } from './pad.js';
import { at, focusFirst, setBusy } from './page.js';
import { numberWords, partyWords } from './numbers.js';
import { alarm, speak } from './speak.js';
import { stateWords } from './words.js';

const ENDED_MAX = 3;
const ENDED_LIFE_MS = 5 * 60000;
const SURPRISE_MS = 500; // a hand that was to hang up is still on its way
const LATE_MS = 5000; // such an event comes after a pause, with others
const SETTLE_MS = 300; // until the last of those is there

const calls = new Map(); // id → {call, card, repeated, …}

/** What an answer says of a call that no event has told of yet. */
export function callAdopt(call) {
	if (call && !calls.has(call.id))
		callUpdate(call);
}

export function callUpdate(call, isLate = false) {
	const entry = calls.get(call.id) ?? callNew(call);

	const { height } = entry.card.getBoundingClientRect();

	entry.call = call;
	if (call.state === 'ended' && !entry.endedSeen) {
		entry.endedSeen = performance.now();
		// with fewer buttons it takes the same place: nothing below moves
		entry.card.style.minHeight = `${height}px`;
		redialGuard(entry.card.querySelector('.redial'));
	}
	cardShow(entry);
	callSay(entry, isLate);
	cardsPlace();
}

/** Whoever was about to hang up must not call again by it. */
function redialGuard(button) {
	setBusy(button, true);
	setTimeout(setBusy, SURPRISE_MS, button, false);
}

/** A fact that is learned after the end brings no call back. */
export function callChange(call, { type, at: when }) {
	const isLate = clockNow() - Date.parse(when) > LATE_MS;

	if (calls.has(call.id) || call.state !== 'ended' ||
	    type === 'call.ended')
		callUpdate(call, isLate);
}

function callNew(call) {
	const entry = { call, repeated: false, said: '', sent: '' };

	cardNew(entry, {
		again: () => callAgain(entry),
		dismiss: () => callForget(entry, true),
	});
	calls.set(call.id, entry);
	at('calls').append(entry.card); // below: what is there stays in place
	return entry;
}

/** Each state once; of what comes late only the last. */
function callSay(entry, isLate) {
	const words = stateWords(entry.call);

	if (entry.said === words)
		return;
	entry.said = words;
	if (isLate)
		setTimeout(() => calls.has(entry.call.id) &&
			entry.said === words && callSpeak(entry, words), SETTLE_MS);
	else
		callSpeak(entry, words);
}

/** A ring at once and with its number. */
function callSpeak({ call, card }, words) {
	const party = partyWords(call);

	if (call.state === 'ringing' && call.direction === 'inbound')
		alarm(`${words}: ${[...new Set([party, numberWords(call)])]
			.join(', ')}`);
	else
		speak(`${party}: ${words}`);
	if (call.state === 'ringing')
		card.scrollIntoView({ block: 'nearest' });
}

async function callAgain(entry) {
	const button = entry.card.querySelector('.redial');
	const call = await partyCall(entry.call, button);

	if (!call)
		return;
	const focused = entry.card.contains(document.activeElement);

	callAdopt(call);
	if (call.id !== entry.call.id)
		callForget(entry, false);
	if (focused)
		focusFirst(calls.get(call.id)?.card.querySelector(
			'.actions button:not([hidden])'), at('number'));
}

/** All that run, and what ended unseen; others that ran are forgotten. */
export function callsReplace(list) {
	const ids = new Set(list.map((call) => call.id));

	for (const call of list)
		callUpdate(call);
	for (const entry of [...calls.values()])
		if (!entry.endedSeen && !ids.has(entry.call.id))
			callForget(entry, true);
}

/** SAP's page repeats a click: the call is there already. */
export function callRepeated(call) {
	callAdopt(call);
	const entry = calls.get(call.id);

	entry.repeated = entry.call.state === 'ended';
	cardShow(entry);
	entry.card.scrollIntoView({ block: 'nearest' });
}

function callForget(entry, focusOn) {
	const focused = entry.card.contains(document.activeElement);

	calls.delete(entry.call.id);
	padForget(entry.card.querySelector('.keys'));
	entry.card.remove();
	listsShow();
	if (focused && focusOn)
		focusFirst(
			document.querySelector('.call .actions button:not([hidden])'),
			at('number'));
}

function listsShow() {
	const running = at('calls').childElementCount > 0;
	const ended = at('ended').childElementCount > 0;

	at('idle').hidden = running || ended;
	at('past').hidden = !ended;
}

/**
 * A call that ended makes room only where no running one would move: its
 * buttons must not slip away under the pointer.
 */
function cardsPlace() {
	for (let card = at('calls').lastElementChild;
	     card?.dataset.state === 'ended';
	     card = at('calls').lastElementChild)
		cardMove(card);
	callsTidy();
	listsShow();
}

function cardMove(card) {
	const focused = document.activeElement;

	at('ended').prepend(card);
	card.style.minHeight = '';
	listsShow(); // what is hidden takes no focus
	if (card.contains(focused))
		focused.focus({ preventScroll: true });
}

function callsTidy() {
	const ended = [...calls.values()].filter(
		(entry) => entry.card.parentElement === at('ended'));
	const old = performance.now() - ENDED_LIFE_MS;

	ended.sort((a, b) => b.endedSeen - a.endedSeen);
	ended.forEach((entry, i) => {
		if ((i >= ENDED_MAX || entry.endedSeen < old) &&
		    !entry.card.matches(':hover, :focus-within'))
			callForget(entry, false);
	});
}

export function timersTick() {
	for (const entry of calls.values())
		if (!entry.endedSeen)
			timerShow(entry);
	callsTidy();
}

export function isCallsBusy() {
	return [...calls.values()].some(isCardBusy);
}
