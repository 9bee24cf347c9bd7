// SPDX-License-Identifier: Apache-2.0
// activities.js - the column SAP calls live activity: one card for each id

import { customerOf } from './contacts.js';
import { at, clone, piece } from './dom.js';

const CARDS_MAX = 40;
const cards = new Map(); // activity → element

const KINDS = {
	inbound: 'Phone call, inbound',
	transfer: 'Phone call, transferred',
	outbound: 'Phone call, outbound',
};
const STATUSES = {
	ringing: 'Ringing',
	open: 'Open',
	completed: 'Completed',
	missed: 'Not answered, no activity',
};
const WORDS = {
	Subject: 'Subject', Text: 'Notes', RecordingId: 'Recording',
	TicketID: 'Ticket', Serial: 'Serial', DNIS: 'Called number',
	Custom_1: 'Custom 1', Custom_2: 'Custom 2', Custom_3: 'Custom 3',
	Custom_4: 'Custom 4',
};

function partyOf({ kind, fields }) {
	if (kind !== 'outbound')
		return { number: fields.ANI ?? 'number withheld',
			...customerOf(fields) };
	const number = fields.PhoneNumber ?? fields.ANI ?? '';
	const { name, found } = customerOf({ ANI: number.replace(/\s/g, '') });

	return { number, found, hint: '', name: found ? name : 'A number' };
}

function statusWords(activity, status) {
	if (activity.kind !== 'outbound')
		return STATUSES[status];
	if (activity.isRefused)
		return 'Not dialed, see the phone';
	const { call } = activity;

	if (call?.state === 'ended')
		return `Call ended: ${call.cause?.replaceAll('_', ' ')}`;
	return call ? `Relay: ${call.state}` : 'Clicked';
}

function rowAdd(list, word, value) {
	list.append(piece('dt', '', word));
	const cell = piece('dd', '', '');

	cell.append(value);
	list.append(cell);
}

function code(text) {
	return piece('code', '', text);
}

/** A way to the first leg of a call that was passed on. */
function relatedOf(original) {
	const first = [...cards.keys()].find(({ id }) => id === original);

	if (!first)
		return 'Phone call of the first agent, not on this page';
	const link = piece('button', 'related', 'Phone call of the first agent');

	link.type = 'button';
	link.dataset.related = original;
	link.onclick = () => cards.get(first).focus();
	return link;
}

function idRows(list, activity) {
	const { fields, kind } = activity;
	const original = fields.ExternalOriginalReferenceID;

	if (kind === 'outbound')
		rowAdd(list, 'Activity', code(fields.ActivityUUID ?? ''));
	if (fields.ExternalReferenceID)
		rowAdd(list, 'External ID', code(fields.ExternalReferenceID));
	else
		rowAdd(list, 'External ID', piece('span', 'none',
			kind === 'outbound'
				? 'empty: SAP makes none for a click (KBA 3481409)'
				: 'missing (KBA 3481409)'));
	if (original && original !== fields.ExternalReferenceID)
		rowAdd(list, 'Original External ID', code(original));
	if (kind === 'transfer' && original)
		rowAdd(list, 'Related items', relatedOf(original));
}

function stepsShow(list, steps) {
	list.replaceChildren(...steps.map(({ step, word, at: when, isElsewhere }) => {
		const item = piece('li', 'step', step);

		item.dataset.step = step;
		item.title = `${word}, ${new Date(when).toLocaleTimeString()}` +
			(isElsewhere ? ', told to another tab' : '');
		if (isElsewhere)
			item.dataset.elsewhere = '';
		return item;
	}));
}

function cardOf(activity) {
	let card = cards.get(activity);

	if (card)
		return card;
	card = clone('activity-template');
	card.dataset.id = activity.id;
	cards.set(activity, card);
	at('activities').prepend(card);
	for (const [each, old] of cards) {
		if (cards.size <= CARDS_MAX)
			break;
		old.remove();
		cards.delete(each);
	}
	return card;
}

/** Draws an activity as it is now. */
export function activityShow(activity, ledger, nowMs) {
	const card = cardOf(activity);
	const status = ledger.statusOf(activity);
	const who = partyOf(activity);
	const list = card.querySelector('dl');

	card.dataset.status = status;
	card.dataset.kind = activity.kind;
	card.dataset.found = who.found;
	card.classList.toggle('faulty', activity.isUnknown ||
		ledger.isEndMissing(activity, nowMs));
	card.querySelector('.kind').textContent = status === 'ringing'
		? 'Incoming call' : KINDS[activity.kind];
	card.querySelector('h3').textContent = who.name;
	card.querySelector('.number').textContent = who.number;
	card.querySelector('.hint').textContent = who.hint;
	card.querySelector('.status').textContent =
		ledger.isEndMissing(activity, nowMs)
			? 'END missing: the relay says it ended'
			: statusWords(activity, status);
	stepsShow(card.querySelector('.steps'), activity.steps);
	list.replaceChildren();
	idRows(list, activity);
	for (const [key, word] of Object.entries(WORDS))
		if (activity.fields[key])
			rowAdd(list, word, activity.fields[key]);
}
