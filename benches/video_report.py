"""The table of one clip, with ratios to the floor and to the best peer, and which aims are met."""

import statistics

import loudspeaker
import players

# From the issue: CPU time as a multiple of decoding with sound, the decoder's own process included.
SAME_SIZE, WITH_TICKER, SCALED = 1.12, 1.35, 1.45
OFFSET_MS, SPREAD_MS, MEMORY_MB = 20, 5, 150
HEAD = [
    "", "CPU s/min", "x floor", "x best peer", "display s/min", "dropped", "repeated", "p95 ms", "first pixel ms",
    "first frame ms", "sound - picture ms", "spread ms", "PSS MB", "gap ms", "lost",
]


def report(clip, results, arguments):
    floor = floor_of(results)
    peer = best(results, lambda result: not result.is_own and not result.is_floor)
    print(f"\n{clip.form.name}, {arguments.seconds} s measured\n")
    players.print_table(HEAD, [row(result, floor, peer) for result in results.values()])
    print()
    for name, is_met, found in aims(clip, results, floor, peer):
        print(f"- {'met' if is_met else 'NOT MET'}: {name}: {found}")
    print(flush=True)


def best(results, belongs):
    """The least CPU time of some."""
    costs = [statistics.median(result.cpu) for result in results.values() if result.cpu and belongs(result)]
    return min(costs, default=None)


def floor_of(results):
    """The cheaper of the programs that decode with sound."""
    return best(results, lambda result: result.is_floor and "with sound" in result.name)


def row(result, floor, peer):
    cpu = middle(result.cpu)
    frames = result.frames
    offset = loudspeaker.summary(result.offsets)
    return [
        result.name, cell(cpu, ".1f"),
        cell(cpu and floor and cpu / floor, ".2f"), cell(cpu and peer and cpu / peer, ".2f"), cell(middle(result.server), ".1f"),
        cell(sum(one.dropped for one in frames) if frames else None, "d"),
        cell(sum(one.repeated for one in frames) if frames else None, "d"),
        cell(thousandfold(middle([one.p95_s for one in frames if one.p95_s])), ".1f"),
        cell(thousandfold(middle(result.first_pixel)), ".0f"), cell(thousandfold(middle(result.first_frame)), ".0f"),
        cell(offset and offset[0] * 1000, "+.0f"), cell(offset and offset[1] * 1000, ".1f"),
        cell(max(result.memory, default=None), ".0f"),
        cell(thousandfold(middle([gap for gap, _ in result.gaps])), ".0f"),
        cell(sum(lost for _, lost in result.gaps) if result.gaps else None, "d"),
    ]


def middle(values):
    return statistics.median(values) if values else None


def thousandfold(value):
    return None if value is None else value * 1000


def cell(value, form):
    return "" if value is None else format(value, form)


def aims(clip, results, floor, peer):
    """Every aim that was measured: its name, whether it is met, and what was found."""
    own = results.get("motcua")
    found = []
    if own and own.cpu and floor:
        limit = SAME_SIZE if clip.fits_screen() else SCALED
        found.append(at_most(f"at most {limit} times decoding with sound", middle(own.cpu) / floor, limit, ".2f"))
    for name, limit in (("motcua-ticker", WITH_TICKER), ("motcua-scaled", SCALED)):
        other = results.get(name)
        if other and other.cpu and floor and (clip.fits_screen() or name == "motcua-scaled"):
            found.append(at_most(f"{other.name}: at most {limit} times it", middle(other.cpu) / floor, limit, ".2f"))
    if own and own.cpu and peer:
        ratio = middle(own.cpu) / peer
        found.append(("less CPU time than every peer", ratio < 1, f"{ratio:.2f} of the best"))
    if own:
        found += of_pictures(clip, own, results.get("mpv"))
        found += of_sound(clip, own)
    return found


def of_pictures(clip, own, mpv):
    found = []
    if own.frames and clip.fits_screen():
        dropped = sum(frames.dropped for frames in own.frames)
        found.append(at_most("no dropped frame", dropped, 0, "d"))
    if own.frames and mpv and mpv.frames:
        ours, theirs = (middle([frames.p95_s or 9 for frames in one.frames]) * 1000 for one in (own, mpv))
        found.append(at_most("interval p95 no more than mpv's", ours, theirs, ".1f"))
    if own.first_frame and mpv and mpv.first_frame:
        ours, theirs = (middle(one.first_frame) * 1000 for one in (own, mpv))
        found.append(at_most("first frame no later than mpv's", ours, theirs, ".0f"))
    return found


def of_sound(clip, own):
    found = []
    offset = loudspeaker.summary(own.offsets)
    if offset:
        found.append(at_most("sound within 20 ms of the picture", abs(offset[0]) * 1000, OFFSET_MS, ".0f"))
        found.append(at_most("spread 5 ms", offset[1] * 1000, SPREAD_MS, ".1f"))
    if own.memory:
        found.append(at_most("memory of the process tree under 150 MB", max(own.memory), MEMORY_MB, ".0f"))
    if own.gaps:
        beside = max(abs(gap - clip.nominal_s()) for gap, _ in own.gaps) * 1000
        found.append(at_most("gap within half a frame of the nominal", beside, clip.nominal_s() * 500, ".1f"))
        found.append(at_most("no frame lost at the cut", sum(lost for _, lost in own.gaps), 0, "d"))
    return found


def at_most(name, value, limit, form):
    return name, value <= limit, f"{value:{form}} against {limit:{form if isinstance(limit, float) else ''}}"
