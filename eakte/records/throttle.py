"""How often is too often: the generic cell rate algorithm (ITU-T I.371), one moment kept per key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many at once, and after that one every *interval*."""

    burst: int
    interval: timedelta


def per(burst: int, period: timedelta) -> Allowance:
    """Return the allowance of *burst* within *period*, spent at once or evenly."""
    return Allowance(burst, period / burst)


def take(
    arrival: datetime | None, now: datetime, allowance: Allowance, cost: int = 1
) -> tuple[datetime, timedelta | None]:
    """Take from an allowance.

    Args:
        arrival: When the next one would come on time; ``None`` for somebody new.
        now: The moment it comes.
        allowance: What is allowed.
        cost: How much of it is taken; what costs more than all of it is let through when nothing else is spent.

    Returns:
        The new arrival time and ``None``; or the old one and how long to wait, when there was none left.
    """
    due = max(arrival or now, now)
    wait = due - now - max(0, allowance.burst - cost) * allowance.interval
    if wait > timedelta():
        return due, wait
    return due + cost * allowance.interval, None


def spent(arrival: datetime, now: datetime, allowance: Allowance) -> int:
    """Return how much of an allowance is spent at the moment, in per cent."""
    return round(100 * max(arrival - now, timedelta()) / (allowance.burst * allowance.interval))
