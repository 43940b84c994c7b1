"""The file plan and the retention rules its units name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, false, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from eakte.records.file_plan import Defaults, Inherited, PlanState, nearest
from eakte.records.reference import DEFAULT_PATTERN
from eakte.store.base import Base
from retention.model import EVERYWHERE, DisposalAction, PeriodStart, Place, RetentionKind, Rule
from retention.rules import effective, unit_code


class FilePlan(Base):
    """One version of the file plan (Aktenplan); one at most is in force."""

    __tablename__ = "file_plan"
    __table_args__ = (
        Index(
            "ix_file_plan_one_in_force",
            "state",
            unique=True,
            sqlite_where=text("state = 'in_force'"),
            postgresql_where=text("state = 'in_force'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    title: Mapped[str] = mapped_column(String(200))
    version: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[PlanState] = mapped_column(default=PlanState.DRAFT)
    valid_from: Mapped[date | None]
    """The first day; of a draft the day on which it is to come into force, if one is set."""
    valid_to: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": revision, "version_id_generator": False}  # noqa: RUF012 - SQLAlchemy's own form


class FilePlanUnit(Base):
    """A unit of a file plan. Case files are opened at units without children (Betreffseinheit)."""

    __tablename__ = "file_plan_unit"
    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("file_plan_unit.id", ondelete="RESTRICT"), index=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("file_plan.id", ondelete="RESTRICT"))
    code: Mapped[str] = mapped_column(String(40), index=True)
    title: Mapped[str] = mapped_column(String(300))
    rule_code: Mapped[str | None] = mapped_column(String(40))
    """The retention rule of this unit; without one, that of the unit above counts."""
    org_unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("org_unit.id", ondelete="RESTRICT"))
    """The unit that leads new case files here by default."""
    reference_pattern: Mapped[str | None] = mapped_column(String(80))
    """Pattern of reference numbers; without one, that of the unit above counts."""
    retired: Mapped[bool] = mapped_column(default=False)
    """Nothing new is opened here (stillgelegt)."""
    retired_on: Mapped[date | None]
    retired_because: Mapped[str | None] = mapped_column(Text)
    default_restricted: Mapped[bool | None]
    """Whether new case files here are need-to-know; ``None``: as the unit above says."""
    default_shares: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Keys of the units new case files here are shared with; ``None``: as the unit above says."""

    plan: Mapped[FilePlan] = relationship()


class RetentionRule(Base):
    """One version of a retention rule; superseded by a newer version, never edited."""

    __tablename__ = "retention_rule"

    rule_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), index=True)
    title: Mapped[str] = mapped_column(String(300))
    kind: Mapped[RetentionKind]
    months: Mapped[int | None]
    trigger: Mapped[str] = mapped_column(String(60))
    trigger_label: Mapped[str] = mapped_column(String(300))
    period_start: Mapped[PeriodStart]
    action: Mapped[DisposalAction]
    legal_basis: Mapped[str] = mapped_column(String(500))
    certainty: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    approved_by: Mapped[str | None] = mapped_column(String(200))
    approved_on: Mapped[date | None]
    branch: Mapped[str] = mapped_column(String(40), default="", server_default="")
    """File plan code the rule counts at and below by itself; empty: wherever a unit names it."""
    departments: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    file_types: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    trigger_months: Mapped[int] = mapped_column(default=0, server_default="0")
    first_phase_months: Mapped[int | None]
    ended: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether this version ends the rule."""
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    """Why this version was made, where it came by a draft."""

    @classmethod
    def of(cls, rule: Rule, reason: str = "") -> RetentionRule:
        """Return the row of a value."""
        lists = {"departments": list(rule.departments), "file_types": list(rule.file_types)}
        values = {field.name: getattr(rule, field.name) for field in fields(rule)} | lists
        return cls(code=unit_code(rule), reason=reason, **values)

    def rule(self) -> Rule:
        """Return the row as the value retention works with."""
        return Rule(
            rule_id=self.rule_id,
            title=self.title,
            kind=self.kind,
            months=self.months,
            trigger=self.trigger,
            trigger_label=self.trigger_label,
            period_start=self.period_start,
            action=self.action,
            legal_basis=self.legal_basis,
            certainty=self.certainty,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            approved_by=self.approved_by,
            approved_on=self.approved_on,
            branch=self.branch,
            departments=tuple(self.departments),
            file_types=tuple(self.file_types),
            trigger_months=self.trigger_months,
            first_phase_months=self.first_phase_months,
            ended=self.ended,
        )


def plan_in_force(session: Session) -> FilePlan | None:
    """Return the version of the file plan that is in force."""
    return session.scalar(select(FilePlan).where(FilePlan.state == PlanState.IN_FORCE))


def plan_unit(session: Session, code: str) -> FilePlanUnit | None:
    """Return the unit with the code in the version that is in force."""
    in_force = select(FilePlan.id).where(FilePlan.state == PlanState.IN_FORCE).scalar_subquery()
    return session.scalar(select(FilePlanUnit).where(FilePlanUnit.code == code, FilePlanUnit.plan_id == in_force))


def units_of(session: Session, plan_id: UUID) -> list[FilePlanUnit]:
    """Return all units of a version by code."""
    return list(
        session.scalars(select(FilePlanUnit).where(FilePlanUnit.plan_id == plan_id).order_by(FilePlanUnit.code))
    )


def leaves(session: Session, plan_id: UUID) -> dict[str, FilePlanUnit]:
    """Return the units of a version without any below them, by code: only there lie case files."""
    units = units_of(session, plan_id)
    above = {unit.parent_id for unit in units}
    return {unit.code: unit for unit in units if unit.id not in above}


def open_leaves(session: Session, plan_id: UUID) -> dict[str, FilePlanUnit]:
    """Return those units of a version at which case files may come to lie: neither they nor a unit above is retired."""
    units = {unit.id: unit for unit in units_of(session, plan_id)}

    def retired(unit: FilePlanUnit) -> bool:
        return unit.retired or (unit.parent_id is not None and retired(units[unit.parent_id]))

    return {code: unit for code, unit in leaves(session, plan_id).items() if not retired(unit)}


def pattern_of(path: Collection[FilePlanUnit]) -> Inherited[str]:
    """Return the pattern of references that counts at the first unit of a path, and who states it."""
    stated = nearest([(unit.code, unit.reference_pattern) for unit in path])
    return stated or Inherited(DEFAULT_PATTERN, "")


def defaults_of(path: Collection[FilePlanUnit]) -> Defaults:
    """Return what new case files at the first unit of a path start with."""
    shares = [(unit.code, None if unit.default_shares is None else tuple(unit.default_shares)) for unit in path]
    return Defaults(nearest([(unit.code, unit.default_restricted) for unit in path]), nearest(shares))


def plan_path(session: Session, unit_id: UUID) -> list[FilePlanUnit]:
    """Return the unit and all units above it, most specific first."""
    path: list[FilePlanUnit] = []
    current: UUID | None = unit_id
    while current is not None:
        unit = session.get_one(FilePlanUnit, current)
        path.append(unit)
        current = unit.parent_id
    return path


def rules_on_path(session: Session, unit_id: UUID) -> list[Rule]:
    """Return all versions of the rules on the path of a unit, each bound to the branch that names it.

    Rules that state a branch of their own are on the path when it is.
    """
    path = plan_path(session, unit_id)
    stating = select(RetentionRule).where(RetentionRule.branch.in_([EVERYWHERE, *(unit.code for unit in path)]))
    # All versions of such a rule: a younger one supersedes it also where its branch is another.
    codes = {row.code for row in session.scalars(stating)}
    own = select(RetentionRule).where(RetentionRule.code.in_(codes), RetentionRule.branch != "")
    rules = [row.rule() for row in session.scalars(own)] if codes else []
    for unit in path:
        if unit.rule_code is not None:
            versions = select(RetentionRule).where(RetentionRule.code == unit.rule_code)
            found = session.scalars(versions.order_by(RetentionRule.valid_from))
            rules.extend(replace(row.rule(), branch=unit.code) for row in found)
    return rules


def plan_codes(session: Session, unit_id: UUID) -> tuple[str, ...]:
    """Return the codes of a unit and of all units above it, most specific first."""
    return tuple(unit.code for unit in plan_path(session, unit_id))


def leading_rule(session: Session, unit_id: UUID, day: date) -> Rule | None:
    """Return the rule that leads at a unit on a day."""
    return effective(rules_on_path(session, unit_id), day, Place(plan_codes(session, unit_id)))
