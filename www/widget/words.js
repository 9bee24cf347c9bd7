// SPDX-License-Identifier: Apache-2.0
// words.js - the widget's texts in the browser's language, and times

import { pause } from './clock.js';

const LANGUAGES = ['en', 'de'];
const RETRY_MS = 1000;

let words = {};
export let locale = 'en';

/** The first one of the browser's languages that there is a file for. */
function localeFind() {
	const wanted = [...(navigator.languages ?? [navigator.language])];

	return wanted.find((tag) => LANGUAGES.includes(baseOf(tag))) ?? 'en';
}

function baseOf(tag) {
	return tag.split('-')[0].toLowerCase();
}

async function fileFetch(language) {
	const res = await fetch(`/lang/${language}.json`, {
		credentials: 'omit',
		signal: AbortSignal.timeout(10000),
	});

	if (!res.ok)
		throw new Error(`no texts: ${res.status}`);
	return res.json();
}

/** Until they are there: without a relay there is nothing to say anyway. */
export async function wordsLoad() {
	locale = localeFind();
	for (;;) {
		try {
			words = await fileFetch(baseOf(locale));
			break;
		} catch {
			await pause(RETRY_MS);
		}
	}
	document.documentElement.lang = baseOf(locale);
	document.title = t('app.title');
}

export function isEnglish() {
	return baseOf(locale) === 'en';
}

/** The text of a key, its {names} filled in. */
export function t(key, values = {}) {
	return (words[key] ?? key).replace(/\{(\w+)\}/g,
		(mark, name) => values[name] ?? mark);
}

/** The text, or '' where there is none. */
export function tMaybe(key, values) {
	return key in words ? t(key, values) : '';
}

/** The text for so many: key.one, key.other, as the language has it. */
export function tCount(key, count) {
	const rule = new Intl.PluralRules(locale).select(count);
	const number = new Intl.NumberFormat(locale).format(count);

	return t(`${key}.${rule}` in words ? `${key}.${rule}` : `${key}.other`,
		{ count: number });
}

/**
 * Texts of the markup: data-t is the text, data-t-label the name,
 * data-t-placeholder what stands in an empty field.
 */
export function wordsFill(root) {
	for (const el of root.querySelectorAll('[data-t]'))
		el.textContent = t(el.dataset.t);
	for (const el of root.querySelectorAll('[data-t-label]'))
		el.setAttribute('aria-label', t(el.dataset.tLabel));
	for (const el of root.querySelectorAll('[data-t-placeholder]'))
		el.placeholder = t(el.dataset.tPlaceholder);
}

/** 14:03 */
export function timeWords(time) {
	const date = new Date(time ?? NaN);

	return Number.isNaN(date.getTime())
		? ''
		: new Intl.DateTimeFormat(locale, {
			hour: '2-digit',
			minute: '2-digit',
		}).format(date);
}

/** 0:07, 12:34, 1:02:03 */
export function clockWords(ms) {
	const s = Math.max(0, Math.floor(ms / 1000));
	const two = (n) => String(n).padStart(2, '0');
	const minutes = Math.floor(s / 60);

	return minutes < 60
		? `${minutes}:${two(s % 60)}`
		: `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(s % 60)}`;
}

/** What the state of a call is called; how it ended. */
export function stateWords(call) {
	if (call.state === 'ended')
		return causeWords(call);
	if (call.state === 'ringing')
		return t(`state.ringing.${call.direction}`);
	if (call.state === 'active' && call.muted)
		return t('state.muted');
	return t(`state.${call.state}`);
}

function causeWords(call) {
	const state = tMaybe(`cause.${call.cause}.${call.direction}`) ||
		t(`cause.normal.${call.direction}`);

	return call.duration_ms === null
		? state
		: t('state.after', {
			state,
			duration: clockWords(call.duration_ms),
		});
}
