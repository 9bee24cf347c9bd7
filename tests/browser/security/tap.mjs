// SPDX-License-Identifier: Apache-2.0
// tap.mjs - stands before the relay and sees each byte of the browser

import { once } from 'node:events';
import net from 'node:net';

/** The relay as the browser reaches it: same bytes, another port. */
export class Tap {
	static async start(relay) {
		const tap = new Tap();

		tap.asked = ''; // all that came from the browser
		tap.sockets = new Set();
		tap.server = net.createServer((socket) => tap.take(socket, relay.port))
			.listen(0, '127.0.0.1');
		await once(tap.server, 'listening');
		tap.port = tap.server.address().port;
		tap.url = `http://127.0.0.1:${tap.port}`;
		return tap;
	}

	take(socket, port) {
		const other = net.connect(port, '127.0.0.1');

		for (const end of [socket, other]) {
			this.sockets.add(end);
			end.on('error', () => end.destroy());
			end.on('close', () => {
				this.sockets.delete(end);
				socket.destroy();
				other.destroy();
			});
		}
		socket.on('data', (bytes) => {
			this.asked += bytes.toString('latin1');
		});
		socket.pipe(other).pipe(socket);
	}

	stop() {
		this.server.close();
		for (const socket of this.sockets)
			socket.destroy();
	}
}
