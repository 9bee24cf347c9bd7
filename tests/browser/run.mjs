// SPDX-License-Identifier: Apache-2.0
// run.mjs - node run.mjs [--long] BINARY [WORD…]: the stories (whose name has a WORD)

import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { Relay } from './relay.mjs';
import { stories as agent } from './agent.mjs';
import { stories as desk } from './console.mjs';
import { stories as docs } from './docs.mjs';
import { stories as host } from './host.mjs';
import { stories as hub } from './hub.mjs';
import { stories as phone } from './phone.mjs';
import { stories as pairing } from './pairing.mjs';
import { stories as general } from './stories.mjs';
import { Tenant } from './tenant.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const shots = resolve(here, '../../build/browser');
const long = process.argv.includes('--long');
const [binary, ...words] = process.argv.slice(2)
	.filter((word) => word !== '--long');
const stories = [...general, ...agent, ...host, ...pairing, ...hub, ...phone,
	...desk, ...docs];

const chromiums = [
	process.env.CHROMIUM,
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
];

function browserStart(tenant) {
	return chromium.launch({
		executablePath: chromiums.find((path) => path && existsSync(path)),
		args: [
			'--headless',
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
			// the tenant's page comes from no network at all
			'--disable-features=LocalNetworkAccessChecks',
			...(tenant?.args ?? []),
		],
	});
}

/** Collects what the browser complains about. */
function complaintsOf(context) {
	const list = [];

	context.on('weberror', (err) => list.push(String(err.error())));
	context.on('console', (message) => {
		if (message.type() === 'error')
			list.push(`${message.text()} (${message.location().url})`);
	});
	return list;
}

/** Refusals that a story provokes are no faults of a page. */
function isFault(text) {
	return !/Failed to load resource: the server responded with a status/
		.test(text);
}

async function storyTell({ run, settings }, browser, { relay, tenant }) {
	const context = await browser.newContext({
		viewport: { width: 1180, height: 860 },
		locale: settings.locale ?? 'en-GB',
	});
	const complaints = complaintsOf(context);

	context.setDefaultTimeout(10000);
	try {
		await run({
			context,
			relay,
			tenant,
			long,
			shot: (target, name) => target.screenshot({
				path: join(shots, `${name}.png`),
			}),
		});
		const faults = complaints.filter(isFault);

		if (!settings.noisy && faults.length > 0)
			throw new Error(`the browser complains: ${faults.join('; ')}`);
	} catch (err) {
		for (const [i, page] of context.pages().entries())
			await page.screenshot({ path: join(shots, `fail-${i}.png`) })
				.catch(() => {});
		throw err;
	} finally {
		await context.close();
	}
}

/** Each story has a browser with an empty profile and a relay of its own. */
async function storyRun(story) {
	let relay = null;
	let tenant = null;
	let browser = null;

	try {
		relay = await Relay.start(resolve(binary), story.settings);
		tenant = story.settings.tenant ? await Tenant.start() : null;
		browser = await browserStart(tenant);
		await storyTell(story, browser, { relay, tenant });
		console.log(`ok - ${story.name}`);
		return true;
	} catch (err) {
		console.log(`FAIL - ${story.name}`);
		console.log(String(err.stack ?? err).replace(/^/gm, '    '));
		console.log((relay?.log ?? '').split('\n').slice(-12).join('\n')
			.replace(/^/gm, '    relay: '));
		return false;
	} finally {
		await browser?.close();
		await relay?.stop();
		tenant?.stop();
	}
}

if (!binary) {
	console.error('usage: node run.mjs [--long] BINARY [WORD…]');
	process.exit(2);
}
mkdirSync(shots, { recursive: true });
let passed = 0;
let failed = 0;

for (const story of stories) {
	if (story.settings.long && !long)
		continue;
	if (words.length > 0 && !words.some((w) => story.name.includes(w)))
		continue;
	if (await storyRun(story))
		passed++;
	else
		failed++;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
