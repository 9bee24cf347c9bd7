// SPDX-License-Identifier: Apache-2.0
// docs.mjs - the documents lead somewhere, are whole, and can be read

import assert from 'node:assert/strict';
import { looks } from './looks.mjs';

export const stories = [];

function story(name, run, settings = {}) {
	stories.push({ name, run, settings });
}

async function docsOf(relay) {
	const { text } = await relay.get('/docs/');

	return [...new Set([...text.matchAll(/<li><a href="(\/docs\/[^"#]*)"/g)]
		.map(([, path]) => path))];
}

function idsOf(text) {
	return new Set([...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id));
}

function linksOf(text) {
	return [...text.matchAll(/\s(?:href|src)="(\/[^"]*|#[^"]*)"/g)]
		.map(([, link]) => link);
}

story('every link inside the documents leads somewhere', async ({ relay }) => {
	const texts = new Map();
	const pages = [...await docsOf(relay), '/console.html', '/pair'];

	assert.ok(pages.length > 10, 'there are pages');
	for (const from of pages) {
		const { text } = await relay.get(from);

		assert.ok(!text.includes('{{'), `${from} has an open slot`);
		for (const link of linksOf(text)) {
			const { pathname, hash } = new URL(link, relay.url + from);

			if (!texts.has(pathname)) {
				const answer = await relay.get(pathname);

				assert.equal(answer.status, 200, `${from}: ${link}`);
				texts.set(pathname, answer.text);
			}
			if (hash)
				assert.ok(idsOf(texts.get(pathname)).has(hash.slice(1)),
					`${from}: ${link} points at nothing`);
		}
	}
	assert.equal((await relay.get('/docs/nothing-such')).status, 404);
	assert.equal((await relay.get('/docs/index.html')).status, 404);
});

story('the documents name every code and every key', async ({ relay }) => {
	const errors = (await relay.get('/docs/errors')).text;
	const keys = (await relay.get('/docs/configuration')).text;
	const api = JSON.parse((await relay.get('/openapi.json')).text);
	const { enum: codes } = api.components.schemas.Problem.properties.code;

	assert.ok(codes.length > 20);
	for (const code of codes)
		assert.ok(idsOf(errors).has(code), `${code} is not there`);
	for (const key of ['http.listen', 'sap.origins', 'agent.device',
		'dial.merge_s', 'asterisk.host'])
		assert.ok(idsOf(keys).has(key), `${key} is not there`);
});

function verbsOf(item) {
	return Object.keys(item).filter((key) => item[key].operationId);
}

story('the page of the interface shows every path', async (t) => {
	const page = await t.context.newPage();
	const api = JSON.parse((await t.relay.get('/openapi.json')).text);

	await page.goto(`${t.relay.url}/docs/api#dial`);
	await page.locator('#dial[open]').waitFor();
	for (const [path, item] of Object.entries(api.paths))
		for (const verb of verbsOf(item)) {
			const row = page.locator(`[id="${item[verb].operationId}"]`);

			assert.equal(await row.locator('summary code').textContent(),
				path);
			assert.equal(await row.locator('.method').textContent(),
				verb.toUpperCase());
		}
	const shapes = await page.locator('[id^="schema-"]').count();

	assert.equal(shapes, Object.keys(api.components.schemas).length);
	await page.locator('#dial a', { hasText: 'Outbound' }).first().click();
	await page.locator('#schema-Outbound[open] a', { hasText: 'Crm' }).first()
		.click();
	await page.locator('#schema-Crm[open] code', { hasText: 'PhoneNumber' })
		.first().waitFor();
});

story('the documents can be read without scripts', async (t) => {
	const context = await t.context.browser()
		.newContext({ javaScriptEnabled: false });

	try {
		const page = await context.newPage();

		for (const path of await docsOf(t.relay)) {
			await page.goto(t.relay.url + path);
			await page.locator('h1').waitFor();
			await page.locator('nav [aria-current="page"]').waitFor();
		}
	} finally {
		await context.close();
	}
});

story('the documents look well and have no barriers', async (t) => {
	const page = await t.context.newPage();

	for (const path of await docsOf(t.relay)) {
		await page.goto(t.relay.url + path);
		if (path === '/docs/api') {
			await page.locator('#dial summary').click();
			await page.locator('#schema-Call summary').click();
		}
		await looks(t, page, `docs-${path.slice(6) || 'index'}`);
	}
});
