"""Signs that Be Vietnam Pro lacks and the pages need, drawn in the weight of the text beside them.

Owns the shapes of the arrows, the tick, the boxes and the keys of the keyboard on screen. Every shape is
one or more closed polygons without overlaps, in units of 1/1000 em, on a cap height of 740; `t` is the
thickness of a stroke, measured on the minus sign of the same weight.
"""

from math import hypot, sqrt

from fontTools.pens.ttGlyphPen import TTGlyphPen

MIDDLE = 340  # The height of the axis of the arrows: that of lower-case letters and figures together.


def area(points):
    """Twice the signed area; positive runs counter-clockwise."""
    pairs = zip(points, points[1:] + points[:1])
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)


def clockwise(points):
    return points if area(points) < 0 else points[::-1]


def counter_clockwise(points):
    return clockwise(points)[::-1]


def offset_lines(points, distance, closed):
    """The polyline moved to its right by `distance`, corners mitred."""

    def normal(a, b):
        length = hypot(b[0] - a[0], b[1] - a[1])
        return ((b[1] - a[1]) / length, (a[0] - b[0]) / length)

    moved = []
    last = len(points) - 1
    for i, (x, y) in enumerate(points):
        before = normal(points[i - 1], points[i]) if closed or i > 0 else None
        after = normal(points[i], points[(i + 1) % len(points)]) if closed or i < last else None
        n0, n1 = before or after, after or before
        mitre = distance / (1 + n0[0] * n1[0] + n0[1] * n1[1])
        moved.append((x + (n0[0] + n1[0]) * mitre, y + (n0[1] + n1[1]) * mitre))
    return moved


def stroke(points, t):
    right = offset_lines(points, t / 2, closed=False)
    left = offset_lines(points, -t / 2, closed=False)
    return clockwise(right + left[::-1])


def ring(points, t):
    """The outline of a polygon, the stroke lying inside it."""
    outer = clockwise(points)
    inner = offset_lines(outer, t, closed=True)
    return [outer, counter_clockwise(inner)]


def arrow_right(t):
    x0, tip, reach = 80, 820, 250
    slant = t / sqrt(2)
    neck = tip - t * sqrt(2) - t / 2
    upper = [
        (x0, MIDDLE + t / 2),
        (neck, MIDDLE + t / 2),
        (tip - reach - slant, MIDDLE + reach - slant),
        (tip - reach, MIDDLE + reach),
    ]
    lower = [(x, 2 * MIDDLE - y) for x, y in reversed(upper)]
    return clockwise(upper + [(tip, MIDDLE)] + lower)


def cross(cx, cy, reach, t):
    a, s = reach, t / sqrt(2)
    quarter = [(s, 0), (a + s / 2, a - s / 2), (a - s / 2, a + s / 2)]
    turned = []
    for _ in range(4):
        turned += quarter
        quarter = [(-y, x) for x, y in quarter]
    return clockwise([(cx + x, cy + y) for x, y in turned])


def signs(t):
    """Character -> (advance, polygons)."""
    right = arrow_right(t)
    width = 900
    up = [(y - MIDDLE + width / 2, x - 80) for x, y in right]
    box = [(80, -10), (80, 750), (840, 750), (840, -10)]
    shift = [(440, 750), (60, 370), (270, 370), (270, 0), (610, 0), (610, 370), (820, 370)]
    key = [(60, 370), (360, 690), (1000, 690), (1000, 50), (360, 50)]
    return {
        "→": (width, [right]),
        "←": (width, [clockwise([(width - x, y) for x, y in right])]),
        "↑": (width, [clockwise(up)]),
        "↓": (width, [clockwise([(x, 740 - y) for x, y in up])]),
        "✓": (800, [stroke([(100, 350), (310, 120), (700, 620)], t)]),
        "☐": (920, ring(box, t * 0.85)),
        "☑": (920, ring(box, t * 0.85) + [stroke([(245, 380), (415, 215), (680, 540)], t)]),
        "⇧": (880, ring(shift, t * 0.85)),
        "⌫": (1080, ring(key, t * 0.85) + [cross(660, 370, 130, t)]),
    }


def add_signs(font):
    """Adds the signs that `font` lacks, № made of its own letters among them."""
    cmap, glyf, hmtx = font.getBestCmap(), font["glyf"], font["hmtx"]
    minus = glyf[cmap[ord("−")]]
    thickness = minus.yMax - minus.yMin
    for sign, (advance, polygons) in signs(thickness).items():
        pen = TTGlyphPen(None)
        for polygon in polygons:
            points = [(round(x), round(y)) for x, y in polygon]
            pen.moveTo(points[0])
            for point in points[1:]:
                pen.lineTo(point)
            pen.closePath()
        add_glyph(font, ord(sign), pen.glyph(), advance)

    letter, raised = cmap[ord("N")], cmap[ord("º")]
    pen = TTGlyphPen({letter: glyf[letter], raised: glyf[raised]})
    pen.addComponent(letter, (1, 0, 0, 1, 0, 0))
    pen.addComponent(raised, (1, 0, 0, 1, hmtx[letter][0] - 30, 0))
    add_glyph(font, ord("№"), pen.glyph(), hmtx[letter][0] - 30 + hmtx[raised][0])

    bullet = cmap[ord("•")]
    middle = (glyf[bullet].yMin + glyf[bullet].yMax) / 2
    pen = TTGlyphPen({bullet: glyf[bullet]})
    pen.addComponent(bullet, (1.9, 0, 0, 1.9, 0, round(MIDDLE - 1.9 * middle)))
    add_glyph(font, ord("●"), pen.glyph(), round(1.9 * hmtx[bullet][0]))


def add_glyph(font, codepoint, glyph, advance):
    name = f"uni{codepoint:04X}"
    font.setGlyphOrder(font.getGlyphOrder() + [name])
    font["glyf"][name] = glyph
    glyph.recalcBounds(font["glyf"])
    font["hmtx"][name] = (advance, getattr(glyph, "xMin", 0))
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[codepoint] = name
