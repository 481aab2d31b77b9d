"""Two films at once on an upright screen, one in the upper and one in the lower half: CPU time and dropped frames."""

import os
import tempfile
import time

import clips
import counter
import film_players
import loudspeaker
import players

SIZE = (1080, 1920)
NAME = "h264-1080p30"
LIMIT_S = 30

# --- The one place that knows how a show says that two films play at once: a film's key `second`, of
# docs/writing-a-show.md. Where the guide has it not, the player cannot do it.
# Doubled brackets are single ones once the source is filled in.
GUIDE = players.ROOT / "docs/writing-a-show.md"
KEY = 'second = {{ source = "'
SECOND = KEY + '{source}" }}'


def main(arguments):
    """Runs on a display of its own and prints one row."""
    if KEY.split(" =")[0] not in keys_of_films():
        print("The player's guide has no key for a second film: not measured.")
        return
    clip = clips.make(NAME, arguments.seconds)
    os.environ["SESSION_SIZE"] = "x".join(map(str, SIZE))
    film_players.rule_windows(clips.FOLDER.parent / "settings")
    players.enter_display()
    display = counter.Counter()
    with tempfile.TemporaryDirectory(prefix="motcua-video-") as folder, loudspeaker.Loudspeaker():
        stage = film_players.Players(folder, arguments.player)
        other = clip.film.with_name(f"other-{clip.film.name}")
        command = stage.motcua([clip.film], more=SECOND.format(source=other.name))
        film_players.lie(clip.film, stage.folder / "show" / other.name)
        running = players.Running(command)
        try:
            rows = measure(display, running, clip, arguments.seconds)
        finally:
            running.stop()
    print(f"\n{players.machine()}, {SIZE[0]}x{SIZE[1]}\n")
    players.print_table(["film", "dropped", "repeated", "p95 ms", "CPU s/min of both"], rows)


def keys_of_films():
    """The keys that the guide's examples give to a film."""
    found, inside = set(), False
    for line in GUIDE.read_text(encoding="utf-8").splitlines():
        if line.startswith(("[[", "```")):
            inside = False
        elif line == 'kind = "video"':
            inside = True
        elif line.startswith("[playlist.item.") and found:
            found.add(line.strip("[]").rpartition(".")[2])
        if inside and " = " in line:
            found.add(line.partition(" = ")[0])
    return found


def measure(display, running, clip, seconds):
    display.place = (0, 0, SIZE[0], SIZE[0] * 9 // 16)
    heights = await_both(display, running)
    x, _, width, _ = display.row()
    seen = [counter.Seen(), counter.Seen()]
    before, began = players.cpu_seconds(running.pid), time.monotonic()
    counter.Counter.hurry()
    while (now := time.monotonic()) - began < seconds:
        for height, one in zip(heights, seen):
            one.note(now, running.began, counter.decode(display.part(x, height, width, 1)))
        time.sleep(counter.LOOK_S)
    cpu = (players.cpu_seconds(running.pid) - before) * 60 / (time.monotonic() - began)
    rows = []
    for name, one in zip(("upper", "lower"), seen):
        frames = one.frames(clip.nominal_s())
        p95 = f"{frames.p95_s * 1000:.1f}" if frames.p95_s else "none"
        rows.append([name, frames.dropped, frames.repeated, p95, f"{cpu:.1f}"])
    return rows


def await_both(display, running):
    while running.seconds() < LIMIT_S and not running.has_ended():
        heights = display.find()
        if len(heights) == 2:
            return heights
        time.sleep(0.2)
    raise SystemExit("two films were not seen at once")
