"""Case files (Akten): list, open, show, close, reopen."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from eakte.actions import case_lists, case_parts, cases, closing, editing
from eakte.actions.case_lists import Behind
from eakte.actions.cases import NewCaseFile as Opening
from eakte.api import paging
from eakte.api.models import Code, In, Line, Nothing, Out, Page, PageQuery, Query, Reason
from eakte.api.operation import Answer, Call, Operation
from eakte.api.v1.fields import DeclaredField, Values, sent
from eakte.errors import CannotClose, CaseFileClosed, MissingReason, MoveRefused, NotFound
from eakte.records.access import Permission
from eakte.records.closing import reopening_sentences
from eakte.records.states import CaseFileState, Medium

_FILE = "/case-files/<uuid:case_file_id>"


class CaseFileQuery(PageQuery):
    """What case files are listed."""

    q: Annotated[str, StringConstraints(max_length=200)] = ""
    state: CaseFileState | None = None
    file_plan_code: Annotated[str, StringConstraints(max_length=40)] = ""


class ReferenceQuery(Query):
    """Which case file is looked up."""

    reference: Annotated[str, StringConstraints(min_length=1, max_length=80)]


class CaseFileRow(Out):
    """A case file in a list."""

    case_file_id: UUID
    reference: str
    subject: str
    state: CaseFileState
    unit_code: str
    opened_on: date
    closed_on: date | None


class CaseFilePage(Page[CaseFileRow]):
    """A piece of the list of case files."""

    total: int


class PlanStep(Out):
    """A unit on the way down the file plan."""

    code: str
    title: str


class CaseFile(Out):
    """A case file."""

    case_file_id: UUID
    reference: str
    subject: str
    state: CaseFileState
    restricted: bool
    unit_code: str
    unit_name: str
    opened_on: date
    opened_by: str
    closed_on: date | None
    archive_reference: str | None
    plan: list[PlanStep]
    file_type: str
    fields: list[DeclaredField]
    medium: Medium
    revision: int


class Precondition(Out):
    """What must hold before closing."""

    text: str
    holds: bool


class Preconditions(Out):
    """All preconditions of closing."""

    items: list[Precondition]


class NewCaseFile(In):
    """What is stated to open a case file; its reference is given."""

    file_plan_code: Code
    subject: Line
    org_unit_code: Code
    first_case: Line = "Allgemeines"
    restricted: bool = False
    file_type: Annotated[str, StringConstraints(max_length=80)] = ""
    field_values: Values | None = None
    template: Annotated[str, StringConstraints(max_length=80)] = ""
    derivation: Annotated[str, StringConstraints(max_length=80)] = ""


class CaseFileChange(In):
    """What of a case file is to change; what is not named stays."""

    subject: Line | None = None
    file_type: Annotated[str, StringConstraints(max_length=80)] | None = None
    field_values: Values | None = None


class ReopeningPreview(Out):
    """What reopening would do to retention."""

    possible: bool
    closed_on: date | None
    end_before: date | None
    end_if_closed_today: date | None
    offered: bool
    open_disposals: int
    effects: list[str]


class OpenedCaseFile(Out):
    """The receipt for an opened case file."""

    case_file_id: UUID
    reference: str
    revision: int


class Reopening(In):
    """Why a case file is opened again."""

    reason: Reason


class _Place(paging.Place):
    opened_on: date
    reference: str


def listing(call: Call, query: CaseFileQuery) -> CaseFilePage:
    """List the case files the person may see, newest first."""
    at = paging.place(query, _Place)
    rows, total = case_lists.listing(
        call.session,
        call.actor,
        text=query.q,
        state=query.state,
        plan_code=query.file_plan_code,
        offset=Behind(at.opened_on, at.reference) if at else 0,
        limit=query.limit + 1,
        now=call.now,
    )
    found: CaseFilePage = paging.page(
        CaseFilePage, query, rows, lambda row: _Place(opened_on=row.opened_on, reference=row.reference), total=total
    )
    return found


def lookup(call: Call, query: ReferenceQuery) -> CaseFileRow:
    """Find the case file with a reference."""
    return CaseFileRow.model_validate(case_parts.by_reference(call.session, call.actor, query.reference, call.now))


def show(call: Call, case_file_id: UUID) -> Answer:
    """Show one case file."""
    facts = case_parts.facts(call.session, call.actor, case_file_id, call.now)
    return Answer(CaseFile.model_validate(facts), facts.revision)


def open_(call: Call, body: NewCaseFile) -> Answer:
    """Open a case file with its first case."""
    stated = Opening(
        body.file_plan_code,
        body.subject,
        body.org_unit_code,
        body.first_case,
        body.restricted,
        file_type=body.file_type,
        fields=sent(body.field_values),
        template=body.template,
        derivation=body.derivation,
    )
    file = cases.open_case_file(call.session, call.actor, stated, call.now)
    made = OpenedCaseFile(case_file_id=file.id, reference=file.file_reference, revision=file.revision)
    return Answer(made, location=f"/case-files/{file.id}")


def change(call: Call, case_file_id: UUID, body: CaseFileChange) -> Answer:
    """Change what is said of an open case file."""
    named = body.model_fields_set - {"field_values"}
    wanted = {name: value for name in named if (value := getattr(body, name)) is not None}
    editing.edit_case_file(
        call.session, call.actor, case_file_id, wanted, sent(body.field_values), revision=call.seen, now=call.now
    )
    return show(call, case_file_id)


def reopening(call: Call, case_file_id: UUID) -> ReopeningPreview:
    """Tell what reopening would do."""
    found = closing.reopening(call.session, call.actor, case_file_id, call.now)
    told = {name: getattr(found, name) for name in ReopeningPreview.model_fields if name != "effects"}
    return ReopeningPreview(**told, effects=list(reopening_sentences(found)))


def preconditions(call: Call, case_file_id: UUID) -> Preconditions:
    """List what must hold before closing."""
    found = case_parts.preconditions_of(call.session, call.actor, case_file_id, call.now)
    return Preconditions.model_validate({"items": found}, from_attributes=True)


def close(call: Call, case_file_id: UUID, body: Nothing) -> Answer:
    """Close a case file (z.d.A.)."""
    del body
    cases.close(call.session, call.actor, case_file_id, revision=call.seen, now=call.now)
    return show(call, case_file_id)


def reopen(call: Call, case_file_id: UUID, body: Reopening) -> Answer:
    """Take the closing directive back."""
    cases.reopen(call.session, call.actor, case_file_id, reason=body.reason, now=call.now)
    return show(call, case_file_id)


OPERATIONS = (
    Operation(
        "GET",
        "/case-files",
        listing,
        Permission.READ,
        CaseFilePage,
        "Akten auflisten, neueste zuerst",
        query=CaseFileQuery,
    ),
    Operation(
        "GET",
        "/case-files/lookup",
        lookup,
        Permission.READ,
        CaseFileRow,
        "Akte zu einem Aktenzeichen finden",
        query=ReferenceQuery,
        problems=(NotFound,),
    ),
    Operation(
        "POST",
        "/case-files",
        open_,
        Permission.OPEN_FILE,
        OpenedCaseFile,
        "Akte anlegen",
        status=201,
        body=NewCaseFile,
        once=True,
        notes="Das Aktenzeichen vergibt das System; der erste Vorgang entsteht mit der Akte.",
    ),
    Operation("GET", _FILE, show, Permission.READ, CaseFile, "Eine Akte zeigen", tagged=True),
    Operation(
        "PATCH",
        _FILE,
        change,
        Permission.OPEN_FILE,
        CaseFile,
        "Betreff, Aktenart und Metadaten ändern",
        body=CaseFileChange,
        current=show,
        tagged=True,
        problems=(CaseFileClosed,),
        notes="Nur was genannt wird, ändert sich.",
    ),
    Operation(
        "GET",
        f"{_FILE}/reopening",
        reopening,
        Permission.REOPEN,
        ReopeningPreview,
        "Was das Aufheben der z.d.A.-Verfügung bewirkt",
    ),
    Operation(
        "GET",
        f"{_FILE}/closing",
        preconditions,
        Permission.READ,
        Preconditions,
        "Was vor der z.d.A.-Verfügung gelten muss",
    ),
    Operation(
        "POST",
        f"{_FILE}/closing",
        close,
        Permission.CLOSE,
        CaseFile,
        "Akte z.d.A. verfügen",
        body=Nothing,
        current=show,
        tagged=True,
        problems=(CannotClose, MoveRefused),
    ),
    Operation(
        "POST",
        f"{_FILE}/reopening",
        reopen,
        Permission.REOPEN,
        CaseFile,
        "z.d.A. aufheben",
        body=Reopening,
        tagged=True,
        problems=(MissingReason, MoveRefused),
    ),
)
