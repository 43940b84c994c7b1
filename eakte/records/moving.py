"""Moving records (Umprotokollieren): what changes, told before it is done, and what forbids it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date

from eakte.records.calendar import german


@dataclass(frozen=True, slots=True)
class Retention:
    """What retention says about a place: the rule, and the last day of keeping if it were closed today."""

    rule: str
    action: str
    """Aussonderungsart: A, B or V; empty without a rule."""
    end: date | None
    permanent: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What a move changes. Whoever moves confirms exactly this."""

    subject: str
    old_reference: str
    new_reference: str
    """Where the number is given only by the move, the place with ``…`` for it."""
    old_place: str
    new_place: str
    documents: int
    gained: tuple[str, ...]
    """Who could read it then and cannot now, in German."""
    lost: tuple[str, ...]
    retention: tuple[str, ...]
    refusals: tuple[str, ...] = ()
    """Why it cannot be done; then nothing can be confirmed."""

    @property
    def wider(self) -> bool:
        """Whether more people would see it."""
        return bool(self.gained)

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) over everything told here, so that nobody confirms what they have not seen."""
        told = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()


def retention_sentences(before: Retention, after: Retention) -> tuple[str, ...]:
    """Say in German what a move does to retention; a shorter period is never silent."""
    if before == after:
        return ("An der Aufbewahrung ändert sich nichts.",)
    found = [f"Regel bisher {_rule(before)}, danach {_rule(after)}."]
    if before.end != after.end or before.permanent != after.permanent:
        found.append(f"Bei z.d.A. heute: bisher {_end(before)}, danach {_end(after)}.")
    if shorter(before, after):
        found.append("Achtung: Danach wird kürzer aufbewahrt als bisher.")
    return tuple(found)


def shorter(before: Retention, after: Retention) -> bool:
    """Whether the second keeps for a shorter time; permanent is longest, an unknown end counts as longer."""
    if before.permanent:
        return not after.permanent
    if after.permanent or after.end is None:
        return False
    return before.end is None or after.end < before.end


def _rule(retention: Retention) -> str:
    return f"{retention.rule} ({retention.action})" if retention.rule else "keine"


def _end(retention: Retention) -> str:
    if retention.permanent:
        return "dauernd"
    return f"bis {german(retention.end)}" if retention.end else "Ende noch offen"
