// SPDX-License-Identifier: Apache-2.0
// worker.js - the hub as a SharedWorker: one for all tabs of a browser

import { Hub } from './hub.js';

const hub = new Hub({ asksTabs: true });

globalThis.onconnect = ({ ports: [port] }) => {
	port.onmessage = ({ data }) => hub.hear(port, data);
};
