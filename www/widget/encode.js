// SPDX-License-Identifier: Apache-2.0
// encode.js - {"payload":{…}} in the one form in which SAP takes it

/** The object itself, or a string of XML; encoding: "json" or "xml". */
export function encode(sap, encoding) {
	if (encoding !== 'xml')
		return sap;
	const doc = document.implementation.createDocument(null, 'payload');

	for (const [name, value] of Object.entries(sap.payload)) {
		const field = doc.createElement(name);

		field.textContent = xmlText(String(value));
		doc.documentElement.append(field);
	}
	return `<?xml version="1.0" encoding="utf-8"?>${
		new XMLSerializer().serializeToString(doc)}`;
}

/** Without the characters that XML 1.0 has no way to write. */
function xmlText(text) {
	return text.replace(
		/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu,
		'');
}
