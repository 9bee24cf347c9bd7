// SPDX-License-Identifier: Apache-2.0
// console/dom.js - elements, times and copies

export function at(id) {
	return document.getElementById(id);
}

/**
 * A new element: "li.card" and what is in it. Properties go by their names,
 * data and aria under `data` and `aria`.
 */
export function make(what, props = {}, ...inside) {
	const [tag, ...classes] = what.split('.');
	const { data = {}, aria = {}, ...rest } = props;
	const element = Object.assign(document.createElement(tag), rest);

	element.classList.add(...classes);
	for (const [name, value] of Object.entries(data))
		if (value !== undefined && value !== null)
			element.dataset[name] = value;
	for (const [name, value] of Object.entries(aria))
		element.setAttribute(`aria-${name}`, value);
	element.append(...inside.filter((part) => part !== null &&
		part !== undefined));
	return element;
}

/** Writes only what is new, so that nothing is read out twice. */
export function textSet(element, text) {
	if (element.textContent !== text)
		element.textContent = text;
}

/* --- times --- */

let skewMs = 0; // the relay's clock minus ours

/** From the Date of an answer, which has whole seconds. */
export function clockSeen(date) {
	const ms = Date.parse(date ?? '') - Date.now();

	if (Number.isFinite(ms) && Math.abs(ms) < 2000)
		skewMs = 0;
	else if (Number.isFinite(ms))
		skewMs = ms;
}

/** "12 s ago" */
export function ago(iso) {
	const s = Math.round((Date.now() + skewMs - Date.parse(iso)) / 1000);

	if (s < 2)
		return 'just now';
	if (s < 120)
		return `${s} s ago`;
	if (s < 7200)
		return `${Math.round(s / 60)} min ago`;
	if (s < 172800)
		return `${Math.round(s / 3600)} h ago`;
	return `${Math.round(s / 86400)} days ago`;
}

const clock = new Intl.DateTimeFormat([], {
	hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
});
const clockFine = new Intl.DateTimeFormat([], {
	hour: '2-digit', minute: '2-digit', second: '2-digit',
	fractionalSecondDigits: 3, hourCycle: 'h23',
});

export function timeOf(iso) {
	return clock.format(new Date(iso));
}

export function timeFine(iso) {
	return clockFine.format(new Date(iso));
}

/** A time that grows older by itself. */
export function agoNew(iso) {
	const time = make('time', {
		dateTime: iso,
		title: new Date(iso).toLocaleString(),
	}, ago(iso));

	time.dataset.ago = '';
	return time;
}

setInterval(() => {
	for (const time of document.querySelectorAll('time[data-ago]'))
		textSet(time, ago(time.dateTime));
}, 1000);

/** "1 min 5 s", of milliseconds */
export function spanOf(ms) {
	const s = Math.round(ms / 1000);

	return s < 60 ? `${s} s` : `${Math.floor(s / 60)} min ${s % 60} s`;
}

/* --- copies --- */

/** Copies the text, or marks the element that shows it. */
export async function copy(text, element) {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		getSelection().selectAllChildren(element);
		return false;
	}
}

/** A short text with a button that copies it. */
export function copyable(text, what) {
	const code = make('code', {}, text);
	const button = make('button.small', {
		type: 'button',
		aria: { label: `Copy ${what}` },
		onclick: async () => {
			button.textContent = await copy(text, code)
				? 'Copied' : 'Marked';
		},
	}, 'Copy');

	return make('span', {}, code, button);
}

/** The article of SAP that a finding names. */
export function kbaLink(kba) {
	return make('a', {
		href: `https://me.sap.com/notes/${encodeURIComponent(kba)}`,
		target: '_blank',
		rel: 'noreferrer',
	}, `KBA ${kba}`);
}

/** A text with its articles and documents as links. */
export function linked(text) {
	return text.split(/(KBA \d+|\/docs\/[a-z-]+)/).map((part, i) => {
		if (i % 2 === 0)
			return part;
		return part.startsWith('KBA') ? kbaLink(part.slice(4))
			: make('a', { href: part }, part);
	});
}
