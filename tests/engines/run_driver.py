#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# engines/run_driver.py - the baresip driver alone against a real baresip
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from lab import Cases, Drive, Lab, until

NORMAL = ["dialing", "ringing", "active"]


class Bench:
    def __init__(self, binary, lab, users=("agent1",)):
        self.lab = lab
        self.lab.users = users
        self.lab.start_baresip(users)
        self.lab.start_far_end()
        self.binary = binary
        self.conf = dict(baresip__control="127.0.0.1:%d" % self.lab.control,
                         baresip__domain="127.0.0.1:%d" % self.lab.trunk,
                         telephony__reconnect_min_ms="50",
                         telephony__reconnect_max_ms="500")
        self.d = Drive(self.lab, binary, "baresip", **self.conf)
        self.d.wait("synced")
        why = self.d.wait("link", link="up")["why"]
        self.later = not why.startswith("baresip 1.0")
        self.n = 0

    def dial(self, number, timeout_ms=30000):
        self.n += 1
        id = "%032X" % self.n
        assert self.d.tell("originate", id, "-", number, str(timeout_ms)) == 0
        return id

    def ended(self, id=None, wait_s=15, **keys):
        if id:
            keys["call_id"] = id
        return self.d.wait("event", wait_s=wait_s, state="ended", **keys)

    def talk(self, number="101"):
        """Dials; returns id and leg once it is active."""
        id = self.dial(number)
        return id, self.d.wait("event", call_id=id, state="active")["leg"]

    def ring(self, scenario="caller", **more):
        at = self.d.mark()
        caller = self.lab.call_agent(scenario, **more)
        return caller, self.d.wait("event", since=at, state="ringing",
                                   inbound=True)

    def hang_up(self, id, leg="-"):
        assert self.d.tell("hangup", id, leg) == 0
        return self.ended(leg=leg) if id == "-" else self.ended(id)


def dial_answered(b):
    packets = b.lab.rtp.packets
    id, leg = b.talk()
    until("RTP", lambda: b.lab.rtp.packets > packets + 20)
    end = b.hang_up(id)
    assert end["cause"] == "normal", end
    assert b.d.states(call_id=id) == NORMAL + ["ended"], b.d.states(call_id=id)


def far_end_hangs_up(b):
    id, leg = b.talk("102")
    end = b.ended(id)
    assert end["cause"] == "normal", end
    assert "reset by peer" in end["detail"], end


def refused(b, number, cause, detail):
    end = b.ended(b.dial(number))
    assert end["cause"] == cause and end["detail"].startswith(detail), end


def no_answer(b):
    end = b.ended(b.dial("408", 1500))
    assert end["cause"] == "no_answer", end


def agent_cancels(b):
    id = b.dial("408")
    b.d.wait("event", call_id=id, state="ringing")
    assert b.hang_up(id)["cause"] == "cancelled"


def hangup_right_after_dial(b):
    id = b.dial("408")
    assert b.hang_up(id)["cause"] == "cancelled"


def inbound_answered(b):
    caller, ring = b.ring("caller_hangs_up")
    assert ring["number"] == "0301234567" and ring["name"] == "Ann Tester"
    assert ring["device"] == b.lab.aor() and not ring["withheld"], ring
    assert b.d.tell("answer", "-", ring["leg"]) == 0
    b.d.wait("event", leg=ring["leg"], state="active")
    assert b.ended(leg=ring["leg"])["cause"] == "normal"


def inbound_cancelled(b):
    caller, ring = b.ring("caller_gives_up")
    assert b.ended(leg=ring["leg"])["cause"] == "cancelled"


def inbound_rejected(b):
    caller, ring = b.ring()
    assert b.d.tell("reject", "-", ring["leg"]) == 0
    assert b.ended(leg=ring["leg"])["cause"] == "rejected"
    assert caller.p.wait(5) == 0


def withheld(b):
    caller, ring = b.ring(caller="anonymous", name="Anonymous")
    assert ring["withheld"] and ring["number"] is None, ring
    b.hang_up("-", ring["leg"])


def hold_and_resume(b):
    id, leg = b.talk()
    at = b.d.mark()
    assert b.d.tell("hold", id, leg, "on") == 0
    b.d.wait("event", since=at, call_id=id, state="held")
    until("re-INVITE", lambda: "sendonly" in b.lab.far_end.said() or
          "inactive" in b.lab.far_end.said())
    assert b.d.tell("hold", id, leg, "on") == -22
    at = b.d.mark()
    assert b.d.tell("hold", id, leg, "off") == 0
    b.d.wait("event", since=at, call_id=id, state="active")
    b.hang_up(id)


def digits(b):
    id, leg = b.talk()
    b.lab.rtp.digits = ""
    assert b.d.tell("dtmf", id, leg, "12#") == 0
    until("DTMF", lambda: b.lab.rtp.digits == "12#")
    assert b.d.tell("dtmf", id, leg, "x") == -22
    b.hang_up(id)


def mute(b):
    id, leg = b.talk()
    assert b.d.tell("mute", id, leg, "on") == 0
    assert b.d.tell("mute", id, leg, "off") == 0
    b.hang_up(id)


def transfer(b):
    id, leg = b.talk()
    assert b.d.tell("transfer", id, leg, "777") == 0
    end = b.ended(id)
    assert end["cause"] == "normal" and "transfer" in end["detail"], end
    assert "refer sip:777@" in b.lab.far_end.said()


def two_ring_one_active(b):
    """1.0.0 would refuse without a word; the driver orders the calls."""
    id, leg = b.talk()
    c1, first = b.ring(caller="111")
    c2, second = b.ring(caller="222")
    assert b.d.tell("answer", "-", first["leg"]) == 0
    b.d.wait("event", leg=first["leg"], state="active")
    b.d.wait("event", call_id=id, state="held")
    at = b.d.mark()
    assert b.d.tell("answer", "-", second["leg"]) == 0
    b.d.wait("event", leg=second["leg"], state="active")
    b.d.wait("event", since=at, leg=first["leg"], state="held")
    for leg in (second["leg"], first["leg"]):
        b.hang_up("-", leg)
    b.hang_up(id)


def two_ring_none_active(b):
    c1, first = b.ring(caller="111")
    c2, second = b.ring(caller="222")
    if not b.later:
        assert b.d.tell("answer", "-", first["leg"]) == -16
        assert b.d.tell("answer", "-", second["leg"]) == -16
        b.hang_up("-", second["leg"])
    assert b.d.tell("answer", "-", first["leg"]) == 0
    b.d.wait("event", leg=first["leg"], state="active")
    b.hang_up("-", first["leg"])
    if b.later:
        b.hang_up("-", second["leg"])


def second_dial_holds_the_first(b):
    id, leg = b.talk("101")
    id2, leg2 = b.talk("103")
    b.d.wait("event", call_id=id, state="held")
    at = b.d.mark()
    b.hang_up(id2)
    if not b.later:  # 1.0.0 resumes it by itself
        b.d.wait("event", since=at, call_id=id, state="active")
    b.hang_up(id)


def resume_holds_the_other(b):
    id, leg = b.talk("101")
    id2, leg2 = b.talk("103")
    at = b.d.mark()
    assert b.d.tell("hold", id, leg, "off") == 0
    b.d.wait("event", since=at, call_id=id2, state="held")
    b.d.wait("event", since=at, call_id=id, state="active")
    b.hang_up(id2)
    b.hang_up(id)


def held_stays_held_when_a_caller_is_rejected(b):
    id, leg = b.talk()
    assert b.d.tell("hold", id, leg, "on") == 0
    b.d.wait("event", call_id=id, state="held")
    c, ring = b.ring()
    b.hang_up("-", ring["leg"])
    time.sleep(0.5)  # whatever baresip does by itself is reported by then
    assert b.d.states(call_id=id)[-1] == "held", b.d.states(call_id=id)
    b.hang_up(id)


def held_call_after_the_active_one_is_left(b):
    id, leg = b.talk("101")
    id2 = b.dial("102")
    assert b.ended(id2)["cause"] == "normal"
    time.sleep(0.5)
    last = b.d.states(call_id=id)[-1]
    assert last in ("held", "active"), last
    b.hang_up(id)


def link_taken(b):
    import socket
    id, leg = b.talk()
    at = b.d.mark()
    with socket.create_connection(("127.0.0.1", b.lab.control)):
        m = b.d.wait("link", since=at, link="down")
        assert "another program" in m["why"], m
        since = time.monotonic()
        b.d.wait("link", since=at, link="connecting")
        assert time.monotonic() - since > 1.5
    b.d.wait("synced", since=at)
    back = b.d.wait("event", since=at, call_id=id)
    assert back["state"] == "active", back
    b.hang_up(id)


def ring_survives_a_new_link(b):
    import socket
    c, ring = b.ring()
    id = b.dial("408", 60000)
    b.d.wait("event", call_id=id, state="ringing")
    at = b.d.mark()
    socket.create_connection(("127.0.0.1", b.lab.control)).close()
    b.d.wait("synced", since=at, wait_s=20)
    assert b.d.wait("event", since=at, call_id=id)["state"] == "ringing"
    m = b.d.wait("event", since=at, leg=ring["leg"])
    assert m["state"] == "ringing" and m["inbound"], m
    b.hang_up(id)
    b.hang_up("-", ring["leg"])


def relay_restarted(b):
    """A driver that knows nothing finds what runs."""
    id, leg = b.talk("101")
    id2, leg2 = b.talk("103")
    c, ring = b.ring()
    b.d.program.end()
    d = b.d = Drive(b.lab, b.binary, "baresip", **b.conf)
    d.wait("synced")
    assert d.wait("event", leg=leg)["state"] == "held"
    assert d.wait("event", leg=leg2)["state"] == "active"
    m = d.wait("event", leg=leg2)
    assert not m["inbound"] and m["number"] == "103", m
    m = d.wait("event", leg=ring["leg"])
    assert m["inbound"] and m["state"] == "ringing", m
    assert m["number"] == "0301234567" and m["name"] == "Ann Tester", m
    for one in (ring["leg"], leg2, leg):
        b.hang_up("-", one)


def baresip_killed(b):
    id, leg = b.talk()
    at = b.d.mark()
    b.lab.baresip.end()
    b.d.wait("link", since=at, link="down")
    b.lab.start_baresip(b.lab.users)
    b.d.wait("synced", since=at, wait_s=20)
    assert b.d.states(call_id=id)[-1] == "active"  # ending is the core's
    assert b.d.tell("hangup", id, leg) == -2
    id, leg = b.talk()
    b.hang_up(id)


def probe(b):
    assert b.d.tell("probe", "-", b.lab.aor()) == 0
    assert b.d.wait("probe", ok=True)["why"].startswith("baresip 1")
    assert b.d.tell("probe", "-", "sip:nobody@127.0.0.1") == 0
    b.d.wait("probe", ok=False)


def no_such_call(b):
    for verb in ("hangup", "answer", "reject"):
        assert b.d.tell(verb, "-", "nosuch") == -2
    assert b.d.tell("originate", "X", "-", "12a", "1000") == -22


CASES = [
    ("a dial is answered, RTP flows, the agent hangs up", dial_answered),
    ("the far end hangs up", far_end_hangs_up),
    ("busy", refused, "486", "busy", "SIP 486"),
    ("bad number", refused, "404", "bad_number", "SIP 404"),
    ("unreachable", refused, "480", "unreachable", "SIP 480"),
    ("rejected", refused, "603", "rejected", "SIP 603"),
    ("nobody answers until the ring time-out", no_answer),
    ("the agent cancels a ringing dial", agent_cancels),
    ("a hangup right after the dial", hangup_right_after_dial),
    ("an inbound call is answered, the caller hangs up", inbound_answered),
    ("the caller gives up", inbound_cancelled),
    ("the agent rejects", inbound_rejected),
    ("a withheld number", withheld),
    ("hold and resume", hold_and_resume),
    ("digits reach the far end", digits),
    ("mute and unmute", mute),
    ("a blind transfer", transfer),
    ("two callers ring beside an active call, both are answered",
     two_ring_one_active),
    ("two callers ring alone (1.0: refused until one is rejected)",
     two_ring_none_active),
    ("a second dial holds the first call", second_dial_holds_the_first),
    ("resume holds the other call", resume_holds_the_other),
    ("a held call stays held when a caller is rejected",
     held_stays_held_when_a_caller_is_rejected),
    ("a held call is followed when the active one ends",
     held_call_after_the_active_one_is_left),
    ("another program takes the connection", link_taken),
    ("ringing calls are found again after a new link",
     ring_survives_a_new_link),
    ("a driver that starts anew announces what runs", relay_restarted),
    ("baresip is killed and started again", baresip_killed),
    ("a probe tells which account there is", probe),
    ("unknown calls and bad numbers are refused", no_such_call),
]


def other_account(b):
    id, leg = b.talk()
    c, ring = b.ring(user="agent2")
    assert ring["device"] == b.lab.aor("agent2"), ring
    assert b.d.tell("answer", "-", ring["leg"]) == 0
    b.d.wait("event", leg=ring["leg"], state="active")
    b.d.wait("event", call_id=id, state="held")
    b.hang_up("-", ring["leg"])
    b.hang_up(id)


def relay_restarted_two(b):
    b.ring(user="agent2")
    relay_restarted(b)


TWO_ACCOUNTS = [
    ("two accounts: a call of the other one is answered", other_account),
    ("two accounts: a new driver finds the calls of both",
     relay_restarted_two),
]


def run(cases, table, users):
    only = sys.argv[2] if len(sys.argv) > 2 else ""
    table = [case for case in table if only in case[0]]
    if not table:
        return
    with tempfile.TemporaryDirectory() as folder, Lab(folder) as lab:
        b = Bench(sys.argv[1], lab, users)
        for name, fn, *args in table:
            cases.run(name, fn, b, *args)
        if cases.failed:
            sys.stderr.write(b.d.errors()[-4000:])


def main():
    cases = Cases()
    run(cases, CASES, ("agent1",))
    run(cases, TWO_ACCOUNTS, ("agent1", "agent2"))
    cases.end()


if __name__ == "__main__":
    main()
