"""What a generated letter says: the truth that reading it must find again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Shape(StrEnum):
    """How the page is laid out."""

    LETTER = "letter"
    PLAIN = "plain"
    """A private letter without letterhead."""
    FORM = "form"
    INVOICE = "invoice"
    NOTICE = "notice"


class Carrier(StrEnum):
    """The kind of file the letter arrives as."""

    SCAN_PDF = "scan_pdf"
    """One JPEG per page inside a PDF, as from an office scanner."""
    SCAN_TIFF = "scan_tiff"
    SCAN_JPEG = "scan_jpeg"
    BORN_PDF = "born_pdf"
    """Written by a program: text, no picture."""


@dataclass(frozen=True, slots=True)
class Printed:
    """Where a fact stands: its field, the words on the paper, the page (``None``: in the running text)."""

    field: str
    text: str
    page: int | None


@dataclass(frozen=True, slots=True)
class LetterSpec:
    """The truth of one letter. Missing facts are ``None``: the paper does not show them."""

    key: str
    """Unique within a seed, stable for a number whatever the count."""
    template: str
    shape: Shape
    document_type: str
    sender: str
    letter_date: date
    received_on: date
    """Day of the receipt stamp."""
    subject: str
    reference: str | None
    """Own file reference as printed on the paper."""
    case_file_key: str | None
    """The case file it belongs to, printed or not; ``None`` for post that belongs to none."""
    file_plan_code: str | None
    unit_code: str | None
    foreign_reference: str | None
    deadline: date | None
    direction: str
    legal_remedy: bool
    evidence: tuple[Printed, ...]
    carrier: Carrier
    dpi: int
    font: str
    filename: str
