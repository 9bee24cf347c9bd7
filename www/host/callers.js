// SPDX-License-Identifier: Apache-2.0
// callers.js - somebody calls: one inbound call of the simulator by a button

import { at } from './dom.js';
import { agent, ask } from './relay.js';

const scripts = [
	{ name: 'ring', label: 'Rings until you answer' },
	{ name: 'answer', label: 'Your phone answers' },
	{ name: 'cancel', label: 'Caller gives up' },
	{ name: 'elsewhere', label: 'A colleague answers' },
	{ name: 'drop', label: 'The link drops while you talk' },
];

async function play(script) {
	const { from, name } = at('caller').elements;

	try {
		const { id } = await ask('POST', '/simulator/calls', {
			from: from.value.trim() || null,
			to: '+493012345',
			name: name.value.trim() || null,
			agent,
			script,
		});

		at('played').textContent = `Call ${id} rings.`;
	} catch (err) {
		at('played').textContent = err.message;
	}
}

export function callersStart() {
	for (const { name, label } of scripts) {
		const button = document.createElement('button');

		button.type = 'button';
		button.textContent = label;
		button.dataset.script = name;
		button.onclick = () => play(name);
		at('scripts').append(button);
	}
	at('caller').onsubmit = (event) => event.preventDefault();
	at('callers').hidden = false;
}
