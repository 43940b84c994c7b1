"""Pages that read badly: listed, found in order, their document read again, and with which languages it can be."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from eakte.actions import legibility, rereading
from eakte.actions.legibility import PoorRow
from eakte.actions.rereading import Order
from eakte.api import paging
from eakte.api.models import MOST_INT, Code, In, Nothing, Out, Page, PageQuery
from eakte.api.operation import Answer, Call, Operation
from eakte.errors import (
    CaseClosed,
    CaseFileClosed,
    DocumentFrozen,
    DocumentLocked,
    InvalidInput,
    NotWaiting,
    RereadingUnderWay,
)
from eakte.records.access import Permission
from eakte.records.languages import offered
from eakte.records.legibility import RereadingState
from eakte.store.people import unit_by_code
from ingest.languages import installed

_DOCUMENT = "/documents/<uuid:document_id>"
_PAGE = "/poor-pages/<uuid:page_id>"
LanguageCode = Annotated[str, StringConstraints(min_length=1, max_length=20, pattern="^[A-Za-z_]+$")]
Languages = Annotated[list[LanguageCode], Field(min_length=1, max_length=20)]


class PoorPageQuery(PageQuery):
    """Of which unit badly read pages are listed; of all where none is named."""

    org_unit_code: Code | None = None


class ListedPage(Out):
    """A badly read page that nobody has looked at."""

    page_id: UUID
    document_id: UUID
    item_id: UUID
    page: int
    confidence: int
    subject: str
    filename: str
    reference: str
    unit_code: str
    received_at: datetime
    rereading_state: RereadingState | None


class ListedPages(Page[ListedPage]):
    """A piece of the list, the worst first, with the count of the whole."""

    poor_pages_left: int


class PoorPage(Out):
    """A badly read page of a document and who found it in order."""

    page_id: UUID
    page: int
    confidence: int
    settled_by: str
    settled_at: datetime | None


class Rereading(Out):
    """The last order to read a document again, and what became of it."""

    rereading_state: RereadingState
    languages: list[str]
    page_numbers: list[int]
    confidence_before: int | None
    confidence_after: int | None
    fault_code: str | None
    ordered_at: datetime
    ordered_by: str


class Legibility(Out):
    """How well a document was read."""

    document_id: UUID
    poor_pages: list[PoorPage]
    rereading: Rereading | None


class NewRereading(In):
    """How a document is to be read again."""

    languages: Languages
    page_numbers: Annotated[list[Annotated[int, Field(ge=1, le=MOST_INT)]], Field(max_length=2_000)] = []  # noqa: RUF012 - of pydantic, which copies it
    insists: bool = False


class Language(Out):
    """A language or script that is installed."""

    language: str
    name: str
    usual: bool


class InstalledLanguages(Out):
    """All of them, the usual ones first."""

    items: list[Language]


class _Place(paging.Place):
    confidence: int
    page_id: UUID


def languages(call: Call) -> InstalledLanguages:
    """List the languages and scripts that can be read here."""
    found = offered(installed(), call.services.settings.ocr_languages)
    return InstalledLanguages(items=[Language(language=one.code, name=one.label, usual=one.chosen) for one in found])


def listing(call: Call, query: PoorPageQuery) -> ListedPages:
    """List the badly read pages that nobody has looked at."""
    at = paging.place(query, _Place)
    after = (at.confidence, at.page_id) if at else None
    unit_id = _unit(call, query.org_unit_code) if query.org_unit_code else None
    found = legibility.worklist(
        call.session, call.actor, unit_id=unit_id, after=after, limit=query.limit + 1, now=call.now
    )
    rows = [_listed(row) for row in found.rows]
    made: ListedPages = paging.page(ListedPages, query, rows, _at, poor_pages_left=found.total)
    return made


def _unit(call: Call, code: str) -> UUID:
    unit = unit_by_code(call.session, code)
    if unit is None:
        raise InvalidInput(problem=f"Die Organisationseinheit „{code}“ gibt es nicht.", field="org_unit_code")
    return unit.id


def _listed(row: PoorRow) -> ListedPage:
    told = {name: getattr(row, name) for name in ListedPage.model_fields if hasattr(row, name)}
    return ListedPage(**told, page=row.number, confidence=row.percent, rereading_state=row.reread)


def _at(row: ListedPage) -> _Place:
    return _Place(confidence=row.confidence, page_id=row.page_id)


def show(call: Call, document_id: UUID) -> Legibility:
    """Tell how well a document was read."""
    pages = legibility.of_document(call.session, call.actor, document_id, call.now)
    last = rereading.last_order(call.session, call.actor, document_id, call.now)
    return Legibility(
        document_id=document_id,
        poor_pages=[
            PoorPage(
                page_id=one.page_id,
                page=one.number,
                confidence=one.percent,
                settled_by=one.settled_by,
                settled_at=one.settled_at,
            )
            for one in pages
        ],
        rereading=Rereading(
            rereading_state=last.state,
            languages=list(last.codes),
            page_numbers=list(last.pages),
            confidence_before=last.before,
            confidence_after=last.after,
            fault_code=last.fault_code,
            ordered_at=last.ordered_at,
            ordered_by=last.ordered_by,
        )
        if last
        else None,
    )


def read_again(call: Call, document_id: UUID, body: NewRereading) -> Answer:
    """Order a document to be read again."""
    wanted = Order(body.languages, sorted(set(body.page_numbers)), insists=body.insists)
    rereading.order(call.session, call.actor, document_id, wanted, installed=installed(), now=call.now)
    return Answer(show(call, document_id), location=f"/documents/{document_id}/legibility")


def settle(call: Call, page_id: UUID, body: Nothing) -> Legibility:
    """Find a badly read page in order as it is."""
    del body
    return show(call, legibility.settle(call.session, call.actor, page_id, now=call.now))


def unsettle(call: Call, page_id: UUID, body: Nothing) -> Legibility:
    """Put it back on the list."""
    del body
    return show(call, legibility.settle(call.session, call.actor, page_id, fine=False, now=call.now))


OPERATIONS = (
    Operation(
        "GET", "/languages", languages, Permission.SIGNED_IN, InstalledLanguages, "Sprachen und Schriften auflisten"
    ),
    Operation(
        "GET", "/poor-pages", listing, Permission.FILE, ListedPages, "Schlecht lesbare Seiten, schlechteste zuerst",
        query=PoorPageQuery,
    ),
    Operation("POST", f"{_PAGE}/settling", settle, Permission.FILE, Legibility, "Seite in Ordnung", body=Nothing),
    Operation("POST", f"{_PAGE}/unsettling", unsettle, Permission.FILE, Legibility, "Seite doch nicht", body=Nothing),
    Operation(
        "GET", f"{_DOCUMENT}/legibility", show, Permission.READ, Legibility, "Lesbarkeit eines Dokuments",
        notes="Nennt die schlecht lesbaren Seiten der neuesten Version und was aus der letzten neuen Lesung wurde.",
    ),
    Operation(
        "POST", f"{_DOCUMENT}/rereading", read_again, Permission.FILE, Legibility, "Dokument neu lesen",
        body=NewRereading, status=202,
        problems=(NotWaiting, CaseFileClosed, CaseClosed, DocumentLocked, DocumentFrozen, RereadingUnderWay),
        notes="Gelesen wird danach; das Ergebnis steht unter legibility. Das Original bleibt unverändert. Text und "
        "durchsuchbares PDF werden nur ersetzt, wenn das Ergebnis besser ist oder mit insists darauf bestanden wird.",
    ),
)  # fmt: skip
