"""Restrictions of processing as those see them who may open what is restricted, for a purpose the law allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.actions.document_life import reference_of
from eakte.actions.restricting import parts_of, restriction_of, tell
from eakte.errors import InvalidInput, MissingReason, NotAllowed
from eakte.records.access import Actor, Permission, person_key
from eakte.records.calendar import day_of
from eakte.records.holding import SOON
from eakte.records.processing import OPEN_FOR, PURPOSE_LABELS, Ground, Purpose, purposes
from eakte.store.documents import Document, unrestricted
from eakte.store.files import BusinessCase, CaseFile, ordinarily
from eakte.store.history import set_to
from eakte.store.organisation import during
from eakte.store.people import Person
from eakte.store.processing import ProcessingRestriction, RestrictedOpening


@dataclass(frozen=True, slots=True)
class RestrictionRow:
    """A restriction in the list: what is restricted is named by its reference alone."""

    restriction_id: UUID
    case_file_id: UUID
    document_id: UUID | None
    reference: str
    ground: Ground
    legal_basis: str
    owner: str
    review_on: date | None
    since: datetime
    set_by: str
    until: datetime | None
    open_until: datetime | None
    """Until when the actor has it open, if so."""


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """Who opened it when and for what."""

    name: str
    purpose: Purpose
    reason: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class RestrictionView:
    """One restriction with what was done about it."""

    row: RestrictionRow
    reason: str
    informed_on: date | None
    informed_how: str
    lifted_by: str | None
    lift_reason: str | None
    holds: bool
    """Whether it stops destruction."""
    purposes: tuple[Purpose, ...]
    openings: tuple[OpeningRow, ...]


def listing(
    session: Session, actor: Actor, *, lifted: bool = False, offset: int = 0, limit: int = 50, now: datetime
) -> tuple[tuple[RestrictionRow, ...], int]:
    """Return restrictions of records the actor would see without them, the next to be reviewed first, and their number.

    Those that hold; or, with *lifted*, those that were lifted.
    """
    actor.require(Permission.DATA_PROTECTION)
    state = ProcessingRestriction.until.is_not(None) if lifted else ProcessingRestriction.until.is_(None)
    query = (
        select(ProcessingRestriction, CaseFile)
        .join(CaseFile, CaseFile.id == ProcessingRestriction.case_file_id)
        .where(state, ProcessingRestriction.with_id.is_(None), ordinarily(actor.keys, now))
    )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    undated = ProcessingRestriction.review_on.is_(None)
    order = (undated, ProcessingRestriction.review_on, ProcessingRestriction.since, ProcessingRestriction.id)
    rows = session.execute(query.order_by(*order).offset(offset).limit(limit)).all()
    return tuple(_row(session, actor, found, file, now) for found, file in rows), total


def due(session: Session, actor: Actor, now: datetime) -> tuple[int, int]:
    """Count the restrictions whose review is due, and those of which it is soon, of records as in :func:`listing`."""
    actor.require(Permission.DATA_PROTECTION)
    today = day_of(now)
    query = (
        select(func.count().filter(ProcessingRestriction.review_on <= today), func.count())
        .select_from(ProcessingRestriction)
        .join(CaseFile, CaseFile.id == ProcessingRestriction.case_file_id)
        .where(
            ProcessingRestriction.until.is_(None),
            ProcessingRestriction.with_id.is_(None),
            ProcessingRestriction.review_on <= today + SOON,
            ordinarily(actor.keys, now),
        )
    )
    overdue, both = session.execute(query).one()
    return overdue, both - overdue


def show(session: Session, actor: Actor, restriction_id: UUID, now: datetime) -> RestrictionView:
    """Return one restriction.

    Raises:
        NotFound: There is none, or the actor would not see the record without it.
    """
    found = restriction_of(session, actor, restriction_id, now)
    file = session.get_one(CaseFile, found.case_file_id)
    opened = session.execute(
        select(RestrictedOpening, Person.name)
        .join(Person, Person.id == RestrictedOpening.person_id)
        .where(RestrictedOpening.restriction_id == found.id)
        .order_by(RestrictedOpening.since.desc(), RestrictedOpening.id)
    ).all()
    return RestrictionView(
        row=_row(session, actor, found, file, now),
        reason=found.reason,
        informed_on=found.informed_on,
        informed_how=found.informed_how,
        lifted_by=found.lifted_by,
        lift_reason=found.lift_reason,
        holds=found.hold_id is not None,
        purposes=purposes(found.ground),
        openings=tuple(OpeningRow(name, one.purpose, one.reason, one.since, one.until) for one, name in opened),
    )


def open_for(
    session: Session, actor: Actor, restriction_id: UUID, *, purpose: Purpose, reason: str, now: datetime
) -> datetime:
    """Open what is restricted to the actor for half an hour and one purpose; return until when.

    Raises:
        NotFound: There is none, or the actor would not see the record without it.
        MissingReason: It is not said what for.
        InvalidInput: The ground does not allow the purpose.
        RestrictionLifted: There is nothing to open.
        NotAllowed: The installation itself opens nothing: it stores.
    """
    actor.require(Permission.DATA_PROTECTION)
    found = restriction_of(session, actor, restriction_id, now, lock=True)
    if actor.person_id is None:
        raise NotAllowed
    if not reason.strip():
        raise MissingReason
    if purpose not in purposes(found.ground):
        raise InvalidInput(problem=f"Dazu darf hier nicht geöffnet werden: {PURPOSE_LABELS[purpose]}.", field="purpose")
    until = now + OPEN_FOR
    for one in (found, *parts_of(session, found)):
        session.add(
            RestrictedOpening(
                restriction_id=one.id,
                person_id=actor.person_id,
                key=person_key(actor.person_id),
                purpose=purpose,
                reason=reason.strip(),
                since=now,
                until=until,
            )
        )
    session.flush()
    told = {"purpose": purpose.value, "until": until.isoformat()}
    tell(session, actor, found, "restriction.opened", now, set_to(opened_because=reason.strip()), told)
    return until


def close(session: Session, actor: Actor, restriction_id: UUID, *, now: datetime) -> None:
    """End the actor's opening before its time; without one nothing happens.

    Raises:
        NotFound: There is none, or the actor would not see the record without it.
        RestrictionLifted: There is nothing to close.
    """
    actor.require(Permission.DATA_PROTECTION)
    found = restriction_of(session, actor, restriction_id, now, lock=True)
    ended = 0
    for one in (found, *parts_of(session, found)):
        for opening in _running(session, actor, one.id, now):
            opening.until = now
            ended += 1
    if ended:
        # Told while it is still open to whoever acts: the history asks whether a deputy acts for somebody.
        tell(session, actor, found, "restriction.closed", now, {"open": (True, False)})


def _running(session: Session, actor: Actor, restriction_id: UUID, now: datetime) -> list[RestrictedOpening]:
    if actor.person_id is None:
        return []
    query = select(RestrictedOpening).where(
        RestrictedOpening.restriction_id == restriction_id,
        RestrictedOpening.key == person_key(actor.person_id),
        during(RestrictedOpening.since, RestrictedOpening.until, now),
    )
    return list(session.scalars(query))


def _row(session: Session, actor: Actor, found: ProcessingRestriction, file: CaseFile, now: datetime) -> RestrictionRow:
    document = session.get(Document, found.document_id) if found.document_id else None
    open_until = max((one.until for one in _running(session, actor, found.id, now)), default=None)
    return RestrictionRow(
        restriction_id=found.id,
        case_file_id=file.id,
        document_id=found.document_id,
        reference=(reference_of(document) if document else "") or file.file_reference,
        ground=found.ground,
        legal_basis=found.legal_basis,
        owner=found.owner,
        review_on=found.review_on,
        since=found.since,
        set_by=found.set_by,
        until=found.until,
        open_until=open_until if found.until is None else None,
    )


def restricted_documents(session: Session, actor: Actor, case_file_id: UUID, now: datetime) -> int:
    """Count the documents of a case file that are hidden from the actor by a restriction: it is told that some are.

    What is restricted is to be marked in the system (recital 67 GDPR); a number says nothing of what it is.
    """
    query = (
        select(func.count())
        .select_from(Document)
        .join(BusinessCase, BusinessCase.id == Document.case_id)
        .where(BusinessCase.case_file_id == case_file_id, ~unrestricted(actor.keys, now))
    )
    return session.scalar(query) or 0
