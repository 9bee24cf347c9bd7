# SPDX-License-Identifier: Apache-2.0
# lint/project.py - the files of the project
import functools
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CODE = ("src/", "include/")


@functools.cache
def files():
    """Paths relative to the root: tracked, or new and not ignored."""
    done = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT,
        capture_output=True, text=True, check=False)
    names = done.stdout.split("\0") if done.returncode == 0 else [
        str(p.relative_to(ROOT)) for p in ROOT.rglob("*") if p.is_file()]
    skip = ("build/", ".git/")
    return sorted({n for n in names if n and not n.startswith(skip)
                   and "node_modules/" not in n and (ROOT / n).is_file()})


def select(suffixes, under=("",)):
    return [n for n in files()
            if n.endswith(tuple(suffixes)) and n.startswith(tuple(under))]


@functools.cache
def read(name):
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


def lines(name):
    return read(name).split("\n")


def exists(name):
    return (ROOT / name).is_file()


def find(name, needle):
    """The line of the first occurrence, or 1."""
    at = read(name).find(needle)
    return read(name).count("\n", 0, at) + 1 if at >= 0 else 1
