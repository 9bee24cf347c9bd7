// SPDX-License-Identifier: Apache-2.0
// token.js - the page's token: only after every ancestor was looked at

import { API, needToken, openJson, tokenDrop, tokenNow } from './api.js';
import { reloadDue } from './reload.js';
import { allowed, allowedSet, isTrusted } from './trust.js';

let seen = false;

/** The relay's list of now; who is no longer on it sees why. */
async function originsTake(origins) {
	allowedSet(origins);
	if (isTrusted())
		return;
	location.reload();
	await new Promise(() => {});
}

export async function tokenFetch() {
	await openJson('/version'); // it runs
	const fresh = await openJson(`${API}/token`);

	await originsTake(fresh.origins);
	if (seen)
		reloadDue(); // it was restarted
	seen = true;
	return fresh;
}

/** For the hub, which may have the stale one. */
export async function tokenShare(stale) {
	tokenDrop(stale);
	if (!tokenNow())
		await needToken();
	return { token: tokenNow(), origins: [...allowed] };
}

/** Another tab has seen that the relay was restarted. */
export function tokenRenewed(origins) {
	reloadDue();
	originsTake(origins);
}
