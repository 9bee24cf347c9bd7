#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# engines/run_freeswitch.py - agents with a relay each on a fake event socket
"""Usage: run_freeswitch.py RELAY [part of a case's name]

What the conformance suite cannot tell with one relay: transfers, seen by two
that do not talk to each other.
"""
import os
import sys
import tempfile

sys.dont_write_bytecode = True
from fake_freeswitch import FakeFreeswitch
from lab import Cases, Lab, until
from relay import Relay

AREA = "+4969123450"  # the far end goes by the last three digits
PASSWORD = "lab-password"
SECTIONS = """freeswitch {
	port = %d
	secret_file = "%s"
	auto_answer = {"sip_h_Call-Info=<sip:patchcord>;answer-after=0"}
}
agent "%s" { device = "user/%s@127.0.0.1" }
sap_fields { TicketID = "ticket"  Custom_1 = "customer" }
"""
# Of legs: what SAP is told.
RING = ("INBOUND", "NOTIFY")
TAKEN = ("INBOUND", "ACCEPT")
MOVED = ("TRANSFER", "NOTIFY")
MOVED_TAKEN = ("TRANSFER", "ACCEPT")
END = ("UPDATEACTIVITY", "END")


class Desk(Relay):
    """An agent: his phone, and a relay of his own."""

    def __init__(self, lab, binary, agent, user):
        self.user = user
        self.switch = lab.switch
        super().__init__(lab, binary, "freeswitch", SECTIONS % (
            lab.switch.port, lab.secret, agent, user), name=agent)
        until("the sync of " + agent, self.synced)

    def ring(self, since, type="call.ringing"):
        """The next call that rings here; SAP is told, if it is to be."""
        def there():
            for event in self.events[since:]:
                if event["type"] == type and \
                        event["call"]["direction"] == "inbound":
                    return event
            return None
        event = until("a call at " + self.user, there)
        self.tell_sap(event)
        return event["call"]["id"]

    def tell_sap(self, event):
        if not event["sap"]:
            return
        for what in ("claim", "ack"):
            status, said = self.ask("POST", "/api/v1/events/%d/%s" %
                                    (event["id"], what), {"tab": "lab"})
            assert status in (200, 204), (what, status, said)

    def pick_up(self, id):
        self.switch.pick_up(self.user)
        self.state(id, "active")

    def told(self, id):
        return [p[:2] for p in self.posts(id)]

    def wait_told(self, id, *posts):
        until("%s: %s and not %s" % (self.user, posts, self.told(id)),
              lambda: self.told(id) == list(posts))
        for _, _, payload in self.posts(id):
            assert payload["ExternalReferenceID"] == id, payload

    def originals(self, id):
        return {p["ExternalOriginalReferenceID"] for _, _, p in
                self.posts(id)}


class Floor:
    """Two agents, each with a relay, and the switch between them."""

    def __init__(self, lab, binary):
        self.switch = lab.switch = FakeFreeswitch(PASSWORD).start()
        lab.secret = os.path.join(lab.folder, "password")
        with open(lab.secret, "w", opener=lambda p, f:
                  os.open(p, f, 0o600)) as f:
            f.write(PASSWORD + "\n")
        self.anna = Desk(lab, binary, "ANNA", "101")
        self.bert = Desk(lab, binary, "BERT", "102")

    def call(self, **more):
        """A customer talks with Anna."""
        at = self.anna.mark()
        caller = self.switch.ring(**more)
        id = self.anna.ring(at)
        self.anna.pick_up(id)
        return caller, id

    def idle(self):
        for channel in list(self.switch.channels.values()):
            channel.hang_up()
        for desk in (self.anna, self.bert):
            until("nobody talks", lambda: not [
                c for c in desk.get("/api/v1/calls")["calls"]
                if c["state"] != "ended"])


def blind_transfer(f):
    caller, first = f.call()
    at = f.bert.mark()
    f.anna.do(first, "transfer", {"to": "1102"})
    second = f.bert.ring(at)
    assert first != second
    f.bert.pick_up(second)
    assert f.anna.ended(first)["cause"] == "normal"
    caller.hang_up()
    f.bert.ended(second)
    f.anna.wait_told(first, RING, TAKEN, END)
    f.bert.wait_told(second, MOVED, MOVED_TAKEN, END)
    assert f.bert.originals(second) == {first}, (f.bert.posts(second), first)
    call = f.bert.call(second)
    assert call["number"] == "+49301234567", call


def dial_transferred(f):
    """A customer whom Anna dialed: her dial's id is the original one."""
    first = f.anna.dial(AREA + "101")
    f.anna.state(first, "active")
    at = f.bert.mark()
    f.anna.do(first, "transfer", {"to": "1102"})
    second = f.bert.ring(at)
    f.bert.pick_up(second)
    assert f.bert.originals(second) == {first}, f.bert.posts(second)
    f.bert.wait_told(second, MOVED, MOVED_TAKEN)


def attended_transfer(f):
    caller, first = f.call()
    at, own = f.bert.mark(), f.anna.mark()
    talk = f.switch.calls("101")[0]
    f.switch.hold()
    f.anna.state(first, "held")
    consult = f.switch.own_dial("1102")
    second = f.bert.ring(at)
    f.bert.pick_up(second)
    assert f.bert.call(second)["kind"] == "consult", f.bert.call(second)
    assert f.bert.told(second) == []
    mine = until("the consult call is shown to Anna", lambda: [
        e for e in f.anna.events[own:] if e["call"]["direction"] == "outbound"
        and e["type"] == "call.active"])[0]["call"]["id"]
    f.switch.attended(talk, consult)
    f.anna.ended(first)
    f.anna.ended(mine)
    f.bert.wait_told(second, MOVED_TAKEN)
    assert f.bert.originals(second) == {first}, f.bert.posts(second)
    call = f.bert.call(second)
    assert call["number"] == "+49301234567" and call["kind"] == "customer", \
        call
    caller.hang_up()
    f.bert.ended(second)
    f.bert.wait_told(second, MOVED_TAKEN, END)


def fresh_ring(f):
    """The agent leaves, the dialplan goes on with the next one."""
    caller, first = f.call()
    at = f.bert.mark()
    phone = f.switch.calls("101")[0]
    with f.switch.lock:
        phone.unbridge()
        phone.hangup(by_peer=True)
        f.switch.route(caller, "1102")
    second = f.bert.ring(at)
    f.bert.pick_up(second)
    f.bert.wait_told(second, RING, TAKEN)
    assert f.bert.originals(second) == {second}


def ring_group(f):
    at, other = f.anna.mark(), f.bert.mark()
    caller = f.switch.ring(to="1100")
    first, second = f.anna.ring(at), f.bert.ring(other)
    f.bert.pick_up(second)
    assert f.anna.ended(first)["cause"] == "answered_elsewhere"
    caller.hang_up()
    assert f.bert.ended(second)["cause"] == "normal"


def variables(f):
    caller, id = f.call(variables={"ticket": "4711", "customer": "C-77",
                                   "x": "no"})
    payload = f.anna.posts(id)[0][2]
    assert payload["TicketID"] == "4711", payload
    assert payload["Custom_1"] == "C-77", payload
    assert "Custom_2" not in payload, payload


def internal_call(f):
    at = f.bert.mark()
    f.switch.own_dial("1102")
    id = f.bert.ring(at)
    assert f.bert.call(id)["kind"] == "internal"
    f.bert.pick_up(id)
    assert f.bert.told(id) == []


def auto_answer(f):
    f.anna.state(f.anna.dial(AREA + "101"), "active")
    said = [c for c in f.switch.heard if c.startswith("bgapi")][-1]
    assert "sip_h_Call-Info='<sip:patchcord>;answer-after=0'" in said, said


def early_media(f):
    """A trunk that plays its ringing: bridged is not yet answered."""
    id = f.anna.dial(AREA + "183")
    f.anna.state(id, "active")
    far = [c for c in f.switch.channels.values() if c.role == "far"][0]
    assert far.answered
    until("the events", lambda: "call.active" in f.anna.types(id))
    types = [t for t in f.anna.types(id) if t != "call.updated"]
    assert types == ["call.queued", "call.alerting", "call.dialing",
                     "call.ringing", "call.active"], types


def same_ids_after_restart(f):
    """An empty store computes the same id from the same leg."""
    at = f.anna.mark()
    f.switch.ring()
    id = f.anna.ring(at)
    f.anna.end(9)
    for name in os.listdir(f.anna.lab.folder):
        if name.startswith("ANNA.db"):
            os.unlink(os.path.join(f.anna.lab.folder, name))
    f.anna.events = []
    f.anna.start()
    until("the sync", f.anna.synced)
    until("the same id", lambda: f.anna.ask("GET", "/api/v1/calls/" + id)[0]
          == 200)
    assert f.anna.call(id)["state"] == "ringing"


CASES = [
    ("a blind transfer: TRANSFER with the first leg's id", blind_transfer),
    ("a dialed customer is transferred: the dial's id", dial_transferred),
    ("an attended transfer: TRANSFER ACCEPT", attended_transfer),
    ("a caller who goes on by himself is a fresh ring", fresh_ring),
    ("a ring group: one answers, the other's call is elsewhere", ring_group),
    ("variables of the switch reach SAP", variables),
    ("a colleague calls: nothing for SAP", internal_call),
    ("headers that make the phone answer", auto_answer),
    ("early media is ringing, not talking", early_media),
    ("a relay with an empty store gives the same id",
     same_ids_after_restart),
]


def main():
    cases = Cases()
    only = sys.argv[2] if len(sys.argv) > 2 else ""
    with tempfile.TemporaryDirectory() as folder, Lab(folder) as lab:
        f = Floor(lab, os.path.abspath(sys.argv[1]))
        for name, fn in CASES:
            if only in name:
                cases.run(name, fn, f)
                f.idle()
        for desk in (f.anna, f.bert):
            desk.stop.set()
            if cases.failed:
                sys.stderr.write(open(desk.program.log).read()[-4000:])
        f.switch.stop()
    cases.end()


if __name__ == "__main__":
    main()
