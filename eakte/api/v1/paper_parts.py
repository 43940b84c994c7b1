"""The paper part of case files: where it stands, loans, and what is overdue."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from eakte.actions import paper, paper_view
from eakte.actions.paper import Place
from eakte.actions.paper_view import After
from eakte.api import paging
from eakte.api.models import Day, In, Nothing, Out, Page, PageQuery
from eakte.api.operation import Answer, Call, Operation
from eakte.api.v1 import case_files
from eakte.errors import NotFound, PaperOnLoan
from eakte.records.access import Permission
from eakte.records.states import Medium

_PART = "/paper-parts/<uuid:paper_part_id>"
_FILE = "/case-files/<uuid:case_file_id>"
_BOX = Field(description="Karton.")
"""Elsewhere a box is a rectangle on a page."""
Short = Annotated[str, StringConstraints(max_length=60)]
Content = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"\S")]
Long = Annotated[str, StringConstraints(max_length=200)]


class Loan(Out):
    """A loan."""

    loan_id: UUID
    borrower: str
    lent_on: date
    lent_by: str
    due_on: date
    returned_on: date | None
    note: str
    overdue: bool


class PaperPart(Out):
    """A paper part; ``loan`` is the one it is out on."""

    paper_part_id: UUID = Field(validation_alias="part_id")
    number: int
    content: str
    volume: str
    box: Annotated[str, _BOX]
    shelf: str
    location: str
    revision: int
    loan: Loan | None
    past: list[Loan]


class PaperParts(Out):
    """All paper parts of a case file."""

    items: list[PaperPart]


class PaperPlace(In):
    """What a paper part is and where it stands."""

    content: Content
    volume: Short = ""
    box: Annotated[Short, _BOX] = ""
    shelf: Short = ""
    location: Long = ""


class PaperAdded(Out):
    """The receipt for a paper part."""

    paper_part_id: UUID
    number: int
    revision: int


class NewLoan(In):
    """To whom a paper part is lent, and until when."""

    borrower: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"\S")]
    due_on: Day
    note: Annotated[str, StringConstraints(max_length=2_000)] = ""


class Lent(Out):
    """The receipt for a loan."""

    loan_id: UUID


class NewMedium(In):
    """What a case file consists of."""

    medium: Medium


class LoanQuery(PageQuery):
    """Which loans are listed."""

    overdue: bool = True


class LoanRow(Out):
    """A loan that is out."""

    loan_id: UUID
    paper_part_id: UUID = Field(validation_alias="part_id")
    case_file_id: UUID
    reference: str
    subject: str
    number: int
    content: str
    borrower: str
    lent_on: date
    due_on: date
    days_overdue: int


class Loans(Page[LoanRow]):
    """A piece of the list of loans."""

    total: int


class _At(paging.Place):
    due_on: date
    loan_id: UUID


def parts(call: Call, case_file_id: UUID) -> PaperParts:
    """List the paper parts of a case file."""
    found = paper_view.parts_of(call.session, call.actor, case_file_id, call.now)
    return PaperParts.model_validate({"items": found}, from_attributes=True)


def show(call: Call, paper_part_id: UUID) -> Answer:
    """Show one paper part."""
    call.actor.require(Permission.READ)
    part = paper_view.view_of(paper.part_of(call.session, call.actor, paper_part_id, call.now), call.today)
    return Answer(PaperPart.model_validate(part), part.revision)


def add(call: Call, case_file_id: UUID, body: PaperPlace) -> Answer:
    """Add a paper part."""
    part = paper.add_part(call.session, call.actor, case_file_id, Place(**body.model_dump()), call.now)
    made = PaperAdded(paper_part_id=part.id, number=part.number, revision=part.revision)
    return Answer(made, location=f"/paper-parts/{part.id}")


def change(call: Call, paper_part_id: UUID, body: PaperPlace) -> Answer:
    """Change what is told of a paper part."""
    place = Place(**body.model_dump())
    paper.change_part(call.session, call.actor, paper_part_id, place, revision=call.seen, now=call.now)
    return show(call, paper_part_id)


def lend(call: Call, paper_part_id: UUID, body: NewLoan) -> Answer:
    """Lend a paper part."""
    loan = paper.lend(
        call.session,
        call.actor,
        paper_part_id,
        borrower=body.borrower,
        due_on=body.due_on,
        note=body.note,
        now=call.now,
    )
    return Answer(Lent(loan_id=loan.id), location=f"/paper-parts/{paper_part_id}")


def give_back(call: Call, paper_part_id: UUID, body: Nothing) -> Answer:
    """Note that a paper part is back."""
    del body
    paper.give_back(call.session, call.actor, paper_part_id, call.now)
    return show(call, paper_part_id)


def set_medium(call: Call, case_file_id: UUID, body: NewMedium) -> Answer:
    """Say what a case file consists of."""
    paper.set_medium(call.session, call.actor, case_file_id, body.medium, call.now)
    return case_files.show(call, case_file_id)


def loans(call: Call, query: LoanQuery) -> Loans:
    """List what is on loan."""
    at = paging.place(query, _At)
    rows, total = paper_view.loans(
        call.session,
        call.actor,
        overdue=query.overdue,
        offset=After(at.due_on, at.loan_id) if at else 0,
        limit=query.limit + 1,
        now=call.now,
    )
    found: Loans = paging.page(Loans, query, rows, lambda row: _At(due_on=row.due_on, loan_id=row.loan_id), total=total)
    return found


OPERATIONS = (
    Operation("GET", f"{_FILE}/paper-parts", parts, Permission.READ, PaperParts, "Papierteile einer Akte"),
    Operation(
        "POST", f"{_FILE}/paper-parts", add, Permission.PAPER, PaperAdded, "Papierteil aufnehmen",
        status=201, body=PaperPlace, once=True,
    ),
    Operation(
        "POST", f"{_FILE}/medium", set_medium, Permission.PAPER, case_files.CaseFile, "Medium einer Akte angeben",
        body=NewMedium, tagged=True,
    ),
    Operation("GET", _PART, show, Permission.READ, PaperPart, "Ein Papierteil", tagged=True),
    Operation(
        "PATCH", _PART, change, Permission.PAPER, PaperPart, "Papierteil ändern",
        body=PaperPlace, current=show, tagged=True,
    ),
    Operation(
        "POST", f"{_PART}/loan", lend, Permission.PAPER, Lent, "Papierteil ausleihen",
        status=201, body=NewLoan, once=True, problems=(PaperOnLoan,),
    ),
    Operation(
        "POST", f"{_PART}/return", give_back, Permission.PAPER, PaperPart, "Papierteil zurücknehmen",
        body=Nothing, tagged=True, problems=(NotFound,),
    ),
    Operation("GET", "/loans", loans, Permission.PAPER, Loans, "Ausgeliehenes auflisten", query=LoanQuery),
)  # fmt: skip
