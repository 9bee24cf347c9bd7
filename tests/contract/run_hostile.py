#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# contract/run_hostile.py - hostile texts in through HTTP, looked for at a switch
"""Usage: run_hostile.py RELAY

The real relay between a page that sends whatever it likes and a softphone, then
an Asterisk, that write down every command: each is one that was asked for. Then
a program that reports whatever it likes to /cti.
"""
import collections
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "fault"))
from manager import DEVICE, Manager  # noqa: E402
from real import Cases, Relay, until  # noqa: E402
from softphone import Softphone  # noqa: E402

CONF = """dial { per_minute = 0 per_hour = 0 refusals = 0 concurrent = 0 merge_s = 0 }
log { level = "error" }
telephony { driver = "%s" reconnect_min_ms = 10 reconnect_max_ms = 20 }
"""
PARTS = (
    "\r\n", "\n", "\r", "\0", "\t", "\v", "\x1b[2J", "\x7f", "\x85",
    "\u2028", "\u2029", "\u200b", "\u202e", "\ufeff", "\u00a0", "\u202f",
    "%0d%0a", "%00", "\\r\\n", "\\u000a", "&#10;",
    "\r\nAction: Originate\r\n", "\r\n\r\nAction: Logoff\r\n\r\n",
    "\r\nApplication: System\r\nData: id\r\n", "&SIP/evil", ",30,g", "|30|g",
    "/n", "@out", ";2", "${SHELL(id)}", "$[1]", '" <112>', "<112>",
    "\n\napi system id\n\n", "&system(id)", "{a=b}", "[a=b]", "'", '"', "`id`",
    "\\", ",", "|", "^^:a", ",12:{\"command\":\"quit\"},", "\"},", "0:,",
    "\",\"command\":\"quit\",\"x\":\"", ";ext=5", ";user=phone", "?Subject=x",
    "@evil.example", ":5060", ">;tag=1", "%40evil", "１２", "١٢", "¹", "🤙",
    "*21*", "#", "+", ",,5", "p5", "w5", "x5", "e5", "ext. 5",
)
WHOLES = (
    "", " ", "+", "++", "sip:x@y", "sip:112@pbx", "tel:+4930123456", "112",
    "+49112", "0112", "0 0112", "*21*0900#", "911#", "0900123456",
    "+979123456789", "1-800-FLOWERS", "../../etc/passwd", "/.*/", "{}", "1" * 33,
    "1" * 65, "1" * 4000,
)
NUMBERS = [text for part in PARTS
           for text in (part + "4930123456", "49301" + part + "23456",
                        "4930123456" + part)] + list(WHOLES)
# no strings, or no JSON
RAW = (
    '{"PhoneNumber":4930123456}', '{"PhoneNumber":["+4930123456"]}',
    '{"PhoneNumber":{"a":"+4930123456"}}', '{"PhoneNumber":null}',
    '{"PhoneNumber":true}', '{"PhoneNumber":1e15}', "[]", '"+4930123456"x',
    '{"PhoneNumber":"+4930123456","PhoneNumber":"112"}',
    '{"PhoneNumber":"+4930123456"}{"PhoneNumber":"112"}',
    '{"PhoneNumber":"+4930\\u0000123456"}', '{"PhoneNumber":"\\ud800"}',
    "[" * 1000, '{"PhoneNumber":"%s"}' % ("1" * 65536),
)
SAFE_URI = re.compile(r"sip:[0-9*+]([0-9*+]|%23)+@[0-9.:]+$")
GOOD = re.compile(r"\+?[0-9 \u00a0\u202f]{8,}$")
SAFE_LINE = re.compile(r"[0-9*#+]{2,32}$")


class Phone(Softphone):
    """Notes each command and what came with it."""

    def __init__(self):
        self.seen = []
        super().__init__(talk_s=3600)

    def command(self, client, asked):
        assert set(asked) <= {"command", "params", "token"}, asked
        self.seen.append((asked["command"], asked.get("params", "")))
        super().command(client, asked)

    def wrong(self):
        words = {"about", "reginfo", "listcalls", "callstat", "callfind",
                 "line", "uafind", "hangup", "hold", "resume", "sndcode"}
        return [(word, text) for word, text in self.seen
                if word not in words and
                not (word in ("dial", "transfer") and SAFE_URI.match(text))]


class Pbx(Manager):
    KEYS = {"Originate": {"Action", "ActionID", "Channel", "Context", "Exten",
                          "Priority", "Timeout", "Async", "ChannelId",
                          "Variable"},
            "Redirect": {"Action", "ActionID", "Channel", "Context", "Exten",
                         "Priority"}}
    PLAIN = {"Challenge", "Login", "CoreSettings", "CoreShowChannels", "Ping",
             "Hangup", "PlayDTMF", "BridgeList", "BridgeInfo", "Status",
             "Filter", "Events", "CoreStatus"}

    def __init__(self):
        self.seen = []
        super().__init__(talk_s=3600)

    def action(self, client, asked):
        self.seen.append(dict(asked))
        return super().action(client, asked)

    def wrong(self):
        return [asked for asked in self.seen
                if not (asked["Action"] in self.PLAIN or
                        set(asked) <= self.KEYS.get(asked["Action"], set()) and
                        SAFE_LINE.match(asked["Exten"]) and
                        asked["Channel"].startswith(("PJSIP/", "1795")))]


def dials(relay, tally, switch):
    client = relay.client()
    for body in [json.dumps({"PhoneNumber": n}) for n in NUMBERS] + list(RAW):
        try:
            answer = client.ask("POST", "/api/v1/calls", body)
        except (OSError, ValueError):
            client = relay.client()  # cut off: as good as refused
            tally["refused"] += 1
            continue
        assert answer.status in (201, 400, 403, 413, 422), (body, answer)
        tally["dialed" if answer.status == 201 else "refused"] += 1
        if answer.status != 201:
            assert answer.json["detail"] and answer.json["fix"], answer
            continue
        assert SAFE_LINE.match(answer.json["dialed"]), (body, answer)
        client.ask("DELETE", "/api/v1/calls/" + answer.json["id"])
    until("all dials came", lambda: sum(switch.dialed.values()) <=
          tally["dialed"] and not switch.wrong())


def talks(relay, tally):
    """Transfer targets and digits, of a call that talks."""
    client = relay.client()
    call = client.post("/api/v1/calls", {"PhoneNumber": "+498912345"}).json
    tally["dialed"] += 1
    path = "/api/v1/calls/" + call["id"]
    until("it talks", lambda: client.get(path)["state"] == "active")
    for text in NUMBERS:
        for action, key in (("transfer", "to"), ("dtmf", "digits")):
            if len(text) > 1000 or (action == "transfer" and
                                    GOOD.match(text)):
                continue  # too long for a body; or a transfer that is good
            answer = client.post(f"{path}/{action}", {key: text})
            busy = answer.status == 409 and action == "dtmf"  # with earlier
            assert busy or answer.status in (202, 400, 403, 422), \
                (action, text, answer)
            tally["taken" if answer.status == 202 else "refused"] += 1


def through(binary, folder, name):
    switch = Phone() if name == "baresip" else Pbx()
    secret = os.path.join(folder, "secret")
    with open(secret, "w", encoding="ascii") as f:
        f.write("swordfish\n")
    os.chmod(secret, 0o600)
    conf = CONF % name + {
        "baresip": f'baresip {{ control = "127.0.0.1:{switch.port}" }}\n',
        "asterisk": f'agent "A" {{ device = "{DEVICE}" }}\nasterisk {{ '
                    f'port = {switch.port} username = "patchcord" '
                    f'secret_file = "{secret}" }}\n'}[name]
    relay = Relay(binary, folder, conf)
    tally = collections.Counter()
    try:
        relay.start()
        dials(relay, tally, switch)
        talks(relay, tally)
        assert not switch.wrong(), switch.wrong()
        sent = sum(switch.dialed.values())
        assert sent <= tally["dialed"], (sent, tally)
        print(f"# {name}: {sum(tally.values())} requests, {dict(tally)}, "
              f"{len(switch.seen)} commands at the switch, {sent} of them "
              f"dials, 0 that were not asked for", flush=True)
    finally:
        relay.kill()
        switch.close()


def report(client, query):
    return client.ask("GET", "/cti/?" + query)


def ring(client, ref, more=""):
    return report(client, "EventType=INBOUND&Action=NOTIFY&ANI=%2B49306912345"
                  f"&ExternalReferenceID={ref}{more}")


def reports_are_bounded(relay):
    """A script gone wrong: a new call with each report, and never an end."""
    client = relay.client()
    answers = [ring(client, f"Flood{i}").status for i in range(1010)]
    assert answers == [200] * 1000 + [429] * 10, answers[-12:]
    assert report(client, "EventType=UPDATEACTIVITY&Action=END&"
                  "ExternalReferenceID=Flood7").status == 200
    assert ring(client, "Flood7a").status == 200
    refused = client.post("/api/v1/inbound", {"event": "ringing", "ref": "x"})
    assert refused.status == 429 and "retry-after" in refused.headers, refused


def reports_end_no_call_of_the_switch(relay):
    """Whoever knows its id, or says it as his own call's first one."""
    client = relay.client()
    mine = client.post("/api/v1/calls", {"PhoneNumber": "+498912345"}).json
    theirs = client.post("/api/v1/simulator/calls", {
        "from": "+49306912345", "script": "ring"}).json
    for call in (mine, theirs):
        named = f"ExternalReferenceID={call['id']}"
        before = client.get("/api/v1/calls/" + call["id"])
        for words in ("EventType=UPDATEACTIVITY&Action=END&",
                      "EventType=UPDATEACTIVITY&Text=x&",
                      "EventType=INBOUND&Action=ACCEPT&"):
            assert report(client, words + named).status == 409, words
        after = client.get("/api/v1/calls/" + call["id"])
        for key in ("driver", "ref", "number", "text", "ended_at",
                    "original_id"):
            assert before[key] == after[key], (before, after)
    assert report(client, "EventType=UPDATEACTIVITY&Action=END").status == 404


def reports_stay_one_line(relay):
    """What breaks lines elsewhere is one line to SAP, and in the log."""
    for i, part in enumerate(("%0d%0aAction:x", "%00", "%1b[2J", "%c2%9b2J",
                              "%e2%80%ae", "%ff%fe", "<img%20src=x>", "%22%7d")):
        client = relay.client()  # it hangs up on a %00
        answer = ring(client, f"Line{i}", f"&BP=a{part}b&Nope{part}=1")
        if answer.status != 200:
            assert answer.status in (400, 403), answer
            continue
        call = client.get(f"/api/v1/calls/Line{i}")
        assert not re.search(r"[\x00-\x1f\x7f-\x9f]", call["bp"]), call
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", relay.said())


def machine(binary, folder, case):
    relay = Relay(binary, folder, "simulator { ring_ms = 5 talk_ms = 0 }\n")
    try:
        relay.start()
        case(relay)
    finally:
        relay.kill()


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = tempfile.mkdtemp(prefix="cti-hostile-")
    cases = Cases()
    try:
        for name in ("baresip", "asterisk"):
            place = os.path.join(folder, name)
            os.mkdir(place)
            cases.run(f"no text from a page is a command more at {name}",
                      through, os.path.abspath(sys.argv[1]), place, name)
        for case in (reports_are_bounded, reports_end_no_call_of_the_switch,
                     reports_stay_one_line):
            cases.run(case.__name__.replace("_", " "), machine,
                      os.path.abspath(sys.argv[1]),
                      os.path.join(folder, case.__name__), case)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    cases.end()


if __name__ == "__main__":
    main()
