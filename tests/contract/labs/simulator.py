# SPDX-License-Identifier: Apache-2.0
# labs/simulator.py - the relay's own simulator
from lab import until
from labs.base import Caller, SwitchLab

RING_MS = 1000
SCRIPTS = {"waits": "ring", "hangs up": "ring", "gives up": "cancel",
           "answered elsewhere": "elsewhere", "missed": "ring",
           "vanishes": "drop"}


class Played(Caller):
    def __init__(self, page, ref):
        self.page = page
        self.ref = ref

    def done(self):
        calls = self.page.get("/api/v1/calls?ref=" + self.ref)["calls"]
        return calls and calls[0]["state"] == "ended"


class SimulatorLab(SwitchLab):
    driver = "simulator"
    cannot = {
        "alerting": "the simulated phone does not ring before a dial",
        "phone": "the agent has no phone of his own",
        "switch": "it is a part of the relay: no process to be restarted",
        "link": "it has no connection that could be half open or garbled",
        "password": "nothing is logged in to",
        "far end": "who is called is played: nobody could hear a hold",
    }
    shows = {
        "relay killed": ("link_lost",
                         "the calls are played by the relay and die with it"),
    }
    steady = False
    codes = dict(SwitchLab.codes, rings="101", trying="404")
    patient = ("missed",)  # a played caller has a minute's patience

    def start(self):
        pass

    def prepare(self, short=False, **other):
        return "simulator {\n\tring_ms = %d\n\ttalk_ms = %d\n}\n" % (
            RING_MS, 700 if short else 0)

    def play(self, page, script, number, name):
        body = {"from": number, "name": name, "script": script}
        status, call = page.ask("POST", "/api/v1/simulator/calls",
                                {k: v for k, v in body.items() if v})
        assert status == 201, (status, call)
        return call

    def caller(self, page, then="waits", number="+49301234567",
               name="Ann Tester", **other):
        self.mark(page)
        call = self.play(page, SCRIPTS[then], number, name)
        return Played(page, call["ref"])

    def dialed(self, number):
        return None

    # The link goes with a call whose script says so.

    def ready_to_cut(self, story):
        page = story.page
        call = self.play(page, "drop", "+49309999999", "The Cut")
        until("the ring", lambda: page.call(call["id"])["state"] == "ringing")
        story.known.add(call["id"])
        self.mark(page)
        page.do(call["id"], "answer")

    def mark(self, page):
        self.page = page
        self.down = page.links().count("down")

    def cut(self):
        until("the outage",
              lambda: self.page.links().count("down") > self.down)

    def heal(self):
        pass  # half a second later, by itself
