# SPDX-License-Identifier: Apache-2.0
# fault/manager.py - a manager interface that lives on when the relay dies
import collections
import random
import socket
import threading
import time

DEVICE = "PJSIP/agent1"
STATES = {"Down": 0, "Ring": 4, "Ringing": 5, "Up": 6}
RING_CHANCE = 0.15  # of a caller, each hundredth of a second
CALLS_MAX = 20


def channel(name, uid, linked, state):
    return {"Channel": name, "ChannelState": STATES[state],
            "CallerIDNum": "101", "CallerIDName": "<unknown>",
            "ConnectedLineNum": "<unknown>", "ConnectedLineName": "<unknown>",
            "Exten": "s", "Uniqueid": uid, "Linkedid": linked}


class Call:
    """The agent's channel and the other side's, and what is said of them."""

    def __init__(self, serial):
        self.serial = serial
        self.state = "Down"
        self.ends_at = 0.0
        self.bridge = {"BridgeUniqueid": f"bridge-{serial:08x}",
                       "BridgeType": "basic"}

    def agent_name(self):
        return f"{DEVICE}-{self.serial:08x}"

    def trunk_name(self):
        return f"PJSIP/trunk-{self.serial:08x}"

    def bridged(self):
        return [("BridgeEnter", self.bridge, self.trunk()),
                ("BridgeEnter", self.bridge, self.agent())]

    def ended(self):
        over = {"Cause": 16, "Cause-txt": "Normal Clearing"}
        return [("Hangup", leg, over) for leg in self.legs()]


class Dial(Call):
    """The agent's channel bears the id the relay gave it; the callee's comes
    with its answer."""

    def __init__(self, serial, fields):
        super().__init__(serial)
        self.uid = fields["ChannelId"]
        self.number = fields["Exten"]

    def agent(self):
        return {**channel(self.agent_name(), self.uid, self.uid, self.state),
                "Exten": self.number, "ConnectedLineNum": self.number}

    def trunk(self):
        return {**channel(self.trunk_name(), f"1795330000.{self.serial}",
                          self.uid, self.state), "Exten": self.number}

    def legs(self):
        return [self.agent(), self.trunk()] if self.state == "Up" else \
            [self.agent()]

    def begun(self):
        return [("Newchannel", self.agent())]

    def rings(self):
        return [("Newstate", self.agent())]

    def answered(self):
        dest = {"Dest" + k: v for k, v in self.trunk().items()}
        return [("Newstate", self.agent()),
                ("OriginateResponse", self.agent(), {
                    "ActionID": self.uid, "Response": "Success", "Reason": 4}),
                ("Newchannel", self.trunk()),
                ("DialBegin", self.agent(), dest, {"DialString": "x@trunk"}),
                ("DialEnd", self.agent(), dest, {"DialStatus": "ANSWER"}),
                *self.bridged()]


class Ring(Call):
    """A caller, and the agent's phone that rings."""
    number = None

    def __init__(self, serial):
        super().__init__(serial)
        self.caller = f"1795330000.{serial}"
        self.uid = f"1795330001.{serial}"

    def trunk(self):
        state = "Up" if self.state == "Up" else "Ring"
        return {**channel(self.trunk_name(), self.caller, self.caller, state),
                "CallerIDNum": "+493069123456", "Exten": "49301000"}

    def agent(self):
        return {**channel(self.agent_name(), self.uid, self.caller,
                          self.state), "ConnectedLineNum": "+493069123456"}

    def legs(self):
        return [self.trunk(), self.agent()]

    def dest(self):
        return {"Dest" + k: v for k, v in self.agent().items()}

    def begun(self):
        return [("Newchannel", self.trunk()), ("Newchannel", self.agent()),
                ("DialBegin", self.trunk(), self.dest(), {"DialString": "x"})]

    def rings(self):
        return [("Newstate", self.agent()),
                ("DialState", self.trunk(), self.dest(),
                 {"DialStatus": "RINGING"})]

    def answered(self):
        return [("Newstate", self.agent()),
                ("DialEnd", self.trunk(), self.dest(),
                 {"DialStatus": "ANSWER"}),
                ("Newstate", self.trunk()), *self.bridged()]


class Manager:
    """One account; every Originate is counted by the number it dials."""

    def __init__(self, talk_s=0.15):
        self.talk_s = talk_s
        self.dialed = collections.Counter()
        self.calls = {}
        self.serial = 0
        self.client = None
        self.frozen = False  # no call moves on by itself
        self.callers = False  # somebody may call
        self.over = False
        self.lock = threading.RLock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        for target in (self.serve, self.live):
            threading.Thread(target=target, daemon=True).start()

    def close(self):
        self.over = True
        self.listener.close()

    # --- the wire ---

    def send(self, fields, client=None):
        client = client or self.client
        text = "".join(f"{k}: {v}\r\n" for k, v in fields.items()) + "\r\n"
        try:
            if client:
                client.sendall(text.encode())
        except OSError:
            pass  # the relay is dead; its next life asks again

    def tell(self, events):
        for name, *parts in events:
            fields = {"Event": name}
            for part in parts:
                fields.update(part)
            self.send(fields)

    def serve(self):
        while not self.over:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.sendall(b"Asterisk Call Manager/11.0.0\r\n")
            threading.Thread(target=self.read, args=(client,),
                             daemon=True).start()

    def read(self, client):
        data = b""
        while True:
            try:
                more = client.recv(65536)
            except OSError:
                more = b""
            if not more:
                break
            data += more
            while b"\r\n\r\n" in data:
                text, data = data.split(b"\r\n\r\n", 1)
                fields = dict(line.split(": ", 1) for line in
                              text.decode().split("\r\n") if ": " in line)
                with self.lock:
                    self.action(client, fields)
        with self.lock:
            if self.client is client:
                self.client = None
        client.close()

    # --- actions ---

    def action(self, client, asked):
        id = asked.get("ActionID", "")
        function = getattr(self, "on_" + asked["Action"].lower(), None)
        said = function(client, asked) if function else {}
        answer = {"Response": "Success", "ActionID": id, **said}
        self.send(answer, client)
        if asked["Action"] == "CoreShowChannels":
            self.list(client, id)
        elif asked["Action"] == "Originate" and "Message" not in said:
            self.begin(asked)

    def on_challenge(self, *_):
        return {"Challenge": "140879413"}

    def on_login(self, client, _):
        self.client = client
        return {"Message": "Authentication accepted"}

    def on_coresettings(self, *_):
        return {"AsteriskVersion": "22.0.0"}

    def on_coreshowchannels(self, *_):
        return {"EventList": "start"}

    def list(self, client, id):
        count = 0
        for call in self.calls.values():
            up = call.state == "Up"
            for leg in call.legs():
                count += 1
                inner = leg["Linkedid"] != leg["Uniqueid"]
                self.send({"Event": "CoreShowChannel", "ActionID": id, **leg,
                           "BridgeId": call.bridge["BridgeUniqueid"] * up,
                           "Application": "AppDial" if inner else "Dial"},
                          client)
        self.send({"Event": "CoreShowChannelsComplete", "ActionID": id,
                   "EventList": "Complete", "ListItems": count}, client)

    def on_originate(self, _, asked):
        self.dialed[asked["Exten"]] += 1
        if asked["ChannelId"] in self.calls:
            return {"Response": "Error",
                    "Message": "Uniqueid is already in use"}
        return {}

    def begin(self, asked):
        self.serial += 1
        self.start(Dial(self.serial, asked))

    def start(self, call):
        self.calls[call.uid] = call
        self.tell(call.begun())

    def on_hangup(self, _, asked):
        call = self.calls.get(asked["Channel"])
        if not call:
            return {"Response": "Error", "Message": "No such channel"}
        self.end(call)
        return {}

    # --- the far end ---

    def numbers(self):
        """Dialed ones that have a call."""
        with self.lock:
            return {call.number for call in self.calls.values()
                    if call.number}

    def refs(self):
        """Ids of the agent's legs."""
        with self.lock:
            return set(self.calls)

    def drop(self, rng):
        """Some calls end while nobody listens."""
        with self.lock:
            for uid in rng.sample(sorted(self.calls), len(self.calls) // 3):
                del self.calls[uid]

    def live(self):
        while not self.over:
            time.sleep(0.01)
            with self.lock:
                if self.frozen:
                    continue
                if self.callers and len(self.calls) < CALLS_MAX and \
                        random.random() < RING_CHANCE:
                    self.serial += 1
                    self.start(Ring(self.serial))
                for call in list(self.calls.values()):
                    self.grow(call, time.monotonic())

    def grow(self, call, now):
        if call.state == "Down":
            call.state = "Ringing"
            self.tell(call.rings())
        elif call.state == "Ringing":
            call.state = "Up"
            call.ends_at = now + self.talk_s
            self.tell(call.answered())
        elif now >= call.ends_at:
            self.end(call)

    def end(self, call):
        del self.calls[call.uid]
        self.tell(call.ended())
