# SPDX-License-Identifier: Apache-2.0
# contract/cases.py - what every driver must do, told once for all switches
import time

from lab import until
from story import ACTIONS, CAUSE_WORDS, RING_S, STATES, stays

CASES = []


class Case:
    """A story with a name. needs: without them it cannot be told. wishes:
    how the relay and the switch are set up for it."""

    def __init__(self, name, tell, args, needs, wishes):
        self.name = name
        self.tell = tell
        self.args = args
        self.needs = needs
        self.wishes = wishes


def case(name, *args, needs=(), **wishes):
    def add(tell):
        CASES.append(Case(name, tell, args, needs, wishes))
        return tell
    return add


def each(names, needs_of=None, **wishes):
    """The same story for each of (name, args...)."""
    def add(tell):
        for name, *args in names:
            needs = needs_of(*args) if needs_of else ()
            CASES.append(Case(name, tell, args, needs, wishes))
        return tell
    return add


def state_needs(state):
    return ("alerting",) if state == "alerting" else ()


# --- dials ---


@case("a click is answered and the agent hangs up")
def dial_answered(s):
    heard = s.lab.heard()
    id = s.talk()
    assert s.lab.dialed(s.dials[id]) in (1, None)
    if heard is not None:
        until("sound", lambda: s.lab.heard() > heard + 20)
    call = s.hang_up(id)
    assert call["answered_at"] and call["duration_ms"] > 0, call
    assert call["ref"] and call["driver"] == s.lab.driver, call
    s.types(id, s.outbound("ended"))
    assert s.page.posts(id) == []


@case("the far end hangs up", short=True)
def far_end_hangs_up(s):
    id = s.dial("short")
    call = s.page.ended(id)
    assert call["cause"] == "normal" and call["duration_ms"] > 0, call
    s.types(id, s.outbound("ended"))


@each([("a dialed number is " + how, how) for how in
       ("busy", "rejected", "unreachable")] +
      [("a dialed number does not exist", "bad number")])
def refused(s, how):
    id = s.dial(how)
    call = s.page.ended(id, 40)
    assert call["cause"] == s.cause(how), call
    assert call["cause_detail"] and call["answered_at"] is None, call
    types = [t for t in s.page.types(id)
             if t not in ("call.updated", "call.ringing")]
    want = [t for t in s.outbound("ended")
            if t not in ("call.ringing", "call.active")]
    assert types == want, types


@case("nobody answers until the ring time is over", ring=5)
def no_answer(s):
    id = s.dial("no answer")
    call = s.page.ended(id, 30)
    assert call["cause"] == s.cause("no answer"), call
    s.types(id, [t for t in s.outbound("ended") if t != "call.active"])


@case("the agent cancels a dial that rings")
def agent_cancels(s):
    id = s.dial("rings")
    s.page.state(id, "ringing")
    s.hang_up(id, s.cause("agent cancels"))
    s.types(id, [t for t in s.outbound("ended") if t != "call.active"])


@case("the agent cancels a dial at once")
def agent_cancels_at_once(s):
    id = s.dial("rings")
    call = s.hang_up(id, s.cause("agent cancels at once"))
    assert call["answered_at"] is None, call
    stays("it stays ended", lambda: s.page.types(id)[-1] == "call.ended", 1)


@each([("the agent's phone refuses", "refuses"),
       ("the agent's phone is not registered", "away")],
      lambda how: ("alerting",))
def phone_refuses(s, how):
    s.lab.phone(how)
    id = s.dial("answered")
    call = s.page.ended(id, 30)
    assert call["cause"] == s.cause("phone " + how), call
    assert call["answered_at"] is None and call["cause_detail"], call
    types = [t for t in s.page.types(id) if t != "call.alerting"]
    assert types == ["call.queued", "call.ended"], types
    assert s.lab.dialed(s.dials[id]) in (0, None)


@case("the agent does not pick up his phone", needs=("alerting",), ring=5)
def phone_unanswered(s):
    s.lab.phone("rings")
    id = s.dial("answered")
    s.page.state(id, "alerting")
    call = s.page.ended(id, 30)
    assert call["cause"] == s.cause("phone rings"), call
    s.types(id, ["call.queued", "call.alerting", "call.ended"])
    assert s.lab.dialed(s.dials[id]) in (0, None)


@case("a second click during the set-up is the same call")
def second_click(s):
    activity = "00163EA718FC1EEABDD5608C895BDC71"
    id = s.dial("rings", activity)
    s.page.state(id, "ringing")
    status, call = s.page.ask("POST", "/api/v1/calls", {
        "PhoneNumber": s.dials[id], "ActivityUUID": activity})
    assert status == 200 and call["id"] == id, (status, call)
    assert s.lab.running() in (None, 1)
    assert s.lab.dialed(s.dials[id]) in (None, 1)
    s.hang_up(id, s.cause("agent cancels"))


@case("the agent dials on his own phone: shown, and nothing for SAP",
      needs=("phone",))
def own_dial(s):
    number = s.lab.number("answered")
    s.lab.own_dial(number)
    event = until("the call", lambda: [
        e for e in s.page.events if e["type"] == "call.active" and
        e["call"]["id"] not in s.known])[0]
    id = event["call"]["id"]
    s.known.add(id)
    assert event["call"]["direction"] == "outbound", event
    assert s.lab.dialed(number) in (None, 1)
    s.hang_up(id)
    assert s.page.posts(id) == []


# --- callers ---


@case("a caller: NOTIFY with an id, the answer, ACCEPT, END", short=True)
def inbound_answered(s):
    caller, id = s.ring("hangs up", number="0301234567", name="Ann Tester")
    call = s.page.call(id)
    assert call["number"] == "+49301234567", call
    assert call["name"] == "Ann Tester" and call["kind"] == "customer", call
    s.pick_up(id)
    call = s.page.ended(id)
    assert call["cause"] == "normal" and call["answered_at"], call
    s.types(id, ["call.ringing", "call.active", "call.ended"])
    s.posts(id, "NOTIFY", "ACCEPT", "END")
    ani = s.page.posts(id)[0][2]["ANI"]
    assert ani == "+49301234567", ani


@case("the agent hangs up on a caller")
def agent_hangs_up(s):
    caller, id = s.ring()
    s.pick_up(id)
    s.hang_up(id)
    s.types(id, ["call.ringing", "call.active", "call.ended"])
    s.posts(id, "NOTIFY", "ACCEPT", "END")


def lost_ring(s, id, outcome, wait_s=20):
    call = s.page.ended(id, wait_s)
    assert call["cause"] == s.cause(outcome), call
    assert call["answered_at"] is None, call
    s.types(id, ["call.ringing", "call.ended"])
    s.posts(id, "NOTIFY", "END")


@case("the caller gives up")
def inbound_cancelled(s):
    caller, id = s.ring("gives up")
    lost_ring(s, id, "caller gives up")


@case("the agent rejects a caller on the page", needs=("reject",))
def inbound_rejected(s):
    caller, id = s.ring()
    s.page.do(id, "reject")
    lost_ring(s, id, "reject")


@case("the agent hangs up a caller who still rings")
def ring_hung_up(s):
    caller, id = s.ring()
    s.page.do(id, "hangup")
    lost_ring(s, id, "reject")


@case("the agent rejects a caller at the phone", needs=("phone",))
def inbound_refused(s):
    caller, id = s.ring()
    s.lab.refuse()
    lost_ring(s, id, "refuse")


@case("the agent answers a caller at the phone", needs=("phone",))
def answered_at_the_phone(s):
    caller, id = s.ring()
    s.lab.pick_up()
    s.page.state(id, "active")
    s.hang_up(id)
    s.posts(id, "NOTIFY", "ACCEPT", "END")


@case("another phone answers the caller")
def answered_elsewhere(s):
    caller, id = s.ring("answered elsewhere")
    lost_ring(s, id, "answered elsewhere")


@case("nobody answers the caller", missed=True)
def missed(s):
    caller, id = s.ring("missed")
    lost_ring(s, id, "missed", 90)


@case("a withheld number gets no ANI")
def withheld(s):
    caller, id = s.ring(number=None, name=None)
    call = s.page.call(id)
    assert call["withheld"] and call["number"] is None, call
    assert "ANI" not in s.page.posts(id)[0][2], s.page.posts(id)
    s.hang_up(id, s.cause("reject"))


@case("a caller rings while the agent talks: two calls, each its own")
def ring_while_talking(s):
    first = s.talk()
    caller, second = s.ring()
    assert first != second
    assert s.page.call(first)["state"] in ("active", "held")
    assert s.lab.running() in (None, 2)
    s.hang_up(second, s.cause("reject"))
    assert s.page.call(first)["state"] in ("active", "held")
    s.hang_up(first)


@case("a second caller is answered: the first waits, both end once")
def two_answered(s):
    caller, first = s.ring(number="0301111111")
    s.pick_up(first)
    caller, second = s.ring(number="0302222222")
    s.pick_up(second)
    s.hang_up(second)
    s.hang_up(first)
    for id in (first, second):
        s.posts(id, "NOTIFY", "ACCEPT", "END")


# --- actions ---


@case("hold and resume", needs=("hold",))
def hold(s):
    id = s.talk()
    s.page.do(id, "hold")
    s.page.state(id, "held")
    status, said = s.page.act(id, "hold")
    assert status == 409 and said["code"] == "wrong_state", said
    s.page.do(id, "resume")
    s.page.state(id, "active")
    s.hang_up(id)
    s.types(id, s.outbound("held", "resumed", "ended"))


@case("the far end of a held call hears it", needs=("hold", "far end"))
def hold_heard(s):
    before = s.lab.holds()
    id = s.talk()
    assert s.lab.holds() == before
    s.page.do(id, "hold")
    until("the far end hears it", lambda: s.lab.holds() == before + 1)
    s.page.state(id, "held")
    s.hang_up(id)


@case("mute and unmute", needs=("mute",))
def mute(s):
    id = s.talk()
    s.page.do(id, "mute")
    until("muted", lambda: s.page.call(id)["muted"])
    s.page.do(id, "unmute")
    until("unmuted", lambda: not s.page.call(id)["muted"])
    s.hang_up(id)


@case("digits reach the far end", needs=("dtmf",))
def digits(s):
    id = s.talk()
    s.lab.digits(clear=True)
    s.page.do(id, "dtmf", {"digits": "12#"})
    until("the digits", lambda: s.lab.digits() in (None, "12#"))
    status, said = s.page.act(id, "dtmf", {"digits": "x"})
    assert status == 400, (status, said)
    s.hang_up(id)


@case("a blind transfer", needs=("transfer",))
def transfer(s):
    id = s.talk()
    number = s.lab.number("elsewhere")
    s.page.do(id, "transfer", {"to": number})
    call = s.page.ended(id)
    assert call["cause"] == "normal", call
    until("the transfer", lambda: s.lab.transferred(number) is not False)
    s.types(id, s.outbound("ended"))


@case("a caller is transferred", needs=("transfer",))
def transfer_caller(s):
    caller, id = s.ring()
    s.pick_up(id)
    number = s.lab.number("elsewhere")
    s.page.do(id, "transfer", {"to": number})
    call = s.page.ended(id)
    assert call["cause"] == "normal", call
    s.posts(id, "NOTIFY", "ACCEPT", "END")


BODY = {"transfer": {"to": "101"}, "dtmf": {"digits": "1"}}


@each([("what cannot be done is refused and hidden: " + state, state)
       for state in STATES],
      state_needs)
def not_offered(s, state):
    id = s.reach(state)
    call = s.page.call(id)
    s.check_controls(call)
    for action in ACTIONS + ("resume", "unmute"):
        if action in call["controls"] or action in ("mute", "unmute"):
            continue  # to mute twice is no error
        missing = {"resume": "hold"}.get(action, action) in s.lab.cannot
        status, said = s.page.act(id, action, BODY.get(action))
        want = (501, "not_supported") if missing else (409, "wrong_state")
        assert (status, said["code"]) == want, (action, status, said)
    for action in ("mute", "unmute"):
        if "mute" in s.lab.cannot:
            status, said = s.page.act(id, action)
            assert (status, said["code"]) == (501, "not_supported"), said
    s.leave(id, state)


# --- the link ---


def cut_late(state):
    """The simulator's cut takes a second: before the dial, or after it."""
    return state in ("active", "held", "inbound ringing", "inbound active")


@each([("the link is lost and comes back: " + state, state)
       for state in STATES], state_needs)
def link_lost(s, state):
    if not cut_late(state):
        s.lab.ready_to_cut(s)
    id = s.reach(state)
    if cut_late(state):
        s.lab.ready_to_cut(s)
    at = len(s.page.statuses)
    s.lab.cut()
    s.down(at)
    s.refused()
    status, said = s.page.act(id, "hangup")
    assert status == 503 and said["code"] == "switch_down", (status, said)
    s.lab.heal()
    until("pages hear that it is up",
          lambda: "up" in s.page.links(at), 20)
    s.synced()
    if s.lab.steady:
        assert s.page.call(id)["state"] == state.split()[-1]
        s.leave(id, state)
    else:
        s.page.act(id, "hangup")
    call = s.page.ended(id)
    assert call["cause"] not in ("link_lost", "failed"), call
    if state == "inbound ringing":
        s.posts(id, "NOTIFY", "END")
    elif state == "inbound active":
        s.posts(id, "NOTIFY", "ACCEPT", "END")


@case("a dial that is lost on its way to the switch: link_lost, none rings",
      needs=("link",))
def lost_dial(s):
    s.lab.proxy.silence()
    id = s.dial("answered")
    assert s.page.call(id)["state"] == "queued"
    at = len(s.page.statuses)
    s.lab.cut()
    s.down(at)
    s.lab.heal()
    call = s.page.ended(id)
    assert call["cause"] == "link_lost", call
    s.types(id, ["call.queued", "call.ended"])
    assert s.lab.running() in (None, 0)
    assert s.lab.dialed(s.dials[id]) in (None, 0)


@case("a dial the switch has taken while the link broke is found",
      needs=("link",))
def unheard_dial(s):
    s.lab.proxy.silence("relay")
    id = s.dial("rings")
    until("the call at the switch", lambda: s.lab.dialed(s.dials[id]) == 1)
    assert s.page.call(id)["state"] == "queued"
    at = len(s.page.statuses)
    s.lab.cut()
    s.down(at)
    s.lab.heal()
    s.found(id)
    s.hang_up(id, s.cause("agent cancels"))


def outlast_ring(s, how):
    """The link is away from before the ring time is over until after."""
    begin = time.monotonic()
    id = s.dial(how)
    s.page.state(id, "ringing")
    at = len(s.page.statuses)
    s.lab.cut()
    s.down(at)
    time.sleep(begin + RING_S + 1.5 - time.monotonic())
    assert s.page.call(id)["state"] == "ringing", s.page.call(id)
    s.lab.heal()
    return id


@case("the ring time is over in an outage, the callee answered: it goes on",
      needs=("link",), ring=RING_S)
def answered_late(s):
    id = outlast_ring(s, "late")
    s.page.state(id, "active", 20)
    stays("the call goes on",
          lambda: s.page.call(id)["state"] == "active", 2)
    s.hang_up(id)
    s.types(id, s.outbound("ended"))


@case("the ring time is over in an outage, nobody has answered: no_answer",
      needs=("link",), ring=RING_S)
def unanswered_late(s):
    id = outlast_ring(s, "no answer")
    call = s.page.ended(id, 20)
    assert call["cause"] == s.cause("no answer"), call
    s.types(id, [t for t in s.outbound("ended") if t != "call.active"])


@case("a caller who hung up during an outage: link_lost, and SAP's END")
def gone_active(s):
    caller, id = s.ring("vanishes", pause_ms=3000)
    s.pick_up(id)
    s.lab.cut()
    until("the end at the switch", caller.done, 20)
    s.lab.heal()
    call = s.page.ended(id)
    assert call["cause"] == "link_lost", call
    s.types(id, ["call.ringing", "call.active", "call.ended"])
    s.posts(id, "NOTIFY", "ACCEPT", "END")


@case("a caller who gave up during an outage: link_lost, and SAP's END",
      needs=("link",))
def gone_ringing(s):
    caller, id = s.ring("gives up", pause_ms=3000)
    s.lab.cut()
    until("the end at the switch", caller.done, 20)
    s.lab.heal()
    call = s.page.ended(id)
    assert call["cause"] == "link_lost", call
    s.types(id, ["call.ringing", "call.ended"])
    s.posts(id, "NOTIFY", "END")


@case("a dial that ended during an outage: link_lost", needs=("link",))
def gone_dial(s):
    id = s.talk("short")
    s.lab.cut()
    until("the end at the switch", lambda: s.lab.running() in (None, 0), 20)
    s.lab.heal()
    call = s.page.ended(id)
    assert call["cause"] == "link_lost", call
    s.types(id, s.outbound("ended"))


@case("a caller is answered at the phone during an outage: ACCEPT, once",
      needs=("link", "phone"))
def answered_during_outage(s):
    caller, id = s.ring()
    at = len(s.page.statuses)
    s.lab.cut()
    s.down(at)
    s.lab.pick_up()
    s.lab.heal()
    s.page.state(id, "active", 20)
    s.hang_up(id)
    s.types(id, ["call.ringing", "call.active", "call.ended"])
    s.posts(id, "NOTIFY", "ACCEPT", "END")


@case("of two calls one ends during an outage: the other goes on",
      needs=("link",))
def one_of_two(s):
    stays_on = s.talk()
    caller, gone = s.ring("gives up", pause_ms=3000)
    s.lab.cut()
    until("the end at the switch", caller.done, 20)
    s.lab.heal()
    call = s.page.ended(gone)
    assert call["cause"] == "link_lost", call
    assert s.page.call(stays_on)["state"] in ("active", "held")
    s.hang_up(stays_on)


@case("a link that comes and goes changes nothing", needs=("link",))
def flapping(s):
    id = s.talk()
    caller, ringing = s.ring()
    for _ in range(s.lab.flaps):
        at = len(s.page.statuses)
        s.lab.proxy.drop()
        s.down(at)
        s.synced()
    s.hang_up(ringing, s.cause("reject"))
    s.posts(ringing, "NOTIFY", "END")
    s.hang_up(id)
    types = [t for t in s.page.types(id)
             if t not in ("call.updated", "call.held", "call.resumed")]
    assert types == s.outbound("ended"), types


@case("a caller who came during an outage is found", needs=("link",))
def came_during_outage(s):
    at = len(s.page.statuses)
    s.lab.cut()
    s.down(at)
    s.callers.append(s.lab.caller(s.page))
    until("the ring at the switch",
          lambda: s.lab.running() in (None, 1))
    mark = s.page.mark()
    s.lab.heal()
    id = s.page.rings(mark)["call"]["id"]
    s.known.add(id)
    s.hang_up(id, s.cause("reject"))
    s.posts(id, "NOTIFY", "END")


@case("a link that leads nowhere is found and replaced", needs=("link",))
def half_open(s):
    id = s.talk()
    at = len(s.page.statuses)
    s.lab.proxy.half_open()
    s.down(at)
    s.synced()
    assert s.page.call(id)["state"] == "active"
    s.hang_up(id)
    s.types(id, s.outbound("ended"))


@case("a second of silence loses nothing", needs=("link",))
def silence(s):
    at = s.page.mark()
    s.lab.proxy.silence()
    s.callers.append(s.lab.caller(s.page))
    until("the ring at the switch",
          lambda: s.lab.running() in (None, 1))
    time.sleep(1)
    assert s.page.mark() == at
    s.lab.proxy.heal()
    id = s.page.rings(at)["call"]["id"]
    s.known.add(id)
    s.hang_up(id, s.cause("reject"))
    s.posts(id, "NOTIFY", "END")


GARBAGE = b"\xff\x00 no switch says this:\r\n\r\n" * 20


@case("garbage on the link: the calls stay", needs=("link",))
def garbage(s):
    id = s.talk()
    connects = len(s.lab.proxy.connects)
    assert s.lab.proxy.garbage(GARBAGE) == 1, "nothing was sent"
    at = s.page.mark()
    caller = s.lab.caller(s.page)
    s.callers.append(caller)
    other = s.page.rings(at)["call"]["id"]
    s.known.add(other)
    s.synced()
    assert s.page.call(id)["state"] == "active", s.page.call(id)
    s.hang_up(other, s.cause("reject"))
    s.hang_up(id)
    s.posts(other, "NOTIFY", "END")
    assert len(s.lab.proxy.connects) - connects == s.lab.leaves_garbage


@case("one byte at a time", needs=("link",))
def trickle(s):
    s.lab.proxy.trickle()
    id = s.talk()
    s.hang_up(id)
    s.types(id, s.outbound("ended"))
    caller, id = s.ring()
    s.hang_up(id, s.cause("reject"))
    s.posts(id, "NOTIFY", "END")
    s.lab.proxy.heal()


def pauses(statuses):
    """Seconds between a loss and the next attempt."""
    found, lost = [], None
    for when, switch in statuses:
        if switch["link"] == "down":
            lost = when
        elif switch["link"] == "connecting" and lost:
            found.append(when - lost)
            lost = None
    return found


@case("reconnects for ever, with pauses that grow, vary and stay bounded",
      needs=("link",))
def back_off(s):
    at = len(s.page.statuses)
    s.lab.shut()
    until("fourteen attempts",
          lambda: len(pauses(s.page.statuses[at:])) >= 14, 60)
    s.refused()
    # 0.05 s at most, then twice that, then four times, up to 0.5 s: evenly
    # between nothing and that, so that nine in a row are not all long.
    later = pauses(s.page.statuses[at:])[5:]
    assert max(later) > 0.1 and min(later) < 0.4, later
    s.lab.heal()
    s.synced()
    id = s.talk()
    s.hang_up(id)


@case("a wrong password: failed, with the reason, and no storm of logins",
      needs=("link", "password"), password="not-the-password")
def wrong_password(s):
    before = len(s.lab.proxy.connects)
    switch = until("that the switch refused", lambda: s.page.switch()
                   if s.page.switch()["link"] == "failed" else None, 20)
    assert switch["why"] and not switch["synced"], switch
    stays("no further login", lambda: len(s.lab.proxy.connects) <= before + 1,
          2.5)
    assert s.page.switch()["link"] == "failed"
    s.refused()


@case("the switch is restarted with calls on it", needs=("switch",))
def switch_restarted(s):
    id = s.talk()
    caller, ringing = s.ring()
    at = len(s.page.statuses)
    s.lab.kill()
    s.down(at)
    s.refused()
    s.lab.start()
    s.synced(40)
    for one in (id, ringing):
        call = s.page.ended(one)
        assert call["cause"] in ("link_lost",) + s.lab.parting, call
    s.types(id, s.outbound("ended"))
    s.posts(ringing, "NOTIFY", "END")
    id = s.talk()
    s.hang_up(id)


@each([("the relay is killed and started again: " + state, state)
       for state in STATES], state_needs)
def relay_killed(s, state):
    id = s.reach(state)
    # What was published is stored; what GET shows may not be yet.
    until("the event", lambda: "call." + state.split()[-1] in
          s.page.types(id))
    s.page.end(9)
    s.page.start()
    s.synced()
    outcome = "relay killed " + state
    other = s.cause(outcome if outcome in s.lab.shows else "relay killed")
    if other in CAUSE_WORDS:
        call = s.page.ended(id)
        assert call["cause"] == other, call
        return
    state = other or state
    assert s.page.call(id)["state"] == state.split()[-1], s.page.call(id)
    running = [c["id"] for c in s.page.get("/api/v1/calls")["calls"]
               if c["state"] != "ended"]
    assert running == [id], running
    assert s.lab.running() in (None, 1)
    s.leave(id, state)
    if state == "inbound active":
        s.posts(id, "NOTIFY", "ACCEPT", "END")


@case("the relay is killed before the switch heard of a dial: link_lost",
      needs=("link",))
def killed_before(s):
    s.lab.proxy.silence()
    id = s.dial("answered")
    s.page.end(9)
    s.lab.cut()
    s.lab.heal()
    s.page.start()
    call = s.page.ended(id)
    assert call["cause"] == "link_lost", call
    assert "not found" in call["cause_detail"], call
    s.types(id, ["call.queued", "call.ended"])
    assert s.lab.running() in (None, 0)
    assert s.lab.dialed(s.dials[id]) in (None, 0)


@case("the relay is killed before it heard of its dial: found, not redialed",
      needs=("link",))
def killed_after(s):
    s.lab.proxy.silence("relay")
    id = s.dial("rings")
    until("the call at the switch", lambda: s.lab.dialed(s.dials[id]) == 1)
    s.page.end(9)
    s.lab.heal()
    s.page.start()
    s.found(id)
    s.hang_up(id, s.cause("agent cancels"))
