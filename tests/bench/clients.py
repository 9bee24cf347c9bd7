# SPDX-License-Identifier: Apache-2.0
# bench/clients.py - load by wrk, one careful client, and many listeners
import json
import os
import re
import select
import socket
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
CONNECTIONS = 32


def flood(server, count, numbers=1):
    """Dials a second as wrk sees them; every one must have been accepted."""
    env = {**os.environ, "BENCH_COUNT": str(count),
           "BENCH_NUMBERS": str(numbers)}
    done = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", "-d600s", "-s",
         os.path.join(HERE, "dials.lua"), f"http://127.0.0.1:{server.port}"],
        env=env, check=True, capture_output=True, text=True).stdout
    found = re.search(r"dials (\d+) seconds ([\d.]+) sent \d+ wrong (\d+)",
                      done)
    if not found or int(found[3]) or server.dials(count) < count:
        raise RuntimeError(f"not every dial was accepted: {done}")
    return int(found[1]) / float(found[2]), float(found[2])


def timed(server, connections, seconds):
    """Dials a second, and ms from POST to 201: median and 99 of 100."""
    env = {**os.environ, "BENCH_COUNT": str(10 ** 12)}
    done = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s",
         os.path.join(HERE, "dials.lua"), f"http://127.0.0.1:{server.port}"],
        env=env, check=True, capture_output=True, text=True).stdout
    found = re.search(r"timed (\d+) seconds ([\d.]+) p50 ([\d.]+)"
                      r" p99 ([\d.]+) wrong (\d+)", done)
    if not found or int(found[5]):
        raise RuntimeError(f"not every dial was accepted: {done}")
    return (int(found[1]) / float(found[2]), float(found[3]),
            float(found[4]))


class Client:
    """One kept connection, one request at a time."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, method, path, body=None):
        text = json.dumps(body) if body is not None else ""
        self.socket.sendall(
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Content-Type: application/json\r\n"
            f"Content-Length: {len(text)}\r\n\r\n{text}".encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self.socket.recv(65536)
        head, answer = answer.split(b"\r\n\r\n", 1)
        size = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
        while len(answer) < size:
            answer += self.socket.recv(65536)
        return int(head.split()[1]), json.loads(answer)

    def close(self):
        self.socket.close()


def dial_body(n):
    return {"PhoneNumber": "+1 6503054000", "Direction": "OUT",
            "ActivityUUID": f"00163EA718FC1EEB{n:016X}",
            "LoggedInUserID": "SERVICEAGENT01",
            "BusinessPartnerID": "1545766"}


def dial_latency(server, count):
    """ms from POST to 201, and from POST to the driver's command."""
    client = Client(server.port)
    answered, commanded = [], []
    for n in range(count):
        begun = time.perf_counter()
        status, call = client.ask("POST", "/api/v1/calls", dial_body(n))
        answered.append((time.perf_counter() - begun) * 1000)
        if status != 201:
            raise RuntimeError(f"a dial was answered {status}")
        _, story = client.ask("GET", f"/api/v1/calls/{call['id']}/timeline")
        commanded += [step["ms"] for step in story["steps"]
                      if step["step"] == "sent to switch"]
    client.close()
    return answered, commanded


class Listeners:
    """Streams of events; each report is timed at each of them."""

    def __init__(self, port, count):
        self.epoll = select.epoll()
        self.sockets = {}
        for _ in range(count):
            stream = socket.create_connection(("127.0.0.1", port))
            stream.sendall(b"GET /api/v1/events HTTP/1.1\r\n"
                           b"Host: 127.0.0.1\r\n\r\n")
            self.sockets[stream.fileno()] = stream
            self.epoll.register(stream.fileno(), select.EPOLLIN)
        self.hear(b"event: snapshot")

    def hear(self, mark):
        """When each stream had the mark, in order of hearing."""
        missing, seen, times = set(self.sockets), {}, []
        while missing:
            ready = self.epoll.poll(10)
            if not ready:
                raise RuntimeError("a stream heard nothing for 10 s")
            for fd, _ in ready:
                seen[fd] = seen.get(fd, b"") + self.sockets[fd].recv(65536)
                if fd in missing and mark in seen[fd]:
                    times.append(time.perf_counter())
                    missing.remove(fd)
        return times

    def close(self):
        for stream in self.sockets.values():
            stream.close()


def stream_latency(server, streams, count):
    """ms from a switch's report being sent to its event at each stream."""
    listeners = Listeners(server.port, streams)
    client = Client(server.port)
    times = []
    for n in range(count):
        ref = f"bench-{streams}-{n}"
        report = {"event": "ringing", "ref": ref, "from": "+16503054000"}
        begun = time.perf_counter()
        status, _ = client.ask("POST", "/api/v1/inbound", report)
        if status != 202:
            raise RuntimeError(f"a report was answered {status}")
        heard = listeners.hear(ref.encode())
        times += [(at - begun) * 1000 for at in heard]
    client.close()
    listeners.close()
    return times
