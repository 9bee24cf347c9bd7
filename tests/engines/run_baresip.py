#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# engines/run_baresip.py - what only baresip has: beside tests/contract/
import sys
import tempfile

sys.dont_write_bytecode = True
from lab import Cases, Lab, until
from relay import Relay


class Bench:
    def __init__(self, binary, lab):
        self.lab = lab
        self.lab.start_baresip()
        self.lab.start_far_end()
        self.r = Relay(self.lab, binary, "baresip", """baresip {
	control = "127.0.0.1:%d"
	domain = "127.0.0.1:%d"
}
""" % (self.lab.control, self.lab.trunk))
        until("the sync", self.r.synced)

    def ring(self, **more):
        at = self.r.mark()
        program = self.lab.call_agent(**more)
        return program, self.r.rings(at)


def two_callers(b):
    c1, first = b.ring(caller="0301111111")
    c2, second = b.ring(caller="0302222222")
    link = b.r.get("/api/v1/status")["switch"]["why"]
    if link.startswith("baresip 1.0"):
        status, said = b.r.act(first["call"]["id"], "answer")
        assert status == 409, (status, said)
    b.r.do(second["call"]["id"], "reject")
    b.r.ended(second["call"]["id"])
    b.r.do(first["call"]["id"], "answer")
    b.r.state(first["call"]["id"], "active")
    b.r.do(first["call"]["id"], "hangup")
    b.r.ended(first["call"]["id"])


CASES = [
    ("two callers at once: one must be rejected first", two_callers),
]


def main():
    cases = Cases()
    only = sys.argv[2] if len(sys.argv) > 2 else ""
    with tempfile.TemporaryDirectory() as folder, Lab(folder) as lab:
        b = Bench(sys.argv[1], lab)
        for name, fn, *args in CASES:
            if only in name:
                cases.run(name, fn, b, *args)
        b.r.stop.set()
        if cases.failed:
            sys.stderr.write(open(b.r.program.log).read()[-4000:])
    cases.end()


if __name__ == "__main__":
    main()
