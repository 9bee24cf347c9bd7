#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# engines/run_chaos.py - the link to a real switch is cut in the middle of life
"""Usage: run_chaos.py RELAY VERSION [ROUNDS [SEED]]

Two agents with a relay each share one Asterisk (VERSION 22 or 16); between
them is a proxy. In each round calls of all kinds come and go while the link is
cut at a random instant in a random way, or Asterisk is killed. After it heals
the relays must be back and show what `core show channels` shows: no phantom,
none missing, none twice. SAP must hear of no call twice, and each dial that
was acknowledged must have reached the switch once at most.

ROUNDS is a number or FIRST-LAST: with the seed that was printed, a round has
the same plan again.
"""
import os
import random
import signal
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.join(os.path.dirname(HERE), "contract"))
from asterisk import DID, AsteriskLab
from chaos.desk import AGENTS, Desk
from chaos.monitor import MANAGER, Monitor
from chaos.plan import Plan
from chaos.truth import Ledger, differences
from lab import Cases, free_port, until
from proxy import Proxy

BACK_S = 12  # half-open: ping 1 s, its answer 1 s; pauses up to 0.5 s; load
AGREE_S = 8


class Chaos:
    def __init__(self, binary, lab):
        self.lab = lab
        lab.switch.conf("manager.conf", lab.switch.account() + MANAGER)
        lab.open(AGENTS)
        self.monitor = Monitor(lab.switch.ami)
        self.proxy = Proxy(lab.switch.ami)
        self.ledger = Ledger(self.monitor)
        self.desks = {user: Desk(lab, binary, user, self.proxy.port)
                      for user in AGENTS}
        for desk in self.desks.values():
            until("the sync of " + desk.user, desk.synced)
        self.callers = []

    # --- one round ---

    def round(self, plan):
        """Lives the plan, heals, compares, and leaves a quiet switch."""
        begin = time.monotonic()
        todo = plan.steps()
        hands = {user: (phone, phone.mark(), list(plan.reactions[user]))
                 for user, phone in self.lab.phones.items()}
        due = []
        while todo or due or time.monotonic() - begin < plan.over:
            now = time.monotonic() - begin
            self.watch_phones(hands, due, now)
            for queue in (todo, due):
                queue.sort(key=lambda step: step[0])
                while queue and queue[0][0] <= now:
                    _, name, args = queue.pop(0)
                    getattr(self, name)(*args)
            time.sleep(0.01)
        self.come_back(plan)
        self.agree("after the link healed")
        self.clear(plan)
        if plan.cut == "kill":
            self.ledger.forgive(self.desks.values())
        self.ledger.check(self.desks.values())

    def watch_phones(self, hands, due, now):
        """A phone that rings is answered as the plan has it."""
        for user, (phone, seen, reactions) in hands.items():
            events = phone.events[seen:]
            hands[user] = (phone, seen + len(events), reactions)
            for event in events:
                if event.get("type") == "CALL_INCOMING":
                    wait, what = reactions.pop(0) if reactions else (
                        0.2, "accept")
                    if what:
                        due.append((now + wait, "phone", (user, what)))

    def come_back(self, plan):
        self.proxy.heal()
        self.monitor.wait_open()
        if plan.severs:
            until("two new links after %s" % plan.cut,
                  lambda: len(self.proxy.connects) >= self.connects + 2,
                  BACK_S)
        for desk in self.desks.values():
            until("the sync of " + desk.user, desk.synced, BACK_S)

    def found(self):
        out = differences(self.lab.switch, self.monitor, self.desks)
        out += self.ledger.ghosts(self.lab.switch, self.desks.values())
        return out

    def agree(self, when):
        """Twice in a row: not by chance while all moves."""
        last = []

        def same():
            last[:] = self.found()
            return not last and not self.found()
        try:
            until("agreement", same, AGREE_S)
        except AssertionError:
            raise AssertionError("%s: %s" % (when, "; ".join(last)))

    def clear(self, plan):
        """All calls end, some by the relay's own hand."""
        for desk in self.desks.values():
            for call in desk.running():
                if plan.dice.random() < 0.5:
                    desk.act(call["id"], "hangup")
        for caller in self.callers:
            caller.end()
        self.callers = []
        self.lab.settle()
        if plan.cut in ("kill", "stop"):
            self.register()
        for desk in self.desks.values():
            until("%s without calls" % desk.user,
                  lambda desk=desk: not desk.running(), AGREE_S)

    def register(self):
        """A switch that was killed may have lost its newest registrations."""
        known = self.lab.switch.cli("pjsip show contacts")
        for user in AGENTS:
            if user + "/sip:" not in known:
                self.lab.phones[user].end()
                until("the phone of " + user,
                      lambda user=user: self.phone_comes(user), 40)

    def phone_comes(self, user):
        try:
            return self.lab.add_phone(user)
        except AssertionError:  # its port was taken, for one
            return None

    def mend(self, plan):
        """After a round that broke off anywhere."""
        program = self.lab.switch.program
        if program.p.poll() is None:
            program.p.send_signal(signal.SIGCONT)
        else:
            self.lab.switch.start()
        self.proxy.heal()
        self.monitor.wait_open()
        self.clear(plan)

    # --- what a step does ---

    def cut_link(self, how, data):
        self.connects = len(self.proxy.connects)
        self.monitor.held_at_cut = self.held()
        if how == "kill":
            self.lab.switch.kill()
        elif how == "stop":
            self.lab.switch.stop()
        elif how == "freeze":
            self.lab.switch.program.p.send_signal(signal.SIGSTOP)
        elif how == "garbage":
            self.proxy.garbage(data)
        elif how == "reset":
            self.proxy.drop(reset=True)
        else:
            getattr(self.proxy, how)()

    def held(self):
        return {call["ref"] for desk in self.desks.values()
                for call in desk.running() if call["state"] == "held"}

    def heal_link(self, how):
        if how in ("kill", "stop"):
            self.lab.switch.start()
        elif how == "freeze":
            self.lab.switch.program.p.send_signal(signal.SIGCONT)
        self.proxy.heal()

    def again(self):
        """Cut anew while it is coming back."""
        self.monitor.held_at_cut |= self.held()
        self.proxy.drop()

    def click(self, user, number):
        self.ledger.clicked(*self.desks[user].click(number))

    def caller(self, to, scenario, number, ms):
        self.callers.append(self.lab.sipp(
            scenario, scenario, "127.0.0.1:%d" % self.lab.switch.sip,
            "-s", DID[to], "-m", "1", "-p", str(free_port()), "-d", str(ms),
            "-key", "caller", number, "-key", "name", "Caller"))

    def phone(self, user, command, params=""):
        phone = self.lab.phones[user]
        if params:
            params = phone.uri(params)
        phone.tell(command, params)

    def desk(self, user, action, body=None):
        """On a call of the agent, if there is one it fits."""
        for call in self.desks[user].running():
            if action in call["controls"]:
                status, said = self.desks[user].act(call["id"], action, body)
                assert status in (202, 404, 409, 503), (action, status, said)
                return

    def down(self, user):
        """Nobody listens: a click says so, as soon as that is known."""
        def told():
            status, said = self.desks[user].click("+49691234101")
            assert status == 503, (status, said)
            return said["code"] == "switch_down"
        until("a click is refused", told, 2)


def rounds_of(text):
    first, _, last = text.rpartition("-")
    return range(int(first) if first else 1, int(last) + 1)


def failure_tell(chaos, plan, was):
    for desk in chaos.desks.values():
        with open(desk.program.log, errors="replace") as f:
            text = f.read()
        sys.stderr.write("---- the relay of %s:\n%s" %
                         (desk.user, text[was[desk.user]:][-6000:]))
    sys.stderr.write("---- the plan: %s\n" % plan.tell())
    sys.stderr.flush()


def main():
    binary, version = os.path.abspath(sys.argv[1]), sys.argv[2]
    rounds = rounds_of(sys.argv[3] if len(sys.argv) > 3 else "30")
    seed = sys.argv[4] if len(sys.argv) > 4 else str(random.randrange(10**6))
    print("seed %s, Asterisk %s" % (seed, version), flush=True)
    cases = Cases()
    with tempfile.TemporaryDirectory() as folder, \
            AsteriskLab(folder, version) as lab:
        chaos = Chaos(binary, lab)
        for n in rounds:
            plan = Plan(seed, n)
            was = {d.user: os.path.getsize(d.program.log)
                   for d in chaos.desks.values()}
            failed = cases.failed
            cases.run("Asterisk %s, round %d: %s" % (version, n, plan.name()),
                      chaos.round, plan)
            if cases.failed > failed:
                failure_tell(chaos, plan, was)
                cases.run("round %d leaves a quiet switch" % n, chaos.mend,
                          plan)
        cases.run("Asterisk %s, all rounds: no call is told to SAP twice" %
                  version, chaos.ledger.told_once, chaos.desks.values())
        cases.run("Asterisk %s, all rounds: no click dials twice" % version,
                  chaos.ledger.dialed_once)
        print(chaos.ledger.figures(chaos.desks.values(), chaos.proxy))
        for desk in chaos.desks.values():
            cases.run("the relay of %s ends as it should" % desk.user,
                      desk.leave)
        chaos.monitor.end()
        chaos.proxy.end()
    cases.end()


if __name__ == "__main__":
    main()
