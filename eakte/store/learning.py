"""Versions of learned models: which serves whose inbox, and how it was judged. The models lie in the object store."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from eakte.records.learning import ModelKind
from eakte.store.base import Base, UtcDateTime
from eakte.store.people import OrgUnit


class ModelVersion(Base):
    """One trained model of a unit's inbox. It learned from what lies in files of the unit and the units below."""

    __tablename__ = "model_version"
    __table_args__ = (UniqueConstraint("org_unit_id", "kind", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    org_unit_id: Mapped[UUID] = mapped_column(ForeignKey("org_unit.id", ondelete="RESTRICT"))
    kind: Mapped[ModelKind]
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_object.sha256", ondelete="RESTRICT"), index=True)
    serving: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    learned_until: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the newest decision it learned from was made."""
    seen: Mapped[dict[str, int]] = mapped_column(JSON)
    """How many letters of each value it learned from."""
    judged: Mapped[int]
    """Letters it was judged by before it learned from them, and how many of them it and the one before had right."""
    right: Mapped[int]
    right_before: Mapped[int]

    org_unit: Mapped[OrgUnit] = relationship()


def serving(session: Session, org_unit_id: UUID, kind: ModelKind) -> ModelVersion | None:
    """Return the version that serves a unit's inbox."""
    return session.scalar(
        select(ModelVersion).where(
            ModelVersion.org_unit_id == org_unit_id, ModelVersion.kind == kind, ModelVersion.serving.is_(True)
        )
    )


def versions_of(session: Session, org_unit_id: UUID, kind: ModelKind) -> list[ModelVersion]:
    """Return all versions for a unit's inbox, newest first."""
    query = select(ModelVersion).where(ModelVersion.org_unit_id == org_unit_id, ModelVersion.kind == kind)
    return list(session.scalars(query.order_by(ModelVersion.number.desc())))


def next_number(session: Session, org_unit_id: UUID, kind: ModelKind) -> int:
    """Return the number of the next version."""
    last = select(func.max(ModelVersion.number)).where(
        ModelVersion.org_unit_id == org_unit_id, ModelVersion.kind == kind
    )
    return (session.scalar(last) or 0) + 1
