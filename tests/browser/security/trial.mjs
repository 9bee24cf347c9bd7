// SPDX-License-Identifier: Apache-2.0
// trial.mjs - one story in the browser, and what came of it

import assert from 'node:assert/strict';
import { SAP } from './stage.mjs';

const PATIENCE_MS = 15000;
const GRACE_MS = 500; // for what comes later than the attempt
const CALLER = '+493069123456';
const SECRETS = ['3069123456', 'Jamie Example', '"token":', 'cti-token'];
let ids = 0;

/** The browser's own words that it did not let a page reach this computer. */
const BLOCKED = /LOCAL_NETWORK_ACCESS|LocalNetworkAccess|`loopback` address/;

export class Trial {
	constructor(story, place) {
		Object.assign(this, place);
		this.plot = story;
		this.id = `${process.pid}-${++ids}`;
		this.number = '+16503054000';
		this.log = []; // of the browser
	}

	get target() {
		return this.tap.url;
	}

	async run() {
		this.context = await this.browser.newContext({
			ignoreHTTPSErrors: true,
			locale: 'en-GB',
		});
		this.context.setDefaultTimeout(PATIENCE_MS);
		this.listen();
		if (this.plot.allow)
			await this.allow(SAP);
		assert.equal(this.relay.log.includes('OPEN FOR TESTS'), this.open);
		await this.relay.play('answer', CALLER);
		await this.plot.run(this);
		if (this.plot.attack)
			await (this.open ? this.succeeds() : this.fails());
	}

	/** The user once said yes to this page. */
	allow(origin) {
		return this.access && this.context.grantPermissions(
			['local-network-access'], { origin });
	}

	listen() {
		const add = (line) => this.log.push(line);

		this.context.on('request', (req) =>
			add(`${req.method()} ${req.url()}`));
		this.context.on('requestfailed', (req) =>
			add(`failed ${req.url()} ${req.failure()?.errorText}`));
		this.context.on('console', (message) => add(message.text()));
		this.context.on('page', (page) => page.on('websocket', (socket) => {
			add(`websocket ${socket.url()}`);
			socket.on('socketerror', (text) => add(`${socket.url()} ${text}`));
		}));
	}

	/** Opens a page of the stage. */
	async visit(url, body, more = {}) {
		const page = await this.context.newPage();

		await page.goto(this.stage.serve(url, { body, ...more }));
		return page;
	}

	/** What the attacker's pages told of this trial. */
	told(kind) {
		return this.stage.told.filter((entry) => entry.id === this.id &&
			entry.kind === kind).map((entry) => entry.text);
	}

	/** Is the attacker's origin one that may use the phone now? */
	async paired() {
		const { text } = await this.relay.get('/api/v1/pairings');

		return JSON.parse(text).paired.length > 0;
	}

	async dials() {
		const calls = await this.relay.calls();

		return calls.filter((call) => call.direction === 'outbound').length;
	}

	/** Calls that somebody reported. */
	async rings() {
		const calls = await this.relay.calls();

		return calls.filter((call) => call.driver === 'push').length;
	}

	/** Bytes of the relay in the attacker's hands; refusals say nothing. */
	leaks() {
		return this.told('read').filter((text) =>
			!text.includes('"code":"refused"'));
	}

	stolen() {
		const text = this.leaks().join('\n');

		return SECRETS.some((secret) => text.includes(secret));
	}

	/** It reached the relay, or the browser says that it was stopped. */
	tried() {
		const { asks, trace } = this.plot.attack;

		return asks.test(this.tap.asked) || this.blocked() ||
			this.told('note').some((text) => trace?.test(text));
	}

	/** The browser stopped it: says so, or failed what nobody got. */
	blocked() {
		const { host } = new URL(this.target);
		const failed = (line) => line.startsWith('failed') &&
			line.includes(host) && this.tap.asked === '';

		return this.access &&
			this.log.some((line) => BLOCKED.test(line) || failed(line));
	}

	/** The attacker's page is through with it. */
	over() {
		return this.told('note').includes('tried');
	}

	/** Until nothing more comes from the browser. */
	async quiet() {
		let seen = -1;

		while (seen !== this.tap.asked.length) {
			seen = this.tap.asked.length;
			await new Promise((done) => setTimeout(done, GRACE_MS));
		}
	}

	async fails() {
		await until('the attempt', () => this.over());
		await until('a trace of the attempt', () => this.tried());
		await this.quiet();
		assert.equal(await this.dials(), this.plot.attack.own ?? 0, 'dials');
		assert.equal(await this.rings(), 0, 'reported calls');
		assert.deepEqual(this.leaks(), [], 'bytes for the attacker');
		assert.equal(await this.paired(), false, 'paired');
		await this.plot.attack.after?.(this);
	}

	async succeeds() {
		const { dials, reads, own, pairs, rings } = this.plot.attack;
		const done = async () => (!reads || this.stolen()) &&
			(!pairs || await this.paired()) &&
			(!rings || await this.rings() > 0) &&
			(!dials || await this.dials() > (own ?? 0));
		let overAt = Infinity;

		// where the browser stops it, it has its time, too
		await until('the attack to succeed', async () => {
			if (overAt === Infinity && this.over() && this.blocked())
				overAt = performance.now();
			return performance.now() - overAt > GRACE_MS || done();
		});
		this.through = await done();
		await this.plot.attack.after?.(this);
	}

	remark() {
		if (!this.plot.attack)
			return '';
		if (this.open)
			return this.through ? ' (succeeds)' : ' (the browser stops it)';
		return this.plot.attack.asks.test(this.tap.asked)
			? ' (reached the relay)' : ' (stopped by the browser)';
	}

	/** For the report of a failure. */
	story() {
		return [
			...this.log.slice(-20),
			...this.told('note').map((text) => `note: ${text}`),
			...this.told('read').map((text) => `read: ${text.slice(0, 200)}`),
			...(this.tap?.asked ?? '').split('\r\n').filter((line) =>
				/ HTTP[/]1|^(Origin|Sec-Fetch|Host)/.test(line)).slice(-30),
			...(this.relay?.log ?? '').split('\n').slice(-8),
		].join('\n');
	}
}

export async function until(what, probe) {
	const deadline = Date.now() + PATIENCE_MS;

	while (!(await probe())) {
		if (Date.now() > deadline)
			throw new Error(`waited in vain for: ${what}`);
		await new Promise((done) => setTimeout(done, 30));
	}
}
