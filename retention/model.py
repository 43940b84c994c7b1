"""The values of retention: facts in, verdict out. Nothing here reads a clock or a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

EVERYWHERE = "*"
"""The branch of a rule that is not bound to a part of the file plan."""


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
    """One version of a retention rule. Rules are superseded by a younger version, never edited.

    ``months`` is ``None`` for permanent keeping; half a year is 6. Where several scopes are named, all must fit.
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
    """The last day of validity."""
    approved_by: str | None = None
    approved_on: date | None = None
    branch: str = ""
    """File plan code the rule counts at and below; empty: the code in ``rule_id``; ``EVERYWHERE``: the whole plan."""
    departments: tuple[str, ...] = ()
    """Codes of the units whose case files the rule counts for, with all below them; empty: every unit."""
    file_types: tuple[str, ...] = ()
    """Types of case file the rule counts for; empty: every type."""
    trigger_months: int = 0
    """What passes between the event and the trigger: for the 30th birthday the event is the birth and this is 360."""
    first_phase_months: int | None = None
    """Of ``multi_phase``: how much of ``months`` is ordinary use; the rest is restricted."""
    ended: bool = False
    """This version ends the rule: from ``valid_from`` on no version counts, until a younger one takes it up again."""

    @property
    def is_permanent(self) -> bool:
        """Whether nothing is to be calculated; a rule without a length and without an event is kept, to be careful."""
        return self.kind is RetentionKind.PERMANENT or (
            self.months is None and self.kind is not RetentionKind.UNTIL_EVENT_PLUS
        )


@dataclass(frozen=True, slots=True)
class Hold:
    """A disposal hold (Löschsperre). It stops selection, never the clock.

    Beside the days nothing decides; it is told.
    """

    reason: str
    placed_on: date
    lifted_on: date | None = None
    legal_basis: str = ""
    placed_by: str = ""
    owner: str = ""
    """Who answers for it."""
    review_on: date | None = None
    """When somebody has to look whether it is still needed; the day ends nothing."""

    def active(self, today: date) -> bool:
        """Whether the hold counts on *today*; the day of lifting no longer counts."""
        return self.placed_on <= today and (self.lifted_on is None or today < self.lifted_on)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case file stands: what the scope of a rule is compared with. Most specific codes first."""

    file_plan: tuple[str, ...] = ()
    """Codes of its file plan unit and of all units above; empty: every rule given is on the path."""
    departments: tuple[str, ...] = ()
    """Codes of its lead unit and of all units above."""
    file_type: str = ""


NOWHERE = Place()


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
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Filing:
    """Another case file that a record lies in by reference."""

    facts: CaseFacts
    holds: tuple[Hold, ...] = ()


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
    CONFLICT = "conflict"
    """A legal maximum is over, but a legal minimum still binds: nothing leaves before a person has decided."""


class ConflictKind(StrEnum):
    """How another rule contradicts the leading one."""

    BEYOND_MAXIMUM = "beyond_maximum"
    """A legal minimum binds longer than the leading legal maximum allows."""
    EARLIER_MAXIMUM = "earlier_maximum"
    """A legal maximum of a less specific rule is over before that of the leading one."""
    SAME_RANK = "same_rank"
    """A rule just as specific has another end or another action; the longer one counts."""
    OVERRULED = "overruled"
    """A less specific rule would keep longer, but does not bind as a minimum."""


GRAVEST_FIRST = (ConflictKind.BEYOND_MAXIMUM, ConflictKind.EARLIER_MAXIMUM, ConflictKind.SAME_RANK)
"""The contradictions that call for other rules; an overruled rule is no mistake."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two rules that contradict each other on one case file, for the records manager."""

    kind: ConflictKind
    leading_rule_id: str
    other_rule_id: str
    other_end: date | None
    """Last day by the other rule; ``None`` if permanent or its event is missing."""
    text: str

    @property
    def must_decide(self) -> bool:
        """Whether the rules themselves have to be put right; an overruled rule is no mistake."""
        return self.kind in GRAVEST_FIRST


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome with its date and the German steps that led to it."""

    outcome: Outcome
    retention_end: date | None
    """Last day of keeping (Aufbewahrungsende); ``None`` if not yet or never computable."""
    rule_id: str | None
    steps: tuple[str, ...]
    conflicts: tuple[Conflict, ...] = ()
    waits_for: str | None = None
    """Code of the event that is missing."""
    restricted_from: date | None = None
    """First day of restricted use, of a rule with two phases."""
    decided_by: str = ""
    """Reference of the case file that binds longest, for a record that lies in several; else empty."""

    @property
    def conflict(self) -> Conflict | None:
        """The gravest contradiction that a person has to resolve, as ``retention.decision.Decision.clash``."""
        open_ones = [one for one in self.conflicts if one.must_decide]
        return min(open_ones, key=lambda one: (GRAVEST_FIRST.index(one.kind), one.other_rule_id), default=None)

    @property
    def explanation(self) -> str:
        """All steps as one German text."""
        return " ".join(self.steps)
