// SPDX-License-Identifier: Apache-2.0
// main.js - the stand-in for SAP's page: its books, its watch, its parts

import { activityShow } from './activities.js';
import { callersStart } from './callers.js';
import { contactsShow, contactsStart } from './contacts.js';
import { at, meta } from './dom.js';
import { frameAttach, framesListen } from './frames.js';
import { Ledger } from './ledger.js';
import { messageLint, messageShow, payloadOf } from './messages.js';
import {
	agent, ask, callGet, callsOf, isServed, relayFind, until,
} from './relay.js';
import { stageStart } from './stage.js';

const WATCH_MS = 1000;
const CLICK_LIFE_MS = 9000; // the widget gives an undialed click up by then

const ledger = new Ledger({ isMissedSilent: meta('cti-missed') === 'silent' });
const tabs = new BroadcastChannel(`stand-in of ${agent ?? 'SAP'}`);
const clickedAt = new Map(); // activity → ms
let lintsOpen = 0;
let hasRelay = false;
let watching = null;
let watched = []; // drawn once more when they need no more watching

function now() {
	return performance.now();
}

/* --- the line on top --- */

function booksShow() {
	const { tone, text } = ledger.verdict(now());

	at('verdict').dataset.verdict = tone;
	if (at('verdict-text').textContent !== text)
		at('verdict-text').textContent = text;
	for (const [name, value] of Object.entries(ledger.counts(now()))) {
		const counter = at(`n-${name}`);

		counter.textContent = value;
		counter.parentElement.dataset.count = value;
	}
	at('count').textContent = ledger.messages;
}

function activityDraw(activity) {
	if (activity.isTold || activity.kind === 'outbound')
		activityShow(activity, ledger, now());
}

/* --- what the relay says of the calls that are open here --- */

function running() {
	return [...ledger.activities.values()].filter((each) =>
		(each.isTold || each.kind === 'outbound') &&
		(ledger.isRunning(each, now()) ||
			(each.isUnknown && !each.isChecked)));
}

function callFor(activity, calls) {
	const uuid = activity.fields.ActivityUUID;

	return calls.find(({ id, activity_uuid: clicked }) =>
		id === activity.id || (uuid && clicked === uuid)) ?? null;
}

/** One that is not in the list of recent calls may be there all the same. */
async function watchOne(activity, calls) {
	const call = callFor(activity, calls) ?? (activity.kind === 'outbound'
		? null : await callGet(activity.id).catch(() => null));

	ledger.relaySays(activity, call, now());
	activity.isRefused = activity.kind === 'outbound' && !call &&
		now() - (clickedAt.get(activity) ?? 0) > CLICK_LIFE_MS;
	activityDraw(activity);
}

async function watch() {
	const open = running();

	if (hasRelay && open.length > 0) {
		const calls = await callsOf().catch(() => null);

		for (const activity of calls ? open : [])
			await watchOne(activity, calls);
	}
	watched.forEach(activityDraw);
	watched = open;
	booksShow();
	watching = running().length > 0 ? setTimeout(watch, WATCH_MS) : null;
}

function watchSoon() {
	booksShow();
	watching ??= setTimeout(watch, WATCH_MS / 4);
}

/* --- what comes --- */

async function lintShow(item, data) {
	lintsOpen++;
	if (await messageLint(item, data))
		ledger.refused++;
	lintsOpen--;
	booksShow();
}

/** Each call of a click ends once, so a click called again ends twice. */
async function dialsLearn(payload) {
	const activity = ledger.repeatedClick(payload);

	if (!activity || !hasRelay)
		return;
	const calls = await callsOf(payload.ActivityUUID).catch(() => []);

	activity.dials = Math.max(1, calls.length);
}

async function onMessage(data, frame) {
	const payload = payloadOf(data);

	if (ledger.repeatedClick(payload))
		await dialsLearn(payload);
	const { activity, flaws } = ledger.take(payload, Date.now());
	const item = messageShow(data, frame, flaws);

	lintShow(item, data);
	if (activity) {
		activityDraw(activity);
		tabs.postMessage(payload);
	}
	watchSoon();
}

/** Another tab of the same agent was told something. */
tabs.onmessage = async ({ data }) => {
	if (ledger.repeatedClick(data))
		await dialsLearn(data);
	activityDraw(ledger.takeElsewhere(data, Date.now()));
	watchSoon();
};

function onClick(payload) {
	const activity = ledger.click(payload);

	clickedAt.set(activity, now());
	activityDraw(activity);
	watchSoon();
}

/* --- start --- */

function placeSay(relay, isSimulator) {
	const chips = [
		agent && `agent ${agent}`,
		relay && (isSimulator ? 'simulator' : `switch: ${relay.driver}`),
		relay ? `patchcord ${relay.version}` : 'no relay behind this page',
		!isServed && 'another origin than the widget',
	];

	for (const text of chips.filter(Boolean)) {
		const chip = document.createElement('li');

		chip.textContent = text;
		at('place').append(chip);
	}
}

/** A ring that nobody hears is over before SAP could be told. */
async function isHeard() {
	const { streams } = await ask('GET', '/status');

	return streams > 0;
}

async function start() {
	framesListen(onMessage);
	contactsStart(onClick);
	const loaded = frameAttach();
	const relay = await relayFind();
	const isSimulator = relay?.driver === 'simulator';

	hasRelay = relay !== null;
	ledger.canAsk = hasRelay;
	placeSay(relay, isSimulator);
	if (isSimulator || meta('cti-simulator') === 'yes') {
		contactsShow();
		callersStart();
		await loaded;
		await until('the widget listens', isHeard).catch(() => {});
		stageStart({
			ledger,
			quiet: () => until('the lint answers', () => lintsOpen === 0),
		});
	}
	booksShow();
}

start();
