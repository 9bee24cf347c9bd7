// SPDX-License-Identifier: Apache-2.0
// run.mjs - node run.mjs BINARY OPEN-BINARY [WORD…]: attacks on both

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { Relay } from '../relay.mjs';
import { attacks } from './attacks.mjs';
import { honest } from './honest.mjs';
import { Stage } from './stage.mjs';
import { Tap } from './tap.mjs';
import { Trial } from './trial.mjs';

const AT_ONCE = 3;
const [binary, openBinary, ...words] = process.argv.slice(2);

const chromiums = [
	process.env.CHROMIUM,
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
];

// Local Network Access, which asks the user before a page of the Internet
// may reach this computer.
const ACCESS = ['LocalNetworkAccessChecks', 'LocalNetworkAccessChecksWebSockets',
	'LocalNetworkAccessChecksWebRTC'];
const OFF = ['HttpsUpgrades', 'Translate', 'OptimizationHints', 'MediaRouter'];

function browserStart(stage, guarded) {
	const on = guarded ? ACCESS : [];
	const off = guarded ? OFF : [...OFF, ...ACCESS];

	return chromium.launch({
		executablePath: chromiums.find((path) => path && existsSync(path)),
		ignoreDefaultArgs: ['--disable-background-networking'],
		args: [
			'--headless',
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--disable-component-update',
			'--disable-domain-reliability',
			`--enable-features=${on.join(',')}`,
			`--disable-features=${off.join(',')}`,
			...stage.args(),
		],
	});
}

/** One attack or one honest use, with a relay and a profile of its own. */
async function storyRun(story, place) {
	const name = `${place.name}: ${story.name}`;
	const trial = new Trial(story, place);

	try {
		trial.relay = await Relay.start(resolve(place.binary),
			story.settings);
		trial.tap = await Tap.start(trial.relay);
		await trial.run();
		console.log(`ok - ${name}${trial.remark()}`);
		return true;
	} catch (err) {
		console.log(`FAIL - ${name}`);
		console.log(`${err.stack ?? err}\n${trial.story()}`
			.replace(/^/gm, '    '));
		return false;
	} finally {
		await trial.context?.close();
		trial.tap?.stop();
		await trial.relay?.stop();
	}
}

async function storiesRun(stories, place, count) {
	const queue = stories.filter(({ name }) => words.length === 0 ||
		words.some((word) => name.includes(word)));
	const worker = async () => {
		for (let story = queue.shift(); story; story = queue.shift())
			count[await storyRun(story, place) ? 'passed' : 'failed']++;
	};

	await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function placeRun(access, count) {
	const stage = await Stage.start();
	const browser = await browserStart(stage, access);
	const where = access ? 'with the prompt' : 'without the prompt';
	const common = { stage, browser, access };

	try {
		await storiesRun([...attacks, ...honest.filter((story) =>
			access || !story.prompt)], {
			...common, binary, open: false, name: where,
		}, count);
		await storiesRun(attacks.filter(({ attack }) => attack.dials ||
			attack.reads || attack.pairs || attack.rings), {
			...common, binary: openBinary, open: true,
			name: `${where}, open relay`,
		}, count);
	} finally {
		await browser.close();
		stage.stop();
	}
}

if (!openBinary) {
	console.error('usage: node run.mjs BINARY OPEN-BINARY [WORD…]');
	process.exit(2);
}
const count = { passed: 0, failed: 0 };

for (const access of [false, true])
	await placeRun(access, count);
console.log(`${count.passed} passed, ${count.failed} failed`);
process.exit(count.failed > 0 || count.passed === 0 ? 1 : 0);
