"""What a person may decide about something the archive sent that could not be taken in."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class ArrivalDecision(StrEnum):
    """What becomes of it."""

    RETRY = "retry"
    """It is looked at again, now that what stood against it may be mended here."""
    DESPITE = "despite"
    """It is taken in although it breaks the form."""
    SET_ASIDE = "set_aside"
    """It has no effect."""
    SETTLED = "settled"
    """Nobody had to decide: the same bytes came again and were taken in."""


ARRIVAL_DECISION_LABELS: Mapping[ArrivalDecision, str] = {
    ArrivalDecision.RETRY: "Noch einmal einlesen",
    ArrivalDecision.DESPITE: "Trotz der Befunde einlesen",
    ArrivalDecision.SET_ASIDE: "Ohne Wirkung beiseitelegen",
    ArrivalDecision.SETTLED: "Von selbst erledigt",
}
NEEDS_REASON = frozenset({ArrivalDecision.DESPITE, ArrivalDecision.SET_ASIDE})


def offered_decisions(*, only_form: bool) -> tuple[ArrivalDecision, ...]:
    """Return what may be decided, the most usual first.

    Args:
        only_form: whether what stands against it leaves no doubt about what it says.
    """
    despite = (ArrivalDecision.DESPITE,) if only_form else ()
    return (ArrivalDecision.RETRY, *despite, ArrivalDecision.SET_ASIDE)
