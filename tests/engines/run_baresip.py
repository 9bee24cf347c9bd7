#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# engines/run_baresip.py - the relay with a real baresip and real far ends
import re
import sys
import tempfile

sys.dont_write_bytecode = True
from lab import Cases, Lab, until
from relay import Relay

AREA = "+4969123450"  # the far end goes by the last three digits
OUT = ["call.queued", "call.dialing", "call.ringing", "call.active"]


class Bench:
    def __init__(self, binary, lab, ring):
        self.lab = lab
        self.lab.start_baresip()
        self.lab.start_far_end()
        self.r = Relay(self.lab, binary, "baresip", """baresip {
	control = "127.0.0.1:%d"
	domain = "127.0.0.1:%d"
}
""" % (self.lab.control, self.lab.trunk), ring)
        until("the sync", self.r.synced)

    def talk(self, digits="101"):
        id = self.r.dial(AREA + digits)
        self.r.state(id, "active")
        return id

    def ring(self, scenario="caller", **more):
        at = self.r.mark()
        program = self.lab.call_agent(scenario, **more)
        return program, self.r.rings(at)


def dial_answered(b):
    packets = b.lab.rtp.packets
    id = b.talk()
    assert "dialed sip:004969123450101@" in b.lab.far_end.said()
    until("RTP both ways", lambda: b.lab.rtp.packets > packets + 20)
    b.r.do(id, "hangup")
    call = b.r.ended(id)
    assert call["cause"] == "normal" and call["duration_ms"] > 0, call
    assert b.r.types(id) == OUT + ["call.ended"], b.r.types(id)
    assert b.r.posts(id) == []


def far_end_hangs_up(b):
    id = b.r.dial(AREA + "102")
    call = b.r.ended(id)
    assert call["cause"] == "normal", call
    assert 500 < call["duration_ms"] < 5000, call
    assert b.r.types(id) == OUT + ["call.ended"], b.r.types(id)


def refused(b, digits, cause, detail):
    call = b.r.ended(b.r.dial(AREA + digits))
    assert call["cause"] == cause, call
    assert call["cause_detail"].startswith(detail), call
    assert call["answered_at"] is None and call["ref"], call


def no_answer(b):
    call = b.r.ended(b.r.dial(AREA + "408"), 20)
    assert call["cause"] == "no_answer", call


def agent_cancels(b):
    id = b.r.dial(AREA + "408")
    b.r.state(id, "ringing")
    b.r.do(id, "hangup")
    assert b.r.ended(id)["cause"] == "cancelled"


def inbound_answered(b):
    caller, ring = b.ring("caller_hangs_up")
    id = ring["call"]["id"]
    assert re.match("^[0-9A-F]{32}$", id), id
    payload = ring["sap"]["payload"]
    assert payload["EventType"] == "INBOUND", payload
    assert payload["Action"] == "NOTIFY", payload
    assert payload["ANI"] == "+49301234567", payload
    assert payload["ExternalReferenceID"] == id, payload
    assert ring["call"]["name"] == "Ann Tester", ring
    status, said = b.r.ask("POST", "/api/v1/events/%d/claim" % ring["id"],
                           {"tab": "lab"})
    assert status == 200, (status, said)
    status, said = b.r.ask("POST", "/api/v1/events/%d/ack" % ring["id"],
                           {"tab": "lab"})
    assert status == 204, (status, said)
    b.r.do(id, "answer")
    call = b.r.ended(id)
    assert call["cause"] == "normal" and call["answered_at"], call
    posts = [p[:2] for p in b.r.posts(id)]
    assert posts == [("INBOUND", "NOTIFY"), ("INBOUND", "ACCEPT"),
                     ("UPDATEACTIVITY", "END")], posts
    ids = set(p[2]["ExternalReferenceID"] for p in b.r.posts(id))
    assert ids == {id}, ids


def inbound_cancelled(b):
    caller, ring = b.ring("caller_gives_up")
    call = b.r.ended(ring["call"]["id"])
    assert call["cause"] == "cancelled" and not call["answered_at"], call


def inbound_rejected(b):
    caller, ring = b.ring()
    b.r.do(ring["call"]["id"], "reject")
    assert b.r.ended(ring["call"]["id"])["cause"] == "rejected"
    assert caller.p.wait(5) == 0


def withheld(b):
    caller, ring = b.ring(caller="anonymous", name="Anonymous")
    assert ring["call"]["withheld"] and ring["call"]["number"] is None, ring
    assert "ANI" not in ring["sap"]["payload"], ring
    b.r.do(ring["call"]["id"], "reject")
    b.r.ended(ring["call"]["id"])


def hold_and_resume(b):
    id = b.talk()
    b.r.do(id, "hold")
    b.r.state(id, "held")
    status, said = b.r.act(id, "hold")
    assert status == 409 and said["code"] == "wrong_state", said
    b.r.do(id, "resume")
    b.r.state(id, "active")
    said = b.lab.far_end.said()
    assert "media a=sendonly" in said or "media a=inactive" in said, said
    b.r.do(id, "hangup")
    b.r.ended(id)
    assert b.r.types(id)[-3:] == ["call.held", "call.resumed",
                                  "call.ended"], b.r.types(id)


def digits(b):
    id = b.talk()
    b.lab.rtp.digits = ""
    b.r.do(id, "dtmf", {"digits": "12#"})
    until("the digits", lambda: b.lab.rtp.digits == "12#")
    b.r.do(id, "hangup")
    b.r.ended(id)


def mute(b):
    id = b.talk()
    b.r.do(id, "mute")
    until("muted", lambda: b.r.call(id)["muted"])
    b.r.do(id, "unmute")
    until("unmuted", lambda: not b.r.call(id)["muted"])
    b.r.do(id, "hangup")
    b.r.ended(id)


def transfer(b):
    id = b.talk()
    b.r.do(id, "transfer", {"to": AREA + "777"})
    call = b.r.ended(id)
    assert call["cause"] == "normal", call
    assert "refer sip:004969123450777@" in b.lab.far_end.said()


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


def relay_killed(b):
    """The relay dies and comes back; the call does not notice."""
    id = b.talk()
    caller, ring = b.ring()
    b.r.end(9)
    b.r.start()
    until("the sync", b.r.synced)
    call = b.r.call(id)
    assert call["state"] == "active" and not call["cause"], call
    call = b.r.call(ring["call"]["id"])
    assert call["state"] == "ringing", call
    listed = [c["id"] for c in b.r.get("/api/v1/calls")["calls"]
              if c["state"] != "ended"]
    assert sorted(listed) == sorted([id, ring["call"]["id"]]), listed
    b.r.do(ring["call"]["id"], "reject")
    b.r.ended(ring["call"]["id"])
    b.r.do(id, "hangup")
    assert b.r.ended(id)["cause"] == "normal"


def baresip_killed(b):
    id = b.talk()
    b.lab.baresip.end()
    until("the link is down", lambda: not b.r.synced())
    status, said = b.r.ask("POST", "/api/v1/calls", {"PhoneNumber": AREA + "1"})
    assert status == 503 and said["code"] == "switch_down", (status, said)
    b.lab.start_baresip()
    until("the sync", b.r.synced, 20)
    assert b.r.ended(id)["cause"] == "link_lost"
    id = b.talk()
    b.r.do(id, "hangup")
    b.r.ended(id)


def baresip_killed_while_ringing(b):
    caller, ring = b.ring()
    b.lab.baresip.end()
    b.lab.start_baresip()
    assert b.r.ended(ring["call"]["id"], 20)["cause"] == "link_lost"


CASES = [
    ("a click is answered, RTP flows, the agent hangs up", dial_answered),
    ("the far end hangs up", far_end_hangs_up),
    ("busy", refused, "486", "busy", "SIP 486"),
    ("bad number", refused, "404", "bad_number", "SIP 404"),
    ("unreachable", refused, "480", "unreachable", "SIP 480"),
    ("rejected", refused, "603", "rejected", "SIP 603"),
    ("nobody answers until the ring time-out", no_answer),
    ("the agent cancels a ringing dial", agent_cancels),
    ("a caller: NOTIFY with id, answer, ACCEPT, END", inbound_answered),
    ("the caller gives up", inbound_cancelled),
    ("the agent rejects a caller", inbound_rejected),
    ("a withheld number gets no ANI", withheld),
    ("hold and resume", hold_and_resume),
    ("digits reach the far end", digits),
    ("mute and unmute", mute),
    ("a blind transfer", transfer),
    ("two callers at once: one must be rejected first", two_callers),
    ("the relay is killed and finds its calls again", relay_killed),
    ("baresip is killed and started again", baresip_killed),
    ("baresip is killed while a caller rings", baresip_killed_while_ringing),
]


def main():
    cases = Cases()
    only = sys.argv[2] if len(sys.argv) > 2 else ""
    with tempfile.TemporaryDirectory() as folder, Lab(folder) as lab:
        b = Bench(sys.argv[1], lab, 5)
        for name, fn, *args in CASES:
            if only in name:
                cases.run(name, fn, b, *args)
        b.r.stop.set()
        if cases.failed:
            sys.stderr.write(open(b.r.program.log).read()[-4000:])
    cases.end()


if __name__ == "__main__":
    main()
