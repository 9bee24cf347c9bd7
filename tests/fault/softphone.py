# SPDX-License-Identifier: Apache-2.0
# fault/softphone.py - a ctrl_tcp that lives on when the relay dies, and counts
import collections
import json
import socket
import threading
import time

ACCOUNT = "sip:agent1@127.0.0.1:5071"
CALLS_MAX = 24  # a driver reads 32 of a list


class Call:
    def __init__(self, serial, peer):
        self.serial = serial
        self.id = "leg%012x" % serial
        self.peer = peer
        self.established = False
        self.ends_at = 0.0


class Softphone:
    """Speaks as baresip 1.0.0 (an answer to "dial" names no call) or as 1.1.
    Every "dial" is counted by the number it dials."""

    def __init__(self, dialect="1.1.0", talk_s=0.15):
        self.dialect, self.talk_s = dialect, talk_s
        self.dialed = collections.Counter()
        self.calls = {}
        self.current = None
        self.serial = 0
        self.client = None
        self.lock = threading.RLock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.over = False
        self.frozen = False  # no call moves on by itself
        for target in (self.serve, self.live):
            threading.Thread(target=target, daemon=True).start()

    def close(self):
        self.over = True
        self.listener.close()

    # --- the wire ---

    def send(self, client, message):
        text = json.dumps(message).encode()
        try:
            client.sendall(b"%d:%s," % (len(text), text))
        except OSError:
            pass  # the relay is dead; its next life asks again

    def event(self, kind, call, param=""):
        if self.client:
            self.send(self.client, {
                "event": True, "class": "call", "type": kind,
                "accountaor": ACCOUNT, "direction": "outgoing",
                "peeruri": call.peer, "id": call.id, "param": param})

    def serve(self):
        while not self.over:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                self.client = client
            self.read(client)

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
            while True:
                size, colon, rest = data.partition(b":")
                if not colon or len(rest) <= int(size):
                    break
                self.command(client, json.loads(rest[:int(size)]))
                data = rest[int(size) + 1:]
        with self.lock:
            if self.client is client:
                self.client = None
        client.close()

    # --- commands ---

    def command(self, client, asked):
        with self.lock:
            word, params = asked["command"], asked.get("params", "")
            ok, text = getattr(self, "on_" + word, self.on_other)(params)
            self.send(client, {"response": True, "ok": ok, "data": text,
                               "token": asked["token"]})

    def on_other(self, _):
        return True, ""

    def on_about(self, _):
        return True, f"baresip {self.dialect}"

    def on_reginfo(self, _):
        return True, f"\n--- User Agents (1) ---\n> {ACCOUNT}   \n\n"

    def on_listcalls(self, _):
        lines = [f"\n--- Active calls ({len(self.calls)}) ---"]
        for call in self.calls.values():
            state = "ESTABLISHED" if call.established else "OUTGOING"
            name = f", id {call.id}" if self.by_id() else ""
            lines.append(f"  [line {call.serial}{name}]  0:00:01  {state}"
                         f"             {call.peer}")
        return True, "\n".join(lines) + "\n\n"

    def by_id(self):
        return self.dialect != "1.0.0"

    def on_dial(self, uri):
        number = uri[len("sip:"):].partition("@")[0]
        self.dialed[number] += 1
        if len(self.calls) >= CALLS_MAX:
            return False, "too many calls"
        self.serial += 1
        call = Call(self.serial, uri)
        self.calls[call.id] = call
        self.current = call
        if not self.by_id():
            return True, ""
        self.event("CALL_OUTGOING", call)
        return True, f"call uri: {uri}\ncall id: {call.id}\n"

    def on_callfind(self, leg):
        self.current = self.calls.get(leg, self.current)
        return True, "" if leg in self.calls else "call not found"

    def on_line(self, line):
        for call in self.calls.values():
            if str(call.serial) == line:
                self.current = call
                return True, ""
        return True, "call not found"

    def on_callstat(self, _):
        call = self.current
        if not call or call.id not in self.calls:
            return True, "\n(no active calls)\n"
        return True, (f"\n===== Call debug =====\n local_uri:  <{ACCOUNT}>\n"
                      f" peer_uri:   <{call.peer}>\n"
                      f" af=AF_INET id={call.id}\n direction: Outgoing\n")

    def on_hangup(self, leg):
        call = self.calls.pop(leg, None) if leg else \
            self.current and self.calls.pop(self.current.id, None)
        if call:
            self.event("CALL_CLOSED", call, "Connection reset by user")
        return True, ""

    def numbers(self):
        """Dialed ones that have a call."""
        with self.lock:
            return {call.peer[len("sip:"):].partition("@")[0]
                    for call in self.calls.values()}

    def refs(self):
        """Ids of the legs."""
        with self.lock:
            return set(self.calls)

    def drop(self, rng):
        """Some calls end while nobody listens."""
        with self.lock:
            for leg in rng.sample(sorted(self.calls), len(self.calls) // 3):
                del self.calls[leg]

    # --- the far end ---

    def live(self):
        while not self.over:
            time.sleep(0.01)
            with self.lock:
                for call in list(self.calls.values()) * (not self.frozen):
                    self.grow(call, time.monotonic())

    def grow(self, call, now):
        if not call.established:
            call.established = True
            call.ends_at = now + self.talk_s
            self.event("CALL_ESTABLISHED", call, call.peer)
        elif now >= call.ends_at:
            del self.calls[call.id]
            self.event("CALL_CLOSED", call, "Connection reset by peer")
