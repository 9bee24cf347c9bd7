#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# contract/run_doctor.py - each thing that can be wrong, and the doctor sees it
"""Usage: run_doctor.py RELAY

The command and GET /api/v1/doctor, on relays that are well and on such that
are not; for one call each end of the path from its id to SAP's page.
"""
import hashlib
import http.client
import json
import os
import pathlib
import pty
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "fault"))
from real import Cases, Relay, Stream, free_port, until  # noqa: E402

CONF = """simulator { ring_ms = 5 talk_ms = 0 }
dial { per_minute = 0 per_hour = 0 merge_s = 0 concurrent = 0 }
sap { communication_system = "CORD-1" }
"""
CALLER = "+4989345678901"
PAGE = "https://my1.crm.ondemand.com"
ACTIVITY = "00163EA718FC1EEABDD5608C895BDC71"


def doctor(relay, *words, json_out=True, user=None):
    """The command on a relay's configuration: exit code and output."""
    command = [relay.binary, "doctor", "-c", relay.conf, *words]
    more = {} if user is None else {"user": user, "group": user,
                                    "extra_groups": []}
    done = subprocess.run(command + ["--json"] * json_out, text=True,
                          capture_output=True, env=relay.env, timeout=120,
                          **more)
    assert "Sanitizer" not in done.stderr, done.stderr
    return done


def checks(relay, *words, **more):
    """name -> its worst check."""
    done = doctor(relay, *words, **more)
    answer = json.loads(done.stdout)
    order = ("skipped", "ok", "warn", "fail")
    found = {}
    for check in answer["checks"]:
        name = check["name"]
        if name not in found or order.index(check["verdict"]) > \
                order.index(found[name]["verdict"]):
            found[name] = check
    bad = [c for c in answer["checks"] if c["verdict"] in ("warn", "fail")]
    assert answer["ok"] == (not bad), answer
    assert done.returncode == (1 if bad else 0), (done.returncode, bad)
    assert all(c["fix"] for c in bad), bad
    return found


def expect(found, name, verdict, *parts, side=None, fix=""):
    check = found.get(name)
    assert check, f"no check {name} in {sorted(found)}"
    assert check["verdict"] == verdict, check
    for part in parts:
        assert part in check["sentence"], (part, check)
    assert fix in (check["fix"] or ""), (fix, check)
    assert side in (None, check["side"]), check


def findings(found):
    return {name for name, check in found.items()
            if check["verdict"] in ("warn", "fail")}


# --- the whole ---

def a_relay_that_is_well_has_nothing_to_mend(relay):
    found = checks(relay)
    assert not findings(found), found
    for name in ("config", "port", "relay", "store", "disk", "switch",
                 "numbers", "originate"):
        expect(found, name, "ok")
    expect(found, "system", "ok", "CORD-1")


def people_read_that_all_is_well(relay):
    done = doctor(relay, json_out=False)
    assert done.returncode == 0 and done.stdout.endswith("All is well.\n"), \
        done
    assert "\x1b" not in done.stdout, "colours in a pipe"
    assert all(len(line) < 80 for line in done.stdout.split("\n")), \
        done.stdout


def a_terminal_gets_colours(relay):
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [relay.binary, "doctor", "-c", relay.conf], stdout=child,
        stderr=child, env={**relay.env, "TERM": "xterm"})
    os.close(child)
    text = b""
    try:
        while more := os.read(parent, 4096):
            text += more
    except OSError:
        pass  # Linux: its end
    assert process.wait(30) == 0 and b"\x1b[" in text, text


def the_relay_answers_the_same_by_itself(relay):
    answer = relay.client().get("/api/v1/doctor")
    assert answer["ok"] is True, answer
    names = [c["name"] for c in answer["checks"]]
    assert {"switch", "store", "page", "originate"} <= set(names), names


def many_may_ask_at_once(relay):
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(
        relay.client().get("/api/v1/doctor")["ok"])) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [True] * 16, answers


def wrong_use_is_told(relay):
    done = doctor(relay, "--call", "1", "--number", "2")
    assert done.returncode == 2 and "at a time" in done.stderr, done
    done = doctor(relay, "--what")
    assert done.returncode == 2, done


def frame(relay):
    """SAP's page loads the widget."""
    connection = http.client.HTTPConnection("127.0.0.1", relay.port)
    connection.request("GET", "/", headers={
        "Sec-Fetch-Dest": "iframe", "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Site": "cross-site"})
    assert connection.getresponse().status == 200
    connection.close()


def pages_and_policies(relay, folder):
    """A page of SAP is configured: then page and policy are looked for."""
    client = relay.client()
    answer = client.post("/api/v1/pairings", {"origins": [PAGE]})
    assert answer.status == 201, answer
    try:
        found = checks(relay, "--root", folder)
        expect(found, "origins", "ok", "show the widget: 1")
        expect(found, "page", "warn", "not loaded", side="browser",
               fix="policy")
        expect(found, "policy", "warn", "No browser policy", side="browser")
        managed = os.path.join(folder, "etc/chromium/policies/managed")
        os.makedirs(managed, exist_ok=True)
        policy = os.path.join(managed, "patchcord.json")
        for text, verdict, part in (
                ("{", "warn", "no JSON"),
                (json.dumps({"LoopbackNetworkAllowedForUrls":
                             ["https://other.example"]}), "warn", PAGE),
                (json.dumps({"LoopbackNetworkAllowedForUrls": [PAGE]}), "ok",
                 "patchcord.json")):
            with open(policy, "w", encoding="ascii") as f:
                f.write(text)
            expect(checks(relay, "--root", folder), "policy", verdict, part)
        frame(relay)
        stream = Stream(relay.port)
        found = checks(relay, "--root", folder)
        expect(found, "page", "ok", "A page has loaded the widget")
        stream.close()
    finally:
        client.ask("DELETE", "/api/v1/pairings?origin=" + PAGE)


# --- one call ---

def case(relay, *words):
    done = doctor(relay, *words)
    answer = json.loads(done.stdout)
    assert done.returncode == (0 if answer["ok"] else 1), done
    first = answer["checks"][0]
    assert first["name"] == "call", answer
    return answer, first


def play(relay, script="answer", **more):
    answer = relay.client().post("/api/v1/simulator/calls", {
        "from": CALLER, "to": "+49301000", "script": script, **more})
    assert answer.status == 201, answer
    return answer.json["id"]


def state(relay, id, *wanted):
    return until(f"it is {wanted}", lambda: relay.client().get(
        "/api/v1/calls/" + id)["state"] in wanted)


def posts(relay, id):
    events = relay.client().get("/api/v1/events?wait=0")["snapshot"]["due"]
    return [e for e in events if e["call"]["id"] == id]


def claim(relay, event, tab="tab-one", ack=True):
    client = relay.client()
    path = f"/api/v1/events/{event['id']}/"
    assert client.post(path + "claim", {"tab": tab}).status == 200
    if ack:
        assert client.post(path + "ack", {"tab": tab}).status == 204


def hang_up(relay, id):
    relay.client().ask("DELETE", "/api/v1/calls/" + id)
    state(relay, id, "ended")


def a_click_has_no_external_id_by_design(relay):
    call = relay.client().post("/api/v1/calls", {
        "PhoneNumber": "+49 30 7654321", "ActivityUUID": ACTIVITY}).json
    state(relay, call["id"], "active")
    for words in (("--call", call["id"]), ("--activity", ACTIVITY),
                  ("--activity", "00163ea7-18fc-1eea-bdd5-608c895bdc71"),
                  ("--number", "030 7654321")):
        answer, first = case(relay, *words)
        assert answer["case"] == "outbound" and answer["ok"], answer
        assert answer["call"]["id"] == call["id"], answer
        assert ACTIVITY in first["sentence"], first
        assert "3481409" in first["sentence"] and first["side"] == "sap"
    hang_up(relay, call["id"])


def a_refused_click_says_why(relay):
    other = "00163EA718FC1EEABDD5608C895BDC72"
    answer = relay.client().post("/api/v1/calls", {
        "PhoneNumber": "1-800-FLOWERS", "ActivityUUID": other})
    assert answer.status == 422, answer
    for words in (("--activity", other), ("--number", "1-800-FLOWERS")):
        # it is stored behind the answer
        answer, first = until("it is known", lambda words=words: (
            lambda found: found if found[0]["case"] == "refused" else
            None)(case(relay, *words)))
        assert not answer["call"], answer
        assert "refused" in first["sentence"] and first["fix"], first
    answer, first = case(relay, "--activity", other[:-1] + "9")
    assert answer["case"] == "unknown_activity", answer
    assert first["side"] == "browser", first


def what_nobody_knows_is_told(relay):
    answer, first = case(relay, "--call", "0" * 32)
    assert answer["case"] == "unknown_call" and first["side"] == "relay"
    answer, first = case(relay, "--number", "+49309999999")
    assert answer["case"] == "unknown_number" and first["side"] == "switch"


def an_inbound_call_walks_the_whole_path(relay):
    id = play(relay)
    opening = until("its ACCEPT is due", lambda: [
        e for e in posts(relay, id)
        if e["sap"]["payload"]["Action"] == "ACCEPT"])
    answer, first = case(relay, "--number", CALLER)
    assert answer["case"] in ("waiting", "no_page_ever", "no_page_now"), answer
    answer, first = until("it is late", lambda: (
        lambda found: found if found[0]["case"].startswith("no_page") else
        None)(case(relay, "--call", id)))
    assert first["verdict"] == "fail" and first["side"] == "browser", first
    assert id in first["sentence"], first
    stream = Stream(relay.port)
    answer, first = case(relay, "--call", id)
    assert answer["case"] == "not_claimed", answer
    for event in posts(relay, id):
        if event is not opening[0] and event["id"] < opening[0]["id"]:
            claim(relay, event)

    def claimed():
        """Within the lease: on a crowded machine it may be over already."""
        claim(relay, opening[0], ack=False)
        found = case(relay, "--call", id.lower())[0]
        return found if found["case"] == "posting" else None

    assert until("it is being posted", claimed)["ok"]
    answer, first = until("its lease is over", lambda: (
        lambda found: found if found[0]["case"] == "not_posted" else
        None)(case(relay, "--call", id)))
    assert "tab-one" in first["sentence"], first
    claim(relay, opening[0], tab="tab-two")
    answer, first = case(relay, "--call", id)
    assert answer["case"] == "taken" and first["side"] == "sap", answer
    assert "tab-two" in first["sentence"] and "CORD-1" in first["fix"], first
    stream.close()
    hang_up(relay, id)
    for event in until("its END is due", lambda: posts(relay, id)):
        claim(relay, event)
    answer, first = case(relay, "--call", id)
    told = [p for p in answer["payloads"] if p["posted_at"]]
    assert answer["case"] == "taken" and answer["ok"], answer
    assert [p["payload"].get("Action") for p in told][-2:] == \
        ["ACCEPT", "END"], answer["payloads"]


def the_begin_of_an_id_is_enough(relay):
    """Lists show no more of it."""
    id = relay.client().get("/api/v1/calls")["calls"][0]["id"]
    for text in (id, id[:8], id[:8].lower()):
        assert case(relay, "--call", text)[0]["call"]["id"] == id, text
    done = doctor(relay, "--call", "ZZZZ")
    assert done.returncode == 1 and "no call ZZZZ" in done.stdout, done


def the_story_of_a_call_is_readable(relay):
    done = doctor(relay, "--number", CALLER, json_out=False)
    assert done.returncode == 0, done
    for part in ("Call ", "INBOUND ACCEPT: published", "by tab tab-two",
                 "gap is in SAP's configuration", "Next (SAP's side)"):
        assert part in " ".join(done.stdout.split()), (part, done.stdout)


def a_missed_call_is_no_gap(relay):
    id = play(relay, script="ring")
    for event in posts(relay, id):
        claim(relay, event)
    hang_up(relay, id)
    answer, first = case(relay, "--call", id)
    assert answer["case"] == "missed", answer
    for event in posts(relay, id):
        claim(relay, event)


def a_caller_without_number_is_the_switchs(relay):
    answer = relay.client().post("/api/v1/simulator/calls",
                                 {"script": "answer"})
    id = answer.json["id"]
    state(relay, id, "active")
    for event in posts(relay, id):
        if event["sap"]["payload"].get("Action") == "ACCEPT" or \
                len(posts(relay, id)) == 1:
            claim(relay, event)
    answer, first = case(relay, "--call", id)
    caller = next(c for c in answer["checks"] if c["name"] == "caller")
    assert caller["verdict"] == "warn" and "3466950" in caller["fix"], caller
    assert not answer["ok"], answer
    hang_up(relay, id)


def what_waits_for_a_page_is_told(relay):
    """Nothing was claimed for a while: the general look says so."""
    with Waiting(relay) as waiting:
        found = until("it is late", lambda: (
            lambda f: f if f["due"]["verdict"] == "warn" else None)(
                checks(relay)), wait_s=40, pause_s=1)
        expect(found, "due", "warn", "wait for a widget", side="browser")
        assert waiting


class Waiting:
    """A call whose payloads nobody takes, until the end."""

    def __init__(self, relay):
        self.relay, self.id = relay, None

    def __enter__(self):
        self.id = play(self.relay)
        state(self.relay, self.id, "active")
        return self.id

    def __exit__(self, *what):
        hang_up(self.relay, self.id)
        for event in posts(self.relay, self.id):
            claim(self.relay, event)


# --- without a relay ---

def no_relay_is_a_finding(relay):
    found = checks(relay)
    expect(found, "relay", "warn", "No relay runs", fix="patchcord serve")
    expect(found, "port", "ok", "is free")
    expect(found, "store", "ok", "whole")
    expect(found, "switch", "ok", "simulator")
    expect(found, "page", "skipped")
    assert findings(found) == {"relay"}, found
    done = doctor(relay, "--call", "0" * 32)
    assert done.returncode == 1 and "patchcord serve" in done.stderr, done


def a_journal_is_only_looked_at(relay):
    before = hashlib.sha256(pathlib.Path(relay.store).read_bytes())
    names = sorted(os.listdir(os.path.dirname(relay.store)))
    checks(relay)
    after = hashlib.sha256(pathlib.Path(relay.store).read_bytes())
    assert before.digest() == after.digest(), "it was written"
    assert names == sorted(os.listdir(os.path.dirname(relay.store)))


def a_damaged_journal_is_told(relay):
    with open(relay.store, "r+b") as f:
        f.write(b"this is no database, and was one before")
    expect(checks(relay), "store", "fail", "damaged", fix="sets the file")
    relay.start()
    found = checks(relay)
    expect(found, "store", "warn", "set aside", ".corrupt-")
    relay.terminate()
    relay.wipe()


def a_journal_that_cannot_be_written_is_told(relay):
    folder = os.path.dirname(relay.store)
    os.makedirs(folder, exist_ok=True)
    user = 65534 if os.getuid() == 0 else None
    os.chmod(relay.folder, 0o755)
    os.chmod(folder, 0o555)
    try:
        found = checks(relay, user=user)
        expect(found, "store", "fail", "cannot be written", fix="store.path")
    finally:
        os.chmod(folder, 0o700)


def a_full_disk_is_told(relay):
    relay.file_size = 400 * 1024
    relay.start()
    client = relay.client()
    try:
        def full():
            answer = client.post("/api/v1/calls", {
                "PhoneNumber": "+49307654321", "Note": "x" * 7000})
            return answer.status == 503
        until("the disk is full", full)
        found = checks(relay)
        expect(found, "store", "fail", "cannot be written")
    finally:
        relay.file_size = None
        relay.kill()
        relay.wipe()


class Stranger:
    """A program that is no patchcord, on a port of this machine."""

    def __init__(self, port=0, answer=b"HTTP/1.1 200 OK\r\n\r\nhello"):
        self.answer, self.met = answer, 0
        self.listener = socket.create_server(("127.0.0.1", port))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.met += 1
            if self.answer:
                client.recv(4096)
                client.sendall(self.answer)
            client.close()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def a_foreign_program_on_the_port_is_named(relay):
    stranger = Stranger(relay.port)
    try:
        expect(checks(relay), "port", "fail", "Another program",
               f"process {os.getpid()}", fix="http.listen")
        stranger.answer = b""
        expect(checks(relay), "port", "fail", "closes without an answer")
    finally:
        stranger.close()


def both_families_are_looked_at(relay):
    port = relay.port
    with open(relay.conf, encoding="ascii") as f:
        text = f.read()
    with open(relay.conf, "a", encoding="ascii") as f:
        f.write('http { listen = {"127.0.0.1:%d", "[::1]:%d"} }\n'
                % (port, port))
    try:
        answer = json.loads(doctor(relay).stdout)
        seen = [c["sentence"] for c in answer["checks"]
                if c["name"] == "port"]
        assert len(seen) == 2 and "127.0.0.1" in seen[0], seen
        assert "[::1]" in seen[1], seen
    finally:
        with open(relay.conf, "w", encoding="ascii") as f:
            f.write(text)


def addresses_that_cannot_work_are_told(relay):
    """Of another machine; of this one, open to others without leave."""
    for address, exposure, part in (
            ("192.0.2.1", "network", "no address as in 192.0.2.1"),
            ("[2001:db8::1]", "network", "no address as in [2001:db8::1]"),
            ("0.0.0.0", "loopback", "reached from outside")):
        words = ("--set", f"http.listen={address}:{relay.port}",
                 "--set", f"http.exposure={exposure}")
        expect(checks(relay, *words), "port", "fail", part, side="relay",
               fix="http.listen")


def a_faulty_configuration_is_told_line_by_line(relay):
    with open(relay.conf, "a", encoding="ascii") as f:
        f.write("dial { merge_s = 99 }\nsimulator { rings = 3 }\n")
    try:
        done = doctor(relay)
        answer = json.loads(done.stdout)
        assert done.returncode == 1 and len(answer["checks"]) == 2, answer
        text = " ".join(c["sentence"] for c in answer["checks"])
        assert "dial.merge_s" in text and "simulator.rings" in text, answer
    finally:
        relay.configure(CONF)


def a_country_that_is_none_is_told(relay):
    """The file is in order, and the relay would not start."""
    found = checks(relay, "--set", "number.region=XX")
    expect(found, "numbers", "fail", "does not start", side="relay",
           fix="check-config")


def baresips_only_place_is_left_to_the_relay(relay):
    stranger = Stranger(answer=b"")
    relay.configure(CONF + 'telephony { driver = "baresip" }\n'
                    'baresip { control = "127.0.0.1:%d" }\n' % stranger.port)
    try:
        expect(checks(relay), "switch", "skipped", "one client")
        assert stranger.met == 0, "it connected"
    finally:
        stranger.close()
        relay.configure(CONF)


# --- Asterisk: a manager interface with rights to take away ---

class Manager:
    """As much of AMI as a login and a doctor need."""

    def __init__(self):
        self.password = self.may_originate = self.registered = True
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.away = "UNAVAILABLE"
        self.originated = 0
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,),
                             daemon=True).start()

    def serve(self, client):
        data = b""
        try:
            client.sendall(b"Asterisk Call Manager/11.0.0\r\n")
            while more := client.recv(65536):
                data += more
                while b"\r\n\r\n" in data:
                    text, data = data.split(b"\r\n\r\n", 1)
                    asked = dict(line.split(": ", 1) for line in
                                 text.decode().split("\r\n") if ": " in line)
                    client.sendall(self.answer(asked).encode())
        except OSError:
            pass  # the relay has enough

    def answer(self, asked):
        id = asked.get("ActionID", "")
        said = getattr(self, "on_" + asked["Action"].lower(),
                       self.on_any)(asked)
        return said.replace("\nID", "\nActionID: " + id).replace(
            "\n", "\r\n") + "\r\n\r\n"

    def on_any(self, asked):
        return "Response: Success\nID"

    def on_challenge(self, asked):
        return "Response: Success\nID\nChallenge: 123456"

    def on_login(self, asked):
        if self.password:
            return "Response: Success\nID\nMessage: Authentication accepted"
        return "Response: Error\nID\nMessage: Authentication failed"

    def on_coresettings(self, asked):
        return "Response: Success\nID\nAsteriskVersion: 22.0.0"

    def on_coreshowchannels(self, asked):
        return ("Response: Success\nID\nEventList: start\n\n"
                "Event: CoreShowChannelsComplete\nID\nEventList: Complete\n"
                "ListItems: 0")

    def on_originate(self, asked):
        self.originated += "Channel" in asked
        if self.may_originate:
            return "Response: Error\nID\nMessage: Channel not specified"
        return "Response: Error\nID\nMessage: Permission denied"

    def on_hangup(self, asked):
        return "Response: Error\nID\nMessage: No channel specified"

    def on_getvar(self, asked):
        state = "NOT_INUSE" if self.registered else self.away
        return ("Response: Success\nID\nVariable: %s\nValue: %s"
                % (asked["Variable"], state))


def asterisk_conf(relay, port):
    secret = os.path.join(relay.folder, "secret")
    with open(os.open(secret, os.O_CREAT | os.O_WRONLY, 0o600), "w",
              encoding="ascii") as f:
        f.write("not told\n")
    relay.configure(CONF + 'telephony { driver = "asterisk" '
                    'reconnect_min_ms = 10 reconnect_max_ms = 20 }\n'
                    'asterisk { port = %d username = "cord" '
                    'secret_file = "%s" }\n'
                    'agent "ANN" { device = "PJSIP/101" }\n' % (port, secret))


def seen_twice(relay, name, verdict, *parts, **more):
    """By the command alone, and by a relay that runs."""
    expect(checks(relay), name, verdict, *parts, **more)
    relay.spawn()
    try:
        found = until("the relay says so", lambda: (
            lambda f: f if f.get(name, {}).get("verdict") == verdict and
            f["relay"]["verdict"] == "ok" else None)(checks(relay)))
        expect(found, name, verdict, *parts, **more)
    finally:
        relay.terminate()


def what_asterisk_refuses_is_told(relay):
    manager = Manager()
    asterisk_conf(relay, manager.port)
    try:
        seen_twice(relay, "originate", "ok", "PJSIP/101", "22.0.0")
        manager.may_originate = False
        seen_twice(relay, "originate", "fail", "PJSIP/101", "originate",
                   side="switch", fix="write = call,originate,reporting")
        manager.may_originate = True
        manager.registered = False
        seen_twice(relay, "originate", "fail", "PJSIP/101", "UNAVAILABLE",
                   side="switch", fix="registered")
        manager.away = "INVALID"
        expect(checks(relay), "originate", "fail", "no such phone",
               fix="device is named")
        manager.password = False
        seen_twice(relay, "switch", "fail", "Authentication failed",
                   side="switch", fix="asterisk.secret_file")
        expect(checks(relay), "originate", "skipped")
        assert not manager.originated, "it dialed"
    finally:
        manager.close()
        relay.configure(CONF)


class Slow(Manager):
    """It says of the first phone after nobody waits any more."""

    def on_getvar(self, asked):
        first = "101" in asked["Variable"]
        if first:
            time.sleep(5.4)
        self.registered = first
        return super().on_getvar(asked)


def a_late_answer_is_not_the_next_phones(relay):
    manager = Slow()
    asterisk_conf(relay, manager.port)
    with open(relay.conf, "a", encoding="ascii") as f:
        f.write('agent "BOB" { device = "PJSIP/102" }\n')
    try:
        said = [c for c in json.loads(doctor(relay).stdout)["checks"]
                if c["name"] == "originate"]
        assert [c["verdict"] for c in said] == ["fail", "fail"], said
        assert "did not answer" in said[0]["sentence"], said
        assert "PJSIP/102" in said[1]["sentence"], said
    finally:
        manager.close()
        relay.configure(CONF)


def settings_a_driver_does_not_take_are_the_relays(relay):
    """The switch was never asked, so nothing is wrong with it."""
    secret = os.path.join(relay.folder, "secret")
    asterisk_conf(relay, free_port())
    try:
        os.truncate(secret, 0)
        found = checks(relay)
        expect(found, "switch", "fail", secret, "no secret is in it",
               side="relay", fix="chmod 600")
        os.remove(secret)
        found = checks(relay)
        expect(found, "switch", "fail", secret, "No such file", side="relay")
        asterisk_conf(relay, free_port())
        found = checks(relay, "--set", "asterisk.host=pbx.invalid")
        expect(found, "switch", "fail", "there is no such host",
               side="network")
    finally:
        relay.configure(CONF)


def a_switch_that_is_away_is_the_networks(relay):
    asterisk_conf(relay, free_port())
    seen_twice(relay, "switch", "fail", "no link to the switch",
               side="network", fix="manager.conf")
    relay.configure(CONF)


# --- https and keys ---

CA = """[ca]
default_ca = mine
[mine]
new_certs_dir = {0}
database = {0}/index
serial = {0}/serial
default_md = sha256
policy = any
[any]
commonName = supplied
"""


def certificate(folder, begin, end):
    """A self-signed one for localhost, good between those times."""
    for name, text in (("ca.conf", CA.format(folder)), ("index", ""),
                       ("serial", "%02x" % (time.time_ns() % 255 + 1)),
                       ("index.attr", "unique_subject = no\n"),
                       ("san", "subjectAltName=DNS:localhost,IP:127.0.0.1\n")):
        with open(os.path.join(folder, name), "w", encoding="ascii") as f:
            f.write(text)
    key, request, cert = (os.path.join(folder, name)
                          for name in ("key.pem", "request.pem", "cert.pem"))
    for command in (
            ["openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes",
             "-keyout", key, "-out", request, "-subj", "/CN=localhost"],
            ["openssl", "ca", "-batch", "-selfsign", "-config",
             os.path.join(folder, "ca.conf"), "-extfile",
             os.path.join(folder, "san"), "-keyfile", key, "-in", request,
             "-out", cert, "-startdate", begin, "-enddate", end, "-notext"]):
        subprocess.run(command, check=True, capture_output=True)
    return cert, key


def utc(days):
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() +
                                                      days * 86400))


def a_certificate_that_ends_is_told(relay):
    folder = os.path.join(relay.folder, "ca")
    os.makedirs(folder, exist_ok=True)
    for days, verdict, part in ((400, "ok", "399 more days"),
                                (10, "warn", "9 more days"),
                                (-1, "fail", "expired")):
        cert, key = certificate(folder, utc(-30), utc(days))
        relay.configure(CONF + 'http { tls_cert_file = "%s" '
                        'tls_key_file = "%s" }\n' % (cert, key))
        expect(checks(relay), "https", verdict, part)
        if os.path.exists(relay.log):
            os.unlink(relay.log)
        relay.spawn()
        try:
            until("it listens", lambda: "is ready" in relay.said())
            found = checks(relay)
            expect(found, "https", verdict, part)
            assert days < 0 or found["relay"]["verdict"] == "ok", found
            # the look at the port was no stranger's
            assert days < 0 or found["refused"]["verdict"] == "ok", found
        finally:
            relay.terminate()
    relay.configure(CONF)


def a_key_that_is_missing_is_told(relay):
    relay.configure(CONF + 'http { exposure = "container" }\n')
    relay.spawn()
    wrong = os.path.join(relay.folder, "wrong")
    with open(os.open(wrong, os.O_CREAT | os.O_WRONLY, 0o600), "w",
              encoding="ascii") as f:
        f.write("0" * 64 + "\n")
    try:
        until("it listens", relay.ready)
        expect(checks(relay), "relay", "ok")
        found = checks(relay, "--key-file", wrong)
        expect(found, "relay", "fail", "does not tell", side="relay")
        found = checks(relay)
        expect(found, "refused", "warn", '"key"', fix="api_key_file")
    finally:
        relay.terminate()
        relay.configure(CONF)


RUNNING = (
    a_relay_that_is_well_has_nothing_to_mend, people_read_that_all_is_well,
    a_terminal_gets_colours, the_relay_answers_the_same_by_itself,
    many_may_ask_at_once, wrong_use_is_told,
    a_click_has_no_external_id_by_design, a_refused_click_says_why,
    what_nobody_knows_is_told, an_inbound_call_walks_the_whole_path,
    the_story_of_a_call_is_readable, the_begin_of_an_id_is_enough,
    a_missed_call_is_no_gap,
    a_caller_without_number_is_the_switchs, what_waits_for_a_page_is_told,
)
ALONE = (
    no_relay_is_a_finding, a_journal_is_only_looked_at,
    a_foreign_program_on_the_port_is_named, both_families_are_looked_at,
    addresses_that_cannot_work_are_told,
    a_faulty_configuration_is_told_line_by_line,
    a_country_that_is_none_is_told,
    baresips_only_place_is_left_to_the_relay, what_asterisk_refuses_is_told,
    a_late_answer_is_not_the_next_phones,
    settings_a_driver_does_not_take_are_the_relays,
    a_switch_that_is_away_is_the_networks, a_certificate_that_ends_is_told,
    a_key_that_is_missing_is_told, a_damaged_journal_is_told,
    a_journal_that_cannot_be_written_is_told, a_full_disk_is_told,
)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = tempfile.mkdtemp(prefix="cti-doctor-")
    relay = Relay(os.path.abspath(sys.argv[1]), folder, CONF)
    cases = Cases()
    try:
        relay.start()
        for function in RUNNING:
            cases.run(function.__name__.replace("_", " "), function, relay)
        cases.run("pages and policies", pages_and_policies, relay,
                  os.path.join(folder, "root"))
        relay.terminate()
        for function in ALONE:
            cases.run(function.__name__.replace("_", " "), function, relay)
            relay.kill()
            relay.configure(CONF)
    finally:
        relay.kill()
        if cases.failed and os.path.exists(relay.log):
            print(relay.said()[-4000:])
        shutil.rmtree(folder, ignore_errors=True)
    cases.end()


if __name__ == "__main__":
    main()
