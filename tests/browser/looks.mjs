// SPDX-License-Identifier: Apache-2.0
// looks.mjs - a page at two widths, light and dark: barriers and pictures

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(
	createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function barriersOf(page) {
	const { violations } = await page.evaluate(async (tags) =>
		window.axe.run(document, { runOnly: { type: 'tag', values: tags } }),
	TAGS);

	return violations.map(({ id, nodes }) =>
		`${id}: ${nodes.map((node) => node.html).join(' | ').slice(0, 300)}`);
}

/** At two widths, light and dark: no barrier, nothing too wide, a picture. */
export async function looks(t, page, name) {
	await page.evaluate(AXE);
	for (const width of [1200, 360])
		for (const colorScheme of ['light', 'dark']) {
			await page.emulateMedia({ colorScheme });
			await page.setViewportSize({ width, height: 900 });
			const over = await page.evaluate(() =>
				document.documentElement.scrollWidth - innerWidth);
			const height = await page.evaluate(() =>
				document.documentElement.scrollHeight);

			assert.ok(over <= 0, `${name}: ${over} too wide at ${width}`);
			assert.deepEqual(await barriersOf(page), [],
				`${name}, ${width}, ${colorScheme}`);
			await page.setViewportSize({
				width, height: Math.min(height, 6000),
			});
			await t.shot(page, `${name}-${width}-${colorScheme}`);
		}
}
