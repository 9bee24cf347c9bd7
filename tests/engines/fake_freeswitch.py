#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# engines/fake_freeswitch.py - an event socket that plays recorded calls
"""A FreeSWITCH as far as its event socket shows one.

What it sends was recorded (tests/data/esl): each event is the recorded one of
the same name and role with ids, numbers and causes replaced. Far ends go by
the last three digits of the number, as sipp/far_end.xml has them; besides, 183
is heard before it answers.

    switch = FakeFreeswitch(password="secret")
    switch.start()                      # switch.port
    call = switch.ring("0301234567", "Ann Tester")
    switch.pick_up(); call.hang_up()
    switch.stop()
"""
import json
import os
import re
import socket
import sys
import threading
import time
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(os.path.dirname(HERE), "data", "esl")
DOMAIN = "127.0.0.1"
VERSION = "FreeSWITCH Version 1.11.1-release~64bit ( 64bit)\n"
# The end of a number -> cause, Q.850, SIP status
REFUSALS = {
    "486": ("USER_BUSY", 17, 486),
    "404": ("UNALLOCATED_NUMBER", 1, 404),
    "480": ("NO_USER_RESPONSE", 18, 480),
    "603": ("CALL_REJECTED", 21, 603),
}
Q850 = {"NORMAL_CLEARING": 16, "USER_BUSY": 17, "NO_ANSWER": 19,
        "CALL_REJECTED": 21, "ORIGINATOR_CANCEL": 487, "LOSE_RACE": 502,
        "NO_ROUTE_DESTINATION": 3, "MANAGER_REQUEST": 503}
BRIEF_S = 0.02  # between two steps of the switch itself
LATE_S = 3


def messages(name):
    """Head and body of each message of a recording."""
    with open(os.path.join(DATA, name + ".esl"), "rb") as f:
        data = f.read()
    at = 0
    while at < len(data):
        end = data.index(b"\n\n", at)
        head = data[at:end].decode()
        length = re.search(r"^Content-Length: (\d+)$", head, re.M)
        at = end + 2 + (int(length.group(1)) if length else 0)
        yield head, data[end + 2:at].decode()


class Recording:
    """The recorded events by role and name.

    Roles: agent (the phone a dial rings first), far (whom it then calls),
    caller, phone (the agent's, rung by a caller).
    """

    def __init__(self):
        self.events = {}
        self.take("originate-ok", "agent", "far")
        self.take("inbound", "caller", "phone")

    def take(self, name, *roles):
        seen = {}
        for head, body in messages(name):
            if "text/event-json" not in head:
                continue
            event = json.loads(body)
            if event["Event-Name"] == "BACKGROUND_JOB":
                self.events["job", "BACKGROUND_JOB"] = event
                continue
            who = event["Unique-ID"]
            if who not in seen:
                seen[who] = roles[len(seen)] if len(seen) < len(roles) \
                    else roles[-1]
            self.events.setdefault((seen[who], event["Event-Name"]), event)

    def find(self, role, name):
        for other in (role, "phone", "caller", "agent", "far"):
            event = self.events.get((other, name))
            if event:
                return dict(event)
        return dict(self.events[role, "CHANNEL_CREATE"])


class Channel:
    """One leg. `by` is the channel that had it called."""

    def __init__(self, switch, role, name, by=None, uid=None):
        self.switch = switch
        self.role = role
        self.name = name
        self.by = by
        self.uuid = uid or str(uuid.uuid4())
        self.user = None       # at whose phone
        self.number = "0000000000"
        self.display = ""
        self.dest = self.first_dest = ""
        self.withheld = False
        self.answered = False
        self.state = "DOWN"
        self.partner = None
        self.source = None     # of its last transfer
        self.variables = {}
        self.digits = ""       # sent towards it
        self.over = False
        self.created = time.time()

    @property
    def inbound(self):
        return self.role == "caller"

    def presence(self):
        return "%s@%s" % (self.user, DOMAIN) if self.user else ""

    def facts(self):
        """What every event of it says, over the recorded words."""
        facts = {
            "Unique-ID": self.uuid, "Caller-Unique-ID": self.uuid,
            "variable_uuid": self.uuid,
            "Channel-Call-UUID": (self.by or self).uuid,
            "Channel-Name": self.name, "Caller-Channel-Name": self.name,
            "Call-Direction": "inbound" if self.inbound else "outbound",
            "Channel-Call-State": self.state,
            "Answer-State": "hangup" if self.over else
                            "answered" if self.answered else "ringing",
            "Caller-Caller-ID-Number": self.number,
            "Caller-Caller-ID-Name": self.display,
            "Caller-Destination-Number": self.dest,
            "Caller-Privacy-Hide-Number": "true" if self.withheld else "false",
            "Channel-Presence-ID": self.presence() or None,
            "variable_presence_id": self.presence() or None,
            "variable_transfer_source": self.source,
            "variable_transfer_history": self.source,
            "Caller-Transfer-Source": self.source,
        }
        user = "variable_user_name" if self.inbound else \
            "variable_dialed_user"
        facts["variable_dialed_user"] = None
        facts[user] = self.user
        facts[user.replace("user_name", "domain_name")
              .replace("dialed_user", "dialed_domain")] = \
            DOMAIN if self.user else None
        facts.update(self.other_leg())
        facts.update({"variable_" + k: v for k, v in self.variables.items()})
        return facts

    def other_leg(self):
        other = self.partner or self.by
        with_ = self.partner.uuid if self.partner else None
        facts = {
            "variable_bridge_to": with_, "variable_bridge_uuid": with_,
            "variable_originator": self.by.uuid if self.by else None,
            "variable_originating_leg_uuid":
                self.by.uuid if self.by else None,
            "variable_signal_bond": other.uuid if other else None,
            "Other-Leg-Unique-ID": other.uuid if other else None,
            "Other-Type": None,
        }
        if other:
            facts["Other-Type"] = "originator" if other is self.by \
                else "originatee"
            facts["Other-Leg-Destination-Number"] = other.dest
            facts["Other-Leg-Caller-ID-Number"] = other.number
        return facts

    def turn_round(self):
        """Who was called now calls: his number is the caller's."""
        if not self.inbound:
            self.number, self.display = self.first_dest, "Outbound Call"

    def event(self, name, **more):
        event = self.switch.recording.find(self.role, name)
        event["Event-Name"] = name
        event.update(self.facts())
        event.update(more)
        return {k: v for k, v in event.items() if v is not None}

    def tell(self, name, **more):
        self.switch.publish(self.event("CHANNEL_" + name, **more))

    def row(self):
        """As `show channels as json` has it."""
        return {
            "uuid": self.uuid,
            "direction": "inbound" if self.inbound else "outbound",
            "created_epoch": str(int(self.created)), "name": self.name,
            "state": "CS_EXECUTE", "cid_name": self.display,
            "cid_num": self.number, "dest": self.dest,
            "presence_id": self.presence(), "callstate": self.state,
            "call_uuid": (self.by or self).uuid,
            "initial_dest": self.first_dest, "hostname": "vm",
        }

    # --- what becomes of it ---

    def create(self):
        self.first_dest = self.first_dest or self.dest
        self.switch.channels[self.uuid] = self
        self.tell("CREATE")

    def progress(self):
        self.state = "RINGING"
        self.tell("PROGRESS")

    def answer(self):
        self.answered = True
        self.state = "ACTIVE"
        self.tell("ANSWER")

    def bridge(self, other):
        """The two talk; self is the one who called."""
        self.partner, other.partner = other, self
        self.tell("BRIDGE", **{"Bridge-A-Unique-ID": self.uuid,
                               "Bridge-B-Unique-ID": other.uuid,
                               "variable_bridge_to": None,
                               "variable_bridge_uuid": None})

    def unbridge(self):
        other, self.partner = self.partner, None
        if not other:
            return None
        other.partner = None
        first = other if other.inbound or other.role == "agent" else self
        first.tell("UNBRIDGE", **{
            "Bridge-A-Unique-ID": first.uuid,
            "Bridge-B-Unique-ID": (self if first is other else other).uuid})
        return other

    def hangup(self, cause="NORMAL_CLEARING", sip=None, by_peer=False,
               q850=None):
        """It ends, with whom it called and talks."""
        if self.over:
            return
        self.over = True
        self.switch.channels.pop(self.uuid, None)
        other = self.unbridge()
        self.state = "HANGUP"
        ends = "recv" if by_peer else "send"
        how = "bye" if self.answered else \
            "refuse" if self.inbound or by_peer else "cancel"
        self.tell("HANGUP_COMPLETE", **{
            "Hangup-Cause": cause, "variable_hangup_cause": cause,
            "variable_hangup_cause_q850": str(q850 or Q850.get(cause, 16)),
            "variable_sip_term_status": str(sip) if sip else None,
            "variable_proto_specific_hangup_cause":
                "sip:%d" % sip if sip else None,
            "variable_sip_hangup_disposition": ends + "_" + how})
        for child in list(self.switch.channels.values()):
            if child.by is self and not child.partner and not child.answered:
                child.hangup("ORIGINATOR_CANCEL", 487)
        if other and not other.over:
            other.hangup("NORMAL_CLEARING")

    def hang_up(self):
        """Whoever is at its end hangs up."""
        with self.switch.lock:
            self.hangup("NORMAL_CLEARING" if self.answered
                        else "ORIGINATOR_CANCEL",
                        None if self.answered else 487, by_peer=True)


class Client:
    """One connection to the event socket."""

    def __init__(self, switch, s):
        self.switch = switch
        self.s = s
        self.names = set()
        self.known = False
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def run(self):
        try:
            if self.switch.acl_denies:
                self.body("text/rude-rejection", "Access Denied, go away.\n")
                self.close()
                return
            self.send("Content-Type: auth/request\n\n")
            data = b""
            while True:
                more = self.s.recv(65536)
                if not more:
                    break
                data += more
                while b"\n\n" in data:
                    command, data = data.split(b"\n\n", 1)
                    self.command(command.decode("utf-8", "replace"))
        except OSError:
            pass
        self.close()

    def close(self):
        with self.switch.lock:
            if self in self.switch.clients:
                self.switch.clients.remove(self)
        try:
            self.s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.s.close()

    def send(self, data):
        data = data if isinstance(data, bytes) else data.encode()
        while self.switch.silent and not self.switch.stopped:
            time.sleep(0.02)
        step = 1 if self.switch.slow else len(data)
        try:
            for i in range(0, len(data), step):
                self.s.sendall(data[i:i + step])
        except OSError:
            pass

    def body(self, kind, text):
        data = text.encode()
        self.send(b"Content-Type: %s\nContent-Length: %d\n\n%s" % (
            kind.encode(), len(data), data))

    def reply(self, text, more=""):
        self.send("Content-Type: command/reply\nReply-Text: %s\n%s\n" %
                  (text, more))

    def event(self, event):
        if self.known and event["Event-Name"] in self.names:
            data = json.dumps(event, ensure_ascii=False)
            if "Hangup-Cause" in event:  # the switch says it twice
                data = data.replace('"Hangup-Cause": ', '"Hangup-Cause": "%s"'
                                    ', "Hangup-Cause": ' %
                                    event["Hangup-Cause"], 1)
            data = data.encode()
            self.send(b"Content-Length: %d\nContent-Type: text/event-json\n\n"
                      b"%s" % (len(data), data))

    def command(self, text):
        lines = text.strip("\n").split("\n")
        word, _, rest = lines[0].partition(" ")
        with self.switch.lock:
            self.switch.heard.append(text)
            if word != "auth" and not self.known:
                self.reply("-ERR command not found")
                return
            do = getattr(self, "do_" + word, None)
            if do:
                do(rest, lines[1:])
            else:
                self.reply("-ERR command not found")

    def do_auth(self, rest, more):
        self.switch.logins.append((time.monotonic(), rest))
        self.known = rest == self.switch.password
        if self.known:
            self.reply("+OK accepted")
            return
        self.reply("-ERR invalid")
        self.body("text/disconnect-notice", "Disconnected, goodbye.\nSee you "
                  "at ClueCon! http://www.cluecon.com/\n")
        self.close()

    def do_event(self, rest, more):
        kind, *names = rest.split()
        known = {n for n in names if n.isupper() and n != "NOSUCH"}
        if kind != "json" or not known:
            self.reply("-ERR no keywords supplied")
            return
        self.names |= known
        self.reply("+OK event listener enabled json")

    def do_api(self, rest, more):
        self.body("api/response", self.switch.api(rest))

    def do_bgapi(self, rest, more):
        job = str(uuid.uuid4())
        for line in more:
            if line.startswith("Job-UUID: "):
                job = line[10:]
        self.reply("+OK Job-UUID: " + job, "Job-UUID: %s\n" % job)
        self.switch.later(0, self.switch.job, job, rest)

    def do_exit(self, rest, more):
        self.reply("+OK bye")
        self.close()


class FakeFreeswitch:
    """The switch: start() and stop() it, and it takes dials.

    phones[user] says what that phone does when a dial rings it: "answers",
    "rings" (for ever), "refuses", "away" (not registered). A caller's ring
    waits for pick_up(), refuse() or the caller himself. extensions maps
    numbers of the dialplan to users.
    """

    def __init__(self, password="ClueCon-lab", users=("101", "102")):
        self.password = password
        self.phones = {u: "answers" for u in users}
        self.extensions = {"1" + u: u for u in users}
        self.recording = Recording()
        self.lock = threading.RLock()
        self.channels = {}
        self.clients = []
        self.port = 0
        self.listener = None
        self.stopped = True
        self.silent = self.slow = self.acl_denies = False
        self.answer_s = 0.3  # until who answers does
        self.short_s = 0.7   # until who hangs up soon does
        self.missed_s = 3.0  # until the dialplan gives a caller up
        self.logins = []     # (when, password)
        self.heard = []      # every command
        self.numbers = []    # every number that was called
        self.transfers = []  # every number of a uuid_transfer
        self.digits = ""     # heard by far ends
        self.holds = 0       # times somebody was put on hold

    # --- the program ---

    def start(self):
        """Listens, on the port it had before if it had one."""
        s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("127.0.0.1", self.port))
        s.listen(16)
        self.port = s.getsockname()[1]
        self.listener = s
        self.stopped = False
        threading.Thread(target=self.run, args=(s,), daemon=True).start()
        return self

    def run(self, listener):
        while True:
            try:
                s = listener.accept()[0]
            except OSError:
                return
            client = Client(self, s)
            with self.lock:
                self.clients.append(client)
            threading.Thread(target=client.run, daemon=True).start()

    def stop(self):
        """It is gone, and its calls with it; nothing is said."""
        self.stopped = True
        if self.listener:
            try:
                self.listener.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            self.listener.close()
        self.listener = None
        with self.lock:
            for channel in self.channels.values():
                channel.over = True
            self.channels.clear()
        self.drop()

    def drop(self):
        """Every connection is closed."""
        for client in list(self.clients):
            client.close()

    def silence(self, on=True):
        """Nothing is sent until silence(False)."""
        self.silent = on

    def trickle(self, on=True):
        """Every byte is sent alone."""
        self.slow = on

    def garbage(self, data=b"\xff\x00 no switch says this\r\n\r\n" * 20):
        for client in list(self.clients):
            client.send(data)

    def later(self, seconds, fn, *args):
        """fn(*args) in that many seconds, with the lock; nothing once it was
        stopped."""
        def run():
            with self.lock:
                if not self.stopped:
                    fn(*args)
        timer = threading.Timer(seconds, run)
        timer.daemon = True
        timer.start()

    def publish(self, event):
        if self.stopped:
            return
        for client in list(self.clients):
            client.event(event)

    # --- what is asked ---

    def api(self, text):
        word, _, rest = text.partition(" ")
        if word == "version":
            return VERSION
        if text == "show channels as json":
            rows = [c.row() for c in self.channels.values()]
            return json.dumps({"row_count": len(rows), "rows": rows} if rows
                              else {"row_count": 0})
        if word == "sofia_contact":
            user = rest.partition("@")[0]
            if self.phones.get(user, "away") == "away":
                return "error/user_not_registered"
            return "sofia/internal/sip:%s@127.0.0.1:5075" % user
        if word.startswith("uuid_"):
            return self.api_uuid(word[5:], rest.split())
        return "-ERR %s Command not found!\n" % word

    def api_uuid(self, verb, words):
        off = verb == "hold" and words[0] == "off"
        if off:
            words = words[1:]
        channel = self.channels.get(words[0])
        if verb == "exists":
            return "true" if channel else "false"
        if not channel:
            return "-ERR No such channel!\n"
        if verb == "dump":
            return json.dumps(channel.event("CHANNEL_DATA"))
        if verb == "kill":
            self.later(BRIEF_S, self.kill, channel,
                       words[1] if len(words) > 1 else "NORMAL_CLEARING")
            return "+OK\n"
        if verb == "hold":
            self.later(BRIEF_S, self.hold_channel, channel, not off)
            return "+OK Success\n"
        if verb == "transfer":
            self.transfers.append(words[1])
            self.later(BRIEF_S, self.move, channel, words[1])
            return "+OK\n"
        if verb == "send_dtmf":
            channel.digits += words[1]
            self.digits += words[1]
            return "+OK %s sent DTMF %s.\n" % (channel.uuid, words[1])
        return "-ERR Command not found!\n"

    def kill(self, channel, cause):
        callers = [channel.by] if channel.by and not channel.answered else []
        channel.hangup(cause)
        for caller in callers:  # whom nobody answers any more
            if not self.rung_by(caller):
                caller.hangup(cause)

    def rung_by(self, caller):
        return [c for c in self.channels.values() if c.by is caller]

    def hold_channel(self, channel, on):
        if channel.over or (channel.state == "HELD") == on:
            return
        channel.state = "HELD" if on else "UNHELD"
        self.holds += on and channel.partner is not None
        channel.tell("HOLD" if on else "UNHOLD")

    def move(self, channel, number):
        """Blind: the one it talked with is out, it dials."""
        if channel.over:
            return
        other = channel.partner
        channel.source = "%d:%s:bl_xfer:%s/default/XML" % (
            time.time(), uuid.uuid4(), number)
        if other:
            other.partner = channel.partner = None
            if channel.inbound:
                other.hangup()
                channel.tell("UNBRIDGE", **{
                    "Bridge-A-Unique-ID": channel.uuid,
                    "Bridge-B-Unique-ID": other.uuid})
            else:
                other.tell("UNBRIDGE", **{
                    "Bridge-A-Unique-ID": other.uuid,
                    "Bridge-B-Unique-ID": channel.uuid})
                other.hangup()
        channel.turn_round()
        self.route(channel, number)

    # --- dials ---

    def job(self, job, text):
        match = re.match(r"originate \{(.*?)\}(\S+) (\S+) XML (\S+)$", text)
        if not match:
            self.job_done(job, text, "-USAGE: <call url> <exten>\n")
            return
        options = dict(re.findall(r"(\w[\w-]*)=('[^']*'|[^,]*)",
                                  match.group(1)))
        self.originate(job, text, options, match.group(2), match.group(3))

    def job_done(self, job, text, body):
        event = self.recording.find("job", "BACKGROUND_JOB")
        event.update({"Job-UUID": job, "Job-Command": "originate",
                      "Job-Command-Arg": text.partition(" ")[2],
                      "_body": body, "Content-Length": str(len(body))})
        self.publish(event)

    def phone_channel(self, role, user, by=None, uid=None):
        channel = Channel(self, role, "sofia/internal/%s-0x5585@127.0.0.1"
                          ":5075" % user, by, uid)
        channel.user = user
        channel.dest = user + "-0x5585"
        return channel

    def originate(self, job, text, options, device, number):
        user = re.match(r"user/([^@]+)", device)
        user = user.group(1) if user else None
        how = self.phones.get(user, "away")
        if how == "away":
            self.job_done(job, text, "-ERR SUBSCRIBER_ABSENT\n")
            return
        agent = self.phone_channel("agent", user,
                                   uid=options["origination_uuid"])
        agent.number = options.get("origination_caller_id_number", "")
        agent.create()
        agent.progress()
        if how == "answers":
            self.later(self.answer_s, self.agent_on, job, text, agent, number)
        elif how == "refuses":
            agent.hangup("USER_BUSY", 486, by_peer=True)
            self.job_done(job, text, "-ERR USER_BUSY\n")
        self.later(float(options["originate_timeout"]), self.agent_silent, job,
                   text, agent)

    def agent_silent(self, job, text, agent):
        if agent.over or agent.answered:
            return
        self.job_done(job, text, "-ERR NO_ANSWER\n")
        agent.hangup("NO_ANSWER")

    def agent_on(self, job, text, agent, number):
        if agent.over:
            return
        agent.answer()
        self.job_done(job, text, "+OK %s\n" % agent.uuid)
        agent.source = "%d:%s:bl_xfer:%s/default/XML" % (
            time.time(), uuid.uuid4(), number)
        agent.turn_round()
        self.route(agent, number)

    # --- the dialplan ---

    def route(self, channel, number):
        """What becomes of whoever dials number."""
        channel.dest = number
        users = [self.extensions.get(number)]
        if number == "1100":
            users = list(self.phones)
        if users[0]:
            self.ring_phones(channel, users)
            return
        far = Channel(self, "far", "sofia/internal/%s@127.0.0.1:5090" % number,
                      channel)
        far.number, far.dest = "1001", number
        self.numbers.append(number)
        far.create()
        channel.state = "RING_WAIT" if channel.answered else channel.state
        self.later(BRIEF_S, self.far_end, channel, far, number[-3:])

    def far_end(self, channel, far, code):
        if far.over or code == "100":
            return
        if code in REFUSALS:
            cause, q850, sip = REFUSALS[code]
            far.hangup(cause, sip, by_peer=True, q850=q850)
            channel.hangup(cause, q850=q850)
            return
        if code == "183":  # it is heard before it answers
            far.state = "EARLY"
            far.tell("PROGRESS_MEDIA")
            channel.bridge(far)
            self.later(self.answer_s, far.answer)
            return
        far.progress()
        if code != "408":
            self.later(LATE_S if code == "103" else self.answer_s,
                       self.far_answers, channel, far, code)

    def far_answers(self, channel, far, code):
        if far.over or channel.over:
            return
        far.answer()
        self.connect(channel, far)
        if code == "102":
            self.later(self.short_s, far.hang_up)

    def connect(self, channel, other):
        """other answered the call of channel."""
        if not channel.answered:
            channel.answer()
        channel.state = "ACTIVE"
        for rival in self.rung_by(channel):
            if rival is not other and not rival.answered:
                rival.hangup("LOSE_RACE", 487)
        channel.bridge(other)

    def ring_phones(self, channel, users):
        found = [u for u in users if self.phones.get(u, "away") != "away"]
        if not found:
            channel.hangup("SUBSCRIBER_ABSENT", q850=20)
        for user in found:
            phone = self.phone_channel("phone", user, channel)
            phone.number, phone.display = channel.number, channel.display
            phone.withheld = channel.withheld
            phone.variables = dict(channel.variables)
            phone.create()
            phone.progress()
        if found and channel.inbound and not channel.answered:
            channel.progress()

    # --- people ---

    def ring(self, number="0301234567", name="Ann Tester", to="1101",
             variables=None):
        """Someone calls; number None withholds his. Returns his channel:
        .hang_up() is him, .over tells that he is gone. to: 1101 and 1102 are
        the phones of users 101 and 102, 1100 rings all of them. variables:
        those of the channel."""
        with self.lock:
            caller = Channel(self, "caller", "sofia/external/%s@127.0.0.1:5060"
                             % (number or "anonymous"))
            caller.number = number or "anonymous"
            caller.display = name or "Anonymous"
            caller.withheld = not number
            caller.dest = to
            caller.variables = dict(variables or {})
            caller.create()
            caller.source = "%d:%s:bl_xfer:%s/default/XML" % (
                time.time(), uuid.uuid4(), to)
            self.route(caller, to)
        return caller

    def caller_gives_up(self, caller, after_s=0):
        """Unless somebody answered by then."""
        self.later(after_s, lambda: caller.answered or caller.hang_up())

    def missed(self, caller, after_s=None):
        """The dialplan stops ringing."""
        def stop():
            for phone in self.rung_by(caller):
                if not phone.answered:
                    phone.hangup("NO_ANSWER")
            if not caller.answered:
                caller.hangup("NO_ANSWER")
        self.later(self.missed_s if after_s is None else after_s, stop)

    def ringing(self, user="101"):
        """The channel that rings that phone for a caller, or None."""
        for channel in list(self.channels.values()):
            if channel.user == user and channel.role == "phone" and \
                    not channel.answered:
                return channel
        return None

    def pick_up(self, user="101"):
        """The phone that rings is answered; the call before it is put on
        hold by the phone."""
        with self.lock:
            phone = self.ringing(user)
            for other in self.calls(user):
                if other.partner:
                    self.hold_channel(other, True)
            phone.answer()
            self.connect(phone.by, phone)

    def answered_elsewhere(self, user="102"):
        self.pick_up(user)

    def refuse(self, user="101"):
        with self.lock:
            phone = self.ringing(user)
            caller = phone.by
            phone.hangup("USER_BUSY", 486, by_peer=True)
            if not self.rung_by(caller):
                caller.hangup("USER_BUSY")

    def own_dial(self, number, user="101"):
        """Somebody dials on his phone; his channel."""
        with self.lock:
            phone = Channel(self, "caller", "sofia/internal/%s@%s" % (user,
                                                                      DOMAIN))
            phone.user, phone.number, phone.display = user, "1" + user, user
            phone.dest = number
            phone.create()
            self.route(phone, number)
        return phone

    def hold(self, on=True, user="101"):
        """At the phone, the newest call that talks."""
        with self.lock:
            talking = [c for c in self.calls(user) if c.partner]
            if talking:
                self.hold_channel(talking[-1], on)

    def attended(self, first, consult):
        """Who talks on his channels first and consult connects the two at
        their other ends and leaves."""
        with self.lock:
            customer, target = first.partner, consult.partner
            for one in (first, consult):
                one.unbridge()
            for one, other in ((customer, target), (target, customer)):
                one.source = "%d:%s:uuid_br:%s" % (
                    time.time(), uuid.uuid4(), other.uuid)
            customer.bridge(target)
            first.hangup("ATTENDED_TRANSFER")
            consult.hangup("ATTENDED_TRANSFER")

    def calls(self, user="101"):
        """The channels at that phone."""
        return [c for c in list(self.channels.values()) if c.user == user]

    def dialed(self, number):
        """How often that number was called."""
        return self.numbers.count(number)


def main():
    switch = FakeFreeswitch(sys.argv[1] if len(sys.argv) > 1 else "ClueCon")
    switch.port = int(sys.argv[2]) if len(sys.argv) > 2 else 8021
    switch.start()
    print("an event socket on 127.0.0.1:%d" % switch.port, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
