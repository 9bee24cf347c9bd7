// SPDX-License-Identifier: Apache-2.0
// console/timeline.js - one call: its facts, its steps, whose side a gap is on

import { request } from './api.js';
import { CAUSES, STATES, stateOf, whoOf } from './calls.js';
import { at, copyable, kbaLink, linked, make, spanOf, timeFine }
	from './dom.js';

const RELAY = 'patchcord';
const SIDES = {
	'sent to switch': RELAY,
	stored: RELAY,
	payload: RELAY,
	published: RELAY,
	claimed: 'browser',
	posted: 'SAP',
	transfer: RELAY,
};
const WORDS = {
	received: 'received',
	stored: 'stored on disk',
	'sent to switch': 'sent to the switch',
	payload: 'message for SAP made',
	published: 'told to the widget',
	claimed: 'a tab took it to post it',
	posted: 'posted to SAP',
	transfer: 'transferred',
	resumed: 'resumed',
	updated: 'facts learned',
};

let coming = 0; // only the newest answer counts
let drawn = ''; // what the page shows

function sideOf({ step }, call) {
	if (step === 'received')
		return call.direction === 'outbound' && call.crm ? 'SAP' : 'switch';
	if (step === 'call.queued')
		return RELAY;
	return SIDES[step] ?? (step.startsWith('call.') ? 'switch' : RELAY);
}

/** A step or an event's type as people say it. */
function wordOf(step) {
	const name = step.replace(/^call\./, '');

	return WORDS[name] ?? STATES[name] ?? name;
}

/* --- facts --- */

function fact(name, value) {
	return value === null || value === undefined || value === '' ? []
		: [make('dt', {}, name), make('dd', {}, value)];
}

function idsOf(call) {
	if (call.direction === 'outbound')
		return [
			...fact('External ID', 'none by design: SAP made the activity'),
			...fact('ActivityUUID', call.activity_uuid &&
				copyable(call.activity_uuid, 'ActivityUUID')),
			...fact('Call id', copyable(call.id, 'call id')),
		];
	return [
		...fact('External ID', copyable(call.id, 'External ID')),
		...fact('Original External ID', call.original_id !== call.id &&
			copyable(call.original_id, 'Original External ID') || null),
	];
}

function factsOf(call) {
	const raw = call.number_raw !== call.number ? call.number_raw : null;

	return make('dl.facts', {},
		...fact('Number', call.number),
		...fact('As it came', raw),
		...fact('Dialed as', call.dialed),
		...idsOf(call),
		...fact('Agent', call.agent),
		...fact('Device', call.device),
		...fact('The switch said', call.cause_detail),
		...fact('Lasted', call.duration_ms && spanOf(call.duration_ms)));
}

/* --- whose side --- */

const TONES = { ok: 'good', warn: 'warn', fail: 'bad' };
const NAMES = { relay: RELAY, sap: 'SAP' };

/** What the relay itself says of the call; null: it did not answer. */
async function verdictAsk(id, query) {
	const { checks } = await request(`/doctor?call=${id}${query}`)
		.catch(() => ({ checks: [] }));

	return checks.find((each) => each.verdict !== 'ok') ?? checks[0] ?? null;
}

function verdictNew({ verdict, side, sentence, fix }) {
	return make('div.notice', { data: { tone: TONES[verdict], whose: side } },
		make('p', {}, make('strong', {}, ...linked(sentence)), ' ',
			side ? make('span.chip', {}, NAMES[side] ?? side) : null),
		fix ? make('p', {}, ...linked(fix)) : null);
}

/* --- steps --- */

export function findingsNew(findings) {
	return make('ul.findings', {}, ...findings.map((finding) => make('li', {},
		make('span.chip', {
			data: { tone: { error: 'bad', warning: 'warn' }[
				finding.severity] },
		}, finding.severity), ' ',
		make('code', {}, finding.rule), ' ',
		finding.sentence, ' ',
		finding.kba ? kbaLink(finding.kba) : null)));
}

function payloadNew(text) {
	const payload = JSON.parse(text);
	const title = [payload.Type, payload.EventType, payload.Action]
		.filter(Boolean).join(' ');

	return make('details', {}, make('summary', {}, title),
		make('pre', {}, JSON.stringify({ payload }, null, 2)));
}

function detailOf({ step, detail }) {
	if (!detail)
		return null;
	if (step === 'payload')
		return payloadNew(detail);
	if (step === 'claimed' || step === 'posted')
		return make('span.soft', {}, `by tab ${detail.slice(0, 8)}`);
	return make('span.soft', {}, step === 'published' ? wordOf(detail)
		: CAUSES[detail] ?? detail);
}

function stepRow(step, before, call) {
	const ms = before ? step.ms - before.ms : 0;

	return make('tr', { data: { step: step.step } },
		make('td.time', {}, timeFine(step.at)),
		make('td.ms', {}, before ? `+${ms}` : ''),
		make('td', {}, wordOf(step.step), ' ',
			detailOf(step),
			step.findings?.length ? findingsNew(step.findings) : null),
		make('td', {}, make('span.chip', {}, sideOf(step, call))));
}

function stepsNew(steps, call) {
	const head = ['Time', 'ms', 'Step', 'Side'].map((name) =>
		make(name === 'ms' ? 'th.ms' : 'th', { scope: 'col' }, name));

	return make('div.wide', {}, make('table.steps', {},
		make('thead', {}, make('tr', {}, ...head)),
		make('tbody', {}, ...steps.map((step, i) =>
			stepRow(step, steps[i - 1], call)))));
}

/* --- the whole --- */

function titleNew(call) {
	return make('h3', {}, whoOf(call), ' ',
		make('span.chip', {}, stateOf(call)));
}

function opened() {
	return new Set([...at('detail').querySelectorAll('details[open]')]
		.map((each) => each.textContent));
}

/** Draws it, unless it is there already. */
function detailShow(facts, ...parts) {
	const open = opened();

	if (drawn === JSON.stringify(facts))
		return;
	drawn = JSON.stringify(facts);
	at('detail').replaceChildren(...parts.filter(Boolean));
	for (const each of at('detail').querySelectorAll('details'))
		each.open = open.has(each.textContent);
}

export function refusalShow({ refusal }) {
	coming++;
	detailShow(refusal, make('h3', {}, refusal.number ?? 'No number', ' ',
		make('span.chip', { data: { tone: 'bad' } }, 'refused')),
	make('p', {}, refusal.detail), make('p.soft', {}, refusal.fix),
	make('p', {}, make('a', { href: `/docs/errors#${refusal.code}` },
		`About ${refusal.code}`)));
}

/** Again after each event of the call, without a jump. */
export async function timelineShow({ call }, query) {
	const mine = ++coming;

	try {
		const { steps } = await request(
			`/calls/${call.id}/timeline${query}`);
		const said = await verdictAsk(call.id, query.replace('?', '&'));

		if (mine !== coming)
			return;
		detailShow([call, steps, said], titleNew(call), factsOf(call),
			said && verdictNew(said),
			stepsNew(steps, call));
	} catch (problem) {
		if (mine === coming)
			detailShow([call, problem], titleNew(call),
				make('p', {}, `${problem.message} ${problem.fix ?? ''}`));
	}
}

export function timelineForget() {
	coming++;
	detailShow(null, make('p.soft', {},
		'Choose a call to see every step of it.'));
}
