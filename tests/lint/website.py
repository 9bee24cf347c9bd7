# SPDX-License-Identifier: Apache-2.0
# lint/website.py - rules that keep the pages of www/docs/ and the program together
import re

import docs
import project

TABLE = "src/api/docs.c"
ASSETS = "src/api/CMakeLists.txt"


def pages():
    return project.select((".html",), ("www/docs/",))


def listed():
    """A page is in the folder, in the table and in the program."""
    rows = re.findall(r'\.path = "(docs/[^"]+)"', project.read(TABLE))
    built = project.read(ASSETS).split()
    files = [name.removeprefix("www/") for name in pages()]
    for name in sorted(set(rows) ^ set(files)):
        yield f"{TABLE}:1 {name} is not both here and in www/"
    for name in files:
        if name not in built:
            yield f"{ASSETS}:1 lacks {name}"


def addresses():
    """An address of a document that a text names is one that is there."""
    names = project.select((".c", ".h", ".html", ".js", ".json", ".md",
                            ".css"), ("src/", "www/", "docker/", "README.md",
                                      "SECURITY.md"))
    known = {name.removeprefix("www/docs/").removesuffix(".html")
             for name in pages()}
    for name in names:
        for i, line in enumerate(project.lines(name)):
            for page in re.findall(r"(?<![\w.])/docs/([a-z][a-z-]*)\b(?![/.{])",
                                   line):
                if page not in known:
                    yield f"{name}:{i + 1} there is no /docs/{page}"


def keys():
    """So is a key of the configuration, also where a link points to it."""
    known = set(docs.keys())
    sections = {key.split(".")[0] for key in known}
    for name in pages():
        for i, line in enumerate(project.lines(name)):
            for section, key in re.findall(
                    r"(?:<code>|configuration#)(\w+)\.(\w+)(?:</code>|\")",
                    line):
                if section in sections and f"{section}.{key}" not in known:
                    yield f"{name}:{i + 1} there is no key {section}.{key}"


def commands():
    """So is a command, in the lines to copy."""
    known = {word for name in project.select((".c",), ("src/cli/",))
             for word in re.findall(r'^\t\.name = "([a-z-]+)"',
                                    project.read(name), re.M)}
    for name in pages():
        for part in re.findall(r"<code>(.*?)</code>", project.read(name), re.S):
            for word in re.findall(r"^patchcord ([a-z-]+)", part, re.M):
                if word not in known:
                    yield f"{name}:1 there is no command {word}"


RULES = {
    "documents: pages": listed,
    "documents: addresses": addresses,
    "documents: keys": keys,
    "documents: commands": commands,
}
