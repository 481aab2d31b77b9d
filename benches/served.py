"""A server, nginx and screens on this machine, as the benchmarks of sync and fleet use them."""

import hashlib
import http.client
import json
import os
import pathlib
import queue
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time

import players

NGINX = "/usr/sbin/nginx"
LOCATIONS = players.ROOT / "deploy/nginx/motcua-locations.conf"
LIMIT_S = 60


class Program:
    """A process of its own session that ends with the benchmark; its log lies in a file."""

    def __init__(self, command, log, **more):
        self.command = [str(part) for part in command]
        self.log = pathlib.Path(log)
        with open(self.log, "ab") as file:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *self.command], stdin=subprocess.DEVNULL, stderr=file,
                **{"stdout": file, **more},
            )
        self.pid = self._process.pid
        self.stdout = self._process.stdout

    def has_ended(self):
        return self._process.poll() is not None

    def await_that(self, what, condition, seconds=LIMIT_S):
        """Waits until the condition holds; its value is returned."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = condition()
            if value:
                return value
            if self.has_ended():
                raise SystemExit(f"{self.command[0]} ended before {what}:\n{self.last_words()}")
            time.sleep(0.01)
        raise SystemExit(f"{what} did not happen within {seconds} s:\n{self.last_words()}")

    def last_words(self):
        return "".join(self.log.read_text(errors="replace").splitlines(keepends=True)[-10:])

    def stop(self):
        for how in (signal.SIGTERM, signal.SIGKILL):
            if self.has_ended():
                return
            self._process.send_signal(how)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                continue


class Server:
    """`motcua-server run` in a data folder of its own."""

    def __init__(self, program, folder, *options, settings=""):
        self.program = pathlib.Path(program).resolve()
        if not self.program.exists():
            raise SystemExit(f"{self.program} is not there; build it with cargo build --release --workspace")
        self.folder = pathlib.Path(folder).resolve()
        self.data = self.folder / "data"
        self.options = options
        self.data.mkdir(parents=True)
        (self.data / "server.toml").write_text(settings)
        self.process = self.url = self.token = None

    def start(self):
        ready = self.folder / "ready"
        ready.unlink(missing_ok=True)
        listen = self.url.rpartition("/")[2] if self.url else "127.0.0.1:0"
        command = [self.program, "run", "--data", self.data, "--listen", listen, "--ready-file", ready, *self.options]
        self.process = Program(command, self.folder / "server.log")
        self.process.await_that("the server's start", lambda: ready.exists() and ready.read_text().strip())
        self.url = ready.read_text().strip()
        self.token = (self.data / "admin.token").read_text().strip()
        return self

    def stop(self):
        if self.process:
            self.process.stop()

    @property
    def port(self):
        return int(self.url.rpartition(":")[2])

    @property
    def pid(self):
        return self.process.pid

    def ask(self, method, path, body=None):
        """One request with the administrator's token; the answer as it was, from JSON."""
        if self.url.startswith("https:"):
            trusted = ssl.create_default_context(cafile=self.data / "tls/ca.pem")
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=trusted, timeout=LIMIT_S)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT_S)
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        try:
            connection.request(method, path, body, {"Authorization": f"Bearer {self.token}"})
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path} was answered {answer.status}: {text.decode(errors='replace')}")
        return json.loads(text) if text else None

    def add_unit(self, name):
        return self.ask("POST", "/api/v1/units", {"name": name, "kind": "phường"})["id"]

    def put_blob(self, content):
        """Uploads bytes and returns how a release names them."""
        sha256 = hashlib.sha256(content).hexdigest()
        self.ask("PUT", f"/api/v1/blobs/{sha256}", content)
        return {"sha256": sha256, "length": len(content)}

    def publish(self, unit, title, files):
        return self.ask("POST", f"/api/v1/units/{unit}/releases", {"title": title, "files": files})


class Nginx:
    """nginx with a configuration in a folder of its own."""

    def __init__(self, folder, inside_http, modules=(), connections=512, port=None):
        if not os.path.exists(NGINX):
            raise SystemExit("nginx is missing; install the packages nginx-light and libnginx-mod-nchan")
        self.folder = pathlib.Path(folder).resolve()
        self.folder.mkdir(parents=True)
        self.port = port or free_port()
        here = self.folder
        temporary = " ".join(
            f"{kind}_temp_path {here}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root;" if os.geteuid() == 0 else ""
        loaded = " ".join(f"load_module /usr/lib/nginx/modules/{module}.so;" for module in modules)
        (here / "nginx.conf").write_text(
            f"{loaded} {user} worker_processes auto; daemon off; pid {here}/pid; error_log {here}/error.log;\n"
            f"worker_rlimit_nofile {connections + 256};\n"
            f"events {{ worker_connections {connections}; }}\n"
            f"http {{ access_log off; {temporary}\n{inside_http.replace('PORT', str(self.port))}\n}}\n"
        )
        self.process = Program([NGINX, "-e", here / "error.log", "-c", here / "nginx.conf"], here / "error.log")
        self.process.await_that("nginx's start", lambda: answers(self.port))

    @property
    def pid(self):
        return self.process.pid

    def stop(self):
        self.process.stop()


class Screen:
    """A player on the virtual display, tied to a server, and what it says of itself."""

    def __init__(self, player, url, state, *options):
        self.player = pathlib.Path(player).resolve()
        self.state = pathlib.Path(state).resolve()
        self.state.mkdir(parents=True, exist_ok=True)
        command = [self.player, "play", "--server", url, "--state", self.state, "--events", *options]
        log = self.state.parent / (self.state.name + ".log")
        self.process = Program(command, log, stdout=subprocess.PIPE)
        self.events = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.process.stdout:
            self.events.put((time.monotonic(), json.loads(line)))

    def await_event(self, seconds=LIMIT_S, **wanted):
        """The next event with these fields, and when it came; those before it are dropped."""
        end = time.monotonic() + seconds
        while True:
            try:
                at, event = self.events.get(timeout=max(0.001, end - time.monotonic()))
            except queue.Empty:
                words = self.process.last_words()
                raise SystemExit(f"the screen did not say {wanted} within {seconds} s:\n{words}") from None
            if all(event.get(key) == value for key, value in wanted.items()):
                return at, event

    def be_taken(self, server, unit, name):
        """Has an administrator accept the screen's code."""
        code = self.await_event(event="code")[1]["code"]
        server.ask("POST", "/api/v1/screens/accept", {"code": code, "unit": unit, "name": name})
        self.await_event(event="taken")
        return json.loads((self.state / "identity.json").read_text())

    def stop(self):
        self.process.stop()


class Relay:
    """Passes connections on to a port of this machine and counts the bytes of each direction."""

    def __init__(self, port):
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        # Each pair is that of one connection: bytes to the client, bytes from it.
        self._counts = []
        self.last = time.monotonic()
        threading.Thread(target=self._accept, daemon=True).start()

    def bytes(self):
        """Bytes to the clients and from them, so far."""
        counts = list(self._counts)
        return sum(count[0] for count in counts), sum(count[1] for count in counts)

    def _accept(self):
        while True:
            client, _ = self._listener.accept()
            try:
                server = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                client.close()
                continue
            count = [0, 0]
            self._counts.append(count)
            for side in (client, server):
                side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for start, end, direction in ((server, client, 0), (client, server, 1)):
                threading.Thread(target=self._pass_on, args=(start, end, count, direction), daemon=True).start()

    def _pass_on(self, start, end, count, direction):
        try:
            while data := start.recv(1 << 16):
                count[direction] += len(data)
                self.last = time.monotonic()
                end.sendall(data)
        except OSError:
            pass
        for side, how in ((end, socket.SHUT_WR), (start, socket.SHUT_RD)):
            try:
                side.shutdown(how)
            except OSError:
                pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def status_kilobytes(pid, field):
    """A field of /proc/PID/status such as VmHWM or VmRSS, in KiB; none for a process that is gone."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
            for line in file:
                if line.startswith(field + ":"):
                    return int(line.split()[1])
    except OSError:
        pass
    return None


def resident_kilobytes(pid):
    """Resident memory of a process and its descendants, in KiB."""
    return sum(status_kilobytes(member, "VmRSS") or 0 for member in players.family(pid))


def machine():
    """The machine in one line, and how busy it was when the figures were taken."""
    waiting = os.getloadavg()[0]
    busy = f"; load {waiting:.1f} on {os.cpu_count()} cores at the end" if waiting > 1 else ""
    return players.machine().rpartition(", Xvfb")[0] + busy


def remove(folder):
    shutil.rmtree(folder, ignore_errors=True)
