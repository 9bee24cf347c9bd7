#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# fault/run_disk.py - the real relay on a disk that is full or read-only, and
# without descriptors
"""Usage: run_disk.py BINARY

The disk is a small tmpfs in a mount namespace of its own; where such a thing
may not be made, only the cases without it run.
"""
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
import uuid

from real import Cases, Relay, Stream, until

DISK_BYTES = 4 * 1024 * 1024
CONF = ("dial { concurrent = 0 merge_s = 0 per_minute = 0 per_hour = 0 refusals = 0 }\n"
        "simulator { ring_ms = 20 talk_ms = 0 }\n")


class Disk:
    """A tmpfs that a relay keeps its store on."""

    def __init__(self, folder):
        self.folder = folder
        self.fill = os.path.join(folder, "fill")
        os.makedirs(folder)
        self.mount("-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs")

    def mount(self, *options):
        subprocess.run(["mount", *options, self.folder], check=True)

    def full(self):
        with open(self.fill, "wb", buffering=0) as f:
            try:
                while True:
                    f.write(b"x" * 4096)
            except OSError:
                pass

    def roomy(self):
        os.unlink(self.fill)

    def read_only(self):
        self.mount("-o", "remount,ro")

    def writable(self):
        self.mount("-o", "remount,rw")

    def end(self):
        subprocess.run(["umount", "-l", self.folder], check=True)


class Story:
    """A relay, its disk, and a click that was answered once."""

    def __init__(self, binary, folder, name):
        self.disk = Disk(os.path.join(folder, name))
        self.relay = Relay(binary, os.path.join(folder, name + "-relay"))
        self.relay.store = os.path.join(self.disk.folder, "calls.db")
        self.relay.configure(CONF)
        self.click = {"PhoneNumber": "+4930123456",
                      "ActivityUUID": str(uuid.uuid4())}
        self.call = None

    def dial(self, body=None):
        return self.relay.client().post(
            "/api/v1/calls", body or {"PhoneNumber": "+4930123457"})

    def push(self, event, ref="leg"):
        answer = self.relay.client().post(
            "/api/v1/inbound",
            {"event": event, "ref": ref, "from": "+49306912345"})
        assert answer.status == 202, answer
        return answer.json

    def first(self):
        self.relay.start()
        self.call = self.dial(self.click)
        assert self.call.status == 201, self.call
        self.push("ringing")

    def up(self):
        """It answers, though it is not ready."""
        self.relay.spawn()
        until("the relay answers", lambda: self.relay.ready("/healthz"), 30)
        until("the switch is there", lambda: self.relay.client().get(
            "/api/v1/status")["switch"]["synced"])

    def refused(self):
        answer = self.dial()
        assert answer.status == 503, answer
        assert answer.json["code"] == "store_full", answer
        assert answer.json["fix"], answer
        assert not self.relay.ready(), "it says it is ready"

    def same_click(self):
        again = self.dial(self.click)
        assert again.status == 200, again
        assert again.json["id"] == self.call.json["id"], again

    def not_durable(self):
        """An event of a running call goes out all the same."""
        stream = Stream(self.relay.port)
        try:
            stream.until("the snapshot", lambda f: f.event == "snapshot")
            self.push("answered")
            frame = stream.until("the answer", lambda f: f.event == "call")
            assert b'"durable":false' in frame.data, frame
        finally:
            stream.close()

    def well(self):
        until("the relay is well", self.relay.ready)
        answer = self.dial()
        assert answer.status == 201, answer

    def kept(self):
        """After a kill all of it is there."""
        self.relay.kill()
        self.relay.start()
        self.same_click()
        assert self.push("answered")["state"] == "active"

    def end(self):
        self.relay.kill()
        self.disk.end()


def full_while_it_runs(story):
    story.first()
    story.disk.full()
    until("the disk is full",
          lambda: story.dial().json.get("code") == "store_full")
    story.refused()
    story.not_durable()
    story.disk.roomy()
    story.well()
    story.kept()


def full_at_the_start(story, stop):
    story.first()
    stop(story.relay)
    story.disk.full()
    story.up()
    story.refused()
    story.same_click()
    story.not_durable()
    story.disk.roomy()
    story.well()
    story.kept()


def full_at_the_first_start(story):
    story.disk.full()
    story.up()
    story.refused()
    story.push("ringing")
    story.not_durable()
    story.disk.roomy()
    story.well()
    story.call = story.dial(story.click)
    story.kept()


def read_only_at_the_start(story, stop):
    story.first()
    stop(story.relay)
    story.disk.read_only()
    story.up()
    story.refused()
    story.same_click()
    story.not_durable()
    story.disk.writable()
    story.well()
    story.kept()


def read_only_at_the_first_start(story):
    story.disk.read_only()
    story.up()
    story.refused()
    story.disk.writable()
    story.well()


def with_disk(binary, folder, function, *args):
    story = Story(binary, folder, function.__name__ + str(len(args)) +
                  (args[0].__name__ if args else ""))
    try:
        function(story, *args)
    finally:
        story.end()


# --- descriptors ---

def out_of_descriptors(binary, folder):
    relay = Relay(binary, os.path.join(folder, "descriptors"), CONF)
    relay.start()
    try:
        few = relay.fds() + 4
        hard = resource.prlimit(relay.process.pid,
                                resource.RLIMIT_NOFILE)[1]
        resource.prlimit(relay.process.pid, resource.RLIMIT_NOFILE,
                         (few, hard))
        crowd = [socket.create_connection(("127.0.0.1", relay.port))
                 for _ in range(60)]
        time.sleep(0.5)
        cpu, turns = relay.cpu_s(), relay.status_field(
            "voluntary_ctxt_switches")
        time.sleep(2)
        cpu = relay.cpu_s() - cpu
        turns = relay.status_field("voluntary_ctxt_switches") - turns
        # a listener that is always ready would turn it without end
        assert cpu < 0.5 and turns < 1000, \
            f"it spins: {turns} turns, {cpu:.2f} s of CPU in 2 s"
        assert relay.fds() <= few, relay.fds()
        for one in crowd:
            one.close()
        until("it is ready again", relay.ready)
        answer = relay.client().post("/api/v1/calls",
                                     {"PhoneNumber": "+4930123456"})
        assert answer.status == 201, answer
    finally:
        relay.kill()


def terminate(relay):
    assert relay.terminate()[1] == 0


def kill(relay):
    relay.kill()


def in_own_mounts():
    """This program again, where it may mount; False: it may not."""
    if os.environ.get("FAULT_MOUNTS"):
        return True
    for how in (["unshare", "-m"], ["unshare", "-rm"]):
        try:
            able = subprocess.run(
                [*how, "sh", "-c", "mount -t tmpfs -o size=1M tmpfs /mnt"],
                capture_output=True, check=False).returncode == 0
        except FileNotFoundError:
            return False
        if able:
            os.environ["FAULT_MOUNTS"] = "1"
            os.execvp(how[0], [*how, sys.executable, *sys.argv])
    return False


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    binary, cases = sys.argv[1], Cases()
    mounts = in_own_mounts()
    with tempfile.TemporaryDirectory() as folder:
        cases.run("out of descriptors", out_of_descriptors, binary, folder)
        stories = (
            ("full while it runs", full_while_it_runs),
            ("full at the start, stopped before", full_at_the_start,
             terminate),
            ("full at the start, killed before", full_at_the_start, kill),
            ("full at the first start", full_at_the_first_start),
            ("read-only at the start, stopped before",
             read_only_at_the_start, terminate),
            ("read-only at the start, killed before",
             read_only_at_the_start, kill),
            ("read-only at the first start", read_only_at_the_first_start),
        )
        for name, *story in stories if mounts else ():
            cases.run(name, with_disk, binary, folder, *story)
        if not mounts:
            cases.say("full and read-only disks: nothing may be mounted here")
    cases.end()


if __name__ == "__main__":
    main()
