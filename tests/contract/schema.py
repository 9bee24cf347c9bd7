# SPDX-License-Identifier: Apache-2.0
# contract/schema.py - does a value have the described shape
"""As much of JSON Schema 2020-12 as www/openapi.json uses."""
import re

TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, (int, float))
    and not isinstance(v, bool),
    "null": lambda v: v is None,
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")


class Schema:
    """Checks values against the parts of one description."""

    def __init__(self, description):
        self.root = description

    def part(self, schema):
        """What a $ref stands for, with what stands beside it."""
        while "$ref" in schema:
            found = self.root
            for name in schema["$ref"][2:].split("/"):
                found = found[name]
            beside = {k: v for k, v in schema.items() if k != "$ref"}
            schema = {**found, **beside}
        return schema

    def faults(self, value, schema, at="$", partly=False):
        """Sentences about what does not fit; none when it fits. A member that
        is not described does not, unless schema is one part of several."""
        schema = self.part(schema)
        for check in (self.plain, self.text, self.elements, self.choices):
            yield from check(value, schema, at)
        yield from self.members(value, schema, at, partly)

    def plain(self, value, schema, at):
        types = schema.get("type", [])
        types = types if isinstance(types, list) else [types]
        if types and not any(TYPES[t](value) for t in types):
            yield f"{at} is {value!r}, no {' or '.join(types)}"
        if "enum" in schema and value not in schema["enum"]:
            yield f"{at} is {value!r}, none of the words"
        if "const" in schema and value != schema["const"]:
            yield f"{at} is {value!r}, not {schema['const']!r}"
        if isinstance(value, int) and value < schema.get("minimum", value):
            yield f"{at} is {value}, too small"

    def text(self, value, schema, at):
        if not isinstance(value, str):
            return
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{at} is {value!r}, not as the pattern has it"
        if schema.get("format") == "date-time" and not TIME.match(value):
            yield f"{at} is {value!r}, no time"

    def members(self, value, schema, at, partly):
        if not isinstance(value, dict):
            return
        known = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in value:
                yield f"{at}.{name} is missing"
        for name, member in value.items():
            if name in known:
                yield from self.faults(member, known[name], f"{at}.{name}")
            elif known and not partly and \
                    not schema.get("additionalProperties"):
                yield f"{at}.{name} is not described"

    def elements(self, value, schema, at):
        if not isinstance(value, list) or "items" not in schema:
            return
        for i, element in enumerate(value):
            yield from self.faults(element, schema["items"], f"{at}[{i}]")

    def choices(self, value, schema, at):
        for one in schema.get("allOf", []):
            yield from self.faults(value, one, at, partly=True)
        for word in ("anyOf", "oneOf"):
            tried = [list(self.faults(value, one, at))
                     for one in schema.get(word, [])]
            fits = sum(not faults for faults in tried)
            if tried and (fits == 0 or word == "oneOf" and fits > 1):
                yield from min(tried, key=len) or [f"{at} fits {fits} shapes"]
