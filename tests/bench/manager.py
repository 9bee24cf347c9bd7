# SPDX-License-Identifier: Apache-2.0
# bench/manager.py - a manager interface that plays calls as fast as asked
"""Speaks as much of Asterisk's manager as the driver needs to log in and to
sync; then plays the events of direct calls to the agents' phones, with the
fields of Asterisk 22. It measures: a fake, because a real switch brings its
own delays and does not say when its bytes left."""
import selectors
import socket
import threading
import time

CHANNEL = """\
Channel: {name}\r
ChannelState: {state}\r
ChannelStateDesc: {desc}\r
CallerIDNum: {number}\r
CallerIDName: Jamie Example\r
ConnectedLineNum: {line}\r
ConnectedLineName: <unknown>\r
Language: en\r
AccountCode: \r
Context: {context}\r
Exten: {exten}\r
Priority: 1\r
Uniqueid: {id}\r
Linkedid: {linked}\r
"""
STATES = {"Down": 0, "Ring": 4, "Ringing": 5, "Up": 6}


def channel(name, id, linked, desc, number, line="<unknown>", exten="",
            context="from-trunk"):
    return CHANNEL.format(name=name, id=id, linked=linked, desc=desc,
                          state=STATES[desc], number=number, line=line,
                          exten=exten, context=context)


def dest(text):
    return "".join("Dest" + line + "\n" for line in text.splitlines())


def event(name, *parts):
    return (f"Event: {name}\r\nPrivilege: call,all\r\n" + "".join(parts) +
            "\r\n")


class Call:
    """A caller on the trunk and the agent's phone."""

    def __init__(self, serial, device, number):
        self.caller_id = f"1795330000.{2 * serial}"
        self.leg_id = f"1795330000.{2 * serial + 1}"
        self.device, self.number = device, number
        self.caller_name = f"PJSIP/trunk-{2 * serial:08x}"
        self.leg_name = f"{device}-{2 * serial + 1:08x}"
        self.bridge = f"505c2057-d6c6-42a8-898d-{serial:012x}"

    def caller(self, desc="Ring"):
        return channel(self.caller_name, self.caller_id, self.caller_id, desc,
                       self.number, exten="49301000")

    def leg(self, desc):
        return channel(self.leg_name, self.leg_id, self.caller_id, desc,
                       "101", self.number, context="from-internal")

    def rings(self):
        return (event("Newchannel", self.caller()) +
                event("Newchannel", self.leg("Down")) +
                event("DialBegin", self.caller(), dest(self.leg("Down")),
                      "DialString: x\r\n") +
                event("Newstate", self.leg("Ringing")) +
                event("DialState", self.caller(), dest(self.leg("Ringing")),
                      "DialStatus: RINGING\r\n"))

    def gives_up(self):
        return (event("DialEnd", self.caller(), dest(self.leg("Ringing")),
                      "DialStatus: CANCEL\r\n") +
                event("Hangup", self.leg("Ringing"),
                      "Cause: 127\r\nCause-txt: Interworking\r\n") +
                event("Hangup", self.caller(),
                      "Cause: 127\r\nCause-txt: Interworking\r\n"))

    def listed(self, action):
        """Both channels as CoreShowChannels lists them, talking."""
        tail = (f"BridgeId: {self.bridge}\r\nApplication: Dial\r\n"
                "ApplicationData: x\r\nDuration: 00:01:00\r\n\r\n")
        head = f"Event: CoreShowChannel\r\nActionID: {action}\r\n"
        return head + self.caller("Up") + tail + head + self.leg("Up") + tail


class Manager:
    """One client at a time, on a thread of its own."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.running = []  # calls a sync finds
        self.client = None
        self.opened = 0.0  # when the last client was accepted
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.opened = time.perf_counter()
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.sendall(b"Asterisk Call Manager/11.0.0\r\n")
            self.client = client
            try:
                self.talk(client)
            except OSError:
                pass
            client.close()

    def talk(self, client):
        text = b""
        while True:
            data = client.recv(65536)
            if not data:
                return
            text += data
            while b"\r\n\r\n" in text:
                action, text = text.split(b"\r\n\r\n", 1)
                fields = dict(line.split(": ", 1) for line in
                              action.decode().split("\r\n") if ": " in line)
                client.sendall(self.answer(fields).encode())

    def answer(self, fields):
        name, id = fields["Action"], fields.get("ActionID", "")
        ok = f"Response: Success\r\nActionID: {id}\r\n"
        if name == "Challenge":
            return ok + "Challenge: 140879413\r\n\r\n"
        if name == "CoreShowChannels":
            return (ok + "EventList: start\r\n\r\n" +
                    "".join(call.listed(id) for call in self.running) +
                    "Event: CoreShowChannelsComplete\r\n"
                    f"ActionID: {id}\r\nEventList: Complete\r\n"
                    f"ListItems: {2 * len(self.running)}\r\n\r\n")
        if name == "CoreSettings":
            return ok + "AMIversion: 11.0.0\r\nAsteriskVersion: 22.0\r\n\r\n"
        return ok + "Message: Authentication accepted\r\n\r\n"

    def play(self, text):
        """When its first byte left."""
        begun = time.perf_counter()
        self.client.sendall(text.encode())
        return begun

    def drop(self):
        self.client.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.listener.close()


class Streams:
    """One stream of events an agent; says when each had the mark."""

    def __init__(self, port, agents):
        self.selector = selectors.DefaultSelector()
        self.streams = []
        for agent in agents:
            stream = socket.create_connection(("127.0.0.1", port))
            stream.sendall(f"GET /api/v1/events?agent={agent} HTTP/1.1\r\n"
                           "Host: 127.0.0.1\r\n\r\n".encode())
            self.selector.register(stream, selectors.EVENT_READ)
            self.streams.append(stream)
        self.heard = {}
        self.ready = threading.Semaphore(0)
        self.on = True
        threading.Thread(target=self.run, daemon=True).start()
        for _ in agents:
            if not self.ready.acquire(timeout=30):
                raise RuntimeError("a stream did not begin within 30 s")

    def run(self):
        while self.on:
            for key, _ in self.selector.select(0.2):
                data = key.fileobj.recv(262144)
                now = time.perf_counter()
                if b"event: snapshot" in data:
                    self.ready.release()
                if not data:
                    self.selector.unregister(key.fileobj)
                for part in data.split(b'"type":"call.ringing"')[1:]:
                    at = part.find(b'"number":"')
                    number = part[at + 10:].split(b'"', 1)[0].decode()
                    self.heard.setdefault(number, now)

    def close(self):
        self.on = False
        time.sleep(0.3)
        for stream in self.streams:
            stream.close()
