// SPDX-License-Identifier: Apache-2.0
// dom.js - small help with the document

export function at(id) {
	return document.getElementById(id);
}

export function clone(id) {
	return at(id).content.firstElementChild.cloneNode(true);
}

/** What the server wrote into the page; '' in a copy that it did not fill. */
export function meta(name) {
	const text =
		document.querySelector(`meta[name="${name}"]`)?.content ?? '';

	return text.startsWith('{{') ? '' : text;
}

/** A small element with a text. */
export function piece(tag, className, text) {
	const el = document.createElement(tag);

	el.className = className;
	el.textContent = text;
	return el;
}

export function pause(ms) {
	return new Promise((resolve) => {
		setTimeout(resolve, ms);
	});
}

export function randomId() {
	const raw = crypto.getRandomValues(new Uint8Array(16));

	return Array.from(raw, (b) => b.toString(16).padStart(2, '0'))
		.join('')
		.toUpperCase();
}
