"""Keeping the paper part of case files: where it stands, and lending it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.actions.guard import case_file_of, check_revision
from eakte.errors import InvalidInput, NotFound, PaperOnLoan
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.states import Medium
from eakte.store.files import CaseFile
from eakte.store.history import Changes, noted, record, set_to, since
from eakte.store.paper import PaperLoan, PaperPart

TEXTS = {
    "content": ("Inhalt", 300),
    "volume": ("Band", 60),
    "box": ("Karton", 60),
    "shelf": ("Regal", 60),
    "location": ("Standort", 200),
}
"""What is told of a paper part: German label and longest length."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a paper part is and where it stands."""

    content: str
    volume: str = ""
    box: str = ""
    shelf: str = ""
    location: str = ""


def add_part(session: Session, actor: Actor, case_file_id: UUID, place: Place, now: datetime) -> PaperPart:
    """Add a paper part to a case file, which thereby is a hybrid one unless it is all on paper.

    Raises:
        InvalidInput: The content is missing or a text is too long.
    """
    actor.require(Permission.PAPER)
    case_file = case_file_of(session, actor, case_file_id, now, lock=True)
    texts = _checked(place)
    last = session.scalar(select(func.max(PaperPart.number)).where(PaperPart.case_file_id == case_file.id))
    part = PaperPart(case_file_id=case_file.id, number=(last or 0) + 1, **texts)
    session.add(part)
    session.flush()
    _log(session, actor, "paper.added", part, now, changes=set_to(**texts))
    if case_file.medium is Medium.ELECTRONIC:
        _set_medium(session, actor, case_file, Medium.HYBRID, now)
    return part


def change_part(
    session: Session, actor: Actor, part_id: UUID, place: Place, *, revision: int | None, now: datetime
) -> PaperPart:
    """Change what is told of a paper part, such as where it stands.

    Raises:
        StaleRevision: Somebody changed it since.
    """
    actor.require(Permission.PAPER)
    part = part_of(session, actor, part_id, now, lock=True)
    check_revision(part.revision, revision)
    texts, before = _checked(place), noted(part, *TEXTS)
    for name, text in texts.items():
        setattr(part, name, text)
    changes = {name: pair for name, pair in since(before, part).items() if pair[0] != pair[1]}
    if changes:
        part.revision += 1
        _log(session, actor, "paper.changed", part, now, changes=changes)
    return part


def lend(
    session: Session, actor: Actor, part_id: UUID, *, borrower: str, due_on: date | None, note: str = "", now: datetime
) -> PaperLoan:
    """Lend a paper part until a day.

    Raises:
        PaperOnLoan: It is out already.
        InvalidInput: Borrower or day is missing, or the day is past.
    """
    actor.require(Permission.PAPER)
    part, today = part_of(session, actor, part_id, now, lock=True), day_of(now)
    if out := _loan_of(part):
        raise PaperOnLoan(number=str(part.number), borrower=out.borrower)
    if not borrower.strip() or len(borrower.strip()) > 200:
        raise InvalidInput(problem="Bitte angeben, an wen ausgeliehen wird (höchstens 200 Zeichen).", field="borrower")
    if due_on is None or due_on < today:
        raise InvalidInput(problem="Bitte einen Rückgabetag angeben, der nicht vergangen ist.", field="due_on")
    loan = PaperLoan(
        part_id=part.id,
        borrower=borrower.strip(),
        lent_on=today,
        lent_by=actor.name,
        due_on=due_on,
        note=note.strip()[:2_000],
    )
    session.add(loan)
    part.revision += 1
    session.flush()
    _log(session, actor, "paper.lent", part, now, changes=set_to(borrower=loan.borrower, due_on=due_on))
    return loan


def give_back(session: Session, actor: Actor, part_id: UUID, now: datetime) -> PaperLoan:
    """Note that a paper part is back.

    Raises:
        NotFound: It is not on loan.
    """
    actor.require(Permission.PAPER)
    part = part_of(session, actor, part_id, now, lock=True)
    loan = _loan_of(part)
    if loan is None:
        raise NotFound
    loan.returned_on = day_of(now)
    part.revision += 1
    _log(session, actor, "paper.returned", part, now, changes={"returned_on": (None, loan.returned_on)})
    return loan


def set_medium(session: Session, actor: Actor, case_file_id: UUID, medium: Medium, now: datetime) -> CaseFile:
    """Say what a case file consists of.

    Raises:
        InvalidInput: It has paper parts and would be called electronic.
    """
    actor.require(Permission.PAPER)
    case_file = case_file_of(session, actor, case_file_id, now, lock=True)
    if medium is Medium.ELECTRONIC and _has_parts(session, case_file.id):
        raise InvalidInput(problem="Die Akte hat Papierteile und ist daher nicht rein elektronisch.", field="medium")
    if case_file.medium is not medium:
        _set_medium(session, actor, case_file, medium, now)
    return case_file


def part_of(session: Session, actor: Actor, part_id: UUID, now: datetime, *, lock: bool = False) -> PaperPart:
    """Return a paper part of a case file the actor may see; ``lock`` keeps file and part until the end.

    Raises:
        NotFound: There is none, or the actor may not know of it.
    """
    file_id = session.scalar(select(PaperPart.case_file_id).where(PaperPart.id == part_id))
    if file_id is None:
        raise NotFound
    case_file_of(session, actor, file_id, now, lock=lock)
    return session.get_one(PaperPart, part_id, with_for_update=lock, populate_existing=lock)


def _loan_of(part: PaperPart) -> PaperLoan | None:
    return next((loan for loan in part.loans if loan.returned_on is None), None)


def _has_parts(session: Session, case_file_id: UUID) -> bool:
    return session.scalar(select(PaperPart.id).where(PaperPart.case_file_id == case_file_id).limit(1)) is not None


def _checked(place: Place) -> dict[str, str]:
    texts = {name: " ".join(getattr(place, name).split()) for name in TEXTS}
    if not texts["content"]:
        raise InvalidInput(problem="Bitte angeben, was der Papierteil enthält.", field="content")
    for name, (label, limit) in TEXTS.items():
        if len(texts[name]) > limit:
            raise InvalidInput(problem=f"{label}: höchstens {limit} Zeichen.", field=name)
    return texts


def _set_medium(session: Session, actor: Actor, case_file: CaseFile, medium: Medium, now: datetime) -> None:
    before, case_file.medium = case_file.medium, medium
    case_file.revision += 1
    about = ("case_file", case_file.id)
    record(
        session,
        actor,
        "case_file.changed",
        about=about,
        now=now,
        case_file_id=case_file.id,
        changes={"medium": (before, medium)},
    )


def _log(session: Session, actor: Actor, action: str, part: PaperPart, now: datetime, *, changes: Changes) -> None:
    record(
        session,
        actor,
        action,
        about=("paper_part", part.id),
        now=now,
        case_file_id=part.case_file_id,
        detail={"number": part.number},
        changes=changes,
    )
