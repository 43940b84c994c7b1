"""What forms offer to choose from: units, the file plan, document types."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.records.access import Actor
from eakte.records.states import CaseState
from eakte.store.documents import Document, unrestricted
from eakte.store.files import BusinessCase, CaseFile, visible
from eakte.store.people import OrgUnit
from eakte.store.plan import RetentionRule, open_leaves, plan_in_force, units_of

RECENT = 2_000
"""Documents whose types are offered again."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice: the code a form sends and the name a person reads."""

    code: str
    name: str


def units(session: Session, actor: Actor) -> tuple[Choice, ...]:
    """Return the units the actor works in, their own first."""
    living = select(OrgUnit).where(OrgUnit.code.in_(actor.unit_codes), OrgUnit.dissolved_at.is_(None))
    found = session.scalars(living.order_by(OrgUnit.code))
    rows = [Choice(unit.code, unit.name) for unit in found]
    return tuple(sorted(rows, key=lambda row: (row.code != actor.home_unit, row.code)))


def all_units(session: Session) -> tuple[Choice, ...]:
    """Return all living units, by code."""
    found = session.scalars(select(OrgUnit).where(OrgUnit.dissolved_at.is_(None)).order_by(OrgUnit.code))
    return tuple(Choice(unit.code, unit.name) for unit in found)


def other_units(session: Session, actor: Actor) -> tuple[Choice, ...]:
    """Return the units to which a misrouted item can be forwarded: all below a department but the actor's own."""
    found = session.scalars(
        select(OrgUnit)
        .where(OrgUnit.code.not_in(actor.unit_codes), OrgUnit.parent_id.is_not(None), OrgUnit.dissolved_at.is_(None))
        .order_by(OrgUnit.code)
    )
    return tuple(Choice(unit.code, unit.name) for unit in found)


def subject_units(session: Session) -> tuple[Choice, ...]:
    """Return the file plan units at which case files are opened: those of the version in force that are in use."""
    plan = plan_in_force(session)
    units = open_leaves(session, plan.id) if plan else {}
    return tuple(Choice(unit.code, unit.title) for unit in units.values())


def plan_branches(session: Session) -> tuple[Choice, ...]:
    """Return all units of the file plan in force, by code."""
    plan = plan_in_force(session)
    return tuple(Choice(unit.code, unit.title) for unit in units_of(session, plan.id)) if plan else ()


def rules(session: Session) -> tuple[Choice, ...]:
    """Return the retention rules a unit of the file plan may name, each by its newest title."""
    rows = session.execute(select(RetentionRule.code, RetentionRule.title).order_by(RetentionRule.valid_from))
    return tuple(Choice(code, title) for code, title in sorted(dict(rows.all()).items()))


def document_types(session: Session, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Return the document types of recently filed documents the actor may see, as suggestions."""
    recent = (
        select(Document.document_type)
        .join(BusinessCase, BusinessCase.id == Document.case_id)
        .join(CaseFile, CaseFile.id == BusinessCase.case_file_id)
        .where(visible(actor.keys, now), unrestricted(actor.keys, now), Document.document_type != "")
        .order_by(Document.filed_at.desc())
        .limit(RECENT)
        .subquery()
    )
    return tuple(session.scalars(select(recent.c.document_type).distinct().order_by(recent.c.document_type)))


@dataclass(frozen=True, slots=True)
class CaseChoice:
    """A case (Vorgang) to file into."""

    case_id: UUID
    number: int
    subject: str


def cases(session: Session, actor: Actor, case_file_id: UUID, now: datetime) -> tuple[CaseChoice, ...]:
    """Return the open cases of a case file the actor may see; of another one, none."""
    found = session.execute(
        select(BusinessCase.id, BusinessCase.number, BusinessCase.subject)
        .join(CaseFile, CaseFile.id == BusinessCase.case_file_id)
        .where(CaseFile.id == case_file_id, BusinessCase.state == CaseState.OPEN, visible(actor.keys, now))
        .order_by(BusinessCase.number)
    )
    return tuple(CaseChoice(*row) for row in found.all())
