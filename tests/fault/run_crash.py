#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# fault/run_crash.py - kill -9 at random instants under load, again and again
"""Usage: run_crash.py RELAY [ROUNDS] [SEED]

Each round the relay is started on the journal the round before left, what was
acknowledged is looked for, many connections work on it, and it is killed. The
switch is the simulator for some rounds, which dies along, and for others a
softphone or a manager interface, which lives on and counts what it is told to
dial.
"""
import collections
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import threading
import time

from manager import DEVICE, Manager
from readers import Polled, Streamed
from real import Cases, Relay, quantile, until
from softphone import Softphone

ERA = 16  # rounds on one switch; then another one
SWITCHES = ("simulator", "baresip", "asterisk")
PURGE_AT = 14  # of an era: what is older than keep_days goes
LOAD_S = (0.02, 0.45)  # how long it lives under load
SAMPLE = 12
STAGES = ("ringing", "answered", "ended")
STATE_OF = {"ringing": 0, "active": 1, "ended": 2}
CONF = """dial { per_minute = 0 per_hour = 0 refusals = 0 concurrent = 0 }
sap { outbound = "%s" }
log { level = "error" }
telephony { driver = "%s" reconnect_min_ms = 10 reconnect_max_ms = 20 }
"""
CONF_OF = {
    "simulator": "simulator { ring_ms = 30 talk_ms = 120 }\n",
    "baresip": 'baresip { control = "127.0.0.1:%(port)d" }\n',
    "asterisk": 'agent "AGENT" { device = "%(device)s" }\n'
                'asterisk { port = %(port)d username = "patchcord"'
                ' secret_file = "%(secret)s" }\n',
}
NO_ANSWER = (OSError, ValueError)


class Click:
    """One click of an agent, however often it is sent."""

    def __init__(self, serial, rng):
        self.number = "+4930%08d" % (10000000 + serial)
        self.dialed = "00" + self.number[1:]
        self.body = {"PhoneNumber": self.number, "LoggedInUserID": "AGENT"}
        self.headers = {}
        self.keyed = rng.random() < 0.9
        kind = rng.choice(("activity", "header", "both"))
        if self.keyed and kind != "header":
            self.body["ActivityUUID"] = "%032X" % rng.getrandbits(128)
        if self.keyed and kind != "activity":
            self.headers["Idempotency-Key"] = "k%d" % serial
        self.ids = set()
        self.tries = self.redials = 0

    def most(self):
        """Calls there may be; without a key each try may make one."""
        return (1 if self.keyed else self.tries) + self.redials


class Push:
    """A call that a switch without driver reports."""

    def __init__(self, serial):
        self.ref = "pbx-%d" % serial
        self.tried = self.acked = -1  # index of STAGES


class Book:
    """What was acknowledged, and what must therefore hold."""

    def __init__(self):
        self.lock = threading.Lock()
        self.faults = []
        self.serial = 0
        self.totals = collections.Counter()
        self.readers = []
        self.contents = {}
        self.newest = 0
        self.forget()

    def forget(self):
        """What was older than a day, or in a journal that is gone."""
        self.clicks, self.pushes = [], []
        self.acked, self.claimed = {}, {}
        self.offers = collections.deque(maxlen=500)

    def wrong(self, what):
        with self.lock:
            self.faults.append(what)

    def next(self):
        with self.lock:
            self.serial += 1
            return self.serial

    def same(self, event, digest):
        """An id stands for one event for ever, told byte for byte alike."""
        if self.contents.setdefault(event, digest) != digest:
            self.wrong(f"event {event} is told in two ways")

    def published(self, event):
        self.newest = max(self.newest, event["id"])
        if event["sap"]:
            self.offer(event)

    def offer(self, event):
        self.offers.append(event["id"])


class Load:
    """Many connections, each doing one thing after the other."""

    def __init__(self, relay, book, played, seed):
        self.relay, self.book, self.played = relay, book, played
        self.over = False
        threads = 20 if played else 10
        self.threads = [threading.Thread(target=self.work, daemon=True,
                                         args=(random.Random(seed + i),))
                        for i in range(threads)]
        for thread in self.threads:
            thread.start()

    def join(self):
        for thread in self.threads:
            thread.join(20)
            assert not thread.is_alive(), "a client hangs"

    def work(self, rng):
        client = self.relay.client()
        todo = [(self.new_click, 30), (self.old_click, 15), (self.redial, 3),
                (self.push, 15), (self.claim, 25), (self.hang_up, 3),
                (self.look, 4), (self.cut, 0.3), (self.play, 8 if self.played else 0)]
        functions, weights = zip(*todo)
        while not self.over:
            try:
                rng.choices(functions, weights)[0](client, rng)
            except NO_ANSWER:
                if self.relay.process is None or \
                        self.relay.process.poll() is not None:
                    break
        client.close()

    def count(self, what):
        with self.book.lock:
            self.book.totals[what] += 1

    def new_click(self, client, rng):
        click = Click(self.book.next(), rng)
        with self.book.lock:
            self.book.clicks.append(click)
        self.send(client, click)

    def old_click(self, client, rng):
        if self.book.clicks:
            click = rng.choice(self.book.clicks[-400:])
            if click.keyed:
                self.send(client, click)

    def send(self, client, click):
        with self.book.lock:
            click.tries += 1
            known = set(click.ids)
        answer = client.post("/api/v1/calls", click.body, click.headers)
        self.sent(click, answer, known)

    def sent(self, click, answer, known):
        if answer.status in (200, 201):
            with self.book.lock:
                click.ids.add(answer.json["id"])
                self.book.totals["dials acknowledged"] += 1
            if known and answer.status == 201 and click.keyed:
                self.book.wrong(f"{click.number}: a repeat made a new call")
            if known and not click.redials and click.keyed and \
                    answer.json["id"] not in known:
                self.book.wrong(f"{click.number}: a repeat found another call")
        elif answer.status != 503:  # a softphone has no room for it
            self.book.wrong(f"a dial was answered {answer}")

    def redial(self, client, rng):
        if not self.book.clicks:
            return
        click = rng.choice(self.book.clicks[-100:])
        if not click.ids:
            return
        with self.book.lock:
            click.redials += 1
            id = next(iter(click.ids))
        answer = client.post(f"/api/v1/calls/{id}/redial", None)
        with self.book.lock:
            if answer.status in (200, 201):
                click.ids.add(answer.json["id"])
        if answer.status not in (200, 201, 409, 503):
            self.book.wrong(f"a redial was answered {answer}")

    def push(self, client, rng):
        with self.book.lock:
            going = [p for p in self.book.pushes[-60:]
                     if p.acked == p.tried < 2]
            if going and rng.random() < 0.6:
                push = rng.choice(going)
            else:
                self.book.serial += 1
                push = Push(self.book.serial)
                self.book.pushes.append(push)
            push.tried = min(2, push.acked + 1 + (push.acked == 0 and
                                                  rng.random() < 0.3))
            stage = push.tried
        answer = client.post("/api/v1/inbound", {
            "event": STAGES[stage], "ref": push.ref, "from": "+493069123456"})
        if answer.status == 202:
            push.acked = stage
            self.count("reports acknowledged")
        else:
            self.book.wrong(f"{push.ref} {STAGES[stage]} was answered "
                            f"{answer}")

    def cut(self, _, rng):
        """The network takes a stream away."""
        reader = rng.choice(self.book.readers)
        if reader.stream:
            reader.stream.cut()

    def play(self, client, rng):
        script = rng.choice(("answer", "answer", "ring", "cancel"))
        answer = client.post("/api/v1/simulator/calls", {
            "from": "+4940%07d" % rng.randrange(10 ** 7), "script": script})
        if answer.status != 201 and answer.status != 503:
            self.book.wrong(f"a played call was answered {answer}")

    def claim(self, client, rng):
        for _ in range(6):
            try:
                self.claim_one(client, rng, self.book.offers.popleft())
            except IndexError:
                return

    def claim_one(self, client, rng, event):
        tab = {"tab": "t%d" % rng.getrandbits(40)}
        answer = client.post(f"/api/v1/events/{event}/claim", tab)
        if answer.status == 200:
            if event in self.book.acked:
                self.book.wrong(f"event {event} was granted after its ack")
            self.book.claimed[event] = True
            self.count("claims granted")
        elif answer.status not in (409, 410):
            self.book.wrong(f"a claim was answered {answer}")
        if answer.status != 200 or rng.random() < 0.2:
            return  # or this tab dies before it posts
        answer = client.post(f"/api/v1/events/{event}/ack", tab)
        if answer.status == 204:
            self.book.acked[event] = time.monotonic()
            self.count("acks taken")
        else:
            self.book.wrong(f"an ack was answered {answer}")

    def hang_up(self, client, rng):
        if self.book.clicks:
            click = rng.choice(self.book.clicks[-50:])
            for id in list(click.ids)[:1]:
                client.post(f"/api/v1/calls/{id}/hangup", None)

    def look(self, client, rng):
        if self.book.clicks:
            click = rng.choice(self.book.clicks)
            for id in list(click.ids)[:1]:
                if client.ask("GET", "/api/v1/calls/" + id).status != 200:
                    self.book.wrong(f"call {id} cannot be read")


class Suite:
    def __init__(self, binary, folder, seed):
        self.rng = random.Random(seed)
        self.book = Book()
        self.driver = self.switch = None
        self.relay = Relay(binary, folder)
        self.readers = self.book.readers
        self.stored = set()  # ids of events the journal has held
        self.top = 0  # of them, and of all that was published
        self.left = 0  # events in the journal
        self.ready_ms = []
        self.load = None
        self.open_ends = []

    # --- one life of the relay ---

    def use(self, driver):
        if self.switch:
            self.switch.close()
        self.driver, self.switch = driver, None
        if driver == "baresip":
            self.switch = Softphone(self.rng.choice(("1.0.0", "1.1.0")))
        elif driver == "asterisk":
            self.switch = Manager()
        secret = os.path.join(self.relay.folder, "secret")
        with open(secret, "w", encoding="ascii") as f:
            f.write("swordfish\n")
        os.chmod(secret, 0o600)
        conf = CONF % ("end" if self.switch else "none", driver)
        self.relay.configure(conf + CONF_OF[driver] % {
            "port": self.switch.port if self.switch else 0,
            "device": DEVICE, "secret": secret})

    def round(self, number):
        played = self.switch is None
        if number % 7 == 5:
            self.die_young()
        self.ready_ms.append(1000 * self.relay.start())
        if not self.readers:
            self.readers += [kind(self.relay.port, self.book)
                             for kind in (Streamed, Streamed, Polled)]
        self.verify_alive()
        self.load = Load(self.relay, self.book, played,
                         self.rng.getrandbits(60))
        if self.switch:
            self.switch.frozen, self.switch.callers = False, True
        time.sleep(self.rng.uniform(*LOAD_S))
        self.die()
        self.verify_dead()

    def die(self):
        if self.switch:
            self.switch.frozen = True
        self.load.over = True
        self.relay.kill()
        self.load.join()
        if self.switch:  # what was sent to it before has arrived then
            until("the switch sees it", lambda: self.switch.client is None)

    def die_young(self):
        """Killed while it starts."""
        self.relay.spawn()
        time.sleep(self.rng.uniform(0, 0.08))
        self.relay.kill()

    # --- what must be in the journal the kill left ---

    def verify_dead(self):
        db = self.relay.journal()
        said = db.execute("PRAGMA integrity_check").fetchall()
        if said != [("ok",)]:
            self.book.wrong(f"integrity_check: {said[:3]}")
        self.check_ids(db)
        self.check_clicks(db)
        self.check_posts(db)
        self.note_open_ends(db)
        db.close()

    def check_ids(self, db):
        ids = [row[0] for row in
               db.execute("SELECT id FROM event ORDER BY id")]
        new = [i for i in ids if i not in self.stored]
        if new and new[0] <= self.top:
            self.book.wrong(f"event id {new[0]} is new, {self.top} was before")
        self.stored.update(new)
        self.left = len(ids)
        for reader in self.readers:
            reader.check(ids)
        self.top = max([self.top, self.book.newest] + ids[-1:])

    def check_clicks(self, db):
        rows = collections.Counter(dict(db.execute(
            "SELECT number_raw, count(*) FROM call WHERE direction = 0 AND"
            " n NOT IN (SELECT call FROM link WHERE at = 0)"  # refused
            " GROUP BY number_raw")))
        ids = {row[0].hex().upper() for row in db.execute(
            "SELECT id FROM call WHERE typeof(id) = 'blob'")}
        for click in self.book.clicks:
            there = rows[click.number]
            if there > click.most():
                self.book.wrong(f"{click.number}: {there} calls")
            if not click.ids <= ids:
                self.book.wrong(f"{click.number}: an acknowledged call is lost")
            if self.switch and \
                    self.switch.dialed[click.dialed] > click.most():
                self.book.wrong(f"{click.number}: dialed "
                                f"{self.switch.dialed[click.dialed]} times")
        known = {click.number for click in self.book.clicks}
        for number in rows:
            if number not in known and not self.aged:
                self.book.wrong(f"a call to {number} that nobody clicked")

    def check_posts(self, db):
        done = dict(db.execute("SELECT event, max(acked) FROM post"
                               " GROUP BY event"))
        for event in self.book.acked:
            if not done.get(event):
                self.book.wrong(f"the ack of event {event} is lost")
        for event in self.book.claimed:
            if event not in done:
                self.book.wrong(f"the claim of event {event} is lost")

    def note_open_ends(self, db):
        """Calls that SAP may know and that are over when the relay is back:
        all of the simulator's, and those that the switch has no more."""
        refs, numbers = set(), set()
        if self.switch:
            self.switch.drop(self.rng)
            refs, numbers = self.switch.refs(), self.switch.numbers()
        told = db.execute(
            "SELECT DISTINCT call.id, ref FROM running JOIN call ON"
            " n = running.call JOIN event ON event.call = n LEFT JOIN post ON"
            " post.event = event.id WHERE driver = ? AND direction = 1 AND"
            " (event.post = 2 OR event.post = 1 AND post.claimed)",
            (self.driver,))
        self.open_ends = [id.hex().upper() for id, ref in told
                          if ref not in refs]
        dialed = db.execute(
            "SELECT id, dialed FROM running JOIN call ON n = running.call"
            " WHERE driver = ? AND activity_uuid IS NOT NULL", (self.driver,))
        if self.switch:  # sap.outbound is end
            self.open_ends += [id.hex().upper() for id, number in dialed
                               if number not in numbers]

    # --- what must hold once it runs again ---

    def verify_alive(self):
        client = self.relay.client()
        self.check_ends(client)
        self.check_adopted(client)
        self.check_repeats(client)
        self.check_pushes(client)
        client.close()

    def due(self, client):
        snapshot = client.get("/api/v1/events?wait=0")["snapshot"]
        for event in snapshot["due"]:
            if event["id"] in self.book.acked:
                self.book.wrong(f"event {event['id']} is due after its ack")
        return snapshot["due"]

    def check_ends(self, client):
        wanted = set(self.open_ends)

        def told():
            ends = {event["call"]["id"] for event in self.due(client)
                    if event["sap"]["payload"].get("Action") == "END"}
            return wanted <= ends
        try:
            until("END is due for calls that died with the relay", told)
        except AssertionError as e:
            self.book.wrong(str(e))
        self.book.totals["ENDs due after a crash"] += len(wanted)

    def check_adopted(self, client):
        """What runs at the switch is the call it was before, and once."""
        if not self.switch:
            return
        numbers, refs = self.switch.numbers(), self.switch.refs()

        def settled():
            calls = [c for c in client.get("/api/v1/calls")["calls"]
                     if c["driver"] == self.driver and
                     c["state"] not in ("ended", "unknown")]
            legs = [c["ref"] or c["id"] for c in calls]
            return len(set(legs)) == len(legs) and set(legs) == refs and \
                numbers <= {c["dialed"] for c in calls}
        try:
            until("what runs at the switch runs here", settled)
        except AssertionError as e:
            self.book.wrong(str(e))
        self.book.totals["calls adopted after a crash"] += len(refs)

    def check_repeats(self, client):
        lost = [c for c in self.book.clicks[-400:] if not c.ids and c.keyed]
        told = [c for c in self.book.clicks if c.ids and c.keyed]
        for click in lost + self.rng.sample(told, min(SAMPLE, len(told))):
            self.load.send(client, click)

    def check_pushes(self, client):
        for push in self.book.pushes[-SAMPLE:]:
            calls = client.get("/api/v1/calls?ref=" + push.ref)["calls"]
            stage = STATE_OF[calls[0]["state"]] if calls else -1
            if not push.acked <= stage <= push.tried:
                self.book.wrong(f"{push.ref}: {STAGES[push.acked]} was "
                                f"acknowledged, it is at {stage}")
            push.acked = push.tried = stage

    # --- between lives ---

    aged = False

    def settle(self):
        """A life without load, in which all calls come to their end."""
        self.relay.start()
        client = self.relay.client()
        if self.switch:
            self.switch.frozen, self.switch.callers = False, False
        for push in self.book.pushes:
            client.post("/api/v1/inbound", {"event": "ended", "ref": push.ref})

        def over():
            db = self.relay.journal()
            left = db.execute("SELECT count(*) FROM running").fetchone()[0]
            db.close()
            return left == 0
        until("all calls have ended", over, pause_s=0.1)
        self.relay.kill()
        self.verify_dead()

    def age(self):
        """All that the journal holds is made a hundred days older, and goes:
        the next life finds nothing but the promise of higher ids."""
        self.settle()
        back = 100 * 86400 * 1000
        db = sqlite3.connect(self.relay.store)
        with db:
            db.execute(f"UPDATE call SET created = created - {back}")
            db.execute(f"UPDATE event SET at = at - {back}")
        db.close()
        self.aged = True
        self.book.forget()
        self.die_young()
        self.relay.start()
        until("all of it is purged", lambda: self.held() == 0)
        self.relay.kill()
        self.left = 0

    def held(self):
        """Events in the journal."""
        db = self.relay.journal()
        count = db.execute("SELECT count(*) FROM event").fetchone()[0]
        db.close()
        return count

    def begin_anew(self):
        """A journal that nobody knows: every cursor is of another one."""
        before = [reader.resets for reader in self.readers]
        self.relay.wipe()
        self.book.forget()
        self.book.contents.clear()
        self.book.newest = self.top = 0
        self.stored.clear()
        self.left = 0
        self.open_ends, self.aged = [], False
        if not self.readers:
            return
        self.relay.start()
        now = time.time() * 1000
        until("all are told reset", lambda: all(
            reader.resets > was for reader, was in zip(self.readers, before)))
        until("a fresh journal begins at the time of day", lambda: all(
            abs(reader.last - now) < 60000 for reader in self.readers))
        self.relay.kill()

    def run(self, rounds):
        for number in range(rounds):
            at = number % ERA
            if at == 0:
                self.use(SWITCHES[number // ERA % len(SWITCHES)])
                self.begin_anew()
            if at == PURGE_AT:
                self.age()
            to_go_on_from = self.left > 0
            resets = sum(reader.resets for reader in self.readers)
            self.round(number)
            told = sum(reader.resets for reader in self.readers) - resets
            if told and to_go_on_from:
                self.book.wrong(f"round {number}: {told} resets without need")
            for fault in self.book.faults:
                return f"round {number}: {fault}"
        return None

    def close(self):
        for reader in self.readers:
            reader.close()
        self.relay.kill()
        if self.switch:
            self.switch.close()


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else \
        int.from_bytes(os.urandom(4), "big")
    folder = tempfile.mkdtemp(prefix="patchcord-crash-")
    suite = Suite(sys.argv[1], folder, seed)
    cases = Cases()
    print(f"seed {seed}, folder {folder}", flush=True)
    begin = time.monotonic()
    try:
        fault = suite.run(rounds)
    except Exception as e:
        fault = f"{type(e).__name__}: {e}"
        fault += "".join("; " + more for more in suite.book.faults[:5])
    suite.close()
    cases.say(f"nothing is lost and nothing doubled by {rounds} crashes",
              fault)
    print(f"# {time.monotonic() - begin:.0f} s;", ", ".join(
        f"{n} {what}" for what, n in sorted(suite.book.totals.items())))
    ready = suite.ready_ms or [0]
    print("# ready again after a crash: p50 %.0f ms, p99 %.0f ms, most %.0f ms"
          % (quantile(ready, 0.5), quantile(ready, 0.99), max(ready)))
    if not fault:
        shutil.rmtree(folder)
    cases.end()


if __name__ == "__main__":
    main()
