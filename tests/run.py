#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# tests/run.py - builds, runs every test program and counts what they say
"""Usage: tests/run.py [--quick|--long], best by ./dev test.

A step is a program with a log in build/logs/. Its passed and failed tests are
counted from what it prints: check's "N%: Checks: N, Failures: N, Errors: N"
and lines that begin with "ok - " or "FAIL - ". A program that prints neither
is one test. A program that ends badly without having said which test failed
adds one failed test.
"""
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "build" / "logs"
BINARY = "build/release/src/patchcord"
SHOWN_LINES = 400  # of a failed step's output

CHECKS = re.compile(r"^\d+%: Checks: (\d+), Failures: (\d+), Errors: (\d+)", re.M)
LINES = re.compile(r"^(ok|FAIL) - ", re.M)


class Step:
    """A program to run, and how to count its tests."""

    def __init__(self, name, *commands, needs=None, minutes=10, env=None):
        self.name = name
        self.commands = commands
        self.needs = needs  # a step without which this one cannot run
        self.minutes = minutes
        self.env = env or {}
        self.junit = None  # ctest's report, when the step is a ctest


def ctest(preset, *options, env=None):
    name = f"ctest-{preset}" + ("-again" if options else "")
    junit = LOGS / f"{name}.xml"
    command = ["ctest", "--test-dir", f"build/{preset}", "-j2",
               "--output-on-failure", "--no-tests=error", "--timeout", "300",
               "--exclude-regex", "^engine_",  # steps of their own
               "--test-output-size-passed", "1000000",
               "--test-output-size-failed", "1000000",
               "--output-junit", str(junit), *options]
    step = Step(name, command, needs=f"build-{preset}", minutes=20, env=env)
    step.junit = junit
    return step


def build(preset):
    return Step(f"build-{preset}", ["cmake", "--workflow", "--preset", preset],
                minutes=30)


SANITIZERS = {
    "ASAN_OPTIONS": "detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
}


OPEN_BINARY = "build/open/tests/browser/security/patchcord-open"


def packages(folder):
    """The command that fetches a folder's npm packages, if they are not as
    its lock says."""
    lock = ROOT / folder / "package-lock.json"
    done = ROOT / folder / "node_modules" / ".package-lock.json"
    if done.exists() and done.stat().st_mtime >= lock.stat().st_mtime:
        return []
    return [["npm", "ci", "--no-audit", "--no-fund", "--prefix", folder]]


def description_step(mode):
    """Other people's validators need npm, which a quick run does without."""
    program = [sys.executable, "tests/contract/run_openapi.py",
               str(ROOT / "build/asan/src/patchcord")]
    quick = mode == "--quick"
    return Step("contract", *([] if quick else packages("tests/contract")),
                program + ["--quick"] * quick, needs="build-asan",
                env=SANITIZERS)


def browser_steps(mode):
    """The page in a real browser; its packages only when the lock changed.
    The attacks are made on a relay without checks, too, where they work."""
    folder = ROOT / "tests" / "browser"
    if not (folder / "run.mjs").exists():
        return []
    commands = packages("tests/browser")
    more = ["--long"] if mode == "--long" else []
    commands.append(["node", "tests/browser/run.mjs", *more, str(ROOT / BINARY)])
    return [
        Step("browser", *commands, needs="build-release",
             minutes=75 if mode == "--long" else 25),
        build("open"),
        Step("browser-security", ["node", "tests/browser/security/run.mjs",
                                  str(ROOT / BINARY), str(ROOT / OPEN_BINARY)],
             needs="build-open", minutes=15),
    ]


# Real telephone systems: the program, what it tests, and whose build that is.
ENGINES = (
    ("driver", "run_driver.py", "build/asan/tests/engines/drive", "build-asan"),
    ("baresip", "run_baresip.py", BINARY, "build-release"),
    ("asterisk-22", "run_asterisk.py 22", BINARY, "build-release"),
    ("asterisk-16", "run_asterisk.py 16", BINARY, "build-release"),
    ("freeswitch", "run_freeswitch.py", "build/asan/src/patchcord",
     "build-asan"),
)


def engine_steps():
    for name, program, binary, needs in ENGINES:
        command = [sys.executable, *("tests/engines/" + program).split(),
                   str(ROOT / binary)]
        yield Step("engines-" + name, command, needs=needs, minutes=15,
                   env=SANITIZERS)


def chaos_steps(mode):
    """The link to a real switch is cut while calls come and go."""
    for version, rounds in (("22", "30"), ("16", "12")):
        yield Step("chaos-" + version,
                   [sys.executable, "tests/engines/run_chaos.py",
                    str(ROOT / "build/asan/src/patchcord"), version,
                    "200" if mode == "--long" else rounds],
                   needs="build-asan", minutes=60, env=SANITIZERS)


# tests/contract/run_drivers.py: the drivers, and whether they need more than
# what a quick run may.
DRIVERS = (
    ("simulator", True),
    ("baresip", False),
    ("asterisk-22", False),
    ("asterisk-16", False),
    ("freeswitch", True),
)


def driver_steps(mode):
    """One suite for all; a driver is a line."""
    yield Step("contract-lies",
               [sys.executable, "tests/contract/selftest.py",
                str(ROOT / BINARY)], needs="build-release")
    for name, quick in DRIVERS:
        if quick or mode != "--quick":
            yield Step("contract-" + name,
                       [sys.executable, "tests/contract/run_drivers.py",
                        str(ROOT / "build/asan/src/patchcord"), name],
                       needs="build-asan", minutes=15, env=SANITIZERS)


def fault_steps(mode):
    """The real relay, killed, crowded and stopped."""
    rounds = {"--quick": "50", "--long": "1000"}.get(mode, "200")
    programs = [("crash", rounds), ("promises",), ("disk",)]
    if mode != "--quick":
        programs.append(("pressure",))
    for name, *more in programs:
        yield Step(name, [sys.executable, f"tests/fault/run_{name}.py",
                          str(ROOT / BINARY), *more],
                   needs="build-release", minutes=40)


def torture_steps(mode):
    """Every test again, while one thing after another fails."""
    runs = {"--quick": ["2", "--only", "unit/"], "--long": ["160"]}
    yield Step("faults", [sys.executable, "tests/fault/run_faults.py",
                          "build/asan", "--runs", *runs.get(mode, ["8"])],
               needs="build-asan", minutes=360 if mode == "--long" else 40)


def dist_steps(mode):
    """What people install: the program, the package, the container."""
    yield Step("dist-binary", [sys.executable, "tests/dist/run_binary.py",
                               str(ROOT / BINARY)], needs="build-release")
    if mode == "--quick":
        return
    yield Step("dist-build", [sys.executable, "tests/dist/run_build.py"],
               minutes=15)
    yield Step("dist-package", [sys.executable, "tests/dist/run_package.py"],
               needs="dist-build")
    yield Step("dist-container",
               [sys.executable, "tests/dist/run_container.py"], minutes=30)


def steps(mode):
    yield build("dev")
    yield Step("lint", [sys.executable, "tests/lint/run.py"])
    yield Step("lint-rules", [sys.executable, "tests/lint/selftest.py"])
    yield ctest("dev")
    yield build("asan")
    yield ctest("asan", env=SANITIZERS)
    yield build("clang")
    yield build("release")
    yield description_step(mode)
    yield Step("cli", [sys.executable, "tests/contract/run_cli.py",
                       str(ROOT / "build/asan/src/patchcord")],
               needs="build-asan", env=SANITIZERS)
    yield Step("privacy", [sys.executable, "tests/contract/run_privacy.py",
                           str(ROOT / "build/asan/src/patchcord")],
               needs="build-asan", env=SANITIZERS)
    yield Step("doctor", [sys.executable, "tests/contract/run_doctor.py",
                          str(ROOT / "build/asan/src/patchcord")],
               needs="build-asan", env=SANITIZERS)
    yield Step("hostile", [sys.executable, "tests/contract/run_hostile.py",
                           str(ROOT / "build/asan/src/patchcord")],
               needs="build-asan", env=SANITIZERS)
    yield Step("metrics", [sys.executable, "tests/contract/run_metrics.py",
                           str(ROOT / "build/asan/src/patchcord")],
               needs="build-asan", env=SANITIZERS)
    yield Step("reload", [sys.executable, "tests/contract/run_reload.py",
                          str(ROOT / "build/asan/src/patchcord")],
               needs="build-asan", env=SANITIZERS)
    yield Step("exposure", [sys.executable, "tests/contract/run_exposure.py",
                            str(ROOT / "build/asan/src/patchcord")],
               needs="build-asan", env=SANITIZERS)
    if mode != "--quick":
        yield Step("engines-roots", [sys.executable, "tests/engines/roots"],
                   minutes=20)
    yield from driver_steps(mode)
    yield from fault_steps(mode)
    yield from torture_steps(mode)
    if mode != "--quick":
        yield from engine_steps()
        yield from chaos_steps(mode)
        yield from browser_steps(mode)
    yield from dist_steps(mode)
    if mode == "--long":
        yield ctest("asan", "--repeat", "until-fail:20", env=SANITIZERS)


def run_command(command, step, log):
    env = {**os.environ, **step.env}
    try:
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL,
                              stdout=log, stderr=subprocess.STDOUT, env=env,
                              timeout=step.minutes * 60, check=False)
    except FileNotFoundError:
        print(f"{command[0]} is not there", file=log, flush=True)
        return 127
    except subprocess.TimeoutExpired:
        print(f"not finished after {step.minutes} minutes", file=log, flush=True)
        return 124
    return done.returncode


def count_text(text, status):
    """Passed and failed tests of one program."""
    passed = failed = 0
    for found in CHECKS.finditer(text):
        checks, failures, errors = map(int, found.groups())
        failed += failures + errors
        passed += checks - failures - errors
    for found in LINES.finditer(text):
        passed += found.group(1) == "ok"
        failed += found.group(1) == "FAIL"
    if status == 0 and passed + failed == 0:
        passed = 1
    if status != 0 and failed == 0:
        failed = 1
    return passed, failed


def count_junit(path, status):
    """Sums over the programs ctest has run."""
    passed = failed = 0
    if not path.exists():
        return 0, 1
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        bad = case.get("status") != "run"
        text = case.findtext("system-out") or ""
        ok, not_ok = count_text(text, 1 if bad else 0)
        passed, failed = passed + ok, failed + not_ok
    if status != 0 and failed == 0:
        failed = 1
    return passed, failed


def show(step, text):
    lines = text.splitlines()
    print(f"---- {step.name} failed, build/logs/{step.name}.log:")
    if len(lines) > SHOWN_LINES:
        print(f"[the last {SHOWN_LINES} of {len(lines)} lines]")
    print("\n".join(lines[-SHOWN_LINES:]))
    print(f"---- end of {step.name}", flush=True)


def run_step(step):
    """Runs one step; its passed and failed tests."""
    path = LOGS / f"{step.name}.log"
    begin = time.monotonic()
    status = 0
    if step.junit:
        step.junit.unlink(missing_ok=True)
    with open(path, "w", encoding="utf-8") as log:
        for command in step.commands:
            status = run_command(command, step, log)
            if status:
                break
    text = path.read_text(encoding="utf-8", errors="replace")
    passed, failed = (count_junit(step.junit, status) if step.junit
                      else count_text(text, status))
    seconds = time.monotonic() - begin
    print(f"{step.name:18} {passed:5} ok {failed:4} failed {seconds:6.0f} s",
          flush=True)
    if failed:
        show(step, text)
    return passed, failed


def main():
    mode = sys.argv[1] if len(sys.argv) > 1 else ""
    if mode not in ("", "--quick", "--long"):
        sys.exit(__doc__)
    LOGS.mkdir(parents=True, exist_ok=True)
    passed = failed = 0
    broken = []
    for step in steps(mode):
        if step.needs in broken:
            print(f"{step.name:18} not run: {step.needs} failed")
            ok, not_ok = 0, 1
        else:
            ok, not_ok = run_step(step)
        if not_ok:
            broken.append(step.name)
        passed, failed = passed + ok, failed + not_ok
    if broken:
        print("failed: " + ", ".join(broken))
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
