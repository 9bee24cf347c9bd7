# SPDX-License-Identifier: Apache-2.0
# chaos/truth.py - what must be true of the relays, as the switch has it
import re

from lab import until

OURS = re.compile("^[0-9A-F]{32}$")  # dialed by a relay: the call's id

# (state of the channel, in a bridge?, who made it) -> what a relay may say.
# Hold cannot be seen by one who logs in later.
TALKING = {"active", "held"}
SETTING_UP = {"queued", "alerting", "dialing", "ringing"}
STATES = {
    ("Down", False, "ours"): {"queued", "alerting"},
    ("Rsrvd", False, "ours"): {"queued", "alerting"},
    ("Ringing", False, "ours"): {"alerting"},
    ("Up", False, "ours"): {"dialing", "ringing"},
    ("Up", True, "ours"): TALKING,
    ("Ring", False, "own"): SETTING_UP,
    # …or sent on by the one it talked to: no state goes back.
    ("Up", False, "own"): SETTING_UP | TALKING,
    ("Up", True, "own"): TALKING,
    ("Ringing", False, "called"): {"ringing"},
    ("Up", False, "called"): {"ringing"} | TALKING,
    ("Up", True, "called"): TALKING,
}


def origin(id, monitor):
    """Who made a channel: a relay, the phone's own user, the switch."""
    if OURS.match(id):
        return "ours"
    made = monitor.made.get(id, {})
    return "own" if made.get("Linkedid") == id else "called"


def channels_of(switch, device):
    """The channels of a device: unique id -> (state, bridged)."""
    out = {}
    for row in switch.channels():
        if row[0].rpartition("-")[0] == device:
            out[row[-1]] = (row[4], bool(row[-2]))
    return out


def call_fault(id, channel, call, monitor):
    who = origin(id, monitor)
    state, bridged = channel
    # Not called yet: a channel the switch has just made.
    if state == "Down" and who == "called":
        return None
    may = STATES.get((state, bridged, who), set())
    if call["state"] not in may:
        return "%s is %s, the switch has it %s%s (%s)" % (
            id, call["state"], state, " in a bridge" if bridged else "", who)
    if (call["direction"] == "inbound") != (who == "called"):
        return "%s is %s, it is %s" % (id, call["direction"], who)
    return hold_fault(id, call, monitor) or \
        who == "called" and number_fault(id, call, monitor)


def number_fault(id, call, monitor):
    """Who calls from outside is told, also to one who came later."""
    made = monitor.made.get(id, {})
    first = monitor.made.get(made.get("Linkedid"), {})
    number = first.get("CallerIDNum", "")
    if not first.get("Channel", "").startswith("PJSIP/trunk-") or \
            not number.startswith("0"):
        return None
    if call["number"] != "+49" + number[1:]:
        return "%s is from %s, the switch has %s" % (id, call["number"],
                                                     number)
    if call["kind"] != "customer":
        return "%s is %s, it is from outside" % (id, call["kind"])
    return None


def hold_fault(id, call, monitor):
    """What was seen while the link was there must not be forgotten."""
    held = id in monitor.held
    if id in monitor.held_at_cut and held and call["state"] != "held":
        return "%s is %s, it was put on hold before" % (id, call["state"])
    if id not in monitor.held_at_cut and not held and \
            call["state"] == "held":
        return "%s is held, its phone does not hold" % id
    return None


def desk_differences(desk, channels, monitor):
    calls = {}
    for call in desk.running():
        ref = call["ref"] or call["id"]
        if ref in calls:
            yield "%s has %s twice" % (desk.user, ref)
        calls[ref] = call
    for id, channel in channels.items():
        if id not in calls:
            if channel[0] != "Down":
                yield "%s misses %s %s" % (desk.user, id, channel)
            continue
        fault = call_fault(id, channel, calls[id], monitor)
        if fault:
            yield "%s: %s" % (desk.user, fault)
    for ref, call in calls.items():
        if ref not in channels:
            yield "%s has a phantom %s (%s)" % (desk.user, ref, call["state"])


def differences(switch, monitor, desks):
    out = []
    for desk in desks.values():
        channels = channels_of(switch, desk.device)
        for id, (state, bridged) in channels.items():
            monitor.compared[origin(id, monitor), state, bridged].add(id)
        out += desk_differences(desk, channels, monitor)
    return out


class Ledger:
    """Over all rounds: clicks, what the switch dialed, what SAP heard."""

    def __init__(self, monitor):
        self.monitor = monitor
        self.acked = set()
        self.refused = {}

    def clicked(self, status, said):
        if status == 201:
            self.acked.add(said["id"])
            return
        assert status == 503, (status, said)
        self.refused[said["code"]] = self.refused.get(said["code"], 0) + 1

    def ghosts(self, switch, desks):
        """Channels of ours whose call the relay has ended."""
        ended = {call["id"] for desk in desks
                 for call in desk.get("/api/v1/calls")["calls"]
                 if call["state"] == "ended"}
        return ["%s is ended, its channel %s lives" % (row[-1], row[0])
                for row in switch.channels() if row[-1] in ended]

    def forgive(self, desks):
        """A killed switch has told the relays something, perhaps, and not
        the monitor any more."""
        for desk in desks:
            for event in desk.events:
                if event["call"] and event["call"]["ref"]:
                    self.monitor.made.setdefault(event["call"]["ref"], {})

    def check(self, desks):
        """After each round, when all is quiet."""
        for desk in desks:
            assert not desk.faults, desk.faults
        self.dialed_once()

        def told():
            try:
                self.told_once(desks)
            except AssertionError as e:
                last[:] = [e]
                return False
            return True
        last = []
        try:
            until("SAP to hear the end of each call", told, 5)
        except AssertionError as e:
            raise AssertionError("%s: %s" % (e, last))

    def dialed_once(self):
        for table in (self.monitor.made_n, self.monitor.originates):
            many = {id: n for id, n in table.items()
                    if OURS.match(id) and n > 1}
            assert not many, "dialed more than once: %s" % many
        strange = {id for id in self.monitor.made
                   if OURS.match(id) and id not in self.acked}
        assert not strange, "dialed, yet not acknowledged: %s" % strange

    def told_once(self, desks):
        for desk in desks:
            self.ended_once(desk)
            self.offered_once(desk)
            self.real(desk)
        told = self.told(desks)
        for id, actions in told.items():
            for action in ("NOTIFY", "ACCEPT", "END"):
                assert actions.count(action) <= 1, (id, actions)
            if "NOTIFY" in actions or "ACCEPT" in actions:
                assert actions[-1] == "END", (id, actions)

    @staticmethod
    def told(desks):
        """What SAP got, by ExternalReferenceID, in order."""
        out = {}
        for desk in desks:
            for payload in desk.posted:
                out.setdefault(payload["ExternalReferenceID"], []).append(
                    payload.get("Action"))
        return out

    @staticmethod
    def ended_once(desk):
        ends = {}
        for event in desk.events:
            id = event["call"]["id"] if event["call"] else None
            assert id not in ends or event["type"] == "call.updated", \
                "%s: %s after its end" % (id, event["type"])
            if event["type"] == "call.ended":
                ends[id] = event

    @staticmethod
    def offered_once(desk):
        """No two events ask for the same of one call."""
        asked = {}
        for event in desk.events:
            if not event["sap"]:
                continue
            payload = event["sap"]["payload"]
            key = payload["ExternalReferenceID"], payload.get("Action")
            assert not key[1] or key not in asked, \
                "%s is asked for by %d and %d" % (key, asked[key], event["id"])
            asked[key] = event["id"]

    def real(self, desk):
        """No call without a channel, and none that has two."""
        calls = {}
        for event in desk.events:
            call = event["call"]
            if not call or not call["ref"]:
                continue
            assert call["ref"] in self.monitor.made, \
                "%s was never there" % call["ref"]
            assert calls.setdefault(call["ref"], call["id"]) == call["id"], \
                "%s is two calls" % call["ref"]

    def figures(self, desks, proxy):
        told = self.told(desks)
        return ("%d links, %d clicks acknowledged, refused %s, %d channels "
                "made, %d calls told to SAP, %d ended by link_lost; running "
                "when compared: %s" % (
                    len(proxy.connects), len(self.acked), self.refused,
                    len(self.monitor.made), len(told),
                    sum(1 for desk in desks for e in desk.events
                        if e["type"] == "call.ended" and
                        e["call"]["cause"] == "link_lost"),
                    ", ".join("%s %s%s %d" % (who, state,
                                              " in a bridge" if bridged else
                                              "", len(ids))
                              for (who, state, bridged), ids in
                              sorted(self.monitor.compared.items()))))
