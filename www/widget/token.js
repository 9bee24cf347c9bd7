// SPDX-License-Identifier: Apache-2.0
// token.js - the page's token: only after every ancestor was looked at

import { API, openJson } from './api.js';
import { reloadDue, reloadTry } from './reload.js';
import { allowedSet, isTrusted } from './trust.js';

const never = new Promise(() => {});
let seen = false;

export async function tokenFetch() {
	await openJson('/version'); // it runs
	const fresh = await openJson(`${API}/token`);

	allowedSet(fresh.origins);
	if (!isTrusted()) {
		location.reload(); // says why
		await never;
	}
	if (seen)
		reloadDue();
	seen = true;
	if (reloadTry())
		await never;
	return fresh.token;
}
