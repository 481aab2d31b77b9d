"""Memory, processes and descriptors of the player over many changes of items: does anything grow?

The show holds one short clip of each form and is played over and over; an announcement stands among the clips, as
in an office. A clip without `dwell` lasts as long as it is, which may be less than the shortest `dwell`. What is counted is
what the player itself says it has shown.
"""

import os
import statistics
import time

import loudspeaker
import players

# After this part of the changes everything that is kept has been filled.
WARM_UP = 0.1
# Memory swings with the item on the screen: the median of these.
SAMPLES = 15
MOST_GROWTH = 2.0
STALLED_S = 30

ANNOUNCEMENT = """
[[playlist.item]]
kind = "announcement"
name = "notice"
dwell = "1s"
title = "Nộp hồ sơ trực tuyến, lệ phí chỉ còn một nửa"
"""


def measure(stage, made, arguments):
    """Plays the show until so many items were shown and prints what is held at the beginning, then, and at the end."""
    command = stage.motcua([clip.short for clip in made])
    with (stage.folder / "show/show.toml").open("a", encoding="utf-8") as show:
        show.write(ANNOUNCEMENT)
    events = stage.folder / "events"
    rows, warm = [], None
    with loudspeaker.Loudspeaker(), events.open("wb") as output:
        running = players.Running([*command, "--events"], output)
        began = time.monotonic()
        try:
            for name, share in (("beginning", 0), ("warmed up", WARM_UP), ("half", 0.5), ("end", 1)):
                until = max(len(made) + 1, int(arguments.changes * share))
                await_shown(events, until, running)
                held, processes, descriptors = hold(running)
                warm = held if name == "warmed up" else warm
                grown = f"{(held / warm - 1) * 100:+.1f} %" if warm else ""
                rows.append([name, shown(events), f"{held:.1f}", grown, processes, descriptors])
                print(f"  {name}: {' '.join(str(cell) for cell in rows[-1][1:])}", flush=True)
        finally:
            running.stop()
    minutes = (time.monotonic() - began) / 60
    print(f"\n{players.machine()}\n")
    players.print_table(["", "items shown", "PSS MB", "since warmed up", "processes", "descriptors"], rows)
    growth = (float(rows[-1][2]) / warm - 1) * 100
    print(f"\n- {rows[-1][1]} items in {minutes:.0f} minutes")
    verdict = "met" if growth < MOST_GROWTH else "NOT MET"
    print(f"- {verdict}: memory grows by less than {MOST_GROWTH} %: {growth:+.1f} %")


def shown(events):
    return events.read_bytes().count(b'"event":"shown"')


def await_shown(events, count, running):
    """Waits for a number of items; a player that shows nothing more ends the benchmark."""
    before, changed = -1, time.monotonic()
    while (now := shown(events)) < count:
        if running.has_ended():
            raise SystemExit(f"the player ended after {now} items")
        if now != before:
            before, changed = now, time.monotonic()
        elif time.monotonic() - changed > STALLED_S:
            raise SystemExit(f"the player has shown nothing more for {STALLED_S} s, after {now} items")
        time.sleep(1)


def hold(running):
    """Proportional memory in MB, and the number of processes and of open descriptors, each in the middle of several."""
    looks = []
    for _ in range(SAMPLES):
        family = players.family(running.pid)
        looks.append((players.memory_mb(running.pid)[1], len(family), sum(map(descriptors, family))))
        time.sleep(0.7)
    return tuple(statistics.median(column) for column in zip(*looks))


def descriptors(pid):
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        # A decoder that has just ended.
        return 0
