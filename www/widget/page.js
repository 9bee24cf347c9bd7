// SPDX-License-Identifier: Apache-2.0
// page.js - small things to make and change elements with

import { t, wordsFill } from './words.js';

const SVG = 'http://www.w3.org/2000/svg';

export function at(id) {
	return document.getElementById(id);
}

/** Only what has changed is written, so that nothing is read twice. */
export function setText(root, selector, text) {
	const el = root.querySelector(selector);

	if (el.textContent !== text)
		el.textContent = text;
	el.hidden = text === '';
}

export function icon(name) {
	const svg = document.createElementNS(SVG, 'svg');
	const use = document.createElementNS(SVG, 'use');

	svg.setAttribute('class', 'icon');
	svg.setAttribute('aria-hidden', 'true');
	use.setAttribute('href', `#icon-${name}`);
	svg.append(use);
	return svg;
}

/** A copy of a template with its texts and icons. */
export function made(id) {
	const el = at(id).content.firstElementChild.cloneNode(true);

	dress(el);
	return el;
}

export function dress(root) {
	wordsFill(root);
	for (const el of root.querySelectorAll('[data-icon]'))
		el.prepend(icon(el.dataset.icon));
}

/** What the button says and whom it concerns. */
export function buttonName(button, party) {
	const name = t('button.of', { button: button.textContent, party });

	if (button.getAttribute('aria-label') !== name)
		button.setAttribute('aria-label', name);
}

/** Busy, but still where the keyboard is. */
export function setBusy(button, busy) {
	if (busy)
		button.setAttribute('aria-disabled', 'true');
	else
		button.removeAttribute('aria-disabled');
}

export function isBusy(button) {
	return button.getAttribute('aria-disabled') === 'true';
}

/** Where the keyboard goes on when what it was on has gone. */
export function focusFirst(...candidates) {
	const to = candidates.find((el) => el && !el.closest('[hidden]'));

	to?.focus({ preventScroll: true });
}
