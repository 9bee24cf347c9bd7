// SPDX-License-Identifier: Apache-2.0
// notices.js - what was refused and what to do, until the agent has read it

import { Problem } from './api.js';
import { clockNow } from './clock.js';
import { at, focusFirst, made, setText } from './page.js';
import { speak } from './speak.js';
import { isEnglish, t, tMaybe } from './words.js';

const NOTICE_LIFE_MS = 60000;
const NOTICES_MAX = 3;
const SLOW_MS = 800; // a click that is dialed at once needs no words

/**
 * A refusal of the relay, or its silence, as parts of a notice: text and fix
 * in the agent's language, detail and help in the relay's own words.
 */
export function wordsOf(err, title) {
	const { code, detail, fix } = err ?? {};

	if (!(err instanceof Problem) && !code)
		return {
			title,
			text: t('refusal.silent'),
			fix: t('refusal.silentFix'),
		};
	const known = tMaybe(`problem.${code}.title`);

	return {
		title,
		text: isEnglish() && detail ? '' : known,
		detail: detail || (known ? '' : err.title),
		fix: tMaybe(`problem.${code}.fix`) || fix,
		code,
		help: fix,
	};
}

function noticeFill(el, notice) {
	setText(el, '.title', notice.title);
	setText(el, '.text', notice.text ?? '');
	setText(el, '.detail', notice.detail ?? '');
	setText(el, '.fix', notice.fix ?? '');
	setText(el, '.help', notice.help ?? '');
	setText(el, '.code', notice.code ?? '');
	el.querySelector('details').hidden = !notice.help;
}

/** Nothing is lost for the keyboard when a notice goes. */
function noticeRemove(el) {
	const focused = el.contains(document.activeElement);
	const next = el.nextElementSibling ?? el.previousElementSibling;

	el.remove();
	if (focused)
		focusFirst(next?.querySelector('.dismiss'),
			document.querySelector('#calls button:not([hidden])'),
			at('number'));
}

function noticeWire(el, { again, onAgain }) {
	const button = el.querySelector('.again');

	el.querySelector('.dismiss').onclick = () => noticeRemove(el);
	if (!onAgain)
		return;
	button.textContent = again;
	button.hidden = false;
	button.onclick = () => {
		noticeRemove(el);
		onAgain();
	};
}

function noticeExpire(el) {
	if (el.matches(':hover, :focus-within'))
		setTimeout(noticeExpire, NOTICE_LIFE_MS, el);
	else
		el.remove();
}

/** The notices of this refusal of this number. */
function noticesOf({ number, code, detail }) {
	return [...at('notices').children].filter(({ dataset }) =>
		number && dataset.number === number && dataset.code === code &&
		dataset.detail === detail);
}

/** Shows a refusal; the same one again only renews it. */
export function notify(notice) {
	const { title, text, detail, fix, onAgain, stays, quiet } = notice;
	const key = `${title}\n${text}\n${detail}`;
	const list = at('notices');
	const same = [...list.children].find((el) => el.dataset.key === key);

	if (same && !onAgain)
		return same;
	same?.remove();
	const el = made('notice-template');

	for (const heard of noticesOf(notice))
		heard.remove(); // the stream was faster than the answer
	el.dataset.key = key;
	for (const name of ['number', 'code', 'detail'])
		el.dataset[name] = notice[name] ?? '';
	if (stays)
		el.dataset.stays = '';
	if (quiet)
		el.dataset.quiet = '';
	noticeFill(el, notice);
	noticeWire(el, notice);
	list.prepend(el);
	while (list.childElementCount > NOTICES_MAX)
		list.lastElementChild.remove();
	if (!stays)
		setTimeout(noticeExpire, NOTICE_LIFE_MS, el);
	speak([title, text, detail, fix].filter(Boolean).join('. '));
	return el;
}

/** Is there a word to the agent that a reload would take away? */
export function isNoticed() {
	return at('notices').querySelector('.notice:not([data-stays])') !== null;
}

/** A refusal that another page or program met for this agent. */
export function refusalShow(refusal, when) {
	if (clockNow() - Date.parse(when) > NOTICE_LIFE_MS)
		return; // told again after a reconnect
	const { number } = refusal;
	const notice = { number, ...wordsOf(refusal, t('refusal.notDialed', {
		number: number ?? '',
	})) };

	if (noticesOf(notice).length === 0) // else said by who asked for it
		notify(notice);
}

const slow = new Map(); // click → its timer, then its notice

function slowEnd(click) {
	const { timer, el } = slow.get(click) ?? {};

	clearTimeout(timer);
	el?.remove();
	slow.delete(click);
}

/** A click of SAP's page: on its way, done or refused. */
export function clickShow({ phase, click, problem, again }) {
	const number = click.number;

	slowEnd(click);
	if (phase === 'waiting') {
		const entry = {};

		entry.timer = setTimeout(() => {
			entry.el = notify({
				title: t('click.waiting', { number }),
				stays: true,
				quiet: true,
			});
		}, SLOW_MS);
		slow.set(click, entry);
	}
	if (phase === 'failed')
		notify({
			...wordsOf(problem, t('refusal.notDialed', { number })),
			again: t('refusal.again'),
			onAgain: again,
		});
}
