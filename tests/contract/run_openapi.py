#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# contract/run_openapi.py - the running relay answers as www/openapi.json says
"""Usage: run_openapi.py BINARY [--quick]

Every operation is used at least once with success; every answer, refusals
included, must have a described status, type and shape, by our own eyes
(schema.py, which also sees what is not described) and by the validators of
others (validate.mjs, npm ci --prefix tests/contract; not with --quick).
"""
import http.client
import json
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

sys.dont_write_bytecode = True
from schema import Schema

ROOT = Path(__file__).resolve().parent.parent.parent
DESCRIPTION = json.loads((ROOT / "www/openapi.json").read_text("utf-8"))
CLICK = DESCRIPTION["paths"]["/api/v1/calls"]["post"]["requestBody"][
    "content"]["application/json"]["examples"]["flat"]["value"]
JSON = {"Content-Type": "application/json"}
POLL = {"Accept": "application/json"}
UNKNOWN = "0" * 32


class Relay:
    """The program under test, on a port and in a folder of its own."""

    def __init__(self, binary, folder):
        self.process = subprocess.Popen(
            [binary, "serve", "--listen", "127.0.0.1:0", "--driver",
             "simulator", "--set", f"store.path={folder}/store.db", "--set",
             "simulator.ring_ms=30", "--set", "simulator.talk_ms=0", "--set",
             "dial.merge_s=0", "--set", "http.max_body=2048",
             "--set", "number.region=US"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            stdin=subprocess.DEVNULL)
        self.port = None
        self.stopping = False
        said = []
        for line in self.process.stdout:
            said.append(line)
            found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
            if found:
                self.port = int(found.group(1))
                return
        sys.exit("the relay did not start:\n" + "".join(said))

    def stop(self):
        """Once: a second SIGTERM may find it without its handler."""
        if not self.stopping:
            self.process.terminate()
        self.stopping = True

    def end(self):
        self.stop()
        self.process.stdout.read()
        return self.process.wait(10)


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.type = (headers.get("Content-Type") or "").split(";")[0]
        self.body = body
        self.json = json.loads(body) if self.type.endswith("json") else None


class Validators:
    """Those of others, in a process that answers each line with one."""

    def __init__(self):
        self.process = subprocess.Popen(
            ["node", str(ROOT / "tests/contract/validate.mjs"),
             str(ROOT / "www/openapi.json")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.document = self.line()

    def line(self):
        text = self.process.stdout.readline()
        if not text:
            sys.exit("validate.mjs does not run: "
                     "npm ci --prefix tests/contract")
        return json.loads(text)

    def faults(self, value, schema):
        self.process.stdin.write(json.dumps(
            {"schema": schema, "value": value}) + "\n")
        self.process.stdin.flush()
        return self.line()

    def end(self):
        self.process.stdin.close()
        return self.process.wait(20)


class Both:
    """What either of the two finds wrong about a value."""

    def __init__(self, quick):
        self.own = Schema(DESCRIPTION)
        self.others = None if quick else Validators()
        self.part = self.own.part

    def faults(self, value, schema):
        yield from self.own.faults(value, schema)
        if self.others:
            yield from self.others.faults(value, schema)


class Client:
    """Asks, and compares each answer with the description."""

    def __init__(self, port, schema):
        self.port = port
        self.schema = schema
        self.succeeded = set()
        self.failed = self.count = 0

    def say(self, what, faults):
        self.count += 1
        if faults:
            self.failed += 1
            print(f"FAIL - {what}: {'; '.join(faults[:5])}")
        else:
            print(f"ok - {what}")

    def fetch(self, method, target, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port,
                                                timeout=20)
        connection.request(method, target, body, headers or {})
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        return answer

    def faults(self, method, path, answer):
        operation = DESCRIPTION["paths"][path].get(method.lower())
        responses = operation["responses"] if operation else {
            "405": {"$ref": "#/components/responses/Refused"}}
        described = responses.get(str(answer.status), responses.get("default"))
        if not described or answer.status < 300 and \
                str(answer.status) not in responses:
            return [f"{answer.status} is not described"]
        content = self.schema.part(described).get("content", {})
        if not content:
            return ["a body, but none is described"] if answer.body else []
        if answer.type not in content:
            return [f"{answer.type} is not described"]
        faults = list(self.schema.faults(answer.json,
                                         content[answer.type]["schema"])) \
            if answer.json is not None else []
        for name in self.schema.part(described).get("headers", {}):
            if name not in answer.headers and answer.status == 201:
                faults.append(f"no {name}")
        return faults

    def ask(self, wanted, method, path, body=None, headers=None, query="",
            **parameters):
        """wanted: a status, or the code of a refusal."""
        target = path
        for name, value in parameters.items():
            target = target.replace("{" + name + "}", str(value))
        if isinstance(body, dict):
            body, headers = json.dumps(body), {**JSON, **(headers or {})}
        answer = self.fetch(method, target + query, body, headers)
        got = answer.json["code"] if answer.type == \
            "application/problem+json" else answer.status
        faults = self.faults(method, path, answer)
        if got != wanted:
            faults.insert(0, f"{got}, not {wanted}: {answer.body[:200]!r}")
        if answer.status < 300:
            self.succeeded.add((method.lower(), path))
        self.say(f"{method} {path} {wanted}", faults)
        return answer

    def until(self, call, *states):
        """The call once it is in one of these states."""
        for _ in range(200):
            answer = self.fetch("GET", f"/api/v1/calls/{call['id']}")
            if answer.json.get("state") in states:
                return answer.json
            time.sleep(0.02)
        self.say(f"a call comes to be {' or '.join(states)}",
                 [f"it stays {answer.json.get('state')}"])
        return answer.json


def pages(c):
    for path in ("/", "/host.html", "/healthz", "/readyz", "/metrics",
                 "/version", "/openapi.json", "/api/v1/status"):
        c.ask(200, "GET", path)
    c.ask(200, "GET", "/api/v1/token",
          headers={"Sec-Fetch-Site": "same-origin"})
    c.ask("refused", "GET", "/api/v1/token")
    for header in ({"Sec-Fetch-Site": "none"}, {"Origin": "null"}):
        c.ask("refused", "GET", "/metrics", headers=header)
    c.ask("refused", "GET", "/version",
          headers={"Sec-Fetch-Site": "cross-site"})
    own = {"Sec-Fetch-Site": "same-origin"}
    c.ask("token_missing", "GET", "/api/v1/status", headers=own)
    c.ask("token_stale", "GET", "/api/v1/status",
          headers={**own, "X-CTI-Token": "0" * 64})
    answer = c.ask("bad_method", "PUT", "/api/v1/calls", {})
    c.say("a wrong method learns the right ones",
          [] if "POST" in answer.headers.get("Allow", "") else ["no Allow"])


def pairings(c):
    path = "/api/v1/pairings"
    page = "https://my1.crm.ondemand.com"
    c.ask(200, "GET", "/pair")
    c.ask(201, "POST", path, {"origins": [page]})
    c.ask(200, "POST", path, {"origins": [page]})
    c.ask(200, "GET", path)
    c.ask("bad_request", "POST", path, {"origins": []})
    c.ask("bad_origin", "POST", path, {"origins": [page + "/"]})
    c.ask("origin_blocked", "POST", path, {"origins": ["https://a.example"]})
    many = [f"https://x{i}.crm.cloud.sap" for i in range(32)]
    for i in range(0, 24, 8):
        c.ask(201, "POST", path, {"origins": many[i:i + 8]})
    c.ask("pairings_full", "POST", path, {"origins": many[24:]})
    c.ask(200, "DELETE", path, query="?origin=" + page)
    c.ask("pairing_not_found", "DELETE", path, query="?origin=" + page)
    c.ask("bad_origin", "DELETE", path)


def refused_dials(c):
    def post(wanted, body, **more):
        c.ask(wanted, "POST", "/api/v1/calls", body, **more)

    post("bad_number", {"PhoneNumber": "1-800-FLOWERS"})
    post("bad_number", {"LoggedInUserID": "X"})
    post("number_blocked", {"PhoneNumber": "911"})
    post("bad_json", "{", headers=JSON)
    post("not_json", "PhoneNumber=1", headers={"Content-Type": "text/plain"})
    post("body_too_large", {"PhoneNumber": "+1 6503054000", "x": "y" * 4000})


def dials(c):
    path = "/api/v1/calls"
    redial = "/api/v1/calls/{id}/redial"
    timeline = "/api/v1/calls/{id}/timeline"
    call = c.ask(201, "POST", path, CLICK).json
    c.ask(200, "POST", path, CLICK)
    c.ask(200, "POST", path, {"payload": CLICK})
    c.ask(200, "GET", path)
    c.ask(200, "GET", path, query="?activity_uuid=" + CLICK["ActivityUUID"])
    c.ask(200, "GET", path, query="?ref=none")
    c.ask(200, "GET", path + "/{id}", id=call["id"])
    c.ask("call_not_found", "GET", path + "/{id}", id=UNKNOWN)
    c.until(call, "active")
    c.ask("wrong_state", "POST", redial, id=call["id"])
    c.ask(202, "DELETE", path + "/{id}", id=call["id"])
    c.until(call, "ended")
    c.ask("wrong_state", "DELETE", path + "/{id}", id=call["id"])
    c.ask(200, "GET", timeline, id=call["id"])
    c.ask("call_not_found", "GET", timeline, id=UNKNOWN)
    again = c.ask(201, "POST", redial, id=call["id"]).json
    c.ask("call_not_found", "POST", redial, id=UNKNOWN)
    c.until(again, "active")
    act(c, 202, again, "hangup")
    c.until(again, "ended")
    key = {"Idempotency-Key": "k1"}
    number = {"PhoneNumber": "+1 650 305 4486"}
    busy = c.ask(201, "POST", path, number, headers=key).json
    c.ask("key_reused", "POST", path, CLICK, headers=key)
    busy = c.until(busy, "ended")
    c.say("a busy number ends with the cause busy",
          [] if busy["cause"] == "busy" else [str(busy["cause"])])


def act(c, wanted, call, action, body=None):
    c.ask(wanted, "POST", "/api/v1/calls/{id}/{action}", body, id=call["id"],
          action=action)


def actions(c):
    path = "/api/v1/simulator/calls"
    call = c.ask(201, "POST", path,
                 {"from": "+49306912345", "name": "Ada"}).json
    c.ask("bad_request", "POST", path, {"script": "sing"})
    c.ask("bad_request", "POST", path, {"colour": "red"})
    act(c, "wrong_state", call, "hold")
    act(c, 202, call, "answer")
    c.until(call, "active")
    for action in ("hold", "resume"):
        act(c, 202, call, action)
        c.until(call, "held" if action == "hold" else "active")
    act(c, 202, call, "dtmf", {"digits": "1#"})
    act(c, "bad_request", call, "dtmf", {"digits": "x"})
    act(c, "bad_request", call, "transfer", {})
    act(c, "bad_number", call, "transfer", {"to": "nobody"})
    act(c, "not_found", call, "sing")
    one = "/api/v1/calls/{id}"
    patched = c.ask(200, "PATCH", one, {"subject": "A", "ticket": "1",
                                        "custom": {"Custom_1": "x"}},
                    id=call["id"]).json
    c.say("what SAP will not take any more is said",
          [] if patched.get("notes") else ["no note"])
    c.ask("bad_request", "PATCH", one, {"state": "ended"}, id=call["id"])
    c.ask("call_not_found", "PATCH", one, {"text": "x"}, id=UNKNOWN)
    act(c, 202, call, "hangup")
    c.until(call, "ended")


def reports(c):
    path = "/api/v1/inbound"
    ring = {"event": "ringing", "ref": "leg-1", "from": "+49306912345",
            "to": "+493012345", "custom": {"Custom_1": "gold"}}
    call = c.ask(202, "POST", path, ring).json
    c.ask(202, "POST", path, {"event": "answered", "ref": "leg-1"})
    c.ask("bad_request", "POST", path, {"event": "sung", "ref": "leg-1"})
    c.ask("bad_request", "POST", path, {"event": "ringing"})
    act(c, "not_supported", call, "hold")
    events(c, call)
    c.ask(202, "POST", path, {"event": "ended", "ref": "leg-1",
                              "cause": "normal"})
    c.ask("ref_reused", "POST", path, ring)
    c.ask("call_not_found", "POST", path, {"event": "ended", "ref": "leg-9"})


def events(c, call):
    path = "/api/v1/events"
    begin = c.ask(200, "GET", path, headers=POLL, query="?wait=0").json
    first = begin["cursor"] - 1
    c.ask(200, "GET", path, headers=POLL, query=f"?wait=1&since={first}")
    c.ask("bad_request", "GET", path, headers=POLL, query="?wait=long")
    due = [e for e in begin["snapshot"]["due"] if e["call"]["id"] == call["id"]]
    c.say("what SAP should hear of a call is due",
          [] if due else ["nothing is due"])
    claims(c, [e["id"] for e in due])


def claims(c, ids):
    claim, ack = "/api/v1/events/{id}/claim", "/api/v1/events/{id}/ack"
    one, two = {"tab": "one"}, {"tab": "two"}
    for i in ids:
        c.ask(200, "POST", claim, one, id=i)
        c.ask("claim_held", "POST", claim, two, id=i)
        c.ask(204, "POST", ack, one, id=i)
        c.ask("claim_done", "POST", claim, two, id=i)
    c.ask("event_not_found", "POST", claim, one, id=1)
    c.ask("bad_request", "POST", claim, {}, id=1)
    c.ask("event_not_found", "POST", ack, one, id=1)


FRAMES = {
    "snapshot": {"$ref": "#/components/schemas/Snapshot"},
    "call": {"$ref": "#/components/schemas/Event"},
    "due": {"$ref": "#/components/schemas/Event"},
    "status": {"type": "object", "required": ["switch"], "properties": {
        "switch": {"$ref": "#/components/schemas/Switch"}}},
    "reset": {"type": "object", "maxProperties": 0},
    "bye": {"type": "object", "maxProperties": 0},
}


class Frames:
    """A stream, each of whose events is compared with the description."""

    def __init__(self, c, last=None):
        self.c, self.seen = c, []
        self.connection = http.client.HTTPConnection("127.0.0.1", c.port,
                                                     timeout=20)
        self.connection.request("GET", "/api/v1/events", headers={
            "Last-Event-ID": str(last)} if last is not None else {})
        self.response = self.connection.getresponse()

    def frame(self):
        name, data = None, None
        for line in self.response:
            text = line.decode().rstrip("\n")
            if text.startswith("event: "):
                name = text[7:]
            elif text.startswith("data: "):
                data = json.loads(text[6:])
            elif not text and name:
                break
        faults = [f"{name} is not described"] if name not in FRAMES else \
            list(self.c.schema.faults(data, FRAMES[name]))
        self.c.say(f"a stream's {name} is as described", faults)
        self.seen.append(name)
        return name, data

    def until(self, wanted, test=lambda data: True):
        while True:
            name, data = self.frame()
            if name is None or name == wanted and test(data):
                return data


def stream(c):
    """Every kind of event that one stream can have, or another."""
    frames = Frames(c, last=1)
    frames.until("reset")
    frames.until("snapshot")
    c.ask("bad_number", "POST", "/api/v1/calls", {"PhoneNumber": "x"})
    refused = frames.until("call", lambda d: d["type"] == "call.refused")
    c.ask(202, "POST", "/api/v1/inbound",
          {"event": "ringing", "ref": "leg-2", "from": "+49306912345"})
    ring = frames.until("call", lambda d: d["type"] == "call.ringing")
    after = Frames(c, last=refused["id"] if not ring else ring["id"])
    after.until("due")
    after.connection.close()
    c.ask(201, "POST", "/api/v1/simulator/calls",
          {"from": "+49306912345", "script": "drop"})
    frames.until("status")
    frames.until("status", lambda d: d["switch"]["link"] == "up")
    c.ask(202, "POST", "/api/v1/inbound", {"event": "ended", "ref": "leg-2"})
    frames.until("call", lambda d: d["type"] == "call.ended")
    return frames


def farewell(relay, frames):
    """The last word of a stream."""
    relay.stop()
    frames.until("bye")
    frames.connection.close()


def documents(c):
    c.ask(200, "GET", "/console.html")
    c.ask(200, "GET", "/docs/")
    for page in sorted((ROOT / "www/docs").glob("*.html")):
        if page.stem != "index":
            c.ask(200, "GET", "/docs/{page}", page=page.stem)
    c.ask("not_found", "GET", "/docs/{page}", page="nowhere")


def samples(c):
    """As SAP's sample widget is told."""
    for path in ("/cti", "/cti/", "/cti/{connection}", "/cti/{connection}/"):
        call = {"Type": "CALL", "EventType": "INBOUND", "ANI": "+49306912345",
                "ExternalReferenceID": f"Leg{len(path)}"}
        c.ask(200, "POST", path, {**call, "Action": "NOTIFY"},
              connection="desk1")
        query = "?" + urllib.parse.urlencode({**call, "Action": "END",
                                              "EventType": "UPDATEACTIVITY"})
        c.ask(200, "GET", path, query=query, connection="desk1")
        c.ask("refused", "GET", path, query=query, connection="desk1",
              headers={"Origin": "null"})


def tools(c):
    explain, lint = "/api/v1/numbers/explain", "/api/v1/lint"
    for number in ("%2B1%206503054000", "1-800-FLOWERS", "101", "911"):
        c.ask(200, "GET", explain, query="?number=" + number)
    c.ask("bad_request", "GET", explain)
    c.ask(200, "POST", lint, {"payload": {"Type": "CALL"}})
    c.ask(200, "POST", lint, "{", headers=JSON)
    c.ask(200, "POST", lint, "<payload><Type>CALL</Type></payload>",
          headers={"Content-Type": "application/xml"})
    c.ask("not_json", "POST", lint, "x", headers={"Content-Type": "text/csv"})
    doctor = "/api/v1/doctor"
    c.ask(200, "GET", doctor)
    for query in ("?call=" + UNKNOWN, "?number=%2B49306912345",
                  "?activity_uuid=" + CLICK["ActivityUUID"]):
        c.ask(200, "GET", doctor, query=query)
    c.ask("bad_request", "GET", doctor, query="?call=1&number=2")


def every_operation(c):
    for path, item in DESCRIPTION["paths"].items():
        for method in item:
            if method != "parameters" and (method, path) not in c.succeeded:
                c.say(f"{method.upper()} {path} succeeds", ["it never did"])


def main():
    if len(sys.argv) < 2 or sys.argv[2:] not in ([], ["--quick"]):
        sys.exit(__doc__)
    schema = Both(sys.argv[2:] == ["--quick"])
    with tempfile.TemporaryDirectory() as folder:
        relay = Relay(sys.argv[1], folder)
        c = Client(relay.port, schema)
        if schema.others:
            c.say("it is an OpenAPI 3.1 document, its examples are as their "
                  "schemas", schema.others.document)
        try:
            for part in (pages, documents, pairings, refused_dials, dials,
                         actions, reports, samples, tools, every_operation):
                part(c)
            farewell(relay, stream(c))
        finally:
            status = relay.end()
        c.say("the relay ends well", [f"exit {status}"] if status else [])
        if schema.others:
            schema.others.end()
    return 1 if c.failed else 0


if __name__ == "__main__":
    sys.exit(main())
