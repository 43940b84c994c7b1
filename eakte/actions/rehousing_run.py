"""The job of a re-mapping: case files move batch by batch, each with its history; what cannot move is listed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from eakte.actions.cases import asks_derivation, changed, next_reference
from eakte.actions.closing import open_disposals
from eakte.actions.verdicts import keep_verdict
from eakte.records.access import SYSTEM, Actor
from eakte.records.calendar import day_of
from eakte.records.rehousing import RehousingState, Target, from_stored, move_rehousing
from eakte.records.states import LABELS, CaseFileState
from eakte.store.files import CaseFile, visible
from eakte.store.history import noted, record, since
from eakte.store.people import person_by_login
from eakte.store.plan import FilePlanUnit, leaves, open_leaves
from eakte.store.references import CASE_FILE, keep_alias
from eakte.store.rehousing import Rehousing

BATCH = 50
"""Case files moved in one transaction."""


def to_move(session: Session, found: Rehousing) -> ColumnElement[bool]:
    """Return the predicate "this case file is to move and has not yet"."""
    targets = from_stored(found.targets)
    old = leaves(session, found.source_id)
    ids = [old[code].id for code, target in targets.items() if target.code and code in old]
    there = CaseFile.file_plan_unit_id.in_(ids)
    return there & (
        CaseFile.state != CaseFileState.DESTROYED if found.closed_too else CaseFile.state == CaseFileState.OPEN
    )


def move_batch(
    session: Session, rehousing_id: UUID, after: UUID | None, now: datetime, *, size: int = BATCH
) -> UUID | None:
    """Move the next case files by id and return the last of them, ``None`` where none are left.

    Doing it again is the same as once: what has moved no longer lies at an old unit.
    """
    found = session.get_one(Rehousing, rehousing_id)
    if found.state is not RehousingState.RUNNING:
        return None
    query = select(CaseFile).where(to_move(session, found)).order_by(CaseFile.id).limit(size).with_for_update()
    files = session.scalars(query if after is None else query.where(CaseFile.id > after)).all()
    if not files:
        return None
    actor, targets = _mover(session, found), from_stored(found.targets)
    old = {unit.id: code for code, unit in leaves(session, found.source_id).items()}
    new = open_leaves(session, found.target_id)
    for file in files:
        target = targets[old[file.file_plan_unit_id]]
        if not obstacle(session, file) and target.code in new:
            _rehouse(session, actor, file, new[target.code], target, found, now)
    return files[-1].id


def _mover(session: Session, found: Rehousing) -> Actor:
    """Return the system acting for the person who ordered: it reaches every file, the history names the person."""
    person = person_by_login(session, found.ordered_by or "")
    return replace(SYSTEM, person_id=person.id, login=person.login, name=person.name) if person else SYSTEM


def obstacle(session: Session, file: CaseFile) -> str:
    """Return in German why a case file cannot move, or an empty text."""
    if file.state not in {CaseFileState.OPEN, CaseFileState.CLOSED}:
        return f"Die Akte ist im Zustand „{LABELS[file.state]}“."
    return "Die Vernichtung der Akte ist vorgeschlagen." if open_disposals(session, file.id) else ""


def _rehouse(
    session: Session,
    actor: Actor,
    file: CaseFile,
    unit: FilePlanUnit,
    target: Target,
    found: Rehousing,
    now: datetime,
) -> None:
    before, former = noted(file, "file_reference", "file_plan_unit_id"), file.file_reference
    place = file.plan_unit.code
    file.file_plan_unit_id = unit.id
    if target.renumber:
        renumber(session, file, unit, now)
    file.revision += 1
    session.flush()
    session.expire(file, ["plan_unit"])
    keep_verdict(session, file, day_of(now))
    changes = {name: (str(old), str(new)) for name, (old, new) in since(before, file).items()}
    detail = {"from": former, "reference": file.file_reference, "place": place, "to": unit.code}
    changed(session, actor, file, "case_file.rehoused", now=now, detail=detail, reason=found.reason, changes=changes)


def renumber(session: Session, file: CaseFile, unit: FilePlanUnit, now: datetime) -> None:
    """Give a new number of the year the file was opened in; the old one stays as an alias.

    Where the pattern there asks for a derivation, which only a person can choose, the number stays as it is.
    """
    if asks_derivation(session, unit):
        return
    former = file.file_reference
    file.file_reference = next_reference(session, unit, file.org_unit.current.code, file.opened_on)
    keep_alias(session, CASE_FILE, file.id, former, now=now)


def finish(session: Session, rehousing_id: UUID, now: datetime) -> None:
    """Close a re-mapping whose case files have moved."""
    found = session.get_one(Rehousing, rehousing_id, with_for_update=True)
    if found.state is not RehousingState.RUNNING:
        return
    before = noted(found, "state", "ended_at")
    found.state, found.ended_at, found.fault = move_rehousing(found.state, RehousingState.DONE), now, None
    found.revision += 1
    detail = {"from": found.source.version, "to": found.target.version}
    record(
        session,
        _mover(session, found),
        "rehousing.done",
        about=("rehousing", found.id),
        now=now,
        detail=detail,
        reason=found.reason,
        changes=since(before, found),
    )


def stop(session: Session, rehousing_id: UUID, code: str) -> None:
    """Keep the code of the fault that stopped the job; what has moved stays moved."""
    found = session.get_one(Rehousing, rehousing_id, with_for_update=True)
    found.fault, found.revision = code, found.revision + 1


@dataclass(frozen=True, slots=True)
class Left:
    """A case file the actor may see that is still at its old unit, and why, if something keeps it there."""

    case_file_id: UUID
    reference: str
    subject: str
    obstacle: str


def left(session: Session, actor: Actor, found: Rehousing, now: datetime, *, limit: int = 100) -> list[Left]:
    """Return visible case files that are to move and have not."""
    query = select(CaseFile).where(to_move(session, found), visible(actor.keys, now))
    return [
        Left(file.id, file.file_reference, file.subject, obstacle(session, file))
        for file in session.scalars(query.order_by(CaseFile.file_reference).limit(limit))
    ]
