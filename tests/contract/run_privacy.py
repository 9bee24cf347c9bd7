#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# contract/run_privacy.py - what is kept of people, where, and who may see it
"""Usage: run_privacy.py RELAY

A relay that is told numbers and names in every way there is, at log.level =
debug: none of them stands in its log or status. Then they are exported and
deleted, and the files are searched for them.
"""
import json
import os
import pathlib
import re
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "fault"))
from real import Cases, Relay, until  # noqa: E402

CONF = """log { level = "debug" }
simulator { ring_ms = 5 talk_ms = 0 }
sap_fields { Custom_1 = "Shoe" }
dial { per_minute = 0 per_hour = 0 refusals = 0 concurrent = 0 merge_s = 0 }
"""
CALLED = "+49307654321"
CALLER = "+4989345678901"
OTHER = "+43153408077"
NAMES = ("Grimhilde", "Wolpertinger", "Quastenflosser")
SPELLED = ("030 765 43 21", "+49 (30) 7654321", "0049-30-7654321",
           "+49 30 765 4321;ext=5", "+4930 7654321\r\nAction: Originate",
           "tel:+49307654321", "%2B49307654321", "0900 7654321",
           "+49307654321" * 5, "７６５４３２１", "x7654321", "0307654321,,9")


def digits(text):
    return re.sub(r"\D", "", text)


def hidden(text, what):
    """No middle of a number in it, however it is spelled, and no name."""
    for name in NAMES:
        assert name not in text, f"{what}: {name}"
    for line in text.splitlines():
        line = re.sub(r'^.*?msg=', "", line)
        for number in (CALLED, CALLER, OTHER):
            assert digits(number)[4:-2] not in re.sub(r"[^0-9*]", "", line), \
                f"{what}: {line}"


def raw(relay, text):
    """Bytes as they are; the relay may hang up at any of them."""
    with socket.create_connection(("127.0.0.1", relay.port), 5) as s:
        s.sendall(text.replace("\n", "\r\n").encode())
        s.settimeout(5)
        try:
            while s.recv(4096):
                pass
        except OSError:
            pass


def talk(relay):
    client = relay.client()
    call = client.post("/api/v1/calls", {
        "PhoneNumber": CALLED, "ContactName": NAMES[0],
        "BPID": NAMES[1]}).json
    path = "/api/v1/calls/" + call["id"]
    until("it is active", lambda: client.get(path)["state"] == "active")
    client.post(path + "/dtmf", {"digits": "7654321"})
    client.post(path + "/transfer", {"to": "tel:" + OTHER})
    client.post(path + "/transfer", {"to": "+43 1 5340 8077"})
    client.ask("PATCH", path, {"text": NAMES[0] + " " + CALLER})
    client.ask("DELETE", path)
    return call["id"]


def report(relay):
    client = relay.client()
    for event in ("ringing", "answered", "ended", "ringing"):
        client.post("/api/v1/inbound", {
            "event": event, "ref": "leg-1", "from": CALLER, "to": CALLED,
            "name": NAMES[1], "custom": {"Custom_1": NAMES[2]},
            "ticket": CALLER})
    client.post("/api/v1/inbound", {"event": "ended", "ref": CALLER})
    client.post("/api/v1/simulator/calls", {"from": CALLER, "to": CALLED,
                                            "name": NAMES[2],
                                            "script": "cancel"})


def report_as_others_do(relay):
    """To /cti, in SAP's words and in Zammad's; ids and names of fields may be
    anything. Not stored as calls of these people: the ends come first."""
    client = relay.client()
    number, name = "%2B" + CALLER[1:], NAMES[0]
    for query in (f"EventType=UPDATEACTIVITY&Action=END&ANI={number}"
                  f"&ExternalReferenceID={number}",
                  f"EventType=UPDATEACTIVITY&Text={name}{number}",
                  f"Action={number}&EventType={number}", f"Type={number}",
                  f"{number}=x&Action=END&ExternalReferenceID={name[:4]}",
                  f"event=hangup&callId={number}&from={number}&to={number}"
                  f"&user={name}&cause={number}", f"event={number}",
                  f"event=newCall&direction=out&callId=1&from={number}"):
        client.ask("GET", "/cti/?" + query)
        client.ask("POST", "/cti/7654321/?" + query, "{}")
        client.ask("GET", "/cti/?" + query, headers={"Origin": "null"})


def misuse(relay):
    client = relay.client()
    for number in SPELLED:
        answer = client.post("/api/v1/calls", {"PhoneNumber": number,
                                               "ContactName": NAMES[0]})
        if answer.status == 201:
            client.ask("DELETE", "/api/v1/calls/" + answer.json["id"])
        client.ask("POST", "/api/v1/calls", '{"PhoneNumber":"%s' % CALLED)
    query = f"number={CALLED[1:]}&BP={NAMES[0]}&ANI=%2B49%2030%20765%204321"
    for path in ("/api/v1/numbers/explain?", "/cti/7654321/?", "/nothing?",
                 "/api/v1/calls/49307654321?", "/x?"):
        client.ask("GET", path + query)
        client.ask("GET", path + query, headers={"Origin": "https://evil"})
        client.ask("GET", path + query, headers={"Sec-Fetch-Site": "none"})
        raw(relay, f"GET {path}{query} HTTP/1.1\nHost: a\nHost: b\n\n")
        raw(relay, f"GET {path}{query} HTTP/1.1\nHost: evil.example\n\n")
        raw(relay, f"GET {path}{query} HTTP/1.0\n\n")
        raw(relay, f"POST {path}{query} HTTP/1.1\nHost: localhost\n"
                   "Transfer-Encoding: chunked\n\n0\n\n")
    # what SAP's sample widget would take is a call; it ends
    client.ask("GET", "/cti/7654321/?EventType=UPDATEACTIVITY&Action=END&"
               + query)
    client.post("/api/v1/lint", {"payload": {
        "Type": "CALL", "EventType": NAMES[0], "ANI": CALLED[1:],
        "ExternalReferenceID": CALLER, "Custom_9": NAMES[1]}})


def nothing_of_people_is_logged(relay):
    talk(relay)
    report(relay)
    report_as_others_do(relay)
    misuse(relay)
    text = relay.said()
    assert text.count("\n") > 20, text
    for kind in ("dial refused: bad_number", "dial refused: number_blocked",
                 "dial refused: bad_json", "http: refused GET"):
        assert kind in text, f"{kind}: nothing of the kind was logged"
    hidden(text, "log")


def status_names_nobody(relay):
    hidden(json.dumps(relay.client().get("/api/v1/status")), "status")


def doctor_names_nobody(relay):
    found = relay.client().get("/api/v1/doctor")
    assert len(found["checks"]) > 10, found
    hidden(json.dumps(found), "doctor")


def metrics_name_nobody(relay):
    with urllib.request.urlopen(
            f"http://127.0.0.1:{relay.port}/metrics") as answer:
        text = answer.read().decode()
    assert "patchcord_calls_total" in text
    # the values are numbers of their own; people can only be in the labels
    hidden("\n".join(line.rpartition(" ")[0] for line in text.split("\n")),
           "metrics")


def files_are_for_their_owner_alone(relay):
    folder = os.path.dirname(relay.store)
    mode = stat.S_IMODE(os.stat(folder).st_mode)
    assert mode == 0o700, f"{folder}: {mode:o}"
    names = os.listdir(folder)
    assert any(name.endswith("-wal") for name in names), names
    for name in names:
        mode = stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode)
        assert mode == 0o600, f"{name}: {mode:o}"


def there_is_no_core(relay):
    with open(f"/proc/{relay.process.pid}/limits", encoding="ascii") as f:
        limits = f.read()
    assert re.search(r"core file size +[01] +[01] ", limits), limits


def command(relay, *words):
    return subprocess.run([relay.binary, *words, "-c", relay.conf],
                          capture_output=True, text=True, env=relay.env)


def a_running_relay_is_not_disturbed(relay):
    for word in ("export", "purge"):
        done = command(relay, word, "--number", CALLED)
        assert done.returncode != 0 and not done.stdout, done
        assert "stop it, run this, and start it again" in done.stderr, done


def export(relay, number):
    done = command(relay, "export", "--number", number)
    assert done.returncode == 0, done
    return json.loads(done.stdout)


def all_about_one_number_is_exported(relay):
    for number in (CALLED, "030 7654321", "0049307654321"):
        found = export(relay, number)
        calls = [c for c in found["calls"] if c["driver"] != "push"]
        assert [c["number"] for c in calls] == [CALLED] * 4, found
        assert all(c["crm"]["ContactName"] == NAMES[0] and c["events"]
                   for c in calls), found
        assert any(s["what"] == "transfer"
                   for s in calls[-1]["timeline"]), found
        assert len(found["refusals"]) >= 4, found
    found = export(relay, CALLER)
    assert len(found["calls"]) == 2, found
    assert {c["name"] for c in found["calls"]} == set(NAMES[1:]), found
    found = export(relay, "+4930999999")
    assert not found["calls"] and not found["refusals"], found


def files(relay):
    folder = os.path.dirname(relay.store)
    return b"".join(pathlib.Path(folder, name).read_bytes()
                    for name in sorted(os.listdir(folder)))


def all_about_one_number_is_deleted(relay):
    before = files(relay)
    assert CALLER.encode() in before and NAMES[1].encode() in before
    for number in (CALLER, CALLED, OTHER):
        done = command(relay, "purge", "--number", number)
        assert done.returncode == 0 and "Deleted: " in done.stdout, done
    for number in (CALLED, CALLER):
        found = export(relay, number)
        assert not found["calls"] and not found["refusals"], found
    after = files(relay)
    for text in (CALLED, CALLER, OTHER, *NAMES):
        assert text.encode() not in after, f"{text} is still in the files"


def what_was_deleted_is_known_and_ids_only_grow(relay, last):
    with relay.journal() as db:
        steps = db.execute("SELECT detail FROM step WHERE what = 'purge'"
                           ).fetchall()
    assert len(steps) == 3 and "2 calls" in steps[0][0], steps
    relay.start()
    client = relay.client()
    answer = client.get(f"/api/v1/events?since={last}&wait=0")
    assert answer.get("reset"), answer
    client.post("/api/v1/calls", {"PhoneNumber": OTHER})
    until("an event", lambda: client.get("/api/v1/events?wait=0")["cursor"] >
          last)


def a_wrong_word_is_answered(relay):
    for words, text in ((("purge",), "--number is missing"),
                        (("export", "--number", "nobody"), "is no number"),
                        (("export", "--number", CALLED, "--set",
                          "store.path=/nowhere/x.db"), "no journal")):
        done = command(relay, *words)
        assert done.returncode != 0 and text in done.stderr, done


def old_calls_are_deleted(relay):
    """The purge of store.keep_days, at a start 91 days later."""
    relay.terminate()
    old = int((time.time() - 91 * 86400) * 1000)
    with sqlite3.connect(relay.store) as db:
        db.execute("UPDATE call SET created = ?", (old,))
        db.execute("UPDATE event SET at = ?", (old,))
        db.execute("DELETE FROM running")
    relay.start()

    def empty():
        with relay.journal() as db:
            return not db.execute("SELECT count(*) FROM call").fetchone()[0]
    until("the old calls are gone", empty)
    relay.terminate()
    assert OTHER.encode() not in files(relay)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = tempfile.mkdtemp(prefix="cti-privacy-")
    relay = Relay(os.path.abspath(sys.argv[1]), folder, CONF)
    cases = Cases()
    try:
        relay.start()
        for case in (nothing_of_people_is_logged, status_names_nobody,
                     doctor_names_nobody, metrics_name_nobody,
                     files_are_for_their_owner_alone, there_is_no_core,
                     a_running_relay_is_not_disturbed):
            cases.run(case.__name__.replace("_", " "), case, relay)
        last = relay.client().get("/api/v1/events?wait=0")["cursor"]
        relay.terminate()
        for case in (a_wrong_word_is_answered,
                     all_about_one_number_is_exported,
                     all_about_one_number_is_deleted):
            cases.run(case.__name__.replace("_", " "), case, relay)
        cases.run("what was deleted is known and ids only grow",
                  what_was_deleted_is_known_and_ids_only_grow, relay, last)
        cases.run("old calls are deleted", old_calls_are_deleted, relay)
    finally:
        relay.kill()
        if cases.failed:
            print(relay.said()[-6000:])
        shutil.rmtree(folder, ignore_errors=True)
    cases.end()


if __name__ == "__main__":
    main()
