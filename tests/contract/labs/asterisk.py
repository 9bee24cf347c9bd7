# SPDX-License-Identifier: Apache-2.0
# labs/asterisk.py - a real Asterisk, sipp as its trunk, baresip as phones
import re
import threading
import time

from asterisk import DID, SECRET, AsteriskLab as Bench
from lab import free_port, until
from labs.base import SwitchLab
from labs.sipp import SCENARIOS, SippCaller


class AsteriskLab(SwitchLab):
    driver = "asterisk"
    version = "22"
    agent_first = True
    cannot = {
        "answer": "AMI can only bridge what the phone has answered",
        "hold": "AMI has no action for it; the phone does it",
        "mute": "AMI can mute a channel, but no phone would show it",
    }
    shows = {
        "relay killed held": ("active", "a channel list does not tell hold"),
    }
    # What the switch may still say of its calls while it is stopped.
    parting = ("normal", "cancelled", "failed")

    def make_lab(self, folder):
        bench = Bench(folder, self.version)
        path = bench.switch.path("etc", "extensions.conf")
        with open(path) as f:
            text = f.read()
        # As dialplans do: what was wrong, only the callee's leg tells.
        with open(path, "w") as f:
            f.write(text.replace("n,Hangup()", "n,Hangup(16)"))
        return bench

    def __init__(self):
        super().__init__()
        self.how = "answers"
        self.numbers = set()  # of callers, who are not picked up by themselves

    def start(self):
        self.lab.switch.start()
        if not self.proxy:
            self.port = self.connect(self.lab.switch.ami)
            self.lab.start_far_end()
        self.plug_in("agent1")

    def kill(self):
        for user in list(self.lab.phones):
            self.lab.phones.pop(user).end()
        self.lab.switch.kill()

    def plug_in(self, user):
        try:
            phone = self.lab.add_phone(user)
        except AssertionError:  # another program took its port meanwhile
            phone = self.lab.add_phone(user)
        if user == "agent1":
            threading.Thread(target=self.attend, args=(phone,),
                             daemon=True).start()

    def prepare(self, password=SECRET, **other):
        text = self.lab.switch.section({"ANNA": "agent1"}, password)
        return re.sub(r"port = \d+", "port = %d" % self.port, text)

    @property
    def agent(self):
        return self.lab.phones["agent1"]

    def attend(self, phone):
        """Takes the calls the agent himself asked for, as was said."""
        seen = 0
        while phone.program.p.poll() is None:
            for event in phone.events[seen:]:
                seen += 1
                if event.get("type") == "CALL_INCOMING":
                    self.rung(phone, event)
            time.sleep(0.02)

    def rung(self, phone, event):
        peer = re.search(r"sip:([^@]*)@", event["peeruri"]).group(1)
        if peer in self.numbers:
            return
        if self.how == "answers":
            phone.tell("callfind", event["id"])
            phone.tell("accept")
        elif self.how == "refuses":
            phone.tell("hangup")

    def running(self):
        return sum(row[0].startswith("PJSIP/agent1-")
                   for row in self.lab.switch.channels())

    def dialed(self, number):
        return self.lab.far_end.said().count(
            "dialed sip:00%s@" % number.lstrip("+"))

    def heard(self):
        return self.lab.rtp.packets

    def digits(self, clear=False):
        if clear:
            self.lab.rtp.digits = ""
        return self.lab.rtp.digits

    def transferred(self, number):
        return self.dialed(number) == 1

    # --- people ---

    def phone(self, how):
        if how == "away" and self.how != "away":
            self.lab.phones.pop("agent1").tell("quit")
            until("the phone is signed off", lambda: "agent1" not in
                  self.lab.switch.cli("pjsip show contacts"))
        elif how != "away" and self.how == "away":
            self.plug_in("agent1")
        self.how = how
        self.numbers.clear()

    def caller(self, page, then="waits", number="0301234567",
               name="Ann Tester", pause_ms=1000):
        number, name = number or "anonymous", name or "Anonymous"
        self.numbers.add(number)
        to = {"missed": "silent", "answered elsewhere": "group"}.get(then,
                                                                     "agent1")
        if to == "group":
            if "agent2" not in self.lab.phones:
                self.lab.add_phone("agent2")
            threading.Thread(target=self.other_answers, daemon=True,
                             args=(self.lab.phones["agent2"],)).start()
        return SippCaller(self.lab.sipp(
            SCENARIOS[then], then.replace(" ", "-"),
            "127.0.0.1:%d" % self.lab.switch.sip, "-s", DID[to], "-m", "1",
            "-p", str(free_port()), "-key", "caller", number,
            "-key", "name", name, "-d", str(pause_ms)))

    def other_answers(self, phone):
        at = phone.mark()
        phone.rings(at)
        until("the agent's phone rings", self.running)
        time.sleep(0.3)  # the page has heard of it, too
        phone.answer()

    def pick_up(self):
        self.agent.answer()

    def refuse(self):
        self.agent.reject()

    def own_dial(self, number):
        self.agent.dial("00" + number.lstrip("+"))

    def hold(self):
        self.agent.hold()


class Asterisk16Lab(AsteriskLab):
    version = "16"
