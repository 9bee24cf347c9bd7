// SPDX-License-Identifier: Apache-2.0
// tenant.mjs - pages at SAP's addresses: https, other origins, no network

import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, extname, join, normalize, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const WWW = resolve(dirname(fileURLToPath(import.meta.url)), '../../www');
const TYPES = { '.html': 'text/html', '.js': 'text/javascript',
	'.css': 'text/css' };
const DOMAINS = ['crm.ondemand.com', 'crm.cloud.sap', 'example'];

/** A key and a certificate for all of the domains, good for a day. */
export function certificateMake() {
	const dir = mkdtempSync(join(tmpdir(), 'patchcord-tenant-'));
	const [key, cert] = ['key', 'cert'].map((name) => join(dir, name));
	const names = DOMAINS.map((domain) => `DNS:*.${domain}`);

	try {
		execFileSync('openssl', ['req', '-x509', '-days', '1', '-nodes',
			'-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1',
			'-subj', '/CN=tenant', '-addext',
			`subjectAltName=${names.join(',')}`, '-keyout', key, '-out',
			cert], { stdio: 'ignore' });
		return { key: readFileSync(key), cert: readFileSync(cert) };
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
}

export function keyHash(cert) {
	const { publicKey } = new X509Certificate(cert);
	const spki = publicKey.export({ type: 'spki', format: 'der' });

	return createHash('sha256').update(spki).digest('base64');
}

/** A page that keeps what the frame in it says, and may click. */
export function pageWith(frame, more = '') {
	return `<!DOCTYPE html><title>tenant</title><script>
		window.got = [];
		addEventListener('message', (e) => got.push(
			{ data: e.data, origin: e.origin }));
		</script><iframe id="widget" width="380" height="640" ${more}
		src="${frame}"></iframe>`;
}

/** A file of the relay's pages, as it lies there. */
function fileSend(res, path) {
	const file = join(WWW, normalize(path));
	let body = '';

	try {
		body = readFileSync(file);
		res.setHeader('Content-Type', TYPES[extname(file)] ?? 'text/plain');
	} catch {
		res.statusCode = 404;
	}
	res.end(body);
}

/** Hands a request to the relay as a program would: without what browsers
 * add. */
function forward(req, res, relay) {
	const headers = {};

	for (const name of ['content-type', 'content-length'])
		if (req.headers[name])
			headers[name] = req.headers[name];
	const to = http.request(relay + req.url,
		{ method: req.method, agent: false, headers }, (answer) => {
			res.writeHead(answer.statusCode, {
				'Content-Type': answer.headers['content-type'] ?? '' });
			answer.pipe(res);
		});

	to.on('error', () => res.destroy());
	req.pipe(to);
}

/** One server for every host of the domains. */
export class Tenant {
	static async start() {
		const tenant = new Tenant();
		const secrets = certificateMake();

		tenant.pages = new Map(); // origin and path → html
		tenant.headers = new Map(); // likewise, of some
		tenant.standIns = new Map(); // host → its relay, or null
		tenant.server = https.createServer(secrets,
			(req, res) => tenant.answer(req, res))
			.listen(0, '127.0.0.1');
		await once(tenant.server, 'listening');
		const to = `127.0.0.1:${tenant.server.address().port}`;
		const rules = DOMAINS.map((domain) => `MAP *.${domain} ${to}`);

		tenant.args = [
			`--host-resolver-rules=${rules.join(',')}`,
			`--ignore-certificate-errors-spki-list=${keyHash(secrets.cert)}`,
		];
		return tenant;
	}

	answer(req, res) {
		const { host } = req.headers;
		const html = this.pages.get(`https://${host}${req.url}`);
		const [path] = req.url.split('?');
		const relay = this.standIns.get(host);

		if (html === undefined && relay && path.startsWith('/api/v1/'))
			return forward(req, res, relay);
		if (html === undefined && relay !== undefined)
			return fileSend(res, path);
		res.writeHead(html ? 200 : 404, {
			'Content-Type': 'text/html; charset=utf-8',
			...this.headers.get(`https://${host}${req.url}`),
		});
		return res.end(html ?? '');
	}

	/** The stand-in as a copy at an origin; relay: null or who answers for
	 * it there. */
	standIn(origin, relay) {
		this.standIns.set(new URL(origin).host, relay);
	}

	/** url: with a path. */
	serve(url, html, headers = {}) {
		this.headers.set(url, headers);
		this.pages.set(url, html);
		return url;
	}

	stop() {
		this.server.closeAllConnections();
		this.server.close();
	}
}
