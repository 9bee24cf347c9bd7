// SPDX-License-Identifier: Apache-2.0
// pair.js - allows the pages that asked, after a look and a click, or removes one

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
		since: (time) => `Zugelassen am ${time}`,
		idle: 'Zählt nicht mehr: die Domäne steht nicht mehr in ' +
			'sap.pair_suffixes.',
		remove: 'Entfernen',
		removeWhat: (origin) => `${origin} entfernen`,
		removed: (origin) => `${origin} darf das Telefon nicht mehr benutzen.`,
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
		since: (time) => `Allowed on ${time}`,
		idle: 'Does not count any more: its domain is no longer in ' +
			'sap.pair_suffixes.',
		remove: 'Remove',
		removeWhat: (origin) => `Remove ${origin}`,
		removed: (origin) => `${origin} may no longer use the phone.`,
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

function ask(method, query, body) {
	return fetch(`${API}/pairings${query}`, {
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
async function request(method, query = '', value = undefined) {
	const body = value && JSON.stringify(value);

	try {
		let res = await ask(method, query, body);

		if (res.status === 401) { // the relay was restarted
			await tokenRenew();
			res = await ask(method, query, body);
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

/* --- names --- */

// RFC 3492, 5 and 6.2
const BASE = 36;

function adapt(delta, points, first) {
	let k = 0;

	delta = first ? Math.floor(delta / 700) : delta >> 1;
	delta += Math.floor(delta / points);
	for (; delta > 455; k += BASE)
		delta = Math.floor(delta / 35);
	return k + Math.floor(36 * delta / (delta + 38));
}

function digitOf(char) {
	return 'abcdefghijklmnopqrstuvwxyz0123456789'.indexOf(char);
}

/** The letters that a label stands for; throws when it is none. */
function labelDecode(text) {
	const cut = text.lastIndexOf('-');
	const out = [...text.slice(0, Math.max(cut, 0))];
	let [n, i, bias] = [128, 0, 72];

	for (let pos = cut + 1; pos < text.length;) {
		const before = i;
		let w = 1;

		for (let k = BASE; ; k += BASE) {
			const digit = digitOf(text[pos++]);
			const t = Math.min(Math.max(k - bias, 1), 26);

			if (digit < 0)
				throw new Error('no digit');
			i += digit * w;
			if (digit < t)
				break;
			w *= BASE - t;
		}
		bias = adapt(i - before, out.length + 1, before === 0);
		n += Math.floor(i / (out.length + 1));
		i %= out.length + 1;
		out.splice(i++, 0, String.fromCodePoint(n));
	}
	return out.join('');
}

function labelReads(label) {
	try {
		return labelDecode(label.slice(4)).replace(/\p{C}/gu, '\uFFFD');
	} catch {
		return label;
	}
}

/** How a name with international letters reads; null: it has none. */
function originReads(origin) {
	const found = /^https?:\/\/([^/:]+)/.exec(origin);

	if (!found || !/(^|\.)xn--/.test(found[1]))
		return null;
	return found[1].split('.').map((label) =>
		(label.startsWith('xn--') ? labelReads(label) : label)).join('.');
}

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

/* --- those that ask --- */

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
	const list = await request('POST', '', { origins: asked });

	if (!list) {
		lookStart();
		return;
	}
	listShow(list);
	at('done').querySelector('h2').focus();
}

/* --- those that are allowed --- */

function pairedNew({ origin, paired_at: when, active }) {
	const item = itemNew(origin);
	const button = item.querySelector('.remove');
	const since = item.querySelector('.since');

	since.hidden = false;
	since.textContent = active
		? words.since(new Date(when).toLocaleString(german ? 'de' : []))
		: words.idle;
	button.hidden = false;
	button.textContent = words.remove;
	button.setAttribute('aria-label', words.removeWhat(origin));
	button.onclick = () => remove(origin, button);
	return item;
}

async function remove(origin, button) {
	button.disabled = true;
	const list = await request('DELETE',
		`?origin=${encodeURIComponent(origin)}`);

	button.disabled = false;
	if (!list)
		return;
	listShow(list);
	say(words.removed(origin));
	at('list-title').focus();
}

function listShow(list) {
	at('paired').replaceChildren(...list.paired.map(pairedNew));
	at('none').hidden = list.paired.length > 0;
	at('configured').replaceChildren(...list.configured.map(itemNew));
	at('fixed').hidden = list.configured.length === 0;
	askShow(list);
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
		listShow(list);
}

start();
