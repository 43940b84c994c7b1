"""Which document is read next: today's mail before the mass load, one department's letters between another's.

Each document is given the minute by which its turn should have come; the queue takes the earliest. Mail counts from
now, the mass load from now and its patience, so mail overtakes it, and yet what has waited that long is not overtaken
for ever. Each document that the same department has waiting from the same source puts it off by one minute, so that
five hundred of one department stand behind the first of another, and five hundred from its scanner behind the letter
that one of its clerks uploads.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

MASS_PATIENCE = 24 * 60
"""Minutes that mail may overtake the mass load."""
MOST_BEHIND = 12 * 60
"""Minutes a department's own queue puts a document off, so that mail never falls behind the mass load of its day."""
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


class Lane(StrEnum):
    """How urgent a source is."""

    MAIL = "mail"
    MASS = "mass"


MASS_SOURCES = frozenset({"migration"})


def lane_of(source: str) -> Lane:
    """Return the lane of what came in by *source*."""
    return Lane.MASS if source in MASS_SOURCES else Lane.MAIL


def turn(lane: Lane, now: datetime, waiting: int) -> int:
    """Return the priority of a document's reading, smallest first.

    Args:
        lane: of its source.
        now: when it is queued.
        waiting: how many documents of its department wait from the same source.
    """
    minutes = max(0, int((now - _BEGIN).total_seconds() // 60))
    patience = MASS_PATIENCE if lane is Lane.MASS else 0
    return 1 + minutes + patience + min(waiting, MOST_BEHIND)
