#!/usr/bin/env python3
"""Time from a touch to the first pixels: opening the lookup, a key, its results; beside a page in Chromium.

The show holds every procedure of ../shared/data, or the sample's where that is absent. A touch is made by the X
server itself (XTest), and a small part of the display is looked at again and again until it has changed. Chromium's
page does the least that a page can do: it shows what is there already when it is touched.
"""

import argparse
import ctypes
import ctypes.util
import pathlib
import statistics
import subprocess
import tempfile
import time

import players
import screen

DATA = players.ROOT.parent / "shared/data/procedures.json.gz"
LIMIT_S = 5.0
WIDTH, HEIGHT = 1920, 1080
# Places on a display of 1920 x 1080: the invitation, the search field, the key k, the key to erase, and close.
INVITATION, FIELD, KEY, ERASE, CLOSE = (250, 1024), (960, 280), (1183, 717), (1742, 814), (1729, 1022)
# What is looked at: the upper bar, the field, the edge of the key under the finger, the results.
UPPER, TYPED, UNDER_FINGER, RESULTS = (80, 20, 200, 60), (100, 150, 300, 50), (1150, 700, 20, 40), (80, 270, 600, 90)

SHOW = """
title = "Trung tâm Phục vụ hành chính công"
unit = "Phường Phú Lợi, thành phố Cần Thơ"

[[playlist]]
name = "still"
default = true

[[playlist.item]]
kind = "announcement"
name = "still"
dwell = "1h"
title = "Nộp hồ sơ trực tuyến, lệ phí chỉ còn một nửa"
"""

PAGE = """<!doctype html><body style="margin:0;background:#F7F4EC;overflow:hidden">
<div id="bar" style="position:fixed;left:0;top:0;width:100%;height:112px"></div>
<script>
let on = false;
addEventListener("pointerdown", () => { on = !on; bar.style.background = on ? "#12203A" : "#F7F4EC"; });
</script>"""


def main():
    arguments = parse()
    players.enter_display()
    display = Display()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        count = write_show(folder / "show", arguments.player)
        rows = motcua(display, arguments, folder, count)
        rows += chromium(display, arguments, folder)
    print(f"\n{players.machine()}\n")
    head = ["ms from the touch to the first pixels", "median", "p95", "most"]
    players.print_table(head, rows)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=40, help="how often each touch is made")
    parser.add_argument("--player", default=players.ROOT / "target/release/motcua", help="the player to measure")
    return parser.parse_args()


def write_show(folder, player):
    folder.mkdir()
    (folder / "show.toml").write_text(SHOW)
    procedures = folder / "procedures"
    if DATA.exists():
        # Records that need a look are listed; that is not what is measured here.
        subprocess.run([player, "import", "procedures", DATA, "--out", procedures], stdout=subprocess.DEVNULL, check=False)
    else:
        procedures.symlink_to(players.ROOT / "playlists/one-stop/procedures")
    return sum(1 for _ in procedures.glob("*.toml"))


def motcua(display, arguments, folder, count):
    running = players.Running([str(arguments.player), "play", str(folder / "show"), "--at", players.AT])
    try:
        display.settle(UPPER, running)
        # The table of what can be looked up is ready a moment after the first page.
        time.sleep(3)
        opening, feedback, typed, results = [], [], [], []
        for _ in range(arguments.times):
            opening.append(display.touch(INVITATION, UPPER))
            display.touch(CLOSE, UPPER)
        display.touch(INVITATION, UPPER)
        display.touch(FIELD, TYPED)
        for _ in range(arguments.times):
            feedback.append(display.touch(KEY, UNDER_FINGER))
            display.touch(ERASE, TYPED)
            typed.append(display.touch(KEY, TYPED))
            display.touch(ERASE, TYPED)
            results.append(display.touch(KEY, RESULTS))
            display.touch(ERASE, TYPED)
    finally:
        running.stop()
    return [
        row(f"motcua opens its lookup, {count} procedures", opening),
        row("motcua, the key under the finger", feedback),
        row("motcua, what was typed", typed),
        row("motcua, results of the key", results),
    ]


def chromium(display, arguments, folder):
    page = folder / "page.html"
    page.write_text(PAGE)
    command = [
        "chromium", "--kiosk", "--no-sandbox", "--test-type", "--disable-gpu", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-features=Translate", "--password-store=basic", f"--user-data-dir={folder / 'profile'}", page.as_uri(),
    ]
    running = players.Running(command)
    try:
        display.settle(UPPER, running)
        time.sleep(5)
        times = [display.touch(INVITATION, UPPER) for _ in range(arguments.times)]
    finally:
        running.stop()
    return [row("Chromium, a colour changes", times)]


def row(name, times):
    ordered = sorted(times)
    last = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return [name, f"{statistics.median(ordered) * 1000:.0f}", f"{last * 1000:.0f}", f"{ordered[-1] * 1000:.0f}"]


class Display(screen.Screen):
    """A display that can be touched."""

    def __init__(self):
        super().__init__()
        if (self.width, self.height) != (WIDTH, HEIGHT):
            raise SystemExit(f"the display must have {WIDTH}x{HEIGHT} pixels, not {self.width}x{self.height}")
        xtst = ctypes.CDLL(ctypes.util.find_library("Xtst") or "libXtst.so.6")
        pointer, number = ctypes.c_void_p, ctypes.c_int
        xtst.XTestFakeMotionEvent.argtypes = [pointer, number, number, number, ctypes.c_ulong]
        xtst.XTestFakeButtonEvent.argtypes = [pointer, ctypes.c_uint, number, ctypes.c_ulong]
        self._xtst = xtst

    def settle(self, part, running):
        """Waits until a player covers the display and a part of it stays the same for a second."""
        while running.seconds() < 60:
            before = self.part(*part)
            time.sleep(1)
            if not screen.is_bare(self.look()) and self.part(*part) == before:
                return
        raise SystemExit("nothing was shown")

    def touch(self, place, part):
        """Seconds from a touch to the first change of a part; then waits until everything stands still."""
        before = self.part(*part)
        began = time.perf_counter()
        self._xtst.XTestFakeMotionEvent(self._display, -1, *place, 0)
        self._button(1)
        # A finger rests for a moment; what acts when it is let go counts from there.
        released = None
        while (now := time.perf_counter()) - began < LIMIT_S:
            if self.part(*part) != before:
                break
            if released is None and now - began > 0.05:
                self._button(0)
                released = now
        else:
            raise SystemExit(f"nothing changed after a touch at {place}")
        took = time.perf_counter() - (released or began)
        if released is None:
            self._button(0)
        time.sleep(0.15)
        return took

    def _button(self, is_down):
        self._xtst.XTestFakeButtonEvent(self._display, 1, is_down, 0)
        self._x11.XSync(self._display, 0)


if __name__ == "__main__":
    main()
