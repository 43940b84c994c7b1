"""The values that pass through ingest: what comes in, what was read, what is proposed.

Lengths and positions are whole pixels of the page raster (``Page.width`` × ``Page.height``),
with the origin in the top left corner, so a viewer can use them as an SVG view box.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page raster, in pixels."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Word:
    """One word as read, with its place and the reader's confidence (0 to 100)."""

    text: str
    box: Box
    confidence: int
    original: str = ""
    """What the engine read, where ``text`` was repaired (a paragraph sign taken for an 8)."""


class TextSource(StrEnum):
    """Where the text of a page comes from."""

    OCR = "ocr"
    EMBEDDED = "embedded"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its text, its words in reading order and its images (WebP) in the work folder.

    A page of text that is quickly drawn has the small one alone: it is drawn of the searchable PDF when somebody looks.

    ``confidence`` is the mean confidence of the words (0 to 100), ``None`` without words. ``turn`` is by how many
    degrees clockwise (0, 90, 180, 270) the page was turned against the file, so that its text is upright: width,
    height, words and images are of the turned page.
    """

    number: int
    width: int
    height: int
    dpi: int
    source: TextSource
    text: str
    words: tuple[Word, ...]
    confidence: int | None
    image: Path | None
    thumbnail: Path
    turn: int = 0
    languages: str = ""
    """With which languages the page was recognised; empty where it was not."""
    is_blank: bool = False
    """Whether nothing stands on the page but paper and dust; it is kept all the same."""


class RenditionKind(StrEnum):
    """What a derived file is for."""

    SEARCHABLE_PDF = "searchable_pdf"


@dataclass(frozen=True, slots=True)
class Rendition:
    """A file derived from the original, in the work folder."""

    kind: RenditionKind
    media_type: str
    path: Path
    standard: str = ""
    """What it was validated to conform to: ``PDF/A-2b``, ``PDF/A-3b``; empty if to none."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where on the pages a value was read: the words' common box and their text."""

    page: int
    box: Box
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One value read from the text, normalised, with the places that show it."""

    value: str
    evidence: tuple[Evidence, ...] = ()


class MentionKind(StrEnum):
    """What a mention names."""

    DEADLINE = "deadline"
    """A day; the value is an ISO date."""
    RUNNING_LIMIT = "running_limit"
    """A time that runs from an event: ``1 Monat nach Zustellung``."""
    COURT = "court"
    """``Verwaltungsgericht Hannover, 4 A 123/25``, either part may be missing."""
    AMOUNT = "amount"
    """Euros as decimal text: ``1234.56``."""
    IBAN = "iban"
    PARCEL = "parcel"
    """``Gemarkung Linden, Flur 3, Flurstück 12/4``, as far as the letter says."""
    PROPERTY_ADDRESS = "property_address"
    """``Lindenweg 7`` or ``Lindenweg 7, 30159 Musterstadt``."""
    SENDER_ADDRESS = "sender_address"
    """``Lindenweg 7, 30159 Musterstadt``."""
    PERSON = "person"
    """Name with academic titles, without "Herr" and "Frau"."""
    COMPANY = "company"
    """Name with its legal form."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Something a letter names: the value in its normal form and where it stands first.

    ``boxes`` has one box for each line of the words, and none where a file has text without a word layer.
    ``confidence`` is 0 to 1: how sure the spelling is, times how well its words were read.
    """

    kind: MentionKind
    value: str
    text: str
    """As written."""
    page: int
    boxes: tuple[Box, ...]
    confidence: float
    called: str = ""
    """How the words before an amount call it: ``Rechnungsbetrag``."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a letter says about itself. Missing values are ``None`` or empty."""

    references: tuple[Finding, ...] = ()
    """Own file references (Aktenzeichen) in their normal spelling, best first."""
    foreign_reference: Finding | None = None
    letter_date: Finding | None = None
    """ISO date."""
    sender: Finding | None = None
    subject: Finding | None = None
    deadlines: tuple[Finding, ...] = ()
    """ISO dates named as a time limit."""
    legal_remedy: Finding | None = None
    """Words that mark an objection, a lawsuit or a request for inspection; never file in bulk."""
    mentions: tuple[Mention, ...] = ()
    """All else it names, each value of a kind once."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed value with a calibrated confidence (0 to 1) and a German reason a clerk understands."""

    value: str
    confidence: float
    reason: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Scan:
    """One received file to read: where its bytes lie, what the sender called it, how to read it."""

    path: Path
    filename: str
    languages: str = "deu+eng"
    upright: bool = False
    """Whether somebody has laid every page as it shall be: then none is turned by the machine."""
    shown: Path | None = None
    """The searchable PDF that people see of it, where there is one: its pages lie as they were turned in reading."""
    page_languages: Mapping[int, str] = field(default_factory=dict)
    """Languages of single pages, by number from 1 on, where they are others."""


@dataclass(frozen=True, slots=True)
class Code:
    """A machine-readable mark on a page: ``qr``, ``code128`` or ``patch_t``; the last has no text."""

    kind: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class SheetLook:
    """What a page of a scan looks like before anything is read: its codes, whether it is blank, its images."""

    number: int
    codes: tuple[Code, ...]
    blank: bool
    image: Path
    thumbnail: Path


@dataclass(frozen=True, slots=True)
class PageOrder:
    """A page of a scan to be taken, turned clockwise by a multiple of 90 degrees against how it is shown."""

    number: int
    turn: int = 0
    scan: int = 0
    """Which of several scans it is in, from 0 on."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost. Sizes in bytes, times in seconds."""

    max_bytes: int = 200_000_000
    max_pages: int = 2_000
    max_pixels: int = 120_000_000
    """Pixels of one decoded page image (A0 at 300 dpi is 139 million; A3 at 600 dpi is 70 million)."""
    cpu_seconds: int = 3_600
    wall_seconds: int = 3_600
    memory_bytes: int = 4_000_000_000
    max_parts: int = 1_000
    """Files inside one container, those of the containers inside it counted too."""
    max_unpacked_bytes: int = 1_000_000_000
    max_ratio: int = 200
    """Unpacked bytes per packed byte of one file of more than ten megabytes; deflate itself reaches 1,032."""
    max_depth: int = 4
    """Containers inside containers that are opened; deeper ones stay closed parts."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file out of a container (mail, ZIP, PDF with attachments), its bytes in the work folder.

    ``position`` counts from 1 in the order of the container. ``filename`` is harmless: no folders, no control
    characters, never empty. ``folder`` tells where in the container it lay (``"plaene.zip/Haus 3"``), ``""`` at the
    top. ``media_type`` is what the bytes are, whatever the name says.
    """

    position: int
    filename: str
    media_type: str
    path: Path
    folder: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line of an invoice; numbers as decimal text (``12.50``), what is missing is ``""``."""

    number: str
    name: str
    quantity: str
    price: str
    amount: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """What an electronic invoice states (EN 16931); dates ISO, amounts decimal text, what is missing is ``""``."""

    number: str
    kind: str
    """UNTDID 1001: 380 invoice, 381 credit note …"""
    profile: str
    issued_on: str
    due_on: str
    seller: str
    seller_tax_id: str
    buyer: str
    routing_id: str
    """Leitweg-ID (BT-10)."""
    order_reference: str
    iban: str
    currency: str
    net: str
    tax: str
    gross: str
    payable: str
    notes: tuple[str, ...] = ()
    lines: tuple[InvoiceLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything read from one file."""

    media_type: str
    pages: tuple[Page, ...]
    renditions: tuple[Rendition, ...]
    facts: Facts
    document_type: Proposal | None
    file_plan_units: tuple[Proposal, ...]
    """Best first; the value is a file plan code."""
    warnings: tuple[str, ...] = ()
    """German sentences for the clerk, e.g. weak text."""
    software: str = ""
    """Reading program and version, for the transfer note."""
    parts: tuple[Part, ...] = ()
    """Files out of a container, each to be read on its own as an Anlage; containers inside it are opened already."""
    invoice: Invoice | None = None
    """What the file states as data, where it is or holds an electronic invoice."""

    @property
    def text(self) -> str:
        """The text of all pages, separated by form feeds."""
        return "\f".join(page.text for page in self.pages)


@dataclass(frozen=True, slots=True)
class CaseCandidate:
    """A case file the reader of the proposal may see, as far as the proposal needs it."""

    case_file_id: str
    reference: str
    aliases: tuple[str, ...]
    subject: str
    file_plan_code: str
    opened_on: date
    is_open: bool
    senders: frozenset[str] = field(default_factory=frozenset)
    """Senders of the documents already in the file, as written."""
