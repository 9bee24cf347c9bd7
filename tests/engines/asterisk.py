# SPDX-License-Identifier: Apache-2.0
# engines/asterisk.py - a real Asterisk, its trunk and the agents' phones
import glob
import json
import os
import random
import re
import signal
import socket
import subprocess
import threading

from lab import (HERE, MODULES, Lab, baresip_command, die_with_parent,
                 free_port, until)

SOURCE = os.path.dirname(os.path.dirname(HERE))
ACCOUNT = os.path.join(SOURCE, "src", "drivers", "asterisk", "manager.conf")
CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or
                     os.path.expanduser("~/.cache"), "patchcord")
SECRET = "a-secret-of-the-lab"
# The variables of the dialplan that AMI tells.
VARIABLES = "CUSTOMER_ID,TICKET"

# What a caller dials, as the dialplan below knows it.
DID = {
    "agent1": "0691000101",
    "agent2": "0691000102",
    "away": "0691000103",  # a phone that never registered
    "silent": "0691000104",  # rings agent1 for four seconds
    "group": "0691000200",
    "support": "0691000300",  # a queue: both ring
    "turns": "0691000301",  # a queue: one by one, three seconds each
    "next": "0691000400",  # agent2 when agent1 hung up
    "variables": "0691000500",
    "local": "0691000600",  # agent1 behind Local channels
    "local group": "0691000601",  # the same of both, as FreePBX does
    "local queue": "0691000602",
}

MODULE_LIST = """app_dial app_echo app_queue app_playback app_senddtmf app_stack
app_verbose bridge_builtin_features bridge_holding bridge_simple
bridge_softmix chan_pjsip codec_alaw codec_ulaw format_pcm func_callerid
func_devstate
func_channel func_logic func_strings pbx_config res_musiconhold res_pjproject
res_pjsip res_pjsip_authenticator_digest res_pjsip_caller_id
res_pjsip_endpoint_identifier_ip res_pjsip_endpoint_identifier_user
res_pjsip_header_funcs res_pjsip_outbound_authenticator_digest
res_pjsip_pubsub res_pjsip_refer res_pjsip_registrar res_pjsip_rfc3326
res_pjsip_sdp_rtp res_pjsip_session res_rtp_asterisk res_sorcery_astdb
res_sorcery_config res_sorcery_memory res_timing_timerfd"""

DIRECTORIES = """[directories]
astetcdir => %(etc)s
astmoddir => %(modules)s
astvarlibdir => %(var)s
astdbdir => %(var)s
astkeydir => %(var)s
astdatadir => %(data)s
astagidir => %(var)s
astspooldir => %(var)s
astrundir => %(var)s
astlogdir => %(var)s
astsbindir => %(var)s
[options]
nocolor = yes
"""

LOGGER = """[general]
dateformat = %F %T.%3q
[logfiles]
full => notice,warning,error,verbose(3)
"""

PJSIP = """[global]
type = global
endpoint_identifier_order = username,ip
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:%(sip)d
[trunk]
type = endpoint
context = from-trunk
aors = trunk
disallow = all
allow = ulaw
direct_media = no
[trunk]
type = aor
contact = sip:127.0.0.1:%(trunk)d
[trunk]
type = identify
endpoint = trunk
match = 127.0.0.1
"""

AGENT = """[agent%(n)d]
type = endpoint
context = from-internal
aors = agent%(n)d
auth = agent%(n)d
disallow = all
allow = ulaw
direct_media = no
callerid = "Agent %(n)d" <10%(n)d>
[agent%(n)d]
type = auth
auth_type = userpass
username = agent%(n)d
password = agent%(n)d-secret
[agent%(n)d]
type = aor
max_contacts = 1
remove_existing = yes
"""

EXTENSIONS = """[general]
static = yes
writeprotect = yes

[from-internal]
exten => _10[1-3],1,Dial(PJSIP/agent${EXTEN:2},30,tT)
 same => n,Hangup()
; No second leg: a robot answers.
exten => 700,1,Answer()
 same => n,Echo()
; The far end goes by the last three digits.
exten => _XXXXX.,1,Dial(PJSIP/${EXTEN}@trunk,60,tT)
 same => n,Hangup()

[from-trunk]
exten => %(agent1)s,1,Dial(PJSIP/agent1,30,t)
exten => %(agent2)s,1,Dial(PJSIP/agent2,30,t)
exten => %(away)s,1,Dial(PJSIP/agent3,30,t)
exten => %(silent)s,1,Dial(PJSIP/agent1,4)
exten => %(group)s,1,Dial(PJSIP/agent1&PJSIP/agent2,30,t)
exten => %(support)s,1,Queue(support,rt)
exten => %(turns)s,1,Queue(turns,rt)
exten => %(next)s,1,Dial(PJSIP/agent1,30,gt)
 same => n,Dial(PJSIP/agent2,30,t)
exten => %(variables)s,1,Set(CUSTOMER_ID=4711)
 same => n,Set(TICKET=8000012345)
 same => n,Dial(PJSIP/agent1,30,t)
exten => %(local)s,1,Dial(Local/101@from-internal,30,t)
exten => %(local group)s,1,Dial(Local/101@from-queue&Local/102@from-queue,30,t)
exten => %(local queue)s,1,Queue(locals,rt)

[from-queue]
exten => _10[1-3],1,Dial(PJSIP/agent${EXTEN:2},30,t)
"""

QUEUES = """[general]
persistentmembers = no
[support]
strategy = ringall
timeout = 15
retry = 1
ringinuse = no
joinempty = yes
member => PJSIP/agent1
member => PJSIP/agent2
[turns]
strategy = rrmemory
timeout = 3
retry = 1
ringinuse = no
joinempty = yes
member => PJSIP/agent1
member => PJSIP/agent2
[locals]
strategy = ringall
timeout = 15
retry = 1
joinempty = yes
member => Local/101@from-queue/n,0,Agent 1,PJSIP/agent1
member => Local/102@from-queue/n,0,Agent 2,PJSIP/agent2
"""

MAY_NOT_DIAL = """
[listener]
secret = %s
read = call
write = call,reporting
"""

FEATURES = """[general]
transferdigittimeout = 2
atxfernoanswertimeout = 15
[featuremap]
atxfer => *2
"""


def out_of(root, program):
    """A root folder's program by its own loader: no chroot, so no root."""
    lib, = glob.glob(root + "/usr/lib/*-linux-gnu")
    libs = [lib] + glob.glob(root + "/lib/*-linux-gnu") + [root + "/usr/lib"]
    loader = [name for folder in libs
              for name in glob.glob(folder + "/ld-linux-*.so.*")][0]
    return [loader, "--library-path", ":".join(libs), root + program]


def modules_of(root, program):
    for lib in ("/usr/lib/*-linux-gnu", "/usr/lib"):
        for found in glob.glob("%s%s/%s/modules" % (root, lib, program)):
            return found
    raise SystemExit("%s has no modules in %s" % (program, root))


class Asterisk:
    """One Asterisk out of its root folder, all it writes in one folder."""

    def __init__(self, lab, version):
        self.lab = lab
        self.version = str(version)
        self.root = os.path.join(CACHE, "asterisk-" + self.version)
        if not os.path.exists(self.root + "/usr/sbin/asterisk"):
            raise SystemExit("There is no Asterisk %s in %s: run "
                             "tests/engines/roots first." %
                             (self.version, self.root))
        self.folder = os.path.join(lab.folder, "asterisk")
        self.sip = free_port()
        self.ami = free_port()
        self.program = None
        self.write()

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def conf(self, name, text):
        with open(self.path("etc", name), "w") as f:
            f.write(text)

    def write(self):
        for name in ("etc", "var", "data"):
            os.makedirs(self.path(name))
        documents = self.root + "/usr/share/asterisk/documentation"
        os.symlink(documents, self.path("data", "documentation"))
        self.conf("asterisk.conf", DIRECTORIES % dict(
            etc=self.path("etc"), var=self.path("var"),
            data=self.path("data"), modules=modules_of(self.root, "asterisk")))
        self.conf("modules.conf", "[modules]\nautoload = no\n" + "".join(
            "load = %s.so\n" % name for name in MODULE_LIST.split()))
        first = random.randrange(10000, 19000, 2)
        self.conf("rtp.conf", "[general]\nrtpstart = %d\nrtpend = %d\n"
                  "strictrtp = no\n" % (first, first + 600))
        self.conf("logger.conf", LOGGER)
        self.conf("pjsip.conf", PJSIP % dict(sip=self.sip,
                                             trunk=self.lab.trunk) +
                  "".join(AGENT % dict(n=n) for n in (1, 2, 3)))
        self.conf("extensions.conf", EXTENSIONS % DID)
        self.conf("queues.conf", QUEUES)
        self.conf("features.conf", FEATURES)
        self.conf("musiconhold.conf", "[general]\n")
        self.conf("manager.conf", self.account())
        self.sounds()

    def account(self):
        """The documented account; only what is the lab's own is filled in."""
        with open(ACCOUNT) as f:
            text = f.read()
        for key, value in (("secret", SECRET), ("port", self.ami),
                           ("channelvars", VARIABLES)):
            text, n = re.subn(r"(?m)^;?\s*%s\s*=(?!>).*$" % key,
                              "%s = %s" % (key, value), text)
            assert n == 1, "%s: %d lines say %s" % (ACCOUNT, n, key)
        return text + MAY_NOT_DIAL % SECRET

    def sounds(self):
        """Transfers by digits want to say something: 20 ms of silence."""
        folder = self.path("data", "sounds", "en")
        os.makedirs(folder)
        for name in ("pbx-transfer", "beep", "beeperr", "pbx-invalid"):
            with open(os.path.join(folder, name + ".ulaw"), "wb") as f:
                f.write(b"\xff" * 160)

    def command(self):
        return out_of(self.root, "/usr/sbin/asterisk") + [
            "-C", self.path("etc", "asterisk.conf")]

    def start(self):
        self.program = self.lab.start(self.command() + ["-f"], "asterisk")
        until("Asterisk %s up" % self.version, self.is_up, 20)

    def is_up(self):
        assert self.program.p.poll() is None, \
            "Asterisk ended: " + open(self.program.log).read()[-2000:]
        return "fully booted" in self.cli("core waitfullybooted")

    def stop(self):
        """As a service is stopped: calls are hung up, AMI is told."""
        self.program.end(signal.SIGTERM)

    def kill(self):
        self.program.end(signal.SIGKILL)

    def restart(self):
        self.stop()
        self.start()

    def cli(self, command):
        done = subprocess.run(self.command() + ["-rx", command],
                              stdin=subprocess.DEVNULL, capture_output=True,
                              preexec_fn=die_with_parent, timeout=20,
                              check=False)
        return done.stdout.decode(errors="replace")

    def channels(self):
        """`core show channels concise`: a list of the rows' fields."""
        text = self.cli("core show channels concise")
        return [line.split("!") for line in text.splitlines() if "!" in line]

    def log(self):
        with open(self.path("var", "full"), errors="replace") as f:
            return f.read()

    def section(self, agents, secret=SECRET, more="", user="patchcord"):
        """For the relay's file. agents: {"ANNA": "agent1"}."""
        path = self.path("secret-%d" % len(os.listdir(self.folder)))
        with open(path, "w") as f:
            f.write(secret + "\n")
        os.chmod(path, 0o600)
        people = "".join("agent \"%s\" { device = \"PJSIP/%s\" }\n" %
                         pair for pair in agents.items())
        return people + """asterisk {
	host = "127.0.0.1"
	port = %d
	username = "%s"
	secret_file = "%s"
	ping_s = 1
	%s
}
""" % (self.ami, user, path, more)


class Phone:
    """An agent's baresip, registered at the switch, played by the test."""

    def __init__(self, lab, user, sip_port):
        self.lab = lab
        self.user = user
        self.sip = free_port()
        self.control = free_port()
        self.registrar = sip_port
        self.events = []
        self.lock = threading.Lock()
        self.tokens = 0
        self.answers = {}
        self.program = lab.start(baresip_command() + ["-4", "-s", "-f", self.write()],
                                 "phone-" + user)
        self.s = until("the phone of " + user, self.connect)
        threading.Thread(target=self.read, daemon=True).start()
        until(user + " registered", self.is_registered)

    def write(self):
        folder = os.path.join(self.lab.folder, "phone-%s-%d" %
                              (self.user, self.control))
        os.makedirs(folder)
        with open(os.path.join(folder, "config"), "w") as f:
            f.write("""sip_listen 127.0.0.1:%d
net_interface 127.0.0.1
audio_player aubridge,phone
audio_source aubridge,phone
audio_alert aubridge,alert
module_path %s
module g711.so
module aubridge.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:%d
menu_bell no
ringback_disabled yes
statmode_default off
call_local_timeout 120
call_max_calls 8
""" % (self.sip, MODULES, self.control))
        with open(os.path.join(folder, "accounts"), "w") as f:
            f.write("<%s>;auth_user=%s;auth_pass=%s-secret;regint=60;"
                    "answermode=manual\n" % (self.uri(self.user), self.user,
                                             self.user))
        open(os.path.join(folder, "contacts"), "w").close()
        return folder

    def uri(self, user):
        return "sip:%s@127.0.0.1:%d" % (user, self.registrar)

    def connect(self):
        try:
            return socket.create_connection(("127.0.0.1", self.control))
        except OSError:
            return None

    def trace(self):
        """All SIP the phone sent and got."""
        with open(self.program.log, errors="replace") as f:
            return f.read()

    def is_registered(self):
        return re.search(r"\[\d+ bindings?\]", self.trace())

    def read(self):
        data = b""
        while True:
            try:
                got = self.s.recv(65536)
            except OSError:
                return
            if not got:
                return
            data += got
            while b":" in data:
                size, rest = data.split(b":", 1)
                if len(rest) <= int(size):
                    break
                message = json.loads(rest[:int(size)])
                data = rest[int(size) + 1:]
                if message.get("response"):
                    self.answers[message.get("token")] = message
                else:
                    self.events.append(message)

    def tell(self, command, params=""):
        """A command and what the phone answers."""
        with self.lock:
            self.tokens += 1
            token = str(self.tokens)
        text = json.dumps(dict(command=command, params=params,
                               token=token)).encode()
        self.s.sendall(b"%d:%s," % (len(text), text))
        until("%s's answer to %s" % (self.user, command),
              lambda: token in self.answers)
        return self.answers.pop(token)

    def mark(self):
        return len(self.events)

    def wait(self, type, since=0, wait_s=10):
        def there():
            for event in self.events[since:]:
                if event.get("type") == type:
                    return event
            return None
        return until("%s at the phone of %s" % (type, self.user), there,
                     wait_s)

    def rings(self, since=0):
        return self.wait("CALL_INCOMING", since)

    def is_idle(self):
        said = self.tell("listcalls").get("data") or ""
        return "ESTABLISHED" not in said and "INCOMING" not in said \
            and "OUTGOING" not in said

    def answer(self):
        at = self.mark()
        self.tell("accept")
        self.wait("CALL_ESTABLISHED", at)

    def dial(self, number):
        self.tell("dial", self.uri(number))

    def hang_up(self):
        self.tell("hangup")

    reject = hang_up

    def hold(self):
        self.tell("hold")

    def resume(self):
        self.tell("resume")

    def transfer(self, number):
        self.tell("transfer", self.uri(number))

    def dialog(self):
        """The newest dialed call's ids, as Replaces wants to have them."""
        for head in reversed(self.trace().split("\n\n")):
            fields = dict(re.findall(r"(?m)^([\w-]+): *(.*)$", head))
            if "SIP/2.0 200" in head and "sip:%s@" % self.user in \
                    fields.get("From", "") and "INVITE" in fields["CSeq"]:
                return (fields["Call-ID"], fields["From"].split("tag=")[1],
                        fields["To"].split("tag=")[1])
        raise AssertionError("no dialed call at the phone of " + self.user)

    def transfer_to(self, number, first, second):
        """Call `first` goes to who talks in the dialed call `second`."""
        self.tell("callfind", first)
        id, mine, theirs = second
        self.tell("transfer", "%s?Replaces=%s%%3Bto-tag%%3D%s%%3Bfrom-tag"
                  "%%3D%s" % (self.uri(number), id, theirs, mine))

    def digits(self, digits):
        """Typed one by one, as a hand would."""
        for digit in digits:
            self.tell("sndcode", digit)

    def end(self):
        self.program.end()
        self.s.close()


class AsteriskLab(Lab):
    """Asterisk between sipp, which is the trunk, and the agents' phones."""

    def __init__(self, folder, version):
        super().__init__(folder)
        self.switch = Asterisk(self, version)
        self.phones = {}

    def open(self, users=("agent1", "agent2")):
        self.switch.start()
        self.start_far_end()
        for user in users:
            self.add_phone(user)

    def add_phone(self, user):
        self.phones[user] = Phone(self, user, self.switch.sip)
        return self.phones[user]

    def call(self, to="agent1", scenario="caller", caller="0301234567",
             name="Ann Tester"):
        """A caller from the trunk, to one of DID or any number."""
        return self.sipp(scenario, scenario, "127.0.0.1:%d" % self.switch.sip,
                         "-s", DID.get(to, to), "-m", "1",
                         "-p", str(free_port()),
                         "-key", "caller", caller, "-key", "name", name)

    def settle(self):
        """Between two cases: no call is left anywhere."""
        for phone in self.phones.values():
            def idle(phone=phone):
                if phone.is_idle():
                    return True
                phone.hang_up()
                return False
            until("the phone of " + phone.user + " idle", idle)
        self.switch.cli("channel request hangup all")
        until("no channels", lambda: not self.switch.channels())
