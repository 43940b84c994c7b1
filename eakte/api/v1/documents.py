"""Documents: what they are, their pages with words, their text and files."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from eakte.actions import document_parts, documents
from eakte.actions.documents import Download
from eakte.api.models import Out
from eakte.api.operation import Answer, Call, File, Operation, Sends
from eakte.records.access import Permission

_DOCUMENT = "/documents/<uuid:document_id>"
_PAGE = f"{_DOCUMENT}/pages/<int:number>"
_ANY, _IMAGE = Sends(("*/*",)), Sends(("image/webp",))


class Document(Out):
    """A document."""

    document_id: UUID
    item_id: UUID
    case_file_id: UUID | None
    case_file_reference: str
    case_file_subject: str
    reference: str
    subject: str
    document_type: str
    direction: str
    sender: str
    foreign_reference: str
    letter_date: date | None
    received_at: datetime
    received_by: str
    filed_at: datetime | None
    filed_by: str | None
    filename: str
    media_type: str
    sha256: str
    software: str
    warnings: list[str]
    pages: int
    renditions: list[str]


class Rendition(Out):
    """A file derived from a version."""

    kind: str
    media_type: str
    sha256: str


class Version(Out):
    """A version of a document."""

    number: int
    filename: str
    media_type: str
    sha256: str
    software: str
    created_at: datetime | None
    created_by: str
    remark: str
    pages: int
    renditions: list[Rendition]


class Versions(Out):
    """All versions of a document, oldest first."""

    items: list[Version]


class PageSize(Out):
    """A page and the size of its raster."""

    number: int
    width: int
    height: int


class Pages(Out):
    """All pages of the newest version."""

    items: list[PageSize]


class Word(Out):
    """A word with its place on the page."""

    text: str
    left: int
    top: int
    width: int
    height: int
    confidence: int


class PageContent(Out):
    """A page with its text and words."""

    number: int
    width: int
    height: int
    confidence: int | None
    text: str
    words: list[Word]


class PageText(Out):
    """The text of a page."""

    number: int
    text: str


class Text(Out):
    """The text of all pages."""

    items: list[PageText]


def show(call: Call, document_id: UUID) -> Answer:
    """Show one document."""
    view = documents.show(call.session, call.actor, document_id, call.now)
    revision = document_parts.revision_of(call.session, call.actor, document_id, call.now)
    return Answer(Document.model_validate(view), revision)


def versions(call: Call, document_id: UUID) -> Versions:
    """List the versions of a document."""
    found = document_parts.versions(call.session, call.actor, document_id, call.now)
    return Versions.model_validate({"items": found}, from_attributes=True)


def pages(call: Call, document_id: UUID) -> Pages:
    """List the pages of the newest version."""
    found = documents.outline(call.session, call.actor, document_id, call.now)
    return Pages.model_validate({"items": found}, from_attributes=True)


def page(call: Call, document_id: UUID, number: int) -> PageContent:
    """Return a page with its words."""
    found = documents.page(call.session, call.actor, document_id, number, call.now)
    names = ("text", "left", "top", "width", "height", "confidence")
    words = [Word(**dict(zip(names, word, strict=True))) for word in found.words]
    return PageContent(
        number=found.number,
        width=found.width,
        height=found.height,
        confidence=found.confidence,
        text=found.text,
        words=words,
    )


def image(call: Call, document_id: UUID, number: int) -> File:
    """Send a page as an image."""
    found = documents.page(call.session, call.actor, document_id, number, call.now)
    return File("image/webp", f"seite-{number}.webp", found.image)


def thumbnail(call: Call, document_id: UUID, number: int) -> File:
    """Send a page as a small image."""
    found = documents.page(call.session, call.actor, document_id, number, call.now)
    return File("image/webp", f"seite-{number}-klein.webp", found.thumbnail)


def text(call: Call, document_id: UUID) -> Text:
    """Return the text of all pages."""
    sizes = documents.outline(call.session, call.actor, document_id, call.now)
    found = (documents.page(call.session, call.actor, document_id, size.number, call.now) for size in sizes)
    return Text(items=[PageText(number=one.number, text=one.text) for one in found])


def original(call: Call, document_id: UUID) -> File:
    """Send the original of the newest version."""
    return _file(documents.original(call.session, call.actor, document_id, call.now))


def rendition(call: Call, document_id: UUID, kind: str) -> File:
    """Send a derived file of the newest version."""
    return _file(documents.rendition(call.session, call.actor, document_id, kind, call.now))


def _file(found: Download) -> File:
    return File(found.media_type, found.filename, found.sha256)


OPERATIONS = (
    Operation("GET", _DOCUMENT, show, Permission.READ, Document, "Ein Dokument", tagged=True),
    Operation("GET", f"{_DOCUMENT}/versions", versions, Permission.READ, Versions, "Versionen eines Dokuments"),
    Operation("GET", f"{_DOCUMENT}/pages", pages, Permission.READ, Pages, "Seiten der neuesten Version"),
    Operation("GET", _PAGE, page, Permission.READ, PageContent, "Eine Seite mit Text und Wörtern"),
    Operation("GET", f"{_PAGE}/image", image, Permission.READ, _IMAGE, "Eine Seite als Bild", tagged=True),
    Operation("GET", f"{_PAGE}/thumbnail", thumbnail, Permission.READ, _IMAGE, "Eine Seite als Vorschau", tagged=True),
    Operation("GET", f"{_DOCUMENT}/text", text, Permission.READ, Text, "Text aller Seiten"),
    Operation(
        "GET", f"{_DOCUMENT}/original", original, Permission.READ, _ANY, "Das Original herunterladen", writes=True,
        notes="Jedes Herunterladen steht im Protokoll.",
    ),
    Operation(
        "GET", f"{_DOCUMENT}/renditions/<kind>", rendition, Permission.READ, _ANY,
        "Eine abgeleitete Datei herunterladen", writes=True,
        notes="Zum Beispiel searchable_pdf; welche es gibt, steht bei den Versionen.",
    ),
)  # fmt: skip
