#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# contract/run_reload.py - SIGHUP: the configuration is read again, or kept
"""Usage: run_reload.py RELAY

A running relay with a call and a stream, whose file is changed under it:
what can change does at once, what cannot is named, a broken file changes
nothing and the log says why.
"""
import http.client
import json
import os
import pathlib
import signal
import socket
import sys
import tempfile
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "fault"))
from real import Cases, Relay, Stream, until  # noqa: E402

CONF = """simulator { ring_ms = %(ring)d talk_ms = 0 }
sap { origins = {"%(origin)s"} }
dial { merge_s = 0 per_minute = %(per_minute)d concurrent = 0 }
log { level = "%(level)s" format = "%(format)s" }
"""
USUAL = {"ring": 20, "origin": "https://a.example.com", "per_minute": 100,
         "level": "info", "format": "logfmt"}
ANSWERS, BUSY = "+4930123456000", "+4930123456486"


class Running:
    """A relay with a call that is active and a stream that is read."""

    def __init__(self, binary, folder, env=None, more="", name=None):
        self.relay = Relay(binary, folder, CONF % USUAL + more, env)
        if name:
            self.relay.conf = os.path.join(folder, name)
            self.relay.configure(CONF % USUAL + more)
        self.relay.start()
        self.call = self.dial(ANSWERS, 201)
        until("the call is active", lambda: self.state() == "active")
        self.stream = Stream(self.relay.port)
        assert self.stream.frame().event == "snapshot"
        self.read = 0

    def dial(self, number, wanted):
        answer = self.relay.client().post("/api/v1/calls",
                                          {"PhoneNumber": number})
        assert answer.status == wanted, answer
        return answer.json

    def state(self):
        path = f"/api/v1/calls/{self.call['id']}"
        return self.relay.client().get(path)["state"]

    def hangup(self, text):
        """The file is text now, and the relay is told; its status after."""
        self.relay.configure(text)
        before = self.config()["since"]
        self.relay.process.send_signal(signal.SIGHUP)
        until("the file was read", lambda: self.config()["since"] != before)
        return self.config()

    def change(self, more="", **values):
        return self.hangup(CONF % {**USUAL, **values} + more)

    def config(self):
        return self.relay.client().get("/api/v1/status")["config"]

    def untouched(self):
        """The call is the same, and the stream tells of the next one."""
        assert self.state() == "active"
        call = self.dial(BUSY, 201)
        self.stream.until("the new call", lambda f: f.event == "call"
                          and call["id"].encode() in f.data)

    def log(self):
        return self.relay.said()

    def end(self):
        self.stream.close()
        _, status = self.relay.terminate()
        assert status == 0, status


def frame_ancestors(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as page:
        return page.headers["Content-Security-Policy"]


def limits_change_at_once(run):
    assert run.change(per_minute=1)["status"] == "ok"
    refused = run.dial(BUSY, 429)
    assert refused["code"] == "rate_limited", refused
    run.change()
    run.untouched()


def origins_change_at_once(run):
    assert "https://a.example.com" in frame_ancestors(run.relay.port)
    run.change(origin="https://b.example.com")
    policy = frame_ancestors(run.relay.port)
    assert "https://b.example.com" in policy, policy
    assert "https://a.example.com" not in policy, policy
    run.untouched()
    run.change()


def log_changes_at_once(run):
    run.change(level="debug", format="json")
    run.change(level="debug", format="json", per_minute=99)
    line = run.log().splitlines()[-1]
    assert json.loads(line)["level"], line
    run.change(level="error")
    size = len(run.log())
    run.dial(BUSY, 201)
    assert len(run.log()) == size, run.log()[size:]
    run.change()


def numbers_change_at_once(run):
    assert run.dial("030 123456486", 201)["number"] == BUSY
    run.change('number { region = "AT" }\n')
    assert run.dial("01 534080", 201)["number"] == "+431534080"
    run.change('dial { premium = {"+4930"} }\n')
    assert run.dial(BUSY, 403)["code"] == "number_blocked"
    run.change()


def simulator_changes_at_once(run):
    run.change(ring=600000)
    slow = f"/api/v1/calls/{run.dial(BUSY, 201)['id']}"
    run.change(ring=1)
    quick = f"/api/v1/calls/{run.dial(BUSY, 201)['id']}"
    client = run.relay.client()
    until("the quick one ends", lambda: client.get(quick)["cause"] == "busy")
    assert client.get(slow)["state"] == "dialing"
    client.ask("DELETE", slow)
    run.change()
    run.untouched()


def what_cannot_change_is_named(run):
    config = run.change('http { max_connections = 99 }\n'
                        'store { sync = "normal" keep_days = 5 }\n'
                        'telephony { reconnect_min_ms = 700 }\n')
    assert config["status"] == "ok", config
    assert config["needs_restart"] == [
        "http.max_connections", "store.sync",
        "telephony.reconnect_min_ms"], config
    for key in config["needs_restart"]:
        assert f"config: {key} needs a restart" in run.log()
    assert "config: store.keep_days has changed" in run.log()
    run.untouched()
    assert run.change()["needs_restart"] == []


def broken_file_keeps_the_old_one(run):
    broken = (
        ("dial { per_minute = 99999 merge_z = 1 }\n",
         ("dial.per_minute: 99999 is over 1000",
          "unknown key dial.merge_z (dial.merge_s?)")),
        ("dial { per_minute = \n", ("",)),
        ('telephony { driver = "pigeon" }\n', ("pigeon",)),
        ('dial { countries = {"XX"} }\n', ("XX",)),
        ('http { listen = {"192.0.2.1:22550"} }\n', ("192.0.2.1",)),
        ('http { tls_cert_file = "/none" tls_key_file = "/none" }\n',
         ("/none",)),
    )
    for text, words in broken:
        size = len(run.log())
        config = run.hangup(text)
        assert config["status"] == "fail" and config["errors"], config
        said = run.log()[size:]
        assert "the old one stays" in said, said
        for word in words:
            assert word in said, (word, said)
        run.untouched()
    os.unlink(run.relay.conf)
    before = run.config()["since"]
    run.relay.process.send_signal(signal.SIGHUP)
    until("it was refused", lambda: run.config()["since"] != before)
    assert run.config()["status"] == "fail"
    assert run.change()["errors"] == []
    run.untouched()


def agents_change_at_once(run):
    two = ('agent "A" { device = "sip:a" }\n'
           'agent "B" { device = "sip:b" }\n')
    run.change(two)
    assert run.dial(BUSY, 400)["code"] == "agent_required"
    client = run.relay.client()
    for agent, status in (("A", 201), ("C", 403)):
        answer = client.post(f"/api/v1/calls?agent={agent}",
                             {"PhoneNumber": BUSY})
        assert answer.status == status, answer
    # who saw the calls of all does not see those of others now
    while run.stream.frame():
        pass
    run.change()
    run.stream = Stream(run.relay.port)
    run.stream.frame()
    run.untouched()


def page_stream(port, headers):
    """A stream as a page has it, that says which page it is."""
    def get(path, more):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", path, headers={
            **headers, "Sec-Fetch-Site": "same-origin", **more})
        return connection.getresponse()

    token = json.loads(get("/api/v1/token", {}).read())["token"]
    stream = get("/api/v1/events", {"X-CTI-Token": token})
    assert stream.status == 200, stream.status
    while b"event: snapshot" not in stream.readline():
        pass
    return stream


def pages_that_may_no_more_lose_their_streams(run):
    page = {"Origin": "https://phone.example"}
    name = {"Host": f"phone.example:{run.relay.port}"}
    for before, after, headers in (
            ('public_origins = {"https://phone.example"}', "", page),
            ('allowed_hosts = {"phone.example"}', "", name),
            ('host_page = "on"', 'host_page = "off"', {})):
        run.change("http { %s }\n" % before)
        stream = page_stream(run.relay.port, headers)
        run.change("http { %s }\n" % after)
        stream.read()  # to its end
        run.untouched()
    run.change()


def limits_survive_an_edit(run):
    run.change(per_minute=2)
    used = 0
    while run.relay.client().post("/api/v1/calls", {
            "PhoneNumber": BUSY}).status == 201:
        used += 1
    assert used <= 2
    run.change('agent "A" { device = "sip:a" }\n', per_minute=2)
    assert run.dial(BUSY, 429)["code"] == "rate_limited"
    run.change()


def file_may_have_any_name(binary, folder):
    """A name is bytes; what the API says of it is UTF-8."""
    name = b"m\xfcller.conf".decode(errors="surrogateescape")
    run = Running(binary, os.path.join(folder, "named"), name=name)
    try:
        config = run.hangup("dial { merge_z = 1 }\n")
        assert config["status"] == "fail", config
        assert "merge_z" in config["errors"][0], config
        run.end()
    finally:
        run.relay.kill()


def hundred_times(run):
    before = run.relay.fds()
    for i in range(100):
        run.relay.configure(CONF % {**USUAL, "per_minute": 100 + i})
        run.relay.process.send_signal(signal.SIGHUP)
    run.change(per_minute=999)
    assert run.relay.fds() <= before + 2, (before, run.relay.fds())
    run.change()
    run.untouched()


def manager_is_told(binary, folder):
    name = os.path.join(folder, "notify")
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(name)
    manager.settimeout(20)
    run = Running(binary, os.path.join(folder, "told"),
                  {"NOTIFY_SOCKET": name})
    try:
        assert manager.recv(1024) == b"READY=1"
        for text in (CONF % USUAL, "dial {"):  # good or not: it goes on
            run.hangup(text)
            said = manager.recv(1024).decode().split("\n")
            assert said[0] == "RELOADING=1", said
            assert int(said[1].removeprefix("MONOTONIC_USEC=")) > 0
            assert manager.recv(1024) == b"READY=1"
    finally:
        run.relay.kill()
        manager.close()


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    cases = Cases()
    with tempfile.TemporaryDirectory() as folder:
        run = Running(sys.argv[1], os.path.join(folder, "relay"))
        try:
            for case in (limits_change_at_once, origins_change_at_once,
                         log_changes_at_once, numbers_change_at_once,
                         simulator_changes_at_once,
                         what_cannot_change_is_named,
                         broken_file_keeps_the_old_one,
                         agents_change_at_once,
                         pages_that_may_no_more_lose_their_streams,
                         limits_survive_an_edit,
                         hundred_times):
                cases.run(case.__name__.replace("_", " "), case, run)
            cases.run("it ends well", run.end)
        finally:
            run.relay.kill()
        cases.run("file may have any name", file_may_have_any_name,
                  sys.argv[1], folder)
        cases.run("the service manager is told", manager_is_told,
                  sys.argv[1], folder)
    cases.end()


if __name__ == "__main__":
    main()
