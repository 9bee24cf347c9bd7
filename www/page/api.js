// SPDX-License-Identifier: Apache-2.0
// page/api.js - the description of the API as a page

const VERBS = ['get', 'post', 'patch', 'put', 'delete'];
const TONES = { post: 'warn', patch: 'warn', put: 'warn', delete: 'bad' };

let api = null;

function make(what, props = {}, ...inside) {
	const [tag, ...classes] = what.split('.');
	const element = Object.assign(document.createElement(tag), props);

	element.classList.add(...classes);
	element.append(...inside.filter((part) => part !== null));
	return element;
}

/** `code` in a description becomes an element. */
function prose(text) {
	return (text ?? '').split('`').map((part, i) =>
		(i % 2 ? make('code', {}, part) : part));
}

function resolved(part) {
	const path = part?.$ref?.slice(2).split('/');

	return path ? resolved(path.reduce((at, key) => at[key], api)) : part;
}

/* --- types --- */

function nameOf(schema) {
	return schema.$ref?.split('/').pop();
}

/** A type in words; names of schemas lead to them. */
function typeOf(schema) {
	const name = nameOf(schema);
	const some = schema.anyOf ?? schema.oneOf ?? schema.allOf;

	if (name)
		return [make('a', { href: `#schema-${name}` }, name)];
	if (some)
		return some.flatMap((each, i) => [i === 0 ? ''
			: schema.allOf ? ' with ' : ' or ', ...typeOf(each)]);
	if (schema.enum)
		return [schema.enum.map((each) => each ?? 'null').join(', ')];
	if (schema.type === 'array' && schema.items)
		return ['list of ', ...typeOf(schema.items)];
	return [[schema.type ?? 'any'].flat().join(' or ')];
}

function table(heads, rows) {
	return make('div.wide', {}, make('table', {},
		make('thead', {}, make('tr', {}, ...heads.map((head) =>
			make('th', { scope: 'col' }, head)))),
		make('tbody', {}, ...rows.map((cells) => make('tr', {},
			...cells.map((cell) => make('td', {}, ...cell)))))));
}

/** The fields of a schema and of those that it is put together of. */
function rowsOf(schema) {
	const required = schema.required ?? [];
	const own = Object.entries(schema.properties ?? {}).map(
		([name, field]) => [[make('code', {}, name),
			required.includes(name) ? '' : ' (optional)'],
		typeOf(field), prose(field.description)]);
	const parts = [schema.anyOf, schema.oneOf, schema.allOf].flat()
		.filter((part) => part && !part.$ref);

	return [...own, ...parts.flatMap(rowsOf)];
}

function fieldsOf(schema) {
	const rows = rowsOf(schema);

	return rows.length > 0 ? table(['field', 'type', ''], rows) : null;
}

/* --- operations --- */

function parametersOf(operation, shared) {
	const list = [...shared, ...operation.parameters ?? []].map(resolved);

	if (list.length === 0)
		return null;
	return make('div', {}, make('h4', {}, 'Parameters'),
		table(['name', 'in', ''], list.map((each) => [
			[make('code', {}, each.name)],
			[each.in, each.required ? ', required' : ''],
			prose(each.description)])));
}

function exampleOf({ example, examples }) {
	const value = example ?? Object.values(examples ?? {})[0]?.value;

	if (value === undefined)
		return null;
	return make('pre', {}, make('code', {}, typeof value === 'string'
		? value : JSON.stringify(value, null, 1)));
}

function contentOf(content) {
	return Object.entries(content ?? {}).flatMap(([type, body]) => [
		make('p.soft', {}, `${type}: `, ...typeOf(body.schema ?? {})),
		exampleOf(body)]);
}

function bodyOf({ requestBody }) {
	const body = resolved(requestBody);

	return body ? make('div', {}, make('h4', {}, 'Body'),
		...contentOf(body.content)) : null;
}

function answersOf({ responses }) {
	const rows = Object.entries(responses).map(([status, answer]) => {
		const { description, content } = resolved(answer);
		const bodies = Object.values(content ?? {}).map((body) =>
			body.schema).filter((schema) => schema?.$ref);

		return [[status], [...prose(description), ' ',
			...bodies.flatMap(typeOf)]];
	});

	return make('div', {}, make('h4', {}, 'Answers'),
		table(['status', ''], rows));
}

function operationNew(verb, path, item) {
	const operation = item[verb];
	const chip = make('span.chip.method', {}, verb.toUpperCase());

	chip.dataset.tone = TONES[verb] ?? 'good';
	return make('details.operation', { id: operation.operationId },
		make('summary', {}, chip, make('code', {}, path),
			make('span.what', {}, operation.summary ?? '')),
		make('div.body', {}, make('p', {}, ...prose(operation.description)),
			parametersOf(operation, item.parameters ?? []), bodyOf(operation),
			answersOf(operation)));
}

/* --- the whole --- */

function operationsOf(tag) {
	return Object.entries(api.paths).flatMap(([path, item]) =>
		VERBS.filter((verb) => item[verb]?.tags?.includes(tag))
			.map((verb) => operationNew(verb, path, item)));
}

function schemaNew([name, schema]) {
	const kind = schema.properties ? null : make('p', {}, ...typeOf(schema));

	return make('details.operation', { id: `schema-${name}` },
		make('summary', {}, make('code', {}, name)),
		make('div.body', {}, make('p', {}, ...prose(schema.description)),
			kind, fieldsOf(schema)));
}

/** What the address points to is open. */
function targetOpen() {
	const target = document.getElementById(location.hash.slice(1));

	if (target?.tagName === 'DETAILS') {
		target.open = true;
		target.scrollIntoView();
	}
}

async function start() {
	const res = await fetch('/openapi.json', { cache: 'no-store' });

	api = await res.json();
	const tags = api.tags.flatMap(({ name, description }) => [
		make('h2', { id: `tag-${name}` }, name),
		make('p.soft', {}, description ?? ''), ...operationsOf(name)]);

	document.getElementById('operations').replaceChildren(...tags,
		make('h2', { id: 'schemas' }, 'Shapes'),
		...Object.entries(api.components.schemas).map(schemaNew));
	addEventListener('hashchange', targetOpen);
	targetOpen();
}

start();
