"""What a re-mapping would do, unit by unit, as far as the person may see: files, numbers, retention, rights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.actions.cases import asks_derivation, foreseen_reference
from eakte.actions.moving_places import retention_of
from eakte.actions.plan_defaults import sentence
from eakte.actions.rehousing import rehousing_of
from eakte.actions.rehousing_run import obstacle
from eakte.records.access import Actor
from eakte.records.moving import retention_sentences
from eakte.records.plan_rows import natural
from eakte.records.rehousing import Target, from_stored
from eakte.records.states import CaseFileState
from eakte.store.files import CaseFile, visible
from eakte.store.plan import FilePlanUnit, defaults_of, leaves, open_leaves, plan_path
from eakte.store.rehousing import Rehousing

EXAMPLES = 3
"""Case files of a unit for which numbers and retention are shown."""


@dataclass(frozen=True, slots=True)
class Example:
    """One case file before and after."""

    case_file_id: UUID
    reference: str
    new_reference: str
    """With ``…`` for a number that is only given by the move."""
    retention: tuple[str, ...]
    obstacle: str


@dataclass(frozen=True, slots=True)
class UnitPreview:
    """One unit of the old version; counts are of case files the actor may see."""

    code: str
    title: str
    target: Target | None
    """``None``: not decided."""
    target_title: str
    open_files: int
    closed_files: int
    examples: tuple[Example, ...]
    rights: str
    """How new case files differ there in need-to-know and shares; those that move keep what they have."""
    problems: tuple[str, ...]


def preview(session: Session, actor: Actor, rehousing_id: UUID, now: datetime) -> tuple[UnitPreview, ...]:
    """Return every unit of the old version in order."""
    found = rehousing_of(session, actor, rehousing_id)
    old, new = leaves(session, found.source_id), open_leaves(session, found.target_id)
    targets, counts = from_stored(found.targets), _counts(session, actor, now)
    return tuple(
        _unit(session, actor, found, old[code], targets.get(code), new, counts, now)
        for code in sorted(old, key=natural)
    )


def _counts(session: Session, actor: Actor, now: datetime) -> dict[tuple[UUID, bool], int]:
    is_open = CaseFile.state == CaseFileState.OPEN
    query = select(CaseFile.file_plan_unit_id, is_open, func.count()).where(visible(actor.keys, now))
    rows = session.execute(query.group_by(CaseFile.file_plan_unit_id, is_open)).all()
    return {(unit_id, bool(opened)): count for unit_id, opened, count in rows}


def _unit(
    session: Session,
    actor: Actor,
    found: Rehousing,
    unit: FilePlanUnit,
    target: Target | None,
    new: dict[str, FilePlanUnit],
    counts: dict[tuple[UUID, bool], int],
    now: datetime,
) -> UnitPreview:
    goal = new.get(target.code) if target else None
    return UnitPreview(
        code=unit.code,
        title=unit.title,
        target=target,
        target_title=goal.title if goal else "",
        open_files=counts.get((unit.id, True), 0),
        closed_files=counts.get((unit.id, False), 0),
        examples=tuple(_examples(session, actor, found, unit, goal, target, now)) if goal and target else (),
        rights=_rights(session, unit, goal) if goal else "",
        problems=tuple(_problems(session, target, goal)),
    )


def _examples(
    session: Session,
    actor: Actor,
    found: Rehousing,
    unit: FilePlanUnit,
    goal: FilePlanUnit,
    target: Target,
    now: datetime,
) -> Iterator[Example]:
    query = select(CaseFile).where(CaseFile.file_plan_unit_id == unit.id, visible(actor.keys, now))
    if not found.closed_too:
        query = query.where(CaseFile.state == CaseFileState.OPEN)
    for file in session.scalars(query.order_by(CaseFile.file_reference).limit(EXAMPLES)):
        before, after = retention_of(session, file, unit.id, now), retention_of(session, file, goal.id, now)
        anew = target.renumber and not asks_derivation(session, goal)
        lead = file.org_unit.current.code
        yield Example(
            case_file_id=file.id,
            reference=file.file_reference,
            new_reference=foreseen_reference(session, goal, lead, file.opened_on) if anew else file.file_reference,
            retention=retention_sentences(before, after),
            obstacle=obstacle(session, file),
        )


def _rights(session: Session, unit: FilePlanUnit, goal: FilePlanUnit) -> str:
    before, after = (defaults_of(plan_path(session, each.id)) for each in (unit, goal))
    told = sentence(session, before), sentence(session, after)
    return "" if told[0] == told[1] else f"Neue Akten bisher: {told[0]}; künftig: {told[1]}."


def _problems(session: Session, target: Target | None, goal: FilePlanUnit | None) -> Iterator[str]:
    if target is None:
        yield "Noch nicht entschieden."
    elif target.code and goal is None:
        yield f"An {target.code} dürfen keine Akten liegen."
    elif goal is not None and target.renumber and asks_derivation(session, goal):
        yield "Das Muster dort verlangt eine Ableitung: Die Aktenzeichen bleiben, wie sie sind."
