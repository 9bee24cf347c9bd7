#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# dist/run_package.py - the .deb: read, installed, run and removed
"""Usage: run_package.py

Takes the package that run_build.py left in build/dist. It is installed into
the root folder of a fresh system of the same release, which is kept in
${XDG_CACHE_HOME:-~/.cache}/patchcord; nothing is installed here.
"""
import glob
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import lab

# Besides the package's own: the user's number, programs of the test.
PACKAGES = ("systemd-standalone-sysusers", "curl", "bash")
FILES = """usr/bin/patchcord
usr/lib/systemd/system/patchcord.service
usr/lib/systemd/user/patchcord.service
usr/lib/sysusers.d/patchcord.conf
usr/share/bash-completion/completions/patchcord
usr/share/doc/patchcord/changelog.Debian.gz
usr/share/doc/patchcord/changelog.gz
usr/share/doc/patchcord/copyright
usr/share/doc/patchcord/examples/chrome-linux.json
usr/share/doc/patchcord/examples/chrome-windows.reg
usr/share/doc/patchcord/examples/edge-windows.reg
usr/share/doc/patchcord/examples/firefox.json
usr/share/doc/patchcord/examples/patchcord.conf
usr/share/doc/patchcord/sbom.cdx.json
usr/share/lintian/overrides/patchcord
usr/share/man/man1/patchcord.1.gz
usr/share/man/man5/patchcord.conf.5.gz""".split()
# What may stay: dpkg's own books, and the account, whose number must not
# become somebody else's.
STAYS = re.compile(r"/var/lib/dpkg/|/var/log/|/etc/(passwd|group|g?shadow)-?$|"
                   r"/etc/\.pwd\.lock$|/var/cache/(debconf|ldconfig|apt)/|"
                   r"/etc/ld\.so\.cache$|/proc/|/dev/|/run/|/tmp/")
EXPOSURE_MAX = 2.0
BASE = "http://127.0.0.1:22550"


def package():
    found = glob.glob(os.path.join(lab.BUILT, "*.deb"))
    if len(found) != 1:
        print("FAIL - the package: run tests/dist/run_build.py first")
        sys.exit(1)
    return found[0]


def depends(deb):
    """The first of each choice."""
    text = lab.run("dpkg-deb", "-f", deb, "Depends")
    return [re.split(r"[ |(]", part.strip())[0] for part in text.split(",")]


class Root:
    """A fresh system in a folder, and our package beside it."""

    def __init__(self, deb, folder):
        self.deb = deb
        self.folder = folder
        self.path = os.path.join(folder, "root")
        self.content = os.path.join(folder, "content")
        tar = lab.archive("package", lab.codename()[1],
                          (*PACKAGES, *depends(deb)))
        lab.unpack(tar, self.path)
        lab.run("dpkg-deb", "-x", deb, self.content)
        shutil.copy(deb, self.path + "/tmp/patchcord.deb")
        self.before = self.files()
        self.program = None

    def inside(self, *names):
        return os.path.join(self.path, *names)

    def chroot(self, *command):
        return lab.run("chroot", self.path, *command, env={
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"})

    def files(self):
        found = set()
        for folder, folders, names in os.walk(self.path):
            place = folder[len(self.path):]
            folders[:] = [f for f in folders
                          if (place, f) not in (("", "proc"), ("", "dev"))]
            found.update(f"{place}/{name}" for name in (*folders, *names))
        return found

    def start(self, user, env, command):
        """As the service manager does, its socket included."""
        path = self.inside("run", "notify")
        if os.path.exists(path):
            os.unlink(path)
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(path)
        os.chmod(path, 0o666)
        self.notify.settimeout(10)
        self.program = lab.Program(
            [shutil.which("chroot"), "--userspec=" + user, self.path, *command],
            os.path.join(self.folder, "log"),
            {"PATH": "/usr/bin:/bin", "NOTIFY_SOCKET": "/run/notify",
             "WATCHDOG_USEC": "10000000", **env})

    def told(self, word):
        """Waits until the service manager is told that."""
        try:
            while word not in self.notify.recv(4096).decode():
                pass
        except socket.timeout:
            raise AssertionError(f"{word} is not told:\n" +
                                 self.program.said()) from None

    def end(self):
        if self.program:
            self.program.end()


# --- what is in it ---

def it_has_these_files_and_no_others(root):
    found = sorted(os.path.relpath(os.path.join(folder, name), root.content)
                   for folder, _, names in os.walk(root.content)
                   for name in names)
    assert found == sorted(FILES), set(found) ^ set(FILES)


def lintian_finds_nothing(root):
    said = lab.run("lintian", "--allow-root", "--fail-on", "error,warning",
                   root.deb)
    assert not re.search(r"(?m)^[EW]:", said), said


def every_override_of_lintian_says_why(root):
    lines = lab.read(root.content + "/usr/share/lintian/overrides/patchcord"
                     ).splitlines()
    for i, line in enumerate(lines):
        assert line.startswith("#") or (i and lines[i - 1].startswith("#")), \
            line


def mandoc_finds_nothing(_):
    for page in ("patchcord.1", "patchcord.conf.5"):
        done = subprocess.run(["mandoc", "-Tlint", page], cwd=lab.BUILT,
                              capture_output=True, text=True, check=False)
        said = [line for line in (done.stdout + done.stderr).splitlines()
                if "referenced manual not found" not in line]  # the other one
        assert not said, said


def the_pages_name_every_command_and_every_key(root):
    program = root.content + "/usr/bin/patchcord"
    page = lab.read(lab.BUILT + "/patchcord.1")
    for line in lab.run(program, "help").splitlines():
        if re.match(r"  \w", line):
            assert re.search(rf"(?m)^\.Nm Cm {line.split()[0]}$", page), line
    page = lab.read(lab.BUILT + "/patchcord.conf.5")
    for variable in re.findall(r"PATCHCORD_\w+",
                               lab.run(program, "help-config")):
        assert f".Ev {variable}\n" in page, variable


def the_example_is_valid_with_every_key_set(root):
    text = lab.read(root.content +
                    "/usr/share/doc/patchcord/examples/patchcord.conf")
    path = os.path.join(root.folder, "example.conf")
    for change in (lambda s: s,
                   lambda s: re.sub(r"(?m)^\t# (\w+ = )", r"\t\1",
                                    s.split("\n# agent")[0]) +
                   s.split("# }\n")[-1]):
        with open(path, "w", encoding="utf-8") as file:
            file.write(change(text))
        said = lab.run(root.content + "/usr/bin/patchcord", "check-config",
                       "-c", path, env={"HOME": root.folder})
        assert said == "OK\n", said
    assert re.search(r"(?m)^\tlisten = ", lab.read(path))


def the_policies_are_those_of_the_security_page(root):
    blocks = re.findall(r"```\w+\n(.*?)```",
                        lab.read(lab.SOURCE + "/SECURITY.md"), re.S)
    folder = root.content + "/usr/share/doc/patchcord/examples/"
    for name in os.listdir(folder):
        if name.endswith((".json", ".reg")):
            assert lab.read(folder + name) in blocks, name
        if name.endswith(".json"):
            json.loads(lab.read(folder + name))


def the_completion_completes(root):
    path = root.content + "/usr/share/bash-completion/completions/patchcord"
    said = lab.run("bash", "-c", f"source {path}; complete -p patchcord")
    assert said.startswith("complete "), said


# --- the units ---

def unit(root, kind):
    return f"{root.content}/usr/lib/systemd/{kind}/patchcord.service"


def settings(path):
    """Key to values of a unit's [Service]."""
    found = {}
    for key, value in re.findall(r"(?m)^(\w+)=(.*)$", lab.read(path)):
        found.setdefault(key, []).append(value)
    return found


def the_system_unit_is_shut_in(root):
    said = lab.run("systemd-analyze", "security", "--offline=true",
                   unit(root, "system"))
    level = float(re.search(r"exposure level for .*: ([\d.]+)", said).group(1))
    assert level <= EXPOSURE_MAX, said


def both_units_are_notified_and_watched(root):
    for kind in ("system", "user"):
        found = settings(unit(root, kind))
        assert found["Type"] == ["notify"]
        assert found["WatchdogSec"] == ["10"]
        assert "AF_NETLINK" in found["RestrictAddressFamilies"][0]
        assert found["ExecStart"] == ["/usr/bin/patchcord serve"]


def systemd_understands_both_units(root):
    for kind, option in (("system", "--system"), ("user", "--user")):
        # its own man pages and targets are not in a folder
        done = subprocess.run(
            ["systemd-analyze", "verify", option, "--man=no",
             "--recursive-errors=no", unit(root, kind)],
            capture_output=True, text=True, check=False,
            env={**os.environ, "XDG_RUNTIME_DIR": root.folder})
        said = [line for line in done.stderr.splitlines()
                if "patchcord.service" in line and "not executable" not in line]
        assert not said, said


# --- its life ---

def it_installs(root):
    said = root.chroot("dpkg", "-i", "/tmp/patchcord.deb")
    assert "Setting up patchcord" in said, said
    assert "warning" not in said.lower(), said
    assert "patchcord" in lab.read(root.inside("etc/passwd"))
    root.chroot("patchcord", "version")


def service_env(root):
    values = settings(unit(root, "system"))["Environment"]
    return dict(v.replace("%S", "/var/lib").split("=", 1) for v in values)


def service_start(root):
    """What the manager does for StateDirectory, User, ExecStart."""
    found = settings(unit(root, "system"))
    folder = root.inside("var/lib", found["StateDirectory"][0])
    if not os.path.exists(folder):
        root.chroot("install", "-d", "-o", found["User"][0], "-g",
                    found["Group"][0], "-m", found["StateDirectoryMode"][0],
                    "/var/lib/" + found["StateDirectory"][0])
    root.start(f"{found['User'][0]}:{found['Group'][0]}", service_env(root),
               found["ExecStart"][0].split())
    root.told("READY=1")


def the_system_service_serves_programs_with_the_key(root):
    service_start(root)
    root.told("WATCHDOG=1")
    refused = lab.dial(BASE, "+493069123456")
    assert refused.status == 401, refused.text
    assert refused.json()["code"] == "key_missing", refused.text
    key = lab.read(root.inside("var/lib/patchcord/api.key")).strip()
    made = lab.dial(BASE, "+493069123456", "-H", "Authorization: Bearer " + key)
    assert made.status == 201, made.text
    again = lab.curl(BASE + "/api/v1/calls/" + made.json()["id"], "-H",
                     "Authorization: Bearer " + key)
    assert again.status == 200, again.text


def the_system_service_serves_no_widget(_):
    page = lab.curl(BASE + "/")
    assert "script" not in page.text and page.status in (200, 403), page.text
    assert lab.curl(BASE + "/widget/hub.js").status in (403, 404)


def what_it_writes_is_its_own(root):
    for folder, _, names in os.walk(root.inside("var/lib/patchcord")):
        for path in [folder, *(os.path.join(folder, n) for n in names)]:
            assert not os.stat(path).st_mode & 0o077, path


def it_ends_at_once(root):
    status, seconds = root.program.stop()
    root.told("STOPPING=1")
    assert status == 0, root.program.said()
    assert seconds < 2, seconds


def the_user_service_serves_the_agent_of_this_desk(root):
    root.chroot("install", "-d", "-o", "1000", "-g", "1000", "/home/agent")
    root.start("1000:1000", {"HOME": "/home/agent"},
               settings(unit(root, "user"))["ExecStart"][0].split())
    try:
        root.told("READY=1")
        said = lab.run(
            "chroot", "--userspec=1000:1000", root.path, "curl", "-s", "-w",
            "%{http_code}", "-H", "Content-Type: application/json", "-d",
            '{"PhoneNumber":"+493069123456"}', BASE + "/api/v1/calls")
        assert said.endswith("201"), said
        # a daemon's account is somebody else
        other = lab.run("chroot", "--userspec=33:33", root.path, "sh", "-c",
                        f"curl -s -w '%{{http_code}}' {BASE}/version || true")
        assert other.endswith("000"), other
    finally:
        root.program.stop()
    shutil.rmtree(root.inside("home/agent"))


def it_installs_over_itself(root):
    root.chroot("dpkg", "-i", "/tmp/patchcord.deb")
    assert os.path.exists(root.inside("var/lib/patchcord/patchcord.db"))


def removed_it_keeps_the_journal(root):
    root.chroot("dpkg", "-r", "patchcord")
    assert not os.path.exists(root.inside("usr/bin/patchcord"))
    assert os.path.exists(root.inside("var/lib/patchcord/patchcord.db"))


def purged_it_leaves_nothing(root):
    root.chroot("dpkg", "-P", "patchcord")
    left = sorted(name for name in root.files() - root.before
                  if not STAYS.search(name))
    assert not left, left
    lost = sorted(name for name in root.before - root.files()
                  if not STAYS.search(name))
    assert not lost, lost


CASES = (
    it_has_these_files_and_no_others,
    lintian_finds_nothing,
    every_override_of_lintian_says_why,
    mandoc_finds_nothing,
    the_pages_name_every_command_and_every_key,
    the_example_is_valid_with_every_key_set,
    the_policies_are_those_of_the_security_page,
    the_completion_completes,
    the_system_unit_is_shut_in,
    both_units_are_notified_and_watched,
    systemd_understands_both_units,
    it_installs,
    the_system_service_serves_programs_with_the_key,
    the_system_service_serves_no_widget,
    what_it_writes_is_its_own,
    it_ends_at_once,
    the_user_service_serves_the_agent_of_this_desk,
    it_installs_over_itself,
    removed_it_keeps_the_journal,
    purged_it_leaves_nothing,
)


def main():
    deb = package()
    if lab.INSIDE not in os.environ:  # the network is needed once
        lab.archive("package", lab.codename()[1], (*PACKAGES, *depends(deb)))
    lab.enter(__file__)
    folder = tempfile.mkdtemp(prefix="cti-package-")
    os.chmod(folder, 0o755)
    root = Root(deb, folder)
    try:
        return lab.play(CASES, root)
    finally:
        root.end()
        lab.remove(folder)


if __name__ == "__main__":
    sys.exit(main())
