"""The one decision behind every verdict, without words: which rule, which day, what is to be done.

It is quick enough for a million case files; ``retention.schedule`` puts it into German when somebody asks.

1. A file that is not closed on the day has no running period.
2. The rules of ``retention.rules`` count. Permanent keeping ends the calculation. Otherwise the leading rule's event
   must be recorded; closing is always known.
3. A legal minimum of another rule, and any rule just as specific as the leading one, that ends later moves the date;
   one whose event is missing is waited for.
4. A legal maximum is moved by nothing. A minimum that ends later is a conflict: when the maximum is over and the
   minimum still binds, the outcome is ``conflict``, and nothing leaves before a person has put the rules right.
5. Only when the last day of keeping is over, holds are asked: they stop selection, never the clock.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from retention.model import CASE_CLOSED, GRAVEST_FIRST, ConflictKind, Outcome, RetentionKind, Rule
from retention.periods import add_months, start_day
from retention.rules import Ruling

if TYPE_CHECKING:
    from collections.abc import Mapping


class Term(NamedTuple):
    """One rule applied to one closed file; without days while its event is missing."""

    rule: Rule
    event_day: date | None = None
    """The day the recorded event happened."""
    trigger_day: date | None = None
    """The day that starts the period: the event, what passes after it, or the closing."""
    start: date | None = None
    end: date | None = None

    @property
    def moved(self) -> bool:
        """Whether a minimum counts from the closing, because its event lies before."""
        reached = self.event_day and add_months(self.event_day, self.rule.trigger_months)
        return reached != self.trigger_day

    @property
    def restricted_from(self) -> date | None:
        """The first day of restricted use, of a rule with two phases."""
        months = self.rule.first_phase_months
        return None if months is None or self.start is None else add_months(self.start, months) + timedelta(days=1)


class Clash(NamedTuple):
    """Another rule that contradicts the leading one; ``end`` is ``None`` if permanent or its event is missing."""

    kind: ConflictKind
    rule: Rule
    end: date | None


class Decision(NamedTuple):
    """What is to be done with one case file, and what it rests on."""

    outcome: Outcome
    retention_end: date | None = None
    ruling: Ruling = Ruling(None)
    term: Term | None = None
    """The leading rule's own term."""
    binding: Term | None = None
    """The other rule that moved the date, or whose event is waited for."""
    clashes: tuple[Clash, ...] = ()

    @property
    def rule_id(self) -> str | None:
        """The leading rule."""
        return self.ruling.leader.rule_id if self.ruling.leader else None

    @property
    def clash(self) -> Clash | None:
        """The gravest contradiction that a person has to resolve; see ``retention.model.GRAVEST_FIRST``."""
        open_ones = [clash for clash in self.clashes if clash.kind in GRAVEST_FIRST]
        return min(open_ones, key=lambda one: (GRAVEST_FIRST.index(one.kind), one.rule.rule_id), default=None)

    @property
    def waits_for(self) -> str | None:
        """The event whose day is missing."""
        waiting = (self.binding or self.term) if self.outcome is Outcome.WAITING_FOR_EVENT else None
        return waiting.rule.trigger if waiting else None


_OPEN, _NO_RULE = Decision(Outcome.OPEN), Decision(Outcome.NO_RULE)


def decide(
    closed_on: date | None, events: Mapping[str, date], ruling: Ruling, today: date, *, on_hold: bool
) -> Decision:
    """Decide about one case file on *today*.

    Args:
        closed_on: Day of the closing directive, ``None`` while the file is open.
        events: Recorded events other than closing, by trigger code.
        ruling: The rules that count at its place today.
        today: The day of the question.
        on_hold: Whether any hold is active today.
    """
    if closed_on is None or closed_on > today:
        return _OPEN
    leader = ruling.leader
    if leader is None:
        return _NO_RULE
    if leader.is_permanent:
        return Decision(Outcome.KEEP_PERMANENTLY, None, ruling)
    term = term_of(leader, closed_on, events)
    end, binding, clashes = term.end, None, ()  # type: tuple[date | None, Term | None, tuple[Clash, ...]]
    if ruling.peers or ruling.others:
        end, binding, clashes = _beside(term, ruling, closed_on, events)
    outcome = Outcome.WAITING_FOR_EVENT if end is None else _outcome(end, clashes, ruling, today, on_hold=on_hold)
    return Decision(outcome, end, ruling, term, binding, clashes)


def _outcome(end: date, clashes: tuple[Clash, ...], ruling: Ruling, today: date, *, on_hold: bool) -> Outcome:
    if today <= end:
        return Outcome.KEEP
    if any(
        clash.kind is ConflictKind.BEYOND_MAXIMUM and (clash.end is None or today <= clash.end) for clash in clashes
    ):
        return Outcome.CONFLICT
    return Outcome.ON_HOLD if on_hold else ruling.due


def term_of(rule: Rule, closed_on: date, events: Mapping[str, date]) -> Term:
    """Apply one rule with a period to a closed file."""
    event = closed_on if rule.trigger == CASE_CLOSED else events.get(rule.trigger)
    if event is None:
        return Term(rule)
    trigger = add_months(event, rule.trigger_months)
    # A minimum may be exceeded, so work on the file after the event counts; other kinds bind to the event itself.
    if trigger < closed_on and rule.kind is RetentionKind.MIN:
        trigger = closed_on
    start = start_day(trigger, rule.period_start)
    return Term(rule, event, trigger, start, add_months(start, rule.months or 0))


def _beside(
    term: Term, ruling: Ruling, closed_on: date, events: Mapping[str, date]
) -> tuple[date | None, Term | None, tuple[Clash, ...]]:
    """The end that all rules together leave, the one that moved it, and who contradicts."""
    others = [
        Term(rule) if rule.is_permanent else term_of(rule, closed_on, events)
        for rule in (*ruling.peers, *ruling.others)
    ]
    if term.rule.kind is RetentionKind.LAW_MAX:
        return term.end, None, tuple(_against_maximum(term, others))
    peers, clashes = ruling.peers, list[Clash]()
    end, binding = term.end, None
    for other in others:
        rule, peer = other.rule, other.rule in peers
        if peer and (other.end != term.end or rule.action is not term.rule.action):
            clashes.append(Clash(ConflictKind.SAME_RANK, rule, other.end))
        if peer or _is_minimum(rule):
            if end is not None and (other.end is None or other.end > end):
                end, binding = other.end, other
        elif rule.is_permanent or (other.end and term.end and other.end > term.end):
            clashes.append(Clash(ConflictKind.OVERRULED, rule, other.end))
    return end, binding, tuple(clashes)


def _against_maximum(term: Term, others: list[Term]) -> list[Clash]:
    if term.end is None:
        return []
    clashes = []
    for rule, _, _, _, end in others:
        if rule.kind is RetentionKind.LAW_MAX:
            if end is not None and end < term.end:
                clashes.append(Clash(ConflictKind.EARLIER_MAXIMUM, rule, end))
        elif _is_minimum(rule):
            if end is None or end > term.end:
                clashes.append(Clash(ConflictKind.BEYOND_MAXIMUM, rule, end))
        elif rule.is_permanent or (end is not None and end > term.end):
            clashes.append(Clash(ConflictKind.OVERRULED, rule, end))
    return clashes


def _is_minimum(rule: Rule) -> bool:
    return rule.kind is RetentionKind.MIN and rule.months is not None
