// SPDX-License-Identifier: Apache-2.0
// contract/validate.mjs - the description, and answers, by validators of others
//
// Usage: node validate.mjs OPENAPI.JSON
//
// First a line about the description itself: a list of what is wrong with it
// as an OpenAPI 3.1 document, and of its examples that are not as their
// schemas say. Then, for each line {"schema":…,"value":…} of the input, a line
// with the list of what is wrong with the value.
import {readFileSync} from 'node:fs';
import {createInterface} from 'node:readline';
import {Validator} from '@seriousme/openapi-schema-validator';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const NAME = 'openapi.json';

const description = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const ajv = new Ajv2020.default({
	strict: false,
	allErrors: true,
	validateSchema: false,
});
const compiled = new Map();

addFormats.default(ajv);
ajv.addFormat('int64', {type: 'number', validate: Number.isInteger});
ajv.addSchema(description, NAME);

// References are into the description, wherever the schema was taken from.
function schemaCompile(schema) {
	const text = JSON.stringify(schema).replaceAll('"$ref":"#/',
		`"$ref":"${NAME}#/`);

	if (!compiled.has(text))
		compiled.set(text, ajv.compile(JSON.parse(text)));
	return compiled.get(text);
}

function valueFaults(schema, value) {
	const validate = schemaCompile(schema);

	if (validate(value))
		return [];
	return validate.errors.map((e) =>
		`${e.instancePath || '/'} ${e.message}`);
}

// Every media type with a schema and examples, wherever it stands.
function* examplesFind(node, at) {
	if (!node || typeof node !== 'object')
		return;
	if (node.schema && node.example !== undefined)
		yield {at, schema: node.schema, value: node.example};
	if (node.schema && node.examples)
		for (const [name, example] of Object.entries(node.examples))
			yield {at: `${at}/${name}`, schema: node.schema,
				value: example.value};
	for (const [name, child] of Object.entries(node))
		if (name !== 'example' && name !== 'examples')
			yield* examplesFind(child, `${at}/${name}`);
}

function examplesFaults() {
	const faults = [];

	for (const {at, schema, value} of examplesFind(description, ''))
		for (const fault of valueFaults(schema, value))
			faults.push(`the example at ${at}: ${fault}`);
	return faults;
}

// Every schema there must be one that can be compiled.
function schemasFaults() {
	const faults = [];

	for (const name of Object.keys(description.components.schemas)) {
		try {
			schemaCompile({$ref: `#/components/schemas/${name}`});
		} catch (err) {
			faults.push(`schema ${name}: ${err.message}`);
		}
	}
	return faults;
}

async function documentFaults() {
	const found = await new Validator().validate(
		structuredClone(description));
	const faults = found.valid ? [] : [found.errors].flat().map((e) =>
		typeof e === 'string' ? e : `${e.instancePath} ${e.message}`);

	return [...faults, ...schemasFaults(), ...examplesFaults()];
}

function say(faults) {
	process.stdout.write(JSON.stringify(faults) + '\n');
}

say(await documentFaults());
for await (const line of createInterface({input: process.stdin})) {
	const {schema, value} = JSON.parse(line);

	say(valueFaults(schema, value));
}
