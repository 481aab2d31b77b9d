#!/usr/bin/env python3
"""10,000 connected screens: when the last hears of a push, beside nginx nchan, and what a waiting screen costs.

Every screen is one of the server's database with a token of its own, and a socket that holds the stream of events open in
plain HTTP, as behind nginx. The same program listens to both servers, so that what it takes itself is in both figures.
"""

import argparse
import base64
import hashlib
import json
import os
import pathlib
import resource
import select
import socket
import sqlite3
import ssl
import statistics
import sys
import tempfile
import time

import players
import served
import shows

UNIT = "Phường Phú Lợi"
# More than one address has ports for.
ADDRESSES = 8
LIMIT_S = 60
# For which the memory of a server is left to settle.
SETTLE_S = 3
# What a larger province has.
FAR = 50_000
# Screens with TLS; a handshake takes this program longer than the server.
TLS_SCREENS = 1_000
POLLERS = 32
# From linux/in.h: the port is chosen when the other end is known, so that each address has all ports.
IP_BIND_ADDRESS_NO_PORT = 24
NCHAN = """
server {
  listen 127.0.0.1:PORT backlog=4096 reuseport;
  location = /publish { nchan_publisher; nchan_channel_id fleet; }
  location = /events { nchan_subscriber eventsource; nchan_channel_id fleet; }
}
"""


def main():
    arguments = parse()
    counts = sorted({arguments.screens // 4, arguments.screens // 2, arguments.screens})
    raise_limit(arguments.screens + 1000)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        own = measure_motcua(arguments, folder / "motcua", counts)
        print("  nginx nchan", flush=True)
        peer = measure_nchan(arguments, folder / "nchan", counts)
    report(own, peer, counts)


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screens", type=int, default=10_000, help="screens at most; also measured at a half and a quarter")
    parser.add_argument("--pushes", type=int, default=5, help="pushes that count, at each number of screens")
    parser.add_argument("--server", default=players.ROOT / "target/release/motcua-server", help="the server to measure")
    arguments = parser.parse_args()
    if not 4 <= arguments.screens <= 19_000:
        parser.error("one process holds 4 to 19,000 screens")
    return arguments


def raise_limit(files):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < files:
        raise SystemExit(f"{files} open files are needed and {hard} are allowed; raise the limit (ulimit -Hn {files})")
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))


# --- the fleet

class Fleet:
    """Sockets that listen for events, all in one thread."""

    def __init__(self, port, request, greeting, event):
        """`request(number)` is what a screen sends, `greeting` is what shows that it is connected."""
        self._port, self._request, self._greeting, self._event = port, request, greeting, event
        self._sockets = []
        self._epoll = select.epoll()

    def __len__(self):
        return len(self._sockets)

    def grow(self, count):
        """Connects until there are `count` screens, all of them greeted."""
        while len(self._sockets) < count:
            batch = range(len(self._sockets), min(count, len(self._sockets) + 200))
            new = [self._connect(number) for number in batch]
            for connection in new:
                heard = b""
                while self._greeting not in heard:
                    received = connection.recv(4096)
                    if not received:
                        raise SystemExit(f"a screen was turned away: {heard.decode(errors='replace')}")
                    heard += received
                connection.setblocking(False)
                self._epoll.register(connection, select.EPOLLIN)
            self._sockets.extend(new)
        self._by_number = {connection.fileno(): connection for connection in self._sockets}

    def shrink(self, count):
        """Hangs up until there are `count` screens."""
        for connection in self._sockets[count:]:
            del self._by_number[connection.fileno()]
            connection.close()
        del self._sockets[count:]

    def _connect(self, number):
        connection = socket.socket()
        connection.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        connection.bind((f"127.0.0.{2 + number % ADDRESSES}", 0))
        connection.settimeout(LIMIT_S)
        connection.connect(("127.0.0.1", self._port))
        connection.sendall(self._request(number))
        return connection

    def push(self, request):
        """Sends the request of a publisher; seconds from then to its answer, to the first screen and to the last."""
        self._drain()
        publisher = socket.create_connection(("127.0.0.1", self._port), LIMIT_S)
        self._epoll.register(publisher, select.EPOLLIN)
        told = set()
        answered = first = last = None
        began = time.monotonic()
        publisher.sendall(request)
        while answered is None or len(told) < len(self._sockets):
            ready = self._epoll.poll(1, 4096)
            # Comments of the streams come all the time, so that silence is no sign.
            if time.monotonic() - began > LIMIT_S:
                raise SystemExit(f"{len(told)} of {len(self._sockets)} screens were told within {LIMIT_S} s")
            for number, _ in ready:
                if number == publisher.fileno():
                    answered = time.monotonic() - began
                    check_answer(publisher.recv(4096))
                    self._epoll.unregister(publisher)
                    continue
                # A look is one write, so it comes in one piece.
                if self._event in self._receive(number):
                    told.add(number)
                    last = time.monotonic() - began
                    first = first or last
        publisher.close()
        return answered, first, last

    def _receive(self, number):
        received = self._by_number[number].recv(4096)
        if not received:
            raise SystemExit("the server ended the stream of a screen")
        return received

    def _drain(self):
        """Takes in comments that came meanwhile."""
        while ready := self._epoll.poll(0, 4096):
            for number, _ in ready:
                self._receive(number)

    def close(self):
        for connection in self._sockets:
            connection.close()
        self._epoll.close()


def check_answer(answer):
    if not answer.startswith(b"HTTP/1.1 2"):
        raise SystemExit(f"the publisher was refused: {answer.decode(errors='replace')}")


def measure_counts(arguments, fleet, pid, publication, counts):
    """For each number of screens, the KiB that they add to the server's memory and the times of the pushes."""
    fleet.grow(1)
    time.sleep(SETTLE_S)
    before = served.resident_kilobytes(pid)
    added = {}
    for count in counts:
        fleet.grow(count)
        time.sleep(SETTLE_S)
        added[count] = served.resident_kilobytes(pid) - before
        print(f"  {count:6} screens: {added[count] / count:5.1f} KiB each", flush=True)
    # Only now, because a push leaves memory behind in which further screens would find room.
    figures = {}
    for count in reversed(counts):
        fleet.shrink(count)
        time.sleep(SETTLE_S)
        fleet.push(publication())
        times = [fleet.push(publication()) for _ in range(arguments.pushes)]
        figures[count] = (added[count], times)
        lasts = "".join(f"{last * 1000:>6.0f}" for _, _, last in times)
        print(f"  {count:6} screens: the last was told after, ms:{lasts}", flush=True)
    after = served.resident_kilobytes(pid)
    print(f"  resident before the screens {before} KiB, after the pushes {after} KiB", flush=True)
    return figures


# --- motcua

def measure_motcua(arguments, folder, counts):
    server = served.Server(arguments.server, folder, "--plain")
    try:
        server.start()
        unit = server.add_unit(UNIT)
        files = {"show.toml": server.put_blob(shows.announcement("Chiều nay quầy số 2 chuyển sang tầng 2").encode())}
        server.stop()
        tokens = enrol(server, unit, arguments.screens)
        fleet = Fleet(server.port, lambda number: listening(tokens[number]), b"event: look\ndata:\n\n", b"event: look")
        number = 0

        def publication():
            nonlocal number
            number += 1
            body = json.dumps({"title": f"Số {number}", "files": files}).encode()
            return post(f"/api/v1/units/{unit}/releases", body, f"Authorization: Bearer {server.token}\r\n")

        figures = measure_counts(arguments, fleet, server.pid, publication, counts)
        polls = {"kept connections": polls_a_second(server, True), "a connection each": polls_a_second(server, False)}
        fleet.close()
        server.stop()
        server.options = ()
        return figures, polls, tls_kilobytes(server, tokens)
    finally:
        server.stop()


def enrol(server, unit, count):
    """Makes screens as the server does when it takes them; returns their tokens.

    Their rows, and the list of screens as one that waits for signatures, are written while the server is down; it signs
    the list when the first of them then gets a name.
    """
    tokens = [os.urandom(32).hex() for _ in range(count)]
    now = int(time.time())
    screens, places, documents, targets = [], [], [], {}
    for number, token in enumerate(tokens):
        key = os.urandom(32)
        screen, name = hashlib.sha256(key).hexdigest()[:32], f"Màn hình {number + 1}"
        screens.append((screen, base64.b64encode(key).decode(), hashlib.sha256(token.encode()).hexdigest(), now))
        places.append((screen, unit, name))
        document = json.dumps({"format": 1, "screen": screen, "unit": unit, "name": name}).encode()
        target, sha256 = f"screens/{screen}.json", hashlib.sha256(document).hexdigest()
        documents.append((target, sha256, document))
        targets[target] = {"length": len(document), "hashes": {"sha256": sha256}}
    with sqlite3.connect(server.data / "motcua.sqlite") as database:
        add = database.executemany
        add("INSERT INTO screens (id, public_key, token_sha256, accepted_at) VALUES (?, ?, ?, ?)", screens)
        add("INSERT INTO assignments (screen, unit, name) VALUES (?, ?, ?)", places)
        add("INSERT INTO targets (path, sha256, bytes) VALUES (?, ?, ?)", documents)
        version, signed = database.execute(
            "SELECT version, bytes FROM metadata WHERE role = 'screens' ORDER BY version DESC LIMIT 1"
        ).fetchone()
        waiting = json.loads(signed)
        waiting["signatures"] = []
        waiting["signed"]["version"] = version + 1
        waiting["signed"]["targets"] = targets
        add("INSERT INTO unsigned (role, version, bytes) VALUES (?, ?, ?)",
            [("screens", version + 1, json.dumps(waiting).encode())])
    database.close()
    server.start()
    server.ask("PATCH", f"/api/v1/screens/{screens[0][0]}", {"name": "Sảnh tầng 1"})
    # What that took is not part of a server that idles.
    server.stop()
    server.start()
    return tokens


def listening(token):
    # As the player asks.
    return (
        f"GET /api/v1/screen/events HTTP/1.1\r\nHost: motcua.example\r\nAccept: text/event-stream\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    ).encode()


def post(path, body, more=""):
    head = f"POST {path} HTTP/1.1\r\nHost: motcua.example\r\n{more}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def polls_a_second(server, is_kept):
    """Polls that the server answers in a second of its processor time."""
    request = b"GET /repository/metadata/timestamp.json HTTP/1.1\r\nHost: motcua.example\r\n"
    request += b"\r\n" if is_kept else b"Connection: close\r\n\r\n"
    epoll = select.epoll()
    connections = {}

    def begin():
        connection = socket.create_connection(("127.0.0.1", server.port), LIMIT_S)
        connection.sendall(request)
        epoll.register(connection, select.EPOLLIN)
        connections[connection.fileno()] = connection

    for _ in range(POLLERS):
        begin()
    done = 0
    before = players.cpu_seconds(server.pid)
    end = time.monotonic() + 5
    while time.monotonic() < end:
        for number, _ in epoll.poll(1):
            connection = connections[number]
            # The whole answer is one write of the server.
            if not connection.recv(1 << 16).startswith(b"HTTP/1.1 200"):
                raise SystemExit("a poll was refused")
            done += 1
            if is_kept:
                connection.sendall(request)
            else:
                del connections[number]
                connection.close()
                begin()
    took = players.cpu_seconds(server.pid) - before
    for connection in connections.values():
        connection.close()
    epoll.close()
    return done / took


def tls_kilobytes(server, tokens):
    """KiB that a screen adds where the server ends TLS itself."""
    server.url = None
    server.start()
    trusted = ssl.create_default_context(cafile=server.data / "tls/ca.pem")
    connections = []

    def connect(token):
        plain = socket.create_connection(("127.0.0.1", server.port), LIMIT_S)
        connection = trusted.wrap_socket(plain, server_hostname="localhost")
        connection.sendall(listening(token))
        heard = b""
        while b"event: look\ndata:\n\n" not in heard:
            heard += connection.recv(4096)
        connections.append(connection)

    connect(tokens[0])
    time.sleep(SETTLE_S)
    before = served.resident_kilobytes(server.pid)
    count = min(TLS_SCREENS, len(tokens) - 1)
    for token in tokens[1:count + 1]:
        connect(token)
    time.sleep(SETTLE_S)
    added = served.resident_kilobytes(server.pid) - before
    for connection in connections:
        connection.close()
    server.stop()
    print(f"  {count:6} screens with TLS: {added / count:5.1f} KiB each", flush=True)
    return added / count


# --- nchan

def measure_nchan(arguments, folder, counts):
    nginx = served.Nginx(folder, NCHAN, modules=["ngx_nchan_module"], connections=arguments.screens + 500)
    try:
        request = b"GET /events HTTP/1.1\r\nHost: motcua.example\r\nAccept: text/event-stream\r\n\r\n"
        fleet = Fleet(nginx.port, lambda _: request, b"\r\n\r\n", b"data: look")
        figures = measure_counts(arguments, fleet, nginx.pid, lambda: post("/publish", b"look"), counts)
        fleet.close()
        return figures
    finally:
        nginx.stop()


# --- the report

def line(points):
    """Intercept and slope of the straight line through points, by least squares."""
    across, up = statistics.mean(x for x, _ in points), statistics.mean(y for _, y in points)
    slope = sum((x - across) * (y - up) for x, y in points) / sum((x - across) ** 2 for x, _ in points)
    return up - slope * across, slope


def at(points, count):
    start, slope = line(points)
    return start + slope * count


def report(own, peer, counts):
    figures, polls, tls = own
    print(f"\n{served.machine()}\n")
    rows = []
    for name, of in (("motcua-server", figures), ("nginx nchan", peer)):
        for count in counts:
            added, times = of[count]
            answered, first, _ = (statistics.median(column) * 1000 for column in zip(*times))
            rows.append([
                f"{name}, {count:,}", f"{answered:.0f}", f"{first:.0f}", spread([last * 1000 for _, _, last in times]),
                f"{added / count:.1f}",
            ])
        rows.append([
            f"{name}, {FAR:,} (extrapolated)", "", "", f"{at(last_told(of), FAR):.0f}", f"{slope_of_memory(of):.1f}",
        ])
    players.print_table(
        ["screens", "push answered, ms", "first told", "last told, median (least-most)", "KiB a screen"], rows
    )
    print()
    print_rest(figures, peer, polls, tls, max(counts))


def spread(times):
    return f"{statistics.median(times):.0f} ({min(times):.0f}-{max(times):.0f})"


def last_told(figures):
    return [(count, statistics.median(last for _, _, last in times) * 1000) for count, (_, times) in figures.items()]


def slope_of_memory(figures):
    return line([(count, added) for count, (added, _) in figures.items()])[1]


def print_rest(figures, peer, polls, tls, most):
    own, other = (dict(last_told(of))[most] for of in (figures, peer))
    memory = slope_of_memory(figures) * FAR / 1024
    kept, fresh = polls.values()
    rows = [
        [f"last of {most:,} told, times nchan's", f"{own / other:.2f}"],
        ["KiB a screen where the server ends TLS", f"{tls:.1f}"],
        ["polls a second of one core, kept connections", f"{kept:,.0f}"],
        ["polls a second of one core, a connection each", f"{fresh:,.0f}"],
        [f"{FAR:,} screens, extrapolated: memory of all servers, MiB", f"{memory:,.0f}"],
        [f"{FAR:,} screens, extrapolated: last told, ms", f"{at(last_told(figures), FAR):,.0f}"],
        [f"{FAR:,} screens, extrapolated: polls each minute, of one core", f"{FAR / 60 / fresh * 100:.1f} %"],
        [f"{FAR:,} screens, extrapolated: processes of 19,000", f"{-(-FAR // 19_000)}"],
    ]
    players.print_table(["", ""], rows)


if __name__ == "__main__":
    sys.exit(main())
