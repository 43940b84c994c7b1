"""One page of German PDF/A for a certificate: tagged, with language and title, the same bytes for the same input."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, TypeAlias

import pikepdf
from fpdf import FPDF, ViewerPreferences
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

from retention.errors import FontMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

Section: TypeAlias = "tuple[str, tuple[tuple[str, str], ...]]"
"""A heading with lines of label and value."""

_SIZES = (9.5, 8.5, 7.5, 6.5)
"""Points of the text, tried from the largest until everything is on one page."""
_MARGIN = 20
_LABEL_WIDTH = 5.2
"""Width of the labels in millimetres per point of the text."""
_FONT = "DejaVu"


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on the page."""

    title: str
    organisation: str
    sections: tuple[Section, ...]
    digest: str
    """SHA-256 of the JSON that the page belongs to."""
    created_at: datetime
    closing: str = "Maschinell erstellt. Betreffe und Namen Betroffener sind nicht enthalten."
    """Last sentence of the page."""


def render(page: Page, fonts: Path) -> bytes:
    """The page as PDF/A-2u; raises ``FontMissingError`` without DejaVu Sans in *fonts*."""
    for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"):
        if not (fonts / name).is_file():
            raise FontMissingError(name)
    data = b""
    for size in _SIZES:
        pdf = _document(page, fonts, size)
        data = bytes(pdf.output())
        _close_fonts(pdf)
        if pdf.pages_count == 1:
            break
    return _titled(data, page.title)


def _close_fonts(pdf: FPDF) -> None:
    """Close the font files, which fpdf2 leaves open."""
    for font in pdf.fonts.values():
        if isinstance(font, TTFFont):
            font.close()


def _titled(data: bytes, title: str) -> bytes:
    """Add the title to the document information, which fpdf2 leaves out of PDF/A."""
    result = BytesIO()
    with pikepdf.open(BytesIO(data)) as pdf:
        pdf.docinfo["/Title"] = title
        pdf.save(result, deterministic_id=True)
    return result.getvalue()


def _document(page: Page, fonts: Path, size: float) -> FPDF:
    pdf = FPDF(format="A4", enforce_compliance="PDF/A-2U")
    pdf.set_title(page.title)
    pdf.set_lang("de-DE")
    pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
    pdf.set_creator("E-Akte")
    pdf.set_creation_date(page.created_at)
    pdf.set_xmp_metadata(_metadata(page))
    pdf.add_font(_FONT, "", fonts / "DejaVuSans.ttf")
    pdf.add_font(_FONT, "B", fonts / "DejaVuSans-Bold.ttf")
    pdf.set_margin(_MARGIN)
    pdf.set_auto_page_break(auto=True, margin=_MARGIN)
    pdf.add_page()
    _heading(pdf, "/H1", page.title, size + 6.5)
    _text(pdf, page.organisation, size)
    for title, lines in page.sections:
        pdf.ln(size * 0.3)
        _rule(pdf)
        _heading(pdf, "/H2", title, size + 1)
        for label, value in lines:
            _line(pdf, label, value, size)
    _text(pdf, "Prüfsumme (SHA-256) der JSON-Fassung dieses Nachweises:", size)
    _text(pdf, page.digest, size)
    pdf.ln(size * 0.3)
    _text(pdf, page.closing, size)
    return pdf


def _heading(pdf: FPDF, role: str, text: str, size: float) -> None:
    pdf.set_font(_FONT, "B", size)
    with _tagged(pdf, role):
        pdf.multi_cell(0, size * 0.55, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _text(pdf: FPDF, text: str, size: float) -> None:
    pdf.set_font(_FONT, "", size)
    with _tagged(pdf, "/P"):
        pdf.multi_cell(0, size * 0.5, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _line(pdf: FPDF, label: str, value: str, size: float) -> None:
    """Label and value are one paragraph, so that they are read together."""
    height = size * 0.5
    with _tagged(pdf, "/P"):
        pdf.set_font(_FONT, "B", size)
        pdf.multi_cell(_LABEL_WIDTH * size, height, f"{label}:", align="L", new_x=XPos.RIGHT, new_y=YPos.TOP)
        pdf.set_font(_FONT, "", size)
        pdf.multi_cell(0, height, value, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _rule(pdf: FPDF) -> None:
    pdf._out("/Artifact BMC")  # noqa: SLF001 - fpdf2 has no public call for artifacts
    pdf.set_draw_color(150)
    pdf.line(_MARGIN, pdf.get_y(), pdf.w - _MARGIN, pdf.get_y())
    pdf._out("EMC")  # noqa: SLF001 - as above
    pdf.ln(1)


@contextmanager
def _tagged(pdf: FPDF, role: str) -> Iterator[None]:
    """Put what is drawn into the structure tree; fpdf2 itself tags only pictures and sections."""
    mcid = pdf.struct_builder.next_mcid_for_page(pdf.page)
    pdf._add_marked_content(struct_type=role, mcid=mcid)  # noqa: SLF001 - no public call
    pdf._out(f"{role} <</MCID {mcid}>> BDC")  # noqa: SLF001 - no public call
    yield
    pdf._out("EMC")  # noqa: SLF001 - no public call


def _metadata(page: Page) -> str:
    """XMP of our own, because that of fpdf2 carries the time of writing."""
    moment = page.created_at.isoformat(timespec="seconds")
    title = escape(page.title)
    return f"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmp:CreatorTool="E-Akte" xmp:CreateDate="{moment}">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>de-DE</rdf:li></rdf:Bag></dc:language>
</rdf:Description></rdf:RDF></x:xmpmeta>"""
