# SPDX-License-Identifier: Apache-2.0
# fault/manager.py - a manager interface that lives on when the relay dies
import collections
import socket
import threading
import time

DEVICE = "PJSIP/agent1"
STATES = {"Down": 0, "Ringing": 5, "Up": 6}


class Call:
    """The agent's channel, which bears the id the relay gave it, and after
    its answer the callee's."""

    def __init__(self, serial, fields):
        self.uid = fields["ChannelId"]
        self.number = fields["Exten"]
        self.serial = serial
        self.state = "Down"
        self.ends_at = 0.0

    def agent(self):
        return self.channel(f"{DEVICE}-{self.serial:08x}", self.uid)

    def callee(self):
        return self.channel(f"PJSIP/trunk-{self.serial:08x}",
                            f"1795330000.{self.serial}")

    def channel(self, name, uid):
        return {"Channel": name, "ChannelState": STATES[self.state],
                "CallerIDNum": "101", "CallerIDName": "<unknown>",
                "ConnectedLineNum": self.number,
                "ConnectedLineName": "<unknown>", "Exten": self.number,
                "Uniqueid": uid, "Linkedid": self.uid}

    def bridge(self):
        return f"bridge-{self.serial:08x}"


class Manager:
    """One account; every Originate is counted by the number it dials."""

    def __init__(self, talk_s=0.15):
        self.talk_s = talk_s
        self.dialed = collections.Counter()
        self.calls = {}
        self.serial = 0
        self.client = None
        self.frozen = False  # no call moves on by itself
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

    def event(self, name, *parts):
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
            legs = [call.agent()]
            if call.state == "Up":
                legs.append(call.callee())
            for leg in legs:
                count += 1
                self.send({"Event": "CoreShowChannel", "ActionID": id, **leg,
                           "BridgeId": call.bridge() * (len(legs) > 1),
                           "Application": "Dial"}, client)
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
        call = Call(self.serial, asked)
        self.calls[call.uid] = call
        self.event("Newchannel", call.agent())

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
            return {call.number for call in self.calls.values()}

    def drop(self, rng):
        """Some calls end while nobody listens."""
        with self.lock:
            for uid in rng.sample(sorted(self.calls), len(self.calls) // 3):
                del self.calls[uid]

    def live(self):
        while not self.over:
            time.sleep(0.01)
            with self.lock:
                for call in list(self.calls.values()) * (not self.frozen):
                    self.grow(call, time.monotonic())

    def grow(self, call, now):
        if call.state == "Down":
            call.state = "Ringing"
            self.event("Newstate", call.agent())
        elif call.state == "Ringing":
            call.state = "Up"
            call.ends_at = now + self.talk_s
            self.answer(call)
        elif now >= call.ends_at:
            self.end(call)

    def answer(self, call):
        agent, callee = call.agent(), call.callee()
        dest = {"Dest" + k: v for k, v in callee.items()}
        bridge = {"BridgeUniqueid": call.bridge(), "BridgeType": "basic"}
        self.event("Newstate", agent)
        self.event("OriginateResponse", agent, {
            "ActionID": call.uid, "Response": "Success", "Reason": 4})
        self.event("Newchannel", callee)
        self.event("DialBegin", agent, dest, {"DialString": "x@trunk"})
        self.event("DialEnd", agent, dest, {"DialStatus": "ANSWER"})
        self.event("BridgeEnter", bridge, callee)
        self.event("BridgeEnter", bridge, agent)

    def end(self, call):
        del self.calls[call.uid]
        over = {"Cause": 16, "Cause-txt": "Normal Clearing"}
        if call.state == "Up":
            self.event("Hangup", call.callee(), over)
        self.event("Hangup", call.agent(), over)
