// SPDX-License-Identifier: Apache-2.0
// stage.mjs - every web site of the play: SAP's, and those of the attacker

import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { certificateMake, keyHash } from '../tenant.mjs';

export const SAP = 'https://my123456.crm.ondemand.com';
export const DESK = 'https://desk.my123456.crm.cloud.sap';
export const EVIL = 'https://www.evil.example';
// some customer of SAP, who writes what he likes into his pages
export const TRIAL = 'https://trial.crm.ondemand.com';
export const PLAIN = 'http://www.plain.example'; // no TLS: no Sec-Fetch-*
export const REBIND = 'rebind.example'; // first us, then the relay

async function listen(server) {
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return server.address().port;
}

/** Answers of one web server; pages may tell it what they read. */
export class Stage {
	static async start() {
		const stage = new Stage();
		const secrets = certificateMake();
		const answer = (req, res) => stage.answer(req, res);

		stage.pages = new Map(); // origin and path → {body, type, …}
		stage.told = []; // {id, kind, text}
		stage.rebound = null; // port of the relay, once the name moved
		stage.plain = http.createServer(answer);
		stage.servers = [stage.plain, https.createServer(secrets, answer),
			net.createServer((socket) => stage.reroute(socket))];
		stage.ports = [];
		for (const server of stage.servers)
			stage.ports.push(await listen(server));
		stage.hash = keyHash(secrets.cert);
		return stage;
	}

	get rebindUrl() {
		return `http://${REBIND}:${this.ports[2]}`;
	}

	/** So that the browser finds all of it, and takes it for the Internet. */
	args() {
		const [plain, secure] = this.ports.map((p) => `127.0.0.1:${p}`);
		const secured = ['crm.ondemand.com', 'crm.cloud.sap', 'example'];
		const rules = [`MAP ${REBIND} 127.0.0.1`,
			`MAP *.plain.example ${plain}`,
			...secured.map((domain) => `MAP *.${domain} ${secure}`)];

		return [
			`--host-resolver-rules=${rules.join(',')}`,
			`--ignore-certificate-errors-spki-list=${this.hash}`,
			`--ip-address-space-overrides=${this.ports.map((p) =>
				`127.0.0.1:${p}=public`).join(',')}`,
		];
	}

	/** page: {body, type, status, headers}; url: without a query. */
	serve(url, page) {
		this.pages.set(url, page);
		return url;
	}

	async answer(req, res) {
		const scheme = req.socket.encrypted ? 'https' : 'http';
		const url = new URL(req.url, `${scheme}://${req.headers.host}`);
		let body = '';

		for await (const part of req.setEncoding('utf8'))
			body += part;
		if (url.pathname === '/told')
			this.told.push(JSON.parse(body));
		const page = this.pages.get(url.origin + url.pathname);

		const status = url.pathname === '/told' ? 204 : 404;

		res.writeHead(page?.status ?? (page ? 200 : status), {
			'Content-Type': page?.type ?? 'text/html; charset=utf-8',
			'Access-Control-Allow-Origin': '*',
			'Cross-Origin-Resource-Policy': 'cross-origin',
			'Cache-Control': 'no-store',
			Connection: 'close', // or a name that moves would not move
			...page?.headers,
		});
		res.end(page?.body ?? '');
	}

	/** The same name and port, and from now on another server. */
	reroute(socket) {
		const port = this.rebound ?? this.ports[0];
		const other = net.connect(port, '127.0.0.1');

		for (const end of [socket, other])
			end.on('error', () => end.destroy());
		socket.pipe(other).pipe(socket);
	}

	stop() {
		for (const server of this.servers) {
			server.closeAllConnections?.();
			server.close();
		}
	}
}
