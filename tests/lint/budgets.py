# SPDX-License-Identifier: Apache-2.0
# lint/budgets.py - how large things may be
import ctext
import project

FUNCTION_MEDIAN, FUNCTION_P95, FUNCTION_MAX = 15, 50, 80
NESTING_MAX = 3
PARAMETERS_MAX = 5
FILE_MAX = {".c": 600, ".cc": 600, ".h": 200}
CONDITIONALS_PER_1000 = 2
MUTABLE_MAX = 3
# Their parameters are a library's choice.
CALLBACKS = {"cti_request_access"}


def sources():
    return project.select((".c", ".h", ".cc"), project.CODE)


def each_function():
    for name in sources():
        for function in ctext.functions(project.read(name)):
            yield name, function


def at(values, share):
    """The value below which that share of the values is."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def function_lines():
    lengths = []
    for name, function in each_function():
        lengths.append(function.lines)
        if function.lines > FUNCTION_MAX:
            yield (f"{name}:{function.first} {function.name} has "
                   f"{function.lines} lines, {FUNCTION_MAX} are allowed")
    if not lengths:
        yield "no function was found"
        return
    median, p95 = at(lengths, 0.5), at(lengths, 0.95)
    if median > FUNCTION_MEDIAN:
        yield f"the median function has {median} lines, not {FUNCTION_MEDIAN}"
    if p95 > FUNCTION_P95:
        yield f"5 % of the functions have {p95} lines, not {FUNCTION_P95}"


def nesting():
    for name, function in each_function():
        depth, line = function.deepest()
        if depth > NESTING_MAX:
            yield f"{name}:{line} {function.name} nests {depth} deep"


def parameters():
    for name, function in each_function():
        if function.parameters() > PARAMETERS_MAX and \
                function.name not in CALLBACKS:
            yield (f"{name}:{function.first} {function.name} has "
                   f"{function.parameters()} parameters")


def file_lines():
    for suffix, most in FILE_MAX.items():
        for name in project.select((suffix,), (*project.CODE, "tests/")):
            lines = project.read(name).count("\n")
            if lines > most:
                yield f"{name}:{most} has {lines} lines, {most} are allowed"


def conditionals():
    lines = sum(project.read(n).count("\n") for n in sources())
    found = [f"{n}:{i}" for n in sources()
             for i in ctext.conditionals(project.read(n))]
    if len(found) * 1000 > CONDITIONALS_PER_1000 * lines:
        yield f"{len(found)} #if in {lines} lines: {', '.join(found)}"


def mutable():
    found = [f"{n}:{line} {what}" for n in sources()
             for line, what in ctext.mutable(project.read(n), n.endswith(".h"))]
    if len(found) > MUTABLE_MAX:
        yield f"{len(found)} variables of the whole program, {MUTABLE_MAX} are"
        yield from found


def tests_and_code():
    """Lines; the lint is a tool, and data is data."""
    code = project.select((".c", ".h", ".cc"), project.CODE) + \
        project.select((".js",), ("www/",))
    tests = [n for n in project.select(
        (".c", ".h", ".py", ".mjs", ".js", ".sh", ".xml"), ("tests/",))
        if not n.startswith(("tests/lint/", "tests/data/"))]
    ncode = sum(project.read(n).count("\n") for n in code)
    ntests = sum(project.read(n).count("\n") for n in tests)
    if ntests < ncode:
        yield f"{ntests} lines of tests for {ncode} lines of code"


RULES = {
    "length of functions": function_lines,
    "nesting": nesting,
    "parameters": parameters,
    "length of files": file_lines,
    "conditional compilation": conditionals,
    "mutable variables": mutable,
    "as much test as code": tests_and_code,
}
