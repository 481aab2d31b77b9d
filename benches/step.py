#!/usr/bin/env python3
"""Two screens of a sync group whose clocks are 50 ms apart: how far apart is what they show?

Each screen has a display of its own and belongs to one server. A film whose frames are numbered and an announcement play in turn; both
displays are looked at all the time, and the instants at which the same number comes up on both are compared. Beside it the
same two screens that are in no group.
"""

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import clips
import counter
import loudspeaker
import players
import served

UNIT = "Phường Phú Lợi"
CLIP = "h264-720p30"
CLIP_S = 10
# Numbers that come up on both displays within this time belong together.
TOGETHER_S = 2.0
# After the first frame, in which the server's clock is asked for and followed.
SETTLE_S = 25
SHOW = """
title = "Trung tâm Phục vụ hành chính công"

[[playlist]]
name = "loop"
default = true

[[playlist.item]]
kind = "video"
name = "film"
source = "film.mp4"
dwell = "10s"

[[playlist.item]]
kind = "announcement"
name = "notice"
dwell = "5s"
title = "Nộp hồ sơ trực tuyến, lệ phí chỉ còn một nửa"
"""


def main():
    if sys.argv[1:2] == ["watch"]:
        watch(float(sys.argv[2]))
        return
    arguments = parse()
    clip = clips.make(CLIP, CLIP_S)
    rows = []
    with tempfile.TemporaryDirectory(prefix="motcua-step-") as folder, loudspeaker.Loudspeaker():
        folder = pathlib.Path(folder)
        show = folder / "show"
        show.mkdir()
        shutil.copy(clip.film, show / "film.mp4")
        (show / "show.toml").write_text(SHOW)
        server = served.Server(arguments.server, folder / "server").start()
        try:
            server.add_unit(UNIT)
            subprocess.run(
                [arguments.player, "--log", "error", "push", show, "--unit", UNIT, "--data", server.data],
                check=True, stdout=subprocess.DEVNULL,
            )
            for name, options in (("in one sync group", ["--sync-group", "hall"]), ("each alone", [])):
                apart = measure(arguments, server, folder / name.replace(" ", "-"), options)
                rows.append([name, *row(apart)])
                print(f"  {' '.join(str(cell) for cell in rows[-1])}", flush=True)
        finally:
            server.stop()
    print(f"\n{served.machine()}; clocks {arguments.apart_ms} ms apart, {arguments.seconds} s\n")
    players.print_table(["", "frames compared", "median ms", "p95 ms", "most ms"], rows)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60, help="how long the displays are looked at")
    parser.add_argument("--apart-ms", type=int, default=50, help="how much the second screen's clock is ahead")
    parser.add_argument("--player", default=players.ROOT / "target/release/motcua", help="the player to measure")
    parser.add_argument("--server", default=players.ROOT / "target/release/motcua-server", help="its server")
    return parser.parse_args()


def row(apart):
    apart = sorted(abs(one) * 1000 for one in apart)
    if not apart:
        return [0, "", "", ""]
    p95 = apart[int(len(apart) * 0.95)]
    return [len(apart), f"{statistics.median(apart):.1f}", f"{p95:.1f}", f"{apart[-1]:.1f}"]


def measure(arguments, server, folder, options):
    """The seconds by which the second screen shows each number later than the first."""
    folder.mkdir()
    with contextlib.ExitStack() as ends:
        screens = []
        for number, ahead_ms in enumerate((0, arguments.apart_ms)):
            display = Display()
            ends.callback(display.stop)
            player = wrapper(folder / f"player-{number}", arguments.player, ahead_ms, display.name)
            screen = served.Screen(player, server.url, folder / f"state-{number}", *options)
            ends.callback(screen.stop)
            screen.be_taken(server, UNIT, f"màn hình {number}")
            screens.append((screen, display))
        for screen, _ in screens:
            screen.await_event(event="shown")
        time.sleep(SETTLE_S)
        watchers = [
            subprocess.Popen(
                [sys.executable, __file__, "watch", str(arguments.seconds)], stdout=subprocess.PIPE,
                env=dict(os.environ, DISPLAY=display.name), text=True,
            )
            for _, display in screens
        ]
        first, second = [json.loads(watcher.communicate()[0]) for watcher in watchers]
    return compare(first, second)


def compare(first, second):
    """The differences between the instants of equal numbers that belong together."""
    apart, later = [], 0
    for at, number in first:
        while later < len(second) and second[later][0] < at - TOGETHER_S:
            later += 1
        near = [other - at for other, same in second[later:later + 400] if same == number]
        near = [one for one in near if abs(one) < TOGETHER_S]
        if near:
            apart.append(min(near, key=abs))
    return apart


def wrapper(path, player, ahead_ms, display):
    """A program that starts the player on a display, with a clock that is ahead."""
    ahead = f"faketime -f +{ahead_ms / 1000:.3f}s " if ahead_ms else ""
    # What runs by the other clock must not: only the time of day is ahead.
    path.write_text(
        f"#!/bin/sh\nexport DISPLAY={display} FAKETIME_DONT_FAKE_MONOTONIC=1\nexec {ahead}{pathlib.Path(player).resolve()} \"$@\"\n"
    )
    path.chmod(0o755)
    return path


class Display:
    """A virtual display of the clip's size."""

    def __init__(self):
        read, write = os.pipe()
        form = clips.FORMS[CLIP]
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "Xvfb", "-displayfd", str(write), "-screen", "0",
             f"{form.width}x{form.height}x24", "-nolisten", "tcp", "-noreset"],
            pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as pipe:
            self.name = f":{pipe.readline().strip()}"

    def stop(self):
        self._process.terminate()
        self._process.wait()


def watch(seconds):
    """Prints when each number came up on the display that DISPLAY names."""
    display = counter.Counter()
    display.hurry()
    place, changes = display.row(), []
    end = time.monotonic() + seconds
    while (now := time.monotonic()) < end:
        reading = counter.decode(display.part(*place))
        if reading and reading.is_full and (not changes or changes[-1][1] != reading.number):
            changes.append((now, reading.number))
        time.sleep(counter.LOOK_S)
    print(json.dumps(changes))


if __name__ == "__main__":
    main()
