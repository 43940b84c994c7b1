"""One aspect of a case file at a time, for programs that need no more: facts, cases, documents, retention, history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.cases import CaseFileRow, row_of
from eakte.actions.guard import case_file_of
from eakte.errors import NotFound
from eakte.records.access import Actor, Permission
from eakte.records.states import CaseFileState
from eakte.store.files import CaseFile, visible
from eakte.store.plan import plan_path


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A unit on the way down the file plan."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class CaseFileFacts:
    """What a case file says of itself. Everything in it changes its revision."""

    case_file_id: UUID
    reference: str
    subject: str
    state: CaseFileState
    restricted: bool
    unit_code: str
    unit_name: str
    opened_on: date
    opened_by: str
    closed_on: date | None
    archive_reference: str | None
    plan: tuple[PlanStep, ...]
    """Most general first."""
    revision: int


def facts(session: Session, actor: Actor, case_file_id: UUID, now: datetime) -> CaseFileFacts:
    """Return the facts of a case file the actor may see."""
    actor.require(Permission.READ)
    file = case_file_of(session, actor, case_file_id, now)
    path = reversed(plan_path(session, file.file_plan_unit_id))
    return CaseFileFacts(
        case_file_id=file.id,
        reference=file.file_reference,
        subject=file.subject,
        state=file.state,
        restricted=file.restricted,
        unit_code=file.org_unit.code,
        unit_name=file.org_unit.name,
        opened_on=file.opened_on,
        opened_by=file.opened_by,
        closed_on=file.closed_on,
        archive_reference=file.archive_reference,
        plan=tuple(PlanStep(unit.code, unit.title) for unit in path),
        revision=file.revision,
    )


def by_reference(session: Session, actor: Actor, reference: str, now: datetime) -> CaseFileRow:
    """Return the case file with a reference that the actor may see.

    Raises:
        NotFound: There is none, or the actor may not know of it.
    """
    actor.require(Permission.READ)
    found = session.scalar(select(CaseFile).where(CaseFile.file_reference == reference, visible(actor.keys, now)))
    if found is None:
        raise NotFound
    return row_of(found)
