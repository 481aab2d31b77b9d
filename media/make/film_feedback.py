"""Film: the people ask, the authority answers; the hotline rolls in figure by figure."""

from __future__ import annotations

import figures
from canvas import (
    ACCENT,
    CARD,
    GOLD,
    MARGIN,
    TEXT,
    WHITE,
    Canvas,
    Saved,
    clamp,
    ease,
    ease_out,
    mix,
    progress,
)
from film import Film, Line

HOTLINE = "0299 3623 333"
LINES = [
    Line("ask", "Thủ tục chậm, giấy tờ rườm rà, ông bà hỏi ai?", 0.5),
    Line("answer", "Dân hỏi, chính quyền trả lời.", 0.5),
    Line("call", "Xin gọi: không hai chín chín, ba sáu hai ba, ba ba ba.", 0.5),
    Line("thanks", "Mọi góp ý đều được trả lời.", 0.2),
]
# The one film on the accent's own colour; the red of the figures' coat is darker so that it stands out.
_DEEP = mix(ACCENT, "#000000", 0.28)


def draw(c: Canvas, t: float, cues: dict) -> None:
    call = cues["call"][0] - 0.5
    c.fill(ACCENT)
    _talk(c, t, cues, call)
    _number(c, t, cues, call)


def _talk(c, t, cues, end):
    leave = ease(progress(t, end - 0.25, 0.5))
    if leave >= 1:
        return
    with Saved(c.ctx):
        c.ctx.translate(0, leave * 1100)
        rise = (1 - ease_out(progress(t, 0.15, 0.8))) * 600
        figures.person(c, 300, 1080 + rise, 590, _DEEP, hair="#D8D3CC")
        late = (1 - ease_out(progress(t, cues["answer"][0] - 0.7, 0.8))) * 700
        figures.person(c, 1620, 1080 + late, 490, TEXT)
    with Saved(c.ctx):
        c.ctx.translate(0, -leave * 1100)
        _bubble(c, t, 0.6, (110, 130, 800, 270), CARD, "left", ["Thủ tục chậm,", "hỏi ai?"], TEXT)
        start = cues["answer"][0] - 0.15
        _bubble(c, t, start, (948, 236, 900, 270), TEXT, "right", ["Dân hỏi,", "chính quyền trả lời"], WHITE)


def _bubble(c, t, start, box, colour, tail, lines, ink):
    p = progress(t, start, 0.55)
    if p <= 0:
        return
    # A little past full size and back: the bubble is said, not shown.
    grow = ease_out(p) * (1 + 0.04 * max(0.0, 1 - abs(p - 0.6) / 0.4))
    x, y, w, h = box
    foot = x + 110 if tail == "left" else x + w - 110
    with Saved(c.ctx):
        c.ctx.translate(foot, y + h + 60)
        c.ctx.scale(grow, grow)
        c.ctx.translate(-foot, -(y + h + 60))
        figures.bubble(c, x, y, w, h, colour, tail)
        base = y + h / 2 - 22
        c.headline(lines, x + 60, base, 84, ink, 1.24, progress(t, start + 0.15, 0.7))


def _number(c, t, cues, start):
    if t < start:
        return
    shown = progress(t, start + 0.1, 0.7)
    c.rect(MARGIN, 262, 132 * ease_out(shown), 12, GOLD)
    c.rising(["Đường dây nóng"], MARGIN, 380, 92, c.faces.bold, WHITE, shown=shown)
    _reels(c, t, cues["call"])
    c.rect(MARGIN, 700, (1920 - 2 * MARGIN) * ease_out(progress(t, start + 0.6, 1.2)), 4, WHITE)
    c.rising(
        ["Mọi góp ý đều được trả lời.", "Gửi thư: 37 Nguyễn Văn Thêm, phường Phú Lợi"],
        MARGIN,
        790,
        60,
        c.faces.medium,
        WHITE,
        shown=progress(t, cues["thanks"][0] - 0.4, 0.9),
        leading=1.4,
    )


def _reels(c, t, cue):
    """Each figure rolls to its place while it is being said."""
    begin, end = cue
    figures_said = [i for i, letter in enumerate(HOTLINE) if letter != " "]
    # The sentence opens with two words before the first figure.
    first = begin + 0.16 * (end - begin)
    x, base = MARGIN - 6, 630
    size = (1920 - 2 * MARGIN) / (c.measure("0", 1, c.faces.heavy) * 11 * 0.985 + 0.48)
    for index, letter in enumerate(HOTLINE):
        if letter == " ":
            x += size * 0.24
            continue
        order = figures_said.index(index)
        said = first + (end - first) * order / len(figures_said)
        p = ease_out(progress(t, said - 0.35, 0.7))
        width = c.measure("0", size, c.faces.heavy)
        if p > 0:
            _reel(c, x, base, size, width, int(letter), p)
        x += width * 0.985


def _reel(c, x, base, size, width, digit, p):
    with Saved(c.ctx):
        c.ctx.rectangle(x - 6, base - size * 0.86, width + 12, size * 1.0)
        c.ctx.clip()
        position = (digit + 4) * p - 4
        for step in range(digit + 5):
            offset = (position - (step - 4)) * size
            if abs(offset) < size * 1.1:
                figure = str((step - 4) % 10)
                c.text(figure, x + width / 2, base - offset, size, c.faces.heavy, WHITE, "center", alpha=clamp(p * 3))


FILM = Film("ask-us.webm", "av1", LINES, draw, lead=0.9, tail=1.5, tune=3)
