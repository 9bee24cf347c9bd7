// SPDX-License-Identifier: Apache-2.0
// messages.js - reads what the widget posted, as SAP would, and shows it raw

import { at, clone, piece } from './dom.js';
import { isServed, lint } from './relay.js';

const MESSAGES_MAX = 100;

function xmlPayload(text) {
	const doc = new DOMParser().parseFromString(text, 'application/xml');
	const root = doc.documentElement;

	if (root?.nodeName !== 'payload' || doc.querySelector('parsererror'))
		return null;
	return Object.fromEntries(
		[...root.children].map((el) => [el.nodeName, el.textContent]));
}

function isObject(value) {
	return value !== null && typeof value === 'object' &&
		!Array.isArray(value);
}

/** The fields, from either form SAP takes; null when SAP would take none. */
export function payloadOf(data) {
	if (typeof data === 'string')
		return data.trimStart().startsWith('<') ? xmlPayload(data) : null;
	const isWrapped = isObject(data) && isObject(data.payload) &&
		Object.keys(data).length === 1;

	return isWrapped ? data.payload : null;
}

/** The message as text; what JSON cannot say is said some other way. */
function rawOf(data) {
	if (typeof data === 'string')
		return data;
	try {
		return JSON.stringify(data, null, 2) ?? String(data);
	} catch {
		return String(data);
	}
}

function titleOf(payload) {
	const { Type, EventType, Action } = payload ?? {};

	return [Type, EventType, Action].filter(Boolean).join(' ') ||
		'not a payload';
}

/** Adds it on top of the list; flaws: words on what the ledger found. */
export function messageShow(data, frame, flaws) {
	const item = clone('message-template');
	const line = item.querySelector('.line');

	item.querySelector('time').textContent =
		new Date().toLocaleTimeString();
	item.querySelector('strong').textContent = titleOf(payloadOf(data));
	item.querySelector('pre').textContent = rawOf(data);
	item.querySelector('.form').textContent =
		typeof data === 'string' ? 'XML text' : 'object';
	if (frame > 1)
		line.append(piece('span', 'chip', 'from the second tab'));
	for (const flaw of flaws)
		line.append(piece('span', 'chip flaw', flaw));
	at('messages').prepend(item);
	while (at('messages').childElementCount > MESSAGES_MAX)
		at('messages').lastElementChild.remove();
	return item;
}

function findingShow({ rule, severity, field, sentence, kba }) {
	const line = piece('li', 'finding', '');

	line.dataset.severity = severity;
	line.append(piece('strong', '', severity), ' ');
	if (field)
		line.append(piece('code', '', field), ' ');
	line.append(sentence, ' ', piece('span', 'rule', rule));
	if (kba)
		line.append(' ', piece('span', 'kba', `KBA ${kba}`));
	return line;
}

/** Has it checked; resolves to whether the lint refuses it. */
export async function messageLint(item, data) {
	const isXml = typeof data === 'string';
	const verdict = item.querySelector('.verdict');
	const answer = await lint(isXml, rawOf(data));

	if (!answer) {
		verdict.dataset.verdict = 'open';
		verdict.textContent = isServed
			? 'not checked: the relay did not answer'
			: 'not checked here: this copy of the page has no ' +
				'relay behind it';
		return false;
	}
	const { ok, findings } = answer;

	verdict.dataset.verdict = !ok ? 'bad' : findings.length ? 'open' : 'good';
	verdict.textContent = findings.length === 0
		? 'lint: no findings'
		: `lint: ${findings.length} finding${findings.length > 1 ? 's' : ''}`;
	item.querySelector('.findings').append(...findings.map(findingShow));
	return !ok;
}
