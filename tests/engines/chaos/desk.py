# SPDX-License-Identifier: Apache-2.0
# chaos/desk.py - an agent's relay and page, and what SAP was told there
import os
import signal

from page import Page

AGENTS = ("agent1", "agent2")

class Folder:
    """A lab in which one relay has files of its own."""

    def __init__(self, lab, name):
        self.lab = lab
        self.folder = os.path.join(lab.folder, name)
        os.makedirs(self.folder)

    def start(self, *args, **more):
        return self.lab.start(*args, **more)


class Desk(Page):
    def __init__(self, lab, binary, user, port):
        self.user = user
        self.device = "PJSIP/" + user
        self.posted = []  # payloads SAP got: claimed, then acked
        section = lab.switch.section({user.upper(): user}).replace(
            "port = %d" % lab.switch.ami, "port = %d" % port)
        super().__init__(Folder(lab, "desk-" + user), binary, "asterisk",
                         section, 30)

    def tell_sap(self, event):
        path = "/api/v1/events/%d/" % event["id"]
        status, said = self.ask("POST", path + "claim", {"tab": self.user})
        if status != 200:
            if status not in (409, 410):
                self.faults.append("a claim is answered %d %s" %
                                   (status, said))
            return
        self.posted.append(event["sap"]["payload"])
        self.ask("POST", path + "ack", {"tab": self.user})

    def leave(self):
        """Under a sanitizer: without a word of that."""
        self.end(signal.SIGTERM)
        status = self.program.p.returncode
        with open(self.program.log, errors="replace") as f:
            text = f.read()
        assert status == 0 and "Sanitizer" not in text and \
            "runtime error" not in text, (status, text[-4000:])

    def running(self):
        return [call for call in self.get("/api/v1/calls")["calls"]
                if call["state"] != "ended"]

    def click(self, number):
        return self.ask("POST", "/api/v1/calls", {"PhoneNumber": number})
