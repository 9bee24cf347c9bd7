# SPDX-License-Identifier: Apache-2.0
# fault/real.py - the real relay as a process, its clients, its journal's copy
import collections
import ctypes
import http.client
import json
import os
import random
import re
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time

WAIT_S = 20
HOST = b"Host: 127.0.0.1\r\n"


def begin_child(file_size=None):
    """Linux: a child must not outlive a killed test. Files that may grow to
    file_size only are a full disk; the signal of that is not wanted. Ctrl-C
    is, though a shell's background jobs inherit that it is ignored."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if file_size is not None:
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, hard))


def until(what, test, wait_s=WAIT_S, pause_s=0.005):
    """Waits until test() is true and returns its value."""
    end = time.monotonic() + wait_s
    while True:
        value = test()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {wait_s} s: {what}")
        time.sleep(pause_s)


def free_port():
    """One below those that the system hands out to clients: a relay that was
    killed must find it free again."""
    while True:
        port = random.randrange(20001, 32000)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


Answer = collections.namedtuple("Answer", "status json headers")


class Client:
    """One kept connection, one request at a time, as little work as can be."""

    def __init__(self, port, timeout=WAIT_S):
        self.port, self.timeout, self.socket = port, timeout, None

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket = None

    def _send(self, data):
        if not self.socket:
            self.socket = socket.create_connection(("127.0.0.1", self.port),
                                                   self.timeout)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(data)

    def _more(self):
        data = self.socket.recv(262144)
        if not data:
            raise ConnectionResetError("the relay hung up")
        return data

    def send(self, method, path, body=None, headers=None):
        text = b"" if body is None else \
            (body if isinstance(body, str) else json.dumps(body)).encode()
        head = [f"{method} {path} HTTP/1.1\r\n".encode(), HOST]
        if method != "GET":
            head.append(b"Content-Type: application/json\r\n"
                        b"Content-Length: %d\r\n" % len(text))
        for name, value in (headers or {}).items():
            head.append(f"{name}: {value}\r\n".encode())
        self._send(b"".join(head) + b"\r\n" + text)

    def receive(self):
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, data = data.split(b"\r\n\r\n", 1)
        lines = head.decode().split("\r\n")
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        size = int(headers.get("content-length", 0))
        while len(data) < size:
            data += self._more()
        if headers.get("connection") == "close":
            self.close()
        return Answer(int(lines[0].split()[1]),
                      json.loads(data) if size else None, headers)

    def ask(self, method, path, body=None, headers=None):
        """OSError or ValueError: no answer; the connection is gone then."""
        try:
            self.send(method, path, body, headers)
            return self.receive()
        except (OSError, ValueError):
            self.close()
            raise

    def get(self, path):
        answer = self.ask("GET", path, headers={"Accept": "application/json"})
        assert answer.status == 200, (path, answer)
        return answer.json

    def post(self, path, body, headers=None):
        return self.ask("POST", path, {} if body is None else body, headers)


Frame = collections.namedtuple("Frame", "id event data")


class Stream:
    """Server-Sent Events, read one frame at a time."""

    def __init__(self, port, last_id=None, timeout=WAIT_S, query=""):
        self.connection = http.client.HTTPConnection("127.0.0.1", port,
                                                     timeout=timeout)
        headers = {"Accept": "text/event-stream"}
        if last_id is not None:
            headers["Last-Event-ID"] = str(last_id)
        self.connection.request("GET", "/api/v1/events" + query,
                                headers=headers)
        self.response = self.connection.getresponse()
        assert self.response.status == 200, self.response.status

    def frame(self):
        """None at the end of the stream. Comments are left out."""
        fields = {}
        while True:
            try:
                line = self.response.readline()
            except http.client.HTTPException as e:
                raise ConnectionResetError("cut within a chunk") from e
            if not line:
                return None
            line = line.rstrip(b"\n")
            if line:
                name, _, value = line.partition(b": ")
                fields[name] = value
            elif b"event" in fields:
                return Frame(int(fields.get(b"id", 0)),
                             fields[b"event"].decode(), fields[b"data"])
            else:
                fields = {}

    def until(self, what, test, wait_s=WAIT_S):
        """The first frame that passes."""
        end = time.monotonic() + wait_s
        while time.monotonic() < end:
            frame = self.frame()
            assert frame, f"the stream ended before {what}"
            if test(frame):
                return frame
        raise AssertionError(f"not within {wait_s} s: {what}")

    def cut(self):
        """Ends it; a reader in another thread wakes up."""
        try:
            self.connection.sock.shutdown(socket.SHUT_RDWR)
        except (OSError, AttributeError):
            pass  # it is at its end

    def close(self):
        self.cut()
        self.connection.close()


class Relay:
    """patchcord serve in a folder of its own."""

    def __init__(self, binary, folder, conf="", env=None):
        self.binary, self.folder = os.path.abspath(binary), folder
        os.makedirs(folder, exist_ok=True)
        self.port = free_port()
        self.store = os.path.join(folder, "store", "calls.db")
        self.log = os.path.join(folder, "relay.log")
        self.conf = os.path.join(folder, "patchcord.conf")
        self.env = {"PATH": os.environ["PATH"], "HOME": folder, **(env or {})}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]
        self.process = self.file_size = None
        self.configure(conf)

    def configure(self, conf):
        with open(self.conf, "w", encoding="ascii") as f:
            f.write('http { listen = {"127.0.0.1:%d"} }\n'
                    'store { path = "%s" }\n'
                    'telephony { instance = "fault" }\n'
                    'number { region = "DE" }\n%s'
                    % (self.port, self.store, conf))

    def spawn(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "-c", self.conf],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=self.env, preexec_fn=lambda: begin_child(self.file_size))

    def ready(self, path="/readyz"):
        """200 of /readyz: it serves, the journal and the switch are well."""
        assert self.process.poll() is None, \
            f"the relay ended ({self.process.returncode}), see {self.log}"
        try:
            return self.client().ask("GET", path).status == 200
        except (OSError, ValueError):
            return False

    def start(self):
        """Seconds until it was ready."""
        begin = time.monotonic()
        self.spawn()
        until("the relay is ready", self.ready, 30, 0.002)
        return time.monotonic() - begin

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
        self.process = None

    def terminate(self):
        """Seconds SIGTERM took, and the exit status."""
        begin = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(WAIT_S)
        self.process = None
        return time.monotonic() - begin, status

    def client(self, timeout=WAIT_S):
        return Client(self.port, timeout)

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return f.read()

    def status_field(self, name):
        """A line of /proc/PID/status, as a number."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as f:
            return int(re.search(rf"^{name}:\s+(\d+)", f.read(), re.M)[1])

    def fds(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def cpu_s(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as f:
            fields = f.read().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def journal(self):
        """A copy as a power cut would leave it: opening the file itself would
        do the relay's recovery for it."""
        copy = os.path.join(self.folder, "copy.db")
        for suffix in ("", "-wal", "-shm"):
            if os.path.exists(copy + suffix):
                os.unlink(copy + suffix)
        for suffix in ("", "-wal"):
            if os.path.exists(self.store + suffix):
                shutil.copyfile(self.store + suffix, copy + suffix)
        return sqlite3.connect(copy)

    def wipe(self):
        shutil.rmtree(os.path.dirname(self.store), ignore_errors=True)


class Cases:
    """Runs functions, prints one line each."""

    def __init__(self):
        self.failed = 0

    def say(self, name, why=None):
        self.failed += why is not None
        print(f"ok - {name}" if why is None else f"FAIL - {name}: {why}",
              flush=True)

    def run(self, name, function, *args):
        try:
            function(*args)
        except Exception as e:  # a case must not end the others
            self.say(name, f"{type(e).__name__}: {e}")
            return
        self.say(name)

    def end(self):
        sys.exit(1 if self.failed else 0)


def together(count, function):
    """function(0) … function(count - 1), each in a thread, at one instant;
    their values in order."""
    gate = threading.Barrier(count)
    values = [None] * count

    def run(i):
        gate.wait()
        try:
            values[i] = function(i)
        except (OSError, ValueError) as e:
            values[i] = e

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return values


def quantile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
