"""What another version of a rule does to one case file: two decisions on the same day, compared."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from retention.model import Outcome

if TYPE_CHECKING:
    from retention.decision import Decision

DUE = frozenset({Outcome.OFFER, Outcome.DESTROY})


class Effect(StrEnum):
    """How a case file moves. What matters most comes first; a file moves in one way only."""

    NEWLY_DUE = "newly_due"
    """It may leave on the day, which it could not before."""
    NO_LONGER_DUE = "no_longer_due"
    """It may not leave any more."""
    EARLIER = "earlier"
    """Keeping ends on an earlier day."""
    LATER = "later"
    """Keeping ends on a later day."""
    OUTCOME = "outcome"
    """Something else is to be done with it, or a date comes or goes."""


def effect(before: Decision, after: Decision) -> Effect | None:
    """Return how the case file moves from one decision to the other; ``None`` if outcome and date are the same.

    A file that only follows another version with the same result does not move.
    """
    if before.outcome is after.outcome and before.retention_end == after.retention_end:
        return None
    was_due, is_due = before.outcome in DUE, after.outcome in DUE
    if was_due != is_due:
        return Effect.NEWLY_DUE if is_due else Effect.NO_LONGER_DUE
    if before.retention_end and after.retention_end and before.retention_end != after.retention_end:
        return Effect.EARLIER if after.retention_end < before.retention_end else Effect.LATER
    return Effect.OUTCOME
