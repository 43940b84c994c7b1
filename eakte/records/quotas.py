"""How much may come in: per person and department in a day, and how much of one source may wait at a time.

Limits protect the others: who sends more than anybody needs is asked to wait, and what already came in is worked off.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import ceil

from eakte.records.throttle import Allowance, per

DAY = timedelta(days=1)
WAIT_FOR_ROOM = timedelta(minutes=5)
"""After which a source may look again whether its inbox has room."""
NEAR = 80
"""Per cent of a limit from which it is told."""
_MEGABYTE = 1_000
"""In kilobytes, in which sizes are counted: an allowance counts whole things, and a moment has microseconds."""


class Limit(StrEnum):
    """What is limited."""

    PERSON_BYTES = "person_bytes"
    PERSON_DOCUMENTS = "person_documents"
    UNIT_BYTES = "unit_bytes"
    UNIT_DOCUMENTS = "unit_documents"
    SOURCE_WAITING = "source_waiting"


@dataclass(frozen=True, slots=True)
class Quotas:
    """The limits of an installation; 0: none."""

    person_mb_per_day: int = 0
    person_documents_per_day: int = 0
    unit_mb_per_day: int = 0
    unit_documents_per_day: int = 0
    source_waiting: int = 0
    """Documents of one source that may wait in the inbox of one department."""

    def allowances(self) -> dict[Limit, Allowance]:
        """Return what may be spent in a day, sizes in kilobytes; without those that are not limited."""
        found = {
            Limit.PERSON_BYTES: self.person_mb_per_day * _MEGABYTE,
            Limit.PERSON_DOCUMENTS: self.person_documents_per_day,
            Limit.UNIT_BYTES: self.unit_mb_per_day * _MEGABYTE,
            Limit.UNIT_DOCUMENTS: self.unit_documents_per_day,
        }
        return {limit: per(most, DAY) for limit, most in found.items() if most > 0}


UNLIMITED = Quotas()


def cost_of(limit: Limit, size: int) -> int:
    """Return what one document of *size* bytes takes from an allowance."""
    return max(1, ceil(size / 1_000)) if limit in {Limit.PERSON_BYTES, Limit.UNIT_BYTES} else 1
