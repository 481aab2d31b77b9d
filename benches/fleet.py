#!/usr/bin/env python3
"""10,000 connected screens: when the last hears of a push, beside nginx nchan, and what a waiting screen costs.

Every screen is one of the server's database with a token of its own, and a socket that holds the stream of events
open in plain HTTP, as behind nginx. The same program listens to both servers, so that what it takes is in both figures.
"""

import argparse
import base64
import hashlib
import http.client
import json
import os
import pathlib
import resource
import socket
import sqlite3
import ssl
import statistics
import sys
import tempfile
import time

import listeners
import players
import served
import shows

UNIT = "Phường Phú Lợi"
# For which the memory of a server is left to settle.
SETTLE_S = 3
# What a larger province has.
FAR = 50_000
# Screens with TLS; a handshake takes this program longer than the server.
TLS_SCREENS = 1_000
LOOK = b"event: look\ndata:\n\n"
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
        own, peer, rest = {}, {}, {}
        for count in counts:
            once = rest if count == counts[-1] else None
            own[count] = measure_motcua(arguments, folder / f"motcua-{count}", count, once)
            peer[count] = measure_nchan(arguments, folder / f"nchan-{count}", count)
    report(own, peer, rest, counts[-1])


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screens", type=int, default=10_000, help="screens; also measured with a half and a quarter")
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


def measure(arguments, name, fleet, pid, publication, count):
    """The KiB that the screens add to the server's memory, those with the pushes, and the times of the pushes."""
    fleet.grow(1)
    before = settled_kilobytes(pid)
    fleet.grow(count)
    idle = settled_kilobytes(pid) - before
    # The first one reads what later ones know.
    times = [fleet.push(publication(number)) for number in range(arguments.pushes + 1)][1:]
    pushed = settled_kilobytes(pid) - before
    lasts = "".join(f"{last * 1000:>6.0f}" for _, _, last in times)
    print(f"  {name}, {count:6} screens: {idle / count:5.1f} KiB each; the last was told after, ms:{lasts}", flush=True)
    return idle, pushed, times


def settled_kilobytes(pid):
    time.sleep(SETTLE_S)
    return served.resident_kilobytes(pid)


# --- motcua

def measure_motcua(arguments, folder, count, rest):
    """Measures a server with so many screens; where `rest` is there, it gets what is measured once only."""
    server = served.Server(arguments.server, folder, "--plain").start()
    try:
        unit = server.add_unit(UNIT)
        show = shows.announcement("Chiều nay quầy số 2 chuyển sang tầng 2")
        files = {"show.toml": server.put_blob(show.encode())}
        tokens = enrol(server, unit, count)
        # A screen is told to look at once when it connects.
        fleet = listeners.Fleet(server.port, lambda number: listening(tokens[number]), LOOK, LOOK)

        def publication(number):
            body = json.dumps({"title": f"Số {number}", "files": files}).encode()
            return listeners.post(f"/api/v1/units/{unit}/releases", body, f"Authorization: Bearer {server.token}\r\n")

        figures = measure(arguments, "motcua-server", fleet, server.pid, publication, count)
        if rest is not None:
            rest["kept"], rest["fresh"] = (
                listeners.polls_a_second(server.port, server.pid, is_kept) for is_kept in (True, False)
            )
            rest["list"] = len(list_of_screens(server))
        fleet.close()
        server.stop()
        if rest is not None:
            rest["tls"] = tls_kilobytes(server, tokens)
        return figures
    finally:
        server.stop()


def list_of_screens(server):
    """The signed list of all screens as a screen downloads it, compressed."""
    with sqlite3.connect(server.data / "motcua.sqlite") as database:
        version = database.execute("SELECT MAX(version) FROM metadata WHERE role = 'screens'").fetchone()[0]
    database.close()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=listeners.LIMIT_S)
    connection.request("GET", f"/repository/metadata/{version}.screens.json", headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    if answer.status != 200:
        raise SystemExit(f"the list of screens was answered {answer.status}")
    return answer.read()


def enrol(server, unit, count):
    """Makes screens as the server does when it takes them; returns their tokens.

    Their rows, and their list as one that waits for signatures, are written while the server is down; it signs the list
    when the first of them then gets a name.
    """
    server.stop()
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


def tls_kilobytes(server, tokens):
    """KiB that a screen adds where the server ends TLS itself."""
    server.options = ()
    server.start()
    trusted = ssl.create_default_context(cafile=server.data / "tls/ca.pem")
    connections = []

    def connect(token):
        plain = socket.create_connection(("127.0.0.1", server.port), listeners.LIMIT_S)
        connection = trusted.wrap_socket(plain, server_hostname="localhost")
        connection.sendall(listening(token))
        heard = b""
        while LOOK not in heard:
            heard += connection.recv(4096)
        connections.append(connection)

    connect(tokens[0])
    before = settled_kilobytes(server.pid)
    count = min(TLS_SCREENS, len(tokens) - 1)
    for token in tokens[1:count + 1]:
        connect(token)
    added = settled_kilobytes(server.pid) - before
    for connection in connections:
        connection.close()
    server.stop()
    print(f"  {count:6} screens with TLS: {added / count:5.1f} KiB each", flush=True)
    return added / count


# --- nchan

def measure_nchan(arguments, folder, count):
    nginx = served.Nginx(folder, NCHAN, modules=["ngx_nchan_module"], connections=count + 500)
    try:
        request = b"GET /events HTTP/1.1\r\nHost: motcua.example\r\nAccept: text/event-stream\r\n\r\n"
        fleet = listeners.Fleet(nginx.port, lambda _: request, b"\r\n\r\n", b"data: look")
        figures = measure(
            arguments, "nginx nchan", fleet, nginx.pid, lambda _: listeners.post("/publish", b"look"), count
        )
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


def report(own, peer, rest, most):
    print(f"\n{served.machine()}\n")
    rows = []
    for name, figures in (("motcua-server", own), ("nginx nchan", peer)):
        for count, (idle, pushed, times) in figures.items():
            answered, first, _ = (statistics.median(column) * 1000 for column in zip(*times))
            lasts = [last * 1000 for _, _, last in times]
            rows.append([
                f"{name}, {count:,}", f"{answered:.0f}", f"{first:.0f}",
                f"{statistics.median(lasts):.0f} ({min(lasts):.0f}-{max(lasts):.0f})",
                f"{idle / count:.1f}", f"{pushed / count:.1f}",
            ])
        told, memory = at(last_told(figures), FAR), line(idle_kilobytes(figures))[1]
        rows.append([f"{name}, {FAR:,} (extrapolated)", "", "", f"{told:.0f}", f"{memory:.1f}", ""])
    players.print_table(
        ["screens", "push answered, ms", "first told, ms", "last told, ms (least-most)", "KiB each", "with pushes"], rows
    )
    print()
    ratio = dict(last_told(own))[most] / dict(last_told(peer))[most]
    memory = at(idle_kilobytes(own), FAR) / 1024
    players.print_table(["motcua-server", ""], [
        [f"last of {most:,} told, times nchan's", f"{ratio:.2f}"],
        ["KiB a screen where the server ends TLS", f"{rest['tls']:.1f}"],
        ["polls a second of one core, kept connections", f"{rest['kept']:,.0f}"],
        ["polls a second of one core, a connection each", f"{rest['fresh']:,.0f}"],
        [f"signed list of {most:,} screens, compressed, KB", f"{rest['list'] / 1000:,.0f}"],
        [f"{FAR:,} screens (extrapolated): processes of 19,000 connections", f"{-(-FAR // 19_000)}"],
        [f"{FAR:,} screens (extrapolated): idle memory beside the processes', MiB", f"{memory:,.0f}"],
        [f"{FAR:,} screens (extrapolated): a poll each minute, of one core", f"{FAR / 60 / rest['fresh'] * 100:.0f} %"],
        [f"{FAR:,} screens (extrapolated): signed list, compressed, KB", f"{rest['list'] / 1000 * FAR / most:,.0f}"],
    ])


def line(points):
    """Intercept and slope of the straight line through points, by least squares."""
    across, up = statistics.mean(x for x, _ in points), statistics.mean(y for _, y in points)
    rise = sum((x - across) * (y - up) for x, y in points) / sum((x - across) ** 2 for x, _ in points)
    return up - rise * across, rise


def at(points, count):
    start, rise = line(points)
    return start + rise * count


def last_told(figures):
    return [(count, statistics.median(last for _, _, last in times) * 1000) for count, (_, _, times) in figures.items()]


def idle_kilobytes(figures):
    return [(count, idle) for count, (idle, _, _) in figures.items()]


if __name__ == "__main__":
    sys.exit(main())
