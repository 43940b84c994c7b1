"""Draw the content of a letter on A4 pages, in the manner of DIN 5008. Lengths in millimetres."""

from __future__ import annotations

from datetime import UTC, datetime

from eakte.demo.letters.content import Content
from eakte.demo.letters.fonts import font
from eakte.demo.letters.heads import draw_footer, draw_head
from eakte.demo.letters.paper import Paper
from eakte.demo.letters.spec import Shape

MARGIN = 25.0
BODY_TOP = 98.0


class Sheet(Paper):
    """An A4 document with the fonts of one letter and a page number from the second page on."""

    def __init__(self, content: Content) -> None:
        super().__init__()
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
