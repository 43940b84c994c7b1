"""The retention rules: every version with its source and approver, and which of them applied on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from eakte.actions.case_parts import by_reference
from eakte.actions.guard import case_file_of
from eakte.actions.verdicts import Ground, verdict_of
from eakte.errors import InvalidInput, NotFound
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.file_plan import PlanState
from eakte.records.plan_rows import natural
from eakte.store.database import catalogue_of
from eakte.store.people import OrgUnit, unit_by_code
from eakte.store.plan import FilePlan, FilePlanUnit, RetentionRule, plan_in_force
from retention.asked import at_place
from retention.model import Conflict, Rule
from retention.rules import current, version_order


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a rule."""

    rule: Rule
    reason: str
    """Why it was made; empty where it was loaded from a table."""


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule with all its versions."""

    code: str
    versions: tuple[Version, ...]
    """The youngest first."""
    now: Rule | None
    """The version that counts today; ``None`` before its first day, after its last, and once it has ended."""
    named_at: tuple[str, ...]
    """Codes of the units of the file plan in force that name the rule."""

    @property
    def newest(self) -> Rule:
        """The version that counts, or the youngest where none does."""
        return self.now or self.versions[0].rule

    @property
    def to_come(self) -> tuple[Rule, ...]:
        """Versions that will count later, the next one first."""
        first = self.now.valid_from if self.now else date.min
        return tuple(one.rule for one in reversed(self.versions) if one.rule.valid_from > first and self._later(one))

    def _later(self, version: Version) -> bool:
        return self.now is None or version_order(version.rule) > version_order(self.now)


def listing(session: Session, actor: Actor, now: datetime, *, text: str = "") -> tuple[RuleView, ...]:
    """Return all rules by code, or those with *text* in code, title, source or trigger."""
    actor.require(Permission.READ)
    query = select(RetentionRule)
    if text:
        columns = (RetentionRule.code, RetentionRule.title, RetentionRule.legal_basis, RetentionRule.trigger_label)
        matching = or_(*(column.icontains(text, autoescape=True) for column in columns))
        query = query.where(RetentionRule.code.in_(select(RetentionRule.code).where(matching)))
    return _views(session, session.scalars(query).all(), day_of(now))


def rule_of(session: Session, actor: Actor, code: str, now: datetime) -> RuleView:
    """Return one rule.

    Raises:
        NotFound: There is none with the code.
    """
    actor.require(Permission.READ)
    found = session.scalars(select(RetentionRule).where(RetentionRule.code == code)).all()
    if not found:
        raise NotFound
    return _views(session, found, day_of(now))[0]


def _views(session: Session, rows: Sequence[RetentionRule], today: date) -> tuple[RuleView, ...]:
    named = _named_at(session)
    versions: dict[str, list[Version]] = {}
    for row in rows:
        versions.setdefault(row.code, []).append(Version(row.rule(), row.reason))
    views = []
    for code in sorted(versions, key=natural):
        ordered = sorted(versions[code], key=lambda one: version_order(one.rule), reverse=True)
        counting = current([one.rule for one in ordered], today)
        views.append(RuleView(code, tuple(ordered), counting[0] if counting else None, tuple(named.get(code, ()))))
    return tuple(views)


def _named_at(session: Session) -> dict[str, list[str]]:
    plan = plan_in_force(session)
    named: dict[str, list[str]] = {}
    if plan is not None:
        units = select(FilePlanUnit.rule_code, FilePlanUnit.code).where(FilePlanUnit.plan_id == plan.id)
        for rule_code, code in session.execute(units.where(FilePlanUnit.rule_code.is_not(None))):
            named.setdefault(rule_code or "", []).append(code)
    return {code: sorted(units, key=natural) for code, units in named.items()}


@dataclass(frozen=True, slots=True)
class Answered:
    """Which rule applied, and the German steps that say why."""

    rule: Rule | None
    steps: tuple[str, ...]
    conflicts: tuple[Conflict, ...] = ()
    case_file_id: UUID | None = None


def asked_of_unit(
    session: Session, actor: Actor, code: str, day: date, *, org_unit: str = "", file_type: str = ""
) -> Answered:
    """Return which rule applied on a day at a unit of the file plan, in the version that was in force then.

    Rules of a department or a type of case file count only where one is named.

    Raises:
        InvalidInput: There was no such unit.
    """
    actor.require(Permission.READ)
    plan_unit = _unit_then(session, code, day)
    lead = unit_by_code(session, org_unit) if org_unit else None
    if plan_unit is None:
        problem = f"Die Aktenplaneinheit „{code}“ gibt es in der Fassung nicht, die an diesem Tag galt."
        raise InvalidInput(problem=problem, field="plan")
    if org_unit and lead is None:
        raise InvalidInput(problem=f"Die Organisationseinheit {org_unit} gibt es nicht.", field="org_unit")
    book, place = Ground(session, day).of(plan_unit, lead.id if lead else None, file_type)
    found = at_place(book.rules, day, place)
    return Answered(found.ruling.leader, found.steps)


def _unit_then(session: Session, code: str, day: date) -> UUID | None:
    """Return the unit in the version of the file plan of that day; before the first one, in the first."""
    plans = select(FilePlan.id).where(FilePlan.state != PlanState.DRAFT)
    then = plans.where(FilePlan.valid_from <= day).order_by(FilePlan.valid_from.desc()).limit(1)
    plan_id = session.scalar(then) or session.scalar(plans.order_by(FilePlan.valid_from).limit(1))
    return session.scalar(select(FilePlanUnit.id).where(FilePlanUnit.plan_id == plan_id, FilePlanUnit.code == code))


def asked_of_file(session: Session, actor: Actor, reference: str, day: date, now: datetime) -> Answered:
    """Return which rule led on a day for a case file the actor may see, from what is recorded of it today.

    Raises:
        NotFound: There is none with the reference, or the actor may not know of it.
    """
    row = by_reference(session, actor, reference, now)
    verdict = verdict_of(session, case_file_of(session, actor, row.case_file_id, now), day)
    kept = session.get(RetentionRule, verdict.rule_id) if verdict.rule_id else None
    return Answered(kept.rule() if kept else None, verdict.steps, verdict.conflicts, row.case_file_id)


def places(session: Session) -> tuple[tuple[str, str], ...]:
    """Return the units of the file plan in force with their titles, for forms."""
    plan = plan_in_force(session)
    query = select(FilePlanUnit.code, FilePlanUnit.title).where(FilePlanUnit.plan_id == (plan.id if plan else None))
    return tuple(sorted(((code, title) for code, title in session.execute(query)), key=lambda one: natural(one[0])))


def kinds(session: Session) -> tuple[tuple[str, str], ...]:
    """Return the types of case files that are declared, for forms."""
    return tuple((kind.name, kind.label) for kind in catalogue_of(session).case_file_kinds)


def triggers(session: Session) -> tuple[tuple[str, str], ...]:
    """Return the events that rules name, for forms."""
    query = select(RetentionRule.trigger, RetentionRule.trigger_label).order_by(RetentionRule.valid_from)
    return tuple(sorted(dict(session.execute(query).all()).items()))


def lead_units(session: Session) -> tuple[tuple[str, str], ...]:
    """Return the living units with their names, for forms."""
    query = select(OrgUnit.code, OrgUnit.name).where(OrgUnit.dissolved_at.is_(None))
    return tuple(sorted(((code, name) for code, name in session.execute(query)), key=lambda one: natural(one[0])))
