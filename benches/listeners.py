"""Screens without a display: sockets that listen for events, and ones that poll, all in one thread."""

import select
import socket
import time

import players

# More than one address has ports for.
ADDRESSES = 8
LIMIT_S = 60
POLLERS = 32
POLLED_S = 5
# From linux/in.h: the port is chosen when the other end is known, so that each address has all ports.
IP_BIND_ADDRESS_NO_PORT = 24


class Fleet:
    """Screens that listen for events."""

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


def post(path, body, more=""):
    head = f"POST {path} HTTP/1.1\r\nHost: motcua.example\r\n{more}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def polls_a_second(port, pid, is_kept):
    """Polls that the server answers in a second of its processor time."""
    request = b"GET /repository/metadata/timestamp.json HTTP/1.1\r\nHost: motcua.example\r\n"
    request += b"\r\n" if is_kept else b"Connection: close\r\n\r\n"
    epoll = select.epoll()
    connections = {}

    def begin():
        connection = socket.create_connection(("127.0.0.1", port), LIMIT_S)
        connection.sendall(request)
        epoll.register(connection, select.EPOLLIN)
        connections[connection.fileno()] = connection

    for _ in range(POLLERS):
        begin()
    done = 0
    before = players.cpu_seconds(pid)
    end = time.monotonic() + POLLED_S
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
    took = players.cpu_seconds(pid) - before
    for connection in connections.values():
        connection.close()
    epoll.close()
    return done / took
