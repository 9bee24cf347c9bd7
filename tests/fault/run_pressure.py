#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# fault/run_pressure.py - clients that never read, and clients that vanish
"""Usage: run_pressure.py RELAY

50 streams that are not read while 1 MB of events comes each second: memory
stays bounded, the others get every event in time, the lapped are told reset.
500 streams whose clients die: their descriptors come back.
"""
import multiprocessing
import os
import re
import shutil
import socket
import struct
import sys
import tempfile
import threading
import time

from real import Cases, Relay, Stream, quantile, until

LAZY = 50
READERS = 3
CALM_S = 6  # before the lazy ones come
CROWDED_S = 28  # who takes nothing for 30 s is cut
CROWDED_BYTES = 22 * 1000 * 1000  # the ring and the kernel's buffers are full
RATE = 1000 * 1000  # bytes of events in a second
BALLAST = "x" * 6000
GROWTH_MAX_KB = 64 * 1024
GONE = 500
BACK_S = 30
CONF = """http { max_connections = 800 }
dial { per_minute = 0 per_hour = 0 refusals = 0 concurrent = 0 merge_s = 0 }
simulator { ring_ms = 10 talk_ms = 20 }
log { level = "warn" }
"""
AT = re.compile(rb'"at":"\d+-\d+-\d+T(\d+):(\d+):(\d+\.\d+)Z"')
DAY_S = 86400


def lateness_ms(data):
    """From the event's own time until now."""
    hours, minutes, seconds = AT.search(data).groups()
    at = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    return 1000 * ((time.time() - at) % DAY_S)


class Source:
    """Dials, so that RATE is reached."""

    def __init__(self, relay):
        self.relay, self.over = relay, False
        self.answered_ms = []
        self.serial = 0
        self.pause_s = 0.01
        self.threads = [threading.Thread(target=self.work, args=(i,))
                        for i in range(2)]
        for thread in self.threads:
            thread.start()

    def work(self, i):
        client = self.relay.client()
        serial = 0
        while not self.over:
            serial += 1
            begin = time.monotonic()
            answer = client.post("/api/v1/calls", {
                "PhoneNumber": "+4930%d%07d" % (3 + i, serial),
                "Text": BALLAST})
            assert answer.status == 201, answer
            self.answered_ms.append(1000 * (time.monotonic() - begin))
            time.sleep(self.pause_s)

    def close(self):
        self.over = True
        for thread in self.threads:
            thread.join()


class Listener:
    """A client that reads at once."""

    def __init__(self, relay):
        self.stream = Stream(relay.port)
        self.late_ms, self.ids = [], []
        self.bytes = self.resets = 0
        frame = self.stream.until("snapshot", lambda f: f.event == "snapshot")
        self.begin = frame.id
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while True:
            try:
                frame = self.stream.frame()
            except (OSError, ValueError, AttributeError):
                return
            if frame is None:
                return
            self.resets += frame.event == "reset"
            if frame.event == "call":
                self.late_ms.append(lateness_ms(frame.data))
                self.ids.append(frame.id)
                self.bytes += len(frame.data)


def lazy_open(relay):
    """A stream whose client does not read; its own buffer is small."""
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    s.connect(("127.0.0.1", relay.port))
    s.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    return s


def awakes(s):
    """It reads at last: was it told reset, and a snapshot after it?"""
    s.settimeout(10)
    data = b""
    while b"event: reset\ndata: {}\n\n" not in data:
        more = s.recv(262144)
        if not more:
            return False
        data = data[-64:] + more
    while b"event: snapshot\n" not in data:
        more = s.recv(262144)
        if not more:
            return False
        data = data[-64:] + more
    return True


class Pressure:
    def __init__(self, relay):
        self.relay = relay
        self.listeners = [Listener(relay) for _ in range(READERS)]
        self.source = Source(relay)

    def steer(self, seconds, most):
        """Waits, and sees to it that the rate is kept; bytes a second."""
        first, begin = self.listeners[0], time.monotonic()
        start = first.bytes
        while time.monotonic() - begin < seconds and \
                first.bytes - start < most:
            before = first.bytes
            time.sleep(0.5)
            factor = 1.15 if (first.bytes - before) * 2 > 1.1 * RATE else 0.8
            self.source.pause_s = min(0.2, self.source.pause_s * factor)
        return (first.bytes - start) / (time.monotonic() - begin)

    def mark(self):
        return [len(x.late_ms) for x in self.listeners] + \
            [len(self.source.answered_ms)]

    def figures(self, what, since, until_mark):
        late = [ms for x, a, b in zip(self.listeners, since, until_mark)
                for ms in x.late_ms[a:b]]
        answered = self.source.answered_ms[since[-1]:until_mark[-1]]
        print(f"# {what}: an event arrives after p50 "
              f"{quantile(late, 0.5):.1f} p99 {quantile(late, 0.99):.1f} ms, "
              f"a dial is answered after p50 {quantile(answered, 0.5):.1f} "
              f"p99 {quantile(answered, 0.99):.1f} ms", flush=True)

    def run(self):
        start = self.mark()
        self.steer(CALM_S, CROWDED_BYTES)
        calm = self.mark()
        calm_kb = self.relay.status_field("VmRSS")
        lazy = [lazy_open(self.relay) for _ in range(LAZY)]
        rate = self.steer(CROWDED_S, CROWDED_BYTES)
        crowded = self.mark()
        full_kb = self.relay.status_field("VmRSS")
        self.figures("without them", start, calm)
        self.figures(f"with {LAZY} clients that do not read", calm, crowded)
        print(f"# {rate / 1e6:.2f} MB of events a second, memory "
              f"{calm_kb / 1024:.1f} -> {full_kb / 1024:.1f} MB", flush=True)
        self.rate, self.grown_kb = rate, full_kb - calm_kb
        self.reset = sum(awakes(s) for s in lazy[:LAZY // 2])
        self.source.close()
        for s in lazy:
            s.close()

    def check_memory(self):
        assert self.rate > 0.5 * RATE, self.rate
        assert self.grown_kb < GROWTH_MAX_KB, f"{self.grown_kb} kB more"

    def check_lapped(self):
        assert self.reset == LAZY // 2, f"{self.reset} were told"

    def check_others(self):
        """No gap: each id the journal has, and none twice."""
        last = self.relay.client().get("/api/v1/events?wait=0")["cursor"]
        until("all events to come", lambda: all(
            x.ids[-1] == last for x in self.listeners))
        self.relay.kill()
        db = self.relay.journal()
        stored = [row[0] for row in
                  db.execute("SELECT id FROM event ORDER BY id")]
        db.close()
        for x in self.listeners:
            assert x.resets == 0
            assert x.ids == [i for i in stored if i > x.begin]


def run_pressure(cases, relay):
    relay.start()
    pressure = Pressure(relay)
    pressure.run()
    cases.run("clients that do not read cost no memory", pressure.check_memory)
    cases.run("the lapped are told reset, with a new snapshot",
              pressure.check_lapped)
    cases.run("the others get every event once", pressure.check_others)


# --- those who vanish ---

def crowd(port, ready):
    """Another process, which dies: half of its sockets end with a reset."""
    sockets = []
    for i in range(GONE):
        s = socket.create_connection(("127.0.0.1", port))
        if i % 2:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                         struct.pack("ii", 1, 0))
        s.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        sockets.append(s)
    for s in sockets:
        while b"event: snapshot" not in s.recv(65536):
            pass
    ready.set()
    time.sleep(600)


def vanish(relay):
    relay.start()
    before = relay.fds()
    ready = multiprocessing.Event()
    child = multiprocessing.Process(target=crowd, args=(relay.port, ready))
    child.start()
    try:
        assert ready.wait(60), "not all of them were let in"
        assert relay.client().get("/api/v1/status")["streams"] == GONE
    finally:
        child.kill()
        child.join()
    begin = time.monotonic()
    cpu = relay.cpu_s()

    def back():
        assert relay.client().get("/version")  # it serves meanwhile
        return relay.fds() <= before + 1
    until("descriptors to come back", back, BACK_S, 0.25)
    waited = time.monotonic() - begin
    print(f"# {GONE} descriptors were back after {waited:.1f} s, for "
          f"{relay.cpu_s() - cpu:.2f} s of processor time", flush=True)
    assert waited < 5, waited
    assert relay.client().get("/api/v1/status")["streams"] == 0


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = tempfile.mkdtemp(prefix="patchcord-pressure-")
    relay = Relay(sys.argv[1], folder, CONF)
    cases = Cases()
    try:
        run_pressure(cases, relay)
        relay.kill()
        relay.wipe()
        cases.run("descriptors of clients that vanished come back within "
                  "five seconds", vanish, relay)
    finally:
        relay.kill()
    if cases.failed:
        print(f"# logs are in {folder}")
    else:
        shutil.rmtree(folder)
    cases.end()


if __name__ == "__main__":
    main()
