// SPDX-License-Identifier: Apache-2.0
// pad.js - the twelve keys, pressed or typed

const LETTERS = {
	2: 'ABC', 3: 'DEF', 4: 'GHI', 5: 'JKL', 6: 'MNO', 7: 'PQRS', 8: 'TUV',
	9: 'WXYZ', 0: '+',
};
const KEYS = '123456789*0#';
const sinks = []; // {root, press}: the pads there are

function keyNew(digit, press) {
	const key = document.createElement('button');

	key.type = 'button';
	key.textContent = digit;
	key.dataset.letters = LETTERS[digit] ?? '';
	key.setAttribute('aria-label', digit); // the letters are for the eye
	key.onclick = () => press(digit);
	return key;
}

/** Puts the keys into root; each pressed or typed one goes to press(). */
export function padFill(root, press) {
	root.append(...[...KEYS].map((digit) => keyNew(digit, press)));
	sinks.push({ root, press });
}

/** Pads go with their cards. */
export function padForget(root) {
	const index = sinks.findIndex((sink) => sink.root === root);

	if (index >= 0)
		sinks.splice(index, 1);
}

function isTyping(el) {
	return el.matches?.('input, textarea, select');
}

/** What is typed goes to the open pad, the one around the focus first. */
function onKey(event) {
	if (!KEYS.includes(event.key) || event.key.length !== 1 ||
	    event.ctrlKey || event.altKey || event.metaKey ||
	    isTyping(event.target))
		return;
	const open = sinks.filter(({ root }) => !root.closest('[hidden]'));
	const near = open.find(({ root }) =>
		root.closest('.call, section')?.contains(event.target));

	if (open.length === 0)
		return;
	event.preventDefault();
	(near ?? open[0]).press(event.key);
}

export function padStart() {
	document.addEventListener('keydown', onKey);
}
