// SPDX-License-Identifier: Apache-2.0
// console/pages.js - which SAP pages may use the phone, and an end of it

import { request } from './api.js';
import { agoNew, at, make, textSet } from './dom.js';
import { originReads } from '/page/names.js';

let onList = () => {};

async function remove(origin, button) {
	button.disabled = true;
	try {
		listShow(await request(
			`/pairings?origin=${encodeURIComponent(origin)}`,
			{ method: 'DELETE' }));
		textSet(at('pages-status'),
			`${origin} may no longer use the phone.`);
		at('pages-title').focus();
	} catch (problem) {
		textSet(at('pages-status'), `${problem.message} ${problem.fix ?? ''}`);
		button.disabled = false;
	}
}

function rowNew(origin, ...rest) {
	const reads = originReads(origin);

	return make('li', { data: { origin } },
		make('div.origin', {}, make('code', {}, origin), reads
			? make('p.reads', {}, `Reads as: ${reads} – such letters ` +
				'can deceive.') : null), ...rest);
}

function pairedNew({ origin, paired_at: when, active }) {
	const button = make('button.small.remove', {
		type: 'button',
		aria: { label: `Remove ${origin}` },
		onclick: () => remove(origin, button),
	}, 'Remove');

	return rowNew(origin, active
		? make('span.soft', {}, 'allowed ', agoNew(when))
		: make('span.chip', { data: { tone: 'warn' } },
			'not below sap.pair_suffixes any more'), button);
}

function configuredNew(origin) {
	return rowNew(origin, make('span.soft', {}, 'in sap.origins'));
}

function listShow(list) {
	at('pages').replaceChildren(...list.configured.map(configuredNew),
		...list.paired.map(pairedNew));
	at('pages-none').hidden = list.configured.length + list.paired.length > 0;
	onList([...list.configured, ...list.paired.filter((pair) => pair.active)
		.map((pair) => pair.origin)]);
}

export async function pagesLoad() {
	listShow(await request('/pairings'));
}

/** onChange gets the origins that count, each time they are read. */
export function pagesStart(onChange) {
	onList = onChange;
}
