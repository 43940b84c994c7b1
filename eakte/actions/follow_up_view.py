"""Follow-ups (Wiedervorlagen) as people see them: what is due, overdue or coming, within rights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from eakte.actions.guard import case_file_of
from eakte.errors import NotFound
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of, german
from eakte.records.closing import Precondition
from eakte.records.follow_ups import Due, due_of
from eakte.records.reference import case_reference, document_reference
from eakte.store.documents import Document, unrestricted
from eakte.store.files import BusinessCase, CaseFile, visible
from eakte.store.follow_ups import FollowUp, follow_ups_with_places
from eakte.store.people import Person, code_of_key

SHOWN = 3
"""Follow-ups named in the way of closing; of the others only that there are more."""
Found = tuple[FollowUp, CaseFile, BusinessCase | None, Document | None]


@dataclass(frozen=True, slots=True)
class FollowUpRow:
    """One follow-up in a list."""

    follow_up_id: UUID
    due_on: date
    due: Due
    note: str
    login: str
    """Whom it is for; empty: for a unit."""
    org_unit_code: str
    """The unit it is for; empty: for a person."""
    addressee: str
    """Name of the person, or code of the unit."""
    case_file_id: UUID
    case_id: UUID | None
    document_id: UUID | None
    reference: str
    """Of what it is about: case file, case or document."""
    subject: str
    set_by: str
    set_at: datetime
    postponed_because: str
    done_on: date | None
    done_by: str | None
    outcome: str
    revision: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Which follow-ups are listed."""

    due: Due | None = None
    """``None``: all that are not done."""
    mine: bool = True
    """Those for the actor, for whom they stand in, and for the inboxes they work in; else all they may see."""
    case_file_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class After:
    """The last follow-up seen: the list goes on after it."""

    day: date
    follow_up_id: UUID


def listing(
    session: Session, actor: Actor, asked: Asked, *, offset: int | After = 0, limit: int = 50, now: datetime
) -> tuple[tuple[FollowUpRow, ...], int]:
    """Return follow-ups the actor may see, those due first before others, and how many there are."""
    actor.require(Permission.READ)
    query = _asked(actor, asked, now)
    total = session.scalar(select(func.count()).select_from(query.with_only_columns(FollowUp.id).subquery())) or 0
    if isinstance(offset, After):
        later = and_(FollowUp.due_on == offset.day, FollowUp.id > offset.follow_up_id)
        query, offset = query.where(or_(FollowUp.due_on > offset.day, later)), 0
    rows = session.execute(query.order_by(FollowUp.due_on, FollowUp.id).offset(offset).limit(limit)).all()
    today = day_of(now)
    return _rows(session, rows, today), total


def of_case_file(session: Session, actor: Actor, case_file_id: UUID, now: datetime) -> tuple[FollowUpRow, ...]:
    """Return the follow-ups of a case file the actor may see that are not done, whomever they are for."""
    case_file_of(session, actor, case_file_id, now)
    rows, _ = listing(session, actor, Asked(mine=False, case_file_id=case_file_id), limit=1_000, now=now)
    return rows


def show(session: Session, actor: Actor, follow_up_id: UUID, now: datetime) -> FollowUpRow:
    """Return one follow-up.

    Raises:
        NotFound: There is none, or the actor may not know of it.
    """
    actor.require(Permission.READ)
    (row,) = _rows(session, [found_of(session, actor, follow_up_id, now)], day_of(now))
    return row


def due(session: Session, actor: Actor, now: datetime) -> tuple[int, date | None]:
    """Return how many follow-ups are due for the actor today or before, and the day of the oldest."""
    today = day_of(now)
    query = _asked(actor, Asked(), now).where(FollowUp.due_on <= today)
    count, oldest = session.execute(query.with_only_columns(func.count(), func.min(FollowUp.due_on))).one()
    return count, oldest


def none_open(session: Session, case_file: CaseFile, now: datetime) -> Precondition:
    """Return the precondition of closing that nobody waits to see the file again."""
    del now
    query = follow_ups_with_places().where(CaseFile.id == case_file.id, FollowUp.done_on.is_(None))
    days = session.scalars(query.with_only_columns(FollowUp.due_on).order_by(FollowUp.due_on)).all()
    if not days:
        return Precondition("Keine Wiedervorlage ist mehr offen.", holds=True)
    told = ", ".join(str(german(day)) for day in days[:SHOWN]) + (" …" if len(days) > SHOWN else "")
    return Precondition(f"Wiedervorlagen sind noch offen: {told}.", holds=False)


def found_of(session: Session, actor: Actor, follow_up_id: UUID, now: datetime) -> Found:
    """Return a follow-up with where it lies, within the actor's rights.

    Raises:
        NotFound: There is none, or the actor may not know of it.
    """
    row = session.execute(_seen(actor, now).where(FollowUp.id == follow_up_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


def _seen(actor: Actor, now: datetime) -> Select[FollowUp, CaseFile, BusinessCase, Document]:
    whole = or_(FollowUp.document_id.is_(None), unrestricted(actor.keys, now))
    return follow_ups_with_places().where(visible(actor.keys, now), whole)


def _asked(actor: Actor, asked: Asked, now: datetime) -> Select[FollowUp, CaseFile, BusinessCase, Document]:
    query = _seen(actor, now).where(*_when(asked.due, day_of(now)))
    if asked.case_file_id is not None:
        query = query.where(CaseFile.id == asked.case_file_id)
    if asked.mine:
        logins = {actor.login, *(mandate.on_behalf_of for mandate in actor.mandates)}
        query = query.where(or_(FollowUp.login.in_(logins), FollowUp.access_key.in_(actor.keys)))
    return query


def _when(wanted: Due | None, today: date) -> tuple[ColumnElement[bool], ...]:
    if wanted is Due.DONE:
        return (FollowUp.done_on.is_not(None),)
    is_open = FollowUp.done_on.is_(None)
    if wanted is Due.OVERDUE:
        return (is_open, FollowUp.due_on < today)
    if wanted is Due.TODAY:
        return (is_open, FollowUp.due_on == today)
    return (is_open, FollowUp.due_on > today) if wanted is Due.COMING else (is_open,)


def _rows(session: Session, found: Sequence[Found], today: date) -> tuple[FollowUpRow, ...]:
    """Return the lines of a list; each person and each unit is looked up once, however often they stand there."""
    logins = {row.login for row, *_ in found if row.login}
    people = select(Person.login, Person.name).where(Person.login.in_(logins))
    names = dict(session.execute(people).all()) if logins else {}
    codes = {key: code_of_key(session, key) for key in {row.access_key for row, *_ in found if row.access_key}}
    return tuple(_row(each, names, codes, today) for each in found)


def _row(found: Found, names: Mapping[str, str], codes: Mapping[str, str], today: date) -> FollowUpRow:
    row, case_file, case, document = found
    code = codes.get(row.access_key, "")
    name = names.get(row.login) if row.login else code
    return FollowUpRow(
        follow_up_id=row.id,
        due_on=row.due_on,
        due=due_of(row.due_on, row.done_on, today),
        note=row.note,
        login=row.login,
        org_unit_code=code,
        addressee=name or row.login,
        case_file_id=case_file.id,
        case_id=row.case_id,
        document_id=row.document_id,
        reference=_reference(case_file, case, document),
        subject=_subject(case_file, case, document),
        set_by=row.set_by,
        set_at=row.set_at,
        postponed_because=row.postponed_because,
        done_on=row.done_on,
        done_by=row.done_by,
        outcome=row.outcome,
        revision=row.revision,
    )


def _reference(case_file: CaseFile, case: BusinessCase | None, document: Document | None) -> str:
    lies_in = case or (document.case if document else None)
    if lies_in is None:
        return case_file.file_reference
    reference = case_reference(case_file.file_reference, lies_in.number)
    return document_reference(reference, document.position or 0) if document else reference


def _subject(case_file: CaseFile, case: BusinessCase | None, document: Document | None) -> str:
    if document is not None:
        return document.subject
    return case.subject if case is not None else case_file.subject
