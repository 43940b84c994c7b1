"""What the last comparison of the search index with the database found, for the administrators."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, Session, mapped_column

from eakte.store.base import Base

_ONLY = 1


class IndexComparison(Base):
    """The one row that every comparison replaces."""

    __tablename__ = "index_comparison"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    compared_at: Mapped[datetime]
    documents: Mapped[int]
    """How many the index should have held."""
    missing: Mapped[int]
    outdated: Mapped[int]
    superfluous: Mapped[int]

    @property
    def different(self) -> int:
        """How many differed."""
        return self.missing + self.outdated + self.superfluous


def last_comparison(session: Session) -> IndexComparison | None:
    """Return the last comparison, if there was one."""
    return session.get(IndexComparison, _ONLY)


def keep_comparison(
    session: Session, *, at: datetime, documents: int, missing: int, outdated: int, superfluous: int
) -> None:
    """Keep what a comparison found instead of what the one before did."""
    found = IndexComparison(
        id=_ONLY, compared_at=at, documents=documents, missing=missing, outdated=outdated, superfluous=superfluous
    )
    session.merge(found)
