"""Changes of retention rules while they are prepared, and what they would move."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eakte.records.rule_draft import ChangeKind, DraftState
from eakte.store.base import Base, UtcDateTime
from retention.change import Effect
from retention.model import Outcome


class RuleDraft(Base):
    """One change of one rule: typed, previewed, then approved by a second person, or discarded."""

    __tablename__ = "rule_draft"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(String(40), index=True)
    change: Mapped[ChangeKind]
    state: Mapped[DraftState] = mapped_column(default=DraftState.DRAFT, index=True)
    texts: Mapped[dict[str, str]] = mapped_column(JSON)
    """What is typed, by the fields of ``records.rule_draft``, faulty or not; never changed in place."""
    authors: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Ids of all who typed in it: none of them may approve it."""
    begun_by: Mapped[str] = mapped_column(String(200))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision: Mapped[str] = mapped_column(Text, default="")
    """Why it was discarded."""
    rule_id: Mapped[str | None] = mapped_column(String(60))
    """The version it has become."""
    revision: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": revision, "version_id_generator": False}  # noqa: RUF012 - SQLAlchemy's own form


class RulePreview(Base):
    """How far the comparison of the whole stock is for a draft: derived, made anew at any time."""

    __tablename__ = "rule_preview"

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("rule_draft.id", ondelete="RESTRICT"), primary_key=True)
    run: Mapped[int] = mapped_column(default=1)
    """Grows each time it is ordered: what earlier ones found is cleared away."""
    basis: Mapped[str] = mapped_column(String(64))
    """SHA-256 (hex) of what it rests on: the draft, all rules, the file plan, the day."""
    day: Mapped[date]
    """The day both decisions are made for: the first day of the change, or today if that is later."""
    position: Mapped[UUID | None]
    """The last case file compared."""
    total: Mapped[int] = mapped_column(default=0)
    compared: Mapped[int] = mapped_column(default=0)
    ordered_by: Mapped[str] = mapped_column(String(200))
    ordered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fault: Mapped[str | None] = mapped_column(String(60))
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 (hex) of basis and result: who approves names what was shown."""

    draft: Mapped[RuleDraft] = relationship()


class RuleMove(Base):
    """A case file that moves: what it is decided to be before and after."""

    __tablename__ = "rule_move"

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("rule_draft.id", ondelete="RESTRICT"), primary_key=True)
    run: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_file_id: Mapped[UUID] = mapped_column(
        ForeignKey("case_file.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    effect: Mapped[Effect]
    department_id: Mapped[UUID] = mapped_column(ForeignKey("org_unit.id", ondelete="RESTRICT"))
    outcome_before: Mapped[Outcome]
    outcome_after: Mapped[Outcome]
    end_before: Mapped[date | None]
    end_after: Mapped[date | None]
