"""Cases (Vorgänge) of a case file and the documents in them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from eakte.actions import case_parts, structure
from eakte.api import paging
from eakte.api.models import In, Line, Out, Page, PageQuery
from eakte.api.operation import Answer, Call, Operation
from eakte.errors import CaseClosed, CaseFileClosed, TooDeep
from eakte.records.access import Permission
from eakte.records.reference import case_reference
from eakte.records.states import CaseState

_FILE = "/case-files/<uuid:case_file_id>"


class Case(Out):
    """A case of a case file."""

    case_id: UUID
    number: int
    reference: str
    subject: str
    state: CaseState
    opened_on: date
    closed_on: date | None
    parent_id: UUID | None
    sub_file_id: UUID | None
    documents: int


class Cases(Out):
    """All cases of a case file."""

    items: list[Case]


class NewCase(In):
    """What is stated to open a case, in the file, in one of its sub-files, or as a part of another case."""

    subject: Line
    sub_file_id: UUID | None = None
    parent_id: UUID | None = None


class OpenedCase(Out):
    """The receipt for an opened case."""

    case_id: UUID
    case_file_id: UUID
    number: int
    reference: str


class DocumentQuery(PageQuery):
    """Which documents of a case file are listed."""

    case_id: UUID | None = None


class DocumentRow(Out):
    """A document in its case."""

    document_id: UUID
    case_id: UUID
    case_number: int
    position: int
    reference: str
    subject: str
    document_type: str
    direction: str
    sender: str
    document_date: date
    pages: int


class DocumentPage(Page[DocumentRow]):
    """A piece of the documents of a case file."""


class _Place(paging.Place):
    number: int
    position: int


def listing(call: Call, case_file_id: UUID) -> Cases:
    """List the cases of a case file."""
    found = case_parts.cases_of(call.session, call.actor, case_file_id, call.now)
    return Cases.model_validate({"items": found}, from_attributes=True)


def open_(call: Call, case_file_id: UUID, body: NewCase) -> Answer:
    """Open another case."""
    case = structure.open_case(
        call.session,
        call.actor,
        case_file_id,
        body.subject,
        call.now,
        sub_file_id=body.sub_file_id,
        parent_id=body.parent_id,
    )
    reference = case_reference(case.case_file.file_reference, case.number)
    made = OpenedCase(case_id=case.id, case_file_id=case_file_id, number=case.number, reference=reference)
    return Answer(made, location=f"/case-files/{case_file_id}/documents?case_id={case.id}")


def documents(call: Call, case_file_id: UUID, query: DocumentQuery) -> DocumentPage:
    """List the documents of a case file, or of one of its cases."""
    at = paging.place(query, _Place)
    rows = case_parts.documents_of(
        call.session,
        call.actor,
        case_file_id,
        case_id=query.case_id,
        after=(at.number, at.position) if at else None,
        limit=query.limit + 1,
        now=call.now,
    )
    found: DocumentPage = paging.page(
        DocumentPage, query, rows, lambda row: _Place(number=row.case_number, position=row.position)
    )
    return found


OPERATIONS = (
    Operation("GET", f"{_FILE}/cases", listing, Permission.READ, Cases, "Vorgänge einer Akte"),
    Operation(
        "POST", f"{_FILE}/cases", open_, Permission.OPEN_FILE, OpenedCase, "Vorgang anlegen",
        status=201, body=NewCase, once=True, problems=(CaseFileClosed, CaseClosed, TooDeep),
    ),
    Operation(
        "GET", f"{_FILE}/documents", documents, Permission.READ, DocumentPage,
        "Dokumente einer Akte oder eines Vorgangs", query=DocumentQuery,
    ),
)  # fmt: skip
