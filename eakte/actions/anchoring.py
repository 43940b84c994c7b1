"""Anchoring the history: the head of its chain goes into a file outside of the database, stamped where that is set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.records.anchors import Anchor
from eakte.records.calendar import day_of
from eakte.records.chain import GENESIS
from eakte.store.anchors import AnchorBook
from eakte.store.database import Database
from eakte.store.history import HistoryEntry


def head(session: Session) -> tuple[int, str]:
    """Return sequence number and hash of the last entry."""
    newest = select(HistoryEntry.sequence, HistoryEntry.entry_hash).order_by(HistoryEntry.sequence.desc()).limit(1)
    found = session.execute(newest).first()
    return (found.sequence, found.entry_hash) if found else (0, GENESIS)


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
