"""The players that are compared, the still they show, and what a process with its children takes."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
# A Monday morning on which the show's clock starts, so that the clock is the same in every picture.
AT = "2026-11-23T08:00"
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")

# One page of text, drawn into a picture that every player then shows.
POSTER = """
title = "Trung tâm Phục vụ hành chính công"

[[playlist]]
name = "poster"
default = true

[[playlist.item]]
kind = "announcement"
name = "poster"
dwell = "1h"
title = "Nộp hồ sơ trực tuyến, lệ phí chỉ còn một nửa"
body = "Đăng ký thường trú trực tuyến **10.000 đồng**, tại quầy 20.000 đồng."
link = "https://dichvucong.gov.vn"
link_purpose = "Đến gần, quét mã để bắt đầu"
"""

STILL = """
title = "Trung tâm Phục vụ hành chính công"
unit = "Phường Phú Lợi, thành phố Cần Thơ"
hotline = "0299 3623 333"
{ticker}

[[playlist]]
name = "still"
default = true

[[playlist.item]]
kind = "image"
name = "still"
dwell = "1h"
source = "poster.png"
"""

TICKER = """
ticker = [
  "Nộp hồ sơ trực tuyến tại Cổng Dịch vụ công quốc gia: dichvucong.gov.vn",
  "Giờ làm việc: thứ Hai đến thứ Sáu, sáng 07:00 – 11:00, chiều 13:00 – 17:00",
]
"""

PAGE = '<!doctype html><body style="margin:0;overflow:hidden"><img src="expected.png" style="display:block">'


def enter_display():
    """Runs this script again on a virtual display with a window manager, unless it is there already."""
    if os.environ.get("MOTCUA_BENCH_DISPLAY"):
        return
    environment = dict(os.environ, MOTCUA_BENCH_DISPLAY="1", SESSION_MANAGER="openbox")
    session = str(ROOT / "tests/session/x11")
    os.execve(session, [session, sys.executable, *sys.argv], environment)


class Stage:
    """A folder with the shows and pictures, and the command line of each player."""

    def __init__(self, folder, player):
        self.folder = pathlib.Path(folder)
        self.player = pathlib.Path(player).resolve()
        if not self.player.exists():
            raise SystemExit(f"{self.player} is not there; build it with cargo build --release")
        self._write("poster", POSTER)
        still = self._write("still", STILL.format(ticker=""))
        ticker = self._write("ticker", STILL.format(ticker=TICKER))
        poster = self._render(self.folder / "poster", "poster", still / "poster.png")
        shutil.copy(poster, ticker / "poster.png")
        # What peers show is the whole screen as the player draws it, plates and clock included.
        self.expected = self._render(still, "still", self.folder / "expected.png")
        self.card = self._render(still, "card", self.folder / "card.png")
        (self.folder / "page.html").write_text(PAGE)

    def _write(self, name, show):
        folder = self.folder / name
        folder.mkdir()
        (folder / "show.toml").write_text(show)
        return folder

    def _render(self, show, item, out):
        command = [self.player, "render", show, "--item", item, "--at", AT, "--out", out]
        subprocess.run(command, check=True)
        return out

    def motcua(self, show="still"):
        return [str(self.player), "play", str(self.folder / show), "--at", AT]

    def mpv(self):
        return [
            "mpv", "--no-config", "--no-terminal", "--fs", "--vo=x11", "--no-osc", "--no-input-default-bindings",
            "--cursor-autohide=always", "--image-display-duration=inf", str(self.expected),
        ]

    def chromium(self):
        # A profile of its own each time, as on a kiosk that keeps nothing; --test-type hides the warning about
        # --no-sandbox, which root needs.
        profile = self.folder / "profile"
        shutil.rmtree(profile, ignore_errors=True)
        return [
            "chromium", "--kiosk", "--no-sandbox", "--test-type", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-features=Translate", "--password-store=basic", f"--user-data-dir={profile}",
            (self.folder / "page.html").as_uri(),
        ]


class Running:
    """A player in a process group of its own."""

    def __init__(self, command, output=subprocess.DEVNULL):
        self.began = time.monotonic()
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.pid = self._process.pid

    def seconds(self):
        """Seconds since it was started."""
        return time.monotonic() - self.began

    def has_ended(self):
        return self._process.poll() is not None

    def wait(self):
        """Waits for the end by itself; gives user and system time of the whole family in seconds."""
        before = os.times()
        if self._process.wait() != 0:
            raise SystemExit(f"{self._process.args[0]} failed with {self._process.returncode}")
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system

    def stop(self):
        for how in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.pid, how)
            except ProcessLookupError:
                break
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                continue
        self._process.wait(5)


def family(pid):
    """The process and all its descendants."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            fields = stat(int(entry))
            if fields:
                children.setdefault(int(fields[1]), []).append(int(entry))
    found = [pid]
    for parent in found:
        found.extend(children.get(parent, []))
    return found


def stat(pid):
    """The fields of /proc/PID/stat from the state on (proc(5), field 3); none for a process that is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return None


def cpu_seconds(pid):
    """User and system time of a family so far, that of children which have ended included."""
    ticks = 0
    for member in family(pid):
        fields = stat(member)
        if fields:
            # utime, stime, cutime and cstime are the fields 14 to 17 of proc(5).
            ticks += sum(int(field) for field in fields[11:15])
    return ticks / TICKS_A_SECOND


def memory_mb(pid):
    """Resident memory of a family in MB: counted whole in each process, and with shared pages divided."""
    resident = shared_out = 0
    for member in family(pid):
        try:
            with open(f"/proc/{member}/smaps_rollup", encoding="ascii") as file:
                lines = dict(line.split(":", 1) for line in file if ":" in line and line[0] in "RP")
        except OSError:
            continue
        resident += kilobytes(lines.get("Rss"))
        shared_out += kilobytes(lines.get("Pss"))
    return resident / 1000, shared_out / 1000


def kilobytes(value):
    return int(value.split()[0]) * 1.024 if value else 0.0


def display_server():
    """The process of the X server that this script's session started; none if it cannot be told."""
    for member in family(os.getppid()):
        try:
            with open(f"/proc/{member}/comm", encoding="ascii") as file:
                if file.read().strip() == "Xvfb":
                    return member
        except OSError:
            continue
    return None


def machine():
    """The machine in one line."""
    model = memory = "unknown"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    with open("/proc/meminfo", encoding="ascii") as file:
        memory = f"{int(file.readline().split()[1]) / 1024 / 1024:.0f} GiB"
    system = "Linux"
    if os.path.exists("/etc/os-release"):
        with open("/etc/os-release", encoding="utf-8") as file:
            names = dict(line.rstrip("\n").split("=", 1) for line in file if "=" in line)
        system = names.get("PRETTY_NAME", system).strip('"')
    gpu = "with /dev/dri" if os.path.exists("/dev/dri") else "no GPU"
    return f"{model}, {os.cpu_count()} cores, {memory}, {gpu}, {system}, Xvfb 1920x1080 with openbox"


def print_table(head, rows):
    """Prints a table of Markdown, the first column to the left and the rest to the right."""
    widths = [max(len(str(row[index])) for row in [head, *rows]) for index in range(len(head))]
    def line(cells):
        first, *rest = [str(cell) for cell in cells]
        padded = [first.ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(rest, widths[1:])]
        print("| " + " | ".join(padded) + " |")
    line(head)
    print("|" + "-" * (widths[0] + 2) + "|" + "|".join("-" * (width + 1) + ":" for width in widths[1:]) + "|")
    for row in rows:
        line(row)
