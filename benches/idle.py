#!/usr/bin/env python3
"""CPU time and memory while a still stands, with clock and with ticker, beside mpv and Chromium.

Each player shows the same picture over the whole of a virtual display. After it has settled, the time that the player
and the X server take is counted, and then the memory is read.
"""

import argparse
import tempfile
import time

import players
import screen

LIMIT_S = 30


def main():
    arguments = parse()
    players.enter_display()
    display = screen.Screen()
    server = players.display_server()
    with tempfile.TemporaryDirectory() as folder:
        stage = players.Stage(folder, arguments.player)
        expected = display.columns_of(stage.expected)
        subjects = [
            ("motcua, still with clock", stage.motcua(), expected),
            # The ticker's letters lie in the columns: that something covers the display has to do.
            ("motcua, the same with ticker", stage.motcua("ticker"), None),
            ("mpv, still", stage.mpv(), expected),
            ("Chromium, still", stage.chromium(), expected),
        ]
        rows = []
        for name, command, picture in subjects:
            print(f"  {name}: {arguments.settle} s to settle, {arguments.seconds} s measured", flush=True)
            rows.append([name, *measure(display, command, picture, server, arguments)])
    report(rows)


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long each player is measured")
    parser.add_argument("--settle", type=float, default=15, help="how long it is left alone before")
    parser.add_argument("--player", default=players.ROOT / "target/release/motcua", help="the player to measure")
    return parser.parse_args()


def measure(display, command, picture, server, arguments):
    """CPU seconds a minute of the player and of the X server, and resident memory in MB, whole and shared out."""
    running = players.Running(command)
    try:
        wait_until_shown(display, running, picture, command)
        time.sleep(arguments.settle)
        began = time.monotonic()
        player_before, server_before = times(running, server)
        time.sleep(arguments.seconds)
        player_after, server_after = times(running, server)
        minutes = (time.monotonic() - began) / 60
        if running.has_ended():
            raise SystemExit(f"{command[0]} ended while it was measured")
        resident, shared_out = players.memory_mb(running.pid)
    finally:
        running.stop()
    return (player_after - player_before) / minutes, (server_after - server_before) / minutes, resident, shared_out


def times(running, server):
    return players.cpu_seconds(running.pid), players.cpu_seconds(server) if server else 0.0


def wait_until_shown(display, running, picture, command):
    while running.seconds() < LIMIT_S:
        columns = display.look()
        if not screen.is_bare(columns) and (picture is None or screen.is_same(columns, picture)):
            return
        time.sleep(0.1)
    raise SystemExit(f"{command[0]} did not show the picture within {LIMIT_S} s: {' '.join(command)}")


def report(rows):
    print(f"\n{players.machine()}\n")
    own = rows[0][-1]
    table = [
        [
            name, f"{player:.2f}", f"{player / 60 * 100:.2f} %", f"{server:.2f}", f"{resident:.0f}", f"{shared_out:.0f}",
            f"{shared_out / own:.1f}",
        ]
        for name, player, server, resident, shared_out in rows
    ]
    head = ["", "CPU s a minute", "of one core", "X server s a minute", "RSS MB", "PSS MB", "times motcua's"]
    players.print_table(head, table)


if __name__ == "__main__":
    main()
