#!/usr/bin/env python3
"""Films: CPU time, dropped frames, sound against picture, memory and gaps, beside mpv, GStreamer, Chromium and ffplay.

Every player plays the same numbered clips over the whole of a virtual display into the same sound device. CPU time is
counted in a pass in which the display is hardly looked at; pictures, starts, gaps and sound are each recorded in passes
of their own. `video changes` counts memory over many items, `video two` plays two films at once.
"""

import argparse
import dataclasses
import pathlib
import statistics
import tempfile
import time

import clips
import counter
import film_players
import loudspeaker
import players
import video_changes
import video_report
import video_two

LIMIT_S = 30
# What is left alone after the first frame before CPU time is counted.
SETTLE_S = 3
# Samples of memory, none of them in a pass that measures time.
MEMORY_EVERY_S = 0.5
MEASURES = ("cpu", "pictures", "starts", "sound", "gaps")
FLOORS = ("decode", "decode-sound")


@dataclasses.dataclass
class Result:
    """What was measured of one player and one clip; lists hold a value a round."""

    name: str
    is_own: bool = False
    is_floor: bool = False
    cpu: list = dataclasses.field(default_factory=list)
    server: list = dataclasses.field(default_factory=list)
    frames: list = dataclasses.field(default_factory=list)
    first_pixel: list = dataclasses.field(default_factory=list)
    first_frame: list = dataclasses.field(default_factory=list)
    offsets: list = dataclasses.field(default_factory=list)
    memory: list = dataclasses.field(default_factory=list)
    # Seconds from the last frame of one clip to the first of the next, and frames of both that were not seen.
    gaps: list = dataclasses.field(default_factory=list)


def main():
    arguments = parse()
    if arguments.part == "two":
        video_two.main(arguments)
        return
    film_players.rule_windows(clips.FOLDER.parent / "settings")
    made = [clips.make(name, arguments.seconds) for name in arguments.clips]
    players.enter_display()
    display = counter.Counter()
    with tempfile.TemporaryDirectory(prefix="motcua-video-") as folder:
        stage = film_players.Players(folder, arguments.player)
        if arguments.part == "changes":
            video_changes.measure(stage, made, arguments)
            return
        print(f"\n{players.machine()}", flush=True)
        for clip in made:
            results = measure_clip(display, stage, clip, arguments)
            video_report.report(clip, results, arguments)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="?", choices=["all", "changes", "two"], default="all")
    known = list(clips.FORMS)
    parser.add_argument("--clips", type=words(known), default=known, help=f"of {', '.join(known)}")
    parser.add_argument(
        "--players", type=words(film_players.NAMES + FLOORS), default=list(film_players.NAMES + FLOORS),
        help=f"of {', '.join(film_players.NAMES + FLOORS)}",
    )
    parser.add_argument("--measures", type=words(MEASURES), default=list(MEASURES), help=f"of {', '.join(MEASURES)}")
    parser.add_argument("--seconds", type=int, default=60, help="how long CPU time and pictures are measured")
    parser.add_argument("--rounds", type=int, default=1, help="how often, the players in turn")
    parser.add_argument("--starts", type=int, default=3, help="how often each player is started for the first frame")
    parser.add_argument("--changes", type=int, default=10_000, help="how many items the part `changes` plays")
    parser.add_argument("--player", default=players.ROOT / "target/release/motcua", help="the player to measure")
    return parser.parse_args()


def words(known):
    def read(text):
        chosen = text.split(",")
        for name in chosen:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(known)}")
        return chosen
    return read


def measure_clip(display, stage, clip, arguments):
    subjects = {name: one for name, one in stage.subjects().items() if name in arguments.players}
    results = {name: Result(one.name, is_own=one.is_own) for name, one in subjects.items()}
    for turn in range(arguments.rounds):
        # Each round begins with another player, so that none always comes after the same one.
        names = list(subjects)
        names = names[turn % len(names):] + names[:turn % len(names)] if names else []
        if "cpu" in arguments.measures:
            measure_floors(clip, results, arguments)
            for name in names:
                measure_cpu(display, subjects[name], clip, results[name], arguments.seconds)
        for measure, wanted in (
            (measure_pictures, "pictures"), (measure_starts, "starts"), (measure_sound, "sound"), (measure_gap, "gaps")
        ):
            if wanted in arguments.measures:
                for name in names:
                    measure(display, subjects[name], clip, results[name], arguments)
    return results


def say(clip, name, what):
    print(f"  {clip.form.name}, {name}: {what}", flush=True)


def measure_floors(clip, results, arguments):
    """CPU time of what shows nothing."""
    if "decode" in arguments.players:
        result = results.setdefault("decode", Result("decoding only (ffmpeg)", is_floor=True))
        running = players.Running(film_players.decoding(clip.film))
        result.cpu.append(running.wait() * 60 / clip.seconds)
        say(clip, result.name, f"{result.cpu[-1]:.1f} CPU s")
    if "decode-sound" not in arguments.players:
        return
    for name, title, command in (
        ("decode-sound", "decoding with sound (ffmpeg -re)", film_players.decoding_with_sound),
        ("decode-mpv", "decoding with sound (mpv --vo=null)", film_players.decoding_in_mpv),
    ):
        result = results.setdefault(name, Result(title, is_floor=True))
        # All of it, to the end: what falls behind on a busy machine decodes every frame all the same.
        with loudspeaker.Loudspeaker():
            result.cpu.append(players.Running(command(clip.film)).wait() * 60 / clip.seconds)
        say(clip, title, f"{result.cpu[-1]:.1f} CPU s")


def measure_cpu(display, subject, clip, result, seconds):
    """CPU time of player and display server, for a minute of the clip by the numbers on the screen."""
    server = players.display_server()
    with Played(display, subject, [clip.film]) as running:
        if not display.wait(running, LIMIT_S):
            raise SystemExit(f"{subject.name} did not show {clip.film.name} within {LIMIT_S} s")
        time.sleep(SETTLE_S)
        first, began = steady(display), time.monotonic()
        before, served = players.cpu_seconds(running.pid), players.cpu_seconds(server) if server else 0.0
        time.sleep(seconds)
        used = players.cpu_seconds(running.pid) - before
        server_used = players.cpu_seconds(server) - served if server else 0.0
        last, ended = steady(display), time.monotonic()
        ensure_alive(running, subject.name)
    passed = (last - first) * clip.nominal_s() if first is not None and last is not None else 0
    if abs(passed - (ended - began)) > 0.5 + 0.02 * seconds:
        say(clip, subject.name, f"the clip went on by {passed:.1f} s in {ended - began:.1f} s")
    passed = passed if passed > 0 else ended - began
    result.cpu.append(used * 60 / passed)
    result.server.append(server_used * 60 / passed)
    say(clip, subject.name, f"{result.cpu[-1]:.1f} CPU s, display server {result.server[-1]:.1f}")


def steady(display):
    """The number on the screen; a look may meet a picture that is just being replaced."""
    for _ in range(20):
        reading = display.read()
        if reading:
            return reading.number
        time.sleep(0.01)
    return None


def measure_pictures(display, subject, clip, result, arguments):
    """Which frames are seen, and how they follow each other."""
    last = clip.seconds * clip.form.frames_a_second - 2
    with Played(display, subject, [clip.film]) as running:
        seen = display.watch(running, min(arguments.seconds, clip.seconds - 1), lambda reading: reading.number >= last)
        ensure_alive(running, subject.name)
    frames = seen.frames(clip.nominal_s())
    result.frames.append(frames)
    p95 = f"{frames.p95_s * 1000:.1f} ms" if frames.p95_s else "none"
    say(clip, subject.name, (
        f"{frames.seen} frames seen, {frames.dropped} dropped, {frames.repeated} repeated, "
        f"{frames.unsure} not looked at, p95 {p95}"
    ))


def measure_starts(display, subject, clip, result, arguments):
    """Time from exec to the first pixel and to the first whole frame."""
    for _ in range(arguments.starts):
        with Played(display, subject, [clip.film]) as running:
            seen = display.watch(running, 2, lambda reading: reading.is_full)
        if seen.first_frame_s is not None:
            result.first_pixel.append(seen.first_pixel_s)
            result.first_frame.append(seen.first_frame_s)
    if result.first_frame:
        say(clip, subject.name, f"first frame after {statistics.median(result.first_frame) * 1000:.0f} ms")


def measure_sound(display, subject, clip, result, arguments):
    """By how much beeps are heard after flashes are seen; and memory meanwhile."""
    seconds = min(max(arguments.seconds, 10), clips.BEEPS_S - 2)
    with Played(display, subject, [clip.beeps]) as running, tempfile.TemporaryDirectory() as folder:
        recorder = loudspeaker.Recorder(pathlib.Path(folder), display.flashing())
        display.wait(running, LIMIT_S)
        until, most = time.monotonic() + seconds, 0.0
        while time.monotonic() < until and not running.has_ended():
            most = max(most, players.memory_mb(running.pid)[1])
            time.sleep(MEMORY_EVERY_S)
        offsets = recorder.offsets()
    result.memory.append(most)
    result.offsets.extend(offsets)
    found = loudspeaker.summary(offsets)
    heard = f"{found[0] * 1000:+.0f} ms, spread {found[1] * 1000:.1f} ms" if found else "nothing that belongs together"
    say(clip, subject.name, f"sound - picture {heard}; {most:.0f} MB")


def measure_gap(display, subject, clip, result, _arguments):
    """The time from the last frame of one clip to the first of the next."""
    if not subject.plays_lists:
        return
    one, other = clip.pair
    # The first time may begin late and end early, where a show follows the time of day; the second is as always.
    films = [one, one, other]
    with Played(display, subject, films) as running:
        seen = display.watch(
            running, clips.PLAYLIST_S * len(films), lambda reading: reading.number >= clips.SECOND_FROM + 30
        )
    after = [change for change in seen.changes if change[1] >= clips.SECOND_FROM]
    before = [change for change in seen.changes if after and change[0] < after[0][0]]
    if not before or not after:
        say(clip, subject.name, "no cut was seen")
        return
    gap = after[0][0] - before[-1][0]
    lost = clips.frames(one) - 1 - before[-1][1] + after[0][1] - clips.SECOND_FROM
    result.gaps.append((gap, lost))
    say(clip, subject.name, f"gap {gap * 1000:.0f} ms, {lost} frames not seen at the cut")


class Played:
    """A player that plays films into a sound device of its own, for the time of a `with`."""

    def __init__(self, display, subject, films):
        self._display, self._subject, self._films = display, subject, films
        self._speaker = loudspeaker.Loudspeaker()

    def __enter__(self):
        width, height = self._subject.size or (self._display.width, self._display.height)
        self._display.place = (0, 0, width, height)
        # The window of the player before is gone before this one starts.
        for _ in range(100):
            if self._display.read() is None:
                break
            time.sleep(0.05)
        command = self._subject.command(self._films)
        self._speaker.__enter__()
        self._running = players.Running(command)
        return self._running

    def __exit__(self, *problem):
        self._running.stop()
        self._speaker.__exit__(*problem)


def ensure_alive(running, name):
    if running.has_ended():
        raise SystemExit(f"{name} ended while it was measured")


if __name__ == "__main__":
    main()
