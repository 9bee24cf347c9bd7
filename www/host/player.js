// SPDX-License-Identifier: Apache-2.0
// player.js - plays a scenario step by step and compares what SAP heard

import { click, clickSend } from './contacts.js';
import { meta, pause, randomId } from './dom.js';
import {
	frameAttach, frameDetach, frameSecond, frameSecondClose,
} from './frames.js';
import { agent, ask, callGet, callsOf, Refusal, until } from './relay.js';
import { scenarios } from './scenarios.js';

const STEP_MS = 800; // for a person to follow; divided by the speed
const SETTLE_MS = 900; // what comes twice comes about now
const CALLER = '+493069123456';
const COLLEAGUES_CALLER = '+493069123457';

/** What SAP is to hear where the configuration decides. */
function wordsOf(told) {
	const outbound = meta('cti-outbound');

	if (told === 'missed')
		return meta('cti-missed') === 'silent' ? ['INBOUND NOTIFY']
			: ['INBOUND NOTIFY', 'UPDATEACTIVITY END'];
	if (told === 'outbound' && outbound === 'full')
		return ['OUTBOUND ACCEPT', 'UPDATEACTIVITY END'];
	if (typeof told === 'string')
		return Array(told.includes('twice') ? 2 : 1)
			.fill(['end', 'full'].includes(outbound)
				? ['UPDATEACTIVITY END'] : []).flat();
	return told;
}

const tabs = {
	close: frameDetach,
	open: frameAttach,
	second: frameSecond,
	one: frameSecondClose,
};

const doers = {
	async play(run, { who, script, from = CALLER }) {
		const { id } = await ask('POST', '/simulator/calls',
			{ from, to: '+493012345', agent, script });

		run.calls.set(who, { id, key: id });
	},

	async push(run, { who, event, transferOf }) {
		const known = run.calls.get(who);
		const ref = known?.ref ?? `desk-${randomId()}`;
		const { id } = await ask('POST', '/inbound', {
			event,
			ref,
			agent,
			from: COLLEAGUES_CALLER,
			transfer_of: transferOf ? run.calls.get(transferOf).ref : null,
		});

		run.calls.set(who, { id, key: id, ref });
	},

	click(run, { who, number }) {
		const payload = click(number);

		run.calls.set(who, { payload, key: payload.ActivityUUID });
	},

	again(run, { who }) {
		clickSend(run.calls.get(who).payload);
	},

	async dialed(run, { who }) {
		const call = run.calls.get(who);
		const [found] = await until(`the relay has no call for click ${who}, ` +
			'see the widget', async () => {
			const list = await callsOf(call.key);

			return list.length > 0 && list;
		});

		call.id = found.id;
	},

	async redial(run, { who, from }) {
		const { id } = await ask('POST',
			`/calls/${run.calls.get(from).id}/redial`);

		run.calls.set(who, { id, key: run.calls.get(from).key });
	},

	act(run, { who, action }) {
		return ask('POST', `/calls/${run.calls.get(who).id}/${action}`);
	},

	patch(run, { who, facts }) {
		return ask('PATCH', `/calls/${run.calls.get(who).id}`, facts);
	},

	state(run, { who, word }) {
		return until(`call ${who} is ${word}`, async () =>
			(await callGet(run.calls.get(who).id)).state === word);
	},

	heard(run, { who, step }) {
		return until(`SAP hears that call ${who} is ${step}`, () =>
			run.stepsOf(who).some((each) => each.step === step));
	},

	tab(run, { what }) {
		return tabs[what]();
	},

	/** Nothing of this tab moves; the request before it is on its way. */
	async stall(run, { ms }) {
		await pause(50);
		const end = performance.now() + ms;

		while (performance.now() < end)
			continue;
	},
};

class Run {
	constructor(name, ledger) {
		this.scenario = scenarios[name];
		this.ledger = ledger;
		this.calls = new Map(); // who → {id, key, ref, payload}
		this.before = ledger.counts(performance.now());
	}

	stepsOf(who) {
		const key = this.calls.get(who)?.key;

		return this.ledger.activities.get(key)?.steps ?? [];
	}

	fieldsOf(who) {
		const key = this.calls.get(who)?.key;

		return this.ledger.activities.get(key)?.fields ?? {};
	}

	/** [{who, wanted, got, isFine}] */
	rows() {
		return Object.entries(this.scenario.told).map(([who, told]) => {
			const wanted = wordsOf(told);
			const got = this.stepsOf(who).map(({ word }) => word);

			return { who, wanted, got,
				isFine: wanted.join() === got.join() };
		});
	}

	/** Faults of the books that came in since the beginning. */
	faults() {
		const now = this.ledger.counts(performance.now());

		return ['doubled', 'missing', 'unknown', 'wrong', 'refused']
			.filter((name) => now[name] > this.before[name])
			.map((name) => `${name}: ${now[name] - this.before[name]}`);
	}

	related() {
		return Object.entries(this.scenario.related ?? {})
			.filter(([later, first]) => this.fieldsOf(later)
				.ExternalOriginalReferenceID !== this.calls.get(first).key)
			.map(([later, first]) => `call ${later} is not related to ${first}`);
	}

	absent() {
		return Object.entries(this.scenario.absent ?? {})
			.filter(([who, field]) => field in this.fieldsOf(who))
			.map(([who, field]) => `call ${who} must not have ${field}`);
	}

	async dialed() {
		const wrong = [];

		for (const [who, n] of Object.entries(this.scenario.dialed ?? {})) {
			const got = (await callsOf(this.calls.get(who).key)).length;

			if (got !== n)
				wrong.push(`click ${who} made ${got} calls, not ${n}`);
		}
		return wrong;
	}

	async causes() {
		const wrong = [];

		for (const [who, cause] of Object.entries(this.scenario.causes ?? {})) {
			const call = await callGet(this.calls.get(who).id);

			if (call.cause !== cause)
				wrong.push(`call ${who} ended ${call.cause}, not ${cause}`);
		}
		return wrong;
	}

	async reasons() {
		return [...this.faults(), ...this.related(), ...this.absent(),
			...await this.dialed(), ...await this.causes()];
	}
}

/** Ends what a scenario that failed left behind. */
async function tidy(run) {
	frameSecondClose();
	await frameAttach();
	for (const { id, ref } of run.calls.values())
		if (ref)
			await ask('POST', '/inbound', { event: 'ended', ref, agent })
				.catch(() => {});
		else if (id)
			await ask('DELETE', `/calls/${id}`).catch(() => {});
}

async function stepsDo(run, { speed, onStep }) {
	const { steps } = run.scenario;

	for (const [i, step] of steps.entries()) {
		onStep(i + 1, steps.length, step);
		await doers[step.do](run, step);
		await pause(STEP_MS / speed);
	}
	await until('all that SAP is to hear', () => run.rows()
		.every(({ wanted, got }) => got.length >= wanted.length));
	await pause(Math.max(SETTLE_MS / speed, 250));
}

/**
 * Plays it. quiet(): done when the lint has answered for all messages.
 * Resolves to {isPassed, rows, reasons}; never throws.
 */
export async function scenarioPlay(name, ledger, { speed, onStep, quiet }) {
	const run = new Run(name, ledger);
	const reasons = [];

	try {
		await stepsDo(run, { speed, onStep });
		await quiet();
		reasons.push(...await run.reasons());
	} catch (err) {
		if (!(err instanceof Refusal))
			throw err;
		reasons.push(err.message);
		await tidy(run);
	}
	const rows = run.rows();

	return { isPassed: reasons.length === 0 && rows.every((r) => r.isFine),
		rows, reasons };
}
