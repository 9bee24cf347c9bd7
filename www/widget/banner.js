// SPDX-License-Identifier: Apache-2.0
// banner.js - the link to the relay and the switch: away, and back since when

import { clockNow } from './clock.js';
import { notify, wordsOf } from './notices.js';
import { at, setText } from './page.js';
import { speak } from './speak.js';
import { clockWords, t, timeWords } from './words.js';

const AWAY_MS = 2000; // what is shorter needs no words
const BACK_LIFE_MS = 60000;

const tones = {
	up: 'good',
	connecting: 'wait',
	lost: 'wait',
	trouble: 'bad',
	down: 'bad',
	failed: 'bad',
};

let away = null; // {kind, since, why} as long as something is away
let timer = 0;
let trouble = null; // the notice that there is no stream for this page

/** What the pill says of the link. */
function kindOf({ phase, switch: state, trouble: problem }) {
	if (phase !== 'live')
		return problem ? 'trouble' : phase;
	if (!state)
		return 'connecting';
	if (state.link === 'up')
		return state.synced ? 'up' : 'connecting';
	return Object.hasOwn(tones, state.link) ? state.link : 'connecting';
}

export function pillShow(kind, tone = tones[kind]) {
	const words = t(`link.${kind}`);

	if (at('link').textContent !== words)
		at('link').textContent = words;
	at('link').dataset.tone = tone;
}

function bannerShow(tone, title, lines) {
	const banner = at('banner');

	banner.dataset.tone = tone;
	setText(banner, '.title', title);
	setText(banner, '.text', lines[0]);
	setText(banner, '.detail', lines.slice(1).filter(Boolean).join(' '));
	banner.hidden = false;
	speak(`${title}. ${lines[0]}`);
}

function awayShow() {
	away.shown = true;
	bannerShow('bad', t(`banner.${away.kind}.title`),
		[
			t(`banner.${away.kind}.text`),
			`${t('banner.since', { time: timeWords(away.since) })}.`,
			away.why ? t('banner.why', { why: away.why }) : '',
		]);
}

function backShow() {
	const now = clockNow();

	bannerShow('good', t('banner.back.title'), [t('banner.back.text', {
		time: timeWords(now),
		duration: clockWords(now - away.since),
	})]);
	timer = setTimeout(() => {
		at('banner').hidden = true;
	}, BACK_LIFE_MS);
}

function awaySet(kind, why) {
	if (kind === away?.kind && why === away.why)
		return;
	clearTimeout(timer);
	away = { shown: away?.shown ?? false, since: away?.since ?? clockNow(),
		kind, why };
	if (away.shown)
		awayShow();
	else
		timer = setTimeout(awayShow, AWAY_MS);
}

function awayEnd() {
	if (!away)
		return;
	clearTimeout(timer);
	if (away.shown)
		backShow();
	away = null;
}

function troubleShow(problem) {
	if (problem)
		trouble = notify({
			...wordsOf(problem, t('refusal.stream')),
			stays: true,
		});
	else
		trouble?.remove();
}

/** Of the model: {phase, since, switch, trouble}. */
export function linkShow(link) {
	const kind = kindOf(link);

	pillShow(kind);
	at('link').title = link.switch?.why ?? '';
	if (kind === 'up')
		awayEnd();
	else if (kind === 'lost' || kind === 'down' || kind === 'failed')
		awaySet(kind, link.switch?.why ?? '');
	troubleShow(link.trouble);
}

export function bannerStart() {
	at('banner').querySelector('.dismiss').onclick = () => {
		at('banner').hidden = true;
	};
}
