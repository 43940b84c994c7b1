"""Draw the content of a letter on A4 pages, in the manner of DIN 5008. Lengths in millimetres."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

from fpdf import FPDF

from eakte.demo.letters.chance import chance
from eakte.demo.letters.content import Content
from eakte.demo.letters.fonts import font
from eakte.demo.letters.heads import draw_footer, draw_head
from eakte.demo.letters.spec import Shape

MARGIN = 25.0
WIDTH = 165.0
BODY_TOP = 98.0


class Sheet(FPDF):
    """An A4 document with the fonts of one letter and a page number from the second page on."""

    def __init__(self, content: Content) -> None:
        super().__init__(format="A4")
        self.content = content
        spec = content.spec
        self.set_creation_date(
            datetime(spec.letter_date.year, spec.letter_date.month, spec.letter_date.day, 9, tzinfo=UTC)
        )
        self.set_producer("Textverarbeitung")
        self.set_lang("de-DE")
        face = font(content.look.font)
        self.add_font("body", "", face.regular)
        self.add_font("body", "B", face.bold)
        if spec.shape is Shape.FORM:
            self.add_font("typed", "", font("Liberation Mono").regular)
        if any("\u1e00" <= char <= "\u1eff" for char in repr(content)):
            # Some families lack the letters of Vietnamese.
            wide = font("DejaVu Sans")
            self.add_font("wide", "", wide.regular)
            self.add_font("wide", "B", wide.bold)
            self.set_fallback_fonts(["wide"], exact_match=True)
        self.set_margins(MARGIN, 25, 20)
        self.set_auto_page_break(auto=True, margin=32)

    def header(self) -> None:
        """Draw the letterhead on the first page, the page number on the others."""
        if self.page == 1:
            draw_head(self, self.content)
            return
        self.write_text(f"– {self.page} –", size=9, align="C")
        self.set_y(30)

    def footer(self) -> None:
        """Draw the bank details of firms on the first page."""
        if self.page == 1 and not self.content.sender.private:
            draw_footer(self, self.content)

    def write_text(
        self, text: str, *, size: float, bold: bool = False, align: str = "L", face: str = "body", width: float = WIDTH
    ) -> None:
        """Write a paragraph at the current place and go below it."""
        self.set_font(face, "B" if bold else "", size)
        self.multi_cell(width, size * 0.46, text, align=align, new_x="LMARGIN", new_y="NEXT")

    def gap(self, height: float) -> None:
        """Leave some room."""
        self.ln(height)

    def write_signature(self, name: str, seed: int) -> None:
        """Draw a signature in blue ink and the name in print."""
        if self.get_y() > 248:
            self.add_page()
        random = chance(seed)
        x, y = self.get_x() + 2, self.get_y() + 7
        self.set_draw_color(30, 50, 130)
        self.set_line_width(0.45)
        points = [(x, y)]
        for _ in range(len(name.split()) * 9):
            x += random.uniform(0.6, 2.6)
            points.append((x, y + random.uniform(-4, 2.5)))
        self.polyline(_smooth(points))
        self.set_draw_color(0)
        self.set_line_width(0.2)
        self.ln(12)
        self.write_text(name, size=self.content.look.size)


def _smooth(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Round the corners of a line (Chaikin, three times)."""
    for _ in range(3):
        rounded = [points[0]]
        for (ax, ay), (bx, by) in pairwise(points):
            rounded += [(0.75 * ax + 0.25 * bx, 0.75 * ay + 0.25 * by), (0.25 * ax + 0.75 * bx, 0.25 * ay + 0.75 * by)]
        points = [*rounded, points[-1]]
    return points
