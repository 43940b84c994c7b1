"""The paper part of hybrid case files: where it stands, and who has it."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from eakte.actions import paper, paper_view
from eakte.actions.paper import Place
from eakte.api.models import Day, In, Nothing, Out
from eakte.api.operation import Answer, Call, Operation
from eakte.errors import PaperOnLoan
from eakte.records.access import Permission

_FILE, _PART = "/case-files/<uuid:case_file_id>", "/paper-parts/<uuid:part_id>"
_Text = Annotated[str, StringConstraints(max_length=60)]


class Loan(Out):
    """One loan of a paper part."""

    loan_id: UUID
    borrower: str
    lent_on: date
    lent_by: str
    due_on: date
    returned_on: date | None
    note: str
    overdue: bool


class PaperPart(Out):
    """A paper part with its loans."""

    part_id: UUID
    number: int
    content: str
    volume: str
    box_name: str
    shelf: str
    location: str
    revision: int
    loan: Loan | None
    past: list[Loan]


class PaperParts(Out):
    """All paper parts of a case file."""

    items: list[PaperPart]


class NewPaperPart(In):
    """What a paper part is and where it stands."""

    content: Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"\S")]
    volume: _Text = ""
    box_name: _Text = ""
    shelf: _Text = ""
    location: Annotated[str, StringConstraints(max_length=200)] = ""


class Lending(In):
    """Who gets a paper part until when."""

    borrower: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"\S")]
    due_on: Day
    note: Annotated[str, StringConstraints(max_length=2_000)] = ""


def listing(call: Call, case_file_id: UUID) -> PaperParts:
    """List the paper parts of a case file."""
    found = paper_view.parts_of(call.session, call.actor, case_file_id, call.now)
    return PaperParts(items=[_told(one) for one in found])


def _told(found: paper_view.PartView) -> PaperPart:
    same = {name: getattr(found, name) for name in PaperPart.model_fields if hasattr(found, name)}
    return PaperPart.model_validate({**same, "box_name": found.box}, from_attributes=True)


def show(call: Call, part_id: UUID) -> Answer:
    """Show one paper part."""
    found = paper_view.view_of(paper.part_of(call.session, call.actor, part_id, call.now), call.today)
    return Answer(_told(found), found.revision)


def add(call: Call, case_file_id: UUID, body: NewPaperPart) -> Answer:
    """Add a paper part."""
    made = paper.add_part(call.session, call.actor, case_file_id, _place(body), call.now)
    return Answer(AddedPaperPart(part_id=made.id, number=made.number), location=f"/paper-parts/{made.id}")


class AddedPaperPart(Out):
    """The receipt for a paper part."""

    part_id: UUID
    number: int


def _place(body: NewPaperPart) -> Place:
    return Place(body.content, body.volume, body.box_name, body.shelf, body.location)


def change(call: Call, part_id: UUID, body: NewPaperPart) -> Answer:
    """Change what is told of a paper part."""
    paper.change_part(call.session, call.actor, part_id, _place(body), revision=call.seen, now=call.now)
    return show(call, part_id)


def lend(call: Call, part_id: UUID, body: Lending) -> Answer:
    """Lend a paper part."""
    paper.lend(
        call.session, call.actor, part_id, borrower=body.borrower, due_on=body.due_on, note=body.note, now=call.now
    )
    return show(call, part_id)


def give_back(call: Call, part_id: UUID, body: Nothing) -> Answer:
    """Note that a paper part is back."""
    del body
    paper.give_back(call.session, call.actor, part_id, call.now)
    return show(call, part_id)


OPERATIONS = (
    Operation("GET", f"{_FILE}/paper-parts", listing, Permission.READ, PaperParts, "Papierteile einer Akte"),
    Operation(
        "POST", f"{_FILE}/paper-parts", add, Permission.PAPER, AddedPaperPart, "Papierteil anlegen", status=201,
        body=NewPaperPart, once=True,
    ),
    Operation("GET", _PART, show, Permission.READ, PaperPart, "Ein Papierteil", tagged=True),
    Operation(
        "PUT", _PART, change, Permission.PAPER, PaperPart, "Angaben zum Papierteil ändern", body=NewPaperPart,
        current=show, tagged=True,
    ),
    Operation(
        "POST", f"{_PART}/lending", lend, Permission.PAPER, PaperPart, "Papierteil ausleihen", body=Lending,
        tagged=True, problems=(PaperOnLoan,),
    ),
    Operation("POST", f"{_PART}/return", give_back, Permission.PAPER, PaperPart, "Rückgabe vermerken", body=Nothing,
              tagged=True),
)  # fmt: skip
