// SPDX-License-Identifier: Apache-2.0
// notices.js - what was refused, until the agent has read it

export const NOTICE_LIFE_MS = 60000;

export function at(id) {
	return document.getElementById(id);
}

/** Shows a refusal; the same words again only renew it. */
export function notify({ title, text, fix, again, onAgain, stays }) {
	const key = `${title}\n${text}`;
	const same = [...at('notices').children].find(
		(el) => el.dataset.key === key);
	const el = at('notice-template').content.firstElementChild.cloneNode(true);
	const button = el.querySelector('.again');

	if (same && !onAgain)
		return same;
	same?.remove();
	el.dataset.key = key;
	if (stays)
		el.dataset.stays = '';
	el.querySelector('.title').textContent = title;
	el.querySelector('.text').textContent = text;
	el.querySelector('.fix').textContent = fix ?? '';
	el.querySelector('.dismiss').onclick = () => el.remove();
	if (onAgain) {
		button.textContent = again;
		button.hidden = false;
		button.onclick = () => {
			el.remove();
			onAgain();
		};
	}
	at('notices').prepend(el);
	while (at('notices').childElementCount > 3)
		at('notices').lastElementChild.remove();
	if (!stays)
		setTimeout(() => el.remove(), NOTICE_LIFE_MS);
	speak(`${title}. ${text} ${fix ?? ''}`);
	return el;
}

export function speak(text) {
	at('spoken').textContent = text;
}
