"""A file plan (Aktenplan) as plain values, the way xdomea tells it: units with what happens to their case files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from retention.model import DisposalAction


@dataclass(frozen=True, slots=True)
class PlanUnit:
    """One unit (Aktenplaneinheit)."""

    code: str
    """Kennzeichen; empty where the message leaves it out."""
    title: str
    parent: str | None
    """Code of the unit this one lies in; ``None`` at the top."""
    depth: int
    """How many units stand above."""
    action: DisposalAction | None
    """``None`` where the sender uses an action of their own."""
    years: int | None
    """Years of keeping after closing; ``None``: without end."""
    retired: bool = False
    retired_on: date | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    """What the standard has no element for, by name."""
    line: int = 0
    """Where it stands in the message it was read from."""
    unit_id: str = ""
    """UUID that the sender keeps for this unit; an archive appraises units by it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One version of a file plan; a unit comes after the one it lies in."""

    title: str
    version: str
    valid_from: date | None
    valid_to: date | None
    units: tuple[PlanUnit, ...]
    plan_id: str = ""
    """UUID of this version; needed where the archive appraises it."""
