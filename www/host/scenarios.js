// SPDX-License-Identifier: Apache-2.0
// scenarios.js - what can be played: a table of steps, and what SAP must hear

/*
 * A step is made by one of these; who ('A', 'B') names a call from the step
 * that begins it. player.js does them, with a pause after each.
 */
const play = (who, script, more = {}) => ({ do: 'play', who, script, ...more });
const push = (who, event, more = {}) => ({ do: 'push', who, event, ...more });
const click = (who, number) => ({ do: 'click', who, number });
const again = (who) => ({ do: 'again', who });
const dialed = (who) => ({ do: 'dialed', who });
const redial = (who, from) => ({ do: 'redial', who, from });
const act = (who, action) => ({ do: 'act', who, action });
const patch = (who, facts) => ({ do: 'patch', who, facts });
const state = (who, word) => ({ do: 'state', who, word });
const heard = (who, step) => ({ do: 'heard', who, step });
const tab = (what) => ({ do: 'tab', what });
const stall = (ms) => ({ do: 'stall', ms });

const FINE = '+1 6503054000';
const BUSY = '+1 6503054486';

const NOTIFY = 'INBOUND NOTIFY';
const ACCEPT = 'INBOUND ACCEPT';
const END = 'UPDATEACTIVITY END';
const ANSWERED = [NOTIFY, ACCEPT, END];
/* What sap.missed and sap.outbound ask for, see player.js. */
const MISSED = 'missed';
const OUTBOUND = 'outbound';
const OUTBOUND_TWICE = 'outbound, twice not answered';

const ringing = (who) => [play(who, 'ring'), heard(who, 'ringing')];
const answered = (who) =>
	[...ringing(who), act(who, 'answer'), heard(who, 'accepted')];
const hungUp = (who) => [act(who, 'hangup'), heard(who, 'ended')];
const talkOut = (who, number) =>
	[click(who, number), dialed(who), state(who, 'active')];

/** told: for each call, what SAP hears of it, in order. */
export const scenarios = {
	'inbound-answered': {
		title: 'Inbound, answered',
		text: 'A customer calls, the agent answers, talks and hangs up.',
		steps: [...answered('A'), ...hungUp('A')],
		told: { A: ANSWERED },
	},
	'inbound-missed': {
		title: 'Inbound, caller gives up',
		text: 'The banner must go away again: END follows NOTIFY.',
		steps: [play('A', 'cancel'), state('A', 'ended')],
		told: { A: MISSED },
	},
	'inbound-rejected': {
		title: 'Inbound, rejected',
		text: 'The agent declines; SAP knows no reject, so END follows.',
		steps: [...ringing('A'), act('A', 'reject'), state('A', 'ended')],
		told: { A: MISSED },
	},
	'inbound-elsewhere': {
		title: 'Answered by a colleague',
		text: 'The phone rings at several desks and another one is faster.',
		steps: [play('A', 'elsewhere'), state('A', 'ended')],
		told: { A: MISSED },
	},
	'inbound-withheld': {
		title: 'Withheld number',
		text: 'No number to show: the id goes out all the same, ANI does not.',
		steps: [play('A', 'ring', { from: null }), heard('A', 'ringing'),
			act('A', 'answer'), heard('A', 'accepted'), ...hungUp('A')],
		told: { A: ANSWERED },
		absent: { A: 'ANI' },
	},
	'late-data': {
		title: 'Notes and recording',
		text: 'Facts learned in the call reach its activity by the same id.',
		steps: [...answered('A'),
			patch('A', { subject: 'Delivery date', text: 'Asks for Friday.',
				recording_id: 'REC_0815' }),
			heard('A', 'updated'), ...hungUp('A')],
		told: { A: [NOTIFY, ACCEPT, 'UPDATEACTIVITY', END] },
	},
	transfer: {
		title: 'Transfer',
		text: 'A colleague passes his call on: a new id, and the first one ' +
			'as original, so that SAP relates the two.',
		steps: [push('A', 'ringing'), heard('A', 'ringing'),
			push('A', 'answered'), heard('A', 'accepted'),
			push('B', 'ringing', { transferOf: 'A' }), heard('B', 'ringing'),
			push('A', 'ended'), heard('A', 'ended'),
			push('B', 'answered'), heard('B', 'accepted'),
			push('B', 'ended'), heard('B', 'ended')],
		told: { A: ANSWERED,
			B: ['TRANSFER NOTIFY', 'TRANSFER ACCEPT', END] },
		related: { B: 'A' },
	},
	'two-calls': {
		title: 'Two calls at once',
		text: 'A second customer calls while the agent talks.',
		steps: [...answered('A'), ...answered('B'), ...hungUp('A'),
			...hungUp('B')],
		told: { A: ANSWERED, B: ANSWERED },
	},
	'click-answered': {
		title: 'Click-to-call',
		text: 'SAP made the activity itself, so it is told nothing.',
		steps: [...talkOut('A', FINE), act('A', 'hangup'),
			state('A', 'ended')],
		told: { A: OUTBOUND },
		dialed: { A: 1 },
	},
	'double-click': {
		title: 'A double click',
		text: 'The same click twice in a moment is one call.',
		steps: [click('A', FINE), again('A'), dialed('A'),
			state('A', 'active'), act('A', 'hangup'), state('A', 'ended')],
		told: { A: OUTBOUND },
		dialed: { A: 1 },
	},
	'repeated-click': {
		title: 'A repeated click',
		text: 'The same click again after the call: it is offered, not dialed.',
		steps: [...talkOut('A', FINE), act('A', 'hangup'),
			state('A', 'ended'), again('A'),
			...talkOut('B', '+1 6503054001'), act('B', 'hangup'),
			state('B', 'ended')],
		told: { A: OUTBOUND, B: OUTBOUND },
		dialed: { A: 1, B: 1 },
	},
	'busy-redial': {
		title: 'Busy, called again',
		text: 'The line is busy; "Call again" is a second call of the click.',
		steps: [click('A', BUSY), dialed('A'), state('A', 'ended'),
			redial('B', 'A'), state('B', 'ended')],
		told: { A: OUTBOUND_TWICE },
		causes: { A: 'busy', B: 'busy' },
	},
	'refused-number': {
		title: 'Refused number',
		text: 'What is no number is not dialed; the widget says why.',
		steps: [click('A', '1-800-FLOWERS'), ...talkOut('B', FINE),
			act('B', 'hangup'), state('B', 'ended')],
		told: { A: [], B: OUTBOUND },
		dialed: { A: 0, B: 1 },
	},
	'switch-lost': {
		title: 'Switch lost in a call',
		text: 'The link to the switch drops: the call ends for SAP, too.',
		steps: [play('A', 'drop'), heard('A', 'accepted'),
			heard('A', 'ended')],
		told: { A: ANSWERED },
		causes: { A: 'link_lost' },
	},
	'tab-closed': {
		title: 'Tab closed in a call',
		text: 'The widget is taken away while it rings and comes back after ' +
			'the call: what SAP missed is told then, in order.',
		steps: [...ringing('A'), tab('close'), act('A', 'answer'),
			state('A', 'active'), act('A', 'hangup'), state('A', 'ended'),
			tab('open'), heard('A', 'accepted'), heard('A', 'ended')],
		told: { A: ANSWERED },
	},
	'tab-frozen': {
		title: 'Tab frozen',
		text: 'This page stands still for three seconds while the call is ' +
			'answered. (The browser can freeze a tab for longer; ' +
			'a page cannot do that to itself, the tests do.)',
		steps: [...ringing('A'), act('A', 'answer'), stall(3000),
			heard('A', 'accepted'), act('A', 'hangup'), stall(3000),
			heard('A', 'ended')],
		told: { A: ANSWERED },
	},
	'two-tabs': {
		title: 'Two tabs',
		text: 'A second widget of the same agent: one of them tells SAP.',
		steps: [tab('second'), ...answered('A'), ...hungUp('A'),
			tab('one')],
		told: { A: ANSWERED },
	},
	'slow-network': {
		title: 'Slow network',
		text: 'Two calls in a hurry. Throttle the network in the developer ' +
			'tools first: a page cannot slow itself down, the tests do.',
		steps: [play('A', 'cancel'), ...answered('B'), ...hungUp('B'),
			state('A', 'ended')],
		told: { A: MISSED, B: ANSWERED },
	},
};
