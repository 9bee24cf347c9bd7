// SPDX-License-Identifier: Apache-2.0
// ledger.js - SAP's books: activities by their ids, and what does not add up

const END_PATIENCE_MS = 3000; // an END may come this long after the call

/** What a message does to its activity, in a word. */
export function stepOf({ EventType, Action }) {
	if (Action === 'NOTIFY')
		return 'ringing';
	if (Action === 'END')
		return 'ended';
	return EventType === 'UPDATEACTIVITY' ? 'updated' : 'accepted';
}

/** As people write it: INBOUND ACCEPT; without Action SAP means ACCEPT. */
export function wordOf({ EventType, Action }) {
	const meant = EventType === 'UPDATEACTIVITY' ? '' : 'ACCEPT';

	return [EventType ?? 'INBOUND', Action ?? meant].filter(Boolean).join(' ');
}

function keyOf(payload) {
	const step = stepOf(payload);

	return step === 'updated' ? `updated ${JSON.stringify(payload)}` : step;
}

function activityNew(id, kind) {
	return {
		id, // ExternalReferenceID, or ActivityUUID of a click
		kind, // inbound, transfer, outbound
		fields: {}, // all that was told
		steps: [], // {step, word, at, isElsewhere}
		seen: new Map(), // key → times
		dials: 1, // calls of this click, as far as was asked
		isTold: false, // this page got a message of it
		isUnknown: false, // its first message was an update or the end
		isChecked: false, // the relay was asked
		hasBegunEarlier: false, // the relay knows it
		call: null, // the relay's view
		isOver: 0, // since when the relay says ended, ms
		isRefused: false, // a click the relay did not dial
	};
}

export class Ledger {
	constructor({ isMissedSilent = false } = {}) {
		this.isMissedSilent = isMissedSilent;
		this.activities = new Map();
		this.messages = 0;
		this.wrong = 0; // no payload SAP would take
		this.refused = 0; // by the lint
		this.canAsk = false; // there is a relay that knows older calls
	}

	#open(id, kind) {
		const known = this.activities.get(id);

		if (known)
			return known;
		const activity = activityNew(id, kind);

		this.activities.set(id, activity);
		return activity;
	}

	/** SAP made an activity, for a click. */
	click(payload) {
		const activity = this.#open(payload.ActivityUUID, 'outbound');

		Object.assign(activity.fields, payload);
		return activity;
	}

	#find(payload) {
		const { ExternalReferenceID: id, ActivityUUID: uuid } = payload;

		if (uuid && this.activities.has(uuid))
			return this.activities.get(uuid);
		return this.#open(id ?? uuid ?? `without id ${this.messages}`, {
			TRANSFER: 'transfer', OUTBOUND: 'outbound',
		}[payload.EventType] ?? 'inbound');
	}

	#step(activity, payload, at, isElsewhere) {
		const key = keyOf(payload);
		const times = (activity.seen.get(key) ?? 0) + 1;

		activity.seen.set(key, times);
		activity.steps.push({
			step: stepOf(payload), word: wordOf(payload), at, isElsewhere,
		});
		Object.assign(activity.fields, payload);
		return times > activity.dials;
	}

	/** The click that hears this once more: was it called again? */
	repeatedClick(payload) {
		const activity = this.activities.get(payload?.ActivityUUID);

		return activity?.kind === 'outbound' &&
			activity.seen.has(keyOf(payload)) ? activity : null;
	}

	/** A message; payload null: SAP would not have understood it. */
	take(payload, at) {
		this.messages++;
		if (!payload) {
			this.wrong++;
			return { activity: null, flaws: ['wrong wrapper'] };
		}
		const activity = this.#find(payload);
		const isLate = /updated|ended/.test(stepOf(payload));
		const isNew = activity.steps.length === 0 &&
			!(activity.kind === 'outbound' && activity.fields.PhoneNumber);
		const isDoubled = this.#step(activity, payload, at, false);

		activity.isTold = true;
		activity.isUnknown ||= isNew && isLate;
		return {
			activity,
			flaws: [
				isDoubled && 'doubled',
				isNew && isLate && 'id not heard of before',
				!payload.ExternalReferenceID && !payload.ActivityUUID &&
					'no id',
			].filter(Boolean),
		};
	}

	/** Another tab of this browser got it. */
	takeElsewhere(payload, at) {
		const activity = this.#find(payload);

		this.#step(activity, payload, at, true);
		return activity;
	}

	/** What the relay says of an activity's call; null: it knows none. */
	relaySays(activity, call, nowMs) {
		activity.call = call;
		activity.isChecked = true;
		if (call && activity.isUnknown) {
			activity.isUnknown = false;
			activity.hasBegunEarlier = true;
		}
		if (call?.state !== 'ended')
			activity.isOver = 0;
		else
			activity.isOver ||= nowMs;
	}

	hasStep(activity, step) {
		return activity.steps.some((each) => each.step === step);
	}

	/** Does SAP wait for an END that should have come? */
	isEndMissing(activity, nowMs) {
		const isSilent = this.isMissedSilent &&
			!this.hasStep(activity, 'accepted');

		return activity.isTold && !isSilent && activity.isOver > 0 &&
			nowMs - activity.isOver >= END_PATIENCE_MS &&
			!this.hasStep(activity, 'ended');
	}

	/** ringing, open, completed, missed: as SAP would show it. */
	statusOf(activity) {
		const has = (step) => this.hasStep(activity, step);

		if (has('ended'))
			return has('accepted') || activity.hasBegunEarlier ||
				activity.kind === 'outbound' ? 'completed' : 'missed';
		if (activity.kind === 'outbound' || has('accepted') ||
		    !has('ringing'))
			return 'open';
		return activity.isOver && this.isMissedSilent ? 'missed' : 'ringing';
	}

	/** Is there more to come? */
	isRunning(activity, nowMs) {
		const { ExternalReferenceID: id, ActivityUUID: uuid } =
			activity.fields;

		if (activity.isRefused || !(id || uuid) || this.isEndMissing(activity, nowMs))
			return false;
		if (activity.kind === 'outbound' && activity.isOver)
			return nowMs - activity.isOver < END_PATIENCE_MS / 2;
		return !['completed', 'missed'].includes(this.statusOf(activity));
	}

	#count(probe) {
		return [...this.activities.values()].reduce(
			(sum, activity) => sum + Number(probe(activity)), 0);
	}

	counts(nowMs) {
		return {
			messages: this.messages,
			doubled: this.#count(({ seen, dials }) => [...seen.values()]
				.reduce((sum, n) => sum + Math.max(0, n - dials), 0)),
			missing: this.#count((each) => this.isEndMissing(each, nowMs)),
			unknown: this.#count((each) => each.isUnknown &&
				(each.isChecked || !this.canAsk)),
			wrong: this.wrong,
			refused: this.refused,
		};
	}

	/** One sentence on all of it: {tone: 'good' | 'bad' | 'open', text}. */
	verdict(nowMs) {
		const shown = (each) => each.isTold || each.kind === 'outbound';
		const total = this.#count(shown);
		const running = this.#count((each) =>
			shown(each) && this.isRunning(each, nowMs));
		const faults = faultsOf(this.counts(nowMs));

		if (faults.length > 0)
			return { tone: 'bad', text: `${faults.join(', ')}.` };
		if (total === 0)
			return { tone: 'open', text: this.messages > 0
				? 'No call yet.'
				: 'Nothing heard yet: click a contact, let somebody ' +
					'call, or play a scenario.' };
		if (running > 0)
			return { tone: 'open', text: `${plural(total, 'call')} so far, ` +
				`${running} still running; nothing doubled, no END missing.` };
		return { tone: 'good', text: total === 1
			? 'The call is complete, nothing doubled.'
			: `All ${total} calls complete, nothing doubled.` };
	}
}

function plural(n, word) {
	return `${n} ${word}${n === 1 ? '' : 's'}`;
}

function faultsOf({ doubled, missing, unknown, wrong, refused }) {
	return [
		doubled > 0 && `${plural(doubled, 'message')} doubled`,
		missing > 0 && `${missing} END missing`,
		unknown > 0 && plural(unknown, 'unknown id'),
		wrong > 0 && `${plural(wrong, 'message')} in a wrong wrapper`,
		refused > 0 && `${plural(refused, 'message')} refused by the lint`,
	].filter(Boolean);
}
