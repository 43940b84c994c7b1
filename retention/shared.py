"""A record that lies in several case files by reference: the file that binds longest decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retention.model import DisposalAction, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from retention.decision import Decision

WITHOUT_END = (
    Outcome.KEEP_PERMANENTLY,
    Outcome.OPEN,
    Outcome.NO_RULE,
    Outcome.WAITING_FOR_EVENT,
    Outcome.CONFLICT,
)
"""Outcomes without a day on which the record may leave; the first one found decides."""
_CAREFUL = tuple(DisposalAction)
"""Archiving before appraisal before destruction: between equal ends the more careful action decides."""


def longest(decisions: Sequence[Decision], held: Sequence[bool], today: date) -> tuple[int, Outcome, date | None]:
    """The number of the decision that binds longest, the outcome for the record, and its last day of keeping.

    Args:
        decisions: One for each case file the record lies in.
        held: Whether a hold is active on that case file; a hold on one of them binds the record in all.
        today: The day of the decisions.
    """
    last = max((made.retention_end for made in decisions if made.retention_end), default=None)
    for outcome in WITHOUT_END:
        for number, made in enumerate(decisions):
            if made.outcome is outcome:
                return number, outcome, last if outcome is Outcome.CONFLICT else None
    number = max(range(len(decisions)), key=lambda at: _weight(decisions[at]))
    end = decisions[number].retention_end
    if end is not None and today <= end:
        return number, Outcome.KEEP, end
    if any(held):
        return number, Outcome.ON_HOLD, end
    return number, decisions[number].ruling.due, end


def _weight(made: Decision) -> tuple[int, int]:
    leader = made.ruling.leader
    end = made.retention_end.toordinal() if made.retention_end else 0
    return end, -_CAREFUL.index(leader.action) if leader else 0
