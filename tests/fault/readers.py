# SPDX-License-Identifier: Apache-2.0
# fault/readers.py - clients of the event stream that outlive the relay
import hashlib
import json
import threading
import time
from http.client import HTTPException

from real import Client, Stream

PAUSE_S = 0.01


class Reader:
    """Follows the events over every crash and holds what they must keep to:
    each id once and in order, or one explicit reset."""

    def __init__(self, port, book):
        self.port, self.book = port, book
        self.last = None  # the cursor
        self.begin = None  # of what ids holds without a gap
        self.ids = []
        self.resets = 0
        self.reset_said = False
        self.begun = 0.0  # of the present connection
        self.over = False
        self.stream = None
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.over:
            self.begun = time.monotonic()
            try:
                self.follow()
            except (OSError, ValueError, AttributeError, AssertionError,
                    HTTPException):
                pass  # the relay is dead, or refuses while it starts
            except Exception as e:
                self.wrong(f"{type(e).__name__}: {e}")
                raise
            time.sleep(PAUSE_S)

    def close(self):
        self.over = True
        if self.stream:
            self.stream.close()
        self.thread.join(5)

    def wrong(self, what):
        self.book.wrong(f"{type(self).__name__.lower()}: {what}")

    def on_snapshot(self, snapshot, asked):
        """asked: the client had no cursor, or was told reset."""
        if not asked:
            self.wrong("a snapshot nobody asked for")
        with self.lock:
            self.last = self.begin = snapshot["cursor"]
            self.ids = []
        for event in snapshot["due"]:
            self.on_due(event)

    def on_event(self, event):
        if event["id"] <= self.last:
            self.wrong(f"event {event['id']} after {self.last}")
        with self.lock:
            self.ids.append(event["id"])
            self.last = event["id"]
        self.book.published(event)

    def on_due(self, event):
        if self.book.acked.get(event["id"], self.begun) < self.begun:
            self.wrong(f"event {event['id']} is due, and was acked")
        self.book.offer(event)

    def check(self, stored):
        """stored: all ids of the journal, in order. Nothing is left out, and
        nothing was published that is not stored."""
        with self.lock:
            begin, ids, last = self.begin, self.ids, self.last
            self.ids, self.begin = [], last
        if begin is None:
            return
        wanted = [i for i in stored if begin < i <= last]
        if wanted != ids:
            lost = sorted(set(wanted) - set(ids))
            more = sorted(set(ids) - set(wanted))
            self.wrong(f"between {begin} and {last}: lost {lost[:5]}, "
                       f"not stored {more[:5]}")


class Streamed(Reader):
    def follow(self):
        self.stream = Stream(self.port, self.last, 60)
        while True:
            frame = self.stream.frame()
            if frame is None or self.over:
                return
            self.on_frame(frame)

    def on_frame(self, frame):
        if frame.event == "reset":
            self.resets += 1
            self.reset_said = True
        elif frame.event == "snapshot":
            self.on_snapshot(json.loads(frame.data),
                             self.reset_said or self.last is None)
            self.reset_said = False
        elif frame.event == "call":
            self.book.same(frame.id,
                           hashlib.blake2b(frame.data, digest_size=8).digest())
            self.on_event(json.loads(frame.data))
        elif frame.event == "due":
            self.on_due(json.loads(frame.data))


class Polled(Reader):
    def follow(self):
        client = Client(self.port)
        while not self.over:
            since = "" if self.last is None else f"&since={self.last}"
            self.begun = time.monotonic()
            got = client.get("/api/v1/events?wait=1" + since)
            if got.get("reset"):
                self.resets += self.last is not None
                self.on_snapshot(got["snapshot"], True)
                continue
            for event in got["events"]:
                if event["id"] <= self.last and event["sap"]:
                    self.on_due(event)  # its lease ran out
                else:
                    self.on_event(event)
            if got["cursor"] < self.last:
                self.wrong(f"cursor {got['cursor']} after {self.last}")
            with self.lock:
                self.last = got["cursor"]
