// SPDX-License-Identifier: Apache-2.0
// page/names.js - how names of hosts read that are written in xn--

// RFC 3492, 5 and 6.2
const BASE = 36;

function adapt(delta, points, first) {
	let k = 0;

	delta = first ? Math.floor(delta / 700) : delta >> 1;
	delta += Math.floor(delta / points);
	for (; delta > 455; k += BASE)
		delta = Math.floor(delta / 35);
	return k + Math.floor(36 * delta / (delta + 38));
}

function digitOf(char) {
	return 'abcdefghijklmnopqrstuvwxyz0123456789'.indexOf(char);
}

/** The letters that a label stands for; throws when it is none. */
function labelDecode(text) {
	const cut = text.lastIndexOf('-');
	const out = [...text.slice(0, Math.max(cut, 0))];
	let [n, i, bias] = [128, 0, 72];

	for (let pos = cut + 1; pos < text.length;) {
		const before = i;
		let w = 1;

		for (let k = BASE; ; k += BASE) {
			const digit = digitOf(text[pos++]);
			const t = Math.min(Math.max(k - bias, 1), 26);

			if (digit < 0)
				throw new Error('no digit');
			i += digit * w;
			if (digit < t)
				break;
			w *= BASE - t;
		}
		bias = adapt(i - before, out.length + 1, before === 0);
		n += Math.floor(i / (out.length + 1));
		i %= out.length + 1;
		out.splice(i++, 0, String.fromCodePoint(n));
	}
	return out.join('');
}

function labelReads(label) {
	try {
		return labelDecode(label.slice(4)).replace(/\p{C}/gu, '\uFFFD');
	} catch {
		return label;
	}
}

/** How a name with international letters reads; null: it has none. */
export function originReads(origin) {
	const found = /^https?:\/\/([^/:]+)/.exec(origin);

	if (!found || !/(^|\.)xn--/.test(found[1]))
		return null;
	return found[1].split('.').map((label) =>
		(label.startsWith('xn--') ? labelReads(label) : label)).join('.');
}
