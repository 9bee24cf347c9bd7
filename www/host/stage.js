// SPDX-License-Identifier: Apache-2.0
// stage.js - the scenario buttons, the address that replays one, the result

import { at, clone, meta, piece } from './dom.js';
import { isServed } from './relay.js';
import { scenarioPlay } from './player.js';
import { scenarios } from './scenarios.js';

const SPEED_MAX = 100;

let stage = null; // {ledger, quiet}
let isPlaying = false;

/** From the address: #scenario=NAME&speed=N; name null: none. */
function wish() {
	const params = new URLSearchParams(location.hash.slice(1));
	const name = params.get('scenario') ?? '';
	const speed = Number(params.get('speed'));

	return {
		name: name === 'all' || Object.hasOwn(scenarios, name) ? name : null,
		speed: speed > 0 ? Math.min(speed, SPEED_MAX) : 1,
	};
}

function titleOf(name) {
	return name === 'all' ? 'All scenarios' : scenarios[name].title;
}

function resultSay(name, result, text) {
	const panel = at('scenario');

	panel.hidden = false;
	panel.dataset.scenario = name;
	panel.dataset.scenarioResult = result;
	at('scenario-title').textContent = titleOf(name);
	at('scenario-said').textContent = text;
}

function wordsShow(words, className) {
	const list = piece('span', className, '');

	list.append(...words.map((word) => piece('span', 'chip', word)));
	if (words.length === 0)
		list.append(piece('span', 'none', 'nothing'));
	return list;
}

function rowShow({ who, wanted, got, isFine }) {
	const row = clone('result-template');

	row.dataset.fine = isFine;
	row.querySelector('th').textContent = `Call ${who}`;
	row.querySelector('.wanted').append(wordsShow(wanted, 'words'));
	row.querySelector('.got').append(wordsShow(got, 'words'));
	row.querySelector('.fine').textContent = isFine ? '✓' : '✗ differs';
	return row;
}

function resultShow(name, { isPassed, rows, reasons }) {
	at('scenario-rows').replaceChildren(...rows.map(rowShow));
	at('scenario-more').hidden = rows.length === 0;
	at('scenario-more').open = !isPassed;
	at('scenario-reasons').replaceChildren(
		...reasons.map((reason) => piece('li', '', reason)));
	resultSay(name, isPassed ? 'passed' : 'failed', isPassed
		? 'Passed: SAP heard what it should, once and in order.'
		: 'Failed: see what differs.');
}

function buttonOf(name) {
	return at('scenarios').querySelector(`[data-scenario-name="${name}"]`);
}

function stepWords({ do: what, who = '', ...more }) {
	return [what, who, ...Object.values(more)
		.filter((value) => typeof value === 'string')].join(' ');
}

function tableClear() {
	at('scenario-more').hidden = true;
	at('scenario-reasons').replaceChildren();
}

async function playOne(name, speed, shownAs) {
	const button = buttonOf(name);

	button.dataset.result = 'running';
	tableClear();
	const result = await scenarioPlay(name, stage.ledger, {
		speed,
		quiet: stage.quiet,
		onStep: (i, n, step) => resultSay(shownAs, 'running',
			`${titleOf(name)}: step ${i} of ${n}, ${stepWords(step)}`),
	});

	button.dataset.result = result.isPassed ? 'passed' : 'failed';
	return result;
}

async function playAll(speed) {
	const failed = [];
	const names = Object.keys(scenarios);

	for (const name of names) {
		const { isPassed } = await playOne(name, speed, 'all');

		if (!isPassed)
			failed.push(titleOf(name));
	}
	resultShow('all', { isPassed: failed.length === 0, rows: [],
		reasons: failed.map((title) => `"${title}" failed`) });
}

async function playWish({ name, speed }) {
	if (isPlaying)
		return;
	isPlaying = true;
	at('stage').dataset.busy = '';
	try {
		if (name === 'all')
			await playAll(speed);
		else
			resultShow(name, await playOne(name, speed, name));
	} finally {
		isPlaying = false;
		delete at('stage').dataset.busy;
	}
}

/** A press of a button; the address shows how to play it again. */
function playNow(name) {
	const { speed } = wish();

	history.replaceState(null, '', `#scenario=${name}` +
		(speed === 1 ? '' : `&speed=${speed}`));
	playWish({ name, speed });
}

/** A link on somebody else's page plays nothing by itself. */
function wishTake() {
	const wanted = wish();

	if (!wanted.name)
		return;
	if (!isServed || meta('cti-replay') === 'yes') {
		playWish(wanted);
		return;
	}
	resultSay(wanted.name, 'waiting', 'A link wants this played.');
	const go = piece('button', 'primary', 'Play it');

	go.type = 'button';
	go.onclick = () => playWish(wanted);
	at('scenario-said').append(' ', go);
}

export function stageStart(parts) {
	stage = parts;
	for (const [name, { title, text }] of Object.entries(scenarios)) {
		const button = piece('button', 'scene', title);

		button.type = 'button';
		button.dataset.scenarioName = name;
		button.title = text;
		button.onclick = () => playNow(name);
		at('scenarios').append(button);
	}
	at('play-all').onclick = () => playNow('all');
	at('stage').hidden = false;
	addEventListener('hashchange', wishTake);
	wishTake();
}
