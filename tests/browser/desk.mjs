// SPDX-License-Identifier: Apache-2.0
// desk.mjs - a browser as an agent has it: one tab in front, the others hidden

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const chromiums = [
	process.env.CHROMIUM,
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
];

/** SAP's page; it keeps what the widget says, also when it is loaded anew. */
const PAGE = `<!DOCTYPE html><title>sap</title><script>
	window.got = JSON.parse(sessionStorage.got ?? '[]');
	addEventListener('message', ({ data, origin, source }) => {
		if (source !== frames[0])
			return;
		got.push({ data, origin,
			at: performance.timeOrigin + performance.now() });
		sessionStorage.got = JSON.stringify(got);
	});
	</script>`;

export function sapPage(frame) {
	return `${PAGE}<iframe id="widget" width="380" height="640"
		src="${frame}"></iframe>`;
}

function browserRun(args) {
	const child = spawn(chromiums.find((path) => path && existsSync(path)), [
		'--headless', '--no-sandbox', '--disable-gpu', '--disable-quic',
		'--no-first-run', '--disable-background-networking',
		'--disable-component-update', '--disable-sync',
		'--disable-features=LocalNetworkAccessChecks',
		'--remote-debugging-port=0', ...args, 'about:blank',
	], { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
	let text = '';
	const address = new Promise((resolve, reject) => {
		child.stderr.on('data', (part) => {
			text += part;
			const [url] = /ws:\S+/.exec(text) ?? [];

			if (url)
				resolve(url);
		});
		child.on('exit', () => reject(new Error(`no browser: ${text}`)));
	});

	return { child, address };
}

/**
 * Not launched by playwright, which gives the focus to every page and lets
 * none be hidden or frozen. The profile outlives the browser.
 */
export class Desk {
	/** url: where SAP's page is; without: what its browser does not have. */
	constructor({ args = [], url, without = [] }) {
		this.profile = mkdtempSync(join(tmpdir(), 'patchcord-desk-'));
		this.args = [...args, `--user-data-dir=${this.profile}`];
		this.url = url;
		this.without = without;
		this.faults = [];
	}

	async open() {
		const { child, address } = browserRun(this.args);

		this.child = child;
		this.browser = await chromium.connectOverCDP(await address,
			{ noDefaults: true });
		[this.context] = this.browser.contexts();
		this.context.setDefaultTimeout(20000);
		this.context.on('weberror', (err) =>
			this.faults.push(String(err.error())));
		await this.context.addInitScript((names) => {
			for (const name of names)
				if (name === 'locks')
					delete Navigator.prototype.locks;
				else
					delete globalThis[name];
		}, this.without);
		return this;
	}

	/** A new tab, in front, with the widget ready. */
	async tab(url = this.url) {
		const tab = new Tab(await this.context.newPage());

		await tab.page.goto(url);
		await tab.ready();
		return tab;
	}

	async tabs(count) {
		const list = [];

		while (list.length < count)
			list.push(await this.tab());
		return list;
	}

	/** The shared workers that run now. */
	async workers() {
		const cdp = await this.browser.newBrowserCDPSession();
		const { targetInfos } = await cdp.send('Target.getTargets');

		await cdp.detach();
		return targetInfos.filter(({ type }) => type === 'shared_worker');
	}

	/** As when the computer is switched off. */
	async kill() {
		if (!this.child || this.child.exitCode !== null ||
		    this.child.signalCode !== null)
			return;
		const gone = once(this.child, 'exit');

		process.kill(-this.child.pid, 'SIGKILL');
		await gone;
	}

	async close() {
		await this.kill();
		for (let tries = 20; existsSync(this.profile) && tries > 0; tries--)
			try {
				rmSync(this.profile, { recursive: true, force: true });
			} catch {
				// its processes are still ending
				await new Promise((resolve) => setTimeout(resolve, 50));
			}
	}
}

export class Tab {
	constructor(page) {
		this.page = page;
		this.widget = page.frameLocator('#widget');
	}

	ready() {
		return this.widget.locator('#link', { hasText: 'Ready' }).waitFor();
	}

	/** What SAP was told here. */
	got() {
		return this.page.evaluate(() => window.got);
	}

	/** {at, action, id} of each payload. */
	async told() {
		return (await this.got()).map(({ at, data: { payload } }) => ({
			at,
			action: payload.Action,
			id: payload.ExternalReferenceID,
		}));
	}

	/** SAP's page says something. */
	say(data) {
		return this.page.evaluate((value) => {
			const { contentWindow, src } = document.getElementById('widget');

			contentWindow.postMessage(value, new URL(src).origin);
		}, data);
	}

	click(number) {
		return this.say({ PhoneNumber: number,
			LoggedInUserID: 'SERVICEAGENT01' });
	}

	see(text) {
		return this.widget.getByText(text, { exact: true }).first().waitFor();
	}

	async front() {
		await this.page.bringToFront();
		await this.page.frames()[1].waitForFunction(() =>
			document.visibilityState === 'visible');
	}

	/** Only a page that nobody sees can be frozen. */
	async freeze(on) {
		this.cdp ??= await this.page.context().newCDPSession(this.page);
		await this.cdp.send('Page.setWebLifecycleState',
			{ state: on ? 'frozen' : 'active' });
	}

	close() {
		return this.page.close();
	}
}
