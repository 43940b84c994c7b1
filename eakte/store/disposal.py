"""Holds, events, verdicts and destruction."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eakte.records.states import DisposalState
from eakte.store.base import Base, UtcDateTime
from eakte.store.files import CaseFile
from eakte.store.hold_orders import HoldOrder
from retention.model import ConflictKind, Hold, Outcome


class DisposalHold(Base):
    """A disposal hold (Löschsperre) on a case file: one order holds one file."""

    __tablename__ = "disposal_hold"
    __table_args__ = (UniqueConstraint("order_id", "case_file_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_file_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id", ondelete="RESTRICT"), index=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("hold_order.id", ondelete="RESTRICT"))
    placed_on: Mapped[date]
    placed_by: Mapped[str] = mapped_column(String(200))
    lifted_on: Mapped[date | None]
    lifted_by: Mapped[str | None] = mapped_column(String(200))
    lift_reason: Mapped[str | None] = mapped_column(Text)

    order: Mapped[HoldOrder] = relationship(lazy="joined", innerjoin=True)

    @property
    def reason(self) -> str:
        """Why, as the order says."""
        return self.order.reason

    @property
    def legal_basis(self) -> str:
        """By which law, as the order says."""
        return self.order.legal_basis

    @property
    def review_on(self) -> date:
        """When the order has to be looked at again."""
        return self.order.review_on

    @property
    def owner(self) -> str:
        """Who answers for the order."""
        return self.order.owner

    def hold(self) -> Hold:
        """Return the row as the value retention works with."""
        order = self.order
        return Hold(
            order.reason,
            self.placed_on,
            self.lifted_on,
            legal_basis=order.legal_basis,
            placed_by=order.placed_by,
            owner=order.owner,
            review_on=order.review_on,
        )


class RetentionEvent(Base):
    """An event that starts a retention period, e.g. the demolition of a building; corrected ones stay."""

    __tablename__ = "retention_event"
    __table_args__ = (
        Index("ix_retention_event_of_file", "case_file_id", "trigger"),
        Index(
            "uq_retention_event_counting",
            "case_file_id",
            "trigger",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_file_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id", ondelete="RESTRICT"))
    trigger: Mapped[str] = mapped_column(String(60))
    happened_on: Mapped[date]
    evidence: Mapped[str] = mapped_column(Text, default="", server_default="")
    """A note of what proves it; empty with no document either: recorded before evidence was asked for."""
    document_id: Mapped[UUID | None]
    """The document that proves it; it may have moved on with another file since."""
    recorded_by: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was corrected or taken back; ``None``: it counts."""
    replaced_by: Mapped[str | None] = mapped_column(String(200))
    replaced_because: Mapped[str | None] = mapped_column(Text)


class VerdictRow(Base):
    """The last evaluation of a case file: derived, replaceable, for lists and counts; explained anew when asked."""

    __tablename__ = "verdict"
    __table_args__ = (Index("ix_verdict_in_order", "outcome", "waits_for", "retention_end", "reference"),)

    case_file_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id", ondelete="RESTRICT"), primary_key=True)
    outcome: Mapped[Outcome]
    retention_end: Mapped[date | None]
    waits_for: Mapped[str | None] = mapped_column(String(60))
    """The event whose day is missing."""
    reference: Mapped[str] = mapped_column(String(80), default="", server_default="")
    """The file's own, here so that lists are walks through one index."""
    rule_id: Mapped[str | None] = mapped_column(String(60))
    evaluated_on: Mapped[date]
    """The day on which it came to be so."""
    conflict: Mapped[ConflictKind | None] = mapped_column(index=True)
    """The gravest contradiction between rules that a person has to resolve, if there is one."""
    conflict_rule_id: Mapped[str | None] = mapped_column(String(60))
    """The rule that contradicts ``rule_id``."""

    case_file: Mapped[CaseFile] = relationship()


class Disposal(Base):
    """One destruction of one case file, from proposal to certificate."""

    __tablename__ = "disposal"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_file_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id", ondelete="RESTRICT"), index=True)
    state: Mapped[DisposalState] = mapped_column(default=DisposalState.PROPOSED, index=True)
    reason: Mapped[str] = mapped_column(Text)
    proposed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    proposed_by: Mapped[str] = mapped_column(String(200))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    decided_by: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    not_before: Mapped[date | None]
    """End of the cooling-off time."""
    rule_id: Mapped[str | None] = mapped_column(String(60))
    explanation: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The verdict's steps, frozen when destruction starts."""
    manifest: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What is being destroyed: ids, counts and hashes, no content; written before the first deletion."""
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    case_file: Mapped[CaseFile] = relationship()


class DestructionCertificate(Base):
    """The proof that outlives the case file; holds no personal data of third parties."""

    __tablename__ = "destruction_certificate"

    disposal_id: Mapped[UUID] = mapped_column(ForeignKey("disposal.id", ondelete="RESTRICT"), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    document: Mapped[bytes] = mapped_column(LargeBinary)
    """Canonical JSON."""
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of the JSON by the authority's key: CMS in DER, without the JSON; ``None``: no key was set."""
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
