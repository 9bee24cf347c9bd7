// SPDX-License-Identifier: Apache-2.0
// stream.js - one stream of Server-Sent Events; knows nothing of tabs

import { problemOf, request } from './api.js';
import { clockSeen } from './clock.js';

const SILENCE_MS = 45000; // the relay says something every 15 s
const LOOK_MS = 5000;

/** Takes text as it comes and emits (event, data, id) of Server-Sent Events. */
export function eventParser(emit) {
	let rest = '';
	let held = ''; // a CR whose LF may still come
	let fields = { event: 'message', data: [], id: null };

	function dispatch() {
		const { event, data, id } = fields;

		fields = { event: 'message', data: [], id: null };
		if (data.length > 0)
			emit(event, data.join('\n'), id);
	}

	function line(text) {
		const [, name, value] = /^([^:]*)(?:: ?(.*))?$/s.exec(text);

		if (name === 'data')
			fields.data.push(value ?? '');
		else if (name === 'event')
			fields.event = value || 'message';
		else if (name === 'id' && value && !value.includes('\0'))
			fields.id = value;
	}

	return (chunk) => {
		let text = held + chunk;

		held = text.endsWith('\r') ? '\r' : '';
		text = held ? text.slice(0, -1) : text;
		const lines = text.split(/\r\n|\n|\r/);

		lines[0] = rest + lines[0];
		rest = lines.pop();
		for (const each of lines)
			if (each === '')
				dispatch();
			else
				line(each);
	};
}

async function streamRead(res, { onEvent, alive }) {
	const reader = res.body.getReader();
	const decoder = new TextDecoder();
	const parse = eventParser(onEvent);

	for (;;) {
		const { done, value } = await reader.read();

		if (done)
			return;
		alive();
		parse(decoder.decode(value, { stream: true }));
	}
}

/**
 * Reads until the stream ends or falls silent; throws what ended it, a Problem
 * when the relay refused. cursor: the last id seen, or null; ended: a signal
 * that ends it; onOpen(), onEvent(name, text, id), onBeat() tell.
 */
export async function streamOnce({ cursor, ended, onOpen, onEvent, onBeat }) {
	const control = new AbortController();
	let heard = performance.now();
	const watchdog = setInterval(() => {
		if (performance.now() - heard > SILENCE_MS)
			control.abort();
	}, LOOK_MS);

	ended?.addEventListener('abort', () => control.abort(),
		{ signal: control.signal });
	try {
		const res = await request('GET', '/events', {
			signal: control.signal,
			headers: {
				Accept: 'text/event-stream',
				...(cursor !== null && { 'Last-Event-ID': cursor }),
			},
		});

		clockSeen(Date.parse(res.headers.get('Date') ?? ''));
		if (!res.ok)
			throw await problemOf(res);
		onOpen?.();
		await streamRead(res, {
			onEvent,
			alive() {
				heard = performance.now();
				onBeat?.();
			},
		});
	} finally {
		clearInterval(watchdog);
		control.abort();
	}
}
