// SPDX-License-Identifier: Apache-2.0
// relay.mjs - the real binary with the simulator, a config and a store of its own

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const START_MS = 15000;

/** A port that is free now, the same one for all starts of a relay. */
async function portFree() {
	const server = net.createServer().listen(0, '127.0.0.1');

	await once(server, 'listening');
	const { port } = server.address();

	server.close();
	await once(server, 'close');
	return port;
}

/** ringMs: until the simulator answers, or its caller gives up. */
function configText(port, dir, { sap = '', more = '', ringMs = 400 }) {
	return `http { listen = {"127.0.0.1:${port}"} }
number { region = "US" }
store { path = "${join(dir, 'store.db')}" }
dial { per_minute = 0 per_hour = 0 refusals = 0 }
simulator { ring_ms = ${ringMs} talk_ms = 0 }
sap { ${sap} }
${more}
`;
}

export class Relay {
	static async start(binary, settings = {}) {
		const relay = new Relay();

		relay.binary = binary;
		relay.dir = mkdtempSync(join(tmpdir(), 'patchcord-browser-'));
		relay.port = await portFree();
		relay.url = `http://127.0.0.1:${relay.port}`;
		relay.log = '';
		relay.sign = settings.sign ?? '/readyz'; // 200 = it has started
		writeFileSync(join(relay.dir, 'patchcord.conf'),
			configText(relay.port, relay.dir, settings));
		try {
			await relay.run();
		} catch (err) {
			await relay.stop();
			throw err;
		}
		return relay;
	}

	async run() {
		this.child = spawn(this.binary,
			['serve', '-c', join(this.dir, 'patchcord.conf')],
			{ stdio: ['ignore', 'pipe', 'pipe'] });
		for (const out of [this.child.stdout, this.child.stderr])
			out.on('data', (text) => {
				this.log = (this.log + text).slice(-20000);
			});
		const deadline = Date.now() + START_MS;

		while (!(await this.ready())) {
			if (this.child.exitCode !== null || Date.now() > deadline)
				throw new Error(`the relay does not start:\n${this.log}`);
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	}

	ready() {
		return this.get(this.sign).then((res) => res.status === 200,
			() => false);
	}

	/** As the power fails: no goodbye. */
	async kill(signal = 'SIGKILL') {
		if (this.child.exitCode !== null || this.child.signalCode !== null)
			return;
		const gone = once(this.child, 'exit');

		this.child.kill(signal);
		await gone;
	}

	async stop() {
		await this.kill('SIGTERM');
		rmSync(this.dir, { recursive: true, force: true });
	}

	/** As curl would ask, without what a browser adds. */
	request(method, path, value) {
		return new Promise((resolve, reject) => {
			const body = value === undefined ? '' : JSON.stringify(value);
			const req = http.request(this.url + path, {
				method,
				agent: false,
				headers: {
					'Content-Type': 'application/json',
					'Content-Length': Buffer.byteLength(body),
				},
			}, async (res) => {
				let text = '';

				for await (const part of res.setEncoding('utf8'))
					text += part;
				resolve({ status: res.statusCode, text });
			});

			req.on('error', reject);
			req.end(body);
		});
	}

	get(path) {
		return this.request('GET', path);
	}

	async calls() {
		return JSON.parse((await this.get('/api/v1/calls')).text).calls;
	}

	async play(script, from = '+493069123456') {
		const res = await this.request('POST', '/api/v1/simulator/calls',
			{ script, from, name: 'Jamie Example' });

		if (res.status !== 201)
			throw new Error(`the simulator says ${res.text}`);
		return JSON.parse(res.text);
	}
}
