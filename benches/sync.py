#!/usr/bin/env python3
"""What a screen's download costs beside curl's, and how fast and how small a change of one item is.

First a release of 1 GiB in 40 files is taken by `motcua sync --once`, and the same files by curl, from the same nginx
and as many at once. Then one picture of 50 KB in a show of 500 is changed and pushed to a player on a virtual display.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import players
import served
import shows

UNIT = "Phường Phú Lợi"
FILES = 40
WHOLE = 1 << 30


def main():
    arguments = parse()
    players.enter_display()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        folder = pathlib.Path(folder)
        downloads = None if arguments.only == "change" else measure_downloads(arguments, folder / "download")
        changes = None if arguments.only == "download" else measure_changes(arguments, folder / "change")
    print(f"\n{served.machine()}\n")
    if downloads:
        report_downloads(downloads)
    if changes:
        report_changes(changes)


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of each that count")
    parser.add_argument("--at-once", type=int, default=3, help="downloads at once, of both")
    parser.add_argument("--player", default=players.ROOT / "target/release/motcua", help="the player to measure")
    parser.add_argument("--server", default=players.ROOT / "target/release/motcua-server", help="the server it uses")
    parser.add_argument("--folder", help="where files are written; the system's place for temporary ones without it")
    parser.add_argument("--only", choices=["download", "change"], help="measure one of the two")
    return parser.parse_args()


# --- the download

def measure_downloads(arguments, folder):
    folder.mkdir()
    port = served.free_port()
    server = served.Server(
        arguments.server, folder / "server", "--plain", "--address", f"http://127.0.0.1:{port}",
        settings='accel_redirect = "/motcua-blobs"\ntrusted_proxies = ["127.0.0.1"]\n',
    ).start()
    nginx = None
    try:
        nginx = in_front_of(server, folder / "nginx", port)
        unit = server.add_unit(UNIT)
        paired = folder / "paired"
        screen = served.Screen(arguments.player, f"http://127.0.0.1:{port}", paired, "--windowed", "640x360")
        try:
            identity = screen.be_taken(server, unit, "Sảnh tầng 1")
        finally:
            screen.stop()
        release = publish_whole(server, unit)
        return alternate(arguments, folder, port, identity, release)
    finally:
        server.stop()
        if nginx:
            nginx.stop()


def in_front_of(server, folder, port):
    """nginx as deploy/ has it, in plain HTTP: it asks the server who may read, and sends the files itself."""
    return served.Nginx(
        folder,
        f"upstream motcua {{ server 127.0.0.1:{server.port}; keepalive 64; }}\n"
        f"server {{ listen 127.0.0.1:PORT; set $motcua_blobs {server.data}/blobs; include {served.LOCATIONS}; }}\n",
        port=port,
    )


def publish_whole(server, unit):
    print(f"  publishing {FILES} files of {WHOLE / FILES / 1e6:.0f} MB", flush=True)
    announcement = shows.announcement("Chiều nay quầy số 2 chuyển sang tầng 2")
    files = {"show.toml": server.put_blob(announcement.encode())}
    for number in range(FILES):
        length = WHOLE // FILES + (number < WHOLE % FILES)
        files[f"media/{number:02}.bin"] = server.put_blob(os.urandom(length))
    server.publish(unit, "1 GiB", files)
    return files


def alternate(arguments, folder, port, identity, release):
    """Each in turn, once without counting; seconds, CPU seconds and peak KiB of each run."""
    config = folder / "motcua.toml"
    config.write_text(f"downloads = {arguments.at_once}\nleave_free_mb = 0\n")
    target = folder / "target"
    names = folder / "curl.conf"
    names.write_text(curl_config(port, identity["token"], release, target, arguments.at_once))
    curl = ["curl", "--config", names]
    after = 'curl --config "$0" && openssl dgst -sha256 "$1"/* >/dev/null && sync "$1"/*'
    subjects = {
        "motcua sync --once": [
            pathlib.Path(arguments.player).resolve(),
            "--config", config, "--log", "error", "sync", "--once", "--state", target,
        ],
        "curl": curl,
        "curl, then openssl dgst and sync": ["sh", "-c", after, names, target],
    }
    taken = {name: [] for name in subjects}
    for run in range(arguments.runs + 1):
        for name, command in subjects.items():
            served.remove(target)
            if name.startswith("motcua"):
                subprocess.run(["cp", "-r", folder / "paired", target], check=True)
            else:
                target.mkdir()
            # What the run before left to be written is not this one's work.
            os.sync()
            figures = measure(command)
            check_whole(name, target, release)
            if run > 0:
                taken[name].append(figures)
            seconds, cpu, peak = figures
            print(
                f"  run {run} of {arguments.runs}: {name:34} {seconds:6.2f} s {cpu:6.2f} CPU s {peak:8} KiB", flush=True,
            )
    return taken


def curl_config(port, token, release, target, at_once):
    lines = [
        "no-progress-meter", "fail", "parallel", f"parallel-max = {at_once}",
        f'header = "Authorization: Bearer {token}"',
    ]
    for file in release.values():
        sha256 = file["sha256"]
        lines.append(f'url = "http://127.0.0.1:{port}/repository/blobs/sha256/{sha256[:2]}/{sha256}"')
        lines.append(f'output = "{target}/{sha256}"')
    return "\n".join(lines) + "\n"


def measure(command):
    """Seconds, CPU seconds and the peak of resident memory in KiB of a command with its children."""
    began = time.monotonic()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)
    peak = 0
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        # The mark only rises, so what is missed is what rose in the last hundredth of a second.
        peak = max(peak, served.status_kilobytes(process.pid, "VmHWM") or 0)
        time.sleep(0.01)
    seconds = time.monotonic() - began
    # The process was waited for here.
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} failed with {process.returncode}")
    return seconds, usage.ru_utime + usage.ru_stime, peak


def check_whole(name, target, release):
    held = {path.name: path.stat().st_size for path in target.rglob("*") if path.is_file()}
    missing = [file for file in release.values() if held.get(file["sha256"]) != file["length"]]
    if missing:
        raise SystemExit(f"{name} left {len(missing)} of {len(release)} files out")


def report_downloads(taken):
    medians = {name: [statistics.median(column) for column in zip(*runs)] for name, runs in taken.items()}
    reference = medians["curl"]
    rows = []
    for name, runs in taken.items():
        seconds, cpu, peak = medians[name]
        spread = f"{seconds:.2f} ({min(run[0] for run in runs):.2f}-{max(run[0] for run in runs):.2f})"
        memory = f"{peak * 1.024 / 1000:.1f}" if not name.endswith("sync") else ""
        rows.append([
            name, spread, f"{seconds / reference[0]:.2f}", f"{cpu:.2f}", f"{cpu / reference[1]:.2f}", memory,
        ])
    players.print_table(
        ["1 GiB in 40 files", "s, median (least-most)", "times curl's", "CPU s", "times curl's", "peak MB"], rows
    )
    print()


# --- the change

def measure_changes(arguments, folder):
    folder.mkdir()
    server = served.Server(arguments.server, folder / "server").start()
    screen = None
    try:
        unit = server.add_unit(UNIT)
        relay = served.Relay(server.port)
        show = shows.Pictures(folder / "show")
        screen = served.Screen(arguments.player, f"https://127.0.0.1:{relay.port}", folder / "screen")
        screen.be_taken(server, unit, "Sảnh tầng 1")
        print(f"  pushing {shows.PICTURES} pictures for the first time", flush=True)
        push(arguments, server, show)
        screen.await_event(event="release", seconds=300)
        # Which of the pictures is on the display depends on the time of day.
        shown = screen.await_event(event="shown")[1]["item"]
        other = next(item for item in show.items if item != shown)
        taken = {"the item on the display": [], "another item": []}
        for run in range(arguments.runs + 1):
            for name, item, await_it in (
                ("the item on the display", shown, await_shown), ("another item", other, await_held),
            ):
                figures = change(arguments, server, relay, screen, show, item, await_it)
                if run > 0:
                    taken[name].append(figures)
                print(
                    f"  run {run} of {arguments.runs}: {name:24} {figures[0]:8} bytes down {figures[1]:7} up, "
                    f"push {figures[2]:.2f} s, there {figures[3]:+.3f} s after its end", flush=True,
                )
        return taken
    finally:
        if screen:
            screen.stop()
        server.stop()


def push(arguments, server, show):
    """Pushes the show; when that began and when it was over."""
    command = [arguments.player, "--log", "error", "push", show.folder, "--unit", UNIT, "--data", server.data]
    began = time.monotonic()
    done = subprocess.run([str(part) for part in command], check=False, capture_output=True, text=True)
    ended = time.monotonic()
    if done.returncode:
        raise SystemExit(f"motcua push failed: {done.stdout}{done.stderr}")
    return began, ended


def change(arguments, server, relay, screen, show, item, await_it):
    """Bytes to the screen and from it, the seconds of the push, and those from its end until the change is there."""
    wait_until_silent(relay)
    show.draw(item)
    before = relay.bytes()
    held = pointer(screen)
    began, ended = push(arguments, server, show)
    at = await_it(screen, item, held)
    wait_until_silent(relay)
    down, up = (after - earlier for after, earlier in zip(relay.bytes(), before))
    return down, up, ended - began, at - ended


def wait_until_silent(relay):
    """A round is over when nothing has passed for a second."""
    while time.monotonic() - relay.last < 1:
        time.sleep(0.05)


def await_shown(screen, item, _):
    return screen.await_event(event="shown", item=item)[0]


def await_held(screen, _, before):
    """When the store went over to another release."""
    def is_switched():
        return pointer(screen) != before and time.monotonic()

    return screen.process.await_that("the switch of the release", is_switched)


def pointer(screen):
    """What the store names as its current release."""
    return (screen.state / "store/current").read_text()


def report_changes(taken):
    rows = []
    for name, runs in taken.items():
        down, up, pushed, after = (statistics.median(column) for column in zip(*runs))
        latest = max(run[3] for run in runs)
        whole = statistics.median(run[2] + run[3] for run in runs)
        what = "shown" if name.startswith("the item") else "ready"
        rows.append([
            name, f"{down / 1000:.0f}", f"{up / 1000:.0f}", f"{pushed:.2f}", what,
            f"{after:.2f} ({latest:.2f})", f"{whole:.2f}",
        ])
    head = [
        f"one of {shows.PICTURES} items changed", "KB to the screen", "KB from it", "push, s", "it is",
        "s after the push (most)", "s after its start",
    ]
    players.print_table(head, rows)


if __name__ == "__main__":
    sys.exit(main())
