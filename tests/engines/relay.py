# SPDX-License-Identifier: Apache-2.0
# engines/relay.py - the real relay, talked to over its HTTP API
import http.client
import json
import os
import re
import threading

from lab import until

CONF = """http { listen = {"127.0.0.1:0"} }
store { path = "%(store)s" }
number { region = "DE" }
dial {
	per_minute = 0
	per_hour = 0
	refusals = 0
	concurrent = 0
	merge_s = 0
	ring_timeout_s = %(ring)d
}
telephony {
	driver = "%(driver)s"
	instance = "lab"
	reconnect_min_ms = 50
	reconnect_max_ms = 500
}
"""


class Relay:
    def __init__(self, lab, binary, driver, sections, ring=30,
                 name="patchcord"):
        self.lab = lab
        self.name = name
        self.binary = binary
        self.driver = driver
        self.conf = os.path.join(lab.folder, name + ".conf")
        self.configure(sections, ring)
        self.events = []
        self.start()

    def configure(self, sections, ring=30):
        """What the next start() goes by."""
        with open(self.conf, "w") as f:
            f.write(CONF % dict(
                store=os.path.join(self.lab.folder, self.name + ".db"),
                driver=self.driver, ring=ring) + sections)

    def run(self):
        self.program = self.lab.start(
            [self.binary, "serve", "-c", self.conf], "relay",
            env={"PATH": os.environ["PATH"], "HOME": self.lab.folder})

    def start(self):
        self.run()
        found = until("the relay's address", self.address)
        self.host = found.group(1)
        self.stop = threading.Event()
        cursor = self.get("/api/v1/events?wait=0")["cursor"]
        self.thread = threading.Thread(target=self.follow,
                                       args=(self.stop, cursor), daemon=True)
        self.thread.start()

    def address(self):
        with open(self.program.log) as f:
            return re.search(r"http://(127\.0\.0\.1:\d+)/", f.read())

    def end(self, how=9):
        self.stop.set()
        self.program.end(how)

    def ask(self, method, path, body=None):
        c = http.client.HTTPConnection(self.host, timeout=30)
        try:
            headers = {"Accept": "application/json"}
            if body is not None:
                body = json.dumps(body)
                headers["Content-Type"] = "application/json"
            elif method != "GET":
                body, headers["Content-Type"] = "{}", "application/json"
            c.request(method, path, body, headers)
            r = c.getresponse()
            text = r.read().decode()
            return r.status, json.loads(text) if text else None
        finally:
            c.close()

    def get(self, path):
        status, body = self.ask("GET", path)
        assert status == 200, (status, body)
        return body

    def follow(self, stop, cursor):
        while not stop.is_set():
            try:
                got = self.get("/api/v1/events?wait=2&since=%d" % cursor)
            except (OSError, http.client.HTTPException, AssertionError):
                return
            self.events += got["events"]
            cursor = got["cursor"]

    def synced(self):
        return self.get("/api/v1/status")["switch"]["synced"]

    def dial(self, number):
        status, call = self.ask("POST", "/api/v1/calls",
                                {"PhoneNumber": number})
        assert status == 201, (status, call)
        return call["id"]

    def act(self, id, action, body=None):
        return self.ask("POST", "/api/v1/calls/%s/%s" % (id, action), body)

    def do(self, id, action, body=None):
        status, said = self.act(id, action, body)
        assert status == 202, (action, status, said)

    def call(self, id):
        return self.get("/api/v1/calls/" + id)

    def state(self, id, state, wait_s=10):
        def there():
            call = self.call(id)
            return call if call["state"] == state else None
        return until("%s %s" % (id, state), there, wait_s)

    def ended(self, id, wait_s=15):
        call = self.state(id, "ended", wait_s)

        def told():
            return "call.ended" in self.types(id)
        until("the event of the end", told)
        return call

    def types(self, id):
        return [e["type"] for e in self.events
                if e["call"] and e["call"]["id"] == id]

    def posts(self, id):
        """What SAP gets of a call: (EventType, Action, payload)."""
        out = []
        for e in self.events:
            if e["call"] and e["call"]["id"] == id and e["sap"]:
                p = e["sap"]["payload"]
                out.append((p.get("EventType"), p.get("Action"), p))
        return out

    def mark(self):
        return len(self.events)

    def rings(self, since):
        """The next inbound call that rings."""
        def there():
            for e in self.events[since:]:
                if e["type"] == "call.ringing" and \
                        e["call"]["direction"] == "inbound":
                    return e
            return None
        return until("an inbound ring", there)
