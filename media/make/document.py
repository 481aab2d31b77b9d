"""The PDF: the office's hours and which counter does what, two pages of 16:9 to be read from afar."""

from __future__ import annotations

from pathlib import Path

from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from canvas import ACCENT, CARD, LINE, MUTED, TEXT, WHITE

NAME = "hours-and-counters.pdf"
WIDTH, HEIGHT = 960, 540
MARGIN = 48
OFFICE = "Trung tâm Phục vụ hành chính công phường Phú Lợi"
HOURS = [
    ("Thứ Hai đến thứ Sáu", [("Buổi sáng", "07:00 – 11:00"), ("Buổi chiều", "13:00 – 17:00")]),
    ("Thứ Bảy, Chủ nhật, ngày lễ", [("Nộp trực tuyến", "24 giờ mỗi ngày")]),
]
COUNTERS = [
    ("1", "Hướng dẫn, giúp nộp trực tuyến", "Mọi lĩnh vực"),
    ("2", "Khai sinh, kết hôn, khai tử", "Hộ tịch"),
    ("3", "Bản sao, chữ ký, hợp đồng", "Chứng thực"),
    ("4", "Thường trú, tạm trú", "Công an phường"),
    ("5", "Đất đai, hộ kinh doanh", "Kinh tế"),
    ("6", "Trả kết quả, nhận hồ sơ bưu chính", "Bưu điện"),
]


class Page:
    """A page measured from its upper left corner, as everything else here is."""

    def __init__(self, pdf: Canvas):
        self.pdf = pdf

    def rect(self, x, y, w, h, colour):
        self.pdf.setFillColor(HexColor(colour))
        self.pdf.rect(x, HEIGHT - y - h, w, h, stroke=0, fill=1)

    def text(self, text, x, y, size, font, colour=TEXT, align="left"):
        self.pdf.setFillColor(HexColor(colour))
        self.pdf.setFont(font, size)
        draw = {"left": self.pdf.drawString, "right": self.pdf.drawRightString, "center": self.pdf.drawCentredString}
        draw[align](x, HEIGHT - y, text)

    def head(self, title, page):
        self.rect(0, 0, WIDTH, HEIGHT, CARD)
        self.rect(0, 0, WIDTH, 12, ACCENT)
        self.text("Thông báo", MARGIN, 58, 26, "Bold", ACCENT)
        self.text(f"Trang {page}/2", WIDTH - MARGIN, 58, 26, "Regular", MUTED, "right")
        self.text(title, MARGIN, 116, 52, "ExtraBold")
        self.rect(MARGIN, 138, WIDTH - 2 * MARGIN, 3, TEXT)

    def foot(self, left):
        self.text(left, MARGIN, HEIGHT - 20, 24, "Regular", MUTED)


def make(fonts: Path, path: Path) -> None:
    for name in ("Regular", "Bold", "ExtraBold"):
        (file,) = sorted(fonts.glob(f"*-{name}.ttf"))[:1]
        pdfmetrics.registerFont(TTFont(name, str(file)))
    # `invariant` leaves out the time of making, so that the same file comes out each time.
    pdf = Canvas(str(path), pagesize=(WIDTH, HEIGHT), invariant=1, lang="vi", initialFontName="Regular")
    pdf.setTitle("Thông báo lịch làm việc và phân công quầy")
    pdf.setAuthor(OFFICE)
    page = Page(pdf)
    _hours(page)
    pdf.showPage()
    _counters(page)
    pdf.showPage()
    pdf.save()


def _hours(page: Page) -> None:
    page.head("Giờ tiếp nhận và trả kết quả", 1)
    y = 141
    for days, rows in HOURS:
        page.text(days, MARGIN, y + 44, 28, "Regular", MUTED)
        y += 54
        for when, hours in rows:
            page.text(when, MARGIN, y + 46, 38, "Bold")
            page.text(hours, WIDTH - MARGIN, y + 48, 46, "ExtraBold", TEXT, "right")
            y += 70
            page.rect(MARGIN, y, WIDTH - 2 * MARGIN, 1.5, LINE)
    page.foot(OFFICE)


def _counters(page: Page) -> None:
    page.head("Phân công quầy", 2)
    for index, (number, work, field) in enumerate(COUNTERS):
        y = 141 + index * 57
        page.rect(MARGIN, y + 8, 42, 42, ACCENT if index == 0 else TEXT)
        page.text(number, MARGIN + 21, y + 40, 30, "ExtraBold", WHITE, "center")
        page.text(work, MARGIN + 62, y + 40, 30, "Bold")
        page.text(field, WIDTH - MARGIN, y + 40, 28, "Regular", MUTED, "right")
        page.rect(MARGIN, y + 56, WIDTH - 2 * MARGIN, 1.5, LINE)
    page.foot("Đường dây nóng: 0299 3623 333")
