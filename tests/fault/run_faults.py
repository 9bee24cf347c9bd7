#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# fault/run_faults.py - all tests again, while one thing after another fails
"""Usage: run_faults.py BUILD [--runs N] [--only WORD]

BUILD has the test programs with AddressSanitizer. Each is run once to count
how often a thing of each kind could fail in each of its tests, then again and
again while one of them fails in every test: all of them where a test has up
to N, else N spread evenly (slow programs get a share of the N). What a test
expects may then not hold; that is fine. A crash, a leak, a use of freed
memory, an endless wait or a broken promise (promise.h) is not.
"""
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# What is run, of which kinds, and how many of the N runs it gets: the slow
# ones fewer.
PROGRAMS = (
    ("unit/base", ("memory", "call"), 1.0),
    ("unit/conf", ("memory", "call"), 1.0),
    ("unit/number", ("memory",), 1.0),
    ("unit/sap", ("memory",), 0.5),
    ("unit/loop", ("memory", "call", "loop"), 1.0),
    ("unit/store", ("memory", "call", "sqlite", "disk", "loop"), 0.5),
    ("unit/call", ("memory", "call", "sqlite", "disk"), 0.25),
    ("unit/http", ("memory", "call", "loop"), 0.5),
    ("unit/api", ("memory",), 0.5),
    ("unit/cli", ("memory", "call"), 0.5),
)
FLOW_KINDS = ("memory", "sqlite", "disk", "call")
FLOW_SHARE = 0.125
# check itself leaves with 2 where a message of its own finds no room
ERROR = re.compile(r"^\S+:\d+:E:(\S+): "
                   r"(?!.*Early exit with return value 2$)(.*)$", re.M)
TRACE = re.compile(r"^(==\d+==ERROR: .*?|[^\n]*runtime error: [^\n]*)"
                   r"(?=^SUMMARY|\Z)", re.M | re.S)
SECONDS = 1200
SHOWN = 60  # lines of a trace


def program_path(build, name):
    area, room = name.split("/")
    if area == "flow":
        return build / "tests" / "flow" / f"flow_{room}"
    return build / "tests" / name / f"unit_{room}"


def programs(build):
    """The unit tests, then every story there is."""
    yield from PROGRAMS
    for path in sorted((build / "tests" / "flow").glob("flow_*")):
        if os.access(path, os.X_OK) and path.is_file():
            yield "flow/" + path.name[5:], FLOW_KINDS, FLOW_SHARE


def run(path, env):
    try:
        done = subprocess.run(
            [str(path)], env={**os.environ, "CK_VERBOSITY": "normal",
                             "CK_DEFAULT_TIMEOUT": "120", **env},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
            timeout=SECONDS, errors="replace")
    except subprocess.TimeoutExpired:
        return f"x:0:E:all: not finished after {SECONDS} s\n"
    if done.returncode < 0:
        return done.stdout + f"x:0:E:all: signal {-done.returncode}\n"
    return done.stdout


def count(path, folder):
    """For each test, in order: how often each kind could fail."""
    log = Path(folder) / "counts"
    log.unlink(missing_ok=True)
    out = run(path, {"FAULT_LOG": str(log)})
    if ERROR.search(out) or not log.exists():
        sys.exit(f"{path} does not even pass as it is:\n{out[-3000:]}")
    tests = {}
    for line in log.read_text().splitlines():
        index, *kinds = line.split()
        tests[int(index)] = {k: int(n) for k, n in
                             (kind.split(":") for kind in kinds)}
    return [tests.get(i, {}) for i in range(1, max(tests) + 1)]


def plans(tests, kind, runs):
    """One list of numbers a run; 0: nothing fails in that test."""
    counts = [test.get(kind, 0) for test in tests]
    for i in range(min(runs, max(counts, default=0))):
        yield [i + 1 if n <= runs and i < n else
               0 if n <= runs else 1 + i * n // runs for n in counts]


def one(job):
    path, kind, numbers, folder, serial = job
    plan = Path(folder) / f"plan{serial}"
    plan.write_text("\n".join(map(str, numbers)) + "\n")
    out = run(path, {"FAULT": kind, "FAULT_PLAN": str(plan)})
    errors = ERROR.findall(out)
    # a leak that is found when the test is over
    if not errors and re.search(r"^==\d+==ERROR: ", out, re.M):
        errors = [("all", "a sanitizer has something to say")]
    if not errors:
        plan.unlink()
    return path, kind, numbers, errors, out


def explain(path, kind, numbers, errors, out):
    for name, what in errors[:5]:
        print(f"    {name}: {what}")
    print(f"    FAULT={kind} with each test's number: "
          f"{' '.join(map(str, numbers[:40]))} …")
    for trace in TRACE.findall(out)[:2]:
        text = trace if isinstance(trace, str) else trace[0]
        print("\n".join("    " + line for line in
                        text.splitlines()[:SHOWN]))


def test_kind(path, kind, tests, runs, folder):
    """Its number of fault points and what went wrong."""
    jobs = [(path, kind, numbers, folder, f"{path.name}-{kind}-{i}")
            for i, numbers in enumerate(plans(tests, kind, runs))]
    bad, points = 0, sum(sum(n > 0 for n in job[2]) for job in jobs)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for result in pool.map(one, jobs):
            if result[3]:
                bad += 1
                if bad <= 3:
                    explain(*result)
    word = "FAIL" if bad else "ok"
    print(f"{word} - {path.name}: {kind} fails at {points} points in "
          f"{len(jobs)} runs" + (f", {bad} of them bad" if bad else ""),
          flush=True)
    return bad


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("build", type=Path)
    parser.add_argument("--runs", type=int, default=8)
    parser.add_argument("--only", default="")
    args = parser.parse_args()
    bad = 0
    os.environ["ASAN_OPTIONS"] = "detect_leaks=1:exitcode=99"
    with tempfile.TemporaryDirectory() as folder:
        for name, kinds, share in programs(args.build):
            path = program_path(args.build, name)
            wanted = [k for k in kinds if args.only in f"{name}:{k}"]
            tests = count(path, folder) if wanted else []
            for kind in wanted:
                runs = max(1, int(args.runs * share))
                bad += test_kind(path, kind, tests, runs, folder)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
