// SPDX-License-Identifier: Apache-2.0
// pair.js - allows the pages that asked, after a look and a click

import { originReads } from '/page/names.js';

const API = '/api/v1';
const ASKED_MAX = 8;
const LOOK_MS = 1500; // the page is in front and its names are seen: so long

const german = navigator.language.toLowerCase().startsWith('de');
const words = german
	? {
		wait: 'Gleich möglich: erst lesen.',
		ready: 'Sie können jetzt zulassen.',
		front: 'Möglich, sobald dieses Fenster vorne ist und alle Namen ' +
			'zu sehen waren.',
		reads: (name) => `Zu lesen als: ${name} – solche Buchstaben ` +
			'können täuschen, also genau hinsehen!',
		silent: 'Das Telefonprogramm antwortet nicht. Läuft patchcord auf ' +
			'diesem Rechner?',
	}
	: {
		wait: 'In a moment: read first.',
		ready: 'You can allow it now.',
		front: 'Possible once this window is in front and all names have ' +
			'been seen.',
		reads: (name) => `Reads as: ${name} – such letters can deceive, ` +
			'so look closely!',
		silent: 'The relay does not answer. Does patchcord run on this ' +
			'computer?',
	};

function at(id) {
	return document.getElementById(id);
}

function translate() {
	if (!german)
		return;
	document.documentElement.lang = 'de';
	for (const el of document.querySelectorAll('[data-de]'))
		el.textContent = el.dataset.de;
}

function say(text) {
	at('status').textContent = text;
}

/* --- the relay's API --- */

let token = document.querySelector('meta[name="cti-token"]').content;

async function tokenRenew() {
	const res = await fetch(`${API}/token`, {
		cache: 'no-store',
		credentials: 'omit',
	});

	if (res.ok)
		({ token } = await res.json());
}

function ask(method, body) {
	return fetch(`${API}/pairings`, {
		method,
		cache: 'no-store',
		credentials: 'omit',
		headers: {
			'X-CTI-Token': token,
			...(body && { 'Content-Type': 'application/json' }),
		},
		body,
	});
}

/** The list after it; null: it was refused, and that was said. */
async function request(method, value = undefined) {
	const body = value && JSON.stringify(value);

	try {
		let res = await ask(method, body);

		if (res.status === 401) { // the relay was restarted
			await tokenRenew();
			res = await ask(method, body);
		}
		const answer = await res.json();

		if (res.ok)
			return answer;
		say(`${answer.title}: ${answer.detail} ${answer.fix}`);
	} catch {
		say(words.silent);
	}
	return null;
}

/* --- those that ask --- */

function itemNew(origin) {
	const item = at('origin-template').content.firstElementChild
		.cloneNode(true);
	const reads = originReads(origin);

	item.querySelector('code').textContent = origin;
	item.querySelector('.reads').hidden = reads === null;
	item.querySelector('.reads').textContent =
		reads === null ? '' : words.reads(reads);
	return item;
}

const asked = [...new Set(new URLSearchParams(location.hash.slice(1))
	.getAll('origin'))].slice(0, ASKED_MAX);

function isOrigin(text) {
	try {
		return new URL(text).origin === text;
	} catch {
		return false;
	}
}

function isBelow(origin, suffix) {
	const { protocol, hostname } = new URL(origin);

	return protocol === 'https:' &&
		hostname.endsWith(`.${suffix.toLowerCase()}`);
}

function isPossible(origin, { configured, suffixes }) {
	return configured.includes(origin) || (isOrigin(origin) &&
		suffixes.some((suffix) => isBelow(origin, suffix)));
}

function isAllowed(origin, { configured, paired }) {
	return configured.includes(origin) ||
		paired.some((pair) => pair.active && pair.origin === origin);
}

/** What there is to ask, by what is on the list already. */
function askShow(list) {
	const odd = asked.filter((origin) => !isPossible(origin, list));
	const open = asked.filter((origin) => !isAllowed(origin, list));

	at('nothing').hidden = asked.length > 0;
	at('odd').hidden = odd.length === 0;
	at('done').hidden = asked.length === 0 || open.length > 0;
	at('ask').hidden = odd.length > 0 || open.length === 0;
	at('refused').replaceChildren(...odd.map(itemNew));
	if (!at('ask').hidden)
		lookStart();
	else
		lookStop();
}

/* --- the look before the click --- */

/*
 * A page that opens this one in a small window, or gets a second click of a
 * double click onto the button, must not have its way: the button works only
 * after this window was in front for a while and every name was on screen.
 */
const unseen = new Set();
let looking = null; // watches what is on screen
let timer = 0;

function lookStart() {
	const items = asked.map(itemNew);

	at('asking').replaceChildren(...items);
	at('several').hidden = items.length < 2;
	looking?.disconnect();
	unseen.clear();
	looking = new IntersectionObserver((entries) => {
		for (const entry of entries)
			if (entry.isIntersecting && unseen.delete(entry.target))
				lookCheck();
	}, { threshold: 0.99 });
	for (const item of items) {
		unseen.add(item);
		looking.observe(item);
	}
	lookCheck();
}

function lookStop() {
	looking?.disconnect();
	looking = null;
	clearTimeout(timer);
	at('allow').disabled = true;
}

function lookCheck() {
	const front = document.visibilityState === 'visible' &&
		document.hasFocus() && unseen.size === 0;

	clearTimeout(timer);
	at('allow').disabled = true;
	if (!looking)
		return;
	at('wait').textContent = front ? words.wait : words.front;
	if (front)
		timer = setTimeout(() => {
			at('allow').disabled = false;
			at('wait').textContent = words.ready;
		}, LOOK_MS);
}

async function allow(event) {
	if (!event.isTrusted || at('allow').disabled || !document.hasFocus())
		return;
	lookStop();
	say('');
	const list = await request('POST', { origins: asked });

	if (!list) {
		lookStart();
		return;
	}
	askShow(list);
	at('done').querySelector('h2').focus();
}

async function start() {
	translate();
	if (window.top !== window)
		return; // nobody may frame it
	at('allow').onclick = allow;
	for (const name of ['focus', 'blur', 'resize'])
		addEventListener(name, lookCheck);
	document.addEventListener('visibilitychange', lookCheck);
	addEventListener('hashchange', () => location.reload());
	const list = await request('GET');

	if (list)
		askShow(list);
}

start();
