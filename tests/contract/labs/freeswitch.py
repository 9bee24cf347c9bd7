# SPDX-License-Identifier: Apache-2.0
# labs/freeswitch.py - a fake event socket that plays recorded calls
import os

from fake_freeswitch import FakeFreeswitch
from lab import until
from labs.base import Caller, SwitchLab

PASSWORD = "lab-password"


class Played(Caller):
    def __init__(self, channel):
        self.channel = channel

    def done(self):
        return self.channel.over

    def end(self):
        self.channel.hang_up()


class FreeswitchLab(SwitchLab):
    driver = "freeswitch"
    agent_first = True
    cannot = {
        "answer": "the switch cannot make every phone answer",
        "mute": "no phone would show that the switch muted it",
    }

    def __init__(self):
        super().__init__()
        self.switch = FakeFreeswitch(PASSWORD)

    def start(self):
        self.switch.start()
        if not self.proxy:
            self.port = self.connect(self.switch.port)

    def kill(self):
        self.switch.stop()

    def end(self):
        self.switch.stop()
        super().end()

    def prepare(self, password=PASSWORD, **other):
        path = os.path.join(self.lab.folder, "freeswitch-password")
        with open(path, "w", opener=lambda p, f: os.open(p, f, 0o600)) as f:
            f.write(password + "\n")
        return """freeswitch {
	port = %d
	secret_file = "%s"
	ping_s = 1
}
agent "ANNA" { device = "user/101" }
""" % (self.port, path)

    def running(self):
        return len(self.switch.calls())

    def dialed(self, number):
        return self.switch.dialed("00" + number.lstrip("+"))

    def on_hold(self):
        return any(c.state == "HELD" for c in self.switch.calls())

    def digits(self, clear=False):
        if clear:
            self.switch.digits = ""
        return self.switch.digits

    def transferred(self, number):
        return "00" + number.lstrip("+") in self.switch.transfers

    # --- people ---

    def phone(self, how):
        self.switch.phones["101"] = how

    def caller(self, page, then="waits", number="0301234567",
               name="Ann Tester", pause_ms=1000):
        s = self.switch
        to = "1100" if then == "answered elsewhere" else "1101"
        caller = s.ring(number, name, to)
        if then == "gives up":
            s.caller_gives_up(caller, pause_ms / 1000)
        elif then == "missed":
            s.missed(caller)
        elif then == "answered elsewhere":
            s.later(pause_ms / 1000, s.answered_elsewhere)
        elif then in ("hangs up", "vanishes"):
            self.hang_up_later(caller, pause_ms / 1000)
        return Played(caller)

    def hang_up_later(self, caller, after_s):
        def look():
            if caller.answered:
                self.switch.later(after_s, caller.hang_up)
            elif not caller.over:
                self.switch.later(0.02, look)
        look()

    def pick_up(self):
        until("the ring", self.switch.ringing)
        self.switch.pick_up()

    def refuse(self):
        self.switch.refuse()

    def own_dial(self, number):
        self.switch.own_dial("00" + number.lstrip("+"))

    def hold(self):
        self.switch.hold()
