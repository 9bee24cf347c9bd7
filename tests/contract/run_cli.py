#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# contract/run_cli.py - the commands of the real program, at a real relay
"""Usage: run_cli.py PROGRAM [part of a name]

Every command, for people and with --json; wrong use, no relay, one that is
killed, wrong keys, certificates, colours, proxies, a shell's completion.
"""
import contextlib
import http.server
import json
import os
import pathlib
import pty
import queue
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "fault"))
from real import (WAIT_S, Cases, Relay, begin_child, free_port,  # noqa: E402
                  until)

CONF = """simulator { ring_ms = 50 talk_ms = 0 }
dial { per_minute = 0 per_hour = 0 merge_s = 0 refusals = 0 concurrent = 0 }
"""
NUMBER = "+493012345"
FREE = NUMBER + "200"
BUSY = NUMBER + "486"
ESC = "\x1b["


class Command:
    """One that runs; who waits for a line does not wait for ever."""

    def __init__(self, words, env):
        self.process = subprocess.Popen(
            words, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, preexec_fn=begin_child)
        self.lines, self.errors = queue.Queue(), queue.Queue()
        self.threads = [
            threading.Thread(target=self.read, args=pair, daemon=True)
            for pair in ((self.process.stdout, self.lines),
                         (self.process.stderr, self.errors))]
        for thread in self.threads:
            thread.start()

    @staticmethod
    def read(stream, lines):
        for line in stream:
            lines.put(line)
        lines.put("")

    def until(self, text):
        """The first line with it."""
        while text not in (line := self.lines.get(timeout=WAIT_S)):
            assert line, f"it ended before: {text}"
        return line

    def end(self, signum=None):
        """Its exit code, and what else it said on either stream."""
        if signum:
            self.process.send_signal(signum)
        code = self.process.wait(WAIT_S)
        for thread in self.threads:
            thread.join(WAIT_S)
        return (code, "".join(self.lines.queue), "".join(self.errors.queue))


class World:
    """The relay of most cases, and how commands are run at it."""

    def __init__(self, binary, folder):
        self.binary, self.folder = os.path.abspath(binary), folder
        self.relay = Relay(binary, os.path.join(folder, "relay"), CONF)
        self.relay.start()

    def command(self, *words, env=None, stdin=None, relay=None):
        """Where --config is known, it is given."""
        relay = relay or self.relay
        if words[0] not in ("lint", "version", "help", "completion"):
            words = (words[0], "-c", relay.conf, *words[1:])
        return [self.binary, *words], {**relay.env, "TZ": "UTC", **(env or {})}

    def run(self, *words, env=None, stdin=None, relay=None, cwd=None):
        command, env = self.command(*words, env=env, relay=relay)
        done = subprocess.run(command, env=env, input=stdin, timeout=60,
                              capture_output=True, text=True, check=False,
                              cwd=cwd)
        assert "Sanitizer" not in done.stderr, done.stderr
        assert done.returncode >= 0, done
        return done

    def ok(self, *words, **options):
        done = self.run(*words, **options)
        assert done.returncode == 0, done
        return done.stdout

    def no(self, code, text, *words, **options):
        """Fails with the code, and says text on the error stream."""
        done = self.run(*words, **options)
        assert done.returncode == code, done
        assert text in done.stderr, (text, done)
        return done

    def json(self, *words, **options):
        return json.loads(self.ok(*words, "--json", **options))

    def begin(self, *words, relay=None):
        return Command(*self.command(*words, relay=relay))

    def state(self, call, state):
        until(f"the call is {state}",
              lambda: self.json("call", "show", call)["state"] == state)

    def quiet(self):
        """No call runs."""
        for call in self.json("call", "list")["calls"]:
            if call["state"] != "ended":
                self.run("call", "hangup", call["id"])
                self.state(call["id"], "ended")


# --- is it well ---

def health_is_quiet(w):
    for words in (("health",), ("health", "--ready")):
        done = w.run(*words)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert w.json("health")["status"] == "ok"


def status_is_for_people_and_programs(w):
    text = w.ok("status")
    for word in ("relay", "switch     simulator, up since", "store      ok",
                 f"http://127.0.0.1:{w.relay.port}", "SAP page"):
        assert word in text, text
    assert w.json("status")["switch"]["link"] == "up"


def version_says_what_it_was_built_from(w):
    text = w.ok("version")
    assert re.match(r"patchcord \d+\.\d+\.\d+\n", text), text
    assert "libmicrohttpd" in text
    said = w.json("version")
    served = w.relay.client().get("/version")
    for key in ("name", "version", "api"):
        assert said[key] == served[key], (said, served)


def no_relay_is_a_sentence_and_a_one(w):
    lone = Relay(w.binary, os.path.join(w.folder, "lone"), CONF)
    for words in (("health",), ("health", "--ready"), ("status",),
                  ("dial", NUMBER), ("dial", "--wait", NUMBER),
                  ("call", "list"), ("call", "hangup"),
                  ("call", "inbound", "--from", NUMBER), ("events",),
                  ("events", "--follow")):
        w.no(1, "No relay answers at", *words, relay=lone)
    done = w.no(1, "No relay answers", "status", "--json", relay=lone)
    assert json.loads(done.stdout)["code"] == "no_answer"


# --- dialing ---

def a_dial_prints_the_call(w):
    text = w.ok("dial", "+49", "30", "12345", "200")
    assert f"Calling {FREE} (the switch dials 004930" in text, text
    call = w.json("dial", FREE)
    assert call["number"] == FREE and call["direction"] == "outbound"
    assert call["crm"] == {"PhoneNumber": FREE}
    w.quiet()


def a_refused_dial_says_why_and_what_to_do(w):
    done = w.no(1, "emergency number", "dial", "110")
    assert "\n  " in done.stderr, "the fix"
    done = w.no(1, "emergency number", "dial", "--json", "110")
    assert json.loads(done.stdout)["code"] == "number_blocked"
    w.no(1, "", "dial", "not a number")
    w.no(1, "", "dial", "")
    w.no(1, "", "dial", "\udcff")


def waiting_shows_the_end_and_tells_it_by_the_code(w):
    done = w.run("dial", "--wait", BUSY)
    assert done.returncode == 1 and "ended: busy (SIP 486" in done.stdout, done
    waiting = w.begin("dial", "--wait", FREE)
    waiting.until("  active")
    w.ok("call", "hangup")
    code, rest, _ = waiting.end()
    assert code == 0 and "ended: normal" in rest, rest
    assert "talked 0:0" in rest, rest
    done = w.run("dial", "--wait", "--json", BUSY)
    assert done.returncode == 1 and json.loads(done.stdout)["cause"] == "busy"


def the_same_activity_is_called_once(w):
    uuid = "00163EA718FC1EEABDD5608C895BDC71"
    first = w.json("dial", "--activity", uuid, BUSY)
    w.state(first["id"], "ended")
    done = w.run("dial", "--wait", "--activity", uuid, BUSY)
    assert done.returncode == 1 and "Called before: " in done.stdout, done
    assert first["id"] in done.stdout and "ended: busy" in done.stdout, done
    assert w.json("dial", "--activity", uuid, BUSY)["id"] == first["id"]


def waiting_outlives_the_relay(w):
    """Killed while they talk; the call is found again, or is over."""
    relay = Relay(w.binary, os.path.join(w.folder, "killed"), CONF)
    relay.start()
    waiting = w.begin("dial", "--wait", FREE, relay=relay)
    waiting.until("  active")
    relay.kill()
    relay.start()
    code, out, err = waiting.end()
    assert code == 1 and "ended: link lost" in out, (out, err)
    assert err.count("Waiting for it") == err.count("The stream is back") == 1
    relay.terminate()


# --- calls ---

def a_call_is_led_from_ring_to_end(w):
    w.quiet()
    text = w.ok("call", "inbound", "--from", "+49", "30", "6912345",
                "--script", "ring", "--name", "Ada", "--to", "100")
    call = re.match(r"New call ([0-9A-F]{32}), \+49306912345, ", text)[1]
    w.state(call, "ringing")
    text = w.ok("call", "list")
    assert re.search(rf"^{call[:8]}  [\d:]{{8}}  ringing   in   \+49306912345",
                     text, re.M), text
    assert "Ada" in text
    assert "answer: asked for call " + call in w.ok("call", "answer")
    w.state(call, "active")
    for word, state in (("hold", "held"), ("resume", "active")):
        w.ok("call", word, call[:8].lower())
        w.state(call, state)
    for word in ("mute", "unmute"):
        w.ok("call", word, "current")
        until(word, lambda: w.json("call", "show", call)["muted"] ==
              (word == "mute"))
    w.ok("call", "dtmf", "current", "1#")
    text = w.ok("call", "show")
    for line in ("number         +49306912345", "name           Ada",
                 "called number  100", "can            hangup"):
        assert line in text, text
    w.ok("call", "hangup", call[:4])
    w.state(call, "ended")
    text = w.ok("call", "timeline", call)
    assert re.search(r"^[\d:]{8} +\+\d+ ms  call.ringing", text, re.M), text
    assert "ExternalReferenceID" in text
    assert w.json("call", "timeline", call)["steps"][0]["step"] == "received"


def calls_are_rejected_transferred_and_repeated(w):
    w.quiet()
    call = w.json("call", "inbound", "--from", NUMBER, "--script", "ring")["id"]
    w.state(call, "ringing")
    w.ok("call", "reject")
    w.state(call, "ended")
    assert w.json("call", "show", call)["cause"] == "rejected"
    call = w.json("dial", FREE)["id"]
    w.state(call, "active")
    w.ok("call", "transfer", "current", "+49", "30", "765 4321")
    w.state(call, "ended")
    text = w.ok("call", "redial", call)
    again = re.match(r"New call ([0-9A-F]{32}), ", text)[1]
    assert w.json("call", "show", again)["redial_of"] == call
    w.quiet()


def which_call_is_meant_must_be_plain(w):
    w.quiet()
    w.no(1, "There is no call to hangup now", "call", "hangup")
    w.no(1, "There is no call FFFF", "call", "show", "FFFF")
    w.no(1, "There is no call abc:", "call", "show", "abc")
    w.no(1, "There is no call ../../x:", "call", "show", "../../x")
    first, second = (w.json("dial", FREE)["id"] for _ in range(2))
    w.state(first, "active")
    w.state(second, "active")
    w.no(1, "2 calls could be meant", "call", "hold")
    w.ok("call", "hangup", first)
    w.state(first, "ended")
    third = w.json("call", "inbound", "--from", NUMBER, "--script",
                   "ring")["id"]
    w.state(third, "ringing")
    w.ok("call", "reject")  # the only one that can be
    w.state(third, "ended")
    w.ok("call", "hangup")
    w.state(second, "ended")
    done = w.no(1, "", "call", "hold", "--json", second)
    assert json.loads(done.stdout)["code"] == "wrong_state", done


def a_list_has_the_last_calls(w):
    for _ in range(22):
        w.ok("dial", BUSY)
    until("all ended", lambda: all(
        c["state"] == "ended" for c in w.json("call", "list")["calls"]))
    assert len(w.ok("call", "list").splitlines()) == 21
    assert len(w.ok("call", "list", "--all").splitlines()) > 22
    assert len(w.json("call", "list")["calls"]) >= 22


def several_agents_are_told_apart(w):
    relay = Relay(w.binary, os.path.join(w.folder, "agents"), CONF +
                  'agent "ADA" { device = "a" }\nagent "BOB" { device = "b" }')
    relay.start()
    for words in (("call", "list"), ("dial", FREE), ("events",)):
        w.no(1, "gent", *words, relay=relay)
    call = w.json("dial", "--agent", "ADA", FREE, relay=relay)
    assert call["agent"] == "ADA"
    assert w.json("call", "list", "--agent", "BOB",
                  relay=relay)["calls"] == []
    w.no(1, "There is no call to hangup", "call", "hangup", "--agent", "BOB",
         relay=relay)
    w.ok("call", "hangup", "--agent", "ADA", relay=relay)
    w.ok("call", "inbound", "--from", NUMBER, "--agent", "BOB", relay=relay)
    assert "call.ringing" in w.ok("events", "--agent", "BOB", relay=relay)
    assert "agent      ADA at a" in w.ok("status", relay=relay)
    relay.terminate()


# --- events ---

def the_last_events_are_shown(w):
    w.state(w.json("dial", BUSY)["id"], "ended")
    lines = w.ok("events", "--last", "3").splitlines()
    assert len(lines) == 3 and "call.ended" in lines[2], lines
    assert re.fullmatch(r"[\d:]{8}  call.ended     out  \+4930\*+86 +"
                        r"[0-9A-F]{8}  busy \(SIP 486, Q.850 17\)", lines[2])
    full = w.ok("events", "--last", "1", "--full")
    assert BUSY in full and re.search(r"  [0-9A-F]{32}  busy", full), full
    events = [json.loads(line)
              for line in w.ok("events", "--json").splitlines()]
    assert len(events) == 20 and events[-1]["call"]["number"] == BUSY
    assert [e["id"] for e in events] == sorted({e["id"] for e in events})
    since = events[-3]["id"]
    assert len(w.ok("events", "--since", str(since)).splitlines()) == 2
    assert w.ok("events", "--since", str(events[-1]["id"])) == ""
    w.no(1, "is not kept", "events", "--since", "5")


def the_last_events_are_found_across_a_restart(w):
    """A start jumps ahead in the ids, by many thousands."""
    relay = Relay(w.binary, os.path.join(w.folder, "gap"), CONF)
    relay.start()
    assert w.ok("events", relay=relay) == ""
    w.run("dial", "--wait", BUSY, relay=relay)
    relay.kill()
    relay.start()
    w.run("dial", "--wait", BUSY, relay=relay)
    texts = w.ok("events", "--last", "5", relay=relay).splitlines()
    assert len(texts) == 5 and "call.ended" in texts[-1], texts
    texts = w.ok("events", "--last", "99", relay=relay)
    assert texts.count("call.queued") == 2, texts
    relay.terminate()


def following_goes_on_after_the_relay_was_killed(w):
    relay = Relay(w.binary, os.path.join(w.folder, "follow"), CONF)
    relay.start()
    following = w.begin("events", "--follow", "--json", relay=relay)
    seen = []

    def ended(count):
        while sum(e.get("type") == "call.ended" for e in seen) < count:
            seen.append(json.loads(following.lines.get(timeout=WAIT_S)))

    until("the stream is open", lambda: relay.client().get(
        "/api/v1/status")["streams"])
    w.run("dial", "--wait", BUSY, relay=relay)
    ended(1)
    for count in (2, 3):
        relay.kill()
        line = following.errors.get(timeout=WAIT_S)
        assert "Waiting for it to come back" in line, line
        relay.start()
        w.run("dial", "--wait", BUSY, relay=relay)
        line = following.errors.get(timeout=WAIT_S)
        assert line == "patchcord: The stream is back.\n", line
        ended(count)
    ids = [e["id"] for e in seen if "id" in e]
    assert ids == sorted(set(ids)), ids
    types = [e["type"] for e in seen if "type" in e]
    assert types == ["call.queued", "call.dialing", "call.ended"] * 3, types
    assert following.end(signal.SIGINT) == (-signal.SIGINT, "", "")
    relay.terminate()


def following_from_an_event_tells_what_followed(w):
    w.quiet()
    since = w.json("status")["cursor"]
    w.run("dial", "--wait", BUSY)
    following = w.begin("events", "-f", "--since", str(since))
    assert "call.queued" in following.lines.get(timeout=WAIT_S)
    following.until("call.ended")
    assert following.end(signal.SIGTERM)[1] == ""


def who_reads_no_more_ends_it(w):
    command, env = w.command("events", "--follow")
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE,
                          preexec_fn=begin_child) as following:
        until("the stream is open", lambda: w.json("status")["streams"])
        following.stdout.close()
        w.run("dial", "--wait", BUSY)
        assert following.wait(WAIT_S) in (-signal.SIGPIPE, 1)


# --- who may ask ---

def the_key_is_found_and_never_shown(w):
    relay = Relay(w.binary, os.path.join(w.folder, "key"),
                  CONF + 'http { exposure = "container" }')
    relay.start()
    where = os.path.join(os.path.dirname(relay.store), "api.key")
    key = pathlib.Path(where).read_text(encoding="ascii").strip()
    wrong = os.path.join(w.folder, "wrong.key")
    fd = os.open(wrong, os.O_WRONLY | os.O_CREAT, 0o600)
    os.write(fd, b"f" * 64 + b"\n")
    os.close(fd)
    url = f"http://127.0.0.1:{relay.port}"
    outputs = [w.run("status", relay=relay), w.run("dial", BUSY, relay=relay)]
    assert [o.returncode for o in outputs] == [0, 0], outputs
    outputs.append(w.no(1, "", "status", "--key-file", wrong, relay=relay))
    assert "--key-file" in outputs[-1].stderr, outputs[-1]
    outputs.append(w.no(1, "--key-file", "events", "--follow", "--key-file",
                        wrong, relay=relay))
    outputs.append(w.no(1, "cannot be read", "status", "--key-file",
                        "/nowhere/x", relay=relay))
    # an address of one's own gets no key unless it is named
    outputs.append(w.no(1, "--key-file FILE", "status", "--url", url,
                        relay=relay))
    outputs.append(w.run("status", "--url", url + "/", "--key-file", where))
    assert outputs[-1].returncode == 0, outputs[-1]
    os.rename(where, where + ".away")
    outputs.append(w.no(1, "The key of programs cannot be read", "status",
                        relay=relay))
    assert not os.path.exists(where), "a client makes no key"
    outputs.append(w.run("health", "--ready", relay=relay))
    assert outputs[-1].returncode == 0, "health needs no key"
    for done in outputs:
        assert key not in done.stdout + done.stderr
        assert "ffff" not in done.stdout + done.stderr
    relay.terminate()


def certificate(folder, name, days="2", signer=None):
    """name.pem, with what a CA would make of it, and name.key."""
    path = os.path.join(folder, name)
    more = [] if not signer else ["-CA", signer + ".pem", "-CAkey",
                                  signer + ".key"]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-subj",
                    f"/CN={name}", "-days", days, "-keyout", path + ".key",
                    "-out", path + ".pem", "-addext",
                    "basicConstraints=critical,CA:"
                    + ("FALSE" if signer else "TRUE"),
                    "-addext", "subjectAltName=DNS:localhost", *more],
                   check=True, capture_output=True)
    os.chmod(path + ".key", 0o600)
    return path


def bundle(path, signer):
    """A chain, as a server has it."""
    with open(path + ".pem", "a", encoding="ascii") as f:
        f.write(pathlib.Path(signer + ".pem").read_text(encoding="ascii"))


TLS = CONF + 'http { tls_cert_file = "%s.pem" tls_key_file = "%s.key" }'


def https_trusts_the_configured_certificate_alone(w, env=None):
    folder = os.path.join(w.folder, "gnutls" if env else "tls")
    os.makedirs(folder)
    own = certificate(folder, "own")
    ca = certificate(folder, "ca")
    signed = certificate(folder, "signed", signer=ca)
    bundle(signed, ca)
    relay = Relay(w.binary, folder, TLS % (own, own))
    at = {"relay": relay, "env": env}
    for path in (own, signed):
        relay.configure(TLS % (path, path))
        relay.spawn()
        until("https", lambda: w.run("health", "--ready", **at).returncode == 0)
        assert f"https://127.0.0.1:{relay.port}" in w.ok("status", **at)
        relay.terminate()
    relay.spawn()  # signed by our CA; asked by its name
    url = f"https://localhost:{relay.port}"
    until("https", lambda: w.run("health", **at).returncode == 0)
    w.ok("status", "--url", url, "--ca-file", ca + ".pem", **at)
    for words in (("--url", url), ("--url", url, "--ca-file", own + ".pem"),
                  ("--url", f"https://127.0.0.1:{relay.port}", "--ca-file",
                   ca + ".pem")):
        w.no(1, "ot trusted", "status", *words, **at)
    # another one than the configuration has, be it of the same CA
    other = certificate(folder, "other", signer=ca)
    bundle(other, ca)
    relay.configure(TLS % (other, other))
    w.no(1, "ot trusted", "status", **at)
    relay.terminate()


def https_is_the_same_with_the_other_libcurl(w):
    """Debian's build with GnuTLS, when that with OpenSSL is not there."""
    folder = os.path.join(w.folder, "openssl-away")
    os.makedirs(folder)
    pathlib.Path(folder, "libcurl.so.4").write_bytes(b"")
    https_trusts_the_configured_certificate_alone(
        w, {"LD_LIBRARY_PATH": folder})


def proxies_of_the_environment_are_not_asked(w):
    dead = f"http://127.0.0.1:{free_port()}"
    env = {name: dead for name in (
        "http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY")}
    w.ok("status", env=env)
    w.ok("health", env=env)


class Odd(http.server.BaseHTTPRequestHandler):
    """No relay, on a port where one is thought to be."""

    def do_GET(self):
        word = self.path.rsplit("/", 1)[-1]
        self.server.asked.append((self.path, self.headers))
        if word == "healthz":
            self.send_response(302)
            self.send_header("Location", "/version")
            self.end_headers()
        elif word == "readyz":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>hello</html>")
        elif word in ("calls", "CALL"):
            calls = [{"id": i, "state": "ended"}
                     for i in ("CALLS", "CALL", "CALL2")]
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(
                {"calls": calls} if word == "calls" else calls[1]).encode())
        elif word == "events":  # one frame, then it breaks off
            first = "Last-Event-ID" not in self.headers
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"id: 7\nevent: call\ndata: {}\n\n" if first
                             else b"event: due\ndata: {}\n\n")
        elif word == "status":
            body = json.dumps({"detail": "red \x1b[31malert\x07", "code": "x"})
            self.send_response(503)
            self.end_headers()
            self.wfile.write(body.encode())

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def odd_server():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Odd)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def who_is_no_relay_is_named_so(w):
    with odd_server() as server:
        url = f"http://127.0.0.1:{server.server_port}"
        w.no(1, "status 302", "health", "--url", url)
        assert [path for path, _ in server.asked] == ["/healthz"]
        w.no(1, "not as a relay does", "health", "--ready", "--url", url)
        done = w.no(1, "red [31malert\n", "status", "--url", url)
        assert "\x1b" not in done.stderr and "\x07" not in done.stderr
        assert "Authorization" not in server.asked[-1][1]


def a_whole_id_is_no_beginning(w):
    with odd_server() as server:
        url = f"http://127.0.0.1:{server.server_port}"
        assert "CALL\n" in w.ok("call", "show", "call", "--url", url)
        w.no(1, "There is no call CALLX", "call", "show", "CALLX", "--url", url)


def a_frame_without_an_id_leaves_the_place(w):
    with odd_server() as server:
        following = w.begin("events", "--follow", "--url",
                            f"http://127.0.0.1:{server.server_port}")
        until("it has come back twice", lambda: len(server.asked) > 2)
        following.end(signal.SIGTERM)
        ids = [headers["Last-Event-ID"] for _, headers in server.asked[:3]]
        assert ids == [None, "7", "7"], ids


def silence_and_noise_are_told_apart(w):
    with socket.create_server(("127.0.0.1", 0)) as s:
        url = f"http://127.0.0.1:{s.getsockname()[1]}"

        def answer(data):
            connection = s.accept()[0]
            connection.recv(4096)
            connection.sendall(data)
            connection.close()

        for data, text in ((b"", "closed without an answer"),
                           (b"220 mail ready\r\n", "No HTTP is spoken"),
                           (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{",
                            "broke off")):
            thread = threading.Thread(target=answer, args=(data,))
            thread.start()
            w.no(1, text, "status", "--url", url)
            thread.join()
        w.no(1, "No answer came in time", "health", "--url", url)
    w.no(1, "no such host", "health", "--url", "http://relay.invalid:1")


def without_libcurl_there_is_a_sentence(w):
    folder = os.path.join(w.folder, "none")
    os.makedirs(folder)
    for name in ("libcurl.so.4", "libcurl-gnutls.so.4"):
        pathlib.Path(folder, name).write_bytes(b"")
    w.no(1, "libcurl is missing", "status", env={"LD_LIBRARY_PATH": folder})
    w.ok("explain", "+49301234567", env={"LD_LIBRARY_PATH": folder})


# --- tools ---

def lint_reads_files_folders_and_streams(w):
    folder = os.path.join(w.folder, "lint")
    os.makedirs(os.path.join(folder, "more", ".hidden"))
    good = {"payload": {"Type": "CALL", "EventType": "INBOUND",
                        "Action": "NOTIFY", "ANI": "+49306912345",
                        "ExternalReferenceID": "A1",
                        "ExternalOriginalReferenceID": "A1"}}
    bare = {"payload": {**good["payload"]}}
    del bare["payload"]["ExternalReferenceID"]
    xml = "<payload>" + "".join(f"<{k}>{v}</{k}>" for k, v in
                                good["payload"].items()) + "</payload>"
    files = {"good.json": json.dumps(good, indent=2),
             "all.json": json.dumps([good, bare, good]),
             "lines.ndjson": "\n".join(map(json.dumps, (good, good, bare))),
             "more/good.xml": xml, "more/notes.txt": "no message",
             "more/.hidden/x.json": "{", "broken.json": '{"payload": '}
    for name, text in files.items():
        pathlib.Path(folder, name).write_text(text, encoding="utf-8")
    assert w.ok("lint", "good.json", "more", cwd=folder) == \
        "2 messages: 0 errors, 0 warnings, 0 notes\n"
    done = w.run("lint", "all.json", "lines.ndjson", cwd=folder)
    assert done.returncode == 1, done
    assert re.findall(r"^(\S+): error id.missing in ExternalReferenceID$",
                      done.stdout, re.M) == ["all.json:2", "lines.ndjson:3"]
    assert "KBA 3481409: https://me.sap.com/notes/3481409" in done.stdout
    assert "6 messages: 2 errors" in done.stdout
    done = w.run("lint", "--json", ".", cwd=folder)
    said = json.loads(done.stdout)
    assert done.returncode == 1 and not said["ok"], said
    assert said["messages"] == 9 and said["errors"] == 3, said
    assert {(f["file"], f["message"], f["rule"]) for f in said["findings"]} >= {
        ("./all.json", 2, "id.missing"), ("./broken.json", 1, "json.syntax")}
    odd = os.path.join(folder, "odd")
    os.mkdir(odd)
    for name in (b"\x1b]0;x\x07.json", b"\xff.json"):
        with open(os.path.join(os.fsencode(odd), name), "wb") as f:
            f.write(json.dumps(bare).encode())
    os.mkfifo(os.path.join(odd, "pipe.json"))
    for link in "abcdefgh":
        os.symlink(".", os.path.join(odd, link))
    done = w.run("lint", "odd", cwd=folder)
    assert done.returncode == 1 and "odd/]0;x.json:1: " in done.stdout, done
    assert "\x1b" not in done.stdout + done.stderr, done
    assert "odd/pipe.json: not a file" in done.stderr, done
    assert "2 messages: 2 errors" in done.stdout, done
    said = json.loads(w.run("lint", "--json", "odd", cwd=folder).stdout)
    assert {f["file"] for f in said["findings"]} == {
        "odd/]0;x.json", "odd/ÿ.json"}, said
    assert w.ok("lint", stdin=xml).startswith("1 message: 0 errors")
    assert w.run("lint", "-", stdin=json.dumps(bare)).returncode == 1
    w.no(1, "nowhere.json: No such file", "lint", "nowhere.json")
    assert w.run("lint", stdin="").returncode == 1


def lint_reads_what_events_print(w):
    call = w.json("call", "inbound", "--from", NUMBER, "--script",
                  "cancel")["id"]
    w.state(call, "ended")

    def linted():
        return json.loads(w.ok("lint", "--json", stdin=w.ok(
            "events", "--json", "--last", "99")))
    # a call's end is seen before its event, which waits for the disk
    until("its end is an event", lambda: linted()["messages"] >= 2)
    assert linted()["ok"], linted()


def lint_explains_every_rule(w):
    text = w.ok("lint", "--rules")
    rules = w.json("lint", "--rules")["rules"]
    assert len(rules) > 40
    for rule in rules:
        assert rule["rule"] in text and rule["sentence"] in text, rule
        assert rule["severity"] in ("error", "warning", "note")
        assert not rule["kba"] or f"KBA {rule['kba']}: " in text


def explain_shows_each_step(w):
    text = w.ok("explain", "030", "1234567")
    assert "It is dialed as 0049301234567" in text, text
    assert "SAP gets it as ANI +49301234567" in text, text
    done = w.run("explain", "112")
    assert done.returncode == 1 and "It is refused: " in done.stdout, done
    said = w.json("explain", "030 1234567")
    assert said["outbound"]["dialed"] == "0049301234567"
    served = w.relay.client().get(
        "/api/v1/numbers/explain?number=030%201234567")
    assert said == served


# --- words ---

MISUSE = (
    (("dail",), "unknown command dail (dial?)"),
    (("dial",), "which NUMBER?"),
    (("dial", "--agnt", "x", "1"), "unknown option --agnt (--agent?)"),
    (("explain",), "which NUMBER?"),
    (("call",), "which word?"),
    (("call", "hangpu"), "unknown word hangpu (hangup?)"),
    (("call", "list", "x"), "unexpected word x"),
    (("call", "transfer", "101"), "transfer needs more: CALL NUMBER"),
    (("call", "inbound"), "inbound needs a caller: --from NUMBER"),
    (("call", "list", "--from", "1"), "--from goes with inbound only"),
    (("events", "--since", "x"), "--since takes an event's number"),
    (("events", "--last", "0"), "--last takes a number up to 99"),
    (("events", "--last", "100"), "--last takes a number up to 99"),
    (("health", "x"), "unexpected word x"),
    (("completion",), "for which shell?"),
    (("completion", "tcsh"), "only bash is known"),
)


def wrong_use_is_said_briefly(w):
    for words, text in MISUSE:
        done = w.no(2, text, *words)
        assert done.stdout == "" and "Try: patchcord help" in done.stderr
    for url in ("x", "ftp://x", "http://a:b@127.0.0.1", "http://",
                "http://x/path", "http://x?y"):
        w.no(1, "is no address of a relay", "status", "--url", url)


def help_explains_every_command(w):
    text = w.ok("help")
    commands = re.findall(r"^  ([a-z-]+) {2,}\S", text, re.M)
    assert len(commands) >= 16, commands
    for name in commands:
        shown = w.ok("help", name)
        assert shown.startswith(f"Usage: patchcord {name} "), shown
        done = subprocess.run([w.binary, name, "--help"], env=w.relay.env,
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0 and done.stdout == shown, done
        assert max(map(len, shown.splitlines())) <= 80, shown
        for example in re.findall(r"patchcord ([a-z-]+)", shown):
            assert example in commands or example == "help", example


COMPLETE = r"""
source <("$PROGRAM" completion bash)
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_patchcord
printf '%s\n' "${COMPREPLY[@]}"
"""


def completed(w, *words):
    done = subprocess.run(
        ["bash", "--norc", "-uc", COMPLETE, "bash", *words], cwd=w.folder,
        env={**w.relay.env, "PROGRAM": w.binary}, capture_output=True,
        text=True, check=False)
    assert done.returncode == 0 and not done.stderr, done
    return done.stdout.split()


def a_shell_completes_commands_words_and_files(w):
    pathlib.Path(w.folder, "desk.conf").touch()
    pathlib.Path(w.folder, "two words.conf").touch()
    for words, wanted in (
            (("ev",), ["events"]),
            (("he",), ["help-config", "health", "help"]),
            (("call", "h"), ["hangup", "hold"]),
            (("call", "hangup", "h"), []),
            (("call", "--agent", "ADA", "tr"), ["transfer"]),
            (("call", "inbound", "--scr"), ["--script"]),
            (("call", "inbound", "--script", ""),
             ["answer", "ring", "cancel", "elsewhere", "drop"]),
            (("call", "--script", "=", "c"), ["cancel"]),
            (("call", "--script", "="),
             ["answer", "ring", "cancel", "elsewhere", "drop"]),
            (("serve", "-c", "des"), ["desk.conf"]),
            (("serve", "--config", "=", "des"), ["desk.conf"]),
            (("lint", "des"), ["desk.conf"]),
            (("lint", "two"), ["two", "words.conf"]),
            (("serve", "--set", "dial.me"), ["dial.merge_s="]),
            (("dial", "--agent", ""), []),
            (("dial", "x"), []),
            (("events", "--f"), ["--follow", "--full"]),
            (("help", "che"), ["check-config"]),
            (("completion", ""), ["bash"]),
            (("nonsense", "--"), [])):
        got = completed(w, "patchcord", *words)
        assert got == wanted, (words, got)
    every = re.findall(r"^  ([a-z-]+) {2,}\S", w.ok("help"), re.M)
    assert sorted(completed(w, "patchcord", "")) == sorted(every)


def on_a_terminal(w, *words, env=None):
    """What it prints where a person looks on."""
    command, env = w.command(*words, env={"TERM": "xterm", **(env or {})})
    leader, follower = pty.openpty()
    process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL,
                               stdout=follower, stderr=follower)
    os.close(follower)
    text = b""
    while select.select([leader], [], [], 30)[0]:
        try:
            data = os.read(leader, 65536)
        except OSError:  # Linux: nobody has the other end any more
            break
        if not data:
            break
        text += data
    os.close(leader)
    process.wait(30)
    return text.decode()


def colours_are_for_terminals(w):
    w.state(w.json("dial", BUSY)["id"], "ended")
    for words in (("help",), ("status",), ("call", "list"), ("events",),
                  ("explain", "112"), ("lint", "--rules"), ("dial", "112"),
                  ("dial", "--wait", BUSY)):
        assert ESC in on_a_terminal(w, *words), words
        done = w.run(*words)
        assert ESC not in done.stdout + done.stderr, words
    assert ESC in on_a_terminal(w, "status", env={"NO_COLOR": ""})
    assert ESC not in on_a_terminal(w, "status", env={"NO_COLOR": "1"})
    assert ESC not in on_a_terminal(w, "status", env={"TERM": "dumb"})
    for words in (("status", "--json"), ("completion", "bash"),
                  ("lint", "--rules", "--json")):
        assert ESC not in on_a_terminal(w, *words), words


def output_that_cannot_be_written_fails(w):
    for words in (("status",), ("events",), ("help",), ("lint", "--rules")):
        command, env = w.command(*words)
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run(command, env=env, stdout=full, check=False,
                                  stderr=subprocess.PIPE, timeout=30)
        assert done.returncode == 1, (words, done)


CASES = (
    health_is_quiet, status_is_for_people_and_programs,
    version_says_what_it_was_built_from, no_relay_is_a_sentence_and_a_one,
    a_dial_prints_the_call, a_refused_dial_says_why_and_what_to_do,
    waiting_shows_the_end_and_tells_it_by_the_code,
    the_same_activity_is_called_once, waiting_outlives_the_relay,
    a_call_is_led_from_ring_to_end,
    calls_are_rejected_transferred_and_repeated,
    which_call_is_meant_must_be_plain, a_list_has_the_last_calls,
    several_agents_are_told_apart, the_last_events_are_shown,
    the_last_events_are_found_across_a_restart,
    following_goes_on_after_the_relay_was_killed,
    following_from_an_event_tells_what_followed, who_reads_no_more_ends_it,
    the_key_is_found_and_never_shown,
    https_trusts_the_configured_certificate_alone,
    https_is_the_same_with_the_other_libcurl,
    proxies_of_the_environment_are_not_asked, who_is_no_relay_is_named_so,
    a_whole_id_is_no_beginning, a_frame_without_an_id_leaves_the_place,
    silence_and_noise_are_told_apart,
    without_libcurl_there_is_a_sentence,
    lint_reads_files_folders_and_streams, lint_reads_what_events_print,
    lint_explains_every_rule, explain_shows_each_step,
    wrong_use_is_said_briefly, help_explains_every_command,
    a_shell_completes_commands_words_and_files, colours_are_for_terminals,
    output_that_cannot_be_written_fails,
)


def the_relay_ends_well(w):
    status = w.relay.terminate()[1]
    assert status == 0, status


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    only = sys.argv[2] if len(sys.argv) > 2 else ""
    folder = tempfile.mkdtemp(prefix="cti-cli-")
    cases = Cases()
    world = None
    try:
        world = World(sys.argv[1], folder)
        for case in CASES:
            name = case.__name__.replace("_", " ")
            if only in name:
                cases.run(name, case, world)
        cases.run("the relay ends well", the_relay_ends_well, world)
    finally:
        if world:
            world.relay.kill()
        shutil.rmtree(folder, ignore_errors=True)
    cases.end()


if __name__ == "__main__":
    main()
