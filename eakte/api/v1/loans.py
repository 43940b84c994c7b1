"""What is on loan of the paper part of case files, and what a case file consists of."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from eakte.actions import paper, paper_view
from eakte.actions.paper_view import After
from eakte.api import paging
from eakte.api.models import In, Out, Page, PageQuery
from eakte.api.operation import Answer, Call, Operation
from eakte.api.v1 import case_files
from eakte.records.access import Permission
from eakte.records.states import Medium


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
    Operation("GET", "/loans", loans, Permission.PAPER, Loans, "Ausgeliehenes auflisten", query=LoanQuery),
    Operation(
        "POST", "/case-files/<uuid:case_file_id>/medium", set_medium, Permission.PAPER, case_files.CaseFile,
        "Angeben, woraus eine Akte besteht", body=NewMedium, tagged=True,
    ),
)  # fmt: skip
