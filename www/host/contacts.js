// SPDX-License-Identifier: Apache-2.0
// contacts.js - who SAP knows, and the payload of a click on a number

import { at, clone, randomId } from './dom.js';
import { frameClick } from './frames.js';
import { agent } from './relay.js';

/* The fields and values of SAP's example in KBA 3481409. */
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
	{ name: 'Alex Example', number: '+1 6503054000', bp: '1545766',
	  what: 'answers' },
	{ name: 'Busy Line', number: '+1 6503054486', bp: '1545767',
	  what: 'is busy' },
	{ name: 'Away Today', number: '+1 6503054408', bp: '1545768',
	  what: 'no answer' },
	{ name: 'Switched Off', number: '+1 6503054480', bp: '1545769',
	  what: 'not reachable' },
	{ name: 'Typing Error', number: '+1 6503054404', bp: '1545770',
	  what: 'wrong number' },
	{ name: 'Not Now', number: '+1 6503054603', bp: '1545771',
	  what: 'declines' },
];

/* Those who call; SAP finds them by number. */
const callers = [
	{ name: 'Jamie Example', number: '+493069123456', bp: '1546001' },
	{ name: 'Robin Sample', number: '+493069123457', bp: '1546002' },
];

const directory = new Map([...contacts, ...callers]
	.map((who) => [who.number.replace(/\s/g, ''), who]));

/** Whom SAP finds for a message: {name, found, hint}. */
export function customerOf({ ANI, BP }) {
	const who = directory.get(ANI) ??
		[...directory.values()].find(({ bp }) => bp === BP);

	if (who)
		return { name: who.name, found: true, hint: 'identified' };
	if (!ANI)
		return { name: 'Unknown caller', found: false,
			hint: 'no ANI: the number is withheld (KBA 3466950)' };
	return { name: 'Unknown caller', found: false,
		hint: ANI.startsWith('+') ? 'no contact has this number'
			: 'ANI without + finds nobody (KBA 3705829)' };
}

let last = null;
let heard = () => {};

/** SAP makes a new activity for each click, then tells the widget. */
export function click(number) {
	const who = directory.get(number.replace(/\s/g, ''));

	return clickSend({
		...EXAMPLE,
		...(who && { BusinessPartnerID: who.bp, ObjectID: who.bp }),
		PhoneNumber: number,
		ActivityUUID: randomId(),
	});
}

/** The same click once more, with the same activity. */
export function clickSend(payload) {
	last = payload;
	at('repeat').disabled = false;
	heard(payload);
	frameClick(payload);
	return payload;
}

function contactShow(contact) {
	const card = clone('contact-template');
	const dial = card.querySelector('.dial');

	card.querySelector('.face').textContent =
		contact.name.replace(/[^A-Z]/g, '');
	card.querySelector('h3').textContent = contact.name;
	card.querySelector('.number').textContent = contact.number;
	card.querySelector('.what').textContent = contact.what;
	dial.setAttribute('aria-label', `Call ${contact.name}`);
	dial.onclick = () => click(contact.number);
	at('contacts').append(card);
}

/** A real switch would call these people. */
export function contactsShow() {
	contacts.forEach(contactShow);
	at('contacts-hint').hidden = false;
	at('double').hidden = false;
}

/** onClick(payload): a click was sent. */
export function contactsStart(onClick) {
	heard = onClick;
	at('any').onsubmit = (event) => {
		event.preventDefault();
		click(event.target.elements.number.value);
	};
	at('double').onclick = () => {
		clickSend(click(at('any').elements.number.value ||
			contacts[0].number));
	};
	at('repeat').onclick = () => clickSend(last);
}
