"""The form: the declaration for a birth certificate, one page of A4 with the fields of the official one.

The fields are those of the form that Circular 04/2020/TT-BTP gives for the registration of a birth.
"""

from __future__ import annotations

from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

NAME = "birth-form.pdf"
WIDTH, HEIGHT = A4
MARGIN = 56
SIZE = 11.5
STEP = 21.5
FIELDS = [
    ("Kính gửi: (cơ quan đăng ký khai sinh)", 0),
    ("Họ, chữ đệm, tên người yêu cầu:", 0),
    ("Ngày, tháng, năm sinh:", 0),
    ("Nơi cư trú:", 0),
    ("Số định danh cá nhân / Giấy tờ tùy thân:", 0),
    ("Quan hệ với người được khai sinh:", 0),
    (None, "Đề nghị cơ quan đăng ký khai sinh cho người dưới đây:"),
    ("Họ, chữ đệm, tên:", 0),
    ("Ngày, tháng, năm sinh:", 0),
    ("ghi bằng chữ:", 1),
    ("Giới tính:", 0),
    ("Dân tộc:", 0),
    ("Quốc tịch:", 0),
    ("Nơi sinh:", 0),
    ("Quê quán:", 0),
    ("Họ, chữ đệm, tên người mẹ:", 0),
    ("Năm sinh, dân tộc, quốc tịch:", 1),
    ("Nơi cư trú:", 1),
    ("Họ, chữ đệm, tên người cha:", 0),
    ("Năm sinh, dân tộc, quốc tịch:", 1),
    ("Nơi cư trú:", 1),
    (None, "Tôi cam đoan nội dung đề nghị trên đây là đúng sự thật và chịu trách nhiệm trước pháp luật."),
]


def make(fonts: Path, path: Path) -> None:
    for name in ("Regular", "Bold"):
        (file,) = sorted(fonts.glob(f"*-{name}.ttf"))[:1]
        pdfmetrics.registerFont(TTFont(name, str(file)))
    # `invariant` leaves out the time of making, so that the same file comes out each time.
    pdf = Canvas(str(path), pagesize=A4, invariant=1, lang="vi", initialFontName="Regular")
    pdf.setTitle("Tờ khai đăng ký khai sinh")
    _head(pdf)
    y = HEIGHT - 170
    for label, rest in FIELDS:
        if label is None:
            pdf.setFont("Bold", SIZE)
            pdf.drawString(MARGIN, y, rest)
        else:
            _blank(pdf, label, MARGIN + 18 * rest, y)
        y -= STEP
    _foot(pdf, y - 12)
    pdf.showPage()
    pdf.save()


def _head(pdf: Canvas) -> None:
    pdf.setFont("Bold", 12)
    pdf.drawCentredString(WIDTH / 2, HEIGHT - 62, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    pdf.drawCentredString(WIDTH / 2, HEIGHT - 80, "Độc lập – Tự do – Hạnh phúc")
    pdf.setLineWidth(0.8)
    pdf.line(WIDTH / 2 - 78, HEIGHT - 87, WIDTH / 2 + 78, HEIGHT - 87)
    pdf.setFont("Bold", 15)
    pdf.drawCentredString(WIDTH / 2, HEIGHT - 128, "TỜ KHAI ĐĂNG KÝ KHAI SINH")


def _blank(pdf: Canvas, label: str, x: float, y: float) -> None:
    pdf.setFont("Regular", SIZE)
    pdf.drawString(x, y, label)
    begins = x + pdfmetrics.stringWidth(label, "Regular", SIZE) + 6
    pdf.setLineWidth(0.6)
    pdf.setDash(1, 2)
    pdf.line(begins, y - 2, WIDTH - MARGIN, y - 2)
    pdf.setDash()


def _foot(pdf: Canvas, y: float) -> None:
    pdf.setFont("Regular", SIZE)
    pdf.drawString(MARGIN, y, "Đề nghị cấp bản sao:  ☐ Có   ☐ Không     Số lượng: ……… bản")
    pdf.drawCentredString(WIDTH - MARGIN - 105, y - 30, "Làm tại ………………, ngày … tháng … năm ……")
    pdf.setFont("Bold", SIZE)
    pdf.drawCentredString(WIDTH - MARGIN - 105, y - 50, "Người yêu cầu")
    pdf.setFont("Regular", 10)
    pdf.drawCentredString(WIDTH - MARGIN - 105, y - 64, "(Ký, ghi rõ họ, chữ đệm, tên)")
