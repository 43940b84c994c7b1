"""Anchoring the history: the head of its chain goes into a file outside of the database, stamped where that is set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from eakte.records.anchors import Anchor
from eakte.records.calendar import day_of
from eakte.store.anchors import AnchorBook
from eakte.store.database import Database
from eakte.store.history import head


def anchor(database: Database, book: AnchorBook, stamp: Callable[[bytes], str], now: datetime) -> Anchor:
    """Write the present head of the chain into the book.

    Raises:
        HistoryBroken: The history is shorter than it was at the last anchor.
        AnchorsBroken: The book itself was changed.
        TimestampFailed: The time-stamp service gave no token; nothing is written.
    """

    def now_there() -> tuple[int, str]:
        with database.reading() as session:
            return head(session)

    return book.add(now, now_there, stamp)


def is_due(book: AnchorBook, now: datetime, *, stamped: bool) -> bool:
    """Whether today's anchor is missing, or is not stamped though it should be."""
    newest = book.last()
    return newest is None or day_of(newest.at) < day_of(now) or (stamped and not newest.token)
