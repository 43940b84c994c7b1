"""Tables and letters as PDF, for the file of a project: text in an embedded font, the number of each page."""

from __future__ import annotations

from collections.abc import Sequence

from fpdf import FPDF
from fpdf.fonts import FontFace

from retention.certificate import FONTS

_SIZE = 8


class _Paged(FPDF):
    """Pages that say which one of how many they are."""

    def footer(self) -> None:
        """Print the number of the page below it."""
        self.set_y(-12)
        self.set_font("dejavu", "", _SIZE)
        self.cell(0, 5, f"Seite {self.page_no()} von {{nb}}", align="R")


def letter_pdf(title: str, text: str) -> bytes:
    """Return a letter in portrait: paragraphs of text, without head and address, for the city's own paper."""
    pdf = _opened("portrait", title)
    pdf.set_font("dejavu", "", _SIZE + 2)
    pdf.set_auto_page_break(True, margin=16)
    for line in text.splitlines():
        pdf.multi_cell(0, 5.5, line or " ", new_x="LMARGIN", new_y="NEXT", align="L")
    return bytes(pdf.output())


def cover_pdf(city: str, reference: str, subject: str, facts: Sequence[tuple[str, str]]) -> bytes:
    """Return the cover of a file in portrait: its reference large, its subject, and what else is told of it."""
    pdf = _opened("portrait", f"Akte {reference}")
    pdf.set_auto_page_break(True, margin=16)
    for text, style, size in ((city, "", 12), (reference, "B", 30), (subject, "", 18)):
        pdf.set_font("dejavu", style, size)
        pdf.multi_cell(0, size * 0.55, text or " ", new_x="LMARGIN", new_y="NEXT", align="L")
        pdf.ln(size * 0.4)
    for label, text in facts:
        pdf.set_font("dejavu", "B", _SIZE + 3)
        pdf.cell(42, 7, label)
        pdf.set_font("dejavu", "", _SIZE + 3)
        pdf.multi_cell(0, 7, text or "–", new_x="LMARGIN", new_y="NEXT", align="L")
    return bytes(pdf.output())


def _opened(orientation: str, title: str) -> _Paged:
    pdf = _Paged(orientation=orientation, format="A4")
    pdf.add_font("dejavu", "", FONTS / "DejaVuSans.ttf")
    pdf.add_font("dejavu", "B", FONTS / "DejaVuSans-Bold.ttf")
    pdf.set_title(title)
    pdf.set_lang("de")
    pdf.add_page()
    return pdf


def table_pdf(
    title: str,
    below: Sequence[str],
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[int] | None = None,
) -> bytes:
    """Return the table in landscape; *below* are lines above it, *widths* those of the columns, in proportion."""
    pdf = _opened("landscape", title)
    pdf.set_font("dejavu", "B", 14)
    pdf.multi_cell(0, 8, title, new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("dejavu", "", _SIZE + 1)
    for text in below:
        pdf.multi_cell(0, 5, text, new_x="LMARGIN", new_y="NEXT")
    pdf.ln(3)
    pdf.set_font("dejavu", "", _SIZE)
    # Room for the number of the page.
    pdf.set_auto_page_break(True, margin=16)
    with pdf.table(
        headings_style=FontFace(emphasis="BOLD"), line_height=5, col_widths=widths, text_align="LEFT"
    ) as table:
        for cells in (heads, *rows):
            row = table.row()
            for cell in cells:
                row.cell(cell)
    return bytes(pdf.output())
