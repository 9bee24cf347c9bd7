# SPDX-License-Identifier: Apache-2.0
# lint/sources.py - rules about what the sources may contain
import concurrent.futures
import re
import subprocess

import ctext
import project

# --- layers ---

# Who stands on whom: a room includes its own headers and those of lower ranks.
RANKS = {
    "base": 0, "loop": 1, "conf": 2, "number": 3, "sap": 3, "store": 3,
    "call": 4, "drivers": 5, "http": 5, "doctor": 5, "api": 6, "notify": 6, "web": 7,
    "reload": 7.5,
    "app": 8, "cli": 8, "main": 9, "dist": 9,
}
# The command "serve" starts the application.
ALSO = {("cli", "app")}
# Each library has one room that knows it.
LIBRARIES = {
    "microhttpd.h": "http", "uv.h": "loop", "sqlite3.h": "store",
    "confuse.h": "conf", "expat.h": "sap", "yajl/": "base", "uuid/": "base",
    "phonenumbers/": "number", "gnutls/": "doctor", "nettle/": "drivers", "curl/": "cli",
}
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)


def room_of(name):
    """src/call/dial.c is in call, src/main.c in main."""
    parts = name.split("/")
    return parts[1] if len(parts) > 2 else parts[1].split(".")[0]


def included_room(path):
    return path.split("/")[0] if "/" in path else path.split(".")[0]


def library_room(path):
    for library, room in LIBRARIES.items():
        if path == library or library.endswith("/") and \
                path.startswith(library):
            return room
    return None


# What drivers with a TCP link do alike.
SHARED_BY_DRIVERS = "drivers/wire.h"


def layer_fault(name, quote, path):
    """What is wrong with this include, or None."""
    contract = name.startswith("include/")
    room = None if contract else room_of(name)
    owner = library_room(path)
    if owner and owner != room:
        return f"only src/{owner} includes <{path}>"
    if quote == "<" or path.startswith("cti/"):
        return None
    if contract:
        return f'a contract includes "{path}"'
    other = included_room(path)
    if name.count("/") > 2 and path != SHARED_BY_DRIVERS and \
            not path.startswith(name[4:].rsplit("/", 1)[0]):
        return f'a driver sees include/cti and its own folder, not "{path}"'
    if other == room or (room, other) in ALSO:
        return None
    if RANKS.get(other, 99) < RANKS.get(room, -1):
        return None
    return f'{room} must not include "{path}"'


def layers():
    for name in project.select((".c", ".h", ".cc"), project.CODE):
        text = project.read(name)
        for found in INCLUDE.finditer(text):
            fault = layer_fault(name, *found.groups())
            if fault:
                line = text.count("\n", 0, found.start(1)) + 1
                yield f"{name}:{line} {fault}"


# --- banned ---

BANNED = re.compile(
    r"(?<![\w.>])(strcpy|strcat|sprintf|gets|atoi|strtok|rand|signal|system|"
    r"popen|gethostbyname|alloca)\s*\(")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b(?!\(#\d+\))")


def banned():
    for name in project.select((".c", ".h", ".cc")):
        for i, line in enumerate(ctext.blank(project.read(name)).split("\n")):
            for found in BANNED.finditer(line):
                yield f"{name}:{i + 1} {found.group(1)}() is banned"


def unfinished():
    suffixes = (".c", ".h", ".cc", ".js", ".mjs", ".html", ".css", ".cmake",
                "CMakeLists.txt")
    for name in project.select(suffixes):
        for i, line in enumerate(project.lines(name)):
            if UNFINISHED.search(line):
                yield f"{name}:{i + 1} a loose end without a number"


# --- first lines ---

SPDX = "SPDX-License-Identifier: Apache-2.0"
COMMENTS = {
    (".c", ".h", ".cc", ".css"): f"/* {SPDX} */",
    (".js", ".mjs"): f"// {SPDX}",
    (".py", ".sh", ".cmake", "CMakeLists.txt", "Dockerfile"): f"# {SPDX}",
}


def spdx():
    """The first line, or the second where the first says who runs it."""
    for suffixes, wanted in COMMENTS.items():
        for name in project.select(suffixes):
            lines = project.lines(name)
            first = 1 if lines[0].startswith("#!") else 0
            if lines[first:first + 1] != [wanted]:
                yield f"{name}:{first + 1} is not: {wanted}"


def titles():
    """The second line: the file's own name and what it is."""
    for name in project.select((".c", ".h", ".cc")):
        second = (project.lines(name) + [""])[1]
        found = re.match(r"/\* (\S+) - \S", second)
        if not found or not ("/" + name).endswith("/" + found.group(1)):
            yield f"{name}:2 does not say: /* {name} - what it is */"


# --- format ---

def clang_format():
    for program in ("clang-format-14", "clang-format"):
        try:
            done = subprocess.run([program, "--version"], capture_output=True,
                                  text=True, check=False)
        except FileNotFoundError:
            continue
        if " 14." in done.stdout:
            return program
    return None


def formatted():
    program = clang_format()
    if not program:
        yield "clang-format 14 is not installed"
        return
    names = project.select((".c", ".h", ".cc"))
    done = subprocess.run([program, "--dry-run", "--Werror", *names],
                          cwd=project.ROOT, capture_output=True, text=True,
                          check=False)
    seen = set()
    for found in re.finditer(r"^(\S+?):(\d+):\d+: error", done.stderr, re.M):
        if found.group(1) not in seen:
            seen.add(found.group(1))
            yield f"{found.group(1)}:{found.group(2)} not as clang-format has it"
    if done.returncode and not seen:
        yield done.stderr.strip()


# --- headers ---

LANGUAGES = (("c", "-std=c17", "gcc"), ("c++", "-std=c++17", "g++"))


def header_fault(name, language, standard, compiler):
    path = re.sub(r"^(include|src)/", "", name)
    source = f'#include "{path}"\n#include "{path}"\n'
    done = subprocess.run(
        [compiler, standard, "-x", language, "-fsyntax-only", "-Wall",
         "-Werror", "-D_POSIX_C_SOURCE=200809L", '-DCTI_VERSION="0"',
         "-Iinclude", "-Isrc", "-"],
        cwd=project.ROOT, input=source, capture_output=True, text=True,
        check=False)
    if done.returncode == 0:
        return None
    first = re.search(r"^(\S+?:\d+):(?:\d+:)? .*?error: (.*)$", done.stderr,
                      re.M)
    where, what = first.groups() if first else (name, "does not compile")
    return f"{where} {language}: {what}"


def headers():
    """Each compiles alone, and included twice."""
    jobs = [(name, *language) for language in LANGUAGES
            for name in project.select((".h",), project.CODE)]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for fault in pool.map(lambda job: header_fault(*job), jobs):
            if fault:
                yield fault


RULES = {
    "layers": layers,
    "banned functions": banned,
    "no loose ends": unfinished,
    "licence in the first line": spdx,
    "second line says what it is": titles,
    "clang-format": formatted,
    "headers compile alone": headers,
}
