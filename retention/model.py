"""The values of retention: facts in, verdict out. Nothing here reads a clock or a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


class DisposalAction(StrEnum):
    """Aussonderungsart (xdomea code list aussonderungsart)."""

    ARCHIVE = "A"
    REVIEW = "B"
    DESTROY = "V"


class PeriodStart(StrEnum):
    """When a period starts to count after its trigger."""

    EXACT_DATE = "exact_date"
    END_OF_CALENDAR_YEAR = "end_of_calendar_year"
    NONE = "none"


class RetentionKind(StrEnum):
    """How a period binds (``retention_kind`` of the rule catalogue)."""

    FIXED = "fixed"
    MIN = "min"
    LAW_MAX = "law_max"
    PERMANENT = "permanent"
    UNTIL_EVENT_PLUS = "until_event_plus"
    MULTI_PHASE = "multi_phase"


CASE_CLOSED = "CASE_CLOSED"
"""The trigger code of the closing directive (z.d.A.)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a retention rule. Rules are superseded, never edited.

    ``months`` is ``None`` for permanent keeping; half a year is 6.
    """

    rule_id: str
    """``<file plan code>/<version>``"""
    title: str
    kind: RetentionKind
    months: int | None
    trigger: str
    trigger_label: str
    """German name of the trigger."""
    period_start: PeriodStart
    action: DisposalAction
    legal_basis: str
    certainty: str
    """``sure``, ``memory`` or ``illustrative``; demo rules are no legal advice."""
    valid_from: date
    valid_to: date | None = None
    approved_by: str | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A disposal hold (Löschsperre). It stops selection, never the clock."""

    reason: str
    placed_on: date
    lifted_on: date | None = None

    def active(self, today: date) -> bool:
        """Whether the hold counts on *today*; the day of lifting no longer counts."""
        return self.placed_on <= today and (self.lifted_on is None or today < self.lifted_on)


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What evaluation needs to know of one case file (Akte)."""

    reference: str
    opened_on: date
    closed_on: date | None
    """Day of the closing directive (z.d.A.); ``None`` while the file is open."""
    events: Mapping[str, date] = field(default_factory=dict)
    """Recorded trigger events other than closing, by trigger code."""
    closing_basis: str = ""
    """What the day of closing rests on, a sentence of the caller; empty: the directive was given on that day."""


class Outcome(StrEnum):
    """What is to be done with a case file today."""

    OPEN = "open"
    NO_RULE = "no_rule"
    WAITING_FOR_EVENT = "waiting_for_event"
    KEEP = "keep"
    KEEP_PERMANENTLY = "keep_permanently"
    ON_HOLD = "on_hold"
    OFFER = "offer"
    """Period over, the archive decides or receives (actions A and B)."""
    DESTROY = "destroy"
    """Period over, action V: destroy after approval by two people."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome with its date and the German steps that led to it."""

    outcome: Outcome
    retention_end: date | None
    """Last day of keeping (Aufbewahrungsende); ``None`` if not yet or never computable."""
    rule_id: str | None
    steps: tuple[str, ...]

    @property
    def explanation(self) -> str:
        """All steps as one German text."""
        return " ".join(self.steps)
