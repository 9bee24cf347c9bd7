// SPDX-License-Identifier: Apache-2.0
// tenant.mjs - pages at SAP's addresses: https, other origins, no network

import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

/** One server for every host of the domains. */
export class Tenant {
	static async start() {
		const tenant = new Tenant();
		const secrets = certificateMake();

		tenant.pages = new Map(); // origin and path → html
		tenant.server = https.createServer(secrets, (req, res) => {
			const html = tenant.pages.get(
				`https://${req.headers.host}${req.url}`);

			res.statusCode = html ? 200 : 404;
			res.setHeader('Content-Type', 'text/html; charset=utf-8');
			res.end(html ?? '');
		}).listen(0, '127.0.0.1');
		await once(tenant.server, 'listening');
		const to = `127.0.0.1:${tenant.server.address().port}`;
		const rules = DOMAINS.map((domain) => `MAP *.${domain} ${to}`);

		tenant.args = [
			`--host-resolver-rules=${rules.join(',')}`,
			`--ignore-certificate-errors-spki-list=${keyHash(secrets.cert)}`,
		];
		return tenant;
	}

	/** url: with a path. */
	serve(url, html) {
		this.pages.set(url, html);
		return url;
	}

	stop() {
		this.server.closeAllConnections();
		this.server.close();
	}
}
