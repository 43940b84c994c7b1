"""Re-mappings of case files to another version of the file plan: one row each, worked off by a job."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eakte.records.rehousing import RehousingState
from eakte.store.base import Base, UtcDateTime
from eakte.store.plan import FilePlan


class Rehousing(Base):
    """One re-mapping; never changed once it runs, but for its progress."""

    __tablename__ = "rehousing"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    source_id: Mapped[UUID] = mapped_column(ForeignKey("file_plan.id", ondelete="RESTRICT"))
    target_id: Mapped[UUID] = mapped_column(ForeignKey("file_plan.id", ondelete="RESTRICT"))
    state: Mapped[RehousingState] = mapped_column(default=RehousingState.DRAFT)
    targets: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    """See ``records.rehousing``; never changed in place, always replaced."""
    closed_too: Mapped[bool] = mapped_column(default=True)
    """Whether closed case files move as well; else they keep their unit."""
    reason: Mapped[str] = mapped_column(Text, default="")
    begun_by: Mapped[str] = mapped_column(String(80))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ordered_by: Mapped[str | None] = mapped_column(String(80))
    """Login of the person for whom the job moves."""
    ordered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fault: Mapped[str | None] = mapped_column(String(60))
    """Code of what stopped the job, if something did; it can be ordered again."""
    revision: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": revision, "version_id_generator": False}  # noqa: RUF012 - SQLAlchemy's own form

    source: Mapped[FilePlan] = relationship(foreign_keys=[source_id])
    target: Mapped[FilePlan] = relationship(foreign_keys=[target_id])
