"""Orders to hold records back (Sperranordnung), and their reviews. What an order holds are rows of ``DisposalHold``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eakte.records.holding import HoldScope
from eakte.store.base import Base, UtcDateTime
from eakte.store.people import Person, Post


class HoldOrder(Base):
    """Why records are held back, by whom, and until when that has to be looked at again."""

    __tablename__ = "hold_order"
    __table_args__ = (CheckConstraint("owner_person_id IS NULL OR owner_post_id IS NULL", name="one_owner"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    title: Mapped[str] = mapped_column(String(200))
    scope: Mapped[HoldScope]
    criteria: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What :func:`eakte.records.holding.questions` is made of; replaced, never changed."""
    reason: Mapped[str] = mapped_column(Text)
    legal_basis: Mapped[str] = mapped_column(String(300), default="")
    owner_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    owner_post_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id", ondelete="RESTRICT"), index=True)
    """Who answers for it: a person, or whoever holds the post; neither: the records managers."""
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    placed_by: Mapped[str] = mapped_column(String(200))
    review_on: Mapped[date] = mapped_column(index=True)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the whole stock was asked last."""
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_by: Mapped[str | None] = mapped_column(String(200))
    lift_reason: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(default=1)

    owner_person: Mapped[Person | None] = relationship()
    owner_post: Mapped[Post | None] = relationship()
    reviews: Mapped[list[HoldReview]] = relationship(order_by="HoldReview.at", back_populates="order")

    @property
    def owner(self) -> str:
        """Who answers for it, in German."""
        if self.owner_person is not None:
            return self.owner_person.name
        return self.owner_post.title if self.owner_post is not None else "Schriftgutverwaltung"


class HoldReview(Base):
    """One look at an order that found it still needed."""

    __tablename__ = "hold_review"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("hold_order.id", ondelete="RESTRICT"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    """The day it was due."""
    review_on: Mapped[date]
    """The day it is due next."""

    order: Mapped[HoldOrder] = relationship(back_populates="reviews")
