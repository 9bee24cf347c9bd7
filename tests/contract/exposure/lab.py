# SPDX-License-Identifier: Apache-2.0
# contract/exposure/lab.py - namespaces, relays in them, clients of sockets
import json
import multiprocessing
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time

WAIT_S = 15
NOBODY = 65534
OTHER = 65533
# The outer end of the pair is the gateway; STRANGER lives there, too.
GATEWAY = {4: "10.203.0.1", 6: "fd00:203::1"}
STRANGER = {4: "10.203.0.9", 6: "fd00:203::9"}
INNER = {4: "10.203.0.2", 6: "fd00:203::2"}
LOOPBACK = {4: "127.0.0.1", 6: "::1"}
FAMILY = {4: socket.AF_INET, 6: socket.AF_INET6}


def must(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(command)}: {done.stderr.strip()}")


def until(what, test, wait_s=WAIT_S):
    end = time.monotonic() + wait_s
    while True:
        value = test()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {wait_s} s: {what}")
        time.sleep(0.01)


class Answer:
    """What came back until the connection closed or one answer was whole."""

    def __init__(self, data):
        self.data = data
        head, _, self.body = data.partition(b"\r\n\r\n")
        words = head.split(b" ", 2)
        self.status = int(words[1]) if data.startswith(b"HTTP/1.") else 0
        self.head = head.decode("latin-1").lower()

    @property
    def json(self):
        return json.loads(self.body) if self.body else {}

    @property
    def code(self):
        return self.json.get("code")


def whole(data):
    head, mark, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return bool(mark) and bool(length) and len(body) >= int(length.group(1))


def read_answer(s):
    data = b""
    while not whole(data):
        try:
            more = s.recv(65536)
        except (ConnectionError, ssl.SSLEOFError):
            more = b""
        if not more:
            break
        data += more
    return Answer(data)


def request(method, path, headers=(), body=None, host="localhost"):
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *headers]
    if body is not None:
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines += ["Content-Type: application/json",
                  f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")


class Relay:
    """One relay; inside: in the container's namespace."""

    def __init__(self, lab, settings=(), inside=False, user=None, check=False):
        self.lab = lab
        lab.count += 1
        self.folder = f"{lab.folder}/{lab.count}"
        os.mkdir(self.folder, 0o755)
        if user is not None:
            os.chown(self.folder, user, user)
        self.log = open(f"{self.folder}/log", "w+", encoding="utf-8")
        command = [lab.binary, "serve", "--set",
                   f"store.path={self.folder}/store.db", "--set",
                   "dial.per_minute=0", "--set", "dial.concurrent=0"]
        for setting in settings:
            command += ["--set", setting]
        if check:
            command.append("--check")
        if not any(s.startswith("http.listen") for s in settings):
            command += ["--set", "http.listen=127.0.0.1:22550,[::1]:22550"]
        if inside:
            command = ["nsenter", f"--net=/proc/{lab.inner.pid}/ns/net",
                       *command]
        self.port = 22550
        self.process = subprocess.Popen(
            command, stdout=self.log, stderr=self.log,
            stdin=subprocess.DEVNULL, env={**os.environ, "HOME": self.folder,
                                           "XDG_CONFIG_HOME": self.folder},
            user=user, group=user,
            extra_groups=[] if user is not None else None, cwd=self.folder)
        lab.relays.append(self)

    def said(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as log:
            return log.read()

    def ready(self):
        until("the relay to be ready or to end", lambda:
              " is ready: " in self.said() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said()
        return self

    def refuses_to_start(self, sentence):
        status = self.process.wait(WAIT_S)
        assert status > 0 and sentence in self.said(), (status, self.said())

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.send_signal(signal.SIGCONT)
            assert self.process.wait(WAIT_S) == 0, self.said()
        self.log.close()

    # --- clients ---

    def connect(self, version=4, to=None, source=None):
        s = socket.socket(FAMILY[version], socket.SOCK_STREAM)
        s.settimeout(WAIT_S)
        if source:
            s.bind((source, 0))
        s.connect(((to or LOOPBACK)[version], self.port))
        return s

    def raw(self, data, **where):
        with self.connect(**where) as s:
            try:
                s.sendall(data)
            except ConnectionError:
                pass
            return read_answer(s)

    def ask(self, method, path, headers=(), body=None, **where):
        host = where.pop("host", "localhost")
        return self.raw(request(method, path, headers, body, host), **where)

    def status(self, headers=(), **where):
        answer = self.ask("GET", "/api/v1/status", headers, **where)
        assert answer.status == 200, answer.data
        return answer.json

    def calls(self, headers=(), **where):
        return self.ask("GET", "/api/v1/calls", headers, **where).json["calls"]

    def key(self):
        with open(f"{self.folder}/api.key", encoding="ascii") as file:
            return file.read().strip()

    def bearer(self):
        return [f"Authorization: Bearer {self.key()}"]


class Lab:
    def __init__(self, binary, folder):
        self.folder = folder
        self.binary = shutil.copy(binary, folder)
        os.chmod(self.binary, 0o755)
        self.count = 0
        self.relays = []
        self.inner = None
        must("ip", "link", "set", "lo", "up")

    def relay(self, *settings, **options):
        return Relay(self, settings, **options)

    def container(self):
        """The other namespace, at the far end of a cable."""
        if self.inner:
            return
        self.inner = subprocess.Popen(["unshare", "--net", "sleep", "1000"])
        mine = os.readlink("/proc/self/ns/net")
        path = f"/proc/{self.inner.pid}/ns/net"
        until("a second namespace", lambda: os.readlink(path) != mine)
        must("ip", "link", "add", "outer", "type", "veth", "peer", "name",
             "inner", "netns", str(self.inner.pid))
        for version, bits in ((4, "/24"), (6, "/64")):
            more = ["nodad"] if version == 6 else []
            for address in (GATEWAY[version], STRANGER[version]):
                must("ip", "address", "add", address + bits, "dev", "outer",
                     *more)
            self.inside("ip", "address", "add", INNER[version] + bits, "dev",
                        "inner", *more)
        must("ip", "link", "set", "outer", "up")
        for device in ("lo", "inner"):
            self.inside("ip", "link", "set", device, "up")
        for version in (4, 6):
            self.gateway(version, GATEWAY[version])

    def gateway(self, version, address):
        self.inside("ip", f"-{version}", "route", "replace", "default", "via",
                    address)

    def inside(self, *command):
        must("nsenter", f"--net=/proc/{self.inner.pid}/ns/net", *command)

    def inside_client(self, relay, path, headers=(), port=None):
        """A program in the container asks over its loopback."""
        done = subprocess.run(
            ["nsenter", f"--net=/proc/{self.inner.pid}/ns/net", "curl", "-s",
             "-m", "10", "-o", "/dev/null", "-w", "%{http_code}",
             *(word for line in headers for word in ("-H", line)),
             f"http://127.0.0.1:{port or relay.port}{path}"],
            capture_output=True, text=True, check=False)
        return int(done.stdout or 0)

    def as_user(self, user, what, *arguments):
        """Runs what in a process of that user and gives back its result."""
        parent, child = multiprocessing.Pipe(duplex=False)

        def run():
            try:
                os.setgroups([])
                os.setresgid(user, user, user)
                os.setresuid(user, user, user)
            except OSError:
                return  # without a word, so that the other end knows
            child.send(what(*arguments))

        process = multiprocessing.get_context("fork").Process(target=run)
        process.start()
        child.close()
        try:
            return parent.recv()
        except EOFError:
            raise OSError(f"no process of user {user} is to be had: run it as "
                          "root, or install uidmap") from None
        finally:
            process.join()

    def certificate(self, name="localhost"):
        """A self-made certificate and its key."""
        cert, key = (f"{self.folder}/{name}.{end}" for end in ("crt", "key"))
        if not os.path.exists(cert):
            must("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                 "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                 "-subj", f"/CN={name}", "-addext",
                 "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1",
                 "-keyout", key, "-out", cert)
            os.chmod(key, 0o600)
        return cert, key

    def said(self):
        return "".join("    " + line + "\n" for relay in self.relays
                       for line in relay.said().splitlines()[-12:])

    def end(self):
        relays, self.relays = self.relays, []
        for relay in relays:
            relay.end()

    def close(self):
        """Whatever state they are in."""
        relays, self.relays = self.relays, []
        for relay in relays:
            if relay.process.poll() is None:
                relay.process.send_signal(signal.SIGKILL)
                relay.process.wait()

    def uncable(self):
        if self.inner:
            self.inner.kill()
            self.inner.wait()
