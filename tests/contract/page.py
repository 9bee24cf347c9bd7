# SPDX-License-Identifier: Apache-2.0
# contract/page.py - the widget's part: one stream, and SAP is told
import http.client
import json
import threading
import time

from lab import until
from relay import Relay


class Page(Relay):
    """Listens to the stream, claims and acks every payload, as the widget
    does, and keeps what it heard."""

    def __init__(self, lab, binary, driver, sections, ring):
        self.statuses = []  # (when, switch)
        self.faults = []    # what a page must never see
        super().__init__(lab, binary, driver, sections, ring)

    def start(self):
        self.run()
        self.host = until("the relay's address", self.address).group(1)
        self.stop = threading.Event()
        since = self.events[-1]["id"] if self.events else None
        opened = threading.Event()
        self.thread = threading.Thread(target=self.listen, daemon=True,
                                       args=(self.stop, since, opened))
        self.thread.start()
        if not opened.wait(10):
            raise AssertionError("the stream does not open")

    def listen(self, stop, since, opened):
        c = http.client.HTTPConnection(self.host, timeout=60)
        path = "/api/v1/events" + ("?since=%d" % since if since else "")
        try:
            c.request("GET", path)
            r = c.getresponse()
            opened.set()
            name = data = None
            while not stop.is_set():
                line = r.readline()
                if not line:
                    return
                word, _, rest = line.decode().rstrip("\n").partition(": ")
                if word == "event":
                    name = rest
                elif word == "data":
                    data = json.loads(rest)
                elif not word and data is not None:
                    self.take(name, data)
                    name = data = None
        except (OSError, http.client.HTTPException, ValueError) as e:
            if not stop.is_set() and self.program.p.poll() is None:
                self.faults.append("the stream broke: %r" % e)
        finally:
            c.close()

    def take(self, name, data):
        if name == "status":
            self.statuses.append((time.monotonic(), data["switch"]))
        elif name == "reset":
            self.faults.append("the stream was reset")
        elif name == "call":
            if self.events and data["id"] <= self.events[-1]["id"]:
                self.faults.append("event %d comes after %d" %
                                   (data["id"], self.events[-1]["id"]))
            self.events.append(data)
        if name in ("call", "due") and data.get("sap"):
            self.tell_sap(data)

    def tell_sap(self, event):
        """409 and 410 are fine: another ring is over, for one."""
        path = "/api/v1/events/%d/" % event["id"]
        try:
            status, said = self.ask("POST", path + "claim", {"tab": "page"})
            if status == 200:
                self.ask("POST", path + "ack", {"tab": "page"})
            elif status not in (409, 410):
                self.faults.append("a claim is answered %d %s" %
                                   (status, said))
        except (OSError, http.client.HTTPException):
            pass  # the relay was killed meanwhile

    def switch(self):
        return self.get("/api/v1/status")["switch"]

    def links(self, since=0):
        """The link's words told to pages."""
        return [s["link"] for _, s in self.statuses[since:]]
