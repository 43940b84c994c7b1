"""How the search index stands, and orders to compare it with the database or to build it anew, by administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from eakte.actions.entries import expected_count
from eakte.records.access import Actor, Permission
from eakte.store.comparisons import IndexComparison, last_comparison
from eakte.store.history import record
from eakte.store.jobs import Backlog, backlog, enqueue
from search.engine import IndexState, SearchIndex
from search.errors import UNAVAILABLE

CARE = "index_care"
"""The workflow that carries out what is ordered here."""
_INDEXING = ("indexing", "reindexing", "case_indexing", "unit_indexing")


class Care(StrEnum):
    """What may be ordered."""

    COMPARE = "compare"
    """Compare every document and order the indexing of those that differ."""
    REBUILD = "rebuild"
    """Fill a new index aside and let it answer when it agrees with the database."""


@dataclass(frozen=True, slots=True)
class IndexView:
    """How the index stands."""

    engine: str
    state: IndexState | None
    """``None`` while it cannot be asked."""
    wanted: int
    """Documents it should hold."""
    waiting: Backlog
    """Changes on their way to it."""
    ordered: Backlog
    """Comparisons and rebuilds that wait or run."""
    compared: IndexComparison | None
    """The last comparison with the database."""

    @property
    def built_percent(self) -> int:
        """How far a rebuild is; 0 where none is under way."""
        if self.state is None or not self.state.building:
            return 0
        return min(100, self.state.built * 100 // self.wanted) if self.wanted else 100


def show(session: Session, index: SearchIndex, engine: str, actor: Actor) -> IndexView:
    """Return how the index of *engine* stands; what the database knows is told also where the index does not answer."""
    actor.require(Permission.USERS)
    return IndexView(
        engine=engine,
        state=_state(index),
        wanted=expected_count(session),
        waiting=backlog(session, _INDEXING),
        ordered=backlog(session, (CARE, "rebuilding")),
        compared=last_comparison(session),
    )


def order(session: Session, actor: Actor, care: Care, now: datetime) -> bool:
    """Order a comparison or a rebuild, unless one is ordered already; return whether it was."""
    actor.require(Permission.USERS)
    if backlog(session, (CARE, "rebuilding")).jobs:
        return False
    key = f"{care}:{now:%Y-%m-%dT%H:%M:%S}"
    enqueue(session, CARE, key, key, care)
    record(session, actor, f"index.{care}_ordered", about=("index", care), now=now)
    return True


def _state(index: SearchIndex) -> IndexState | None:
    try:
        return index.state()
    except UNAVAILABLE:
        return None
