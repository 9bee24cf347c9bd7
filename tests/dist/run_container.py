#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# dist/run_container.py - the image: built, run read-only, reached from outside
"""Usage: run_container.py

docker/Dockerfile is built by buildah from a base image that mmdebstrap makes;
both are kept in ${XDG_CACHE_HOME:-~/.cache}/patchcord. It is run as its own
configuration says, in a network of its own whose gateway is this machine, with
the port published on the loopback only, as docker run -p 127.0.0.1:… does it.
"""
import functools
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True
import compose
import lab

BASE_NAME = "docker.io/library/debian:bookworm-slim"
IMAGE = "localhost/patchcord-test"
STORE = os.path.join(lab.CACHE, "images")
DOCKERFILE = os.path.join(lab.SOURCE, "docker", "Dockerfile")
OUTSIDE, INNER = "10.90.0.1", "10.90.0.2"  # the gateway, the container
PORT = 22550
BASE = f"http://127.0.0.1:{PORT}"


def asked(driver, *words):
    folder = os.path.join(STORE, driver)
    return ["buildah", "--root", folder + "/root", "--runroot",
            folder + "/run", "--storage-driver", driver, *words]


@functools.cache
def driver():
    """Layers over each other where this kernel can, else copies of them."""
    done = subprocess.run(asked("overlay", "info"), capture_output=True,
                          check=False)
    return "vfs" if done.returncode else "overlay"


def buildah(*words):
    return lab.run(*asked(driver(), *words))


# --- the images ---

def base_image(tar):
    """Under the name that the Dockerfile says; a new tar makes a new one."""
    stamp = os.path.join(STORE, driver(), "base")
    if os.path.exists(stamp) and lab.read(stamp) == tar:
        return
    with tempfile.TemporaryDirectory(dir=lab.CACHE) as folder:
        os.link(tar, folder + "/base.tar")
        with open(folder + "/Dockerfile", "w", encoding="utf-8") as file:
            file.write("FROM scratch\nADD base.tar /\n")
        buildah("bud", "--isolation", "chroot", "-q", "-t", BASE_NAME, folder)
    with open(stamp, "w", encoding="utf-8") as file:
        file.write(tar)


def image():
    """Layers that are there are taken; what is of no use any more goes."""
    with tempfile.TemporaryDirectory(prefix="cti-context-") as folder:
        sys.path.insert(0, os.path.join(lab.SOURCE, "tests", "lint"))
        import project
        for name in project.files():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            shutil.copy2(os.path.join(lab.SOURCE, name), path)
        for name, target in ((IMAGE + "-build", ["--target", "build"]),
                             (IMAGE, [])):
            buildah("bud", "--layers", "--isolation", "chroot",
                    "--pull-never", "--format", "docker", *target, "-t", name,
                    "-f", folder + "/docker/Dockerfile", folder)
    buildah("rmi", "--prune", "--force")


def used_up():
    """Containers of a run that was killed."""
    words = buildah("containers", "-q").split()
    if words:
        buildah("rm", *words)


# --- its run ---

class Pipe(threading.Thread):
    """Hands bytes on until one side ends."""

    def __init__(self, one, two):
        super().__init__(daemon=True)
        self.one, self.two = one, two
        self.start()

    def run(self):
        try:
            while data := self.one.recv(65536):
                self.two.sendall(data)
            self.two.shutdown(socket.SHUT_WR)
        except OSError:
            pass


class Published(threading.Thread):
    """-p 127.0.0.1:22550:22550"""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", PORT))
        self.start()

    def run(self):
        while True:
            one, _ = self.listener.accept()
            try:
                two = socket.create_connection((INNER, PORT), 5)
            except OSError:
                one.close()
                continue
            Pipe(one, two)
            Pipe(two, one)


class Container:
    """The image's file system, and a network with a gateway."""

    def __init__(self, folder):
        self.folder = folder
        self.config = json.loads(buildah("inspect", "--type", "image",
                                         IMAGE))["Docker"]["config"]
        self.name = buildah("from", "--pull-never", IMAGE).strip()
        self.root = buildah("mount", self.name).strip()
        self.program = None
        self.more = {}  # variables that docker run is given
        self.volume = os.path.join(folder, "volume")
        self.certs = os.path.join(folder, "certs")
        os.mkdir(self.certs)
        self.cable()
        self.published = Published()

    def cable(self):
        lab.run("mount", "-t", "tmpfs", "none", "/run")  # names of networks
        for words in ("ip netns add inner",
                      "ip link add outside type veth peer name eth0 netns inner",
                      f"ip addr add {OUTSIDE}/24 dev outside",
                      "ip link set outside up",
                      f"ip -n inner addr add {INNER}/24 dev eth0",
                      "ip -n inner link set lo up",
                      "ip -n inner link set eth0 up",
                      f"ip -n inner route add default via {OUTSIDE}"):
            lab.run(*words.split())

    def shut(self):
        """Read-only, but for its volumes: a named one takes the image's
        folder as it is."""
        if not os.path.exists(self.volume):
            place = list(self.config["Volumes"])[0]
            shutil.copytree(self.root + place, self.volume)
            st = os.stat(self.root + place)
            os.chown(self.volume, st.st_uid, st.st_gid)
            os.chmod(self.volume, st.st_mode & 0o7777)
            lab.run("mount", "--bind", self.root, self.root)
            lab.run("mount", "--rbind", "/proc", self.root + "/proc")
            lab.run("mount", "--rbind", "/dev", self.root + "/dev")
            os.makedirs(self.root + "/certs", exist_ok=True)
            lab.run("mount", "-o", "remount,bind,ro", self.root)
            lab.run("mount", "--bind", self.volume, self.root + place)
            lab.run("mount", "--bind", self.certs, self.root + "/certs")

    def command(self, words):
        user = self.config["User"]
        return ["ip", "netns", "exec", "inner", "chroot", "--userspec=" + user,
                self.root, *words]

    def env(self):
        """PATH of the machine, too: the programs before it are taken by it."""
        own = dict(v.split("=", 1) for v in self.config["Env"])
        return {**own, "PATH": os.environ["PATH"], **self.more}

    def start(self, **env):
        self.shut()
        self.more = env
        words = self.config["Entrypoint"] + self.config["Cmd"]
        self.program = lab.Program(self.command(words), self.folder + "/log",
                                   self.env())
        try:
            lab.until("it is well", self.is_well)
        except AssertionError:
            done = self.inside("health")
            raise AssertionError(done.stderr + self.program.said()) from None

    def is_well(self):
        assert self.program.p.poll() is None, self.program.said()
        return self.inside("health").returncode == 0

    def inside(self, *words):
        return subprocess.run(self.command(["/usr/bin/patchcord", *words]),
                              env=self.env(), capture_output=True,
                              text=True, check=False)

    def key(self):
        return lab.read(self.volume + "/api.key").strip()

    def bearer(self):
        return ("-H", "Authorization: Bearer " + self.key())

    def end(self):
        if self.program:
            self.program.end()
        for line in reversed(lab.read("/proc/self/mounts").splitlines()):
            place = line.split()[1]
            if place.startswith(self.root):
                subprocess.run(["umount", "-l", place], check=False)
        buildah("umount", self.name)
        buildah("rm", self.name)


# --- what the image says ---

def it_says_what_it_is(box):
    labels = box.config["Labels"]
    for key in ("title", "version", "licenses", "description"):
        assert labels["org.opencontainers.image." + key], key
    found = re.search(r"VERSION (\S+)", lab.read(
        lab.SOURCE + "/CMakeLists.txt").split("project(patchcord")[1])
    assert labels["org.opencontainers.image.version"] == found.group(1)


def it_runs_as_nobody_and_stops_by_sigterm(box):
    assert box.config["User"] == "10001:10001"
    assert box.config["StopSignal"] == "SIGTERM"
    assert list(box.config["Volumes"]) == ["/var/lib/patchcord"]
    assert list(box.config["ExposedPorts"]) in (["22550"], ["22550/tcp"])
    assert box.config["Healthcheck"]["Test"] == ["CMD", "/usr/bin/patchcord",
                                                 "health"]


def it_holds_no_compiler_and_no_source(box):
    for name in ("usr/bin/gcc", "usr/bin/cmake", "src", "build", "out"):
        assert not os.path.exists(os.path.join(box.root, name)), name
    assert not os.listdir(box.root + "/var/lib/apt/lists")


def it_is_built_from_what_dev_installs(_):
    text = lab.read(DOCKERFILE)
    built = set(re.findall(r"[\w+.-]+", re.search(
        r"install -y --no-install-recommends \\\n((?:\t.*\n)+)",
        text).group(1)))
    listed = set(re.search(r'(?s)^BUILD="(.*?)"', lab.read(
        lab.SOURCE + "/dev"), re.M).group(1).split())
    assert built == listed, built ^ listed


# --- what it does ---

def health_says_no_while_nothing_runs(box):
    box.shut()
    assert box.inside("health").returncode == 1


def it_starts_with_a_root_that_is_read_only(box):
    box.start()
    touched = subprocess.run(["touch", box.root + "/etc/touched"],
                             capture_output=True, text=True, check=False)
    assert "Read-only" in touched.stderr, touched.stderr


def health_is_good(box):
    done = box.inside("health")
    assert done.returncode == 0, done.stdout + done.stderr


def the_host_reaches_the_widget(_):
    page = lab.curl(BASE + "/")
    assert page.status == 200 and "<script" in page.text, page.text


def a_program_without_the_key_is_refused(_):
    answer = lab.curl(BASE + "/api/v1/calls")
    assert answer.status == 401, answer.text
    assert answer.json()["code"] == "key_missing"


def a_program_with_the_key_dials(box):
    answer = lab.dial(BASE, "+493069123456", *box.bearer())
    assert answer.status == 201, answer.text


def a_page_gets_its_token_and_dials(_):
    """What the browser says for the page that it loaded."""
    page = ("-H", "Sec-Fetch-Site: same-origin", "-H",
            "Sec-Fetch-Mode: cors", "-H", "Sec-Fetch-Dest: empty")
    token = lab.curl(BASE + "/api/v1/token", *page)
    assert token.status == 200, token.text
    made = lab.dial(BASE, "+493069123457", *page, "-H", "Origin: " + BASE,
                    "-H", "X-CTI-Token: " + token.json()["token"])
    assert made.status in (201, 409), made.text
    assert lab.dial(BASE, "+493069123458", *page, "-H",
                    "Origin: " + BASE).status == 401


def the_journal_is_in_the_volume(box):
    names = set(os.listdir(box.volume))
    assert {"api.key", "patchcord.db"} <= names, names
    assert os.stat(box.volume + "/api.key").st_uid == 10001


def sigterm_stops_it_at_once(box):
    status, seconds = box.program.stop()
    assert status == 0, box.program.said()
    assert seconds < 2, seconds


def a_new_container_has_the_old_calls(box):
    box.start()
    calls = lab.curl(BASE + "/api/v1/calls", *box.bearer()).json()["calls"]
    assert any(c["number"] == "+493069123456" for c in calls), calls
    box.program.stop()


# --- https by the company's own certificate ---

def authority(folder):
    """A small company's: one root, one certificate for localhost."""
    lab.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            "/CN=A small company", "-keyout", folder + "/ca.key", "-out",
            folder + "/ca.pem")
    lab.run("openssl", "req", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost",
            "-keyout", folder + "/key.pem", "-out", folder + "/req.pem")
    with open(folder + "/ext", "w", encoding="utf-8") as file:
        file.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    lab.run("openssl", "x509", "-req", "-in", folder + "/req.pem", "-CA",
            folder + "/ca.pem", "-CAkey", folder + "/ca.key",
            "-CAcreateserial", "-days", "2", "-extfile", folder + "/ext",
            "-out", folder + "/cert.pem")
    for name in ("cert.pem", "key.pem"):
        os.chown(os.path.join(folder, name), 10001, 10001)


def a_certificate_of_a_small_authority_makes_https(box):
    authority(box.certs)
    box.start(PATCHCORD_HTTP_TLS_CERT_FILE="/certs/cert.pem",
              PATCHCORD_HTTP_TLS_KEY_FILE="/certs/key.pem")
    url = f"https://localhost:{PORT}/"
    ca = ("--cacert", box.certs + "/ca.pem")
    assert lab.curl(url, *ca).status == 200, box.program.said()
    assert lab.curl(url).status == 0, "an unknown authority is trusted"
    assert lab.dial(url[:-1], "+493069123459", *ca,
                    *box.bearer()).status == 201
    assert lab.curl(f"http://localhost:{PORT}/").status == 0
    box.program.stop()


CASES = (
    it_says_what_it_is,
    it_runs_as_nobody_and_stops_by_sigterm,
    it_holds_no_compiler_and_no_source,
    it_is_built_from_what_dev_installs,
    health_says_no_while_nothing_runs,
    it_starts_with_a_root_that_is_read_only,
    health_is_good,
    the_host_reaches_the_widget,
    a_program_without_the_key_is_refused,
    a_program_with_the_key_dials,
    a_page_gets_its_token_and_dials,
    the_journal_is_in_the_volume,
    sigterm_stops_it_at_once,
    a_new_container_has_the_old_calls,
    a_certificate_of_a_small_authority_makes_https,
)


def main():
    if lab.INSIDE not in os.environ:  # the network is needed here
        tar = lab.archive("base", "bookworm")
        os.makedirs(STORE, exist_ok=True)
        base_image(tar)
        used_up()
        image()
    lab.enter(__file__)
    folder = tempfile.mkdtemp(prefix="cti-container-")
    os.chmod(folder, 0o755)
    failed = lab.play(compose.CASES)
    box = Container(folder)
    try:
        return lab.play(CASES, box) or failed
    finally:
        box.end()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
