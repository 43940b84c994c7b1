"""Moving a whole case file: to another unit of the file plan (new reference), to another lead unit, or both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.actions.audience import compare
from eakte.actions.cases import changed, foreseen_reference, is_subject_unit, next_reference
from eakte.actions.guard import case_file_of
from eakte.actions.moving_places import locked_by_others, refusals, retention_of
from eakte.actions.verdicts import keep_verdict
from eakte.errors import InvalidInput
from eakte.records.access import Actor, Permission, unit_key
from eakte.records.calendar import day_of
from eakte.records.moving import Preview, retention_sentences
from eakte.store.documents import Document
from eakte.store.files import CaseFile, access_of, change_access
from eakte.store.history import noted, since
from eakte.store.people import OrgUnit, unit_by_code
from eakte.store.plan import FilePlanUnit, plan_unit
from eakte.store.references import CASE_FILE, keep_alias


@dataclass(frozen=True, slots=True)
class FileMove:
    """A case file is to belong to another file plan unit, to another lead unit, or both; empty: as it is."""

    case_file_id: UUID
    file_plan_code: str = ""
    org_unit_code: str = ""
    derivation: str = ""
    """Ableitung, where the pattern of reference numbers there asks for one."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A move with the rows it is about."""

    case_file: CaseFile
    plan_unit: FilePlanUnit
    org_unit: OrgUnit
    derivation: str
    preview: Preview


def plan(session: Session, actor: Actor, move: FileMove, now: datetime, *, lock: bool = False) -> Plan:
    """Look at everything the move touches; ``lock`` keeps the row until the transaction ends."""
    actor.require(Permission.REOPEN)
    file = case_file_of(session, actor, move.case_file_id, now, lock=lock)
    unit = plan_unit(session, move.file_plan_code) if move.file_plan_code else file.plan_unit
    lead = unit_by_code(session, move.org_unit_code) if move.org_unit_code else file.org_unit
    if unit is None or not is_subject_unit(session, unit):
        raise InvalidInput(problem="Akten liegen an einer gültigen Betreffseinheit.", field="file_plan_code")
    if lead is None:
        raise InvalidInput(problem="Diese Organisationseinheit gibt es nicht.", field="org_unit_code")
    before = access_of(session, file, now)
    after = before if lead is file.org_unit else replace(before, carried=_led_by(before.carried, file, lead))
    gained, lost = compare(session, before, after, now)
    same = (unit.id, lead.id) == (file.file_plan_unit_id, file.org_unit_id)
    preview = Preview(
        subject=file.subject,
        old_reference=file.file_reference,
        new_reference=file.file_reference
        if unit.id == file.file_plan_unit_id
        else foreseen_reference(session, unit, lead.code, day_of(now)),
        old_place=_place(file.plan_unit, file.org_unit.current),
        new_place=_place(unit, lead),
        documents=_count(session, file),
        gained=gained,
        lost=lost,
        retention=retention_sentences(
            retention_of(session, file, file.file_plan_unit_id, now), retention_of(session, file, unit.id, now)
        ),
        refusals=(
            *(("Die Akte gehört schon dorthin.",) if same else ()),
            *refusals(session, file, file, now),
            *locked_by_others(session, actor, [case.id for case in file.cases], now),
        ),
    )
    return Plan(file, unit, lead, move.derivation, preview)


def _place(unit: FilePlanUnit, lead: OrgUnit) -> str:
    return f"{unit.code} {unit.title}; Federführung {lead.code} {lead.name}"


def _led_by(carried: frozenset[str], file: CaseFile, lead: OrgUnit) -> frozenset[str]:
    return carried - {file.access_key} | {unit_key(lead.key)}


def _count(session: Session, file: CaseFile) -> int:
    cases = [case.id for case in file.cases]
    return session.scalar(select(func.count()).where(Document.case_id.in_(cases))) or 0


def carry_out(session: Session, actor: Actor, plan: Plan, reason: str, now: datetime) -> str:
    """Move the case file, evaluate its retention anew and return its reference."""
    file, former = plan.case_file, plan.case_file.file_reference
    before = noted(file, "file_reference", "file_plan_unit_id", "org_unit_id")
    if plan.plan_unit.id != file.file_plan_unit_id:
        keep_alias(session, CASE_FILE, file.id, former, now=now)
        file.file_plan_unit_id = plan.plan_unit.id
        file.file_reference = next_reference(
            session, plan.plan_unit, plan.org_unit.code, day_of(now), derived=plan.derivation
        )
    left_behind = 0
    if plan.org_unit.id != file.org_unit_id:
        left_behind = file.org_unit.revision
        change_access(session, file, unit=plan.org_unit, now=now)
    file.revision += left_behind + 1
    session.flush()
    session.expire(file, ["plan_unit", "org_unit"])
    keep_verdict(session, file, day_of(now))
    changes = {name: (str(old), str(new)) for name, (old, new) in since(before, file).items()}
    detail = {"from": former, "reference": file.file_reference, "unit": plan.org_unit.code}
    changed(session, actor, file, "case_file.moved", now=now, detail=detail, reason=reason, changes=changes)
    return file.file_reference
