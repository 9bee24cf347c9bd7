// SPDX-License-Identifier: Apache-2.0
// trust.js - who is around the widget, and may they talk to it

export const framed = window.parent !== window;
export const ancestors =
	framed && location.ancestorOrigins ? [...location.ancestorOrigins] : [];
export const suffixes = meta('cti-suffixes').split(/\s+/).filter(Boolean);
export let allowed = originsOf(meta('cti-origins'));

export function meta(name) {
	return document.querySelector(`meta[name="${name}"]`)?.content ?? '';
}

function originsOf(list) {
	const words = list.split(/\s+/).filter(Boolean);

	return new Set(
		words.map((word) => (word === "'self'" ? location.origin : word)),
	);
}

/** The relay's list of now: words as in the page. */
export function allowedSet(words) {
	allowed = originsOf(words.join(' '));
}

export function strangers() {
	return [...new Set(ancestors)].filter((origin) => !allowed.has(origin));
}

/** A browser that does not tell the ancestors cannot be checked. */
export function isTrusted() {
	return framed && allowed.size > 0 && ancestors.length > 0 &&
		strangers().length === 0;
}

/** Did SAP's page itself say this? */
export function isFromHost(event) {
	return isTrusted() && event.source === window.parent &&
		allowed.has(event.origin);
}

/** Could a person allow it on /pair? */
export function isPairable(origin) {
	return suffixes.some((suffix) => origin.startsWith('https://') &&
		origin.endsWith(`.${suffix.toLowerCase()}`));
}

/** To the page around us and to nobody else. */
export function hostTell(message) {
	const targets = ancestors.length > 0 ? [ancestors[0]] : allowed;

	for (const origin of targets)
		window.parent.postMessage(message, origin);
}
