"""The file plan and the retention rules its units name."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from eakte.store.base import Base
from retention.model import DisposalAction, PeriodStart, RetentionKind, Rule


class FilePlanUnit(Base):
    """A unit of the file plan. Case files are opened at units without children (Betreffseinheit)."""

    __tablename__ = "file_plan_unit"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("file_plan_unit.id", ondelete="RESTRICT"), index=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    rule_code: Mapped[str | None] = mapped_column(String(40))
    """The retention rule of this unit; without one, that of the unit above counts."""
    org_unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("org_unit.id", ondelete="RESTRICT"))
    """The unit that leads new case files here by default."""
    retired: Mapped[bool] = mapped_column(default=False)
    default_restricted: Mapped[bool | None]
    """Whether new case files here are need-to-know; ``None``: as the unit above says."""
    default_shares: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Keys of the units new case files here are shared with; ``None``: as the unit above says."""


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
        )


def plan_unit(session: Session, code: str) -> FilePlanUnit | None:
    """Return the file plan unit with the code."""
    return session.scalar(select(FilePlanUnit).where(FilePlanUnit.code == code))


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
    """Return all versions of the rules named on the path of a unit, most specific unit first."""
    rules: list[Rule] = []
    for unit in plan_path(session, unit_id):
        if unit.rule_code is not None:
            versions = select(RetentionRule).where(RetentionRule.code == unit.rule_code)
            rules.extend(row.rule() for row in session.scalars(versions.order_by(RetentionRule.valid_from)))
    return rules
