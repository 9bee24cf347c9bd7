# SPDX-License-Identifier: Apache-2.0
# contract/exposure/cases.py - the cases of run_exposure.py
import json
import os
import signal
import socket
import ssl
import stat
import struct
import threading
import time

from .lab import (GATEWAY, INNER, NOBODY, OTHER, STRANGER, Answer,
                  read_answer, request, until)
from .vectors import HONEST, VECTORS

SAME = "Sec-Fetch-Site: same-origin"
DIAL = {"PhoneNumber": "+4930123456486"}
OPEN_TO_ALL = "http.listen=0.0.0.0:22550,[::]:22550"
VERSIONS = (4, 6)


def refused(answer, code, status=403):
    assert answer.status == status and answer.code == code, answer.data


def nothing(answer):
    """Closed before a byte."""
    assert answer.data == b"", answer.data


# --- grammar ---

def nothing_is_smuggled_over_ipv4_and_ipv6(lab):
    relay = lab.relay("log.level=error").ready()
    for version in VERSIONS:
        for name, head in VECTORS.items():
            with relay.connect(version) as s:
                s.sendall(head + HONEST)
                s.shutdown(socket.SHUT_WR)
                while s.recv(65536):
                    pass
            calls = relay.calls()
            assert not calls, (name, version, calls)
    assert relay.status()["refused"]["grammar"] > len(VECTORS) // 2
    assert relay.raw(HONEST).status == 201
    assert len(relay.calls()) == 1


def odd_heads_are_refused_byte_by_byte_too(lab):
    relay = lab.relay("log.level=error").ready()
    for name in ("two Hosts", "a NUL in a value", "chunked", "a NUL in Host",
                 "lines that end with LF alone", "a folded line"):
        with relay.connect() as s:
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                for byte in VECTORS[name] + HONEST:
                    s.send(bytes((byte,)))
            except ConnectionError:
                pass
            assert read_answer(s).status in (0, 400, 403), name
        assert not relay.calls(), name


def preflights_and_pages_of_others_are_refused_alike(lab):
    relay = lab.relay().ready()
    answers = [
        relay.ask("OPTIONS", "/api/v1/calls", ["Origin: https://evil.example"]),
        relay.ask("POST", "/api/v1/calls", ["Origin: null"], DIAL),
        relay.ask("POST", "/api/v1/calls", ["Sec-Fetch-Site: none"], DIAL),
        relay.ask("GET", "/api/v1/calls", [], host="evil.example"),
        relay.ask("GET", "/nowhere", ["Sec-Fetch-Site: cross-site"]),
    ]
    for answer in answers:
        refused(answer, "refused")
        assert answer.body == answers[0].body, "they tell them apart"
        assert "access-control" not in answer.head
        assert "server:" not in answer.head
    counts = relay.status()["refused"]
    assert counts["options"] == 1 and counts["host"] == 1, counts
    assert counts["page"] == 3, counts


# --- peers on this machine ---

def own_processes_are_served_over_ipv4_and_ipv6(lab):
    relay = lab.relay().ready()
    for version in VERSIONS:
        assert relay.ask("GET", "/api/v1/status", version=version).status == 200
        assert relay.ask("POST", "/api/v1/calls", [], DIAL,
                         version=version).status in (200, 201)


def ask_quietly(relay, data, version):
    try:
        return relay.raw(data, version=version).data
    except ConnectionError:
        return b""


def another_user_is_closed_before_a_byte(lab):
    relay = lab.relay().ready()
    for version in VERSIONS:
        said = lab.as_user(NOBODY, ask_quietly, relay, HONEST, version)
        nothing(Answer(said))
    assert not relay.calls()
    assert relay.status()["refused"]["peer"] == 2


def relay_of_a_plain_user_serves_that_user_and_root(lab):
    relay = lab.relay(user=NOBODY).ready()
    for version in VERSIONS:
        for user in (NOBODY, 0):
            said = lab.as_user(user, ask_quietly, relay,
                               request("GET", "/healthz"), version)
            assert Answer(said).status == 200, (user, said)
        nothing(Answer(lab.as_user(OTHER, ask_quietly, relay, HONEST, version)))


def send_and_leave(relay, version, reset):
    s = relay.connect(version)
    if reset:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                     struct.pack("ii", 1, 0))
    s.sendall(HONEST)
    s.close()


def who_asked_and_left_is_nobody(lab):
    """The kernel knows no owner of a closed socket: uid 0 is not root then."""
    relay = lab.relay("log.level=debug").ready()
    os.kill(relay.process.pid, signal.SIGSTOP)
    for version in VERSIONS:
        for reset in (False, True):
            lab.as_user(NOBODY, send_and_leave, relay, version, reset)
            send_and_leave(relay, version, reset)
    os.kill(relay.process.pid, signal.SIGCONT)
    # who is gone is turned away, but counted as no stranger
    until("all of them to be looked at", lambda:
          relay.status()["refused"]["peer"] +
          relay.said().count("gone before it was let in") >= 6)
    assert not relay.calls()


def peer_check_can_be_given_up(lab):
    relay = lab.relay("http.peer_check=off").ready()
    said = lab.as_user(NOBODY, ask_quietly, relay, request("GET", "/healthz"), 4)
    assert Answer(said).status == 200


# --- what start refuses ---

def more_than_asked_for_is_refused_at_start(lab):
    cert, key = lab.certificate()
    other_cert, _ = lab.certificate("other")
    files = f"http.tls_cert_file={cert}", f"http.tls_key_file={key}"
    short = f"{lab.folder}/short.key"
    with open(short, "w", encoding="ascii") as file:
        file.write("short\n")
    for settings, sentence in (
            (("http.listen=0.0.0.0:0",), "no loopback address"),
            (("http.listen=[::]:0",), "no loopback address"),
            (("http.listen=127.0.0.1:0,192.0.2.1:0",), "no loopback address"),
            ((files[0],), "together or not at all"),
            ((files[0], "http.tls_key_file=/nowhere"), "/nowhere"),
            ((f"http.tls_cert_file={other_cert}", files[1]), "https cannot"),
            (("http.exposure=container", "http.allowed_peers=1.2.3.4/99"),
             "http.allowed_peers"),
            (("http.exposure=network", f"http.api_key_file={short}"),
             "less than 16"),
            (("http.exposure=network", "http.api_key_file=/nowhere/key"),
             "http.api_key_file")):
        lab.relay(*settings).refuses_to_start(sentence)
        if sentence not in ("less than 16", "http.api_key_file"):
            lab.relay(*settings, check=True).refuses_to_start(sentence)
    assert lab.relay(*files, check=True).process.wait() == 0


# --- time and places ---

def cut_after(relay, head, piece):
    """Seconds until a client that sends piece by piece is cut."""
    begin = time.monotonic()
    with relay.connect() as s:
        s.sendall(head)
        s.settimeout(0.5)
        while time.monotonic() - begin < 20:
            try:
                s.sendall(piece)
                if not s.recv(65536):
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
    return time.monotonic() - begin


def slow_heads_and_bodies_have_5_seconds(lab):
    relay = lab.relay().ready()
    slow = {
        "silent": (b"", b""),
        "head": (b"GET / HTTP/1.1\r\nX: ", b"a"),
        "body": (request("POST", "/api/v1/calls", ["Content-Length: 500"])[:-2]
                 + b"Content-Type: application/json\r\n\r\n{", b" "),
    }
    took = {}
    threads = [threading.Thread(target=lambda n=name, p=parts: took.update(
        {n: cut_after(relay, *p)})) for name, parts in slow.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name, seconds in took.items():
        assert 4.5 < seconds < 12, (name, seconds)


def stream(relay, headers=(), **where):
    s = relay.connect(**where)
    s.sendall(request("GET", "/api/v1/events", headers))
    read_until(s, b"event: snapshot")
    return s


def read_until(s, mark):
    data = b""
    while mark not in data:
        more = s.recv(65536)
        assert more, data
        data += more
    return data


def crowd_of_strangers_leaves_the_streams_alone(lab):
    relay = lab.relay("http.max_connections=32", "log.level=error").ready()
    mine = [stream(relay) for _ in range(8)]
    crowd = []
    for number in range(300):
        s = relay.connect()
        try:
            if number % 3:
                s.sendall(b"GET / HTTP/1.1\r\nHost: evil\r\n\r\n"[:number])
        except ConnectionError:
            pass
        crowd.append(s)
        if number % 50 == 0:
            answer = relay.ask("POST", "/api/v1/calls", [], {
                "PhoneNumber": f"+493012345{number:03}486"})
            assert answer.status == 201, answer.data
    for s in mine:
        read_until(s, b"+493012345250486")
        s.close()
    for s in crowd:
        s.close()


def streams_leave_room_to_dial(lab):
    relay = lab.relay("http.max_connections=16").ready()
    mine = [stream(relay) for _ in range(12)]
    refused(relay.ask("GET", "/api/v1/events"), "busy", 503)
    assert relay.ask("POST", "/api/v1/calls", [], DIAL).status == 201
    mine.pop().close()
    until("the place of a stream that left",
          lambda: relay.status()["streams"] == 11)
    mine.append(stream(relay))
    for s in mine:
        s.close()


def streams_of_clients_that_left_end_soon(lab):
    relay = lab.relay().ready()
    mine = [stream(relay, version=4 + 2 * (n % 2)) for n in range(20)]
    poll = relay.connect()
    poll.sendall(request("GET", "/api/v1/events?wait=50",
                         ["Accept: application/json"]))
    cursor = read_answer(poll).json["cursor"]
    poll.sendall(request("GET", f"/api/v1/events?wait=50&since={cursor}",
                         ["Accept: application/json"]))
    until("a long poll", lambda: relay.status()["streams"] == 21)
    for s in (*mine, poll):
        s.close()
    begin = time.monotonic()
    until("their ends", lambda: relay.status()["streams"] == 0, 10)
    assert time.monotonic() - begin < 6, time.monotonic() - begin


# --- classes of routes ---

DOCUMENTS = ("/", "/console.html", "/docs/", "/docs/errors", "/host.html",
             "/pair")
# 404: it was let through, and there is no such call
REPORT = "?EventType=UPDATEACTIVITY&Action=END&ExternalReferenceID=None1"
MACHINES = (("GET", "/metrics", 200), ("GET", "/cti" + REPORT, 404),
            ("GET", "/cti/7/" + REPORT, 404),
            ("POST", "/cti" + REPORT, 404), ("POST", "/cti/7/" + REPORT, 404))
BROWSERS = (["Origin: https://evil.example"], ["Origin: null"],
            ["Sec-Fetch-Site: none"], ["Sec-Fetch-Mode: no-cors"],
            ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Dest: image"])


def machines_are_no_browsers(lab):
    relay = lab.relay("http.allowed_hosts=relay.example").ready()
    token = relay.ask("GET", "/api/v1/token", [SAME]).json["token"]
    own = [SAME, "Origin: http://localhost", f"X-CTI-Token: {token}"]
    for method, path, status in MACHINES:
        assert relay.ask(method, path).status == status, path
        for marks in (*BROWSERS, own):
            answer = relay.ask(method, path, marks)
            assert answer.status == 403, (method, path, marks, answer.data)
        # no browser sends Sec-Fetch-* there, but Origin with what it posts
        answer = relay.ask(method, path, host="relay.example")
        assert answer.status == (404 if method == "POST" else 403), answer.data
    assert not relay.calls()


def doctor_is_for_programs_and_own_pages(lab):
    relay = lab.relay().ready()
    token = relay.ask("GET", "/api/v1/token", [SAME]).json["token"]
    for path in ("/api/v1/doctor", "/api/v1/doctor?number=%2B4930123456486"):
        for marks in BROWSERS:
            refused(relay.ask("GET", path, marks), "refused")
        refused(relay.ask("GET", path, [SAME]), "token_missing", 401)
        for headers in ([], [SAME, f"X-CTI-Token: {token}"]):
            assert relay.ask("GET", path, headers).status == 200, path


def documents_are_framed_by_nobody_and_tell_no_stranger(lab):
    relay = lab.relay().ready()
    token = relay.ask("GET", "/api/v1/token", [SAME]).json["token"]
    for path in DOCUMENTS:
        for marks in ([], *BROWSERS):
            answer = relay.ask("GET", path, marks)
            assert answer.status == 200, (path, marks)
            assert "access-control" not in answer.head
        if path == "/":
            assert token.encode() not in answer.body
            continue
        assert "frame-ancestors 'none'" in answer.head, path
        for name in ("opener", "resource"):
            assert f"cross-origin-{name}-policy: same-origin" in answer.head
        assert path.startswith("/docs/") == (token.encode() not in answer.body)
    refused(relay.ask("GET", "/console/main.js",
                      ["Sec-Fetch-Site: cross-site"]), "refused")


def adapter_is_for_programs_of_this_machine(lab):
    lab.container()
    relay = lab.relay("http.exposure=container", OPEN_TO_ALL,
                      "http.legacy_listen=127.0.0.1:36729",
                      inside=True).ready()

    def ask(path, *headers):
        return lab.inside_client(relay, path, headers, 36729)

    report = "/" + REPORT
    assert ask(report) == 404
    for path in ("/metrics", "/api/v1/calls", "/healthz", "/console.html"):
        assert ask(path) == 404, path
    for header in ("Origin: null", "Sec-Fetch-Site: none",
                   "Host: evil.example"):
        assert ask(report, header) == 403, header
    try:
        with socket.create_connection((INNER[4], 36729), 5):
            raise AssertionError("it listens outside")
    except ConnectionRefusedError:
        pass


def adapter_is_closed_to_another_user(lab):
    relay = lab.relay("http.legacy_listen=127.0.0.1:36729").ready()
    relay.port = 36729
    report = request("GET", "/" + REPORT)
    assert relay.raw(report).status == 404
    nothing(Answer(lab.as_user(NOBODY, ask_quietly, relay, report, 4)))


def adapter_does_not_start_in_the_open(lab):
    lab.relay("http.legacy_listen=0.0.0.0:36729").refuses_to_start("legacy")


# --- container ---

def container_is_for_loopback_and_its_gateway(lab):
    lab.container()
    relay = lab.relay("http.exposure=container", OPEN_TO_ALL,
                      inside=True).ready()
    for version in VERSIONS:
        gateway = {"version": version, "to": INNER, "source": GATEWAY[version]}
        stranger = {**gateway, "source": STRANGER[version]}
        assert relay.ask("GET", "/healthz", **gateway).status == 200
        try:
            nothing(relay.ask("GET", "/healthz", **stranger))
        except ConnectionError:
            pass
        assert relay.status(relay.bearer(), **gateway)["refused"]["peer"] == \
            version // 2 - 1
    assert lab.inside_client(relay, "/healthz") == 200


def container_asks_programs_for_the_key_beside_the_store(lab):
    lab.container()
    relay = lab.relay("http.exposure=container", OPEN_TO_ALL,
                      inside=True).ready()
    where = {"to": INNER, "source": GATEWAY[4]}
    refused(relay.ask("GET", "/api/v1/calls", **where), "key_missing", 401)
    refused(relay.ask("POST", "/api/v1/calls", ["Authorization: Bearer no"],
                      DIAL, **where), "key_missing", 401)
    mode = os.stat(f"{relay.folder}/api.key").st_mode
    assert stat.S_IMODE(mode) == 0o600 and len(relay.key()) == 64
    assert relay.ask("POST", "/api/v1/calls", relay.bearer(), DIAL,
                     **where).status == 201
    assert lab.inside_client(relay, "/api/v1/calls") == 401
    assert lab.inside_client(relay, "/api/v1/calls", relay.bearer()) == 200
    key = relay.key()
    assert key not in relay.said()


def container_serves_the_page_of_a_published_port(lab):
    lab.container()
    relay = lab.relay("http.exposure=container", OPEN_TO_ALL,
                      inside=True).ready()
    where = {"to": INNER, "source": GATEWAY[4], "host": "localhost:8080"}
    assert relay.ask("GET", "/", **where).status == 200
    token = relay.ask("GET", "/api/v1/token", [SAME], **where).json["token"]
    own = [SAME, "Origin: http://localhost:8080", f"X-CTI-Token: {token}"]
    assert relay.ask("POST", "/api/v1/calls", own, DIAL, **where).status == 201
    other = [SAME, "Origin: http://localhost:8081", f"X-CTI-Token: {token}"]
    refused(relay.ask("POST", "/api/v1/calls", other, DIAL, **where), "refused")
    where["host"] = INNER[4]
    refused(relay.ask("GET", "/", **where), "refused")


def container_asks_for_the_key_wherever_it_is_not_a_page(lab):
    lab.container()
    relay = lab.relay("http.exposure=container", OPEN_TO_ALL,
                      inside=True).ready()
    where = {"to": INNER, "source": GATEWAY[4]}
    for path in DOCUMENTS:
        assert relay.ask("GET", path, **where).status == 200, path
    for method, path, status in (*MACHINES, ("GET", "/api/v1/doctor", 200)):
        assert relay.ask(method, path, **where).status == 401, path
        assert relay.ask(method, path, ["Authorization: Bearer x"],
                         **where).status == 401, path
        assert relay.ask(method, path, relay.bearer(),
                         **where).status == status, path
        if "/api/" not in path:
            answer = relay.ask(method, path, [SAME, *relay.bearer()], **where)
            assert answer.status == 403, path


def container_lets_listed_peers_in(lab):
    lab.container()
    relay = lab.relay("http.exposure=container", OPEN_TO_ALL, "http."
                      f"allowed_peers={STRANGER[4]},fd00:203::8/125",
                      inside=True).ready()
    for version in VERSIONS:
        assert relay.ask("GET", "/healthz", version=version, to=INNER,
                         source=STRANGER[version]).status == 200


def container_follows_its_gateway(lab):
    lab.container()
    relay = lab.relay("http.exposure=container", OPEN_TO_ALL,
                      inside=True).ready()
    try:
        for version in VERSIONS:
            lab.gateway(version, STRANGER[version])
            where = {"version": version, "to": INNER}
            assert relay.ask("GET", "/healthz", source=STRANGER[version],
                             **where).status == 200
            nothing(relay.ask("GET", "/healthz", source=GATEWAY[version],
                              **where))
    finally:
        for version in VERSIONS:
            lab.gateway(version, GATEWAY[version])


def loopback_in_a_container_is_not_reached_from_outside(lab):
    lab.container()
    relay = lab.relay(inside=True).ready()
    for version in VERSIONS:
        try:
            nothing(relay.ask("GET", "/healthz", version=version, to=INNER))
        except ConnectionRefusedError:
            pass
    assert lab.inside_client(relay, "/api/v1/status") == 200


# --- network ---

def network_serves_programs_with_the_key_only(lab):
    lab.container()
    relay = lab.relay("http.exposure=network", OPEN_TO_ALL,
                      f"http.allowed_hosts={INNER[4]},[{INNER[6]}]",
                      inside=True).ready()
    hosts = {4: INNER[4], 6: f"[{INNER[6]}]"}
    for version in VERSIONS:
        where = {"version": version, "to": INNER, "host": hosts[version],
                 "source": STRANGER[version]}
        root = relay.ask("GET", "/", **where)
        assert root.status == 200 and b"network" in root.body, root.data
        assert relay.ask("GET", "/healthz", **where).status == 200
        refused(relay.ask("GET", "/widget/main.js", **where), "refused")
        refused(relay.ask("GET", "/host.html", **where), "refused")
        refused(relay.ask("GET", "/api/v1/token", [SAME], **where), "refused")
        refused(relay.ask("POST", "/api/v1/calls", [], DIAL, **where),
                "key_missing", 401)
        assert relay.ask("POST", "/api/v1/calls", relay.bearer(), DIAL,
                         **where).status in (200, 201)
        for path in DOCUMENTS[1:]:
            refused(relay.ask("GET", path, **where), "refused")
        for method, path, status in (*MACHINES, ("GET", "/api/v1/doctor", 200)):
            assert relay.ask(method, path, **where).status == 401, path
            assert relay.ask(method, path, relay.bearer(),
                             **where).status == status, path
        where["host"] = "evil.example"
        refused(relay.ask("GET", "/healthz", **where), "refused")
    assert lab.inside_client(relay, "/api/v1/status") == 401
    assert "host.html" not in relay.said()


def network_can_be_closed_to_all_but_its_proxy(lab):
    lab.container()
    relay = lab.relay("http.exposure=network", OPEN_TO_ALL,
                      f"http.allowed_peers={STRANGER[4]}", inside=True).ready()
    assert relay.ask("GET", "/healthz", to=INNER,
                     source=STRANGER[4]).status == 200
    nothing(relay.ask("GET", "/healthz", to=INNER, source=GATEWAY[4]))


# --- https ---

def wrapped(lab, s, versions=()):
    context = ssl.create_default_context(cafile=lab.certificate()[0])
    for name in versions:
        context.minimum_version = context.maximum_version = name
    return context.wrap_socket(s, server_hostname="localhost")


def https_relay(lab, *settings, **options):
    cert, key = lab.certificate()
    return lab.relay(f"http.tls_cert_file={cert}", f"http.tls_key_file={key}",
                     *settings, **options).ready()


def https_serves_pages_streams_and_polls(lab):
    relay = https_relay(lab)
    assert "ready: https://" in relay.said()

    def ask(method, path, headers=(), body=None, version=4):
        with wrapped(lab, relay.connect(version)) as s:
            s.sendall(request(method, path, headers, body))
            return read_answer(s)

    for version in VERSIONS:
        token = ask("GET", "/api/v1/token", [SAME], None, version).json["token"]
    with wrapped(lab, relay.connect()) as s:
        s.sendall(request("GET", "/api/v1/events",
                          [SAME, f"X-CTI-Token: {token}"]))
        read_until(s, b"event: snapshot")
        own = [SAME, "Origin: https://localhost", f"X-CTI-Token: {token}"]
        assert ask("POST", "/api/v1/calls", own, DIAL).status == 201
        read_until(s, b"call.dialing")
        read_until(s, b"call.ended")
        plain = [SAME, "Origin: http://localhost", f"X-CTI-Token: {token}"]
        refused(ask("POST", "/api/v1/calls", plain, DIAL), "refused")
    cursor = ask("GET", "/api/v1/events?wait=0",
                 ["Accept: application/json"]).json["cursor"]
    with wrapped(lab, relay.connect()) as s:
        s.sendall(request("GET", f"/api/v1/events?wait=50&since={cursor}",
                          ["Accept: application/json"]))
        until("a long poll", lambda: ask("GET", "/api/v1/status").json
              ["streams"] == 1)
        assert ask("POST", "/api/v1/calls", [],
                   {"PhoneNumber": "+4930123457486"}).status == 201
        assert read_answer(s).json["events"]
    until("the ends of those that left",
          lambda: ask("GET", "/api/v1/status").json["streams"] == 0, 10)


def https_keeps_its_checks(lab):
    relay = https_relay(lab, "log.level=error")
    with relay.connect() as s:
        s.sendall(HONEST)
        assert read_answer(s).status == 0, "plain http on the port of https"
    for name, head in VECTORS.items():
        with wrapped(lab, relay.connect()) as s:
            s.sendall(head + HONEST)
            s.settimeout(0.3)
            try:
                while s.recv(65536):
                    pass
            except (TimeoutError, ssl.SSLError, ConnectionError):
                pass
        with wrapped(lab, relay.connect()) as s:
            s.sendall(request("GET", "/api/v1/calls"))
            assert not read_answer(s).json["calls"], name
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        with wrapped(lab, relay.connect(), [version]) as s:
            s.sendall(HONEST)
            assert read_answer(s).status in (200, 201)


def https_is_closed_to_another_user(lab):
    relay = https_relay(lab)
    nothing(Answer(lab.as_user(NOBODY, ask_quietly, relay, HONEST, 4)))


def https_takes_many_requests_and_large_bodies_on_one_connection(lab):
    relay = https_relay(lab)
    note = json.dumps({"PhoneNumber": "12", "X": "a" * 8000}).encode()
    with wrapped(lab, relay.connect()) as s:
        s.sendall(request("GET", "/healthz") * 50)
        got = b""
        while got.count(b'{"status":"ok"}') < 50:
            got += s.recv(65536)
        for _ in range(3):
            s.sendall(request("POST", "/api/v1/lint", [], note))
            assert read_answer(s).status == 200


def https_handshake_has_its_deadline(lab):
    relay = https_relay(lab)
    seconds = cut_after(relay, b"\x16\x03\x01", b"")
    assert 4.5 < seconds < 12, seconds


def is_case(value):
    """A function of this file that takes the lab and nothing else."""
    code = getattr(value, "__code__", None)
    return code and value.__module__ == __name__ and code.co_argcount == 1 \
        and code.co_varnames[0] == "lab" and not code.co_flags & 0x0c


CASES = [value for value in list(globals().values()) if is_case(value)]
