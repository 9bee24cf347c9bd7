// SPDX-License-Identifier: Apache-2.0
// today.js - the calls of today, each with the id by which SAP knows it

import { isCallable, partyCall } from './actions.js';
import { request } from './api.js';
import { callAdopt } from './cards.js';
import { clockNow } from './clock.js';
import { notify } from './notices.js';
import { numberWords, partyWords } from './numbers.js';
import { at, buttonName, made, setText } from './page.js';
import { speak } from './speak.js';
import { stateWords, t, tCount, timeWords } from './words.js';

const SHOWN = 20;
const COPIED_MS = 2000;

const rows = new Map(); // id → {call, row}
let shownMax = SHOWN;

function isToday(call) {
	const now = new Date(clockNow());

	return new Date(call.created_at).toDateString() === now.toDateString();
}

/* --- what goes to the clipboard --- */

/** The old way: in a frame of another origin the new one is refused. */
function copyOld(text) {
	const area = document.createElement('textarea');
	const focused = document.activeElement;

	area.value = text;
	area.className = 'unseen';
	document.body.append(area);
	area.select();
	const done = document.execCommand('copy');

	area.remove();
	focused?.focus({ preventScroll: true });
	return done;
}

async function copy(text) {
	if (copyOld(text))
		return true;
	return navigator.clipboard?.writeText(text).then(() => true,
		() => false) ?? false;
}

async function onCopy(button, text) {
	const label = button.querySelector('span');

	if (!(await copy(text))) {
		notify({
			title: t('refusal.copyFailed'),
			fix: t('refusal.copyFix'),
		});
		return;
	}
	label.textContent = t('button.copied');
	speak(t('button.copied'));
	setTimeout(() => {
		label.textContent = t('button.copy');
	}, COPIED_MS);
}

/* --- one row --- */

/** What SAP knows the call by, or why there is nothing. */
function idOf(call) {
	if (call.direction === 'outbound')
		return {
			what: t('today.activity'),
			id: call.activity_uuid,
			why: t(call.activity_uuid
				? 'today.outboundWhy'
				: 'today.noActivity'),
		};
	if (call.kind !== 'customer')
		return { what: '', id: null, why: t('today.internalWhy') };
	return { what: t('today.externalId'), id: call.id, why: '' };
}

function idShow(row, call) {
	const { what, id, why } = idOf(call);
	const button = row.querySelector('.copy');

	setText(row, '.what', id ? what : '');
	setText(row, '.id', id ?? '');
	setText(row, '.why', why);
	button.hidden = !id;
	button.setAttribute('aria-label', t('today.copyOf', {
		what,
		party: partyWords(call),
	}));
	button.onclick = () => onCopy(button, id);
}

function againShow(row, call) {
	const again = row.querySelector('.again');

	again.hidden = !isCallable(call);
	again.querySelector('span').textContent =
		t(call.direction === 'outbound' ? 'button.again' : 'button.back');
	buttonName(again, partyWords(call));
	again.onclick = async () => callAdopt(await partyCall(call, again));
}

function isMissed({ direction, cause }) {
	return direction === 'inbound' &&
		['busy', 'no_answer', 'cancelled', 'unreachable'].includes(cause);
}

function rowShow({ call, row }) {
	row.dataset.direction = call.direction;
	row.toggleAttribute('data-missed', isMissed(call));
	setText(row, '.way-words', `${t(`today.${call.direction}`)}:`);
	setText(row, '.party', partyWords(call));
	setText(row, '.outcome', `${timeWords(call.created_at)} · ${
		stateWords(call)}`);
	setText(row, '.row-number', call.name ? numberWords(call) : '');
	idShow(row, call);
	againShow(row, call);
}

/* --- the list --- */

function listShow() {
	const all = [...rows.values()].sort((a, b) =>
		b.call.created_at.localeCompare(a.call.created_at));
	const more = at('today-more');

	all.forEach(({ row }, i) => {
		row.hidden = i >= shownMax;
	});
	at('today-none').hidden = all.length > 0;
	at('today-count').textContent =
		all.length > 0 ? tCount('today.count', all.length) : '';
	more.hidden = all.length <= shownMax;
	more.textContent = t('today.more', { count: all.length });
}

function rowPlace(entry) {
	const later = [...at('today-list').children].find((el) =>
		rows.get(el.dataset.id).call.created_at < entry.call.created_at);

	at('today-list').insertBefore(entry.row, later ?? null);
}

/** A call that has ended. */
export function todayAdd(call) {
	if (call.state !== 'ended' || !isToday(call))
		return;
	const known = rows.get(call.id);
	const entry = known ?? { row: made('row-template') };

	entry.call = call;
	entry.row.dataset.id = call.id;
	rows.set(call.id, entry);
	rowShow(entry);
	if (!known)
		rowPlace(entry);
	listShow();
}

/** As the relay has it: at the start and after each outage. */
export async function todayAsk() {
	const res = await request('GET', '/calls').catch(() => null);

	if (!res?.ok)
		return;
	for (const call of (await res.json()).calls)
		todayAdd(call);
	listShow();
}

/** At midnight the list is empty again. */
export function todayTick() {
	for (const [id, { call, row }] of rows)
		if (!isToday(call)) {
			rows.delete(id);
			row.remove();
			listShow();
		}
}

export function todayStart() {
	at('today-more').onclick = () => {
		shownMax = Infinity;
		listShow();
		at('today-list').querySelectorAll('summary')[SHOWN]?.focus();
	};
	listShow();
}
