"""Film: one visit to the centre, a line that walks through the hall from the door to the result."""

from __future__ import annotations

import figures
import hall
from canvas import (
    CARD,
    FRAME,
    FRAME_LINE,
    FRAME_SOFT,
    GOLD,
    MARGIN,
    MUTED,
    TEXT,
    WHITE,
    Canvas,
    Saved,
    between,
    clamp,
    ease,
    ease_out,
    progress,
)
from film import Film, Line

LINES = [
    Line("title", "Một lần đến Trung tâm.", 0.5),
    Line("ticket", "Vào cửa, ông bà lấy số thứ tự.", 0.5),
    Line("seat", "Ngồi chờ, nghe gọi số.", 0.5),
    Line("counter", "Đến quầy, nộp hồ sơ, nhận giấy hẹn.", 0.5),
    Line("result", "Đúng ngày hẹn, nhận kết quả ở quầy số sáu.", 0.3),
]
STEPS = {
    "ticket": ("1", ["Lấy số", "thứ tự"], "Máy lấy số ở cửa vào"),
    "seat": ("2", ["Ngồi chờ,", "nghe gọi số"], "Số hiện trên bảng điện tử"),
    "counter": ("3", ["Nộp hồ sơ,", "nhận giấy hẹn"], "Giấy hẹn ghi rõ ngày trả"),
    "result": ("4", ["Đúng hẹn,", "nhận kết quả"], "Quầy số 6"),
}
DARK = hall.Colours(FRAME_SOFT, WHITE, FRAME_LINE, WHITE, FRAME, GOLD, FRAME)
_COUNTER, _RESULT = hall.COUNTERS["2"], hall.COUNTERS["6"]
_SEAT = hall.SEATS[5]
# Where the walker goes within each step, in the plan's pixels.
LEGS = {
    "ticket": [(250, 850), (250, 700), (250, 640)],
    "seat": [(250, 640), (440, 640), (440, _SEAT[1]), _SEAT],
    "counter": [_SEAT, (_SEAT[0], 472), (540, 472), (540, 300), (_COUNTER[0], 300), (_COUNTER[0], 226)],
    "result": [(_COUNTER[0], 226), (_COUNTER[0], 300), (_RESULT[0], 300), (_RESULT[0], 226)],
}
# The camera in each step: the point of the plan in the middle of its window, and its scale.
CAMERA = {
    "title": ((600, 380), 0.86),
    "ticket": ((330, 580), 1.45),
    "seat": ((560, 500), 1.3),
    "counter": ((430, 240), 1.45),
    "result": ((860, 250), 1.3),
    "end": ((600, 380), 0.86),
}
# The window of the camera on the screen, right of the words and clear of the frame's plates.
WINDOW = (800, 150, 1048, 770)


def draw(c: Canvas, t: float, cues: dict) -> None:
    c.fill(FRAME)
    _plan(c, t, cues)
    _title(c, t, cues)
    for key in STEPS:
        _words(c, t, cues, key)
    _slip(c, t, cues)


def _start(cues, key):
    return cues[key][0] - 0.3 if key != "end" else cues["end"][0] + 0.1


def _camera(t, cues):
    order = list(CAMERA)
    (x, y), scale = CAMERA["title"]
    for key in order[1:]:
        p = ease(progress(t, _start(cues, key) - 0.2, 1.3))
        (nx, ny), ns = CAMERA[key]
        x, y, scale = between(x, nx, p), between(y, ny, p), between(scale, ns, p)
    return x, y, scale


def _plan(c, t, cues):
    x, y, scale = _camera(t, cues)
    wx, wy, ww, wh = WINDOW
    arrive = progress(t, 0.2, 1.6)
    with Saved(c.ctx):
        c.path_rect(wx, wy, ww, wh, 28)
        c.ctx.clip()
        c.rect(wx, wy, ww, wh, "#0D182D")
        c.ctx.translate(wx + ww / 2, wy + wh / 2 + (1 - ease_out(arrive)) * 80)
        c.ctx.scale(scale, scale)
        c.ctx.translate(-x, -y)
        chosen = {
            "2": progress(t, cues["counter"][0] + 0.5, 0.4) * (1 - progress(t, _start(cues, "result"), 0.4)),
            "6": progress(t, cues["result"][0] + 1.0, 0.4),
        }
        hall.draw(c, DARK, chosen, arrive)
        _walk(c, t, cues)


def _walk(c, t, cues):
    here = None
    for key, points in LEGS.items():
        p = ease(progress(t, _start(cues, key), 1.7))
        if p > 0:
            here = figures.route(c, points, p, GOLD, 9)
    if here:
        beat = (t % 1.2) / 1.2
        c.disc(*here, 26 + 34 * beat, GOLD, 0.55 * (1 - beat), stroke=6)
        c.disc(*here, 26, GOLD)
        c.disc(*here, 10, FRAME)


def _title(c, t, cues):
    shown = progress(t, 0.15, 0.8) + progress(t, _start(cues, "ticket") - 0.3, 0.4)
    if shown < 2:
        c.rect(MARGIN, 322, 132 * ease_out(clamp(shown)) * (1 - ease(clamp(shown - 1))), 12, GOLD)
        c.headline(["Một lần", "đến", "Trung tâm"], MARGIN, 470, 128, WHITE, shown=shown, leading=1.14)


def _words(c, t, cues, key):
    order = [*STEPS, "end"]
    start = _start(cues, key)
    end = _start(cues, order[order.index(key) + 1]) if key != "result" else 1e9
    if not start <= t < end + 0.2:
        return
    leave = progress(t, end - 0.3, 0.4)
    number, head, more = STEPS[key]
    c.rising(
        [number], MARGIN - 10, 420, 320, c.faces.heavy, GOLD, shown=progress(t, start, 0.7) + leave, tracking=-0.03
    )
    c.headline(head, MARGIN, 590, 92, WHITE, shown=progress(t, start + 0.12, 0.8) + leave)
    late = progress(t, start + 0.35, 0.8) + leave
    c.rising([more], MARGIN, 800, 52, c.faces.medium, "#C9D2E3", shown=late)


def _slip(c, t, cues):
    """The ticket that comes out of the stand, held up large, and later the appointment."""
    for key, head, figure, foot in (
        ("ticket", "Số thứ tự", "24", "Quầy số 2"),
        ("counter", "Giấy hẹn trả", "27/11", "Quầy số 6"),
    ):
        order = list(CAMERA)
        start = cues[key][0] + 0.9
        end = _start(cues, order[order.index(key) + 1])
        come, go = ease_out(progress(t, start, 0.6)), ease(progress(t, end - 0.3, 0.4))
        if come <= 0 or go >= 1:
            continue
        wx, wy, ww, wh = WINDOW
        x, y, w, h = wx + ww - 510, wy + wh - 400, 460, 350
        with Saved(c.ctx):
            c.path_rect(wx, wy, ww, wh, 28)
            c.ctx.clip()
            c.ctx.translate(0, (1 - come) * 420 + go * 420)
            c.rect(x, y, w, h, CARD, radius=18)
            c.text(head, x + 40, y + 76, 44, c.faces.medium, MUTED)
            c.text(figure, x + 36, y + 208, 114, c.faces.heavy, TEXT, tracking=-0.02)
            c.rect(x + 40, y + 258, w - 80, 3, TEXT)
            c.text(foot, x + 40, y + 315, 44, c.faces.bold, TEXT)


FILM = Film("one-visit.webm", "vp9", LINES, draw, lead=0.8, tail=1.4, tune=2)
