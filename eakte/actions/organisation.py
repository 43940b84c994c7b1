"""Setting up: organisation units, the file plan and retention rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.errors import InvalidInput
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.file_plan import PlanState
from eakte.records.organisation import KIND_LABELS, UnitKind
from eakte.store import organisation
from eakte.store.history import record, set_to
from eakte.store.people import OrgUnit, unit_by_code
from eakte.store.plan import FilePlan, FilePlanUnit, RetentionRule, plan_in_force, plan_unit
from retention.model import Rule


def add_unit(
    session: Session, actor: Actor, *, code: str, name: str, kind: str, parent: str | None, now: datetime
) -> None:
    """Add an organisation unit below another one.

    Raises:
        InvalidInput: The code is taken, the parent or the kind is unknown.
    """
    actor.require(Permission.USERS)
    if unit_by_code(session, code) is not None:
        raise InvalidInput(problem=f"Die Organisationseinheit {code} gibt es schon.", field="code")
    above = unit_by_code(session, parent) if parent else None
    if parent and above is None:
        raise InvalidInput(problem=f"Die Organisationseinheit {parent} gibt es nicht.", field="parent")
    unit = organisation.add_unit(session, code=code, name=name, kind=_kind(kind), parent=above, now=now)
    changes = set_to(code=code, name=name, kind=unit.kind, parent=parent)
    record(session, actor, "unit.added", about=("org_unit", unit.id), now=now, detail={"code": code}, changes=changes)


def inbox_of(session: Session, code: str) -> str | None:
    """Return the code of the unit whose inbox takes what is addressed to a code: of itself, or of its successor."""
    if unit_by_code(session, code) is not None:
        return code
    former = select(OrgUnit).where(OrgUnit.code == code).order_by(OrgUnit.dissolved_at.desc()).limit(1)
    unit = session.scalar(former)
    return unit.current.code if unit else None


def _kind(written: str) -> UnitKind:
    try:
        return UnitKind(written)
    except ValueError:
        known = ", ".join(KIND_LABELS.values())
        raise InvalidInput(problem=f"„{written}“ ist keine Art von Einheit. Möglich: {known}.", field="kind") from None


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One unit of a file plan as it is imported; ``parent`` comes before its children."""

    code: str
    title: str
    parent: str | None
    rule_code: str | None
    unit_code: str | None


def add_plan(session: Session, actor: Actor, lines: Iterable[PlanLine], now: datetime) -> int:
    """Add units to the file plan in force, the first version if there is none yet, and return how many.

    Raises:
        InvalidInput: A parent or lead unit is unknown; nothing of the plan is kept then.
    """
    actor.require(Permission.USERS)
    count, plan = 0, plan_in_force(session) or _first_plan(session, day_of(now))
    for line in lines:
        above = plan_unit(session, line.parent) if line.parent else None
        lead = unit_by_code(session, line.unit_code) if line.unit_code else None
        if (line.parent and above is None) or (line.unit_code and lead is None):
            raise InvalidInput(problem=f"Aktenplaneinheit {line.code}: Elterneinheit oder Amt fehlt.", field="parent")
        unit = FilePlanUnit(
            plan_id=plan.id,
            code=line.code,
            title=line.title,
            parent_id=above.id if above else None,
            rule_code=line.rule_code,
            org_unit_id=lead.id if lead else None,
        )
        session.add(unit)
        session.flush()
        count += 1
    record(session, actor, "plan.imported", about=("file_plan", plan.id), now=now, detail={"units": count})
    return count


def _first_plan(session: Session, today: date) -> FilePlan:
    plan = FilePlan(title="Aktenplan", version="1", state=PlanState.IN_FORCE, valid_from=today)
    session.add(plan)
    session.flush()
    return plan


def add_rules(session: Session, actor: Actor, rules: Iterable[Rule], now: datetime) -> int:
    """Add retention rule versions and return how many were new. A known version is never changed.

    Only the installation itself loads rules, when it is set up; people change them by two (``rule_drafts``).
    """
    actor.require(Permission.EXIT)
    count = 0
    for rule in rules:
        if session.get(RetentionRule, rule.rule_id) is not None:
            continue
        session.add(RetentionRule.of(rule))
        count += 1
    session.flush()
    record(session, actor, "rules.imported", about=("retention_rules", "1"), now=now, detail={"rules": count})
    return count
