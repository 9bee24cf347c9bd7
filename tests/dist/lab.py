# SPDX-License-Identifier: Apache-2.0
# dist/lab.py - folders of a Debian, programs in them, and cases that are said
import fcntl
import glob
import hashlib
import importlib.machinery
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or
                     os.path.expanduser("~/.cache"), "patchcord")
BUILT = os.path.join(SOURCE, "build", "dist")
INSIDE = "CTI_TEST_NAMESPACE"


# --- cases ---

def play(cases, *args):
    """Runs each; 1 when one of them failed."""
    failed = 0
    for case in cases:
        name = case.__name__.replace("_", " ")
        try:
            case(*args)
            print(f"ok - {name}", flush=True)
        except Exception as error:  # a case must not stop the others
            failed += 1
            where = traceback.extract_tb(error.__traceback__)[-1]
            print(f"FAIL - {name}: {error!r}\n  in {where.name}:"
                  f"{where.lineno}: {where.line}", flush=True)
    return 1 if failed else 0


def run(*command, **options):
    """What it printed; an error with all of that when it fails."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False, **options)
    assert done.returncode == 0, \
        f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}"
    return done.stdout


def until(what, check, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = check()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {what}")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


# --- a place of its own ---

def enter(program):
    """Runs this program again where it is root, with a network and mounts of
    its own, so that it meets no other program's port."""
    if INSIDE in os.environ:
        run("ip", "link", "set", "lo", "up")
        return
    ways = [["unshare", "--net", "--mount"]]
    if os.geteuid():
        ways = [["unshare", "--user", "--map-root-user", "--map-auto",
                 "--net", "--mount"]]
    for way in ways:
        if subprocess.run([*way, "true"], check=False,
                          stderr=subprocess.DEVNULL).returncode == 0:
            os.environ[INSIDE] = "1"
            os.execvp(way[0], [*way, sys.executable, program, *sys.argv[1:]])
    print("FAIL - a namespace of its own: this kernel gives none to this user")
    sys.exit(1)


# --- folders with a Debian ---

def machine():
    """How the machine's own sources are found is engines/roots' knowledge."""
    path = os.path.join(SOURCE, "tests", "engines", "roots")
    loader = importlib.machinery.SourceFileLoader("roots", path)
    spec = importlib.util.spec_from_loader("roots", loader)
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


def codename():
    about = dict(re.findall(r'(?m)^(\w+)="?([^"\n]*)', read("/etc/os-release")))
    return about.get("ID", ""), about.get("VERSION_CODENAME", "")


def archive(name, suite, packages=()):
    """The path of a tar with that Debian, made when it is not there yet."""
    words = [suite, *sorted(packages)]
    recipe = hashlib.sha256(" ".join(words).encode()).hexdigest()[:12]
    path = os.path.join(CACHE, f"{name}-{recipe}.tar")
    os.makedirs(CACHE, exist_ok=True)
    with open(os.path.join(CACHE, "lock-dist"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second one waits and finds it
        if not os.path.exists(path):
            for old in glob.glob(os.path.join(CACHE, name + "-*.tar")):
                os.unlink(old)  # of another recipe
            archive_make(path, suite, packages)
    return path


def archive_make(path, suite, packages):
    source = machine().mirror()
    new = tempfile.mktemp(suffix=".tar", dir=CACHE)
    mode = "root" if os.geteuid() == 0 else "unshare"
    kind = ["--components=main,universe"] if codename()[0] == "ubuntu" and \
        codename()[1] == suite else []
    include = ["--include=" + ",".join(packages)] if packages else []
    try:
        run("mmdebstrap", "--mode=" + mode, "--variant=minbase", *kind,
            "--aptopt=APT::Install-Recommends \"false\"", *include, suite, new,
            *([source] if source else []))
        os.rename(new, path)
    finally:
        if os.path.exists(new):
            os.unlink(new)


def unpack(path, folder):
    os.makedirs(folder)
    run("tar", "-x", "--numeric-owner", "--xattrs-include=*", "-C", folder,
        "-f", path, "--exclude=./dev/*")
    for name in ("null", "zero", "random", "urandom"):
        device = os.path.join(folder, "dev", name)
        with open(device, "w", encoding="utf-8"):
            pass
        run("mount", "--bind", "/dev/" + name, device)
    run("mount", "--rbind", "/proc", os.path.join(folder, "proc"))


def remove(folder):
    """With what is mounted in it: this program has its own mounts."""
    for line in reversed(read("/proc/self/mounts").splitlines()):
        place = line.split()[1]
        if place.startswith(folder + "/"):
            subprocess.run(["umount", "-l", place], check=False)
    shutil.rmtree(folder, ignore_errors=True)


# --- programs ---

class Program:
    """A process whose output is in a file."""

    def __init__(self, command, log, env):
        self.log = log
        self.file = open(log, "w", encoding="utf-8")
        self.p = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                  stdout=self.file, stderr=subprocess.STDOUT,
                                  env=env)

    def said(self):
        return read(self.log)

    def stop(self, seconds=5):
        """Its exit status after SIGTERM, and how long it took."""
        begin = time.monotonic()
        self.p.send_signal(signal.SIGTERM)
        try:
            status = self.p.wait(seconds)
        except subprocess.TimeoutExpired:
            self.end()
            raise AssertionError("SIGTERM does not stop it:\n" +
                                 self.said()) from None
        self.file.close()
        return status, time.monotonic() - begin

    def end(self):
        if self.p.poll() is None:
            self.p.kill()
        self.p.wait()
        self.file.close()


class Answer:
    def __init__(self, text):
        head, _, status = text.rpartition("\n")
        self.text = head
        self.status = int(status)

    def json(self):
        return json.loads(self.text)


def curl(url, *options):
    """Status and body; status 0 is no answer."""
    done = subprocess.run(
        ["curl", "-s", "--noproxy", "*", "--max-time", "10", "-w",
         "\n%{http_code}", *options, url],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return Answer(done.stdout)


def dial(base, number, *options):
    return curl(base + "/api/v1/calls", "-H",
                "Content-Type: application/json", "-d",
                json.dumps({"PhoneNumber": number}), *options)
