# SPDX-License-Identifier: Apache-2.0
# labs/baresip.py - a real baresip, sipp as callers and far ends
import re
import urllib.request

from lab import free_port, until
from labs.base import SwitchLab
from labs.sipp import SCENARIOS, SippCaller


class BaresipLab(SwitchLab):
    driver = "baresip"
    cannot = {
        "alerting": "the softphone dials by itself, so there is no own phone "
                    "to ring first",
        "password": "ctrl_tcp knows no login",
    }
    shows = {
        "answered elsewhere": ("cancelled",
                               "baresip does not tell a CANCEL's reason"),
    }

    flaps = 2  # a link that ends is left to another program for seconds

    def __init__(self):
        super().__init__()
        self.http = free_port()
        self.missed = False

    def start(self):
        self.lab.start_baresip(
            local_timeout=3 if self.missed else 120,
            more="module_app httpd.so\nhttp_listen 127.0.0.1:%d\n" % self.http)
        if not self.proxy:
            self.control = self.connect(self.lab.control)
            self.lab.start_far_end()
        until("baresip", self.up)

    def up(self):
        try:
            self.key("l")
            return True
        except OSError:
            return False

    def kill(self):
        self.lab.baresip.end()

    def prepare(self, missed=False, **other):
        if missed != self.missed:
            self.missed = missed
            self.kill()
            self.start()
        return """baresip {
	control = "127.0.0.1:%d"
	domain = "127.0.0.1:%d"
}
""" % (self.control, self.lab.trunk)

    def key(self, text):
        """What the agent types at the softphone, and what it shows."""
        with urllib.request.urlopen("http://127.0.0.1:%d/raw/?%s" %
                                    (self.http, text), timeout=5) as r:
            return r.read().decode()

    def running(self):
        return int(re.search(r"Active calls \((\d+)\)",
                             self.key("l")).group(1))

    def dialed(self, number):
        return self.lab.far_end.said().count(
            "dialed sip:00%s@" % number.lstrip("+"))

    def caller(self, page, then="waits", number="0301234567",
               name="Ann Tester", pause_ms=1000):
        return SippCaller(self.lab.call_agent(
            SCENARIOS[then], number or "anonymous", name or "Anonymous",
            more=("-d", str(pause_ms))))

    def pick_up(self):
        self.key("/accept")

    def refuse(self):
        self.key("/hangup")

    def own_dial(self, number):
        self.key("/dial%%20sip%%3A00%s%%40127.0.0.1%%3A%d" %
                 (number.lstrip("+"), self.lab.trunk))

    def heard(self):
        return self.lab.rtp.packets

    def holds(self):
        said = self.lab.far_end.said()
        return said.count("media a=sendonly") + said.count("media a=inactive")

    def digits(self, clear=False):
        if clear:
            self.lab.rtp.digits = ""
        return self.lab.rtp.digits

    def transferred(self, number):
        return "refer sip:00%s@" % number.lstrip("+") in \
            self.lab.far_end.said()

    def shut(self):
        self.proxy.closed()  # a link that ends at once is another program's
