// SPDX-License-Identifier: Apache-2.0
// host.js - what SAP's page does with the widget, to see and to try

addEventListener('message', onMessage);

const token = document.querySelector('meta[name="cti-token"]').content;
const agent = new URLSearchParams(location.search).get('agent');
const widget = document.getElementById('widget');
const MESSAGES_MAX = 100;

// The fields and values of SAP's example in KBA 3481409.
const EXAMPLE = {
	PhoneNumber: '+1 6503054000',
	ActivityUUID: '00163EA718FC1EEABDD5608C895BDC71',
	BusinessPartnerID: '1545766',
	Direction: 'OUT',
	ESObjectID: 'COD_CONTACT_ES_CO',
	LoggedInUserID: agent ?? 'SERVICEAGENT01',
	ObjectID: '1545766',
	ObjectThingType: 'COD_CONTACT_TT',
	ObjectTypeCode: '147',
	ObjectUUID: '00163E07C0211ED799FA20463CBFEF62',
};

const contacts = [
	{ name: 'Alex Example', number: '+1 6503054000', what: 'answers' },
	{ name: 'Busy Line', number: '+1 6503054486', what: 'is busy (486)' },
	{ name: 'Away Today', number: '+1 6503054408', what: 'no answer (408)' },
	{ name: 'Switched Off', number: '+1 6503054480', what: 'not reachable (480)' },
	{ name: 'Typing Error', number: '+1 6503054404', what: 'wrong number (404)' },
	{ name: 'Not Now', number: '+1 6503054603', what: 'declines (603)' },
];

const scripts = [
	{ name: 'ring', label: 'Rings until you answer' },
	{ name: 'answer', label: 'Your phone answers' },
	{ name: 'cancel', label: 'Caller gives up' },
	{ name: 'elsewhere', label: 'A colleague answers' },
	{ name: 'drop', label: 'The link drops while you talk' },
];

function at(id) {
	return document.getElementById(id);
}

function clone(id) {
	return at(id).content.firstElementChild.cloneNode(true);
}

function randomId() {
	const raw = crypto.getRandomValues(new Uint8Array(16));

	return Array.from(raw, (b) => b.toString(16).padStart(2, '0'))
		.join('')
		.toUpperCase();
}

function apiFetch(path, type, body) {
	const query = agent ? `?agent=${encodeURIComponent(agent)}` : '';

	return fetch(`/api/v1${path}${query}`, {
		method: 'POST',
		cache: 'no-store',
		credentials: 'omit',
		headers: { 'Content-Type': type, 'X-CTI-Token': token },
		body,
	});
}

/** A page from before a restart has an old token: it loads itself anew. */
function staleReload(res) {
	if (res.status === 401)
		location.reload();
}

/* --- clicks --- */

let last = null;

function send(payload) {
	last = payload;
	at('repeat').disabled = false;
	widget.contentWindow.postMessage(payload, location.origin);
}

/** SAP makes a new activity for each click. */
function clickOn(number) {
	send({ ...EXAMPLE, PhoneNumber: number, ActivityUUID: randomId() });
}

function contactsShow() {
	for (const contact of contacts) {
		const card = clone('contact-template');
		const dial = card.querySelector('.dial');

		card.querySelector('h3').textContent = contact.name;
		card.querySelector('.number').textContent = contact.number;
		card.querySelector('.what').textContent = contact.what;
		dial.setAttribute('aria-label', `Call ${contact.name}`);
		dial.onclick = () => clickOn(contact.number);
		at('contacts').append(card);
	}
	at('any').onsubmit = (event) => {
		event.preventDefault();
		clickOn(event.target.elements.number.value);
	};
	at('double').onclick = () => {
		const field = at('any').elements.number;

		clickOn(field.value || contacts[0].number);
		send(last);
	};
	at('repeat').onclick = () => send(last);
}

/* --- inbound calls --- */

async function play(script) {
	const fields = at('caller').elements;
	const res = await apiFetch('/simulator/calls', 'application/json',
		JSON.stringify({
			from: fields.from.value.trim() || null,
			to: '+493012345',
			name: fields.name.value.trim() || null,
			agent,
			script,
		}));
	const body = await res.json();

	staleReload(res);
	at('played').textContent = res.ok
		? `Call ${body.id} rings.`
		: `${body.title}: ${body.detail} ${body.fix}`;
}

function scriptsShow() {
	for (const { name, label } of scripts) {
		const button = document.createElement('button');

		button.type = 'button';
		button.textContent = label;
		button.dataset.script = name;
		button.onclick = () => play(name).catch(() => {
			at('played').textContent = 'The relay did not answer.';
		});
		at('scripts').append(button);
	}
	at('caller').onsubmit = (event) => event.preventDefault();
}

/* --- what the widget posts --- */

function onMessage(event) {
	if (event.source !== widget.contentWindow ||
	    event.origin !== location.origin)
		return;
	const item = messageShow(event.data);

	messageLint(item, event.data);
	interactionShow(payloadOf(event.data));
}

/** The fields, from either form SAP takes; null when it would take none. */
function payloadOf(data) {
	if (typeof data !== 'string')
		return data?.payload ?? null;
	const doc = new DOMParser().parseFromString(data, 'application/xml');
	const root = doc.documentElement;

	if (root?.nodeName !== 'payload')
		return null;
	return Object.fromEntries(
		[...root.children].map((el) => [el.nodeName, el.textContent]));
}

function titleOf(payload) {
	const { Type, EventType, Action } = payload ?? {};

	return [Type, EventType, Action].filter(Boolean).join(' ') ||
		'not a payload';
}

function messageShow(data) {
	const item = clone('message-template');

	item.querySelector('time').textContent =
		new Date().toLocaleTimeString();
	item.querySelector('strong').textContent = titleOf(payloadOf(data));
	item.querySelector('pre').textContent =
		typeof data === 'string' ? data : JSON.stringify(data, null, 2);
	at('messages').prepend(item);
	while (at('messages').childElementCount > MESSAGES_MAX)
		at('messages').lastElementChild.remove();
	at('count').textContent = Number(at('count').textContent) + 1;
	return item;
}

async function messageLint(item, data) {
	const xml = typeof data === 'string';
	const verdict = item.querySelector('.verdict');
	const res = await apiFetch('/lint',
		xml ? 'application/xml' : 'application/json',
		xml ? data : JSON.stringify(data)).catch(() => null);

	if (!res?.ok) {
		verdict.dataset.verdict = 'open';
		verdict.textContent = 'not checked';
		return;
	}
	const { ok, findings } = await res.json();

	verdict.dataset.verdict = ok ? 'good' : 'bad';
	verdict.textContent = ok && findings.length === 0
		? 'lint: no findings'
		: `lint: ${findings.length} finding(s)`;
	for (const finding of findings)
		item.querySelector('.findings').append(findingNew(finding));
}

function findingNew({ severity, field, sentence, kba }) {
	const line = document.createElement('li');

	line.textContent = `${severity}: ${field ? `${field}: ` : ''}` +
		`${sentence}${kba ? ` (KBA ${kba})` : ''}`;
	return line;
}

/* --- interactions --- */

const interactions = new Map(); // ExternalReferenceID → row

function stepOf({ EventType, Action }) {
	if (Action === 'NOTIFY')
		return 'ringing';
	if (Action === 'END')
		return 'ended';
	return EventType === 'UPDATEACTIVITY' ? 'updated' : 'accepted';
}

function interactionShow(payload) {
	const id = payload?.ExternalReferenceID ?? payload?.ActivityUUID;

	if (!id)
		return;
	let row = interactions.get(id);

	if (!row) {
		row = clone('interaction-template');
		row.dataset.id = id;
		row.querySelector('code').textContent = id;
		row.querySelector('.party').textContent = payload.ANI ?? 'unknown';
		interactions.set(id, row);
		at('interactions').prepend(row);
	}
	const step = document.createElement('span');

	step.className = 'step';
	step.dataset.step = stepOf(payload);
	step.textContent = stepOf(payload);
	row.querySelector('.steps').append(step, ' ');
}

contactsShow();
scriptsShow();
widget.src = agent ? `/?agent=${encodeURIComponent(agent)}` : '/';
