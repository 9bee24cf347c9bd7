#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# engines/run_asterisk.py - agents with a relay each on one real Asterisk
"""Usage: run_asterisk.py VERSION RELAY [part of a case's name]"""
import re
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from asterisk import AsteriskLab
from lab import Cases, until
from relay import Relay

AREA = "+4969123450"  # the far end goes by the last three digits
CUSTOMER = "+49301234567"
FIELDS = """sap_fields {
	Custom_1 = "CUSTOMER_ID"
	TicketID = "TICKET"
}
"""
HEADERS = """auto_answer = {
		"PJSIP_HEADER(add,Call-Info)=<sip:patchcord>;answer-after=0",
		"PJSIP_HEADER(add,Alert-Info)=info=alert-autoanswer"
	}"""
# Of legs: what SAP is told.
RING = ("INBOUND", "NOTIFY")
TAKEN = ("INBOUND", "ACCEPT")
MOVED = ("TRANSFER", "NOTIFY")
MOVED_TAKEN = ("TRANSFER", "ACCEPT")
END = ("UPDATEACTIVITY", "END")


class Desk(Relay):
    """An agent: his phone, and a relay of his own."""

    def __init__(self, lab, binary, agent, user, more=""):
        self.agent = agent
        self.phone = lab.phones.get(user)
        sections = lab.switch.section({agent: user}, more=more) + FIELDS
        super().__init__(lab, binary, "asterisk", sections, name=agent)
        until("the sync of " + agent, self.synced)

    def ring(self, since, wait_s=10):
        """The next call that rings here; its payload, if any, is posted."""
        def there():
            for event in self.events[since:]:
                if event["type"] == "call.ringing" and \
                        event["call"]["direction"] == "inbound":
                    return event
            return None
        event = until("a call rings at " + self.agent, there, wait_s)
        if event["sap"]:
            self.post(event)
        return event

    def post(self, event):
        for what, body in (("claim", {"tab": "lab"}), ("ack", {"tab": "lab"})):
            status, said = self.ask("POST", "/api/v1/events/%d/%s" %
                                    (event["id"], what), body)
            assert status in (200, 204), (what, status, said)

    def running(self):
        return [c for c in self.get("/api/v1/calls")["calls"]
                if c["state"] != "ended"]

    def told(self, id):
        return [p[:2] for p in self.posts(id)]

    def wait_told(self, id, *posts):
        """SAP is told exactly this, with the leg's own id throughout."""
        until("%s: %s and not %s" % (self.agent, posts, self.told(id)),
              lambda: self.told(id) == list(posts))
        ids = {p["ExternalReferenceID"] for _, _, p in self.posts(id)}
        assert ids <= {id}, ids

    def originals(self, id):
        return {p["ExternalOriginalReferenceID"] for _, _, p in
                self.posts(id) if "ExternalOriginalReferenceID" in p}

    def newest(self, **keys):
        def there():
            for call in self.get("/api/v1/calls")["calls"]:
                if all(call[k] == v for k, v in keys.items()):
                    return call
            return None
        return until("%s has a call %s" % (self.agent, keys), there)


class Team(Relay):
    """A third relay, of both agents: its pages say whose they are."""

    def __init__(self, lab, binary):
        sections = lab.switch.section({"ANNA": "agent1", "BEN": "agent2"})
        super().__init__(lab, binary, "asterisk", sections, name="TEAM")
        until("the sync of the team", self.synced)

    def ask(self, method, path, body=None, agent="ANNA"):
        path += ("&" if "?" in path else "?") + "agent=" + agent
        return super().ask(method, path, body)

    def knows(self, agent, call):
        """The same leg, the same ids."""
        def there():
            status, got = self.ask("GET", "/api/v1/calls/" + call["id"],
                                   agent=agent)
            same = status == 200 and all(
                got[key] == call[key]
                for key in ("state", "original_id", "number"))
            return got if same else None
        got = until("the team sees %s of %s" % (call["id"], agent), there)
        assert got["agent"] == agent, got


class Bench:
    def __init__(self, binary, lab):
        self.binary = binary
        self.lab = lab
        lab.open()
        self.anna = Desk(lab, binary, "ANNA", "agent1", HEADERS)
        self.ben = Desk(lab, binary, "BEN", "agent2")
        self.team = Team(lab, binary)
        self.desks = (self.anna, self.ben)

    def tell(self, fn, args):
        try:
            fn(self, *args)
        except Exception:
            try:
                self.settle()
            except AssertionError as error:
                print("after that:", error, flush=True)
            raise
        self.settle()

    def settle(self):
        """No call is left, anywhere."""
        self.lab.settle()
        for desk in self.desks:
            until("%s without calls" % desk.agent,
                  lambda desk=desk: not desk.running())

    def call(self, to="agent1", **more):
        """A caller who rings at Anna's."""
        at = self.anna.mark()
        self.lab.call(to, **more)
        return self.anna.ring(at)["call"]["id"]

    def talk(self, to="agent1"):
        """A customer talks to Anna."""
        id = self.call(to)
        self.anna.phone.answer()
        self.anna.state(id, "active")
        return id

    def click(self, digits="101"):
        """Anna has dialed and talks."""
        at = self.anna.phone.mark()
        id = self.anna.dial(AREA + digits)
        self.anna.phone.rings(at)
        self.anna.phone.answer()
        self.anna.state(id, "active")
        return id

    def consult(self):
        """Anna holds and asks Ben; both ids of what he has then."""
        first = [e for e in self.anna.phone.events
                 if e["type"] == "CALL_INCOMING"][-1]["id"]
        at, here = self.ben.mark(), self.anna.phone.mark()
        self.anna.phone.hold()
        self.anna.phone.dial("102")
        ring = self.ben.ring(at)
        assert ring["call"]["kind"] == "consult", ring["call"]
        assert ring["sap"] is None, ring
        self.ben.phone.answer()
        self.anna.phone.wait("CALL_ESTABLISHED", here)
        self.ben.state(ring["call"]["id"], "active")
        return first, ring["call"]["id"]

    def leave(self, id, desk=None):
        """An agent's leg that went on without him."""
        call = (desk or self.anna).ended(id)
        assert call["cause"] == "normal", call
        assert call["cause_detail"] == "transferred", call

    def moved_to_ben(self, at, original, number=CUSTOMER):
        """Rings at Ben's as what it is, is answered and ended there."""
        ring = self.ben.ring(at)
        id, payload = ring["call"]["id"], ring["sap"]["payload"]
        assert payload["ANI"] == number, payload
        assert payload["ExternalOriginalReferenceID"] == original, payload
        self.team.knows("BEN", ring["call"])
        self.ben.phone.answer()
        call = self.ben.state(id, "active")
        assert call["original_id"] == original != id, call
        self.team.knows("BEN", call)
        self.ben.phone.hang_up()
        assert self.ben.ended(id)["cause"] == "normal"
        self.ben.wait_told(id, MOVED, MOVED_TAKEN, END)
        assert self.ben.originals(id) == {original}
        return id


# --- who rings ---


def both_ring(b, to):
    at, at_ben = b.anna.mark(), b.ben.mark()
    b.lab.call(to)
    anna = b.anna.ring(at)["call"]
    ben = b.ben.ring(at_ben)["call"]
    assert anna["id"] != ben["id"] and anna["number"] == CUSTOMER, anna
    b.team.knows("ANNA", anna)
    b.team.knows("BEN", ben)
    b.ben.phone.answer()
    call = b.anna.ended(anna["id"])
    assert call["cause"] == "answered_elsewhere", call
    assert call["answered_at"] is None, call
    b.anna.wait_told(anna["id"], RING, END)
    b.ben.state(ben["id"], "active")
    b.ben.wait_told(ben["id"], RING, TAKEN)
    b.ben.phone.hang_up()
    b.ben.ended(ben["id"])
    b.ben.wait_told(ben["id"], RING, TAKEN, END)


def both_ring_in_vain(b, to):
    at, at_ben = b.anna.mark(), b.ben.mark()
    b.lab.call(to, "caller_gives_up")
    anna, ben = b.anna.ring(at), b.ben.ring(at_ben)
    for desk, ring in ((b.anna, anna), (b.ben, ben)):
        call = desk.ended(ring["call"]["id"])
        assert call["cause"] == "cancelled", call
        desk.wait_told(call["id"], RING, END)


def rings_again(b):
    marks = {desk: desk.mark() for desk in b.desks}
    b.lab.call("turns")

    def turn():
        for desk in b.desks:
            if any(e["type"] == "call.ringing"
                   for e in desk.events[marks[desk]:]):
                return desk
        return None
    desk = until("somebody's turn", turn)
    first = desk.ring(marks[desk])["call"]["id"]
    ended = desk.ended(first)
    assert ended["cause"] == "no_answer", ended
    second = desk.ring(desk.mark(), 12)["call"]
    assert second["id"] != first, "a new leg has a new id"
    assert second["original_id"] == second["id"], second
    desk.phone.answer()
    desk.state(second["id"], "active")
    desk.phone.hang_up()
    desk.ended(second["id"])
    desk.wait_told(second["id"], RING, TAKEN, END)
    desk.wait_told(first, RING, END)


def behind_local_channels(b, to):
    at = b.anna.mark()
    id = b.talk(to)
    call = b.anna.call(id)
    assert call["number"] == CUSTOMER and call["kind"] == "customer", call
    b.anna.phone.hang_up()
    b.anna.ended(id)
    legs = {e["call"]["id"] for e in b.anna.events[at:] if e["call"]}
    assert legs == {id}, legs
    b.anna.wait_told(id, RING, TAKEN, END)


def colleague_calls(b):
    at = b.anna.mark()
    b.ben.phone.dial("101")
    ring = b.anna.ring(at)
    assert ring["call"]["kind"] == "internal", ring["call"]
    b.anna.phone.answer()
    b.anna.state(ring["call"]["id"], "active")
    b.ben.phone.hang_up()
    b.anna.ended(ring["call"]["id"])
    assert b.anna.told(ring["call"]["id"]) == []


def call_waiting(b):
    id = b.talk()
    at = b.anna.mark()
    b.lab.call("agent1", caller="0309999999")
    second = b.anna.ring(at)["call"]
    assert second["id"] != id and second["kind"] == "customer", second
    assert second["number"] == "+49309999999", second
    b.anna.do(second["id"], "reject")
    assert b.anna.ended(second["id"])["cause"] == "rejected"
    assert b.anna.call(id)["state"] == "active"
    b.anna.do(id, "hangup")
    assert b.anna.ended(id)["cause"] == "normal"


def dialed_by_hand(b):
    b.anna.phone.dial("4969123450101")
    call = b.anna.newest(state="active")
    assert call["direction"] == "outbound", call
    b.anna.phone.hang_up()
    b.anna.ended(call["id"])
    assert b.anna.told(call["id"]) == []


# --- transfers ---


def blind_at_phone(b, to="agent1"):
    id = b.talk(to)
    b.team.knows("ANNA", b.anna.call(id))
    at = b.ben.mark()
    b.anna.phone.transfer("102")
    b.leave(id)
    b.moved_to_ben(at, id)
    b.anna.wait_told(id, RING, TAKEN, END)


def blind_by_relay(b, to="agent1"):
    id = b.talk(to)
    at = b.ben.mark()
    b.anna.do(id, "transfer", {"to": "102"})
    b.leave(id)
    b.moved_to_ben(at, id)


def there_and_back(b):
    id = b.talk()
    at = b.ben.mark()
    b.anna.phone.transfer("102")
    second = b.ben.ring(at)["call"]["id"]
    b.ben.phone.answer()
    b.ben.state(second, "active")
    at = b.anna.mark()
    b.ben.phone.transfer("101")
    ring = b.anna.ring(at)
    assert ring["call"]["id"] not in (id, second), ring
    assert ring["call"]["original_id"] == id, ring["call"]
    assert ring["sap"]["payload"]["EventType"] == "TRANSFER", ring
    b.leave(second, b.ben)
    b.anna.phone.reject()
    assert b.anna.ended(ring["call"]["id"])["cause"] == "rejected"


def blind_of_dial(b):
    id = b.click()
    at = b.ben.mark()
    b.anna.phone.transfer("102")
    b.leave(id)
    b.moved_to_ben(at, id, AREA + "101")
    assert b.anna.told(id) == []


def blind_of_dial_by_relay(b):
    id = b.click()
    at = b.ben.mark()
    b.anna.do(id, "transfer", {"to": "102"})
    b.leave(id)
    b.moved_to_ben(at, id, AREA + "101")


def attended(b, begin, number):
    id = begin(b)
    first, consult = b.consult()
    b.anna.state(id, "held")
    b.anna.phone.transfer_to("102", first, b.anna.phone.dialog())
    b.leave(id)
    call = until("Ben has the customer", lambda: [
        c for c in b.ben.running() if c["number"] == number and
        c["kind"] == "customer" and c["state"] == "active"])[0]
    assert call["original_id"] == id != call["id"], call
    assert call["id"] == consult, "it is the leg of the consultation"
    b.team.knows("BEN", call)
    b.ben.phone.hang_up()
    b.ben.ended(call["id"])
    b.ben.wait_told(call["id"], MOVED_TAKEN, END)
    assert b.ben.originals(call["id"]) == {id}
    payload = b.ben.posts(call["id"])[0][2]
    assert payload["ANI"] == number, payload
    until("Anna without calls", lambda: not b.anna.running())


def consult_by_digits(b):
    """Anna types what features.conf says; the leg that rings at Ben's."""
    at, log = b.ben.mark(), len(b.lab.switch.log())

    def asked():
        return "pbx-transfer" in b.lab.switch.log()[log:]
    b.anna.phone.digits("*2")
    until("Anna is asked where to", asked)
    b.anna.phone.digits("102")
    ring = b.ben.ring(at)
    assert ring["call"]["kind"] == "consult" and not ring["sap"], ring
    return ring["call"]["id"]


def attended_while_ringing(b):
    id = b.talk()
    consult = consult_by_digits(b)
    b.anna.phone.hang_up()
    b.ben.wait_told(consult, MOVED)
    call = b.ben.call(consult)
    assert call["state"] == "ringing" and call["number"] == CUSTOMER, call
    b.team.knows("BEN", call)
    b.ben.phone.answer()
    b.ben.state(consult, "active")
    b.leave(id)  # only now: Asterisk would have rung her again
    b.ben.phone.hang_up()
    b.ben.ended(consult)
    b.ben.wait_told(consult, MOVED, MOVED_TAKEN, END)
    assert b.ben.originals(consult) == {id}


def attended_by_digits(b):
    id = b.talk()
    consult = consult_by_digits(b)
    b.ben.phone.answer()
    b.ben.state(consult, "active")
    b.anna.phone.hang_up()
    b.leave(id)
    b.ben.wait_told(consult, MOVED_TAKEN)
    call = b.ben.call(consult)
    assert call["original_id"] == id, (id, call)
    assert call["number"] == CUSTOMER, call
    b.team.knows("BEN", call)
    b.ben.phone.hang_up()
    b.ben.ended(consult)
    b.ben.wait_told(consult, MOVED_TAKEN, END)


def consulted_only(b):
    id = b.talk()
    first, consult = b.consult()
    b.ben.phone.hang_up()
    b.ben.ended(consult)
    assert b.ben.told(consult) == []
    b.anna.phone.tell("callfind", first)
    b.anna.phone.resume()
    b.anna.state(id, "active")
    b.anna.phone.hang_up()
    assert b.anna.ended(id)["cause_detail"] != "transferred"
    b.anna.wait_told(id, RING, TAKEN, END)


def goes_on_elsewhere(b):
    id = b.talk("next")
    at = b.ben.mark()
    b.anna.phone.hang_up()
    call = b.anna.ended(id)
    assert call["cause"] == "normal", call
    assert call["cause_detail"] != "transferred", call
    ring = b.ben.ring(at)
    assert ring["call"]["original_id"] == ring["call"]["id"], ring
    assert ring["sap"]["payload"]["EventType"] == "INBOUND", ring


# --- what else the switch says ---


def variables(b):
    id = b.talk("variables")
    b.anna.wait_told(id, RING, TAKEN)
    for _, _, payload in b.anna.posts(id):
        assert payload["Custom_1"] == "4711", payload
        assert payload["TicketID"] == "8000012345", payload
    at = b.ben.mark()
    b.anna.phone.transfer("102")
    payload = b.ben.ring(at)["sap"]["payload"]
    assert payload["Custom_1"] == "4711", "it is the same caller"


def hold_seen(b):
    id = b.talk()
    b.anna.phone.hold()
    b.anna.state(id, "held")
    b.anna.phone.resume()
    b.anna.state(id, "active")
    until("both events", lambda: b.anna.types(id)[-2:] ==
          ["call.held", "call.resumed"])
    b.anna.wait_told(id, RING, TAKEN)


def auto_answer(b):
    at = len(b.anna.phone.trace())
    id = b.anna.dial(AREA + "101")
    b.anna.state(id, "alerting")

    def invite():
        return re.search(r"\nINVITE .*?\n\n", b.anna.phone.trace()[at:], re.S)
    head = until("the INVITE", invite).group(0)
    assert "\nCall-Info: <sip:patchcord>;answer-after=0\n" in head, head
    assert "\nAlert-Info: info=alert-autoanswer\n" in head, head
    at = b.anna.phone.mark() - 1
    b.anna.phone.reject()
    b.anna.ended(id)
    at = len(b.anna.phone.trace())
    b.call()
    assert "answer-after" not in b.anna.phone.trace()[at:], \
        "callers do not make the phone answer"


def unregistered(b):
    carl = Desk(b.lab, b.binary, "CARL", "agent3")
    try:
        call = carl.ended(carl.dial(AREA + "101"))
        assert call["cause"] == "unreachable", call
        assert call["answered_at"] is None, call
    finally:
        carl.end()


# --- what breaks ---


def phones_are_back(b):
    until("the phones registered", lambda: all(
        "sip:agent%d-" % n in b.lab.switch.cli("pjsip show contacts")
        for n in (1, 2)), 70)


def switch_gone(b, how, causes):
    id = b.talk()
    how(b.lab.switch)
    until("the link is down", lambda: not b.anna.synced())
    status, said = b.anna.ask("POST", "/api/v1/calls",
                              {"PhoneNumber": AREA + "1"})
    assert status == 503 and said["code"] == "switch_down", (status, said)
    b.anna.phone.hang_up()
    b.lab.switch.start()
    for desk in b.desks + (b.team,):
        until("the sync", desk.synced, 20)
    call = b.anna.ended(id)
    assert call["cause"] in causes, call
    b.anna.wait_told(id, RING, TAKEN, END)
    phones_are_back(b)
    b.anna.do(b.click(), "hangup")


def relay_killed(b):
    id = b.talk()
    before = b.anna.call(id)
    b.anna.end()
    b.anna.start()
    until("the sync", b.anna.synced, 20)
    call = b.anna.state(id, "active")
    assert call["number"] == before["number"], call
    b.anna.do(id, "hangup")
    call = b.anna.ended(id)
    assert call["cause"] == "normal", call
    assert [c["id"] for c in b.anna.running()] == []


def relay_came_later(b):
    id = b.talk()
    b.ben.end()
    b.ben.start()
    until("the sync", b.ben.synced, 20)
    at = b.ben.mark()
    b.anna.phone.transfer("102")
    b.leave(id)
    b.moved_to_ben(at, id)


def wrong_secret(b):
    before = b.lab.switch.log().count("failed to authenticate")
    sections = b.lab.switch.section({"DORA": "agent3"}, secret="wrong")
    dora = Relay(b.lab, b.binary, "asterisk", sections, name="DORA")
    try:
        def failed():
            switch = dora.get("/api/v1/status")["switch"]
            return switch if switch["link"] == "failed" else None
        said = until("failed", failed)
        assert "secret" in said["why"], said
        time.sleep(3)  # six times the longest pause of a lost link
        after = b.lab.switch.log().count("failed to authenticate")
        assert after - before == 1, "%d logins" % (after - before)
        assert failed(), "it stays so"
        status, body = dora.ask("POST", "/api/v1/calls",
                                {"PhoneNumber": AREA + "1"})
        assert status == 503 and body["code"] == "switch_down", body
    finally:
        dora.end()


def doctor_says(desk, name):
    """The doctor's check of that name."""
    checks = desk.get("/api/v1/doctor")["checks"]
    return [c for c in checks if c["name"] == name][0]


def doctor_asks(b):
    check = doctor_says(b.anna, "originate")
    assert check["verdict"] == "ok" and "agent1" in check["sentence"], check
    carl = Desk(b.lab, b.binary, "CARL", "agent3")
    try:
        check = doctor_says(carl, "originate")
        assert check["verdict"] == "fail", check
        assert "is not registered" in check["sentence"], check
    finally:
        carl.end()


def doctor_misses_a_right(b):
    sections = b.lab.switch.section({"DORA": "agent1"}, user="listener")
    dora = Relay(b.lab, b.binary, "asterisk", sections, name="DORA")
    try:
        until("the link is up", lambda: dora.get("/api/v1/status")["switch"][
            "synced"])
        check = doctor_says(dora, "originate")
        assert check["verdict"] == "fail", check
        assert "lacks the class originate" in check["sentence"], check
        assert "write = call,originate" in check["fix"], check
    finally:
        dora.end()


CASES = [
    ("a ring group: the other answers", both_ring, "group"),
    ("a ring group: the caller gives up", both_ring_in_vain, "group"),
    ("a queue: the other answers", both_ring, "support"),
    ("a queue: the caller gives up", both_ring_in_vain, "support"),
    ("a queue rings again: a new leg, a new id", rings_again),
    ("a ring group of Local channels: the other answers", both_ring,
     "local group"),
    ("a queue of Local channels: the other answers", both_ring,
     "local queue"),
    ("behind Local channels it is one call", behind_local_channels, "local"),
    ("behind Local channels that stay, too", behind_local_channels,
     "local queue"),
    ("a second caller while the agent talks", call_waiting),
    ("a colleague calls: nothing to SAP", colleague_calls),
    ("dialed at the phone: shown, nothing to SAP", dialed_by_hand),
    ("a blind transfer at the phone", blind_at_phone),
    ("a blind transfer by the relay", blind_by_relay),
    ("a blind transfer at the phone, out of a queue of Local channels",
     blind_at_phone, "local queue"),
    ("a blind transfer by the relay, out of a queue of Local channels",
     blind_by_relay, "local queue"),
    ("there and back: the first id stays", there_and_back),
    ("a dial is transferred at the phone", blind_of_dial),
    ("a dial is transferred by the relay", blind_of_dial_by_relay),
    ("an attended transfer at the phone", attended, Bench.talk, CUSTOMER),
    ("an attended transfer of a dial", attended, Bench.click, AREA + "101"),
    ("an attended transfer at the phone, out of a queue of Local channels",
     attended, lambda b: b.talk("local queue"), CUSTOMER),
    ("an attended transfer by digits", attended_by_digits),
    ("an attended transfer by digits, still ringing",
     attended_while_ringing),
    ("a consultation that ends as one", consulted_only),
    ("hung up, and the dialplan goes on: no transfer", goes_on_elsewhere),
    ("variables of the switch become fields of SAP", variables),
    ("hold at the phone is seen", hold_seen),
    ("auto-answer headers are in the phone's INVITE", auto_answer),
    ("a phone that is not registered", unregistered),
    ("the doctor asks whether a phone is registered", doctor_asks),
    ("the doctor finds the missing right to dial", doctor_misses_a_right),
    ("a wrong secret is one login", wrong_secret),
    ("the relay is killed and finds its call again", relay_killed),
    ("a relay that came in the middle knows a transfer", relay_came_later),
    ("Asterisk is stopped in a call and started", switch_gone,
     lambda switch: switch.stop(), ("link_lost", "normal")),
    ("Asterisk is killed in a call and started", switch_gone,
     lambda switch: switch.kill(), ("link_lost",)),
]


def main():
    version, binary = sys.argv[1:3]
    only = sys.argv[3] if len(sys.argv) > 3 else ""
    cases = Cases()
    with tempfile.TemporaryDirectory() as folder, \
            AsteriskLab(folder, version) as lab:
        b = Bench(binary, lab)
        for name, fn, *args in CASES:
            if only in name:
                cases.run(name, b.tell, fn, args)
        if cases.failed:
            for desk in b.desks:
                sys.stderr.write(open(desk.program.log).read()[-4000:])
    cases.end()


if __name__ == "__main__":
    main()
