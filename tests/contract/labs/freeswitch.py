# SPDX-License-Identifier: Apache-2.0
# labs/freeswitch.py - an event socket that plays what FreeSWITCH would say
import os

from fake_freeswitch import FakeFreeswitch
from lab import until
from labs.base import Caller, SwitchLab

USER, OTHER = "101", "102"
DEVICE = "user/%s@127.0.0.1" % USER


class Channel(Caller):
    def __init__(self, channel):
        self.channel = channel

    def done(self):
        return self.channel.over

    def end(self):
        if not self.channel.over:
            self.channel.hang_up()


class FreeswitchLab(SwitchLab):
    driver = "freeswitch"
    agent_first = True
    cannot = {
        "answer": "uuid_answer answers the switch's side only",
        "mute": "no phone would show it",
    }
    parting = ()

    def __init__(self):
        super().__init__()
        self.switch = FakeFreeswitch(users=(USER, OTHER))

    def start(self):
        self.switch.start()
        if not self.proxy:
            self.port = self.connect(self.switch.port)

    def kill(self):
        self.switch.stop()

    def end(self):
        self.switch.stop()
        super().end()

    def prepare(self, password=None, **other):
        path = os.path.join(self.folder.name, "secret")
        with open(path, "w") as f:
            f.write((password or self.switch.password) + "\n")
        os.chmod(path, 0o600)
        return """agent "ANNA" { device = "%s" }
freeswitch {
	host = "127.0.0.1"
	port = %d
	secret_file = "%s"
	ping_s = 1
}
""" % (DEVICE, self.port, path)

    def running(self):
        return len(self.switch.calls(USER))

    def dialed(self, number):
        return self.switch.dialed("00" + number.lstrip("+"))

    def digits(self, clear=False):
        if clear:
            self.switch.digits = ""
        return self.switch.digits

    def holds(self):
        return self.switch.holds

    def transferred(self, number):
        return "00" + number.lstrip("+") in self.switch.transfers

    # --- people ---

    def phone(self, how):
        self.switch.phones[USER] = how

    def caller(self, page, then="waits", number="0301234567",
               name="Ann Tester", pause_ms=1000):
        elsewhere = then == "answered elsewhere"
        channel = self.switch.ring(number, name,
                                   "1100" if elsewhere else "1" + USER)
        pause_s = pause_ms / 1000
        if then == "gives up":
            self.switch.caller_gives_up(channel, pause_s)
        elif then in ("hangs up", "vanishes"):
            self.after_answer(channel, pause_s)
        elif then == "missed":
            self.switch.missed(channel, 1)
        elif elsewhere:
            self.switch.later(pause_s, self.switch.pick_up, OTHER)
        return Channel(channel)

    def after_answer(self, channel, pause_s):
        """Looks again until somebody has answered."""
        if channel.over:
            return
        if channel.answered:
            self.switch.later(pause_s, channel.hang_up)
        else:
            self.switch.later(0.02, self.after_answer, channel, pause_s)

    def pick_up(self):
        until("the ring", lambda: self.switch.ringing(USER))
        self.switch.pick_up(USER)

    def refuse(self):
        self.switch.refuse(USER)

    def own_dial(self, number):
        self.switch.own_dial("00" + number.lstrip("+"), USER)
