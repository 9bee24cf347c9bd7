// SPDX-License-Identifier: Apache-2.0
// early.js - keeps what SAP's page says until the modules are there

// A classic script, first in the head: modules run later than a quick click.
// Nothing is looked at here; clicks.js takes the list and judges each message.
globalThis.earlyMessages = {
	list: [],

	keep(event) {
		if (earlyMessages.list.length < 100)
			earlyMessages.list.push(event);
	},
};
addEventListener('message', earlyMessages.keep);
