// SPDX-License-Identifier: Apache-2.0
// numbers.js - telephone numbers as people read them, and what would be dialed

import { request } from './api.js';
import { isEnglish, t, tMaybe } from './words.js';

const TYPING_MS = 300;

/** Numbers stay in one line. */
function unbroken(number) {
	return number.replaceAll(' ', '\u00a0');
}

export function numberWords(call) {
	const { number_shown: shown, number, number_raw: raw } = call;

	return unbroken(shown ?? number ?? raw ?? '') ||
		t(call.withheld ? 'party.withheld' : 'party.unknown');
}

/** Who it is: the name, else the number. */
export function partyWords(call) {
	return call.name || numberWords(call);
}

async function explain(number) {
	const res = await request('GET',
		`/numbers/explain?number=${encodeURIComponent(number)}`);

	return res.ok ? (await res.json()).outbound : null;
}

/** {tone, text, detail} of what the relay says to a number. */
function verdictOf(outbound) {
	const { ok, code, e164, shown, dialed, kind } = outbound;
	const number = unbroken(shown ?? dialed ?? '');

	const known = isEnglish() ? '' : tMaybe(`problem.${code}.title`);

	if (!ok)
		return {
			tone: 'bad',
			text: known ? `${known}.` : outbound.detail,
			detail: outbound.detail,
		};
	if (kind !== 'public' || !e164)
		return { tone: 'good', text: t('dial.extension', { number }) };
	return {
		tone: 'good',
		text: dialed === e164
			? t('dial.will', { number })
			: t('dial.willAs', { number, dialed }),
	};
}

/**
 * Tells show({tone, text, detail}) what would be dialed for what stands in
 * the input, once the fingers rest.
 */
export function numberWatch(input, show) {
	let timer = 0;
	let asked = '';

	async function ask() {
		const number = input.value.trim();

		asked = number;
		if (number === '') {
			show({ tone: '', text: '' });
			return;
		}
		const outbound = await explain(number).catch(() => null);

		if (asked === number)
			show(outbound ? verdictOf(outbound) : { tone: '', text: '' });
	}

	input.addEventListener('input', () => {
		clearTimeout(timer);
		asked = '';
		timer = setTimeout(ask, TYPING_MS);
	});
}

export function verdictShow(el, { tone, text, detail }) {
	const more = document.createElement('span');

	el.dataset.tone = tone;
	el.textContent = text;
	if (detail && detail !== text) {
		more.lang = 'en'; // the relay's own sentence
		more.className = 'more';
		more.textContent = detail;
		el.append(' ', more);
	}
}
