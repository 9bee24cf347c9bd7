# SPDX-License-Identifier: Apache-2.0
# chaos/monitor.py - a manager session of the test's own, past the proxy
import collections
import socket
import threading
import time

from lab import until

# Sees all, does nothing; beside the account the relay is given.
MANAGER = """
[monitor]
secret = monitor-of-the-lab
read = call
write = reporting
"""
LOGIN = (b"Action: Login\r\nUsername: monitor\r\n"
         b"Secret: monitor-of-the-lab\r\n\r\n"
         b"Action: CoreShowChannels\r\n\r\n")


class Monitor:
    """What the switch really did: channels that were made, dials asked for."""

    def __init__(self, port):
        self.port = port
        self.made = {}        # unique id -> how it was first seen
        self.made_n = {}      # unique id -> Newchannel events
        self.originates = {}  # action -> OriginateResponse events
        self.held = set()     # unique ids whose phone holds
        self.held_at_cut = set()
        self.compared = collections.defaultdict(set)
        self.is_open = False
        self.ended = False
        threading.Thread(target=self.run, daemon=True).start()
        self.wait_open()

    def wait_open(self):
        until("the monitor's login", lambda: self.is_open)

    def end(self):
        self.ended = True

    def run(self):
        while not self.ended:
            try:
                self.listen()
            except OSError:
                pass
            self.is_open = False
            time.sleep(0.02)

    def listen(self):
        with socket.create_connection(("127.0.0.1", self.port)) as s:
            s.sendall(LOGIN)
            message = {}
            for line in s.makefile(encoding="utf-8", errors="replace"):
                key, _, value = line.strip().partition(":")
                if key:
                    message.setdefault(key, value.strip())
                    continue
                self.take(message)
                message = {}

    def take(self, message):
        id = message.get("Uniqueid", "")
        event = message.get("Event")
        if event == "CoreShowChannelsComplete":
            self.is_open = True
        elif event == "CoreShowChannel":
            self.made.setdefault(id, message)
        elif event == "Newchannel":
            self.made.setdefault(id, message)
            self.made_n[id] = self.made_n.get(id, 0) + 1
        elif event == "OriginateResponse":
            id = message.get("ActionID", "")
            self.originates[id] = self.originates.get(id, 0) + 1
        elif event == "Hold":
            self.held.add(id)
        elif event == "Unhold":
            self.held.discard(id)
