// SPDX-License-Identifier: Apache-2.0
// console/status.js - how the relay is: one sentence, and a card for each part

import { agoNew, at, make, textSet } from './dom.js';

const LINKS = {
	up: ['Connected', 'good'],
	connecting: ['Connecting', 'warn'],
	down: ['Not connected', 'bad'],
	failed: ['Refused by the switch', 'bad'],
};
const REFUSALS = {
	peer: 'from another user or address',
	grammar: 'requests that cannot be read in one way',
	host: 'under a name that is not allowed',
	options: 'questions of foreign pages',
	exposure: 'pages on a network',
	page: 'from foreign pages',
	token: 'pages with an old token',
	key: 'programs without the key',
	busy: 'for want of a place',
};

/** A line of a card: parts of text and elements. */
function line(...parts) {
	return make('p.soft', {}, ...parts);
}

function card(title, big, tone, ...lines) {
	return make('li.card', { data: { tone, card: title } },
		make('h2', {}, title),
		make('p.big', {}, make('span', {}, big)), ...lines);
}

function relayCard(status) {
	const { version, started_at: since, streams, connections } = status;

	return card('Relay', `patchcord ${version}`, null,
		line('runs since ', agoNew(since)),
		line(`${streams} ${streams === 1 ? 'stream' : 'streams'}, ` +
			`${connections} connections`));
}

function switchCard({ switch: { driver, link, synced, since, why } }) {
	const [word, tone] = LINKS[link] ?? [link, 'warn'];
	const learning = link === 'up' && !synced;

	return card('Switch', learning ? 'Learning the calls' : word,
		learning ? 'warn' : tone, line(driver ?? 'no driver', ', ',
			since ? agoNew(since) : 'never'),
		why && why !== driver ? line(why) : null);
}

function storeCard({ store }) {
	return card('Store', store.ok ? 'Written' : 'Cannot be written',
		store.ok ? 'good' : 'bad',
		line(store.error ?? `${store.commits} commits, ` +
			`${store.waiting} waiting`),
		store.error && store.since ? line('since ', agoNew(store.since))
			: null);
}

function sapCard({ host }) {
	const seen = host.widget_loaded_at;
	const click = host.last_click_at;

	return card('SAP page', seen ? 'Has loaded the widget' : 'Never seen',
		seen ? 'good' : 'warn', seen
			? line('SAP has loaded the widget: ', agoNew(seen))
			: line('SAP has loaded the widget: never. Then see the ',
				make('a', { href: '#policies-title' },
					'browser policy'), '.'),
		line('Last click: ', click ? agoNew(click) : 'none yet'));
}

function agentsCard({ agents }) {
	const rows = agents.slice(0, 6).map(({ id, device }) => line(
		make('strong', {}, id), ` ${device ?? 'no device'}`));

	if (agents.length === 0)
		return card('Agents', 'One, whoever clicks', null,
			line('No agent is configured.'));
	return card('Agents', agents.length === 1 ? agents[0].id
		: `${agents.length} agents`, null,
	...(agents.length === 1 ? [line(agents[0].device ?? 'no device')]
		: rows), agents.length > 6
		? line(`and ${agents.length - 6} more`) : null);
}

function refusedCard({ refused }) {
	const some = Object.entries(refused).filter(([, count]) => count > 0);
	const sum = some.reduce((all, [, count]) => all + count, 0);

	return card('Refused since the start', sum === 0 ? 'Nothing' : `${sum}`,
		null, ...some.map(([reason, count]) => line(
			make('span', { title: reason }, `${count} `,
				REFUSALS[reason] ?? reason))));
}

/* --- the one sentence --- */

/** tone, sentence, what to do: the worst comes first. */
const judgements = [
	({ store }) => !store.ok && ['bad', 'The store cannot be written',
		`${store.error}. Free disk space or make store.path writable; no ` +
		'dial is taken until then.'],
	({ switch: { link, why } }) => (link === 'down' || link === 'failed') &&
		['bad', 'The switch is not connected',
			`${why ?? 'It does not answer.'} Calls cannot be dialed; the ` +
			'relay tries again by itself.'],
	({ switch: { link, synced } }) => (link !== 'up' || !synced) &&
		['warn', 'The switch is being connected',
			'Dialing works when it has told its running calls.'],
	({ host }) => !host.widget_loaded_at &&
		['warn', 'SAP has not loaded the widget yet',
			'The relay is well. Open SAP; if the widget stays empty ' +
			'there, the browser does not let it in: see the browser ' +
			'policies below.'],
	({ host }) => !host.last_click_at && ['good', 'All is well',
		'SAP has loaded the widget. Nobody has clicked a number yet.'],
	() => ['good', 'All is well', 'Calls go out and come in.'],
];

export function verdictShow(tone, sentence, advice) {
	at('verdict').dataset.tone = tone;
	textSet(at('verdict'), sentence);
	textSet(at('advice'), advice);
}

export function statusShow(status) {
	const judge = judgements.map((each) => each(status)).find(Boolean);

	verdictShow(...judge);
	at('cards').replaceChildren(...[relayCard, switchCard, storeCard, sapCard,
		agentsCard, refusedCard].map((each) => each(status)));
	at('host-link').hidden = !status.host.stand_in;
}

/** The relay does not answer: what is known of it grows old. */
export function statusLost({ title, fix }) {
	verdictShow('bad', title, fix);
	at('cards').replaceChildren();
}
