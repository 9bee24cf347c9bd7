// SPDX-License-Identifier: Apache-2.0
// words.js - what the agent reads: states, causes, refusals, times

import { Problem } from './api.js';
import { phoneWords } from './numbers.js';

const stateWords = {
	queued: () => 'Starting the call',
	alerting: () => 'Pick up your phone',
	dialing: () => 'Dialing',
	ringing: (call) =>
		call.direction === 'inbound' ? 'Incoming call' : 'Ringing',
	active: (call) => (call.muted ? 'In call, you are muted' : 'In call'),
	held: () => 'On hold',
	unknown: () => 'State unknown: look at your phone',
	ended: causeWords,
};

const causes = {
	normal: ['Call ended', 'Call ended'],
	busy: ['The line is busy', 'Busy'],
	no_answer: ['Nobody answered', 'Missed: not answered'],
	rejected: ['The other side declined', 'Rejected'],
	cancelled: ['Cancelled before an answer', 'Missed: the caller hung up'],
	answered_elsewhere: ['Answered elsewhere', 'Answered on another phone'],
	unreachable: ['Not reachable', 'Your phone was not reachable'],
	bad_number: ['This number does not exist', 'Wrong number'],
	link_lost: [
		'Connection to the phone system lost',
		'Connection to the phone system lost',
	],
	failed: ['The call failed', 'The call failed'],
};

function causeWords(call) {
	const words = causes[call.cause] ?? ['Call ended', 'Call ended'];
	const text = words[call.direction === 'inbound' ? 1 : 0];

	return call.duration_ms === null
		? text
		: `${text} after ${clockWords(call.duration_ms)}`;
}

export function callWords(call) {
	return (stateWords[call.state] ?? (() => call.state))(call);
}

export function clockWords(ms) {
	const s = Math.max(0, Math.floor(ms / 1000));
	const two = (n) => String(n).padStart(2, '0');
	const minutes = Math.floor(s / 60);

	return minutes < 60
		? `${minutes}:${two(s % 60)}`
		: `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(s % 60)}`;
}

export function partyWords(call) {
	return phoneWords(call.number ?? call.number_raw ?? '') ||
		(call.withheld ? 'Number withheld' : 'Unknown number');
}

export function wordsOf(err, title) {
	if (err instanceof Problem)
		return { title, text: err.detail || err.message, fix: err.fix };
	return {
		title,
		text: 'The relay did not answer.',
		fix: 'Start patchcord on this computer, or wait until the link ' +
			'is there again.',
	};
}

export function timeWords(time) {
	return time === null
		? ''
		: new Date(time).toLocaleTimeString([], {
			hour: '2-digit',
			minute: '2-digit',
		});
}

export const refusedWords = {
	answer: 'The call could not be answered',
	reject: 'The call could not be rejected',
	hangup: 'The call could not be hung up',
	hold: 'The call could not be held',
	resume: 'The call could not be resumed',
	mute: 'The microphone could not be muted',
	unmute: 'The microphone could not be unmuted',
	transfer: 'The call could not be transferred',
	dtmf: 'The tone could not be sent',
};
