// SPDX-License-Identifier: Apache-2.0
// numbers.js - telephone numbers as people read them

// ITU-T E.164 country codes of one and two digits; all others have three.
const COUNTRY =
	/^\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})(\d+)$/;

/** A number in groups that people can read; anything else as it is. */
export function phoneWords(number) {
	const [, country, rest] = COUNTRY.exec(number) ?? [];

	if (!country)
		return number;
	const groups = country === '1' && rest.length === 10
		? [rest.slice(0, 3), rest.slice(3, 6), rest.slice(6)]
		: rest.match(/\d{2,3}(?!\d$)|\d+/g);

	return [`+${country}`, ...groups].join('\u00a0');
}
