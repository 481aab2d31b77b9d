"""Film: filing online in four steps, a large telephone beside the words."""

from __future__ import annotations

import figures
from canvas import (
    ACCENT,
    CARD,
    LINE,
    MARGIN,
    MUTED,
    SOFT,
    SURFACE,
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
    Line("title", "Nộp hồ sơ trực tuyến, bốn bước.", 0.4),
    Line("1", "Một, đăng nhập bằng tài khoản định danh.", 0.45),
    Line("2", "Hai, chọn đúng thủ tục.", 0.6),
    Line("3", "Ba, điền tờ khai và chụp giấy tờ.", 0.5),
    Line("4", "Bốn, nộp lệ phí, rồi chờ tin nhắn.", 0.5),
    Line("help", "Cần giúp đỡ, mời ông bà đến quầy số một.", 0.2),
]
STEPS = {
    "1": (["Đăng nhập", "bằng VNeID"], ["Tài khoản định danh", "điện tử của ông bà"]),
    "2": (["Chọn đúng", "thủ tục"], ["Gõ vài chữ vào ô tìm,", "ví dụ: khai sinh"]),
    "3": (["Điền tờ khai,", "chụp giấy tờ"], ["Chụp rõ, đủ bốn góc,", "không mất chữ"]),
    "4": (["Nộp lệ phí,", "chờ tin nhắn"], ["Theo dõi hồ sơ", "ngay trên điện thoại"]),
}
PHONE = (1240, 170, 470, 950)


def draw(c: Canvas, t: float, cues: dict) -> None:
    c.fill(SURFACE)
    _title(c, t, cues)
    for key in STEPS:
        _step(c, t, cues, key)
    _bars(c, t, cues)
    _phone(c, t, cues)
    _help(c, t, cues)


def _span(cues, key, following):
    """When a step is on screen: a little before it is said, until a little before the next."""
    return cues[key][0] - 0.35, cues[following][0] - 0.35


def _shown(t, start, end):
    """0 to 1 while something comes, 1 to 2 while it goes."""
    return progress(t, start, 0.75) + progress(t, end - 0.3, 0.4)


def _title(c, t, cues):
    shown = _shown(t, 0.15, cues["1"][0] - 0.35)
    if shown >= 2:
        return
    leave = ease(clamp(shown - 1))
    rule = ease_out(progress(t, 0.1, 0.8)) * (1 - leave)
    c.rect(MARGIN, 272, 132 * rule, 12, ACCENT)
    c.headline(["Nộp hồ sơ", "trực tuyến:", "4 bước"], MARGIN, 420, 148, shown=shown, leading=1.12)
    late = progress(t, 0.9, 0.7) + leave
    c.rising(["Cổng Dịch vụ công quốc gia"], MARGIN, 850, 52, c.faces.medium, MUTED, shown=late)


def _step(c, t, cues, key):
    following = "help" if key == "4" else str(int(key) + 1)
    start, end = _span(cues, key, following)
    if not start <= t < end + 0.2:
        return
    shown = _shown(t, start, end)
    head, more = STEPS[key]
    c.rising([key], MARGIN - 12, 470, 400, c.faces.heavy, ACCENT, shown=shown, tracking=-0.03)
    c.headline(head, MARGIN, 628, 112, shown=shown if shown > 1 else progress(t, start + 0.1, 0.8))
    late = shown if shown > 1 else progress(t, start + 0.3, 0.8)
    c.rising(more, 500, 300, 56, c.faces.medium, MUTED, shown=late, leading=1.32)


def _bars(c, t, cues):
    """Four bars under the words: which step of how many."""
    arrive = ease_out(progress(t, cues["1"][0] - 0.35, 0.6)) * (1 - ease(progress(t, cues["help"][0] - 0.6, 0.4)))
    if arrive <= 0:
        return
    for index in range(4):
        key = str(index + 1)
        x = MARGIN + index * 258
        c.rect(x, 860, 234 * arrive, 12, LINE, radius=6)
        start, end = _span(cues, key, "help" if key == "4" else str(index + 2))
        filled = clamp((t - start) / (end - start))
        c.rect(x, 860, 234 * arrive * filled, 12, ACCENT if filled < 1 else TEXT, radius=6)


def _phone(c, t, cues):
    x, y, w, h = PHONE
    rise = ease_out(progress(t, 0.35, 1.1))
    leave = ease(progress(t, cues["help"][0] - 0.55, 0.8))
    y += (1 - rise) * 1000 + leave * 1000
    if y > 1080:
        return
    inner = figures.phone(c, x, y, w, h)
    with Saved(c.ctx):
        c.path_rect(*inner, w * 0.095)
        c.ctx.clip()
        screens = [("1", _login), ("2", _search), ("3", _form), ("4", _pay)]
        for index, (key, screen) in enumerate(screens):
            following = "help" if key == "4" else screens[index + 1][0]
            start, end = _span(cues, key, following)
            come = ease(progress(t, start - 0.1, 0.6)) if key != "1" else 1.0
            go = ease(progress(t, end - 0.1, 0.6)) if key != "4" else 0.0
            if come <= 0 or go >= 1:
                continue
            with Saved(c.ctx):
                c.ctx.translate((1 - come - go) * inner[2] if come < 1 else -go * inner[2], 0)
                screen(c, inner[0] + 38, inner[1], inner[2] - 76, max(0.0, t - start))


def _button(c, x, y, w, label, pressed):
    sink = 6 * pressed
    c.rect(x + sink, y + sink / 2, w - 2 * sink, 92 - sink, ACCENT, radius=46)
    c.text(label, x + w / 2, y + 59, 38, c.faces.bold, WHITE, "center")


def _touch(c, x, y, t, at):
    """The ring of a finger's touch."""
    p = progress(t, at, 0.6)
    if 0 < p < 1:
        c.disc(x, y, 30 + 70 * ease_out(p), ACCENT, 0.9 * (1 - p), stroke=8)


def _press(t, at):
    return max(0.0, 1 - abs(t - at) / 0.18)


def _login(c, x, y, w, t):
    grow = 0.9 + 0.1 * ease_out(progress(t, 0, 0.6))
    c.disc(x + w / 2, y + 250, 104 * grow, SOFT)
    with Saved(c.ctx):
        c.ctx.arc(x + w / 2, y + 250, 104 * grow, 0, 6.2832)
        c.ctx.clip()
        figures.person(c, x + w / 2, y + 370, 200 * grow, TEXT)
    for row, (label, count) in enumerate((("Số định danh", 12), ("Mật khẩu", 8))):
        top = y + 398 + row * 142
        c.text(label, x, top + 8, 32, c.faces.medium, MUTED)
        figures.outlined(c, x, top + 24, w, 72)
        typed = int(count * progress(t, 0.3 + 0.7 * row, 0.6))
        for dot in range(typed):
            c.disc(x + 34 + dot * 25, top + 60, 8, TEXT)
    _button(c, x, y + 704, w, "Đăng nhập", _press(t, 1.95))
    _touch(c, x + w / 2, y + 750, t, 1.9)


def _search(c, x, y, w, t):
    figures.outlined(c, x, y + 110, w, 84, 42, TEXT, 4)
    said = "khai sinh"
    shown = said[: int(len(said) * progress(t, 0.35, 0.8))]
    width = c.text(shown, x + 36, y + 165, 40, c.faces.medium)
    if t % 0.8 < 0.5:
        c.rect(x + 42 + width, y + 128, 4, 48, ACCENT)
    rows = [("Đăng ký", "khai sinh"), ("Đăng ký lại", "khai sinh"), ("Bản sao", "Giấy khai sinh")]
    for index, (first, second) in enumerate(rows):
        come = ease_out(progress(t, 0.9 + 0.12 * index, 0.5))
        top = y + 250 + index * 166 + (1 - come) * 50
        chosen = index == 0 and t > 1.75
        c.rect(x - 14, top, w + 28, 144, ACCENT if chosen else SOFT, come, radius=20)
        c.text(first, x + 18, top + 60, 40, c.faces.bold, WHITE if chosen else TEXT, alpha=come)
        c.text(second, x + 18, top + 112, 40, c.faces.bold, WHITE if chosen else TEXT, alpha=come)
    _touch(c, x + w * 0.6, y + 322, t, 1.7)


def _form(c, x, y, w, t):
    filled = progress(t, 0.3, 1.2)
    figures.sheet(c, x - 6, y + 96, w + 12, 330, colour=SURFACE, filled=filled)
    c.rect(x - 38, y + 462, w + 76, 500, TEXT)
    paper = ease_out(progress(t, 0.5, 0.7))
    with Saved(c.ctx):
        c.ctx.translate(x + w / 2, y + 660)
        c.ctx.rotate(between(0.35, -0.05, paper))
        c.rect(-120, -150, 240, 300, CARD, radius=8)
        c.rect(-92, -118, 120, 18, ACCENT)
        for row in range(5):
            c.rect(-92, -68 + row * 38, 184 if row % 2 == 0 else 130, 12, LINE)
    arm = 46 + 8 * (1 - ease_out(progress(t, 1.3, 0.4)))
    figures.brackets(c, x + w / 2 - 165, y + 475, 330, 368, arm, WHITE)
    flash = 1 - progress(t, 2.0, 0.5)
    if t > 2.0:
        c.rect(x - 38, y + 462, w + 76, 500, WHITE, 0.85 * flash)


def _pay(c, x, y, w, t):
    c.text("Lệ phí", x, y + 152, 36, c.faces.medium, MUTED)
    c.text("10.000 đồng", x, y + 216, 52, c.faces.heavy, tracking=-0.01)
    c.text("Đăng ký thường trú,", x, y + 282, 34, c.faces.medium, MUTED)
    c.text("nộp trực tuyến", x, y + 328, 34, c.faces.medium, MUTED)
    _button(c, x, y + 372, w, "Thanh toán", _press(t, 0.85))
    _touch(c, x + w / 2, y + 418, t, 0.8)
    done = ease_out(progress(t, 1.15, 0.5))
    c.disc(x + w / 2, y + 590, 78 * done, TEXT)
    figures.tick(c, x + w / 2, y + 592, 78, WHITE, progress(t, 1.4, 0.4))
    come = ease_out(progress(t, 1.9, 0.6))
    top = y + 700 + (1 - come) * 200
    c.rect(x - 14, top, w + 28, 140, SOFT, come, radius=24)
    c.text("Tin nhắn", x + 14, top + 56, 32, c.faces.medium, MUTED, alpha=come)
    c.text("Đã nhận hồ sơ", x + 14, top + 106, 40, c.faces.bold, TEXT, alpha=come)


def _help(c, t, cues):
    start = cues["help"][0] - 0.25
    if t < start:
        return
    c.rect(MARGIN, 272, 132 * ease_out(progress(t, start, 0.7)), 12, ACCENT)
    c.headline(
        ["Cần giúp?", "Mời ông bà", "đến quầy số 1"], MARGIN, 420, 136, shown=progress(t, start, 0.9), leading=1.14
    )
    c.rising(["Cán bộ làm cùng ông bà"], MARGIN, 850, 52, c.faces.medium, MUTED, shown=progress(t, start + 0.7, 0.7))
    grow = ease_out(progress(t, start + 0.5, 0.8))
    if grow > 0:
        _counter(c, 1500, grow, progress(t, start + 0.9, 0.8))


def _counter(c, x, grow, people):
    """The help counter with its number above and two people at it."""
    lift = (1 - ease_out(people)) * 500
    with Saved(c.ctx):
        c.ctx.rectangle(x - 500, 200, 1000, 622)
        c.ctx.clip()
        figures.person(c, x - 130, 830 + lift, 330, ACCENT, hair="#8C8781")
        figures.person(c, x + 150, 830 + lift, 350, MUTED)
    c.rect(x - 340 * grow, 822, 680 * grow, 34, TEXT, radius=8)
    c.rect(x - 300 * grow, 856, 600 * grow, 84, SOFT)
    figures.counter_plate(c, x, 330, 210, "1", grow=grow)


FILM = Film("online-filing.mp4", "h264", LINES, draw, lead=0.7, tail=1.1, tune=1)
