"""One unit of the file plan as people see it: what counts there and which unit says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.actions.file_plan import plan_of
from eakte.actions.plan_defaults import living, sentence
from eakte.errors import NotFound
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.file_plan import Inherited, PlanLevel, PlanState, level_of, nearest
from eakte.store.files import CaseFile, visible
from eakte.store.people import OrgUnit
from eakte.store.plan import FilePlan, FilePlanUnit, defaults_of, leading_rule, pattern_of, plan_path


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit with what it states itself (``own_…``) and what counts there, with the code of the unit that says so."""

    unit_id: UUID
    plan: FilePlan
    code: str
    title: str
    level: PlanLevel
    above: tuple[FilePlanUnit, ...]
    """From the top."""
    rule: Inherited[str] | None
    rule_title: str
    lead_unit: Inherited[str] | None
    pattern: Inherited[str]
    defaults: str
    defaults_from: tuple[str, ...]
    own_rule: str
    own_lead: str
    own_pattern: str
    own_restricted: bool | None
    own_shares: tuple[str, ...] | None
    retired: bool
    retired_on: date | None
    retired_because: str
    count: int
    changeable: bool


def unit(session: Session, actor: Actor, unit_id: UUID, now: datetime) -> UnitView:
    """Return one unit.

    Raises:
        NotFound: There is none, or it is of a draft and the actor does not work on plans.
    """
    actor.require(Permission.READ)
    found = session.get(FilePlanUnit, unit_id)
    if found is None:
        raise NotFound
    plan, path = plan_of(session, actor, found.plan_id), plan_path(session, unit_id)
    leads = {one.id: one.current.code for one in session.scalars(select(OrgUnit))}
    defaults, leading = defaults_of(path), leading_rule(session, unit_id, day_of(now))
    here = (CaseFile.file_plan_unit_id == unit_id, visible(actor.keys, now))
    return UnitView(
        unit_id=unit_id,
        plan=plan,
        code=found.code,
        title=found.title,
        level=level_of(len(path) - 1, has_children=_has_children(session, unit_id)),
        above=tuple(path[:0:-1]),
        rule=nearest([(one.code, one.rule_code) for one in path]),
        rule_title=leading.title if leading else "",
        lead_unit=nearest([(one.code, leads.get(one.org_unit_id) if one.org_unit_id else None) for one in path]),
        pattern=pattern_of(path),
        defaults=sentence(session, defaults),
        defaults_from=tuple(
            dict.fromkeys(stated.code for stated in (defaults.restricted, defaults.shares) if stated is not None)
        ),
        own_rule=found.rule_code or "",
        own_lead=leads[found.org_unit_id] if found.org_unit_id else "",
        own_pattern=found.reference_pattern or "",
        own_restricted=found.default_restricted,
        own_shares=None if found.default_shares is None else tuple(living(session, tuple(found.default_shares))),
        retired=any(one.retired for one in path),
        retired_on=found.retired_on,
        retired_because=found.retired_because or "",
        count=session.scalar(select(func.count()).select_from(CaseFile).where(*here)) or 0,
        changeable=actor.may(Permission.PLAN) and plan.state is not PlanState.SUPERSEDED,
    )


def _has_children(session: Session, unit_id: UUID) -> bool:
    return session.scalar(select(FilePlanUnit.id).where(FilePlanUnit.parent_id == unit_id).limit(1)) is not None
