# SPDX-License-Identifier: Apache-2.0
# engines/lab.py - a SIP lab on loopback: baresip, sipp, an RTP socket
import ctypes
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# Another baresip than the machine's: a root folder it was installed into.
ROOT = os.environ.get("CTI_BARESIP_ROOT", "")
MODULES = ROOT + "/usr/lib/baresip/modules"
WAIT_S = 10


def die_with_parent():
    """Linux: a child must not outlive a killed test."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def free_port():
    """Free for UDP and TCP, below the ports the system hands out."""
    while True:
        port = random.randrange(20001, 32000)
        try:
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                with socket.socket(socket.AF_INET, kind) as s:
                    s.bind(("127.0.0.1", port))
            return port
        except OSError:
            pass


def baresip_command():
    if not ROOT:
        return ["baresip"]
    libs = [ROOT + d for d in ("/usr/lib/x86_64-linux-gnu",
                               "/lib/x86_64-linux-gnu", "/usr/lib")]
    return [ROOT + "/usr/lib64/ld-linux-x86-64.so.2", "--library-path",
            ":".join(libs), ROOT + "/usr/bin/baresip"]


def until(what, test, wait_s=WAIT_S):
    """Waits until test() is true and returns its value."""
    end = time.monotonic() + wait_s
    while True:
        value = test()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError("not within %d s: %s" % (wait_s, what))
        time.sleep(0.02)


class Program:
    """A child that is ended by its pid, whatever happens."""

    def __init__(self, args, folder, name, **more):
        self.log = os.path.join(folder, name + ".log")
        self.file = open(self.log, "ab")
        options = dict(stdin=subprocess.DEVNULL, stdout=self.file,
                       stderr=subprocess.STDOUT, cwd=folder,
                       preexec_fn=die_with_parent)
        options.update(more)
        self.p = subprocess.Popen(args, **options)

    def end(self, how=signal.SIGKILL):
        if self.p.poll() is None:
            self.p.send_signal(how)
        self.p.wait()
        self.file.close()


class Rtp:
    """Counts what arrives and sends it back; remembers DTMF events."""

    def __init__(self):
        self.s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.s.bind(("127.0.0.1", 0))
        self.port = self.s.getsockname()[1]
        self.packets = 0
        self.digits = ""
        self.stamp = None
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        keys = "0123456789*#ABCD"
        while True:
            try:
                data, peer = self.s.recvfrom(2048)
                self.s.sendto(data, peer)
            except OSError:
                return
            if len(data) < 12:
                continue
            if data[1] & 0x7f == 101 and len(data) >= 16:
                stamp = data[4:8]
                if stamp != self.stamp and data[12] < len(keys):
                    self.stamp = stamp
                    self.digits += keys[data[12]]
            else:
                self.packets += 1

    def end(self):
        self.s.close()


class Lab:
    def __init__(self, folder):
        self.folder = folder
        self.programs = []
        self.rtp = Rtp()
        self.sip = free_port()
        self.control = free_port()
        self.trunk = free_port()
        self.baresip = None
        self.runs = 0

    def __enter__(self):
        return self

    def __exit__(self, *what):
        for program in reversed(self.programs):
            program.end()
        self.rtp.end()

    def start(self, args, name, **more):
        self.runs += 1
        program = Program(args, self.folder, "%02d-%s" % (self.runs, name),
                          **more)
        self.programs.append(program)
        return program

    def aor(self, user="agent1"):
        return "sip:%s@127.0.0.1:%d" % (user, self.sip)

    def start_baresip(self, users=("agent1",), local_timeout=120, more=""):
        folder = os.path.join(self.folder, "baresip")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "config"), "w") as f:
            f.write("""sip_listen 127.0.0.1:%d
net_interface 127.0.0.1
audio_player aubridge,agent1
audio_source aubridge,agent1
audio_alert aubridge,alert1
module_path %s
module g711.so
module aubridge.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:%d
menu_bell no
ringback_disabled yes
statmode_default off
call_local_timeout %d
call_max_calls 8
%s""" % (self.sip, MODULES, self.control, local_timeout, more))
        with open(os.path.join(folder, "accounts"), "w") as f:
            for user in users:
                f.write("<%s>;regint=0;answermode=manual\n" % self.aor(user))
        open(os.path.join(folder, "contacts"), "w").close()
        self.baresip = self.start(baresip_command() + ["-4", "-f", folder],
                                  "baresip")

    def sipp(self, scenario, name, *args):
        log = os.path.join(self.folder, "%s-%d.txt" % (name, self.runs))
        program = self.start(
            ["sipp", "-sf", os.path.join(HERE, "sipp", scenario + ".xml"),
             "-i", "127.0.0.1", "-nostdin", "-trace_logs", "-log_file", log,
             "-key", "rtp_port", str(self.rtp.port), "-d", "1000"] +
            list(args), name)
        program.said = lambda: open(log).read() if os.path.exists(log) else ""
        return program

    def start_far_end(self):
        self.far_end = self.sipp("far_end", "far-end", "-p", str(self.trunk))
        return self.far_end

    def call_agent(self, scenario="caller", caller="0301234567",
                   name="Ann Tester", user="agent1", more=()):
        """more: ("-d", ms) is the pause before the caller does his part."""
        return self.sipp(scenario, scenario, "127.0.0.1:%d" % self.sip,
                         "-s", user, "-m", "1", "-p", str(free_port()),
                         "-key", "caller", caller, "-key", "name", name, *more)


class Drive:
    """tests/engines/drive: a driver without a core."""

    def __init__(self, lab, binary, driver, **conf):
        flags = ["%s=%s" % (k.replace("__", "."), v) for k, v in conf.items()]
        self.log = os.path.join(lab.folder, "drive-errors.log")
        log = open(self.log, "ab")
        self.program = lab.start([binary, driver] + flags, "drive",
                                 stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=log,
                                 bufsize=0)
        log.close()
        self.said = []
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.program.p.stdout:
            self.said.append(json.loads(line))

    def errors(self):
        with open(self.log) as f:
            return f.read()

    def tell(self, *words):
        n = sum(1 for m in self.said if m["what"] == "result")
        self.program.p.stdin.write((" ".join(words) + "\n").encode())

        def results():
            found = [m for m in self.said if m["what"] == "result"]
            return found[n:]
        return until("a result", results)[0]["rc"]

    def wait(self, what, since=0, wait_s=WAIT_S, **keys):
        """The first message from place since on with these keys."""
        def found():
            for m in self.said[since:]:
                if m["what"] == what and \
                        all(m.get(k) == v for k, v in keys.items()):
                    return m
            return None
        return until("%s %s" % (what, keys), found, wait_s)

    def mark(self):
        return len(self.said)

    def states(self, **keys):
        return [m["state"] for m in self.said if m["what"] == "event" and
                all(m.get(k) == v for k, v in keys.items())]


class Cases:
    """Runs functions, prints one line each."""

    def __init__(self):
        self.failed = 0

    def run(self, name, fn, *args):
        try:
            fn(*args)
            print("ok - %s" % name, flush=True)
        except Exception as e:  # a case must not end the others
            self.failed += 1
            print("FAIL - %s: %s: %s" % (name, type(e).__name__, e),
                  flush=True)

    def end(self):
        sys.exit(1 if self.failed else 0)
