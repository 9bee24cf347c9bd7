// SPDX-License-Identifier: Apache-2.0
// console/doctor.js - the relay's check-up, asked for by a click

import { request } from './api.js';
import { at, linked, make } from './dom.js';

const TONES = { ok: 'good', warn: 'warn', fail: 'bad' };
const WORDS = { ok: 'fine', warn: 'look', fail: 'fault', skipped: 'not asked' };
const SIDES = { relay: 'patchcord', sap: 'SAP' };
const WORST = ['fail', 'warn', 'skipped', 'ok'];

function checkNew({ name, verdict, side, sentence, fix }) {
	return make('li', { data: { verdict } },
		make('span.chip', { data: { tone: TONES[verdict] } },
			WORDS[verdict] ?? verdict),
		make('div.says', {}, make('p', {}, make('strong', {}, name), ' ',
			...linked(sentence)), fix && verdict !== 'ok'
			? make('p.soft', {}, ...linked(fix)) : null),
		side ? make('span.chip', {}, SIDES[side] ?? side) : null);
}

async function run() {
	at('doctor-run').disabled = true;
	try {
		const { checks } = await request('/doctor');

		checks.sort((a, b) => WORST.indexOf(a.verdict) -
			WORST.indexOf(b.verdict));
		at('doctor-none').hidden = true;
		at('checks').replaceChildren(...checks.map(checkNew));
	} catch (problem) {
		at('checks').replaceChildren(checkNew({
			name: problem.title ?? 'The check-up',
			verdict: 'fail',
			sentence: problem.detail ?? problem.message,
			fix: problem.fix,
		}));
	} finally {
		at('doctor-run').disabled = false;
	}
}

export function doctorStart() {
	at('doctor-run').addEventListener('click', run);
}
