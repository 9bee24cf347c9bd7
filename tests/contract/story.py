# SPDX-License-Identifier: Apache-2.0
# contract/story.py - what the cases are told with, and what always holds
import re
import time

from lab import until
from page import Page

# What a lab may say it cannot do: actions, and things its world lacks.
ACTIONS = ("answer", "reject", "hold", "mute", "transfer", "dtmf")
THINGS = ("alerting", "phone", "switch", "link", "password", "far end")
# The cause of each outcome, unless the lab shows another one.
CAUSES = {
    "busy": "busy",
    "no answer": "no_answer",
    "rejected": "rejected",
    "bad number": "bad_number",
    "unreachable": "unreachable",
    "phone refuses": "rejected",
    "phone rings": "no_answer",
    "phone away": "unreachable",
    "agent cancels": "cancelled",
    "agent cancels at once": "cancelled",
    "caller gives up": "cancelled",
    "reject": "rejected",
    "refuse": "rejected",
    "answered elsewhere": "answered_elsewhere",
    "missed": "no_answer",
    "relay killed": "",  # the call goes on; or a state it is found in
}
CAUSE_WORDS = ("normal", "busy", "no_answer", "rejected", "cancelled",
               "answered_elsewhere", "unreachable", "bad_number", "link_lost",
               "failed")
STATES = ("alerting", "dialing", "ringing", "active", "held",
          "inbound ringing", "inbound active")
RING_S = 5  # the least the relay takes
ONCE = ("queued", "alerting", "dialing", "ringing", "active", "ended")
SETUP = ("queued", "alerting", "dialing", "ringing")
TALK = ("active", "held")


def offered(call):
    """What design says the page may offer in this state, were all there."""
    state, inbound = call["state"], call["direction"] == "inbound"
    if state == "ringing" and inbound:
        yield from ("answer", "reject")
    if state in SETUP + TALK:
        yield "hangup"
    if state == "active":
        yield "hold"
    if state == "held":
        yield "resume"
    if state in TALK:
        yield "unmute" if call["muted"] else "mute"
        yield from ("transfer", "dtmf")


WHOLE = {"resume": "hold", "unmute": "mute"}  # two words, one ability


class Story:
    """One relay on one lab; a case is a function that is given this."""

    def __init__(self, binary, lab):
        self.binary = binary
        self.lab = lab
        self.page = None
        self.wishes = None
        self.known = set()
        self.dials = {}
        self.callers = []
        self.used = set()
        self.seen = 0
        lab.start()

    def open(self, **wishes):
        """The relay as the case wants it; the same one where it can be."""
        if self.page and wishes == self.wishes:
            return
        page = self.close() if self.page else None
        wanted = dict(wishes)
        ring = wanted.pop("ring", 60)
        sections = self.lab.prepare(**wanted)
        if page:
            page.configure(sections, ring)
            page.start()
            self.page = page
        else:
            self.page = Page(self.lab.lab, self.binary, self.lab.driver,
                             sections, ring)
        self.wishes = wishes
        if "password" not in wishes:
            self.synced()

    def close(self):
        """As a service is stopped; what sanitizers found shows here."""
        page, self.page = self.page, None
        page.stop.set()
        page.end(15)
        status = page.program.p.returncode
        assert status == 0, "the relay ended with %d" % status
        return page

    def end(self):
        self.lab.end()

    def synced(self, wait_s=20):
        until("the sync", self.page.synced, wait_s)

    def cause(self, outcome):
        """The cause to be reported, and whether the lab says another one."""
        other = self.lab.shows.get(outcome)
        usual = CAUSES.get(outcome, "")
        if not other:
            return usual
        self.used.add(outcome)
        assert other[0] != usual, \
            "%s is declared to be what it is anyhow" % outcome
        return other[0]

    def lacks(self, *things):
        """The first of them that is not there."""
        for thing in things:
            if thing in self.lab.cannot:
                return thing
        return None

    # --- calls ---

    def dial(self, how, activity=None):
        number = self.lab.number(how)
        body = {"PhoneNumber": number}
        if activity:
            body["ActivityUUID"] = activity
        status, call = self.page.ask("POST", "/api/v1/calls", body)
        assert status == 201, (status, call)
        self.known.add(call["id"])
        self.dials[call["id"]] = number
        return call["id"]

    def talk(self, how="answered"):
        id = self.dial(how)
        self.page.state(id, "active")
        return id

    def ring(self, then="waits", **who):
        """A caller rings at the agent; SAP is notified."""
        at = self.page.mark()
        caller = self.lab.caller(self.page, then, **who)
        self.callers.append(caller)
        event = self.page.rings(at)
        id = event["call"]["id"]
        self.known.add(id)
        payload = event["sap"]["payload"]
        assert payload["EventType"] == "INBOUND", payload
        assert payload["Action"] == "NOTIFY", payload
        return caller, id

    def pick_up(self, id):
        """By the page where that is offered, else at the phone."""
        if "answer" in self.lab.cannot:
            self.lab.pick_up()
        else:
            self.page.do(id, "answer")
        self.page.state(id, "active")

    def hang_up(self, id, cause="normal"):
        self.page.do(id, "hangup")
        call = self.page.ended(id)
        assert call["cause"] == cause, call
        return call

    def reach(self, state):
        """A call in that state that stays there for a while."""
        if state == "alerting":
            self.lab.phone("rings")
            id = self.dial("answered")
        elif state == "dialing":
            id = self.dial("trying")
        elif state == "ringing":
            id = self.dial("rings")
        elif state in TALK:
            id = self.talk()
        else:
            id = self.ring()[1]
        if state == "inbound active":
            self.pick_up(id)
        if state == "held" and "hold" in self.lab.cannot:
            self.lab.hold()
        elif state == "held":
            self.page.do(id, "hold")
        self.page.state(id, state.split()[-1])
        return id

    def leave(self, id, state):
        """The agent hangs up, from that state."""
        if state == "inbound ringing":
            self.hang_up(id, self.cause("reject"))
        elif state in SETUP:
            self.hang_up(id, self.cause("agent cancels"))
        else:
            self.hang_up(id)

    # --- what is expected ---

    def outbound(self, *last):
        """The types of a dial up to the answer, or to the word given."""
        words = ["queued", "alerting", "dialing", "ringing", "active"]
        if not self.lab.agent_first:
            words.remove("alerting")
        return ["call." + w for w in words + list(last)]

    def types(self, id, expected):
        """Facts may be learned any time; all else is as expected."""
        types = [t for t in self.page.types(id) if t != "call.updated"]
        assert types == expected, (types, expected)

    def posts(self, id, *actions):
        """SAP's payloads of an inbound call, each once, one valid id."""
        posts = self.page.posts(id)
        want = [("UPDATEACTIVITY", a) if a == "END" else ("INBOUND", a)
                for a in actions]
        assert [p[:2] for p in posts] == want, posts
        for _, _, payload in posts:
            assert payload["ExternalReferenceID"] == id, payload
            status, said = self.page.ask("POST", "/api/v1/lint",
                                         {"payload": payload})
            assert status == 200 and said["ok"], said

    def down(self, since):
        """Pages are told, and no dial is taken."""
        until("pages hear that the link is down",
              lambda: set(self.page.links(since)) & {"down", "failed"}, 45)

    def refused(self, code="switch_down"):
        status, said = self.page.ask("POST", "/api/v1/calls", {
            "PhoneNumber": self.lab.number("answered")})
        assert status == 503 and said["code"] == code, (status, said)

    def found(self, id):
        """A dial the relay had lost sight of: whether the far end rings or
        is only dialed, no list of channels need tell."""
        self.synced()
        until("the call found", lambda: self.page.call(id)["state"] in
              ("dialing", "ringing"))
        assert self.lab.dialed(self.dials[id]) == 1

    # --- what always holds ---

    def check(self):
        """Over all that was heard since the last check."""
        assert not self.page.faults, self.page.faults
        by_call = {}
        for event in self.page.events:
            if event["call"]:
                by_call.setdefault(event["call"]["id"], []).append(event)
        strangers = set(by_call) - self.known
        assert not strangers, ("phantom calls", [
            by_call[id][0]["call"] for id in strangers])
        for id, events in by_call.items():
            self.check_call(id, events)
        for id, number in self.dials.items():
            times = self.lab.dialed(number)
            assert times in (None, 0, 1), "%s dialed %d times" % (number,
                                                                  times)

    def check_call(self, id, events):
        types = [e["type"] for e in events]
        for word in ONCE:
            assert types.count("call." + word) <= 1, types
        assert "call.ended" not in types[:-1], types
        assert re.match("^[0-9A-F]{32}$", id), id
        if "alerting" in self.lab.cannot:
            assert "call.alerting" not in types, types
        actions = []
        for event in events:
            self.check_controls(event["call"])
            if event["sap"]:
                payload = event["sap"]["payload"]
                actions.append(payload.get("Action"))
                assert payload["ExternalReferenceID"] == id, payload
        assert len(actions) == len(set(actions)), actions
        if events[0]["call"]["direction"] == "outbound":
            assert not actions, actions

    def check_controls(self, call):
        want = set(w for w in offered(call)
                   if WHOLE.get(w, w) not in self.lab.cannot)
        assert set(call["controls"]) == want, (call["state"],
                                               call["controls"], want)

    def tidy(self):
        """Between two cases nobody talks to the agent."""
        self.lab.phone("answers")
        calls = self.page.get("/api/v1/calls")["calls"]
        for call in calls:
            if call["state"] != "ended":
                self.page.act(call["id"], "hangup")
        for call in calls:
            self.page.state(call["id"], "ended", 20)
        for caller in self.callers:
            caller.end()
        self.callers = []
        until("the switch without calls",
              lambda: self.lab.running() in (None, 0), 20)
        self.check()
        self.forget()

    def forget(self):
        self.known.clear()
        self.dials.clear()
        del self.page.events[:-1]  # the stream goes on after the last one
        if self.page.events and self.page.events[0]["call"]:
            self.known.add(self.page.events[0]["call"]["id"])


def stays(what, test, seconds=1.5):
    """That something does not happen can only be waited for."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert test(), what
        time.sleep(0.05)
