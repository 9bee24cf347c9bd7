// SPDX-License-Identifier: Apache-2.0
// picture.mjs - makes README's picture: node picture.mjs BINARY ../../docs/widget.png

import { chromium } from 'playwright-core';

import { Relay } from './relay.mjs';

const [binary, path] = process.argv.slice(2);

function executable() {
	return process.env.CHROMIUM ?? '/usr/bin/chromium';
}

/** The stand-in for SAP's page, somebody calling. */
async function picture(browser, relay) {
	const page = await browser.newPage({
		viewport: { width: 1100, height: 600 }, locale: 'en-GB',
	});
	const widget = page.frameLocator('#widget');

	await page.goto(`${relay.url}/host.html`);
	await widget.locator('#link', { hasText: 'Ready' }).waitFor();
	await relay.play('ring');
	await widget.getByRole('button', { name: /^Answer/ }).waitFor();
	await page.getByText('Nothing heard yet').waitFor({ state: 'detached' })
		.catch(() => {}); // it is a picture, no proof
	await page.screenshot({ path });
}

const relay = await Relay.start(binary);
const browser = await chromium.launch({
	executablePath: executable(),
	args: ['--headless', '--no-sandbox', '--disable-gpu'],
});

try {
	await picture(browser, relay);
} finally {
	await browser.close();
	await relay.stop();
}
