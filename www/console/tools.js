// SPDX-License-Identifier: Apache-2.0
// console/tools.js - a number explained, a message checked

import { post, request } from './api.js';
import { at, make } from './dom.js';
import { findingsNew } from './timeline.js';

const EXAMPLE = {
	payload: {
		Type: 'CALL',
		EventType: 'INBOUND',
		Action: 'ACCEPT',
		ANI: '441632960123',
		ExternalReferenceID: '550e8400-e29b-41d4-a716-446655440000',
	},
};
const STEPS = {
	gate: 'characters',
	emergency_raw: 'emergency, as typed',
	parse: 'parsed',
	emergency_national: 'emergency, national part',
	possible: 'possible',
	policy: 'allowed',
	dial_string: 'dial string',
	emergency_dialed: 'emergency, as dialed',
	digits: 'digits',
	extension: 'extension',
	feature: 'feature code',
};

function notice(tone, ...parts) {
	return make('p.notice', { data: { tone } }, ...parts);
}

function refusal(problem) {
	return notice('bad', make('strong', {}, problem.title ?? 'Refused'),
		` ${problem.detail ?? problem.message} ${problem.fix ?? ''}`);
}

/* --- numbers --- */

function stepsTable(steps) {
	return make('div.wide', {}, make('table.path', {}, make('tbody', {},
		...steps.map((step) => make('tr', { data: { step: step.step } },
			make('td', {}, STEPS[step.step] ?? step.step),
			make('td', {}, make('code', {}, step.out ?? 'refused')),
			make('td.soft', {}, step.note ?? ''))))));
}

function outboundNew(way) {
	const says = way.ok
		? notice('good', 'Dialed as ', make('code', {}, way.dialed))
		: notice('bad', make('strong', {}, way.detail), ` ${way.fix} `,
			make('a', { href: `/docs/errors#${way.code}` }, way.code));

	return [make('h3', {}, 'An agent clicks it'), says,
		...way.notes.map((note) => make('p.soft', {}, note)),
		stepsTable(way.steps)];
}

function inboundNew(way) {
	return [make('h3', {}, 'It calls'), way.ani
		? notice('good', 'SAP gets ANI ', make('code', {}, way.ani))
		: notice('warn', way.extension
			? 'An extension: SAP is told nothing of a call from it.'
			: 'No ANI: SAP cannot look the caller up.'),
	stepsTable(way.steps)];
}

async function explain(number) {
	try {
		const { outbound, inbound } = await request(
			`/numbers/explain?number=${encodeURIComponent(number)}`);

		at('explained').replaceChildren(...outboundNew(outbound),
			...inboundNew(inbound));
	} catch (problem) {
		at('explained').replaceChildren(refusal(problem));
	}
}

/* --- messages --- */

async function lint(text) {
	const type = text.trimStart().startsWith('<') ? 'application/xml'
		: 'application/json';

	try {
		const { ok, findings } = await post('/lint', text, type);
		const verdict = ok
			? notice('good', findings.length > 0
				? 'SAP takes it. Worth a look:' : 'SAP takes it.')
			: notice('bad', 'SAP would not do what is meant.');

		at('linted').replaceChildren(verdict, findingsNew(findings));
	} catch (problem) {
		at('linted').replaceChildren(refusal(problem));
	}
}

export function toolsStart() {
	at('explain').addEventListener('submit', (event) => {
		event.preventDefault();
		explain(event.target.elements.number.value);
	});
	at('lint').addEventListener('submit', (event) => {
		event.preventDefault();
		lint(event.target.elements.message.value);
	});
	at('lint-example').addEventListener('click', () => {
		at('lint').elements.message.value =
			JSON.stringify(EXAMPLE, null, 2);
		at('lint').requestSubmit();
	});
}
