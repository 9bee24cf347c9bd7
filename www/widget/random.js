// SPDX-License-Identifier: Apache-2.0
// random.js - names that nobody can guess

export function randomHex(bytes) {
	const raw = crypto.getRandomValues(new Uint8Array(bytes));

	return Array.from(raw, (b) => b.toString(16).padStart(2, '0')).join('');
}
