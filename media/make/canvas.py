"""Drawing: palette, motion curves, and text set by HarfBuzz as cairo paths.

Text is drawn as outlines from the font files that it is given, so that a picture does not depend on
which fonts the machine has installed. Knows nothing of any single picture or film.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import cairo
import uharfbuzz as hb

WIDTH, HEIGHT = 1920, 1080
MARGIN = 72
# What the player lays over a full picture: the lower bar and the clock's plate.
BAR_HEIGHT = 112

SURFACE = "#F7F4EC"
CARD = "#FFFFFF"
SOFT = "#EFE9DB"
LINE = "#C9C0AB"
EDGE = "#7C7764"
TEXT = "#12203A"
MUTED = "#435169"
ACCENT = "#A31119"
FRAME = "#12203A"
FRAME_SOFT = "#1D2E4F"
FRAME_LINE = "#4A5B7C"
GOLD = "#FFD34E"
WHITE = "#FFFFFF"


def rgb(colour: str) -> tuple[float, float, float]:
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))


def mix(a: str, b: str, share: float) -> str:
    pairs = zip(rgb(a), rgb(b))
    return "#" + "".join(f"{round(255 * (x + (y - x) * share)):02X}" for x, y in pairs)


# --- motion -----------------------------------------------------------------------------------


def clamp(value: float) -> float:
    return 0.0 if value < 0 else 1.0 if value > 1 else value


def progress(t: float, start: float, seconds: float) -> float:
    """How far a movement is at `t`, 0 to 1, before any easing."""
    return clamp((t - start) / seconds)


def ease_out(p: float) -> float:
    return 1 - (1 - p) ** 4


def ease(p: float) -> float:
    return 4 * p**3 if p < 0.5 else 1 - (-2 * p + 2) ** 3 / 2


def between(a: float, b: float, p: float) -> float:
    return a + (b - a) * p


# --- type -------------------------------------------------------------------------------------


class Face:
    """One font file: shapes text and keeps the outlines of its glyphs, in em units."""

    def __init__(self, path: Path):
        self._face = hb.Face(hb.Blob.from_file_path(str(path)))
        self._font = hb.Font(self._face)
        self.em = self._face.upem
        self._outlines: dict[int, list] = {}
        self._runs: dict[str, list] = {}

    def run(self, text: str) -> list[tuple[int, float, float, float]]:
        """Glyph, advance and offsets of each glyph in em units, figures tabular."""
        if text not in self._runs:
            buffer = hb.Buffer()
            buffer.add_str(unicodedata.normalize("NFC", text))
            buffer.guess_segment_properties()
            hb.shape(self._font, buffer, {"kern": True, "liga": True, "tnum": True})
            self._runs[text] = [
                (i.codepoint, p.x_advance / self.em, p.x_offset / self.em, p.y_offset / self.em)
                for i, p in zip(buffer.glyph_infos or (), buffer.glyph_positions or ())
            ]
        return self._runs[text]

    def outline(self, glyph: int) -> list:
        if glyph not in self._outlines:
            self._outlines[glyph] = _outline(self._font, glyph, self.em)
        return self._outlines[glyph]


def _outline(font: hb.Font, glyph: int, em: int) -> list:
    ops: list = []
    here = [0.0, 0.0]

    def move(x, y, _):
        ops.append(("m", x / em, -y / em))
        here[:] = x, y

    def line(x, y, _):
        ops.append(("l", x / em, -y / em))
        here[:] = x, y

    def cubic(a, b, c, d, x, y, _):
        ops.append(("c", a / em, -b / em, c / em, -d / em, x / em, -y / em))
        here[:] = x, y

    def quadratic(a, b, x, y, _):
        # cairo has cubic curves only; this is the same curve raised by one degree.
        (u, v) = here
        cubic((u + 2 * a) / 3, (v + 2 * b) / 3, (x + 2 * a) / 3, (y + 2 * b) / 3, x, y, None)

    functions = hb.DrawFuncs()
    functions.set_move_to_func(move)
    functions.set_line_to_func(line)
    functions.set_cubic_to_func(cubic)
    functions.set_quadratic_to_func(quadratic)
    functions.set_close_path_func(lambda _: ops.append(("z",)))
    font.draw_glyph(glyph, functions)
    return ops


@dataclass
class Faces:
    regular: Face
    medium: Face
    bold: Face
    heavy: Face

    @staticmethod
    def load(folder: Path) -> Faces:
        """Takes the weights that the folder has; the nearest stands in for one that it lacks."""

        def find(*weights: str) -> Face:
            for weight in weights:
                for path in sorted(folder.glob(f"*-{weight}.ttf")):
                    return Face(path)
            raise SystemExit(f"{folder} holds no font file ending in -{weights[-1]}.ttf")

        return Faces(
            find("Regular"),
            find("Medium", "Regular"),
            find("Bold", "SemiBold"),
            find("ExtraBold", "Bold"),
        )


# --- canvas -----------------------------------------------------------------------------------


class Canvas:
    """A cairo surface with the few shapes that the pictures are made of."""

    def __init__(self, faces: Faces, width: int = WIDTH, height: int = HEIGHT):
        self.faces = faces
        self.width, self.height = width, height
        self.surface = cairo.ImageSurface(cairo.FORMAT_RGB24, width, height)
        self.ctx = cairo.Context(self.surface)

    def fill(self, colour: str) -> None:
        self.ctx.set_source_rgb(*rgb(colour))
        self.ctx.paint()

    def ink(self, colour: str, alpha: float = 1.0) -> None:
        self.ctx.set_source_rgba(*rgb(colour), alpha)

    def rect(self, x, y, w, h, colour, alpha=1.0, radius=0.0, stroke=0.0):
        if w <= 0 or h <= 0:
            return
        self.path_rect(x, y, w, h, radius)
        self.paint(colour, alpha, stroke)

    def path_rect(self, x, y, w, h, radius=0.0):
        c = self.ctx
        c.new_path()
        if radius <= 0:
            c.rectangle(x, y, w, h)
            return
        r = min(radius, w / 2, h / 2)
        c.arc(x + w - r, y + r, r, -math.pi / 2, 0)
        c.arc(x + w - r, y + h - r, r, 0, math.pi / 2)
        c.arc(x + r, y + h - r, r, math.pi / 2, math.pi)
        c.arc(x + r, y + r, r, math.pi, 1.5 * math.pi)
        c.close_path()

    def paint(self, colour, alpha=1.0, stroke=0.0):
        self.ink(colour, alpha)
        if stroke:
            self.ctx.set_line_width(stroke)
            self.ctx.stroke()
        else:
            self.ctx.fill()

    def disc(self, x, y, radius, colour, alpha=1.0, stroke=0.0):
        if radius <= 0:
            return
        self.ctx.new_path()
        self.ctx.arc(x, y, radius, 0, math.tau)
        self.paint(colour, alpha, stroke)

    def shape(self, points, colour, alpha=1.0, stroke=0.0, closed=True):
        self.ctx.new_path()
        for x, y in points:
            self.ctx.line_to(x, y)
        if closed:
            self.ctx.close_path()
        self.ctx.set_line_cap(cairo.LINE_CAP_ROUND)
        self.ctx.set_line_join(cairo.LINE_JOIN_ROUND)
        self.paint(colour, alpha, stroke)

    def measure(self, text: str, size: float, face: Face, tracking: float = 0.0) -> float:
        run = face.run(text)
        return sum(advance + tracking for _, advance, _, _ in run) * size

    def text(self, text, x, y, size, face=None, colour=TEXT, align="left", tracking=0.0, alpha=1.0):
        """Sets one line with its baseline at `y`; returns its width."""
        face = face or self.faces.regular
        width = self.measure(text, size, face, tracking)
        x -= {"left": 0, "center": width / 2, "right": width}[align]
        self.ink(colour, alpha)
        self.ctx.new_path()
        for glyph, advance, dx, dy in face.run(text):
            self._glyph(face.outline(glyph), x + dx * size, y - dy * size, size)
            x += (advance + tracking) * size
        self.ctx.fill()
        return width

    def _glyph(self, outline, x, y, size):
        c = self.ctx
        for op, *v in outline:
            if op == "m":
                c.move_to(x + v[0] * size, y + v[1] * size)
            elif op == "l":
                c.line_to(x + v[0] * size, y + v[1] * size)
            elif op == "c":
                c.curve_to(*(x + n * size if k % 2 == 0 else y + n * size for k, n in enumerate(v)))
            else:
                c.close_path()

    def headline(self, lines, x, y, size, colour=TEXT, leading=1.16, shown=1.0, align="left"):
        """Heavy lines that rise out of a mask one after the other while `shown` goes to 1."""
        self.rising(lines, x, y, size, self.faces.heavy, colour, leading, shown, align, -0.015)

    def rising(self, lines, x, y, size, face, colour, leading=1.3, shown=1.0, align="left", tracking=0.0):
        """Lines of text that rise out of a mask; `shown` above 1 lifts them out again (to 2)."""
        count = len(lines)
        for index, line in enumerate(lines):
            lag = 0.18 * index
            arrive = ease_out(clamp(shown * (1 + 0.18 * (count - 1)) - lag)) if shown <= 1 else 1.0
            leave = ease(clamp(shown - 1))
            if arrive <= 0 or leave >= 1:
                continue
            base = y + index * size * leading
            with Saved(self.ctx):
                # The mask clears the marks above and below Vietnamese letters.
                self.ctx.rectangle(-10, base - size * 1.08, self.width + 20, size * 1.38)
                self.ctx.clip()
                shift = (1 - arrive) * size * 1.4 - leave * size * 1.4
                self.text(line, x, base + shift, size, face, colour, align, tracking)


class Saved:
    """`with Saved(ctx):` restores clip, transformation and line settings at its end."""

    def __init__(self, ctx):
        self.ctx = ctx

    def __enter__(self):
        self.ctx.save()

    def __exit__(self, *_):
        self.ctx.restore()
