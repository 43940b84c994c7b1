"""Finding a place by its reference, as people type it: present or former, as far as they may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.guard import case_file_of, case_of, document_of, sub_file_of
from eakte.errors import InvalidInput, NotFound
from eakte.records.access import Actor, Permission
from eakte.records.states import CaseState
from eakte.store.files import BusinessCase
from eakte.store.references import CASE, CASE_FILE, DOCUMENT, SUB_FILE, former_references, record_at, resolve


@dataclass(frozen=True, slots=True)
class Place:
    """A record with the case file it belongs to; ``number`` is that of a case or sub-file."""

    kind: str
    record_id: UUID
    case_file_id: UUID
    number: int | None = None


def find(session: Session, actor: Actor, reference: str, now: datetime) -> Place:
    """Return where a reference, present or former, leads to.

    Raises:
        NotFound: Nowhere, or the actor may not know of it.
    """
    actor.require(Permission.READ)
    found = resolve(session, reference)
    if found is None:
        raise NotFound
    return place_of(session, actor, *found, now)


def place_of(session: Session, actor: Actor, kind: str, record_id: UUID, now: datetime) -> Place:
    """Return a record as a place, through the actor's keys."""
    if kind == CASE_FILE:
        return Place(kind, record_id, case_file_of(session, actor, record_id, now).id)
    if kind == SUB_FILE:
        sub_file = sub_file_of(session, actor, record_id, now)
        return Place(kind, record_id, sub_file.case_file_id, sub_file.number)
    if kind == CASE:
        case = case_of(session, actor, record_id, now)
        return Place(kind, record_id, case.case_file_id, case.number)
    document = document_of(session, actor, record_id, now)
    if document.case is None:
        raise NotFound
    return Place(DOCUMENT, record_id, document.case.case_file_id)


def former_case(session: Session, actor: Actor, case_file_id: UUID, number: int, now: datetime) -> Place | None:
    """Return where the case is now that once had this number in a case file, if the actor may see it there."""
    case_id = record_at(session, CASE, case_file_id, number)
    if case_id is None:
        return None
    try:
        return place_of(session, actor, CASE, case_id, now)
    except NotFound:
        return None


def former(session: Session, actor: Actor, document_id: UUID, now: datetime) -> tuple[str, ...]:
    """Return the former references of a document the actor may see, newest first."""
    document = document_of(session, actor, document_id, now)
    return former_references(session, [document.id]).get(document.id, ())


def case_named(session: Session, actor: Actor, reference: str, now: datetime) -> UUID:
    """Return the case with a reference; that of a case file stands for its first open case.

    Raises:
        InvalidInput: The actor knows of no such case.
    """
    place = _named(session, actor, reference, now)
    if place is not None and place.kind == CASE:
        return place.record_id
    if place is not None and place.kind == CASE_FILE:
        first = (
            select(BusinessCase.id)
            .where(BusinessCase.case_file_id == place.record_id, BusinessCase.state == CaseState.OPEN)
            .order_by(BusinessCase.number)
        )
        if (case_id := session.scalar(first.limit(1))) is not None:
            return case_id
    raise InvalidInput(problem=f"Ein Vorgang mit dem Zeichen „{reference}“ ist nicht zu finden.", field="target")


def container_named(session: Session, actor: Actor, reference: str, now: datetime) -> Place:
    """Return the case file, sub-file or case with a reference, as a place for a case.

    Raises:
        InvalidInput: The actor knows of no such place.
    """
    place = _named(session, actor, reference, now)
    if place is None or place.kind == DOCUMENT:
        raise InvalidInput(problem=f"Eine Akte mit dem Zeichen „{reference}“ ist nicht zu finden.", field="target")
    return place


def _named(session: Session, actor: Actor, reference: str, now: datetime) -> Place | None:
    try:
        return find(session, actor, reference, now)
    except NotFound:
        return None
