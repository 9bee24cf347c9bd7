#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# contract/run_drivers.py - one suite for every driver
"""Usage: run_drivers.py RELAY DRIVER [part of a case's name]

Runs the cases of cases.py on the driver's lab. A lab that cannot do a thing
says so (labs/base.py), and the driver is held to that.
"""
import os
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.join(os.path.dirname(HERE), "engines"))
from cases import CASES
from labs.asterisk import Asterisk16Lab, AsteriskLab
from labs.baresip import BaresipLab
from labs.freeswitch import FreeswitchLab
from labs.simulator import SimulatorLab
from story import ACTIONS, CAUSES, THINGS, Story

DRIVERS = {
    "simulator": SimulatorLab,
    "baresip": BaresipLab,
    "asterisk-22": AsteriskLab,
    "asterisk-16": Asterisk16Lab,
    "freeswitch": FreeswitchLab,
}


class Run:
    """One driver's cases, one after the other on one lab."""

    def __init__(self, binary, name, make):
        self.binary = binary
        self.name = name
        self.make = make
        self.story = None
        self.used = set()
        self.failed = 0

    def say(self, name, why=None):
        self.failed += why is not None
        print("%s - %s: %s%s" % ("FAIL" if why else "ok", self.name, name,
                                 ": " + why if why else ""), flush=True)

    def tell(self, case):
        if not self.story:
            self.story = Story(self.binary, self.make())
        s = self.story
        s.open(**case.wishes)
        case.tell(s, *case.args)
        s.tidy()

    def run(self, case):
        begin = time.monotonic()
        try:
            self.tell(case)
            self.say(case.name)
        except Exception as e:  # a case must not end the others
            self.say(case.name, "%s: %s" % (type(e).__name__, e))
            self.give_up()
        if os.environ.get("TIMES"):
            print("   %.1f s" % (time.monotonic() - begin), flush=True)

    def give_up(self):
        """What is left of a broken case must not break the next one."""
        s = self.story
        if s and s.page:
            with open(s.page.program.log, errors="replace") as f:
                sys.stderr.write("".join(f.readlines()[-25:]))
        self.end()

    def end(self):
        if self.story:
            self.used |= self.story.used
            self.story.end()
        self.story = None

    def close(self):
        """After the last case."""
        if not self.story:
            return
        try:
            self.story.close()
            self.say("the relay ends well")
        except Exception as e:
            self.say("the relay ends well", str(e))
        self.end()


def missing(case, lab):
    return [n for n in case.needs if n in lab.cannot]


def declarations(run, lab, cases):
    """What a lab says of itself must be known, needed and true."""
    said = [k for k in lab.cannot if k not in ACTIONS + THINGS] + \
        [k for k in lab.shows if k not in CAUSES and
         not k.startswith("relay killed ")]
    run.say("what the lab declares is known",
            "nobody knows " + ", ".join(said) if said else None)
    idle = [k for k in lab.cannot if k not in ACTIONS and
            not any(k in case.needs for case in cases)]
    idle += [k for k in lab.shows if k not in run.used]
    run.say("what the lab declares is put to the test",
            "no case asks for " + ", ".join(idle) if idle else None)
    run.say("what the lab declares is no excuse", excuse(run, lab))


def excuse(run, lab):
    """A driver with a connection, a process or a password has cases for it."""
    text = subprocess.run([run.binary, "help-config"], capture_output=True,
                          check=True).stdout.decode()
    has_secret = "PATCHCORD_%s_SECRET_FILE" % lab.driver.upper() in text
    if ("password" in lab.cannot) == has_secret:
        return "whether it has a password, the configuration knows"
    if lab.driver != "simulator" and \
            {"link", "switch", "phone", "far end"} & set(lab.cannot):
        return "only what is simulated lacks what calls are made of"
    if ("alerting" in lab.cannot) == lab.agent_first:
        return "it rings the agent first, or it does not"
    return None


def run_all(run, cases):
    for case in cases:
        run.run(case)
    run.close()


def main():
    if len(sys.argv) < 3 or sys.argv[2] not in DRIVERS:
        sys.exit(__doc__ + "\nDrivers: " + ", ".join(DRIVERS))
    binary, name = os.path.abspath(sys.argv[1]), sys.argv[2]
    part = sys.argv[3] if len(sys.argv) > 3 else ""
    make = DRIVERS[name]
    begin = time.monotonic()
    told = [c for c in CASES if part in c.name]
    for case in told:
        for thing in missing(case, make)[:1]:
            print("-- %s: %s: no, %s" % (name, case.name, make.cannot[thing]))
    told = [c for c in told if not missing(c, make)]
    patient = [c for c in told if c.tell.__name__ in make.patient]
    run, beside = Run(binary, name, make), Run(binary, name, make)
    thread = threading.Thread(target=run_all, args=(beside, patient))
    thread.start()
    run_all(run, [c for c in told if c not in patient])
    thread.join()
    run.used |= beside.used
    run.failed += beside.failed
    if not part:
        declarations(run, make, CASES)
    print("%s: %d cases, %.0f s" % (name, len(told),
                                    time.monotonic() - begin))
    return 1 if run.failed else 0


if __name__ == "__main__":
    sys.exit(main())
