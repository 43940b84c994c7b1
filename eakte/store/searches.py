"""Saved searches, who shares them, who is told of new hits, and the new hits themselves."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ColumnElement, ForeignKey, ForeignKeyConstraint, String, delete, or_
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from eakte.store.base import Base, UtcDateTime
from eakte.store.people import Person


class SavedSearch(Base):
    """A question under a name. What it finds is never stored: each viewer's own rights decide, each time."""

    __tablename__ = "saved_search"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    query: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Text, filters, period and order, as :mod:`eakte.actions.saved_searches` writes them; replaced, never changed."""
    shared_key: Mapped[str | None] = mapped_column(String(80), index=True)
    """The key of everybody who works in a unit or below it (``member:63``); nobody else's searches are shown."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revision: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": revision, "version_id_generator": False}  # noqa: RUF012 - SQLAlchemy's own form

    owner: Mapped[Person] = relationship()


class SearchAlert(Base):
    """A person wants to be told of what a saved search finds from now on."""

    __tablename__ = "search_alert"

    search_id: Mapped[UUID] = mapped_column(ForeignKey("saved_search.id", ondelete="RESTRICT"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True, index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    """Only what was filed later is new."""
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SearchNews(Base):
    """A document found by an alert; told once, counted only while the person may see it."""

    __tablename__ = "search_news"
    __table_args__ = (
        ForeignKeyConstraint(
            ["search_id", "person_id"], ["search_alert.search_id", "search_alert.person_id"], ondelete="RESTRICT"
        ),
    )

    search_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    document_id: Mapped[UUID] = mapped_column(
        ForeignKey("document.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def offered_to(person_id: UUID | None, keys: frozenset[str]) -> ColumnElement[bool]:
    """Return the predicate "this saved search is the person's own, or shared with a unit they work in"."""
    return or_(SavedSearch.owner_id == person_id, SavedSearch.shared_key.in_(keys))


def forget_news(session: Session, document_ids: Collection[UUID]) -> None:
    """Delete what alerts told of documents."""
    where = SearchNews.document_id.in_(document_ids)
    session.execute(delete(SearchNews).where(where), execution_options={"synchronize_session": False})
