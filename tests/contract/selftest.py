#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# contract/selftest.py - the suite finds a lab that says what is not so
"""Usage: selftest.py RELAY"""
import contextlib
import io
import os
import sys

sys.dont_write_bytecode = True
import run_drivers
from labs.simulator import SimulatorLab

TRUE = dict(cannot=SimulatorLab.cannot, shows=SimulatorLab.shows)


def without(thing):
    return {k: v for k, v in SimulatorLab.cannot.items() if k != thing}


# What is claimed, whatever is wrong with it, and the case that finds it.
LIES = [
    ("an action that is there is declared missing",
     dict(cannot=dict(TRUE["cannot"], hold="so they say")),
     "a click is answered", "hold"),
    ("a cause that is shown is declared another one",
     dict(shows=dict(TRUE["shows"], busy=("failed", "so they say"))),
     "number is busy", "'cause': 'busy'"),
    ("the usual cause is declared",
     dict(shows=dict(TRUE["shows"], busy=("busy", "so they say"))),
     "number is busy", "declared to be what it is"),
    ("a phone that never rings is kept silent about",
     dict(cannot=without("alerting")),
     "does not pick up his phone", "alerting"),
    ("a far end that nobody can ask is kept silent about",
     dict(cannot=without("far end")),
     "far end of a held call", "NotImplementedError"),
]


# What only shows when all cases are known.
IDLE = [
    ("an unknown thing is declared missing",
     dict(cannot=dict(TRUE["cannot"], coffee="so they say")), "coffee"),
    ("a cause no case asks for is declared",
     dict(shows=dict(TRUE["shows"], missed=("normal", "so they say"))),
     "missed"),
    ("a password the configuration knows nothing of is kept silent about",
     dict(cannot=without("password")), "password"),
    ("a phone that rings first is declared, and declared missing",
     dict(agent_first=True), "rings the agent first"),
]


def heard(binary, claims, tell):
    """What a run says on a lab with these claims."""
    make = type("LyingLab", (SimulatorLab,), claims)
    run = run_drivers.Run(binary, "a lab that lies", make)
    out = io.StringIO()
    with contextlib.redirect_stdout(out), \
            contextlib.redirect_stderr(io.StringIO()):
        tell(run, make)
        run.end()
    return out.getvalue()


def say(name, text, word):
    found = [line for line in text.splitlines()
             if line.startswith("FAIL - ") and word in line]
    print("ok - it is found: " + name if found else
          "FAIL - it is found: %s: %s" % (name, text.strip()), flush=True)
    return bool(found)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    binary = os.path.abspath(sys.argv[1])
    good = True
    for name, claims, part, word in LIES:
        case, = [c for c in run_drivers.CASES if part in c.name]
        good &= say(name, heard(binary, claims,
                                lambda run, make: run.run(case)), word)
    for name, claims, word in IDLE:
        good &= say(name, heard(binary, claims, lambda run, make:
                                run_drivers.declarations(
                                    run, make, run_drivers.CASES)), word)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
