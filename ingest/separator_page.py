"""Separator sheets as a PDF to print: large words for people, and for the scanner the same QR code above and below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
import zxingcpp
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont
from PIL import Image

FONTS: Final = Path("/usr/share/fonts/truetype/dejavu")
"""Where Debian and Ubuntu put the package fonts-dejavu-core."""

_FONT = "DejaVu"
_SIDE = 70
"""Millimetres of a QR code: at 150 dpi each of its squares then has at least seven pixels."""
_MARGIN = 20


@dataclass(frozen=True, slots=True)
class SheetPage:
    """One sheet: what the code says, and what people read."""

    code: str
    heading: str
    lines: Sequence[tuple[str, str]]
    """Labels and values."""


def render(pages: Sequence[SheetPage], *, fonts: Path = FONTS) -> bytes:
    """Return the sheets as a PDF with one page each."""
    pdf = FPDF(format="A4")
    pdf.set_title("Trennblätter")
    pdf.set_lang("de-DE")
    pdf.set_auto_page_break(auto=False)
    pdf.set_margin(_MARGIN)
    pdf.add_font(_FONT, "", fonts / "DejaVuSans.ttf")
    pdf.add_font(_FONT, "B", fonts / "DejaVuSans-Bold.ttf")
    for page in pages:
        _page(pdf, page)
    data = bytes(pdf.output())
    for font in pdf.fonts.values():
        if isinstance(font, TTFFont):
            font.close()
    return data


def _page(pdf: FPDF, page: SheetPage) -> None:
    pdf.add_page()
    write = partial(pdf.multi_cell, 0, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    code = qr(page.code)
    pdf.image(code, x=(pdf.w - _SIDE) / 2, y=_MARGIN, w=_SIDE, h=_SIDE, alt_text="QR-Code des Trennblatts")
    pdf.image(code, x=(pdf.w - _SIDE) / 2, y=pdf.h - _MARGIN - _SIDE, w=_SIDE, h=_SIDE, alt_text="Derselbe QR-Code")
    pdf.set_y(_MARGIN + _SIDE + 8)
    pdf.set_font(_FONT, "B", 24)
    write(11, page.heading)
    for label, value in page.lines:
        pdf.set_font(_FONT, "", 10)
        write(6, label)
        pdf.set_font(_FONT, "B", 16)
        write(8, value)
    pdf.set_font(_FONT, "", 10)
    write(6, "Vor die Unterlagen legen. Dieses Blatt wird nicht abgelegt; seine Rückseite zählt zum Blatt.")


def qr(text: str) -> BytesIO:
    """Return a QR code with medium error correction as a PNG."""
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    stream = BytesIO()
    Image.fromarray(np.array(made.to_image(scale=6))).save(stream, "PNG")
    stream.seek(0)
    return stream
