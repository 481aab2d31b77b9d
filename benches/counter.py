"""The number in the upper left of every frame: how it is drawn, and how it is read again from a display.

Twenty-four cells in a row: one white and one black, against which the others are judged, fourteen bits of the number,
four of a check sum, and four that flash white at each whole second. What lies between black and white, as in a
cross-fade or a torn row, is no reading.
"""

import dataclasses
import os
import time

import screen

CELLS = 24
BITS = 14
CHECK = 4
FLASH = 4

# Place and size of the row, in parts of the picture's width and height.
LEFT, TOP, WIDTH, HEIGHT = 0.05, 0.05, 0.3, 0.044

# Levels of 255: from where white and black can be told apart, and from where the picture stands in its full strength.
LEAST_CONTRAST = 16
FULL_WHITE, FULL_BLACK = 200, 55
# How far a cell may lie from black or white, as a part of the contrast; encoding and scaling blur the edges only.
SLACK = 0.3

# Between two looks, so that a change is timed to a tenth of a frame at 60 a second.
LOOK_S = 0.0015


@dataclasses.dataclass
class Reading:
    """What one look found."""

    number: int
    # False during a fade.
    is_full: bool


def cells(number, is_flash):
    """The row of a frame as levels of grey."""
    bits = [number >> place & 1 for place in reversed(range(BITS))]
    sums = [check(number) >> place & 1 for place in reversed(range(CHECK))]
    return bytes(255 * bit for bit in [1, 0, *bits, *sums, *[int(is_flash)] * FLASH])


def check(number):
    """A sum that changes with any one or two bits: each has a code of its own. The sum of nothing is not nothing."""
    total = 0b1010
    for place in range(BITS):
        if number >> place & 1:
            total ^= place + 1
    return total


def decode(row):
    """What a row of pixels of the counter's width says; nothing where it says nothing."""
    count = len(row) // 4
    # Green alone: it is where black and white differ in every matrix.
    levels = [row[int((cell + 0.5) * count / CELLS) * 4 + 1] for cell in range(CELLS)]
    white, black = levels[0], levels[1]
    contrast = white - black
    if contrast < LEAST_CONTRAST:
        return None
    bits = []
    for level in levels[2:2 + BITS + CHECK]:
        part = (level - black) / contrast
        if min(abs(part), abs(part - 1)) > SLACK:
            return None
        bits.append(int(part > 0.5))
    number = int("".join(map(str, bits[:BITS])), 2)
    if int("".join(map(str, bits[BITS:])), 2) != check(number):
        return None
    return Reading(number, white >= FULL_WHITE and black <= FULL_BLACK)


class Counter(screen.Screen):
    """A display on which a numbered clip is shown at a place: x, y, width and height of the picture in pixels."""

    def __init__(self):
        super().__init__()
        self.place = (0, 0, self.width, self.height)

    def row(self):
        """The pixels through the middle of the counter: x, y, width and height."""
        x, y, width, height = self.place
        return round(x + width * LEFT), round(y + height * (TOP + HEIGHT / 2)), round(width * WIDTH), 1

    def flashing(self):
        """The pixels that flash, and none beside them."""
        x, y, width, _ = self.row()
        cell = width / CELLS
        return round(x + width - FLASH * cell + cell / 2), y - 4, 2 * round(cell * (FLASH - 1) / 2), 8

    def read(self):
        return decode(self.part(*self.row()))

    def find(self):
        """The heights at which a counter is read in the picture's width: one for each film that is shown."""
        x, _, width, _ = self.row()
        pixels = self.part(x, 0, width, self.height)
        hits = [y for y in range(self.height) if decode(pixels[y * width * 4:(y + 1) * width * 4])]
        runs = []
        for y in hits:
            if runs and y - runs[-1][-1] <= 2:
                runs[-1].append(y)
            else:
                runs.append([y])
        return [run[len(run) // 2] for run in runs if len(run) >= 4]

    def wait(self, running, limit_s):
        """Waits until a clip is read, looking seldom so that it costs little; nothing where it never is."""
        while running.seconds() < limit_s and not running.has_ended():
            reading = self.read()
            if reading:
                return reading
            time.sleep(0.05)
        return None

    def watch(self, running, seconds, is_over=lambda reading: False):
        """Looks at the counter all the time, for so many seconds after it was first read."""
        self.hurry()
        seen = Seen()
        row = self.row()
        limit = None
        while not running.has_ended():
            now = time.monotonic()
            reading = decode(self.part(*row))
            seen.note(now, running.began, reading)
            if limit is None and reading:
                limit = now + seconds
            if now > (limit or running.began + 30) or reading and is_over(reading):
                break
            time.sleep(LOOK_S)
        return seen

    @staticmethod
    def hurry():
        """What looks must not be kept waiting by what it looks at."""
        try:
            os.setpriority(os.PRIO_PROCESS, 0, -10)
        except PermissionError:
            pass


class Seen:
    """What was read over some time."""

    def __init__(self):
        # Times of the first look at each number, and the number.
        self.changes = []
        # Times between two looks around each change, in which more may have been on the display.
        self.blind = []
        self.first_pixel_s = None
        self.first_frame_s = None
        self._looked = None

    def note(self, now, began, reading):
        since = now - self._looked if self._looked else 0.0
        self._looked = now
        if not reading:
            return
        if self.first_pixel_s is None:
            self.first_pixel_s = now - began
        if reading.is_full and self.first_frame_s is None:
            self.first_frame_s = now - began
        if not self.changes or self.changes[-1][1] != reading.number:
            self.changes.append((now, reading.number))
            self.blind.append(since)

    def frames(self, nominal_s):
        """How the frames followed each other."""
        intervals, dropped, repeated, unsure = [], 0, 0, 0
        for (before, one), (after, other), blind in zip(self.changes, self.changes[1:], self.blind[1:]):
            step = other - one
            if step <= 0:
                # A clip that starts again is no fault of the pictures in it.
                continue
            intervals.append(after - before)
            if step > 1 and blind > nominal_s / 2:
                unsure += step - 1
            else:
                dropped += step - 1
            if step == 1 and after - before > 1.5 * nominal_s:
                repeated += round((after - before) / nominal_s) - 1
        return Frames(len(self.changes), dropped, repeated, unsure, part(intervals, 0.95))


@dataclasses.dataclass
class Frames:
    """Frames that were seen, never seen, shown for longer than theirs; and those missed while nobody looked."""

    seen: int
    dropped: int
    repeated: int
    unsure: int
    p95_s: float


def part(values, share):
    """The value below which this share lies; none of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else None
