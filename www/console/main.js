// SPDX-License-Identifier: Apache-2.0
// console/main.js - starts the console, and keeps it up to date

import { Follower, Problem, request } from './api.js';
import { callSeen, callsForget, callsShow, callsStart, refusalSeen }
	from './calls.js';
import { doctorStart } from './doctor.js';
import { at, make, textSet } from './dom.js';
import { pagesLoad, pagesStart } from './pages.js';
import { policiesShow, policiesStart } from './policies.js';
import { statusLost, statusShow } from './status.js';
import { refusalShow, timelineForget, timelineShow } from './timeline.js';
import { toolsStart } from './tools.js';

const STATUS_MS = 5000;
const TIMELINE_MS = 3000; // claims and acks are no events

let agent = null; // whose calls are shown; '': there is but one
let follower = null;
let chosen = null;

function agentQuery() {
	return agent ? `?agent=${encodeURIComponent(agent)}` : '';
}

/* --- status --- */

async function statusLoad() {
	try {
		const status = await request('/status');

		statusShow(status);
		agentsSeen(status.agents);
	} catch (err) {
		if (!(err instanceof Problem))
			throw err;
		statusLost(err);
	}
}

async function statusForever() {
	for (;;) {
		if (document.visibilityState === 'visible')
			await statusLoad();
		await new Promise((resolve) => setTimeout(resolve, STATUS_MS));
	}
}

/* --- agents --- */

/** With several agents each page says whose calls it wants. */
function agentsSeen(agents) {
	const ids = agents.length > 1 ? agents.map(({ id }) => id) : [''];
	const select = at('agent');
	const before = [...select.options].map((option) => option.value);

	if (agent !== null && before.join('\n') === ids.join('\n'))
		return;
	select.replaceChildren(...ids.map((value) =>
		make('option', { value }, value)));
	at('agent-box').hidden = ids.length < 2;
	agentTake(ids.includes(agent) ? agent : ids[0]);
}

function agentTake(id) {
	agent = id;
	at('agent').value = id;
	follower?.stop();
	callsForget();
	follower = new Follower(agent, onEvent, onLink);
}

/* --- calls --- */

function onLink(up, problem) {
	at('live').dataset.tone = up ? 'good' : 'warn';
	textSet(at('live'), up ? 'live' : problem?.title ?? 'waiting');
}

async function callsLoad() {
	const { calls } = await request(`/calls${agentQuery()}`);

	callsShow(calls);
}

const handlers = {
	snapshot: callsLoad,
	call({ id, at: when, call, refusal }) {
		if (call)
			callSeen(call);
		else if (refusal)
			refusalSeen({ id, at: when, refusal });
	},
	status: statusLoad,
};

function onEvent(name, data) {
	if (Object.hasOwn(handlers, name))
		handlers[name](data);
}

function onChosen(entry) {
	chosen = entry ?? null;
	if (!entry)
		timelineForget();
	else if (entry.refusal)
		refusalShow(entry);
	else
		timelineShow(entry, agentQuery());
}

function timelineAgain() {
	if (chosen?.call && document.visibilityState === 'visible')
		timelineShow(chosen, agentQuery());
}

/* --- start --- */

function start() {
	if (window.top !== window)
		return; // nobody may frame it
	at('agent').addEventListener('change', () => agentTake(at('agent').value));
	callsStart(onChosen);
	doctorStart();
	toolsStart();
	policiesStart();
	pagesStart(policiesShow);
	statusForever();
	pagesLoad().catch(() => {});
	setInterval(timelineAgain, TIMELINE_MS);
}

start();
