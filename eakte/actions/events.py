"""Events that start retention periods: recorded with their evidence, corrected by a further entry, never overwritten.

Of each event of a case file one entry counts; those that were corrected or taken back stay with the reason.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from eakte.actions import desk
from eakte.actions.cases import changed
from eakte.actions.desk import Wanted
from eakte.actions.guard import case_file_of, case_files_of
from eakte.actions.verdicts import review
from eakte.errors import InvalidInput, MissingReason, NotFound
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of, german
from eakte.records.desk import Pile
from eakte.store.disposal import RetentionEvent
from eakte.store.document_life import DocumentReference
from eakte.store.documents import Document
from eakte.store.files import BusinessCase, CaseFile
from eakte.store.history import set_to
from retention.model import CASE_CLOSED

MOST = 500
"""Case files an event is recorded on at once: one transaction, during which others wait."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves an event: a document that lies in the file, a note, or both."""

    note: str = ""
    document_id: UUID | None = None


def record_event(
    session: Session,
    actor: Actor,
    case_file_id: UUID,
    *,
    trigger: str,
    happened_on: date,
    evidence: Evidence,
    now: datetime,
) -> None:
    """Record the event a retention period starts from, e.g. ``DEMOLITION``; twice is once.

    Raises:
        InvalidInput: The event lies in the future, has been recorded with another date, nothing proves it, its document
            does not lie in the file, or no rule waits for it.
    """
    actor.require(Permission.EVENT)
    case_file = case_file_of(session, actor, case_file_id, now, lock=True)
    _check(session, trigger, happened_on, now)
    _record(session, actor, case_file, trigger, happened_on, _proven(session, case_file, evidence), now)
    review(session, [case_file.id], day_of(now))


def record_on_all(
    session: Session,
    actor: Actor,
    case_file_ids: Collection[UUID],
    *,
    trigger: str,
    happened_on: date,
    note: str,
    now: datetime,
) -> int:
    """Record one event on several case files, all or none; return on how many it is new.

    Raises:
        NotFound: One of them is not there, or the actor may not know of it.
        InvalidInput: As in :func:`record_event`, or there are too many at once.
    """
    actor.require(Permission.EVENT)
    if len(case_file_ids) > MOST:
        raise InvalidInput(problem=f"Höchstens {MOST} Akten auf einmal. Bitte die Liste eingrenzen.", field="trigger")
    _check(session, trigger, happened_on, now)
    files = case_files_of(session, actor, case_file_ids, now)
    evidence = [_proven(session, file, Evidence(note)) for file in files]
    new = [
        _record(session, actor, file, trigger, happened_on, proof, now)
        for file, proof in zip(files, evidence, strict=True)
    ]
    review(session, [file.id for file in files], day_of(now))
    return sum(new)


def waiting_for(session: Session, actor: Actor, wanted: Wanted, *, seen: int, now: datetime) -> list[UUID]:
    """Return all case files of the list of those that wait for one event, *seen* of them when it was shown.

    Raises:
        InvalidInput: No event is named, the list has changed since, or it is too long.
    """
    if not wanted.trigger:
        raise InvalidInput(problem="Bitte ein Ereignis wählen.", field="trigger")
    rows = desk.page(session, actor, replace(wanted, pile=Pile.WAITING), limit=MOST + 1, now=now)
    if len(rows) > MOST:
        raise InvalidInput(problem=f"Höchstens {MOST} Akten auf einmal. Bitte die Liste eingrenzen.", field="trigger")
    if len(rows) != seen:
        problem = f"Inzwischen warten {len(rows)} Akten statt {seen}. Bitte die Liste neu ansehen."
        raise InvalidInput(problem=problem, field="trigger")
    return [row.file.case_file_id for row in rows]


def correct(
    session: Session,
    actor: Actor,
    case_file_id: UUID,
    *,
    trigger: str,
    happened_on: date | None,
    evidence: Evidence,
    reason: str,
    now: datetime,
) -> None:
    """Put another day in the place of a wrong one, or take the event back (no day); the wrong entry stays.

    Raises:
        NotFound: The event is not recorded.
        MissingReason: No reason was given.
        InvalidInput: As in :func:`record_event`, or the day is the same.
    """
    actor.require(Permission.EVENT)
    if not reason.strip():
        raise MissingReason
    case_file = case_file_of(session, actor, case_file_id, now, lock=True)
    wrong = _counting(session, case_file.id, trigger)
    if wrong is None:
        raise NotFound
    if happened_on is not None:
        _check(session, trigger, happened_on, now)
        if wrong.happened_on == happened_on:
            raise InvalidInput(problem="Dieses Datum ist schon erfasst.", field="happened_on")
        evidence = _proven(session, case_file, evidence)
    wrong.replaced_at, wrong.replaced_by, wrong.replaced_because = now, actor.name, reason.strip()
    session.flush()
    if happened_on is not None:
        session.add(_row(actor, case_file, trigger, happened_on, evidence, now))
        session.flush()
    review(session, [case_file.id], day_of(now))
    case_file.revision += 1
    detail = {"trigger": trigger, "on": happened_on.isoformat() if happened_on else None}
    changes = {"happened_on": (wrong.happened_on, happened_on)}
    action = "event.corrected" if happened_on else "event.withdrawn"
    changed(session, actor, case_file, action, now=now, detail=detail, reason=reason.strip(), changes=changes)


def _check(session: Session, trigger: str, happened_on: date, now: datetime) -> None:
    if happened_on > day_of(now):
        raise InvalidInput(problem="Das Ereignis liegt in der Zukunft.", field="happened_on")
    if trigger == CASE_CLOSED or trigger not in desk.triggers(session):
        raise InvalidInput(problem=f"Keine Aufbewahrungsregel wartet auf „{trigger}“.", field="trigger")


def _proven(session: Session, case_file: CaseFile, evidence: Evidence) -> Evidence:
    note = evidence.note.strip()
    if not note and evidence.document_id is None:
        problem = "Bitte den Nachweis angeben: ein Dokument der Akte oder einen Vermerk."
        raise InvalidInput(problem=problem, field="evidence")
    if evidence.document_id is not None and not _lies_in(session, evidence.document_id, case_file.id):
        raise InvalidInput(problem="Das Dokument liegt nicht in dieser Akte.", field="evidence")
    return Evidence(note, evidence.document_id)


def _lies_in(session: Session, document_id: UUID, case_file_id: UUID) -> bool:
    cases = select(BusinessCase.id).where(BusinessCase.case_file_id == case_file_id)
    shown = select(DocumentReference.document_id).where(DocumentReference.case_id.in_(cases))
    here = or_(Document.case_id.in_(cases), Document.id.in_(shown))
    return session.scalar(select(Document.id).where(Document.id == document_id, here)) is not None


def _counting(session: Session, case_file_id: UUID, trigger: str) -> RetentionEvent | None:
    return session.scalar(
        select(RetentionEvent).where(
            RetentionEvent.case_file_id == case_file_id,
            RetentionEvent.trigger == trigger,
            RetentionEvent.replaced_at.is_(None),
        )
    )


def _record(
    session: Session,
    actor: Actor,
    case_file: CaseFile,
    trigger: str,
    happened_on: date,
    evidence: Evidence,
    now: datetime,
) -> bool:
    known = _counting(session, case_file.id, trigger)
    if known is not None and known.happened_on != happened_on:
        problem = f"Für {case_file.file_reference} ist schon der {german(known.happened_on)} erfasst. "
        raise InvalidInput(problem=problem + "Ein falsches Datum wird mit Begründung berichtigt.", field="happened_on")
    if known is not None:
        return False
    row = _row(actor, case_file, trigger, happened_on, evidence, now)
    session.add(row)
    session.flush()
    case_file.revision += 1
    detail = {"trigger": trigger, "on": happened_on.isoformat()}
    document = str(evidence.document_id) if evidence.document_id else None
    changes = set_to(happened_on=happened_on, evidence=evidence.note or None, document=document)
    changed(session, actor, case_file, "event.recorded", now=now, detail=detail, changes=changes)
    return True


def _row(
    actor: Actor, case_file: CaseFile, trigger: str, happened_on: date, evidence: Evidence, now: datetime
) -> RetentionEvent:
    return RetentionEvent(
        case_file_id=case_file.id,
        trigger=trigger,
        happened_on=happened_on,
        evidence=evidence.note,
        document_id=evidence.document_id,
        recorded_by=actor.name,
        recorded_at=now,
    )
