// SPDX-License-Identifier: Apache-2.0
// console/policies.js - browser policies for the origins of this relay

import { at, copy, make, textSet } from './dom.js';

const EXAMPLE = ['https://my300000.crm.ondemand.com'];
const URLS = 'LoopbackNetworkAllowedForUrls';
const URLS_OLDER = 'LocalNetworkAccessAllowedForUrls';
const NESTED = 'LocalNetworkAccessPermissionsPolicyDefaultEnabled';

const BROWSERS = {
	chrome: {
		name: 'Chrome',
		linux: '/etc/opt/chrome/policies/managed/patchcord.json',
		key: 'Google\\Chrome',
		bundle: 'com.google.Chrome',
		page: 'chrome://policy',
	},
	edge: {
		name: 'Edge',
		linux: '/etc/opt/edge/policies/managed/patchcord.json',
		key: 'Microsoft\\Edge',
		bundle: 'com.microsoft.Edge',
		page: 'edge://policy',
	},
	chromium: {
		name: 'Chromium',
		linux: '/etc/chromium/policies/managed/patchcord.json',
		key: 'Chromium',
		bundle: 'org.chromium.Chromium',
		page: 'chrome://policy',
	},
	firefox: { name: 'Firefox', page: 'about:policies' },
};
const SYSTEMS = { linux: 'Linux', windows: 'Windows', mac: 'macOS' };

/* --- texts --- */

function json(value) {
	return `${JSON.stringify(value, null, 2)}\n`;
}

function firefoxText(origins) {
	const names = origins.map((origin) => new URL(origin).hostname);

	return json({
		policies: {
			LocalNetworkAccess: { SkipDomains: [...new Set(names)] },
		},
	});
}

function linuxText(lists, origins) {
	const values = lists.map((list) => [list, origins]);

	return json({ ...Object.fromEntries(values), [NESTED]: true });
}

function registryText(lists, origins, key) {
	const root = `HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\${key}`;
	const rows = origins.map((origin, i) => `"${i + 1}"="${origin}"`);
	const parts = lists.map((list) => [`[${root}\\${list}]`, ...rows]
		.join('\n'));

	return ['Windows Registry Editor Version 5.00',
		`[${root}]\n"${NESTED}"=dword:00000001`, ...parts]
		.join('\n\n').concat('\n');
}

function xmlText(text) {
	return text.replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`);
}

function profileHead(type, id, uuid, more) {
	return ['<key>PayloadType</key>', `<string>${type}</string>`,
		'<key>PayloadIdentifier</key>', `<string>${id}</string>`,
		'<key>PayloadUUID</key>', `<string>${uuid}</string>`,
		'<key>PayloadVersion</key>', '<integer>1</integer>', ...more];
}

function profileText(lists, origins, bundle) {
	const uuid = () => crypto.randomUUID().toUpperCase();
	const arrays = lists.flatMap((list) => [`<key>${list}</key>`, '<array>',
		...origins.map((origin) => `\t<string>${xmlText(origin)}</string>`),
		'</array>']);
	const inner = profileHead(bundle, `org.patchcord.${bundle}`, uuid(), [
		...arrays, `<key>${NESTED}</key>`, '<true/>']);
	const outer = profileHead('Configuration', 'org.patchcord.browsers',
		uuid(), ['<key>PayloadScope</key>', '<string>System</string>',
			'<key>PayloadDisplayName</key>',
			'<string>SAP may reach patchcord</string>']);

	return ['<?xml version="1.0" encoding="UTF-8"?>',
		'<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" ' +
			'"http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
		'<plist version="1.0">', '<dict>', '\t<key>PayloadContent</key>',
		'\t<array>', '\t\t<dict>', ...inner.map((row) => `\t\t\t${row}`),
		'\t\t</dict>', '\t</array>', ...outer.map((row) => `\t${row}`),
		'</dict>', '</plist>', ''].join('\n');
}

/* --- what is chosen --- */

const FIREFOX_PLACES = {
	linux: '/etc/firefox/policies/policies.json',
	windows: 'distribution\\policies.json in the folder of firefox.exe',
	mac: 'Firefox.app/Contents/Resources/distribution/policies.json',
};

/** Text and place of a policy; all of it is made from what it is given. */
export function policyOf({ browser, system, older, origins }) {
	const { key, bundle, linux } = BROWSERS[browser];
	const lists = older ? [URLS, URLS_OLDER] : [URLS];

	if (browser === 'firefox')
		return [firefoxText(origins), `${FIREFOX_PLACES[system]}, Firefox ` +
			'150 and later; it takes host names'];
	if (system === 'windows')
		return [registryText(lists, origins, key), 'a .reg file, or the ' +
			'same by group policy'];
	if (system === 'mac')
		return [profileText(lists, origins, bundle),
			'a .mobileconfig profile, by your device management'];
	return [linuxText(lists, origins), linux];
}

let origins = [];

function show() {
	const { browser, system, older } = at('policies').elements;
	const [text, where] = policyOf({
		browser: browser.value,
		system: system.value,
		older: older.checked,
		origins: origins.length > 0 ? origins : EXAMPLE,
	});

	at('policies-example').hidden = origins.length > 0;
	older.disabled = browser.value === 'firefox';
	textSet(at('policy-where'), `Goes to: ${where}. ${
		BROWSERS[browser.value].page} shows what arrived.`);
	textSet(at('policy'), text);
	textSet(at('policy-copied'), '');
}

function options(names) {
	return Object.entries(names).map(([value, name]) =>
		make('option', { value }, name.name ?? name));
}

function systemGuess() {
	if (/Windows/.test(navigator.userAgent))
		return 'windows';
	return /Macintosh/.test(navigator.userAgent) ? 'mac' : 'linux';
}

export function policiesShow(list) {
	origins = list;
	show();
}

export function policiesStart() {
	const { browser, system } = at('policies').elements;

	browser.append(...options(BROWSERS));
	system.append(...options(SYSTEMS));
	system.value = systemGuess();
	at('policies').addEventListener('change', show);
	at('policy-copy').addEventListener('click', async () => {
		const done = await copy(at('policy').textContent, at('policy'));

		textSet(at('policy-copied'), done ? 'Copied.'
			: 'Marked: copy it with Ctrl+C.');
	});
	show();
}
