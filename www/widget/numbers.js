// SPDX-License-Identifier: Apache-2.0
// numbers.js - telephone numbers as people read them, and what would be dialed

import { request } from './api.js';
import { isEnglish, t, tMaybe } from './words.js';

// ITU-T E.164 country codes of one and two digits; all others have three.
const COUNTRY =
	/^\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})(\d+)$/;
const TYPING_MS = 300;

/** A number in groups that people can read; anything else as it is. */
export function phoneWords(number) {
	const [, country, rest] = COUNTRY.exec(number) ?? [];

	if (!country)
		return number;
	const groups = country === '1' && rest.length === 10
		? [rest.slice(0, 3), rest.slice(3, 6), rest.slice(6)]
		: rest.match(/\d{2,3}(?!\d$)|\d+/g);

	return [`+${country}`, ...groups].join('\u00a0');
}

export function numberWords(call) {
	return phoneWords(call.number ?? call.number_raw ?? '') ||
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
	const { ok, code, e164, dialed, kind } = outbound;
	const number = phoneWords(e164 ?? dialed ?? '');

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
