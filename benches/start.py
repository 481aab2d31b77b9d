#!/usr/bin/env python3
"""Time from exec to the first designed picture and to the first item, beside mpv and Chromium.

Each player shows the same picture over the whole of a virtual display, in turn, several times after one start that
does not count. The display is looked at from outside every few milliseconds.
"""

import argparse
import statistics
import tempfile
import time

import players
import screen

# Longer than any of them takes; a player that has not shown the picture by then does not show it.
LIMIT_S = 30
# Between two looks. A look itself takes about a millisecond.
PAUSE_S = 0.002


def main():
    arguments = parse()
    players.enter_display()
    display = screen.Screen()
    with tempfile.TemporaryDirectory() as folder:
        stage = players.Stage(folder, arguments.player)
        expected = display.columns_of(stage.expected)
        card = display.columns_of(stage.card)
        if screen.is_same(card, expected):
            raise SystemExit("the card and the item cannot be told apart in the columns that are looked at")
        commands = {"motcua": stage.motcua, "mpv": stage.mpv, "Chromium": stage.chromium}
        # The player shows its card first, or is on its way from there to the item.
        first_pictures = {"motcua": card}
        taken = {name: [] for name in commands}
        for run in range(arguments.runs + 1):
            for name, command in commands.items():
                times = measure(display, command(), first_pictures.get(name, expected), expected)
                if run > 0:
                    taken[name].append(times)
                print(f"  run {run} of {arguments.runs}: {name:9}" + "".join(f"{ms(at):>8}" for at in times), flush=True)
    report(taken)


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="runs of each player that count")
    parser.add_argument("--player", default=players.ROOT / "target/release/motcua", help="the player to measure")
    return parser.parse_args()


def measure(display, command, first_picture, expected):
    """Seconds until anything covers the display, until a designed picture does, and until the item does."""
    wait_until_bare(display)
    running = players.Running(command)
    covered = first = None
    try:
        while running.seconds() < LIMIT_S:
            columns = display.look()
            now = running.seconds()
            if covered is None and not screen.is_bare(columns):
                covered = now
            if covered is not None:
                if first is None and screen.is_between(columns, first_picture, expected):
                    first = now
                if screen.is_same(columns, expected):
                    return covered, first, now
            if running.has_ended():
                raise SystemExit(f"{command[0]} ended before it showed anything: {' '.join(command)}")
            time.sleep(PAUSE_S)
    finally:
        running.stop()
    raise SystemExit(f"{command[0]} did not show the picture within {LIMIT_S} s: {' '.join(command)}")


def wait_until_bare(display):
    end = time.monotonic() + LIMIT_S
    while not screen.is_bare(display.look()):
        if time.monotonic() > end:
            raise SystemExit("a window of the player before is still on the display")
        time.sleep(0.05)
    # What the player before left behind in caches and exit work is not this one's time.
    time.sleep(0.5)


def spread(times):
    return f"{ms(statistics.median(times))} ({ms(min(times))}-{ms(max(times))})"


def ms(seconds):
    return f"{seconds * 1000:.0f}"


def report(taken):
    print(f"\n{players.machine()}\n")
    rows = []
    for name, runs in taken.items():
        covered, first, item = ([run[index] for run in runs] for index in range(3))
        rows.append([name, spread(covered), spread(first), spread(item)])
    players.print_table(
        ["ms, median (least-most)", "anything", "first designed picture", "the item, whole"], rows
    )


if __name__ == "__main__":
    main()
