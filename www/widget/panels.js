// SPDX-License-Identifier: Apache-2.0
// panels.js - why the phone is not shown: no SAP around it, or a stranger

import { pillShow } from './banner.js';
import { at } from './page.js';
import { allowed, isPairable, strangers } from './trust.js';
import { t } from './words.js';

/** Adds the origins to a list, as text. */
function originsShow(list, origins) {
	for (const origin of origins) {
		const item = document.createElement('li');
		const code = document.createElement('code');

		code.textContent = origin === 'null' ? t('stranger.hidden') : origin;
		item.append(code);
		list.append(item);
	}
}

export function aloneShow() {
	pillShow('alone', 'wait');
	at('address').textContent = `${location.origin}/`;
	at('try').hidden = !allowed.has(location.origin);
	at('alone').hidden = false;
}

function pairingShow() {
	const names = strangers().map((origin) => `origin=${origin}`);

	pillShow('pairing', 'wait');
	originsShow(at('asking'), strangers());
	at('pair').href = `/pair#${names.join('&')}`;
	at('pair').textContent = at('pair').href;
	at('reload').onclick = () => location.reload();
	at('pairing').hidden = false;
}

function configShow() {
	const unknown = strangers();
	const wanted = [...allowed].filter((o) => o !== location.origin);
	const list = [...wanted, ...unknown.filter((o) => o !== 'null')];

	pillShow('stranger', 'bad');
	originsShow(at('strangers'),
		unknown.length > 0 ? unknown : [t('stranger.unknown')]);
	at('snippet').textContent =
		`sap { origins = {\n${list.map((o) => `"${o}"`).join(',\n')}\n} }`;
	at('stranger').hidden = false;
}

export function strangerShow() {
	if (strangers().length > 0 && strangers().every(isPairable))
		pairingShow();
	else
		configShow();
}
