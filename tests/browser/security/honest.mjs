// SPDX-License-Identifier: Apache-2.0
// honest.mjs - the same browser and relay work for SAP's page

import assert from 'node:assert/strict';
import { DESK, SAP } from './stage.mjs';
import { until } from './trial.mjs';

export const honest = [];

const LISTED = { sap: `origins = {"${SAP}", "${DESK}"}` };
const RINGS = '+493069123458';
const DELEGATED = 'allow="local-network-access; loopback-network"';

function story(name, run, more = {}) {
	honest.push({ name, run, allow: true, settings: LISTED, ...more });
}

/** A page that clicks and keeps what it is told. */
function body(url, more = '') {
	return `<!DOCTYPE html><title>sap</title><script>
		window.got = [];
		addEventListener('message', (e) => got.push(
			{ data: e.data, origin: e.origin }));
		</script><iframe id="inner" width="400" height="600" ${more}
		src="${url}"></iframe>`;
}

async function ready(frame) {
	await frame.frameLocator('#inner')
		.locator('#link', { hasText: 'Ready' }).waitFor();
}

function click(frame, t, more = {}) {
	return frame.evaluate(({ data, url }) =>
		frames[0].postMessage(data, url), {
		data: {
			PhoneNumber: t.number,
			LoggedInUserID: 'SERVICEAGENT01',
			...more,
		},
		url: t.target,
	});
}

/** What the page was told of the call that rings. */
async function told(frame) {
	const got = await frame.evaluate(() => window.got);

	return got.filter(({ data }) => data.payload.ANI === RINGS);
}

/** A click is dialed once, a ring is told to this page and by the widget. */
async function works(frame, t) {
	await ready(frame);
	await click(frame, t);
	await until('the call', async () => await t.dials() === 1);
	await t.relay.play('ring', RINGS);
	await until('SAP to be told', async () => (await told(frame)).length > 0);
	const [message] = await told(frame);

	assert.equal(message.origin, t.target);
	assert.equal(message.data.payload.Action, 'NOTIFY');
}

story('SAP\'s page works', async (t) => {
	const top = await t.visit(`${SAP}/${t.id}`, body(`${t.target}/`));

	await works(top.mainFrame(), t);
});

for (const policy of ['require-corp', 'credentialless'])
	story(`SAP's page works when it is isolated (${policy})`, async (t) => {
		const top = await t.visit(`${SAP}/${t.id}`, body(`${t.target}/`),
			{ headers: { 'Cross-Origin-Embedder-Policy': policy } });

		await works(top.mainFrame(), t);
	});

async function nested(t, more) {
	t.stage.serve(`${DESK}/${t.id}`, { body: body(`${t.target}/`) });
	const top = await t.visit(`${SAP}/${t.id}`, body(`${DESK}/${t.id}`, more));

	return top.frames().find((frame) => frame.url().startsWith(DESK));
}

story('SAP\'s page works in another page of SAP', async (t) =>
	works(await nested(t, DELEGATED), t));

story('a page that the user did not allow gets no frame', async (t) => {
	await t.visit(`${SAP}/${t.id}`, body(`${t.target}/`));
	await until('the browser to refuse', () => t.blocked());
	await t.quiet();
	assert.equal(t.tap.asked, '');
}, { allow: false, prompt: true });

story('eight tabs work, and a double click is one call', async (t) => {
	const tabs = [];
	const uuid = '00163EA718FC1EEABDD5608C895BDC71';

	for (let i = 0; i < 8; i++)
		tabs.push(await t.visit(`${SAP}/${t.id}`, body(`${t.target}/`)));
	const last = tabs.at(-1).mainFrame();

	await ready(last);
	await click(last, t, { ActivityUUID: uuid });
	await click(last, t, { ActivityUUID: uuid });
	await until('both clicks to be sent', () =>
		t.tap.asked.split('POST /api/v1/calls ').length === 3);
	await t.quiet();
	assert.equal(await t.dials(), 1);
	await t.relay.play('ring', RINGS);
	const all = async () => (await Promise.all(tabs.map((tab) =>
		told(tab.mainFrame())))).flat();

	await until('one tab to tell', async () => (await all()).length > 0);
	assert.equal((await all()).length, 1);
});
