# SPDX-License-Identifier: Apache-2.0
# labs/sipp.py - callers played by sipp
from labs.base import Caller

SCENARIOS = {
    "waits": "caller",
    "hangs up": "caller_hangs_up",
    "vanishes": "caller_hangs_up",
    "gives up": "caller_gives_up",
    "missed": "caller",
    "answered elsewhere": "caller_elsewhere",
}


class SippCaller(Caller):
    def __init__(self, program):
        self.program = program

    def done(self):
        return self.program.p.poll() is not None

    def end(self):
        self.program.end()
