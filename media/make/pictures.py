"""The still pictures: the guide to the counters, the poster of good manners, the three things to bring.

The lowest tenth of each stays empty, because the player's bar lies over it where a picture fills the screen.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

import figures
import hall
from canvas import ACCENT, CARD, FRAME, GOLD, LINE, MARGIN, MUTED, SOFT, SURFACE, TEXT, WHITE, Canvas, Faces, Saved
from film import pixels

COUNTER_WORK = {
    "1": ["Hướng dẫn, nộp trực tuyến"],
    "2": ["Khai sinh, kết hôn, khai tử"],
    "3": ["Chứng thực bản sao, chữ ký"],
    "4": ["Thường trú, tạm trú"],
    "5": ["Đất đai, hộ kinh doanh"],
    "6": ["Trả kết quả, bưu chính"],
}
_LIGHT = hall.Colours(SOFT, TEXT, "#D8CFBA", CARD, TEXT, ACCENT, WHITE)


def image(c: Canvas) -> Image.Image:
    return Image.frombuffer("RGB", (c.width, c.height), pixels(c), "raw", "BGRX", 0, 1)


def counters(faces: Faces, path: Path) -> None:
    """Which counter does what: the hall from above at the right, the list at the left. WebP, 16:9."""
    c = Canvas(faces)
    c.fill(SURFACE)
    c.headline(["Ông bà đến quầy nào?"], MARGIN, 176, 96)
    c.rect(MARGIN, 226, 860, 4, TEXT)
    for index, (number, (work,)) in enumerate(COUNTER_WORK.items()):
        y = 226 + index * 116
        figures.counter_plate(c, MARGIN + 44, y + 60, 84, number, ACCENT if number == "1" else TEXT)
        c.text(work, MARGIN + 116, y + 78, 50, faces.bold if number == "1" else faces.regular)
        c.rect(MARGIN, y + 116, 860, 2, LINE)
    with Saved(c.ctx):
        c.ctx.translate(1006, 262)
        c.ctx.scale(0.7, 0.7)
        hall.draw(c, _LIGHT, {"1": 1.0})
        figures.route(c, [(250, 850), (250, 690), (110, 690), (110, 214)], 1.0, ACCENT, 10)
        c.disc(110, 214, 20, ACCENT)
        c.text("Lấy số", hall.TICKETS[0] + 84, hall.TICKETS[1] + 20, 60, faces.bold)
        c.text("Ghế chờ", 640 - 34, 756 - 40, 60, faces.bold)
    c.text("Cửa vào", 1006 + 250 * 0.7 + 40, 876, 44, faces.bold, ACCENT)
    image(c).save(path, lossless=True, quality=100, method=6)


MANNERS = [
    ("Xin chào", "Luôn mỉm cười"),
    ("Xin lỗi", "Luôn nhẹ nhàng"),
    ("Xin cảm ơn", "Luôn thấu hiểu"),
    ("Xin phép", "Luôn giúp đỡ"),
]


def manners(faces: Faces, path: Path) -> None:
    """The poster of "4 xin, 4 luôn", upright, stored lying down with the EXIF mark that turns it. JPEG, 2:3."""
    c = Canvas(faces, 1080, 1620)
    c.fill(ACCENT)
    for radius, share in ((620, 0.05), (470, 0.06), (320, 0.07)):
        c.disc(540, 690, radius, WHITE, share)
    figures.person(c, 300, 800, 430, WHITE, hair="#D8D3CC")
    figures.person(c, 780, 800, 460, TEXT)
    c.rect(0, 770, 1080, 850, SURFACE)
    c.rect(0, 770, 1080, 26, TEXT)
    figures.star(c, 540, 520, 58, GOLD)
    c.text("Văn hóa công vụ", 540, 128, 56, faces.bold, WHITE, "center")
    c.headline(["4 xin, 4 luôn"], 540, 268, 128, WHITE, align="center")
    for index, (ask, always) in enumerate(MANNERS):
        y = 902 + index * 150
        c.text(ask, 72, y + 40, 72, faces.heavy, ACCENT, tracking=-0.015)
        c.text(always, 1008, y + 38, 60, faces.regular, TEXT, "right")
        if index < 3:
            c.rect(72, y + 92, 936, 2, LINE)
    lying = image(c).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    # Orientation 6: turn a quarter to the right to see it upright.
    exif[0x0112] = 6
    lying.save(path, quality=90, subsampling=0, optimize=True, exif=exif)


def bring(faces: Faces, path: Path) -> None:
    """What to have at hand: identity card, original papers, telephone. PNG, 4:3."""
    c = Canvas(faces, 1600, 1200)
    c.fill(SURFACE)
    c.headline(["Trước khi đến,", "ông bà mang theo"], 80, 158, 112)
    columns = [(80, "Căn cước", "còn hạn"), (587, "Giấy tờ gốc", "để đối chiếu"), (1094, "Điện thoại", "để nhận tin")]
    for index, (x, head, more) in enumerate(columns):
        c.rect(x, 344, 426, 390, (SOFT, ACCENT, FRAME)[index], radius=28)
        (_card, _papers, _telephone)[index](c, x + 213, 539)
        c.text(head, x, 820, 74, faces.heavy, tracking=-0.015)
        c.text(more, x, 892, 56, faces.regular, MUTED)
    c.rect(80, 938, 1440, 4, TEXT)
    c.text("Thiếu giấy tờ? Hỏi quầy số 1 trước khi về.", 80, 1018, 58, faces.bold)
    image(c).quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


def _card(c: Canvas, x, y):
    with Saved(c.ctx):
        c.ctx.translate(x, y)
        c.ctx.rotate(-0.08)
        c.rect(-160, -102, 320, 204, CARD, radius=20)
        c.rect(-160, -102, 320, 46, ACCENT, radius=20)
        c.rect(-160, -76, 320, 20, ACCENT)
        figures.star(c, -132, -77, 16, GOLD)
        c.rect(-136, -36, 92, 116, SOFT, radius=8)
        with Saved(c.ctx):
            c.path_rect(-136, -36, 92, 116, 8)
            c.ctx.clip()
            figures.person(c, -90, 84, 104, TEXT)
        for row, width in enumerate((152, 110, 152, 84)):
            c.rect(-20, -28 + row * 29, width, 12, TEXT if row == 0 else LINE, radius=6)


def _papers(c: Canvas, x, y):
    for turn, colour in ((0.2, "#E6DCC6"), (0.06, SOFT), (-0.08, CARD)):
        with Saved(c.ctx):
            c.ctx.translate(x, y)
            c.ctx.rotate(turn)
            c.rect(-104, -140, 208, 280, colour, radius=8)
            if colour == CARD:
                figures.star(c, 0, -100, 18, ACCENT)
                c.rect(-62, -66, 124, 14, TEXT, radius=7)
                for row in range(4):
                    c.rect(-76, -28 + row * 28, 152 if row % 2 == 0 else 112, 10, LINE, radius=5)
                c.disc(52, 104, 24, ACCENT, stroke=6)


def _telephone(c: Canvas, x, y):
    x0, y0, w, h = figures.phone(c, x - 90, y - 165, 180, 330, WHITE, SURFACE)
    c.rect(x0 + 16, y0 + 66, w - 32, 70, ACCENT, radius=14)
    c.shape([(x0 + 40, y0 + 130), (x0 + 74, y0 + 130), (x0 + 34, y0 + 158)], ACCENT)
    for row, width in enumerate((88, 60)):
        c.rect(x0 + 34, y0 + 84 + row * 22, width, 10, WHITE, radius=5)
    figures.tick(c, x0 + w / 2, y0 + 226, 66, TEXT)


PICTURES = {"counters.webp": counters, "manners.jpg": manners, "bring.png": bring}
