#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# fault/run_promises.py - what answers promise, asked of the real relay
"""Usage: run_promises.py RELAY

One click is one call, counted at a softphone; one tab posts; a relay that is
told to stop says good-bye; and its service manager hears how it is.
"""
import os
import resource
import shutil
import socket
import sqlite3
import sys
import tempfile
import threading
import time

from real import Cases, Relay, Stream, together, until
from softphone import Softphone

CROWD = 100
TABS = 20
LEASE_S = 5
CONF = """dial { per_minute = 0 per_hour = 0 refusals = 0 concurrent = 0 merge_s = %d }
telephony { driver = "%s" reconnect_min_ms = 10 reconnect_max_ms = 20 }
baresip { control = "127.0.0.1:%d" }
log { level = "warn" }
"""


def uuid(n):
    return "%032X" % (0x00163EA718FC1EEABDD5608C00000000 + n)


class Lock:
    """Another process's write lock: every commit waits behind it."""

    def __init__(self, relay):
        self.db = sqlite3.connect(relay.store, isolation_level=None)

    def __enter__(self):
        self.db.execute("BEGIN IMMEDIATE")
        return self

    def __exit__(self, *what):
        if self.db.in_transaction:
            self.db.execute("ROLLBACK")
        self.db.close()


# --- one click, one call ---

class Clicks:
    def __init__(self, binary, folder, merge_s):
        self.softphone = Softphone(talk_s=3600)
        self.relay = Relay(binary, folder, CONF % (merge_s, "baresip",
                                                   self.softphone.port))
        self.relay.start()
        self.serial = 0

    def close(self):
        self.relay.kill()
        self.softphone.close()

    def number(self):
        self.serial += 1
        return "+4930%08d" % (20000000 + self.serial)

    def dialed(self, number):
        return self.softphone.dialed["00" + number[1:]]

    def crowd(self, count, body, headers=None):
        """The same click from many connections at one instant; body and
        headers may depend on which one."""
        clients = [self.relay.client() for _ in range(count)]
        for client in clients:
            client.get("/version")

        def click(i):
            return clients[i].post("/api/v1/calls", body(i),
                                   headers(i) if headers else None)
        answers = together(count, click)
        for client in clients:
            client.close()
        return answers

    def one_call(self, answers, number):
        until("it is dialed", lambda: self.dialed(number))
        statuses = [a.status for a in answers]
        assert set(statuses) <= {200, 201}, statuses
        assert statuses.count(201) == 1, statuses
        assert len({a.json["id"] for a in answers}) == 1
        time.sleep(0.2)  # a second one would come now
        assert self.dialed(number) == 1, self.dialed(number)
        return answers[0].json["id"]

    def by_activity(self):
        number = self.number()
        body = {"PhoneNumber": number, "ActivityUUID": uuid(self.serial)}
        self.one_call(self.crowd(CROWD, lambda i: body), number)

    def by_header(self):
        number = self.number()
        self.one_call(self.crowd(CROWD, lambda i: {"PhoneNumber": number},
                                 lambda i: {"Idempotency-Key": "crowd"}),
                      number)

    def other_body(self):
        number, other = self.number(), self.number()
        answers = self.crowd(
            CROWD, lambda i: {"PhoneNumber": other if i % 2 else number},
            lambda i: {"Idempotency-Key": "two bodies"})
        good = [a for a in answers if a.status < 300]
        bad = [a for a in answers if a.status >= 300]
        assert {a.json["code"] for a in bad} == {"key_reused"}, bad[0]
        until("it is dialed",
              lambda: self.dialed(number) + self.dialed(other))
        time.sleep(0.2)
        assert self.dialed(number) + self.dialed(other) == 1
        assert len({a.json["id"] for a in good}) == 1

    def by_merging(self):
        number = self.number()
        first = 1000 * self.serial
        id = self.one_call(self.crowd(CROWD, lambda i: {
            "PhoneNumber": number, "ActivityUUID": uuid(first + i)}), number)
        client = self.relay.client()
        self.hang_up(client, id)
        for i in (0, CROWD // 2, CROWD - 1):  # all of them find it later
            answer = client.post("/api/v1/calls", {
                "PhoneNumber": number, "ActivityUUID": uuid(first + i)})
            assert answer.status == 200 and answer.json["id"] == id, answer
        assert self.dialed(number) == 1

    def hang_up(self, client, id):
        assert client.post(f"/api/v1/calls/{id}/hangup", None).status == 202
        until("it has ended", lambda: client.get(
            "/api/v1/calls/" + id)["state"] == "ended")

    def redialed(self):
        number = self.number()
        client = self.relay.client()
        id = client.post("/api/v1/calls", {"PhoneNumber": number}).json["id"]
        until("it is dialed", lambda: self.dialed(number))
        self.hang_up(client, id)
        clients = [self.relay.client() for _ in range(CROWD)]
        answers = together(CROWD, lambda i: clients[i].post(
            f"/api/v1/calls/{id}/redial", None))
        until("it is dialed again", lambda: self.dialed(number) == 2)
        time.sleep(0.2)
        assert self.dialed(number) == 2, self.dialed(number)
        good = {a.json["id"] for a in answers if a.status < 300}
        assert len(good) == 1 and id not in good, good
        statuses = sorted({a.status for a in answers})
        assert [a.status for a in answers].count(201) == 1, statuses

    def hung_up_on(self):
        """The client gives up before the answer, again and again."""
        number = self.number()
        body = {"PhoneNumber": number, "ActivityUUID": uuid(self.serial)}
        for i in range(30):
            client = self.relay.client()
            client.send("POST", "/api/v1/calls", body)
            time.sleep(0.0005 * (i % 4))
            client.close()
        answer = self.relay.client().post("/api/v1/calls", body)
        assert answer.status in (200, 201), answer
        until("it is dialed", lambda: self.dialed(number))
        time.sleep(0.2)
        assert self.dialed(number) == 1, self.dialed(number)

    def slow_commit(self):
        """A disk that is slow: clients time out and try again. Nothing is
        dialed before its intent is stored."""
        number = self.number()
        body = {"PhoneNumber": number, "ActivityUUID": uuid(self.serial)}
        with Lock(self.relay):
            for _ in range(3):
                try:
                    self.relay.client(0.3).post("/api/v1/calls", body)
                    raise AssertionError("answered before it was stored")
                except OSError:
                    pass
            assert self.dialed(number) == 0, "dialed before it was stored"
        answer = self.relay.client().post("/api/v1/calls", body)
        assert answer.status == 200, answer
        until("it is dialed", lambda: self.dialed(number))
        time.sleep(0.2)
        assert self.dialed(number) == 1, self.dialed(number)


def run_clicks(cases, binary, folder):
    keyed = Clicks(binary, os.path.join(folder, "keyed"), 0)
    cases.run("a hundred clicks with one ActivityUUID at once are one dial",
              keyed.by_activity)
    cases.run("a hundred clicks with one Idempotency-Key at once are one dial",
              keyed.by_header)
    cases.run("one Idempotency-Key with two bodies at once is one dial",
              keyed.other_body)
    cases.run("clients that hang up and try again make one dial",
              keyed.hung_up_on)
    cases.run("nothing is dialed before its intent is stored, and then once",
              keyed.slow_commit)
    keyed.close()
    merged = Clicks(binary, os.path.join(folder, "merged"), 3)
    cases.run("a hundred clicks on one number at once are one dial",
              merged.by_merging)
    cases.run("a hundred redials at once are one dial", merged.redialed)
    merged.close()


# --- one tab posts ---

class Tabs:
    def __init__(self, binary, folder):
        self.relay = Relay(binary, folder, CONF % (3, "simulator", 1))
        self.relay.start()
        self.serial = 0

    def report(self, *stages):
        """A reported call; the events of its payloads."""
        self.serial += 1
        client = self.relay.client()
        for stage in stages:
            answer = client.post("/api/v1/inbound", {
                "event": stage, "ref": "pbx-%d" % self.serial,
                "from": "+493069123456"})
            assert answer.status == 202, answer
        return answer.json["id"]

    def due(self):
        return self.relay.client().get("/api/v1/events?wait=0")[
            "snapshot"]["due"]

    def due_of(self, id):
        return {e["sap"]["payload"]["Action"]: e["id"] for e in self.due()
                if e["call"]["id"] == id}

    def ask(self, event, what, tab):
        return self.relay.client().post(f"/api/v1/events/{event}/{what}",
                                        {"tab": tab})

    def race(self, event):
        """The number of the tab that may post, and the others' answers."""
        answers = together(TABS, lambda i: self.ask(event, "claim", f"tab{i}"))
        winners = [i for i in range(TABS) if answers[i].status == 200]
        assert len(winners) == 1, [a.status for a in answers]
        return winners[0], [a for a in answers if a.status != 200]

    def one_of_twenty(self):
        event = self.due_of(self.report("ringing"))["NOTIFY"]
        winner, others = self.race(event)
        assert {a.json["code"] for a in others} == {"claim_held"}, others[0]
        assert all(1 <= int(a.headers["retry-after"]) <= LEASE_S
                   for a in others)
        assert self.ask(event, "ack", f"tab{winner}").status == 204
        answers = together(TABS, lambda i: self.ask(event, "claim", f"tab{i}"))
        assert {a.json["code"] for a in answers} == {"claim_done"}

    def winner_dies(self):
        id = self.report("ringing", "answered")
        event = self.due_of(id)["ACCEPT"]
        streams = [Stream(self.relay.port) for _ in range(TABS)]
        for stream in streams:
            stream.until("snapshot", lambda f: f.event == "snapshot")
        self.race(event)
        begin = time.monotonic()
        posted = []

        def tab(i):
            streams[i].until("due", lambda f: f.event == "due" and
                             b'"id":%d,' % event in f.data, 10)
            waited = time.monotonic() - begin
            assert LEASE_S - 0.5 < waited < LEASE_S + 4, waited
            if self.ask(event, "claim", f"new{i}").status == 200:
                posted.append(i)
                assert self.ask(event, "ack", f"new{i}").status == 204
            return True
        told = together(TABS, tab)
        for stream in streams:
            stream.close()
        assert told == [True] * TABS, told
        assert len(posted) == 1, posted
        assert id not in [e["call"]["id"] for e in self.due()]

    def survive(self):
        """An ack and a claim, each answered, then kill -9."""
        acked = self.due_of(self.report("ringing"))["NOTIFY"]
        held = self.due_of(self.report("ringing"))["NOTIFY"]
        assert self.ask(acked, "claim", "t").status == 200
        assert self.ask(acked, "ack", "t").status == 204
        assert self.ask(held, "claim", "t").status == 200
        self.relay.kill()
        self.relay.start()
        due = [e["id"] for e in self.due()]
        assert acked not in due and held in due, due
        assert self.ask(acked, "claim", "u").json["code"] == "claim_done"
        assert self.ask(held, "claim", "u").json["code"] == "claim_held"
        assert self.ask(held, "claim", "t").status == 200
        assert self.ask(held, "ack", "t").status == 204

    def in_order(self):
        id = self.report("ringing", "answered", "ended")
        due = self.due_of(id)
        assert set(due) == {"ACCEPT", "END"}, due  # NOTIFY is stale
        answer = self.ask(due["END"], "claim", "t")
        assert answer.json["code"] == "claim_order", answer
        for action in ("ACCEPT", "END"):
            assert self.ask(due[action], "claim", "t").status == 200
            assert self.ask(due[action], "ack", "t").status == 204

    def nobody_listens(self):
        """Also over a crash: the next page finds it."""
        talks = self.report("ringing", "answered")
        over = self.report("ringing", "answered", "ended")
        missed = self.report("ringing", "ended")
        self.relay.kill()
        self.relay.start()
        stream = Stream(self.relay.port)
        frame = stream.until("snapshot", lambda f: f.event == "snapshot")
        stream.close()
        assert set(self.due_of(talks)) == {"ACCEPT"}
        assert set(self.due_of(over)) == {"ACCEPT", "END"}
        assert not self.due_of(missed)
        for id in (talks, over):
            assert frame.data.count(id.encode()) > 0


def run_tabs(cases, binary, folder):
    tabs = Tabs(binary, os.path.join(folder, "tabs"))
    cases.run("one of twenty tabs may post", tabs.one_of_twenty)
    cases.run("a tab that dies loses its lease, and one of the others posts",
              tabs.winner_dies)
    cases.run("claims and acks survive kill -9", tabs.survive)
    cases.run("payloads of a call are posted in order", tabs.in_order)
    cases.run("what no page saw is due in the next snapshot, after kill -9 too",
              tabs.nobody_listens)
    tabs.relay.kill()


# --- a disk that is full ---

class Full:
    """No file of the relay may grow: as good as a full disk, and it can be
    taken back."""

    def __init__(self, relay):
        self.relay = relay
        self.hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]

    def limit(self, size):
        resource.prlimit(self.relay.process.pid, resource.RLIMIT_FSIZE,
                         (size, self.hard))

    def __enter__(self):
        self.limit(os.path.getsize(self.relay.store + "-wal"))

    def __exit__(self, *what):
        if self.relay.process:
            self.limit(self.hard)


SHM_BYTES = 32768  # of SQLite, made anew even where nothing else fits


class Disk:
    def __init__(self, binary, folder):
        self.relay = Relay(binary, folder, CONF % (0, "simulator", 1))
        self.serial = 0

    def report(self, ref, stage):
        answer = self.relay.client().post("/api/v1/inbound", {
            "event": stage, "ref": ref, "from": "+493069123456"})
        assert answer.status == 202, answer

    def dial(self):
        self.serial += 1
        return self.relay.client().post("/api/v1/calls", {
            "PhoneNumber": "+4930%08d" % (30000000 + self.serial)})

    def heals(self):
        until("dials are taken again",
              lambda: self.dial().status == 201, 5, 0.1)
        assert self.relay.client().get("/api/v1/status")["store"]["ok"]

    def stored(self):
        db = self.relay.journal()
        ids = {row[0] for row in db.execute("SELECT id FROM event")}
        db.close()
        return ids

    def fills(self):
        """Dials are refused, running calls go on, and it heals."""
        self.relay.start()
        assert self.dial().status == 201
        self.report("full", "ringing")
        stream = Stream(self.relay.port)
        cursor = stream.until("snapshot", lambda f: f.event == "snapshot").id
        with Full(self.relay):
            until("it is noticed",
                  lambda: self.dial().json.get("code") == "store_full")
            answer = self.dial()
            assert answer.status == 503 and answer.json["fix"], answer
            self.report("full", "answered")
            frame = stream.until("the answer, from memory", lambda f:
                                 b'"type":"call.active"' in f.data and
                                 b'"durable":false' in f.data)
            store = self.relay.client().get("/api/v1/status")["store"]
            assert not store["ok"] and store["error"], store
        self.heals()
        assert frame.id in self.stored(), "never stored"
        again = Stream(self.relay.port, cursor)
        again.until("reset", lambda f: f.event == "reset")
        for s in (stream, again):
            s.close()
        self.relay.kill()

    def dies_full(self):
        """What was stored before is there after kill -9; what was not is
        not, and its ids do not come back."""
        self.relay.start()
        self.report("kept", "ringing")
        before = self.stored()
        stream = Stream(self.relay.port)
        stream.until("snapshot", lambda f: f.event == "snapshot")
        with Full(self.relay):
            until("it is noticed",
                  lambda: self.dial().json.get("code") == "store_full")
            self.report("kept", "answered")
            lost = stream.until("the answer", lambda f:
                                b'"type":"call.active"' in f.data).id
            self.relay.kill()
        stream.close()
        self.relay.start()
        self.report("kept", "answered")
        after = self.stored()
        self.relay.kill()
        assert before <= after and lost not in after
        assert min(after - before) > lost

    def starts_full(self):
        """It serves what it can read, and heals."""
        self.relay.start()
        self.report("old", "ringing")
        self.relay.kill()
        self.relay.file_size = SHM_BYTES
        self.relay.spawn()
        self.relay.file_size = None
        until("it serves", lambda: self.relay.ready("/healthz"))
        client = self.relay.client()
        assert client.ask("GET", "/readyz").status == 503
        assert client.get("/api/v1/calls?ref=old")["calls"], "not served"
        assert self.dial().json["code"] == "store_full"
        Full(self.relay).__exit__()
        self.heals()
        self.relay.kill()


def run_disk(cases, binary, folder):
    disk = Disk(binary, os.path.join(folder, "disk"))
    cases.run("a disk that fills refuses dials, not calls, and heals",
              disk.fills)
    disk.relay.kill()
    cases.run("killed while the disk is full: what was stored is there",
              disk.dies_full)
    disk.relay.kill()
    cases.run("a start on a full disk serves, and heals", disk.starts_full)
    disk.relay.kill()


# --- the end ---

class Ends:
    def __init__(self, binary, folder):
        self.relay = Relay(binary, folder, CONF % (3, "simulator", 1))

    def polls(self, count):
        clients = [self.relay.client() for _ in range(count)]
        cursor = clients[0].get("/api/v1/events?wait=0")["cursor"]
        for client in clients:
            client.send("GET", f"/api/v1/events?wait=25&since={cursor}",
                        headers={"Accept": "application/json"})
        return clients

    def says_bye(self):
        self.relay.start()
        self.relay.client().post("/api/v1/inbound", {
            "event": "ringing", "ref": "bye", "from": "+493069123456"})
        streams = [Stream(self.relay.port) for _ in range(30)]
        for stream in streams:
            stream.until("snapshot", lambda f: f.event == "snapshot")
        polls = self.polls(10)
        seconds, status = self.relay.terminate()
        for stream in streams:
            stream.until("bye", lambda f: f.event == "bye")
            assert stream.frame() is None
        for client in polls:
            assert client.receive().status == 200
        assert status == 0 and seconds < 2.5, (status, seconds)
        print(f"# stopped with 30 streams and 10 polls in {seconds:.2f} s")

    def commits(self):
        """What is under way is stored and answered first."""
        self.relay.start()
        client = self.relay.client()
        with Lock(self.relay):
            client.send("POST", "/api/v1/inbound", {
                "event": "ringing", "ref": "late", "from": "+493069123456"})
            time.sleep(0.2)
            self.relay.process.terminate()
            time.sleep(0.3)
            assert self.relay.process.poll() is None
        answer = client.receive()
        assert answer.status == 202, answer
        assert self.relay.process.wait(5) == 0
        self.relay.process = None
        db = self.relay.journal()
        row = db.execute("SELECT count(*) FROM call WHERE ref = 'late'")
        assert row.fetchone()[0] == 1
        db.close()

    def loses_nothing(self):
        """Stopped under load: whatever was acknowledged is there."""
        self.relay.start()
        acked, over = [], threading.Event()

        def work(i):
            client = self.relay.client()
            while not over.is_set():
                ref = "load-%d-%d" % (i, len(acked))
                answer = client.post("/api/v1/inbound", {
                    "event": "ringing", "ref": ref, "from": "+493069123456"})
                if answer.status == 202:
                    acked.append(ref)
                else:
                    assert answer.json["code"] == "stopping", answer
        threading.Timer(0.5, self.relay.process.terminate).start()
        threading.Timer(1.5, over.set).start()
        together(10, work)
        assert self.relay.process.wait(5) == 0
        self.relay.process = None
        db = self.relay.journal()
        stored = {row[0] for row in db.execute("SELECT ref FROM call")}
        db.close()
        assert acked and set(acked) <= stored, len(set(acked) - stored)

    def who_does_not_read(self):
        self.relay.start()
        lazy = [self.relay.client() for _ in range(20)]
        for client in lazy:
            client.send("GET", "/api/v1/events")
        half = [socket.create_connection(("127.0.0.1", self.relay.port))
                for _ in range(20)]
        for s in half:
            s.sendall(b"POST /api/v1/calls HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                      b"Content-Length: 100\r\n\r\n{")
        until("streams", lambda: self.relay.client().get(
            "/api/v1/status")["streams"] == 20)
        seconds, status = self.relay.terminate()
        assert status == 0 and seconds < 3.5, (status, seconds)
        print(f"# stopped with 40 clients that do nothing in {seconds:.2f} s")


def run_ends(cases, binary, folder):
    ends = Ends(binary, os.path.join(folder, "ends"))
    cases.run("SIGTERM: streams hear bye, polls are answered, it ends at once",
              ends.says_bye)
    cases.run("SIGTERM: a commit under way is finished and answered",
              ends.commits)
    cases.run("SIGTERM under load: all that was acknowledged is stored",
              ends.loses_nothing)
    cases.run("SIGTERM: clients that do nothing do not keep it",
              ends.who_does_not_read)
    ends.relay.kill()


# --- the service manager ---

class Manager:
    """The other end of NOTIFY_SOCKET."""

    def __init__(self, binary, folder, name, watchdog_s):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(name.replace("@", "\0"))
        self.socket.settimeout(10)
        self.relay = Relay(binary, folder, CONF % (3, "simulator", 1), {
            "NOTIFY_SOCKET": name,
            "WATCHDOG_USEC": str(int(watchdog_s * 1000000))})

    def next(self):
        return self.socket.recv(1024).decode()

    def silent_for(self, seconds):
        self.socket.settimeout(seconds)
        try:
            raise AssertionError("said " + self.next())
        except TimeoutError:
            self.socket.settimeout(10)

    def drain(self):
        self.socket.settimeout(0.05)
        try:
            while True:
                self.next()
        except TimeoutError:
            self.socket.settimeout(10)

    def close(self):
        self.relay.kill()
        self.socket.close()


def told(binary, folder, name):
    m = Manager(binary, folder, name, 1)
    try:
        m.relay.spawn()
        assert m.next() == "READY=1"
        assert m.relay.ready()
        times = []
        for _ in range(4):
            assert m.next() == "WATCHDOG=1"
            times.append(time.monotonic())
        gaps = [b - a for a, b in zip(times, times[1:])]
        assert all(0.2 < gap < 1 for gap in gaps), gaps
        m.relay.process.terminate()
        said = m.next()
        assert said in ("STOPPING=1", "WATCHDOG=1"), said
        assert said == "STOPPING=1" or m.next() == "STOPPING=1"
        assert m.relay.process.wait(5) == 0
    finally:
        m.close()


def starved(binary, folder):
    m = Manager(binary, folder, os.path.join(folder, "n2"), 0.6)
    try:
        m.relay.start()
        assert m.next() == "READY=1"
        with Lock(m.relay):
            time.sleep(0.1)
            m.drain()
            m.silent_for(2)
        assert m.next() == "WATCHDOG=1"
        m.relay.process.send_signal(19)  # SIGSTOP: the loop hangs
        m.drain()
        m.silent_for(1.5)
        m.relay.process.send_signal(18)
        assert m.next() == "WATCHDOG=1"
    finally:
        m.close()


def run_manager(cases, binary, folder):
    cases.run("systemd is told READY, WATCHDOG and STOPPING",
              told, binary, folder, os.path.join(folder, "n1"))
    cases.run("the same at a socket with an abstract name",
              told, binary, folder, "@patchcord-%d" % os.getpid())
    cases.run("the watchdog starves when the store hangs, or the loop",
              starved, binary, folder)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = tempfile.mkdtemp(prefix="patchcord-promises-")
    cases = Cases()
    for run in (run_clicks, run_tabs, run_disk, run_ends, run_manager):
        run(cases, sys.argv[1], folder)
    if cases.failed:
        print(f"# logs are in {folder}")
    else:
        shutil.rmtree(folder)
    cases.end()


if __name__ == "__main__":
    main()
