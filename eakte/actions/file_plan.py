"""The file plan: its versions, its units, what each hands down, and which of it a person sees counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.errors import InvalidInput, MissingReason, NotFound
from eakte.records.access import SYSTEM, Actor, Permission, unit_key
from eakte.records.calendar import day_of, german
from eakte.records.file_plan import Inherited, PlanLevel, PlanState, level_of, move_plan, nearest
from eakte.records.reference import parse_pattern
from eakte.store.files import CaseFile, visible
from eakte.store.history import noted, record, set_to, since
from eakte.store.people import OrgUnit, unit_by_code
from eakte.store.plan import FilePlan, FilePlanUnit, RetentionRule, pattern_of, plan_in_force, units_of

COPIED = (
    "code",
    "title",
    "rule_code",
    "org_unit_id",
    "reference_pattern",
    "retired",
    "retired_on",
    "retired_because",
    "default_restricted",
    "default_shares",
)
"""What a new version takes over from the one before; parents are tied again."""
EDITED = ("title", "rule_code", "org_unit_id", "reference_pattern", "default_restricted", "default_shares")
"""What is changed in place."""


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """A version of the file plan as lists show it."""

    plan_id: UUID
    title: str
    version: str
    state: PlanState
    valid_from: date | None
    valid_to: date | None
    units: int
    revision: int


def versions(session: Session, actor: Actor) -> tuple[PlanVersion, ...]:
    """Return all versions, newest first; drafts are seen by those who may work on them."""
    actor.require(Permission.READ)
    counts = dict(session.execute(select(FilePlanUnit.plan_id, func.count()).group_by(FilePlanUnit.plan_id)).all())
    plans = session.scalars(select(FilePlan).order_by(FilePlan.valid_from.desc(), FilePlan.version.desc())).all()
    return tuple(
        PlanVersion(
            plan.id,
            plan.title,
            plan.version,
            plan.state,
            plan.valid_from,
            plan.valid_to,
            counts.get(plan.id, 0),
            plan.revision,
        )
        for plan in plans
        if plan.state is not PlanState.DRAFT or actor.may(Permission.PLAN)
    )


def plan_of(session: Session, actor: Actor, plan_id: UUID | None) -> FilePlan:
    """Return a version the actor may see; without an id the one in force.

    Raises:
        NotFound: There is none, or it is a draft and the actor does not work on plans.
    """
    plan = session.get(FilePlan, plan_id) if plan_id else plan_in_force(session)
    if plan is None or (plan.state is PlanState.DRAFT and not actor.may(Permission.PLAN)):
        raise NotFound
    return plan


@dataclass(slots=True)
class PlanNode:
    """A unit of a file plan with the visible case files at it and below, and what counts there."""

    unit_id: UUID
    code: str
    title: str
    level: PlanLevel
    rule: Inherited[str] | None
    lead_unit: Inherited[str] | None
    pattern: Inherited[str]
    retired: bool
    retired_on: date | None
    retired_because: str
    count: int
    children: list[PlanNode] = field(default_factory=list)

    @property
    def rule_code(self) -> str | None:
        """The retention rule that counts here."""
        return self.rule.value if self.rule else None


def tree(session: Session, actor: Actor, now: datetime, plan_id: UUID | None = None) -> tuple[PlanNode, ...]:
    """Return a version as a tree, counting only case files the actor may see; without any version, nothing."""
    actor.require(Permission.READ)
    if plan_id is None and plan_in_force(session) is None:
        return ()
    units = units_of(session, plan_of(session, actor, plan_id).id)
    counts = dict(
        session.execute(
            select(CaseFile.file_plan_unit_id, func.count())
            .where(visible(actor.keys, now))
            .group_by(CaseFile.file_plan_unit_id)
        ).all()
    )
    leads = dict(session.execute(select(OrgUnit.id, OrgUnit.code)).all())
    by_id = {unit.id: unit for unit in units}
    parents = {unit.parent_id for unit in units}
    nodes = {unit.id: _node(unit, by_id, leads, counts.get(unit.id, 0), unit.id in parents) for unit in units}
    roots: list[PlanNode] = []
    for unit in units:
        above = nodes.get(unit.parent_id) if unit.parent_id else None
        (above.children if above else roots).append(nodes[unit.id])
    for root in roots:
        _add_up(root)
    return tuple(roots)


def _node(
    unit: FilePlanUnit,
    by_id: dict[UUID, FilePlanUnit],
    leads: dict[UUID, str],
    count: int,
    has_children: bool,  # noqa: FBT001 - the last of five facts
) -> PlanNode:
    path = [unit]
    while path[-1].parent_id is not None:
        path.append(by_id[path[-1].parent_id])
    return PlanNode(
        unit_id=unit.id,
        code=unit.code,
        title=unit.title,
        level=level_of(len(path) - 1, has_children=has_children),
        rule=nearest([(one.code, one.rule_code) for one in path]),
        lead_unit=nearest([(one.code, leads.get(one.org_unit_id) if one.org_unit_id else None) for one in path]),
        pattern=pattern_of(path),
        retired=any(one.retired for one in path),
        retired_on=unit.retired_on,
        retired_because=unit.retired_because or "",
        count=count,
    )


def _add_up(node: PlanNode) -> int:
    node.count += sum(_add_up(child) for child in node.children)
    return node.count


def begin_draft(session: Session, actor: Actor, *, title: str, version: str, copy: bool, now: datetime) -> FilePlan:
    """Begin a new version, as a copy of the one in force or empty.

    Raises:
        InvalidInput: The title is missing, or the version's name is missing or taken.
    """
    actor.require(Permission.PLAN)
    title, version = title.strip(), version.strip()
    if not 0 < len(title) <= 200 or not 0 < len(version) <= 40:
        raise InvalidInput(problem="Bitte Titel (bis 200 Zeichen) und Fassung (bis 40 Zeichen) angeben.", field="title")
    if session.scalar(select(FilePlan.id).where(FilePlan.version == version)) is not None:
        raise InvalidInput(problem=f"Die Fassung „{version}“ gibt es schon.", field="version")
    plan = FilePlan(title=title, version=version)
    session.add(plan)
    session.flush()
    current = plan_in_force(session)
    copied = _copy(session, current.id, plan.id) if copy and current else 0
    detail = {"version": version, "units": copied}
    changes = set_to(name=title, version=version)
    record(session, actor, "plan.drafted", about=("file_plan", plan.id), now=now, detail=detail, changes=changes)
    return plan


def _copy(session: Session, source_id: UUID, target_id: UUID) -> int:
    units = units_of(session, source_id)
    made = {
        unit.id: FilePlanUnit(plan_id=target_id, **{name: getattr(unit, name) for name in COPIED}) for unit in units
    }
    session.add_all(made.values())
    session.flush()
    for unit in units:
        if unit.parent_id is not None:
            made[unit.id].parent_id = made[unit.parent_id].id
    session.flush()
    return len(units)


def put_in_force(session: Session, actor: Actor, plan_id: UUID, day: date, now: datetime) -> FilePlan:
    """Let a draft come into force on a day: at once if it is today, else by the upkeep of that day.

    Raises:
        InvalidInput: The day is past, or the draft has no unit at which case files could be opened.
        MoveRefused: It is no draft.
    """
    actor.require(Permission.PLAN)
    plan = session.get(FilePlan, plan_id, with_for_update=True, populate_existing=True)
    if plan is None:
        raise NotFound
    move_plan(plan.state, PlanState.IN_FORCE)
    if day < day_of(now):
        raise InvalidInput(problem="Ein Aktenplan tritt frühestens heute in Kraft.", field="valid_from")
    if not session.scalar(select(func.count()).where(FilePlanUnit.plan_id == plan.id, FilePlanUnit.retired.is_(False))):
        raise InvalidInput(problem="Diese Fassung hat noch keine Einheit.", field="plan_id")
    kept = noted(plan, "valid_from")
    plan.valid_from, plan.revision = day, plan.revision + 1
    if day > day_of(now):
        detail = {"version": plan.version, "from": german(day)}
        about, changes = ("file_plan", plan.id), since(kept, plan)
        record(session, actor, "plan.scheduled", about=about, now=now, detail=detail, changes=changes)
        return plan
    return _supersede(session, actor, plan, now)


def _supersede(session: Session, actor: Actor, plan: FilePlan, now: datetime) -> FilePlan:
    before, today = plan_in_force(session), day_of(now)
    if before is not None:
        before.state = move_plan(before.state, PlanState.SUPERSEDED)
        before.valid_to, before.revision = today - timedelta(days=1), before.revision + 1
        session.flush()  # one at most is in force, also for a moment
    kept = noted(plan, "state", "valid_from")
    plan.state, plan.valid_from = move_plan(plan.state, PlanState.IN_FORCE), today
    session.flush()
    detail = {"version": plan.version, "before": before.version if before else None}
    changes = since(kept, plan)
    record(session, actor, "plan.in_force", about=("file_plan", plan.id), now=now, detail=detail, changes=changes)
    return plan


def put_due_in_force(session: Session, now: datetime) -> FilePlan | None:
    """Put the draft in force whose day has come; the latest if there are several."""
    due = session.scalar(
        select(FilePlan)
        .where(FilePlan.state == PlanState.DRAFT, FilePlan.valid_from <= day_of(now))
        .order_by(FilePlan.valid_from.desc())
        .limit(1)
        .with_for_update()
    )
    if due is None:
        return None
    due.revision += 1
    return _supersede(session, SYSTEM, due, now)


@dataclass(frozen=True, slots=True)
class UnitEdit:
    """What a unit is to state itself; empty means that the unit above says it."""

    title: str
    rule_code: str = ""
    lead_unit: str = ""
    reference_pattern: str = ""
    default_restricted: bool | None = None
    default_shares: tuple[str, ...] | None = None
    """Codes of the units new case files are shared with."""


def edit_unit(session: Session, actor: Actor, unit_id: UUID, edit: UnitEdit, now: datetime) -> FilePlanUnit:
    """Change what a unit states. Code and place never change: case files carry them.

    Raises:
        InvalidInput: The title is missing, the rule or unit unknown, or the pattern does not hold.
        MoveRefused: The version is superseded.
    """
    unit = _changeable(session, actor, unit_id)
    if not 0 < len(edit.title.strip()) <= 300:
        raise InvalidInput(problem="Bitte eine Bezeichnung mit höchstens 300 Zeichen angeben.", field="title")
    lead = unit_by_code(session, edit.lead_unit) if edit.lead_unit else None
    if edit.lead_unit and lead is None:
        raise InvalidInput(problem=f"Die Organisationseinheit {edit.lead_unit} gibt es nicht.", field="lead_unit")
    if edit.rule_code and not _rule_exists(session, edit.rule_code):
        raise InvalidInput(problem=f"Die Aufbewahrungsregel {edit.rule_code} gibt es nicht.", field="rule_code")
    if edit.reference_pattern:
        parse_pattern(edit.reference_pattern)
    shares = None if edit.default_shares is None else [_key_of(session, code) for code in edit.default_shares]
    before = noted(unit, *EDITED)
    unit.title, unit.rule_code = edit.title.strip(), edit.rule_code or None
    unit.org_unit_id = lead.id if lead else None
    unit.reference_pattern = edit.reference_pattern.strip() or None
    unit.default_restricted, unit.default_shares = edit.default_restricted, shares
    changes = {name: (str(old or ""), str(new or "")) for name, (old, new) in since(before, unit).items()}
    _log(session, actor, unit, "plan_unit.changed", now, changes=changes)
    return unit


def _key_of(session: Session, code: str) -> str:
    unit = unit_by_code(session, code)
    if unit is None:
        raise InvalidInput(problem=f"Die Organisationseinheit {code} gibt es nicht.", field="default_shares")
    return unit_key(unit.key)


def _rule_exists(session: Session, code: str) -> bool:
    return session.scalar(select(RetentionRule.rule_id).where(RetentionRule.code == code).limit(1)) is not None


def retire_unit(session: Session, actor: Actor, unit_id: UUID, *, reason: str, now: datetime) -> FilePlanUnit:
    """Close a unit and those below it for new case files (stillgelegt); what lies there stays and is worked on.

    Raises:
        MissingReason: No reason was given.
    """
    unit = _changeable(session, actor, unit_id)
    if not reason.strip():
        raise MissingReason
    if unit.retired:
        raise InvalidInput(problem=f"Die Einheit {unit.code} ist schon stillgelegt.", field="unit_id")
    unit.retired, unit.retired_on, unit.retired_because = True, day_of(now), reason.strip()
    _log(session, actor, unit, "plan_unit.retired", now, reason=reason.strip())
    return unit


def _changeable(session: Session, actor: Actor, unit_id: UUID) -> FilePlanUnit:
    actor.require(Permission.PLAN)
    unit = session.get(FilePlanUnit, unit_id, with_for_update=True, populate_existing=True)
    if unit is None:
        raise NotFound
    if unit.plan.state is PlanState.SUPERSEDED:
        move_plan(unit.plan.state, PlanState.IN_FORCE)
    return unit


def _log(
    session: Session,
    actor: Actor,
    unit: FilePlanUnit,
    action: str,
    now: datetime,
    *,
    reason: str = "",
    changes: dict[str, tuple[str, str]] | None = None,
) -> None:
    detail = {"code": unit.code, "version": unit.plan.version}
    about = ("file_plan_unit", unit.id)
    record(session, actor, action, about=about, now=now, detail=detail, reason=reason, changes=changes)
