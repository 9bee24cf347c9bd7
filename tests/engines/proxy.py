# SPDX-License-Identifier: Apache-2.0
# engines/proxy.py - a link to a switch that can be made to misbehave
import os
import socket
import struct
import threading
import time

RESET = struct.pack("ii", 1, 0)  # close() sends RST


class Link:
    """One connection of the relay, and the one to the switch behind it."""

    def __init__(self, proxy, client):
        self.proxy = proxy
        self.client = client
        self.server = None
        self.lost = False  # what comes goes nowhere
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def open(self):
        try:
            self.server = socket.create_connection(self.proxy.target, 10)
        except OSError:
            self.close()
            return
        self.server.settimeout(None)
        self.server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=self.carry, daemon=True,
                         args=(self.server, self.client)).start()
        self.carry(self.client, self.server)

    def carry(self, source, sink):
        try:
            while True:
                data = source.recv(65536)
                if not data:
                    break
                self.send(sink, data)
        except OSError:
            pass
        if source is self.client or not self.lost:
            self.close()

    def side(self, sink):
        return "relay" if sink is self.client else "switch"

    def send(self, sink, data):
        """What a lost link carries, arrives nowhere."""
        with self.proxy.quiet:
            while self.side(sink) in self.proxy.silent and not self.lost:
                self.proxy.quiet.wait()
        if self.lost:
            return
        if not self.proxy.slow:
            sink.sendall(data)
            return
        for i in range(len(data)):
            sink.sendall(data[i:i + 1])

    def close(self, reset=False):
        self.lost = True
        with self.proxy.quiet:
            self.proxy.quiet.notify_all()
        for s in (self.client, self.server):
            if not s:
                continue
            try:
                if reset:
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                s.shutdown(socket.SHUT_RD if reset else socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()

    def vanish(self):
        """The switch is gone and could not say so."""
        self.lost = True
        with self.proxy.quiet:
            self.proxy.quiet.notify_all()
        if self.server:
            try:
                self.server.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            self.server.close()


class Proxy:
    """Listens on `port`, passes on to the switch at target.

    drop(), half_open() and garbage() concern the links there are; silence(),
    trickle(), refuse() and closed() last until heal(). connects has the time
    of each connection of the relay.
    """

    def __init__(self, port, host="127.0.0.1"):
        self.target = (host, port)
        self.quiet = threading.Condition()
        self.silent = ()
        self.slow = False
        self.refusing = False
        self.connects = []
        self.links = []
        self.listener = None
        self.port = 0
        self.listen()

    def listen(self):
        s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("127.0.0.1", self.port))
        s.listen(16)
        self.port = s.getsockname()[1]
        self.listener = s
        threading.Thread(target=self.run, args=(s,), daemon=True).start()

    def run(self, listener):
        while True:
            try:
                client = listener.accept()[0]
            except OSError:
                return
            self.connects.append(time.monotonic())
            if self.refusing or listener is not self.listener:
                client.close()
                continue
            link = Link(self, client)
            self.links = [k for k in self.links if not k.lost] + [link]
            threading.Thread(target=link.open, daemon=True).start()

    def drop(self, reset=False):
        """Every link ends now, by FIN or RST; new ones pass."""
        links, self.links = self.links, []  # a new one may come meanwhile
        for link in links:
            link.close(reset)

    def half_open(self):
        """The links lead nowhere any more, yet nobody closed them: the relay
        hears nothing, and what it sends is lost. The switch sees the end.
        New links pass."""
        for link in self.links:
            link.vanish()

    def silence(self, *sides):
        """Nothing reaches the relay or the switch (or the one named) until
        heal(): then all of it does."""
        with self.quiet:
            self.silent = sides or ("relay", "switch")

    def garbage(self, data=None):
        """Bytes that no switch sends, to the relay. Returns on how many
        links they were sent."""
        sent = 0
        for link in self.links:
            try:
                link.client.sendall(data or os.urandom(512))
                sent += 1
            except OSError:
                pass
        return sent

    def trickle(self):
        """One byte at a time, until heal()."""
        self.slow = True

    def refuse(self):
        """Drops the links; connections are taken and closed at once."""
        self.refusing = True
        self.drop()

    def closed(self):
        """Drops the links; nobody listens."""
        listener, self.listener = self.listener, None
        if listener:
            try:
                listener.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            listener.close()
        self.drop()

    def heal(self):
        """As if nothing had ever been."""
        with self.quiet:
            self.silent = ()
            self.quiet.notify_all()
        self.slow = False
        self.refusing = False
        if not self.listener:
            self.listen()

    def end(self):
        self.closed()
        with self.quiet:
            self.silent = ()
            self.quiet.notify_all()
