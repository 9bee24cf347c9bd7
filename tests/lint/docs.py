# SPDX-License-Identifier: Apache-2.0
# lint/docs.py - rules that keep documents and code together
import json
import re
import subprocess

import project

OPENAPI = "www/openapi.json"
ROUTES = "src/api/routes.c"
SCHEMA = "src/conf/schema.c"
PROBLEMS = "src/base/problem.c"
README = "README.md"
# Where the built program is, best first.
BINARIES = [f"build/{preset}/src/patchcord"
            for preset in ("dev", "release", "asan", "clang")]

# --- JSON ---


def no_repeats(pairs):
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(f'"{key}" twice')
    return dict(pairs)


def json_files():
    for name in project.select((".json",)):
        if name.startswith("tests/fuzz/"):
            continue  # a corpus may hold anything
        try:
            json.loads(project.read(name), object_pairs_hook=no_repeats)
        except ValueError as error:
            yield f"{name}:{getattr(error, 'lineno', 1)} {error}"


# --- routes ---

def routes():
    """Method and path of each route; files of the widget are no route."""
    found = re.findall(r'\{"([A-Z]+)",\s*"([^"]+)"', project.read(ROUTES))
    return [(method, path) for method, path in found if not path.endswith("/{asset}")]


def described():
    paths = json.loads(project.read(OPENAPI))["paths"]
    verbs = ("get", "put", "post", "patch", "delete")
    return [(verb.upper(), path) for path, item in paths.items()
            for verb in item if verb in verbs]


def routes_described():
    for method, path in sorted(set(routes()) - set(described())):
        yield f"{OPENAPI}:1 lacks {method} {path}"
    for method, path in sorted(set(described()) - set(routes())):
        yield f"{ROUTES}:1 lacks {method} {path}, which {OPENAPI} has"


def routes_in_readme():
    if not project.exists(README):
        yield f"{README}:1 is not there"
        return
    for path in sorted({path for _, path in routes()} - {"/"}):
        if path not in project.read(README):
            yield f"{README}:1 lacks {path}"


def path_pattern(path):
    """How a test may write the path: a part that is filled in is a word, a
    placeholder, or the end of one text before the next."""
    filled = r"(?:[^/\"'\s]+|[\"'`][^/]*[\"'`])"
    return re.compile(re.sub(r"\\\{\w+\\\}", lambda _: filled,
                             re.escape(path)) + r"(?![\w/.])")


def routes_tested():
    tests = [project.read(n) for n in project.select(
        (".c", ".h", ".py", ".mjs", ".js"), ("tests/",))
        if not n.startswith("tests/lint/")]
    for path in sorted({path for _, path in routes()} - {"/"}):
        pattern = path_pattern(path)
        if not any(pattern.search(text) for text in tests):
            yield f"{ROUTES}:{project.find(ROUTES, path)} no test names {path}"


# --- the description itself ---

def references():
    """What the description refers to is in it."""
    text = project.read(OPENAPI)
    parts = json.loads(text)["components"]
    for kind, name in sorted(set(re.findall(
            r'"#/components/(\w+)/(\w+)"', text))):
        if name not in parts.get(kind, {}):
            yield f"{OPENAPI}:{project.find(OPENAPI, name)} lacks {kind}/{name}"


def problems():
    """The same refusals with the same status."""
    table = dict(re.findall(r'\{\s*"([a-z_]+)",\s*(\d{3}),',
                            project.read(PROBLEMS)))
    schema = json.loads(project.read(OPENAPI))["components"]["schemas"]
    listed = dict(re.findall(r"`([a-z_]+)` (\d{3})",
                             schema["Problem"]["description"]))
    codes = schema["Problem"]["properties"]["code"]["enum"]
    for code in sorted(set(table) ^ set(codes)):
        yield f"{OPENAPI}:1 {code} is not both here and in {PROBLEMS}"
    for code, status in sorted(table.items()):
        if listed.get(code) != status:
            yield f"{OPENAPI}:1 does not say {code} {status}"


def version():
    found = re.search(r"project\(patchcord VERSION (\S+)",
                      project.read("CMakeLists.txt"))
    said = json.loads(project.read(OPENAPI))["info"]["version"]
    if not found or found.group(1) != said:
        yield f"{OPENAPI}:1 says version {said}, CMakeLists.txt another"


# --- configuration ---

def keys():
    """section.key of each row of the schema."""
    rows = re.findall(r'^\t\{"(\w+)", "(\w+)",', project.read(SCHEMA), re.M)
    return [f"{section}.{key}" for section, key in rows]


def help_keys(text):
    """section.key of each entry of help-config."""
    section = None
    for line in text.split("\n"):
        head = re.match(r'(\w+)(?: "ID")?:$', line)
        entry = re.match(r"  (\w+) = ", line)
        if head:
            section = head.group(1)
        elif entry:
            yield f"{section}.{entry.group(1)}"


def config_help():
    binary = next((b for b in BINARIES if project.exists(b)), None)
    if not binary:
        yield "no program is built: cmake --workflow --preset dev"
        return
    done = subprocess.run([project.ROOT / binary, "help-config"],
                          capture_output=True, text=True, check=False)
    listed = list(help_keys(done.stdout))
    for key in sorted(set(keys()) ^ set(listed)):
        yield f"{SCHEMA}:1 {key} is not both here and in help-config"


def config_mentions():
    """A key that a text names is one that is there."""
    known = set(keys())
    sections = "|".join(sorted({key.split(".")[0] for key in known}))
    pattern = re.compile(rf"`((?:{sections})\.([A-Za-z_0-9]+))`")
    files = {"c", "h", "js", "py", "db", "json", "html", "conf", "md"}
    names = project.select((".md", ".html")) + [OPENAPI]
    for name in names:
        for i, line in enumerate(project.lines(name)):
            for key, last in pattern.findall(line):
                if key not in known and last not in files:
                    yield f"{name}:{i + 1} there is no key {key}"


# --- tests that a text names ---

PROMISES = "src/store/README.md"


def tests_named(text):
    """`names_of_unit_tests` and “sentences of the others”."""
    for i, line in enumerate(text.split("\n")):
        for name in re.findall(r"`(\w+_\w+_\w+)`|“([^”]+)”", line):
            yield i + 1, "".join(name)


def promises_tested():
    """A proof that is named is one that is run."""
    text = "".join(project.read(n) for n in project.select(
        (".c", ".py"), ("tests/unit/", "tests/flow/", "tests/fault/")))
    text = re.sub(r'"\n\s*"', "", text)  # a sentence over two lines
    for line, name in tests_named(project.read(PROMISES)):
        if not re.search(rf"\b{re.escape(name)}\b", text):
            yield f"{PROMISES}:{line} no test is called {name}"


# --- what belongs to one machine only ---

# Homes of made-up people are fine.
HOME = re.compile(r"(?<![\w.%])/(?:home/(?!ada\b|agent\b|user\b)\w|"
                  r"(?:Users|root|w[o]rk)/[\w.])")


def machine_paths():
    here = re.compile(r"(?<![\w.-])" + re.escape(str(project.ROOT)))
    for name in project.files():
        if name.startswith("tests/lint/"):
            continue
        for i, line in enumerate(project.lines(name)):
            if HOME.search(line) or here.search(line):
                yield f"{name}:{i + 1} names a path of one machine"


def lock_files():
    """Which registry packages come from is each machine's own matter."""
    for name in project.files():
        if name.endswith(".npmrc"):
            yield f"{name}:1 belongs to one machine"
        if name.endswith("package-lock.json") and \
                '"resolved"' in project.read(name):
            yield (f'{name}:{project.find(name, chr(34) + "resolved")} '
                   "names a registry")


RULES = {
    "JSON files": json_files,
    "routes in the description": routes_described,
    "routes in the README": routes_in_readme,
    "routes in the tests": routes_tested,
    "references of the description": references,
    "refusals in the description": problems,
    "version": version,
    "configuration in help-config": config_help,
    "configuration in the documents": config_mentions,
    "tests named by the promises": promises_tested,
    "paths of one machine": machine_paths,
    "registries": lock_files,
}
