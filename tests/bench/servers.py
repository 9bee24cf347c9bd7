# SPDX-License-Identifier: Apache-2.0
# bench/servers.py - the servers that are compared, each started afresh
import contextlib
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))

CONFIG = """\
http {{ listen = {{"127.0.0.1:{port}"}} }}
dial {{
	per_minute = 0
	per_hour = 0
	refusals = 0
	concurrent = 0
	merge_s = 0
	ring_timeout_s = 600
}}
store {{
	path = "{path}"
	sync = full
}}
log {{ level = "warn" }}
telephony {{ driver = "simulator" }}
simulator {{
	ring_ms = {ring_ms}
	talk_ms = {talk_ms}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(port, path):
    url = f"http://127.0.0.1:{port}{path}"
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read()


class Server:
    """One process; `port` is where it listens once start() returned."""

    def __init__(self, folder):
        self.folder = folder
        self.process = None
        self.port = 0

    def start(self):
        raise NotImplementedError

    def spawn(self, command, **options):
        self.process = subprocess.Popen(command, **options)

    def spawn_told(self, command, **options):
        """For a server that prints its port when it listens."""
        self.spawn(command, stdout=subprocess.PIPE, text=True, **options)
        self.port = int(self.process.stdout.readline())

    def dials(self, wanted):
        """How many calls it has; the yardstick without memory has all."""
        return wanted

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()


class Bare(Server):
    """libmicrohttpd with an outer epoll loop and one constant answer."""

    def build(self):
        program = os.path.join(self.folder, "bare_mhd")
        source = os.path.join(HERE, "bare_mhd.c")
        if (os.path.exists(program) and
                os.path.getmtime(program) > os.path.getmtime(source)):
            return program
        subprocess.run(["cc", "-O2", "-o", program, source, "-lmicrohttpd"],
                       check=True)
        return program

    def start(self):
        self.spawn_told([self.build()])


class Express(Server):
    """A minimal Express server that keeps its calls in a Map."""

    def build(self):
        folder = os.path.join(self.folder, "express")
        os.makedirs(folder, exist_ok=True)
        for name in ("package.json", "package-lock.json", "server.js"):
            shutil.copy(os.path.join(HERE, "express", name), folder)
        if not os.path.isdir(os.path.join(folder, "node_modules")):
            subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit",
                            "--no-fund", "--silent"], cwd=folder, check=True)
        return folder

    def start(self):
        self.spawn_told(["node", "server.js"], cwd=self.build(),
                        env={**os.environ, "NODE_ENV": "production"})

    def dials(self, wanted):
        return int(re.search(rb"\d+", get(self.port, "/count")).group())


class Patchcord(Server):
    """The real thing on a fresh store, every commit on the disk."""

    def __init__(self, folder, binary, ring_ms=600000, talk_ms=0, more="",
                 flags=()):
        super().__init__(folder)
        self.binary = binary
        self.more, self.flags = more, list(flags)  # sections, options besides
        self.times = {"ring_ms": ring_ms, "talk_ms": talk_ms}
        self.data = os.path.join(folder, "data")
        self.path = os.path.join(self.data, "bench.db")
        self.ready_s = 0.0

    def start(self):
        shutil.rmtree(self.data, ignore_errors=True)
        self.again()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def again(self):
        """On what the store holds."""
        os.makedirs(self.data, exist_ok=True)
        self.port = free_port()
        config = os.path.join(self.data, "bench.conf")
        with open(config, "w", encoding="utf-8") as out:
            out.write(CONFIG.format(port=self.port, path=self.path,
                                    **self.times) + self.more)
        begun = time.monotonic()
        self.spawn([self.binary, "serve", "-c", config] + self.flags,
                   stdout=subprocess.DEVNULL)
        while not self.is_ready():
            if self.process.poll() is not None:
                raise RuntimeError("patchcord did not start")
            time.sleep(0.0005)
        self.ready_s = time.monotonic() - begun

    def is_ready(self):
        try:
            get(self.port, "/readyz")
        except OSError:
            return False
        return True

    def ask(self, sql):
        with contextlib.closing(sqlite3.connect(
                f"file:{self.path}?mode=ro", uri=True)) as db:
            return db.execute(sql).fetchone()[0]

    def dials(self, wanted):
        return self.ask("SELECT count(*) FROM call")

    def drain(self):
        """Until the last event of the last call is committed."""
        while self.ask("SELECT count(*) FROM running"):
            time.sleep(0.01)

    def size(self):
        """Bytes on the disk, with nothing left in the store's log."""
        with contextlib.closing(sqlite3.connect(self.path)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return sum(os.path.getsize(os.path.join(self.data, name))
                   for name in os.listdir(self.data)
                   if name.startswith("bench.db"))

    def stat(self, name):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as f:
            return int(re.search(name + r":\s+(\d+)", f.read()).group(1))

    def ticks(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])
