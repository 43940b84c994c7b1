"""Re-mapping case files to another version of the file plan: prepared, decided unit by unit, ordered as a job."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.guard import check_revision
from eakte.actions.plan_tables import read_table
from eakte.errors import InvalidInput, MissingReason, NotFound
from eakte.records.access import Actor, Permission
from eakte.records.file_plan import PlanState
from eakte.records.plan_rows import PlanRefused, Problem
from eakte.records.rehousing import (
    COLUMNS,
    RehousingState,
    Target,
    TargetLine,
    automatic,
    from_stored,
    move_rehousing,
    read_targets,
    stored,
    undecided,
)
from eakte.store.history import record
from eakte.store.jobs import enqueue
from eakte.store.plan import FilePlan, leaves, open_leaves
from eakte.store.rehousing import Rehousing


def begin(session: Session, actor: Actor, source_id: UUID, target_id: UUID, now: datetime) -> Rehousing:
    """Begin to prepare a re-mapping; units whose code is in both versions are decided by that.

    Raises:
        NotFound: There is no such version.
        InvalidInput: Both are the same.
    """
    actor.require(Permission.PLAN)
    if session.get(FilePlan, source_id) is None or session.get(FilePlan, target_id) is None:
        raise NotFound
    if source_id == target_id:
        raise InvalidInput(problem="Bitte zwei verschiedene Fassungen wählen.", field="target_id")
    old, new = leaves(session, source_id), open_leaves(session, target_id)
    made = Rehousing(
        source_id=source_id,
        target_id=target_id,
        targets=stored(automatic(old, new)),
        begun_by=actor.login,
        begun_at=now,
    )
    session.add(made)
    session.flush()
    _log(session, actor, made, "rehousing.begun", now)
    return made


def listing(session: Session, actor: Actor) -> list[Rehousing]:
    """Return all re-mappings, newest first."""
    actor.require(Permission.PLAN)
    return list(session.scalars(select(Rehousing).order_by(Rehousing.begun_at.desc(), Rehousing.id)))


def rehousing_of(session: Session, actor: Actor, rehousing_id: UUID, *, lock: bool = False) -> Rehousing:
    """Return one re-mapping; ``lock`` keeps its row.

    Raises:
        NotFound: There is none.
    """
    actor.require(Permission.PLAN)
    found = session.get(Rehousing, rehousing_id, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotFound
    return found


def assign(
    session: Session,
    actor: Actor,
    rehousing_id: UUID,
    targets: Mapping[str, Target],
    *,
    closed_too: bool | None = None,
    revision: int | None = None,
    now: datetime,
) -> Rehousing:
    """Decide about units; those not named stay as they are.

    Raises:
        InvalidInput: A unit is not in the old version, or its target is none where case files may lie.
        StaleRevision: Somebody else has changed it since *revision*.
        MoveRefused: It was ordered already.
    """
    found = _draft(session, actor, rehousing_id, revision)
    old, new = leaves(session, found.source_id), open_leaves(session, found.target_id)
    for code, target in targets.items():
        if code not in old or (target.code and target.code not in new):
            problem = f"Für {code} ist {target.code or 'kein Ziel'} nicht möglich: Akten liegen an Betreffseinheiten."
            raise InvalidInput(problem=problem, field="targets")
    found.targets = stored({**from_stored(found.targets), **targets})
    if closed_too is not None:
        found.closed_too = closed_too
    found.revision += 1
    session.flush()
    _log(session, actor, found, "rehousing.changed", now)
    return found


def load_targets(session: Session, actor: Actor, rehousing_id: UUID, data: bytes, now: datetime) -> Rehousing:
    """Decide about units by a CSV table with the columns Bisher, Künftig and Aktenzeichen.

    Raises:
        PlanRefused: Something is wrong with the table; nothing of it is kept.
        MoveRefused: It was ordered already.
    """
    found = _draft(session, actor, rehousing_id, None)
    lines = [
        TargetLine(line, cells[0].strip(), cells[1].strip(), cells[2].strip())
        for line, cells in read_table(data, COLUMNS)
    ]
    old, new = leaves(session, found.source_id), open_leaves(session, found.target_id)
    targets, problems = read_targets(lines, old, new)
    if problems:
        raise PlanRefused(problems)
    return assign(session, actor, rehousing_id, targets, now=now)


def _draft(session: Session, actor: Actor, rehousing_id: UUID, revision: int | None) -> Rehousing:
    found = rehousing_of(session, actor, rehousing_id, lock=True)
    if revision is not None:
        check_revision(found.revision, revision)
    if found.state is not RehousingState.DRAFT:
        move_rehousing(found.state, RehousingState.RUNNING)
    return found


def order(
    session: Session, actor: Actor, rehousing_id: UUID, *, reason: str, revision: int | None = None, now: datetime
) -> Rehousing:
    """Order the job that moves the case files.

    Raises:
        MissingReason: No reason was given.
        PlanRefused: Units are not decided about; names each.
        InvalidInput: The new version is not in force.
        StaleRevision: Somebody else has changed it since *revision*.
        MoveRefused: It was ordered already.
    """
    found = _draft(session, actor, rehousing_id, revision)
    if not reason.strip():
        raise MissingReason
    if found.target.state is not PlanState.IN_FORCE:
        problem = "Umgebettet wird in die geltende Fassung. Bitte setzen Sie die neue zuerst in Kraft."
        raise InvalidInput(problem=problem, field="target_id")
    if missing := undecided(from_stored(found.targets), leaves(session, found.source_id)):
        raise PlanRefused([Problem(0, f"Für die Einheit {code} fehlt die Entscheidung.") for code in missing])
    found.state = move_rehousing(found.state, RehousingState.RUNNING)
    found.reason, found.ordered_by, found.ordered_at = reason.strip(), actor.login, now
    found.revision += 1
    _log(session, actor, found, "rehousing.ordered", now, reason=found.reason)
    enqueue(session, "rehousing", f"{found.id}:{found.revision}", str(found.id))
    return found


def order_again(session: Session, actor: Actor, rehousing_id: UUID, now: datetime) -> Rehousing:
    """Let a job go on that a fault has stopped.

    Raises:
        MoveRefused: It is not stopped.
    """
    found = rehousing_of(session, actor, rehousing_id, lock=True)
    if found.state is not RehousingState.RUNNING or found.fault is None:
        move_rehousing(found.state, found.state)
    found.fault, found.revision = None, found.revision + 1
    _log(session, actor, found, "rehousing.ordered", now, reason=found.reason)
    enqueue(session, "rehousing", f"{found.id}:{found.revision}", str(found.id))
    return found


def _log(session: Session, actor: Actor, found: Rehousing, action: str, now: datetime, *, reason: str = "") -> None:
    source, target = session.get_one(FilePlan, found.source_id), session.get_one(FilePlan, found.target_id)
    detail = {"from": source.version, "to": target.version, "decided": len(found.targets)}
    record(session, actor, action, about=("rehousing", found.id), now=now, detail=detail, reason=reason)
