// SPDX-License-Identifier: Apache-2.0
// main.js - the widget's page: who is around it, then the telephone

import {
	callAdopt, callRepeated, callsReplace, callUpdate, timersTick,
} from './cards.js';
import { clockNow } from './clock.js';
import { linkPill, linkShow } from './link.js';
import { at, NOTICE_LIFE_MS, notify } from './notices.js';
import { phoneWords } from './numbers.js';
import { connect } from './tab.js';
import {
	allowed, framed, isPairable, isTrusted, strangers,
} from './trust.js';
import { wordsOf } from './words.js';

let troubleNotice = null; // why there are no calls

function onLink({ phase, switch: state, trouble }) {
	linkShow(phase === 'live' ? state : null);
	if (trouble)
		troubleNotice = notify({
			...wordsOf(trouble, 'Calls cannot be shown'),
			stays: true,
		});
	else if (phase === 'live') {
		troubleNotice?.remove();
		troubleNotice = null;
	}
}

function onRefusal(refusal, when) {
	if (clockNow() - Date.parse(when) > NOTICE_LIFE_MS)
		return; // told again after a reconnect
	notify({
		title: `${phoneWords(refusal.number ?? '')} was not dialed`,
		text: refusal.detail,
		fix: refusal.fix,
	});
}

function onClick({ phase, click, call, problem, again }) {
	if (phase === 'done')
		callAdopt(call);
	else if (phase === 'repeated')
		callRepeated(call);
	else if (phase === 'failed')
		notify({
			...wordsOf(problem, `${phoneWords(click.number)} was not dialed`),
			again: 'Try again',
			onAgain: again,
		});
}

/** Nothing that the agent reads or writes would get lost. */
function onReload() {
	return !at('notices').querySelector('.notice:not([data-stays])') &&
		!document.querySelector('.transfer:not([hidden])');
}

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

function start() {
	at('phone').hidden = false;
	linkPill('Connecting', 'wait');
	setInterval(timersTick, 1000);
	connect({
		onLink,
		onState: callsReplace,
		onCall: callUpdate,
		onRefusal,
		onClick,
		onReload,
	});
}

at('still').hidden = true; // a sandbox without this script leaves it there
if (!framed)
	showAlone();
else if (isTrusted())
	start();
else if (strangers().length > 0 && strangers().every(isPairable))
	showPairing();
else
	showStranger();
