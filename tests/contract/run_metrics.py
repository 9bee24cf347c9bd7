#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# contract/run_metrics.py - /metrics: read by others, complete, without people
"""Usage: run_metrics.py RELAY

The text of a running relay, read by the parser of Prometheus's own client
library (Debian's python3-prometheus-client) and line by line here: what is counted, that every way to dial is, and that what people and
strangers send never becomes a label.
"""
import http.client
import json
import pathlib
import re
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "fault"))
from real import Cases, Relay, Stream, until  # noqa: E402

CONF = """simulator { ring_ms = 20 talk_ms = 0 }
dial { per_minute = 0 per_hour = 0 refusals = 0 concurrent = 0 }
"""
ANSWERS = "+4930123456000"
BUSY = "+4930123456486"
PAYLOAD = {"PhoneNumber": ANSWERS}
LINE = re.compile(r'^([a-z_]+)(?:\{(.*)\})? (-?[0-9.]+)$')
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"(?:,|$)')
# every label and what its values may look like; numbers are a code, a bound
# of a bucket, or part of a version
WORD = r"[a-z][a-z_.]*"
LABELS = {
    "route": r"none|/[a-z0-9/._{}]*", "method": r"[A-Z]+|any",
    "code": r"\d{3}|other", "le": r"\d+(\.\d+)?|\+Inf",
    "version": r"[0-9.]+", "commit": r"[0-9A-Za-z._+~-]+",
    "compiler": r"[A-Za-z]+ [0-9.]+",
    **{name: WORD for name in ("direction", "state", "result", "driver",
                               "path", "type", "reason", "kind", "rule")},
}
FAMILIES = {
    "patchcord_build_info": "gauge", "patchcord_calls": "gauge",
    "patchcord_calls_total": "counter",
    "patchcord_dial_requests_total": "counter",
    "patchcord_dial_setup_seconds": "histogram",
    "patchcord_event_delivery_seconds": "histogram",
    "patchcord_sap_delivery_seconds": "histogram",
    "patchcord_events_total": "counter",
    "patchcord_events_dropped_total": "counter",
    "patchcord_stream_clients": "gauge", "patchcord_backend_up": "gauge",
    "patchcord_backend_reconnects_total": "counter",
    "patchcord_sap_lint_failures_total": "counter",
    "patchcord_http_requests_total": "counter",
    "patchcord_http_request_seconds": "histogram",
    "patchcord_auth_failures_total": "counter",
    "patchcord_store_up": "gauge", "patchcord_store_commits_total": "counter",
    "patchcord_store_commit_seconds": "histogram",
    "process_cpu_seconds_total": "counter",
    "process_resident_memory_bytes": "gauge",
    "process_open_fds": "gauge", "process_start_time_seconds": "gauge",
}


def fetch(port, method="GET", path="/metrics", headers=None, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer, data.decode()


def samples(text):
    """{(name, labels): value}; every line must be read."""
    found = {}
    for line in text.splitlines():
        if line.startswith("# "):
            continue
        match = LINE.match(line)
        assert match, f"not read: {line!r}"
        labels = LABEL.findall(match[2] or "")
        assert ",".join(f'{n}="{v}"' for n, v in labels) == (match[2] or "")
        key = (match[1], tuple(labels))
        assert key not in found, f"twice: {line}"
        found[key] = float(match[3])
    return found


class Seen:
    """The counters before and after something."""

    def __init__(self, relay):
        self.relay = relay
        until("no call runs", self.quiet, 10, 0.05)
        self.before = self.now()

    def quiet(self):
        """What a case before this one began would be counted here."""
        return not any(value for (name, _), value in self.now().items()
                       if name == "patchcord_calls")

    def now(self):
        return samples(fetch(self.relay.port)[1])

    def rise(self, name, **labels):
        """How much the samples that have these labels grew."""
        wanted = set(labels.items())

        def total(found):
            return sum(value for (family, have), value in found.items()
                       if family == "patchcord_" + name
                       and wanted <= set(have))
        return total(self.now()) - total(self.before)

    def rises(self, by, name, **labels):
        until(f"{name} {labels} grows by {by}",
              lambda: self.rise(name, **labels) == by, 10, 0.05)


def dial(relay, wanted, number=ANSWERS, headers=None, path="/api/v1/calls"):
    answer = relay.client().post(path, {"PhoneNumber": number}, headers)
    assert answer.status == wanted, answer
    return answer.json


def call_until(relay, call, *states):
    def there():
        return relay.client().get(f"/api/v1/calls/{call['id']}")["state"] \
            in states
    until(f"the call is {states}", there)


# --- the text ---

def text_is_the_format(relay):
    answer, text = fetch(relay.port)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == \
        "text/plain; version=0.0.4; charset=utf-8", answer.headers
    assert text.endswith("\n")
    helped = re.findall(r"^# HELP (\S+) \S", text, re.M)
    typed = dict(re.findall(r"^# TYPE (\S+) (\w+)$", text, re.M))
    assert helped == list(typed) and len(set(helped)) == len(helped)
    for name, kind in FAMILIES.items():
        assert typed.get(name) == kind, f"{name} is {typed.get(name)}"
    for name, _ in samples(text):
        family = re.sub(r"_(bucket|sum|count)$", "", name)
        assert name in typed or typed.get(family) == "histogram", name


def client_library_reads_it(relay):
    # Debian's package, whichever Python runs this: it is Python alone
    sys.path.append("/usr/lib/python3/dist-packages")
    from prometheus_client.parser import text_string_to_metric_families
    text = fetch(relay.port)[1]
    families = list(text_string_to_metric_families(text))
    read = sum(len(family.samples) for family in families)
    assert read == len(samples(text)), (read, len(samples(text)))
    kinds = {(family.name, family.type) for family in families}
    for name, kind in FAMILIES.items():
        base = name.removesuffix("_total")  # as the library names counters
        assert {(name, kind), (base, kind)} & kinds, name
    assert all(family.documentation for family in families)


def histograms_add_up(relay):
    found = samples(fetch(relay.port)[1])
    series = {}
    for (name, labels), value in found.items():
        if name.endswith("_bucket"):
            rest = tuple(p for p in labels if p[0] != "le")
            series.setdefault((name[:-7], rest), []).append(
                (float(dict(labels)["le"]), value))
    assert len(series) > 4
    for (name, labels), buckets in series.items():
        assert buckets == sorted(buckets), name
        values = [value for _, value in buckets]
        assert values == sorted(values), name
        assert found[(name + "_count", labels)] == values[-1], name
        assert (name + "_sum", labels) in found, name


# --- what is counted ---

def every_way_to_dial_is_counted(relay):
    seen = Seen(relay)
    call = dial(relay, 201)
    seen.rises(1, "dial_requests_total", path="program", result="accepted")
    dial(relay, 200)
    seen.rises(1, "dial_requests_total", path="program", result="merged")
    call_until(relay, call, "active")
    transfer = f"/api/v1/calls/{call['id']}/transfer"
    answer = relay.client().post(transfer, {"to": "nobody"})
    assert answer.status == 422, answer
    seen.rises(1, "dial_requests_total", path="transfer", result="bad_number")
    assert relay.client().post(transfer, {"to": BUSY}).status == 202
    seen.rises(1, "dial_requests_total", path="transfer", result="accepted")
    call_until(relay, call, "ended")
    answer = relay.client().post(transfer, {"to": BUSY})
    assert answer.status == 409, answer
    seen.rises(1, "dial_requests_total", path="transfer",
               result="wrong_state")
    answer = relay.client().post(f"/api/v1/calls/{call['id']}/redial", None)
    assert answer.status == 201, answer
    seen.rises(1, "dial_requests_total", path="redial", result="accepted")
    answer = relay.client().post("/api/v1/calls/" + "0" * 32 + "/redial",
                                 None)
    assert answer.status == 404
    seen.rises(1, "dial_requests_total", path="redial",
               result="call_not_found")
    calls = relay.client().get("/api/v1/calls")["calls"]
    relay.client().ask("DELETE", f"/api/v1/calls/{calls[0]['id']}")


def page_is_told_from_a_program(relay):
    seen = Seen(relay)
    own = {"Sec-Fetch-Site": "same-origin"}
    token = json.loads(fetch(relay.port, path="/api/v1/token",
                             headers=own)[1])["token"]
    page = {**own, "X-CTI-Token": token,
            "Origin": f"http://127.0.0.1:{relay.port}",
            "Host": f"127.0.0.1:{relay.port}",
            "Content-Type": "application/json"}
    for body, status in ((json.dumps({"PhoneNumber": BUSY}), 201),
                         ("{", 400), ('{"PhoneNumber":"911x"}', 422)):
        answer, text = fetch(relay.port, "POST", "/api/v1/calls", page, body)
        assert answer.status == status, (answer.status, text)
    seen.rises(1, "dial_requests_total", path="page", result="accepted")
    seen.rises(1, "dial_requests_total", path="page", result="bad_json")
    seen.rises(1, "dial_requests_total", path="page", result="bad_number")
    seen.rises(0, "dial_requests_total", path="program")


def refusals_are_counted(relay):
    seen = Seen(relay)
    long_key = {"Idempotency-Key": "k" * 300}
    assert relay.client().post("/api/v1/calls", PAYLOAD,
                               long_key).status == 400
    seen.rises(1, "dial_requests_total", path="program", result="bad_request")
    dial(relay, 403, "112")
    seen.rises(1, "dial_requests_total", result="number_blocked")
    seen.rises(2, "http_requests_total", route="/api/v1/calls",
               method="POST")
    seen.rises(1, "http_requests_total", route="/api/v1/calls", code="403")


def calls_and_their_events_are_counted(relay):
    seen = Seen(relay)
    call = dial(relay, 201, BUSY)
    call_until(relay, call, "ended")
    seen.rises(1, "calls_total", direction="outbound", result="busy",
               driver="simulator")
    call = dial(relay, 201, "+4930123457000")
    call_until(relay, call, "active")
    seen.rises(1, "calls", direction="outbound", state="active")
    seen.rises(1, "dial_setup_seconds_count")
    relay.client().ask("DELETE", f"/api/v1/calls/{call['id']}")
    call_until(relay, call, "ended")
    seen.rises(0, "calls", direction="outbound", state="active")
    seen.rises(2, "events_total", type="call.ended")
    seen.rises(1, "calls_total", result="normal")


def pushed_calls_are_counted_and_delivery_is_timed(relay):
    seen = Seen(relay)
    client, stream = relay.client(), Stream(relay.port)
    ring = {"event": "ringing", "ref": "leg", "from": "+4989345678901"}
    assert client.post("/api/v1/inbound", ring).status == 202
    frame = stream.until("the ring", lambda f: f.event == "call" and f.id)
    seen.rises(1, "stream_clients", kind="stream")
    event = f"/api/v1/events/{frame.id}"
    assert client.post(event + "/claim", {"tab": "t"}).status == 200
    assert client.post(event + "/ack", {"tab": "t"}).status == 204
    seen.rises(1, "sap_delivery_seconds_count")
    client.post("/api/v1/inbound", {"event": "ended", "ref": "leg"})
    stream.until("the end", lambda f: b'"call.ended"' in f.data)
    seen.rises(1, "calls_total", direction="inbound", driver="push")
    assert seen.rise("event_delivery_seconds_count") >= 2
    stream.close()
    seen.rises(0, "stream_clients")


def a_link_that_came_back_is_counted(relay):
    seen = Seen(relay)
    name = ("patchcord_backend_reconnects_total", (("driver", "simulator"),))
    assert seen.before[name] == 0, "the first time is no return"
    relay.client().post("/api/v1/simulator/calls", {
        "from": "+4989345678901", "script": "drop"})
    seen.rises(1, "backend_reconnects_total")
    until("the link is up", lambda: seen.rise("backend_up") == 0)


def refused_requests_are_counted_by_reason(relay):
    seen = Seen(relay)
    site = {"Sec-Fetch-Site": "cross-site"}
    for headers, reason in ((site, "page"), ({"Host": "evil"}, "host")):
        answer, _ = fetch(relay.port, path="/api/v1/calls", headers=headers)
        assert answer.status == 403
        seen.rises(1, "auth_failures_total", reason=reason)
    answer, _ = fetch(relay.port, path="/api/v1/status", headers={
        "Sec-Fetch-Site": "same-origin"})
    assert answer.status == 401
    seen.rises(1, "auth_failures_total", reason="token")


# --- what is not in it ---

def browsers_are_refused(relay):
    for headers in ({"Origin": "null"}, {"Sec-Fetch-Site": "none"},
                    {"Sec-Fetch-Mode": "navigate"},
                    {"Origin": f"http://127.0.0.1:{relay.port}"}):
        answer, text = fetch(relay.port, headers=headers)
        assert answer.status == 403 and "patchcord_" not in text, headers


def hostile_requests(port):
    """Paths, methods and bodies of a stranger."""
    for i in range(40):
        yield "GET", f"/x{i}/+4930{i:07d}", None
        yield "GET", f"/api/v1/calls/{i:032X}", None
        yield "GET", f"/api/v1/calls?activity_uuid={i:032x}", None
        yield f"M{i}", "/api/v1/calls", None
        yield "POST", f"/api/v1/events/{i}/claim", {"tab": f"tab{i}"}
        yield "POST", "/api/v1/calls", {
            "PhoneNumber": f"x{i}", "LoggedInUserID": f"user{i}"}
        yield "POST", "/api/v1/inbound", {
            "event": "ringing", "ref": f"ref-{i}", "agent": f"AGENT{i}",
            "from": f"+4989{i:07d}", "name": f'"}} {{{i}"\n', "to": str(i)}
        yield "POST", "/api/v1/lint", {"payload": {f"Key{i}": "x"}}


def strangers_make_no_series(relay):
    def series(found):
        return {key for key in found if not key[0].endswith("_bucket")}

    client = relay.client()
    for _, path, body in list(hostile_requests(relay.port))[:8]:
        client.ask("POST" if body else "GET", path, body)
    first = series(samples(fetch(relay.port)[1]))
    for method, path, body in hostile_requests(relay.port):
        fetch(relay.port, method, path, {"Content-Type": "application/json"},
              json.dumps(body) if body else None)
    later = series(samples(fetch(relay.port)[1]))
    # a status or an event that had not happened yet is a bounded number
    assert len(later - first) < 20, later - first
    assert len(later) < 600, len(later)


def labels_are_words_of_the_program(relay):
    text = fetch(relay.port)[1]
    for name, labels in samples(text):
        for label, value in labels:
            assert label in LABELS, f"{name} has a label {label}"
            assert re.fullmatch(LABELS[label], value), f"{label}={value!r}"
    bare = re.sub(r"(version|commit|compiler)=\"[^\"]*\"", "", text)
    for label, value in LABEL.findall(bare):
        assert not re.search(r"\d{4}", value), f"{label}={value!r}"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    cases = Cases()
    with tempfile.TemporaryDirectory() as folder:
        relay = Relay(sys.argv[1], folder, CONF)
        relay.start()
        try:
            for case in (text_is_the_format, client_library_reads_it,
                         every_way_to_dial_is_counted,
                         page_is_told_from_a_program, refusals_are_counted,
                         calls_and_their_events_are_counted,
                         pushed_calls_are_counted_and_delivery_is_timed,
                         a_link_that_came_back_is_counted,
                         refused_requests_are_counted_by_reason,
                         browsers_are_refused, strangers_make_no_series,
                         labels_are_words_of_the_program, histograms_add_up,
                         client_library_reads_it):
                cases.run(case.__name__.replace("_", " "), case, relay)
        finally:
            _, status = relay.terminate()
        cases.say("the relay ends well",
                  None if status == 0 else f"exit {status}")
    cases.end()


if __name__ == "__main__":
    main()
