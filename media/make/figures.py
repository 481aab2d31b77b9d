"""Figures that several pictures share: people, the telephone, the plate of a counter, a speech bubble.

Everything is built from discs and rounded rectangles in the flat colours of the look.
"""

from __future__ import annotations

import math

import cairo

from canvas import ACCENT, CARD, EDGE, FRAME, LINE, MUTED, SOFT, TEXT, WHITE, Canvas, Saved, mix


def person(c: Canvas, x, y, height, coat, skin="#D9A77F", hair="#2A2320", alpha=1.0):
    """Head and shoulders; `y` is the bottom edge, `height` the whole figure's."""
    head = height * 0.235
    middle = y - height + head
    width = height * 0.86
    c.path_rect(x - width / 2, y - height * 0.48, width, height * 0.96, height * 0.34)
    with Saved(c.ctx):
        c.ctx.clip()
        c.rect(x - width, y - height * 0.48, width * 2, height * 0.48, coat, alpha)
    c.rect(
        x - head * 0.34, middle + head * 0.5, head * 0.68, head * 0.95, mix(skin, "#000000", 0.12), alpha, head * 0.3
    )
    c.disc(x, middle, head, hair, alpha)
    c.disc(x, middle + head * 0.2, head * 0.8, skin, alpha)


def phone(c: Canvas, x, y, width, height, colour=FRAME, screen=CARD):
    """An upright telephone; returns the rectangle of its screen."""
    edge = width * 0.045
    c.rect(x, y, width, height, colour, radius=width * 0.13)
    inner = (x + edge, y + edge, width - 2 * edge, height - 2 * edge)
    c.rect(*inner, screen, radius=width * 0.095)
    c.rect(x + width * 0.38, y + edge * 1.9, width * 0.24, edge * 0.75, colour, radius=edge)
    return inner


def counter_plate(c: Canvas, x, y, size, number, colour=ACCENT, ink=WHITE, grow=1.0):
    """The number that hangs over a counter, centred on `x`, `y`."""
    side = size * grow
    c.rect(x - side / 2, y - side / 2, side, side, colour, radius=side * 0.16)
    if grow > 0.2:
        c.text(number, x, y + side * 0.25, side * 0.68, c.faces.heavy, ink, "center")


def star(c: Canvas, x, y, radius, colour):
    points = []
    for corner in range(10):
        reach = radius if corner % 2 == 0 else radius * 0.382
        turn = math.pi * corner / 5 - math.pi / 2
        points.append((x + reach * math.cos(turn), y + reach * math.sin(turn)))
    c.shape(points, colour)


def tick(c: Canvas, x, y, size, colour, shown=1.0, weight=0.16):
    """A check mark that is drawn as a pen would, `shown` from 0 to 1."""
    points = [(x - size * 0.42, y + size * 0.02), (x - size * 0.1, y + size * 0.34), (x + size * 0.46, y - size * 0.32)]
    _stroke_part(c, points, shown, colour, size * weight)


def _stroke_part(c: Canvas, points, shown, colour, weight):
    lengths = [math.dist(a, b) for a, b in zip(points, points[1:])]
    left = sum(lengths) * shown
    if left <= 0:
        return
    drawn = [points[0]]
    for a, b, length in zip(points, points[1:], lengths):
        part = min(1.0, left / length)
        drawn.append((a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part))
        left -= length
        if left <= 0:
            break
    c.shape(drawn, colour, stroke=weight, closed=False)


def route(c: Canvas, points, shown, colour, weight):
    """A path drawn up to the share `shown`; returns where its head is."""
    _stroke_part(c, points, shown, colour, weight)
    lengths = [math.dist(a, b) for a, b in zip(points, points[1:])]
    left = sum(lengths) * shown
    for a, b, length in zip(points, points[1:], lengths):
        if left <= length:
            part = left / length if length else 0
            return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part
        left -= length
    return points[-1]


def bubble(c: Canvas, x, y, w, h, colour, tail="left", radius=44):
    """A speech bubble whose tail points down at its left or right end."""
    c.rect(x, y, w, h, colour, radius=radius)
    foot = x + 110 if tail == "left" else x + w - 110
    lean = -34 if tail == "left" else 34
    c.shape([(foot - 40, y + h - 2), (foot + 40, y + h - 2), (foot + lean, y + h + 62)], colour)


def sheet(c: Canvas, x, y, w, h, lines=5, colour=CARD, ink=LINE, filled=1.0):
    """A form: a title bar and rows that fill one after the other."""
    c.rect(x, y, w, h, colour, radius=10)
    c.rect(x + w * 0.12, y + h * 0.1, w * 0.5, h * 0.055, TEXT, radius=4)
    for row in range(lines):
        top = y + h * (0.26 + 0.66 * row / lines)
        share = max(0.0, min(1.0, filled * lines - row))
        c.rect(x + w * 0.12, top, w * 0.76, h * 0.045, SOFT if ink == LINE else ink, radius=4)
        c.rect(x + w * 0.12, top, w * (0.76 if row % 2 == 0 else 0.6) * share, h * 0.045, MUTED, radius=4)


def brackets(c: Canvas, x, y, w, h, arm, colour, weight=7):
    """The four corners of a camera's finder."""
    for cx, cy, dx, dy in ((x, y, 1, 1), (x + w, y, -1, 1), (x + w, y + h, -1, -1), (x, y + h, 1, -1)):
        c.shape([(cx, cy + dy * arm), (cx, cy), (cx + dx * arm, cy)], colour, stroke=weight, closed=False)


def outlined(c: Canvas, x, y, w, h, radius=14, colour=EDGE, weight=3):
    c.ctx.set_line_cap(cairo.LINE_CAP_BUTT)
    c.rect(x, y, w, h, colour, radius=radius, stroke=weight)
