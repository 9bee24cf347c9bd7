// SPDX-License-Identifier: Apache-2.0
// widget.js - between SAP's page and the relay: clicks in, calls and events out

// First of all, so that no click gets lost while the page loads.
addEventListener('message', onMessage);

const API = '/api/v1';
const SILENCE_MS = 45000; // the relay says something every 15 s
const CLICK_LIFE_MS = 8000; // an older click must not surprise anybody
const ENDED_MAX = 5;
const ENDED_LIFE_MS = 10 * 60000;
const NOTICE_LIFE_MS = 60000;
const HIDDEN_PATIENCE_MS = 400; // a tab in front tells SAP first
const OTHER_PATIENCE_MS = 250; // or the tab that began with this call

/* --- who is around us --- */

const framed = window.parent !== window;
const suffixes = meta('cti-suffixes').split(/\s+/).filter(Boolean);
const ancestors =
	framed && location.ancestorOrigins ? [...location.ancestorOrigins] : [];
let allowed = originsOf(meta('cti-origins'));
let trusted = isTrusted();
const tab = randomHex(16);
const encoding = meta('cti-encoding') === 'xml' ? 'xml' : 'json';
let agent = new URLSearchParams(location.search).get('agent');
let agentWanted = false; // the relay has several agents and asked which

function meta(name) {
	return document.querySelector(`meta[name="${name}"]`)?.content ?? '';
}

function strangers() {
	return [...new Set(ancestors)].filter((origin) => !allowed.has(origin));
}

/** A browser that does not tell the ancestors cannot be checked. */
function isTrusted() {
	return framed && allowed.size > 0 && ancestors.length > 0 &&
		strangers().length === 0;
}

/** Could a person allow it on /pair? */
function isPairable(origin) {
	return suffixes.some((suffix) => origin.startsWith('https://') &&
		origin.endsWith(`.${suffix.toLowerCase()}`));
}

function originsOf(list) {
	const words = list.split(/\s+/).filter(Boolean);

	return new Set(
		words.map((word) => (word === "'self'" ? location.origin : word)),
	);
}

function randomHex(bytes) {
	const raw = crypto.getRandomValues(new Uint8Array(bytes));

	return Array.from(raw, (b) => b.toString(16).padStart(2, '0')).join('');
}

function pause(ms) {
	return new Promise((resolve) => setTimeout(resolve, ms));
}

function at(id) {
	return document.getElementById(id);
}

/* --- the relay's API --- */

/** A refusal of the relay, in its own words. */
class Problem extends Error {
	constructor(status, body, retryAfter) {
		super(body.title ?? `The relay answered ${status}`);
		this.status = status;
		this.code = body.code ?? '';
		this.detail = body.detail ?? '';
		this.fix = body.fix ?? '';
		this.retryAfterMs = (Number(retryAfter) || 0) * 1000;
	}
}

async function problemOf(res) {
	const body = await res.json().catch(() => ({}));

	return new Problem(res.status, body, res.headers.get('Retry-After'));
}

let token = null;
let tokenComing = null;
let tokenSeen = false;

async function openJson(path) {
	const res = await fetch(path, {
		cache: 'no-store',
		credentials: 'omit',
		signal: AbortSignal.timeout(10000),
	});

	clockSeen(Date.parse(res.headers.get('Date') ?? ''));
	if (!res.ok)
		throw await problemOf(res);
	return res.json();
}

async function fetchToken() {
	await openJson('/version'); // it runs
	const fresh = await openJson(`${API}/token`);

	allowed = originsOf(fresh.origins.join(' '));
	trusted = isTrusted();
	if (!trusted) {
		location.reload(); // says why
		await new Promise(() => {});
	}
	token = fresh.token;
	reloadDue = tokenSeen;
	tokenSeen = true;
	if (reloadTry())
		await new Promise(() => {});
}

function needToken() {
	tokenComing ??= fetchToken().finally(() => {
		tokenComing = null;
	});
	return tokenComing;
}

function urlOf(path) {
	return agent === null || agent === ''
		? API + path
		: `${API}${path}?agent=${encodeURIComponent(agent)}`;
}

/** The answer, whatever it says; throws when none came. */
async function request(method, path, { body, headers, signal } = {}) {
	for (let tries = 2; ; tries--) {
		if (!token)
			await needToken();
		const used = token;
		const res = await fetch(urlOf(path), {
			method,
			cache: 'no-store',
			credentials: 'omit',
			keepalive: leaving, // a click of the last moment, too
			body: body || undefined,
			signal: signal ?? AbortSignal.timeout(20000),
			headers: {
				...(body && { 'Content-Type': 'application/json' }),
				...headers,
				'X-CTI-Token': used,
			},
		});

		if (res.status !== 401 || tries === 1)
			return res;
		if (token === used)
			token = null; // the relay was restarted
	}
}

async function post(path, value, headers) {
	const body = typeof value === 'string' ? value : JSON.stringify(value);
	const res = await request('POST', path, { body, headers });

	if (!res.ok)
		throw await problemOf(res);
	return res;
}

/* --- a relay that was restarted has a new page, too --- */

const RELOAD_PAUSE_MS = 10000; // after a load that was one of these
let reloadDue = false;
let leaving = false; // it goes on running until the new page is there

function wasReloaded() {
	return performance.getEntriesByType('navigation')[0]?.type === 'reload';
}

/** Nothing of it would get lost. */
function isIdle() {
	const words = at('notices').querySelector('.notice:not([data-stays])');
	const form = document.querySelector('.transfer:not([hidden])');

	return clicksWaiting === 0 && postsTelling === 0 && !words && !form &&
		![...posts.keys()].some((id) => posted.has(id));
}

/** Whether it is on its way. */
function reloadTry() {
	if (leaving || !reloadDue || !isIdle() ||
	    (wasReloaded() && performance.now() < RELOAD_PAUSE_MS))
		return leaving;
	leaving = true;
	if (agent) // who it is may have been learned from a click
		history.replaceState(null, '',
			`?agent=${encodeURIComponent(agent)}`);
	location.reload();
	return true;
}

/* --- time: the relay's clock, as far as it is known --- */

let clockAheadMs = -Infinity;

/** Each time that comes from the relay was at most its present. */
function clockSeen(time) {
	if (!Number.isNaN(time))
		clockAheadMs = Math.max(clockAheadMs, time - Date.now());
}

function clockNow() {
	return Date.now() + (Number.isFinite(clockAheadMs) ? clockAheadMs : 0);
}

/* --- clicks of SAP's page --- */

let clicksWaiting = 0;
let clickTail = Promise.resolve();

function parsed(text) {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

/** The payload in what SAP's page sent, or null when it is none. */
function payloadOf(data) {
	let value = typeof data === 'string' ? parsed(data) : data;

	if (typeof value?.payload === 'string')
		value = parsed(value.payload);
	else if (value?.payload)
		value = value.payload;
	const number = value?.PhoneNumber;

	return typeof number === 'string' && number.trim() !== '' ? value : null;
}

function bodyOf(data) {
	if (typeof data === 'string')
		return data;
	try {
		return JSON.stringify(data);
	} catch {
		return null; // what JSON cannot say is no payload
	}
}

function onMessage(event) {
	if (!trusted || event.source !== window.parent ||
	    !allowed.has(event.origin))
		return;
	const payload = payloadOf(event.data);
	const body = payload && bodyOf(event.data);

	if (body)
		clickTake(payload, body);
}

function clickTake(payload, body) {
	const user = payload.LoggedInUserID;

	if (agentWanted && !agent && typeof user === 'string' && user) {
		agent = user;
		streamWake();
	}
	const click = {
		body,
		number: payload.PhoneNumber.trim(),
		key: randomHex(16), // makes trying again harmless
		taken: performance.now(),
	};

	clicksWaiting++;
	clickTail = clickTail.then(() => clickDial(click)).finally(() => {
		clicksWaiting--;
	});
}

async function clickPost(click) {
	for (;;) {
		try {
			return await post('/calls', click.body, {
				'Idempotency-Key': click.key,
			});
		} catch (err) {
			const age = performance.now() - click.taken;

			if (err instanceof Problem || age > CLICK_LIFE_MS)
				throw err;
		}
		await pause(1000);
	}
}

async function clickDial(click) {
	try {
		const res = await clickPost(click);
		const call = await res.json();

		callAdopt(call);
		if (res.status === 200)
			clickRepeated(call);
	} catch (err) {
		notify({
			...wordsOf(err, `${phoneWords(click.number)} was not dialed`),
			again: 'Try again',
			onAgain: mayPass(err) ? () => clickAgain(click) : undefined,
		});
	}
}

/** Is it the moment that was wrong, rather than the number? */
function mayPass(err) {
	return !(err instanceof Problem) || err.status === 409 ||
		err.status === 429 || err.status >= 500;
}

function clickAgain(click) {
	click.taken = performance.now();
	return clickDial(click);
}

/** SAP's page repeats a click: the call is there already. */
function clickRepeated(call) {
	const entry = calls.get(call.id);

	if (!entry)
		return;
	entry.repeated = entry.call.state === 'ended';
	callRender(entry);
	entry.card.scrollIntoView({ block: 'nearest' });
}

/* --- the stream of events --- */

/** Takes text as it comes and emits (event, data, id) of Server-Sent Events. */
function eventParser(emit) {
	let rest = '';
	let held = ''; // a CR whose LF may still come
	let fields = { event: 'message', data: [], id: null };

	function dispatch() {
		const { event, data, id } = fields;

		fields = { event: 'message', data: [], id: null };
		if (data.length > 0)
			emit(event, data.join('\n'), id);
	}

	function line(text) {
		const [, name, value] = /^([^:]*)(?:: ?(.*))?$/s.exec(text);

		if (name === 'data')
			fields.data.push(value ?? '');
		else if (name === 'event')
			fields.event = value || 'message';
		else if (name === 'id' && value && !value.includes('\0'))
			fields.id = value;
	}

	return (chunk) => {
		let text = held + chunk;

		held = text.endsWith('\r') ? '\r' : '';
		text = held ? text.slice(0, -1) : text;
		const lines = text.split(/\r\n|\n|\r/);

		lines[0] = rest + lines[0];
		rest = lines.pop();
		for (const each of lines)
			if (each === '')
				dispatch();
			else
				line(each);
	};
}

/*
 * A browser opens at most six connections to one server, for all its tabs: a
 * seventh page would hang. So there are four slots for streams, and a tab in
 * front takes one from a tab in the back if none is free. A tab with a slot
 * holds a lock, so it is not frozen either.
 */
const SLOTS = 4;
const SLOT_TRUCE_MS = 10000; // tabs that are all in front take turns
let slotLostAt = -Infinity;

/** A signal that tells when the slot is lost; null: it was not to be had. */
function slotAsk(index, options) {
	return new Promise((resolve) => {
		const lost = new AbortController();

		navigator.locks.request(`patchcord ${index}`, options, (lock) => {
			resolve(lock && lost.signal);
			return lock && new Promise(() => {});
		}).catch(() => {
			lost.abort();
			resolve(null);
		});
	});
}

async function slotFind() {
	for (let i = 0; i < SLOTS; i++) {
		const slot = await slotAsk(i, { ifAvailable: true });

		if (slot)
			return slot;
	}
	if (document.visibilityState === 'hidden' ||
	    performance.now() - slotLostAt < SLOT_TRUCE_MS)
		return null;
	return slotAsk(Math.floor(Math.random() * SLOTS), { steal: true });
}

async function slotTake() {
	if (!navigator.locks) // only where the browser trusts the connection
		return new AbortController().signal;
	for (;;) {
		const slot = await slotFind();

		if (slot)
			return slot;
		linkPill('Paused', 'wait');
		await Promise.race([
			pause(5000),
			new Promise((resolve) => document.addEventListener(
				'visibilitychange', resolve, { once: true })),
		]);
	}
}

let streamWake = () => {}; // ends the pause before the next try
let cursor = null; // id of the newest event we have seen

const handlers = {
	snapshot: onSnapshot,
	call: onCallEvent,
	due: (data) => postAdd(data, true),
	status: (data) => linkShow(data.switch),
	reset: () => {
		cursor = null;
	},
	bye: () => linkShow(null),
};

function onEvent(name, text, id) {
	const data = parsed(text);

	if (data && Object.hasOwn(handlers, name))
		handlers[name](data);
	if (id !== null)
		cursor = id;
}

async function streamRead(res, alive) {
	const reader = res.body.getReader();
	const decoder = new TextDecoder();
	const parse = eventParser(onEvent);

	for (;;) {
		const { done, value } = await reader.read();

		if (done)
			return;
		alive();
		parse(decoder.decode(value, { stream: true }));
	}
}

async function streamOnce(lost) {
	const control = new AbortController();
	let heard = performance.now();
	const watchdog = setInterval(() => {
		if (performance.now() - heard > SILENCE_MS)
			control.abort();
	}, 5000);

	lost.addEventListener('abort', () => control.abort(),
		{ signal: control.signal });
	try {
		const res = await request('GET', '/events', {
			signal: control.signal,
			headers: {
				Accept: 'text/event-stream',
				...(cursor !== null && { 'Last-Event-ID': cursor }),
			},
		});

		clockSeen(Date.parse(res.headers.get('Date') ?? ''));
		if (!res.ok)
			throw await problemOf(res);
		streamRefusal?.remove();
		streamRefusal = null;
		if (cursor !== null)
			linkAsk();
		await streamRead(res, () => {
			heard = performance.now();
		});
	} finally {
		clearInterval(watchdog);
		control.abort();
	}
}

let streamRefusal = null; // the notice about it

async function streamForever() {
	for (;;) {
		const lost = await slotTake();

		while (!lost.aborted)
			await streamTry(lost);
		if (document.visibilityState === 'visible')
			slotLostAt = performance.now();
	}
}

async function streamTry(lost) {
	const problem = await streamOnce(lost).catch((err) => err);
	const jitterMs = 1000 + Math.random() * 3000;

	if (lost.aborted)
		return;
	linkShow(null);
	await Promise.race([
		pause(jitterMs + streamRefused(problem)),
		new Promise((resolve) => {
			streamWake = resolve;
		}),
	]);
}

/** Says why there are no calls; how much longer to wait, in ms. */
function streamRefused(problem) {
	if (!(problem instanceof Problem) || problem.status === 401)
		return 0;
	agentWanted = problem.code === 'agent_required';
	if (problem.status >= 500)
		return problem.retryAfterMs;
	streamRefusal = notify({
		...wordsOf(problem, 'Calls cannot be shown'),
		stays: true,
	});
	return Math.max(problem.retryAfterMs, 10000);
}

function onSnapshot(data) {
	const running = new Set(data.calls.map((call) => call.id));

	linkShow(data.switch);
	for (const call of data.calls)
		callUpdate(call);
	for (const entry of calls.values())
		if (entry.call.state !== 'ended' && !running.has(entry.call.id))
			callAsk(entry.call.id);
	for (const event of data.due)
		postAdd(event, false);
}

function onCallEvent(event) {
	clockSeen(Date.parse(event.at));
	if (event.call)
		callUpdate(event.call);
	if (event.type === 'call.refused')
		refusalShow(event);
	postAdd(event, false);
}

function refusalShow({ at: when, refusal }) {
	if (clockNow() - Date.parse(when) > NOTICE_LIFE_MS)
		return; // told again after a reconnect
	notify({
		title: `${phoneWords(refusal.number ?? '')} was not dialed`,
		text: refusal.detail,
		fix: refusal.fix,
	});
}

/** How a call ended while nobody told us. */
async function callAsk(id) {
	const res = await request('GET', `/calls/${id}`).catch(() => null);

	if (res?.ok)
		callUpdate(await res.json());
	else if (res?.status === 404)
		callForget(id);
}

/* --- what SAP is to hear: claim, post, acknowledge --- */

const posts = new Map(); // event id → what to post
const posted = new Set(); // event ids that this tab gave to SAP
const begun = new Set(); // ids of calls that this tab has told SAP of
let postsTelling = 0; // claimed or posted, not yet acknowledged
let posterWake = () => {};

function remember(set, value) {
	set.add(value);
	if (set.size > 500)
		set.delete(set.values().next().value);
}

/** The browser could hand it to another tab: who should be first? */
function patienceMs(callId, first) {
	if (begun.has(callId))
		return 0;
	if (document.visibilityState === 'hidden')
		return HIDDEN_PATIENCE_MS;
	return first ? 0 : OTHER_PATIENCE_MS;
}

function isFirst(sap) {
	return sap.payload?.Action === 'NOTIFY';
}

function postAdd(event, due) {
	const { id, sap, call } = event;
	const now = performance.now();

	if (!sap)
		return;
	// who is before it in the same call may be done by now: ask again
	for (const other of posts.values())
		if (other.callId === call?.id)
			other.readyAt = Math.min(other.readyAt, now);
	posts.set(id, {
		id,
		sap,
		callId: call?.id,
		readyAt: due ? now : now + patienceMs(call?.id, isFirst(sap)),
	});
	posterWake();
}

/** The oldest one whose call has no older one, and how long to wait. */
function postNext(now) {
	const seen = new Set();
	let waitMs = 60000;

	for (const id of [...posts.keys()].sort((a, b) => a - b)) {
		const entry = posts.get(id);

		if (seen.has(entry.callId))
			continue;
		seen.add(entry.callId);
		if (entry.readyAt <= now)
			return { entry, waitMs: 0 };
		waitMs = Math.min(waitMs, entry.readyAt - now);
	}
	return { entry: null, waitMs };
}

async function postForever() {
	for (;;) {
		const { entry, waitMs } = postNext(performance.now());

		if (entry && !leaving) {
			await postTell(entry).catch(() => postLater(entry, 2000));
			continue;
		}
		await new Promise((resolve) => {
			posterWake = resolve;
			setTimeout(resolve, waitMs);
		});
	}
}

function postLater(entry, ms) {
	entry.readyAt = performance.now() + ms;
}

async function postTell(entry) {
	postsTelling++;
	try {
		if (!posted.has(entry.id) && !(await postClaim(entry)))
			return;
		await post(`/events/${entry.id}/ack`, { tab });
		posts.delete(entry.id);
	} finally {
		postsTelling--;
	}
}

async function postClaim(entry) {
	const asked = performance.now();

	try {
		const res = await post(`/events/${entry.id}/claim`, { tab });
		const lease = await res.json();

		if (performance.now() - asked > lease.lease_ms / 2)
			return false; // too late to be sure it is still ours
	} catch (err) {
		if (!(err instanceof Problem))
			throw err;
		postRefused(entry, err);
		return false;
	}
	remember(posted, entry.id);
	remember(begun, entry.callId);
	hostTell(encode(entry.sap));
	return true;
}

function postRefused(entry, problem) {
	if (problem.code === 'claim_held')
		postLater(entry, problem.retryAfterMs || 1000);
	else if (problem.code === 'claim_order')
		postLater(entry, problem.retryAfterMs || 500);
	else if (problem.status < 500 && problem.status !== 429)
		posts.delete(entry.id); // posted by another tab, or over
	else
		postLater(entry, problem.retryAfterMs || 2000);
}

/** The form in which SAP takes {"payload":{…}}: the object, or XML text. */
function encode(sap) {
	if (encoding === 'json')
		return sap;
	const doc = document.implementation.createDocument(null, 'payload');

	for (const [name, value] of Object.entries(sap.payload)) {
		const field = doc.createElement(name);

		field.textContent = xmlText(String(value));
		doc.documentElement.append(field);
	}
	return `<?xml version="1.0" encoding="utf-8"?>${
		new XMLSerializer().serializeToString(doc)}`;
}

/** Without the characters that XML 1.0 has no way to write. */
function xmlText(text) {
	return text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '');
}

function hostTell(message) {
	const targets = ancestors.length > 0 ? [ancestors[0]] : allowed;

	for (const origin of targets)
		window.parent.postMessage(message, origin);
}

/* --- words --- */

const stateWords = {
	queued: () => 'Starting the call',
	alerting: () => 'Pick up your phone',
	dialing: () => 'Dialing',
	ringing: (call) =>
		call.direction === 'inbound' ? 'Incoming call' : 'Ringing',
	active: (call) => (call.muted ? 'In call, you are muted' : 'In call'),
	held: () => 'On hold',
	unknown: () => 'State unknown: look at your phone',
	ended: causeWords,
};

const causes = {
	normal: ['Call ended', 'Call ended'],
	busy: ['The line is busy', 'Busy'],
	no_answer: ['Nobody answered', 'Missed: not answered'],
	rejected: ['The other side declined', 'Rejected'],
	cancelled: ['Cancelled before an answer', 'Missed: the caller hung up'],
	answered_elsewhere: ['Answered elsewhere', 'Answered on another phone'],
	unreachable: ['Not reachable', 'Your phone was not reachable'],
	bad_number: ['This number does not exist', 'Wrong number'],
	link_lost: [
		'Connection to the phone system lost',
		'Connection to the phone system lost',
	],
	failed: ['The call failed', 'The call failed'],
};

function causeWords(call) {
	const words = causes[call.cause] ?? ['Call ended', 'Call ended'];
	const text = words[call.direction === 'inbound' ? 1 : 0];

	return call.duration_ms === null
		? text
		: `${text} after ${clockWords(call.duration_ms)}`;
}

function callWords(call) {
	return (stateWords[call.state] ?? (() => call.state))(call);
}

function clockWords(ms) {
	const s = Math.max(0, Math.floor(ms / 1000));
	const two = (n) => String(n).padStart(2, '0');
	const minutes = Math.floor(s / 60);

	return minutes < 60
		? `${minutes}:${two(s % 60)}`
		: `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(s % 60)}`;
}

// ITU-T E.164 country codes of one and two digits; all others have three.
const COUNTRY =
	/^\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})(\d+)$/;

/** A number in groups that people can read; anything else as it is. */
function phoneWords(number) {
	const [, country, rest] = COUNTRY.exec(number) ?? [];

	if (!country)
		return number;
	const groups = country === '1' && rest.length === 10
		? [rest.slice(0, 3), rest.slice(3, 6), rest.slice(6)]
		: rest.match(/\d{2,3}(?!\d$)|\d+/g);

	return [`+${country}`, ...groups].join('\u00a0');
}

function partyWords(call) {
	return phoneWords(call.number ?? call.number_raw ?? '') ||
		(call.withheld ? 'Number withheld' : 'Unknown number');
}

function wordsOf(err, title) {
	if (err instanceof Problem)
		return { title, text: err.detail || err.message, fix: err.fix };
	return {
		title,
		text: 'The relay did not answer.',
		fix: 'Start patchcord on this computer, or wait until the link ' +
			'is there again.',
	};
}

/* --- notices --- */

/** Shows a refusal; the same words again only renew it. */
function notify({ title, text, fix, again, onAgain, stays }) {
	const key = `${title}\n${text}`;
	const same = [...at('notices').children].find(
		(el) => el.dataset.key === key);
	const el = at('notice-template').content.firstElementChild.cloneNode(true);
	const button = el.querySelector('.again');

	if (same && !onAgain)
		return same;
	same?.remove();
	el.dataset.key = key;
	if (stays)
		el.dataset.stays = '';
	el.querySelector('.title').textContent = title;
	el.querySelector('.text').textContent = text;
	el.querySelector('.fix').textContent = fix ?? '';
	el.querySelector('.dismiss').onclick = () => el.remove();
	if (onAgain) {
		button.textContent = again;
		button.hidden = false;
		button.onclick = () => {
			el.remove();
			onAgain();
		};
	}
	at('notices').prepend(el);
	while (at('notices').childElementCount > 3)
		at('notices').lastElementChild.remove();
	if (!stays)
		setTimeout(() => el.remove(), NOTICE_LIFE_MS);
	speak(`${title}. ${text} ${fix ?? ''}`);
	return el;
}

function speak(text) {
	at('spoken').textContent = text;
}

/* --- the link, as the pill shows it --- */

const linkWords = {
	up: ['Ready', 'good'],
	connecting: ['Connecting', 'wait'],
	down: ['Phone system not connected', 'bad'],
	failed: ['Phone system refuses', 'bad'],
};

function linkShow(state) {
	let [words, tone] = ['Reconnecting', 'wait'];

	if (state)
		[words, tone] = linkWords[state.link] ?? [state.link, 'wait'];
	if (state?.link === 'up' && !state.synced)
		[words, tone] = linkWords.connecting;
	if (at('link').textContent !== words)
		at('link').textContent = words;
	at('link').dataset.tone = tone;
	at('link').title = state?.why ?? '';
}

/** A resumed stream begins with events, not with the link. */
async function linkAsk() {
	const res = await request('GET', '/status').catch(() => null);

	if (res?.ok)
		linkShow((await res.json()).switch);
}

/* --- calls on the page --- */

const calls = new Map(); // id → {call, card, repeated, …}

/** What an answer says of a call that no event has told of yet. */
function callAdopt(call) {
	if (!calls.has(call.id))
		callUpdate(call);
}

function callUpdate(call) {
	let entry = calls.get(call.id);

	if (!entry) {
		entry = { call, repeated: false, said: '', sent: '' };
		entry.card = cardNew(entry);
		calls.set(call.id, entry);
	}
	entry.call = call;
	if (call.state === 'ended')
		entry.endedSeen ??= performance.now();
	callRender(entry);
	callsTidy();
}

function callForget(id) {
	const entry = calls.get(id);

	if (!entry)
		return;
	calls.delete(id);
	entry.card.remove();
	listsShow();
}

function callsTidy() {
	const ended = [...calls.values()].filter((e) => e.endedSeen);
	const old = performance.now() - ENDED_LIFE_MS;

	ended.sort((a, b) => b.endedSeen - a.endedSeen);
	ended.forEach((entry, i) => {
		if (i >= ENDED_MAX || entry.endedSeen < old)
			callForget(entry.call.id);
	});
}

function listsShow() {
	at('empty').hidden = at('calls').childElementCount > 0;
	at('past').hidden = at('ended').childElementCount === 0;
}

function cardNew(entry) {
	const card = at('call-template').content.firstElementChild.cloneNode(true);
	const form = card.querySelector('form');

	for (const button of card.querySelectorAll('[data-action]'))
		button.onclick = () => callDo(entry, button.dataset.action);
	for (const button of card.querySelectorAll('[data-panel]'))
		button.onclick = () => panelToggle(entry, button.dataset.panel);
	for (const digit of '123456789*0#')
		card.querySelector('.keys').append(keyNew(entry, digit));
	card.querySelector('.redial').onclick = () => callRedial(entry);
	card.querySelector('.dismiss').onclick = () =>
		callForget(entry.call.id);
	form.onsubmit = (event) => {
		event.preventDefault();
		callDo(entry, 'transfer', { to: form.elements.to.value.trim() });
	};
	return card;
}

function keyNew(entry, digit) {
	const key = document.createElement('button');

	key.type = 'button';
	key.textContent = digit;
	key.onclick = () => digitSend(entry, digit);
	return key;
}

function cardPlace(entry) {
	const list = at(entry.call.state === 'ended' ? 'ended' : 'calls');
	const focused = entry.card.contains(document.activeElement);

	if (entry.card.parentElement === list)
		return;
	list.prepend(entry.card);
	listsShow();
	if (focused)
		entry.card.focus();
}

function setText(root, selector, text) {
	const el = root.querySelector(selector);

	if (el.textContent !== text)
		el.textContent = text;
	el.hidden = text === '';
}

function callRender(entry) {
	const { call, card } = entry;
	const party = partyWords(call);
	const words = callWords(call);

	cardPlace(entry);
	card.dataset.state = call.state;
	card.dataset.cause = call.cause ?? '';
	card.dataset.direction = call.direction;
	card.setAttribute('aria-label', `${call.name ?? party}: ${words}`);
	setText(card, '.name', call.name ?? party);
	setText(card, '.number', call.name ? party : '');
	setText(card, '.state', words);
	setText(card, '.detail', detailWords(entry));
	buttonsRender(entry);
	timerRender(entry);
	if (entry.said !== words)
		speak(`${call.name ?? party}: ${words}`);
	entry.said = words;
}

function detailWords({ call, repeated }) {
	const kinds = {
		internal: 'Internal call',
		consult: 'Consultation',
	};

	if (repeated)
		return 'This click was dialed before and the call has ended. ' +
			'Nothing new was dialed.';
	if (call.state === 'ended')
		return call.cause === 'normal' ? '' : (call.cause_detail ?? '');
	return kinds[call.kind] ?? '';
}

function buttonsRender({ call, card }) {
	const can = new Set(call.controls);
	const ended = call.state === 'ended';
	const lost = document.activeElement;

	for (const button of card.querySelectorAll('[data-action]')) {
		button.hidden = !can.has(button.dataset.action);
		button.disabled = false;
	}
	// an inbound call that rings is rejected, not hung up
	if (can.has('reject'))
		card.querySelector('[data-action="hangup"]').hidden = true;
	for (const button of card.querySelectorAll('[data-panel]')) {
		button.hidden = !can.has(button.dataset.panel);
		if (button.hidden)
			panelOf(card, button.dataset.panel).hidden = true;
		button.setAttribute('aria-expanded',
			String(!panelOf(card, button.dataset.panel).hidden));
	}
	card.querySelector('.redial').hidden =
		!ended || call.direction !== 'outbound';
	card.querySelector('.dismiss').hidden = !ended;
	if (card.contains(lost) && lost !== card && lost.closest('[hidden]'))
		(card.querySelector('.actions button:not([hidden])') ?? card)
			.focus();
}

function timerRender({ call, card }) {
	const since = call.answered_at ?? call.ringing_at ?? call.created_at;

	setText(card, '.timer', call.state === 'ended'
		? timeWords(call.ended_at)
		: clockWords(clockNow() - Date.parse(since)));
}

function timeWords(time) {
	return time === null
		? ''
		: new Date(time).toLocaleTimeString([], {
			hour: '2-digit',
			minute: '2-digit',
		});
}

function timersTick() {
	for (const entry of calls.values())
		if (entry.call.state !== 'ended')
			timerRender(entry);
	callsTidy();
	reloadTry();
}

/* --- what the agent does --- */

function panelOf(card, name) {
	return card.querySelector(name === 'dtmf' ? '.keypad' : '.transfer');
}

function panelToggle({ card }, name) {
	const panel = panelOf(card, name);
	const other = panelOf(card, name === 'dtmf' ? 'transfer' : 'dtmf');

	other.hidden = true;
	panel.hidden = !panel.hidden;
	for (const button of card.querySelectorAll('[data-panel]'))
		button.setAttribute('aria-expanded',
			String(!panelOf(card, button.dataset.panel).hidden));
	if (!panel.hidden)
		panel.querySelector('button, input').focus();
}

const refusedWords = {
	answer: 'The call could not be answered',
	reject: 'The call could not be rejected',
	hangup: 'The call could not be hung up',
	hold: 'The call could not be held',
	resume: 'The call could not be resumed',
	mute: 'The microphone could not be muted',
	unmute: 'The microphone could not be unmuted',
	transfer: 'The call could not be transferred',
	dtmf: 'The tone could not be sent',
};

async function callDo(entry, action, body) {
	const button = entry.card.querySelector(
		`[data-action="${action}"], .${action} [type="submit"]`);

	if (button)
		button.disabled = true;
	try {
		await post(`/calls/${entry.call.id}/${action}`, body ?? '');
	} catch (err) {
		notify(wordsOf(err, refusedWords[action]));
	}
	// what became of it comes as an event; nothing may come, too
	if (button)
		setTimeout(() => {
			button.disabled = false;
		}, 1000);
}

function digitSend(entry, digit) {
	entry.sent = (entry.sent + digit).slice(-24);
	setText(entry.card, '.digits', entry.sent);
	// one after the other, as they were typed
	entry.tones = (entry.tones ?? Promise.resolve()).then(() =>
		callDo(entry, 'dtmf', { digits: digit }));
}

async function callRedial(entry) {
	const button = entry.card.querySelector('.redial');

	button.disabled = true;
	try {
		const res = await post(`/calls/${entry.call.id}/redial`, '');

		callAdopt(await res.json());
		callForget(entry.call.id);
	} catch (err) {
		notify(wordsOf(err, `${partyWords(entry.call)} was not dialed`));
	}
	button.disabled = false;
}

/* --- start --- */

at('still').hidden = true; // a sandbox without this script leaves it there

function showAlone() {
	linkPill('Not in SAP', 'wait');
	at('address').textContent = `${location.origin}/`;
	at('try').hidden = !allowed.has(location.origin);
	at('alone').hidden = false;
}

/** Adds the origins to a list, as text. */
function originsShow(list, origins) {
	for (const origin of origins) {
		const item = document.createElement('li');
		const code = document.createElement('code');

		code.textContent = origin === 'null'
			? 'an origin that the browser hides (sandboxed frame)'
			: origin;
		item.append(code);
		list.append(item);
	}
}

function showPairing() {
	const names = strangers().map((origin) => `origin=${origin}`);

	linkPill('Not allowed yet', 'wait');
	originsShow(at('asking'), strangers());
	at('pair').href = `/pair#${names.join('&')}`;
	at('pair').textContent = at('pair').href;
	at('reload').onclick = () => location.reload();
	at('pairing').hidden = false;
}

function showStranger() {
	const unknown = strangers();
	const wanted = [...allowed].filter((o) => o !== location.origin);
	const list = [...wanted, ...unknown.filter((o) => o !== 'null')];

	linkPill('Not allowed', 'bad');
	originsShow(at('strangers'), unknown.length > 0 ? unknown : ['unknown']);
	at('snippet').textContent =
		`sap { origins = {\n${list.map((o) => `"${o}"`).join(',\n')}\n} }`;
	at('stranger').hidden = false;
}

function linkPill(words, tone) {
	at('link').textContent = words;
	at('link').dataset.tone = tone;
}

function start() {
	at('phone').hidden = false;
	linkPill('Connecting', 'wait');
	setInterval(timersTick, 1000);
	streamForever();
	postForever();
}

if (!framed)
	showAlone();
else if (trusted)
	start();
else if (strangers().length > 0 && strangers().every(isPairable))
	showPairing();
else
	showStranger();
