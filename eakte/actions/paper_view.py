"""The paper part of case files as people see it: where it stands, who has borrowed it, and what is overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from eakte.actions.guard import case_file_of
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of, german
from eakte.records.closing import Precondition
from eakte.store.files import CaseFile, visible
from eakte.store.paper import PaperLoan, PaperPart, on_loan


@dataclass(frozen=True, slots=True)
class PartView:
    """A paper part with the loan it is out on, if it is."""

    part_id: UUID
    number: int
    content: str
    volume: str
    box: str
    shelf: str
    location: str
    revision: int
    loan: LoanView | None
    past: tuple[LoanView, ...]
    """Former loans, newest first."""


@dataclass(frozen=True, slots=True)
class LoanView:
    """One loan."""

    loan_id: UUID
    borrower: str
    lent_on: date
    lent_by: str
    due_on: date
    returned_on: date | None
    note: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class LoanRow:
    """A loan that is out, as the registry's list shows it."""

    loan_id: UUID
    part_id: UUID
    case_file_id: UUID
    reference: str
    subject: str
    number: int
    content: str
    borrower: str
    lent_on: date
    due_on: date
    days_overdue: int


def parts_of(session: Session, actor: Actor, case_file_id: UUID, now: datetime) -> tuple[PartView, ...]:
    """Return the paper parts of a case file the actor may see."""
    actor.require(Permission.READ)
    case_file = case_file_of(session, actor, case_file_id, now)
    found = session.scalars(
        select(PaperPart)
        .where(PaperPart.case_file_id == case_file.id)
        .options(joinedload(PaperPart.loans))
        .order_by(PaperPart.number)
    ).unique()
    return tuple(view_of(part, day_of(now)) for part in found)


def view_of(part: PaperPart, today: date) -> PartView:
    """Return a paper part as it is shown."""
    loans = [_loan_view(loan, today) for loan in reversed(part.loans)]
    return PartView(
        part_id=part.id,
        number=part.number,
        content=part.content,
        volume=part.volume,
        box=part.box,
        shelf=part.shelf,
        location=part.location,
        revision=part.revision,
        loan=next((loan for loan in loans if loan.returned_on is None), None),
        past=tuple(loan for loan in loans if loan.returned_on is not None),
    )


def _loan_view(loan: PaperLoan, today: date) -> LoanView:
    overdue = loan.returned_on is None and loan.due_on < today
    return LoanView(
        loan.id, loan.borrower, loan.lent_on, loan.lent_by, loan.due_on, loan.returned_on, loan.note, overdue
    )


@dataclass(frozen=True, slots=True)
class After:
    """The last loan seen: the list goes on after it."""

    due_on: date
    loan_id: UUID


def loans(
    session: Session, actor: Actor, *, overdue: bool, offset: int | After = 0, limit: int = 100, now: datetime
) -> tuple[tuple[LoanRow, ...], int]:
    """Return what is on loan of the case files the actor may see, longest due first, and how many there are."""
    actor.require(Permission.PAPER)
    today = day_of(now)
    where = [visible(actor.keys, now), PaperLoan.returned_on.is_(None)]
    if overdue:
        where.append(PaperLoan.due_on < today)
    query = (
        select(PaperLoan, PaperPart, CaseFile)
        .join(PaperPart, PaperPart.id == PaperLoan.part_id)
        .join(CaseFile, CaseFile.id == PaperPart.case_file_id)
        .where(*where)
    )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    if isinstance(offset, After):
        later, same = PaperLoan.due_on > offset.due_on, PaperLoan.due_on == offset.due_on
        query, offset = query.where(later | (same & (PaperLoan.id > offset.loan_id))), 0
    rows = session.execute(query.order_by(PaperLoan.due_on, PaperLoan.id).offset(offset).limit(limit)).all()
    return tuple(_row(loan, part, file, today) for loan, part, file in rows), total


def _row(loan: PaperLoan, part: PaperPart, file: CaseFile, today: date) -> LoanRow:
    return LoanRow(
        loan_id=loan.id,
        part_id=part.id,
        case_file_id=file.id,
        reference=file.file_reference,
        subject=file.subject,
        number=part.number,
        content=part.content,
        borrower=loan.borrower,
        lent_on=loan.lent_on,
        due_on=loan.due_on,
        days_overdue=max(0, (today - loan.due_on).days),
    )


HEADS = ("Aktenzeichen", "Betreff", "Nr.", "Inhalt", "ausgeliehen an", "seit", "zurück bis", "Tage überfällig")
"""The columns of the list of loans."""


def cells(row: LoanRow) -> list[str]:
    """Return a line of the list of loans for spreadsheets: no text in it is taken for a formula."""
    values = (row.reference, row.subject, str(row.number), row.content, row.borrower)
    days = (german(row.lent_on), german(row.due_on), str(row.days_overdue))
    return [f"'{value}" if value[:1] in "=+-@\t\r" and value else value for value in (*values, *days)]


def nothing_on_loan(session: Session, case_file: CaseFile, now: datetime) -> Precondition:
    """Return the precondition of closing that all paper is back."""
    del now
    out = on_loan(session, case_file.id)
    if not out:
        return Precondition("Kein Papierteil ist ausgeliehen.", holds=True)
    told = ", ".join(f"Nr. {number} an {borrower} bis {german(due)}" for number, borrower, due in out[:3])
    return Precondition(f"Papierteile sind ausgeliehen: {told}{' …' if len(out) > 3 else ''}.", holds=False)
