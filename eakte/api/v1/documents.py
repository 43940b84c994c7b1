"""Documents: what they are, their pages with words, their text and files."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from eakte.actions import document_parts, documents, editing
from eakte.actions.documents import Download
from eakte.actions.pictures import MEDIA_TYPE, PageNotDrawn, Picture, picture
from eakte.api.models import MOST_INT, Day, In, Line, Out, Query, Words
from eakte.api.operation import Answer, Call, File, Operation, Sends
from eakte.api.v1.fields import DeclaredField, Values, sent
from eakte.api.v1.mentions import Mention
from eakte.errors import CaseFileClosed, MoveRefused
from eakte.records.access import Permission
from eakte.records.states import DocumentState

_DOCUMENT = "/documents/<uuid:document_id>"
_PAGE = f"{_DOCUMENT}/pages/<int:number>"
_ANY, _IMAGE = Sends(("*/*",)), Sends((MEDIA_TYPE,))


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
    state: DocumentState
    fields: list[DeclaredField]
    mentions: list[Mention]
    revision: int


class DocumentChange(In):
    """What of a document is to change; what is not named stays."""

    subject: Line | None = None
    document_type: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"\S")] | None = None
    sender: Words | None = None
    letter_date: Day | None = None
    foreign_reference: Annotated[str, StringConstraints(max_length=200)] | None = None
    direction: Literal["incoming", "outgoing", "internal"] | None = None
    field_values: Values | None = None


class VersionQuery(Query):
    """Which version is meant; without a number the newest."""

    version: Annotated[int, Field(ge=1, le=MOST_INT)] | None = None


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
    facts = document_parts.facts(call.session, call.actor, document_id, call.now)
    told = {name: getattr(view, name) for name in Document.model_fields if hasattr(view, name)}
    more = {"state": facts.state, "fields": facts.fields, "mentions": facts.mentions, "revision": facts.revision}
    return Answer(Document.model_validate({**told, **more}, from_attributes=True), facts.revision)


def change(call: Call, document_id: UUID, body: DocumentChange) -> Answer:
    """Change what is said of a filed document."""
    named = body.model_fields_set - {"field_values"}
    wanted = {name: getattr(body, name) for name in named if name == "letter_date" or getattr(body, name) is not None}
    editing.edit_document(
        call.session, call.actor, document_id, wanted, sent(body.field_values), revision=call.seen, now=call.now
    )
    return show(call, document_id)


def pages(call: Call, document_id: UUID, query: VersionQuery) -> Pages:
    """List the pages of the newest version."""
    found = documents.outline(call.session, call.actor, document_id, call.now, version=query.version)
    return Pages.model_validate({"items": found}, from_attributes=True)


def page(call: Call, document_id: UUID, number: int, query: VersionQuery) -> PageContent:
    """Return a page with its words."""
    found = documents.page(call.session, call.actor, document_id, number, call.now, version=query.version)
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


def image(call: Call, document_id: UUID, number: int, query: VersionQuery) -> File:
    """Send a page as an image."""
    return File(MEDIA_TYPE, f"seite-{number}.webp", picture=_picture(call, document_id, number, query, small=False))


def thumbnail(call: Call, document_id: UUID, number: int, query: VersionQuery) -> File:
    """Send a page as a small image."""
    return File(
        MEDIA_TYPE, f"seite-{number}-klein.webp", picture=_picture(call, document_id, number, query, small=True)
    )


def _picture(call: Call, document_id: UUID, number: int, query: VersionQuery, *, small: bool) -> Picture:
    return picture(call.session, call.actor, document_id, number, call.now, version=query.version, small=small)


def text(call: Call, document_id: UUID, query: VersionQuery) -> Text:
    """Return the text of all pages."""
    sizes = documents.outline(call.session, call.actor, document_id, call.now, version=query.version)
    ask = partial(documents.page, call.session, call.actor, document_id, now=call.now, version=query.version)
    found = (ask(number=size.number) for size in sizes)
    return Text(items=[PageText(number=one.number, text=one.text) for one in found])


def original(call: Call, document_id: UUID, query: VersionQuery) -> File:
    """Send the original of the newest version."""
    return _file(documents.original(call.session, call.actor, document_id, call.now, version=query.version))


def rendition(call: Call, document_id: UUID, kind: str, query: VersionQuery) -> File:
    """Send a derived file of the newest version."""
    return _file(documents.rendition(call.session, call.actor, document_id, kind, call.now, version=query.version))


def _file(found: Download) -> File:
    return File(found.media_type, found.filename, found.sha256)


OPERATIONS = (
    Operation("GET", _DOCUMENT, show, Permission.READ, Document, "Ein Dokument", tagged=True),
    Operation(
        "PATCH", _DOCUMENT, change, Permission.FILE, Document, "Metadaten eines Dokuments ändern",
        body=DocumentChange, current=show, tagged=True, problems=(MoveRefused, CaseFileClosed),
        notes="Nur was genannt wird, ändert sich.",
    ),
    Operation("GET", f"{_DOCUMENT}/pages", pages, Permission.READ, Pages, "Seiten", query=VersionQuery),
    Operation("GET", _PAGE, page, Permission.READ, PageContent, "Eine Seite mit Text und Wörtern", query=VersionQuery),
    Operation(
        "GET", f"{_PAGE}/image", image, Permission.READ, _IMAGE, "Eine Seite als Bild", query=VersionQuery, tagged=True,
        problems=(PageNotDrawn,),
    ),
    Operation(
        "GET", f"{_PAGE}/thumbnail", thumbnail, Permission.READ, _IMAGE, "Eine Seite als Vorschau",
        query=VersionQuery, tagged=True, problems=(PageNotDrawn,),
    ),
    Operation("GET", f"{_DOCUMENT}/text", text, Permission.READ, Text, "Text aller Seiten", query=VersionQuery),
    Operation(
        "GET", f"{_DOCUMENT}/original", original, Permission.READ, _ANY, "Das Original herunterladen", writes=True,
        query=VersionQuery, notes="Jedes Herunterladen steht im Protokoll.",
    ),
    Operation(
        "GET", f"{_DOCUMENT}/renditions/<kind>", rendition, Permission.READ, _ANY,
        "Eine abgeleitete Datei herunterladen", writes=True, query=VersionQuery,
        notes="Zum Beispiel searchable_pdf; welche es gibt, steht beim Dokument.",
    ),
)  # fmt: skip
