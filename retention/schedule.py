"""Decide what is due for a case file. Pure: facts, rules, holds and the day are arguments.

Order of decision, the same for every caller:

1. A file that is not closed on the day has no running period.
2. The versions that apply *today* count, so that a change of law reaches running periods. If none applies any more,
   those of the closing day do. Among them leads ``retention.rules.effective``.
3. Permanent keeping ends the calculation. Otherwise the rule's trigger must be recorded; closing is always known.
4. A legal minimum of another unit on the path that ends later wins, except over a legal maximum: that conflict is
   shown to the records manager.
5. Only when the last day of keeping is over, holds are asked: they stop selection, never the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from retention import wording
from retention.model import CASE_CLOSED, DisposalAction, Outcome, RetentionKind, Verdict
from retention.periods import retention_end, start_day
from retention.rules import applicable, effective, unit_code, valid_on

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from retention.model import CaseFacts, Hold, Rule


@dataclass(frozen=True, slots=True)
class _Term:
    """One rule applied to one closed file; ``end`` is ``None`` while its event is missing."""

    rule: Rule
    trigger_day: date | None
    end: date | None
    moved: bool = False


@dataclass(frozen=True, slots=True)
class _Span:
    """The leading rule and the last day that all rules on the path together leave."""

    leader: _Term
    end: date | None
    waits_for: Rule | None
    notes: tuple[str, ...]


def evaluate(facts: CaseFacts, rules: Sequence[Rule], holds: Collection[Hold], today: date) -> Verdict:
    """Decide what is due for the case file of *facts* on *today*, with every step in German.

    Args:
        facts: Dates of one case file.
        rules: All rule versions on its file plan path, those of the most specific unit first.
        holds: All holds on the file; lifted and future ones are ignored.
        today: The day of the question.
    """
    active = [hold for hold in holds if hold.active(today)]
    closed_on = facts.closed_on
    if closed_on is None or closed_on > today:
        steps = [wording.not_closed(facts.reference, closed_on), *wording.hold_sentences(active, wording.LATER)]
        return Verdict(Outcome.OPEN, None, None, tuple(steps))
    steps = [wording.closed(facts.reference, closed_on), *((facts.closing_basis,) if facts.closing_basis else ())]
    path = applicable(rules, today) or applicable(rules, closed_on)
    rule = effective(path, today) or effective(path, closed_on)
    if rule is None:
        steps += [wording.no_rule(), *wording.hold_sentences(active, wording.LATER)]
        return Verdict(Outcome.NO_RULE, None, None, tuple(steps))
    if not valid_on(rule, today):
        steps.append(wording.old_version(rule, closed_on))
    steps.append(wording.rule_sentence(rule))
    if _is_permanent(rule):
        steps += [wording.permanent(), *wording.hold_sentences(active, wording.LATER)]
        return Verdict(Outcome.KEEP_PERMANENTLY, None, rule.rule_id, tuple(steps))
    return _dated(facts, rules, path, _Case(rule, closed_on, today, active, steps))


@dataclass(frozen=True, slots=True)
class _Case:
    """What the second half of the decision needs."""

    rule: Rule
    closed_on: date
    today: date
    holds: list[Hold]
    steps: list[str]


def _dated(facts: CaseFacts, rules: Sequence[Rule], path: Sequence[Rule], case: _Case) -> Verdict:
    """The verdict where a period has to be calculated."""
    span = _span(facts, case.rule, path)
    rule, leader, steps = case.rule, span.leader, case.steps
    if sentence := wording.kind_sentence(rule):
        steps.append(sentence)
    if leader.trigger_day is not None and leader.end is not None:
        start = start_day(leader.trigger_day, rule.period_start)
        steps += wording.calculation(rule, leader.trigger_day, start, leader.end, moved=leader.moved)
        steps += _shortened(facts, rules, leader, case.closed_on)
    steps += span.notes
    if span.end is None:
        steps.append(wording.waiting(span.waits_for or rule))
        steps += wording.hold_sentences(case.holds, wording.LATER)
        return Verdict(Outcome.WAITING_FOR_EVENT, None, rule.rule_id, tuple(steps))
    if case.today <= span.end:
        steps.append(wording.still_running(span.end, case.today, rule.kind))
        steps += wording.hold_sentences(case.holds, wording.CLOCK_RUNS)
        return Verdict(Outcome.KEEP, span.end, rule.rule_id, tuple(steps))
    steps.append(wording.over(span.end, span.end + timedelta(days=1), case.today))
    if case.holds:
        steps += wording.hold_sentences(case.holds, wording.STOPS)
        return Verdict(Outcome.ON_HOLD, span.end, rule.rule_id, tuple(steps))
    steps.append(wording.action(rule.action))
    outcome = Outcome.DESTROY if rule.action is DisposalAction.DESTROY else Outcome.OFFER
    return Verdict(outcome, span.end, rule.rule_id, tuple(steps))


def _is_permanent(rule: Rule) -> bool:
    """Whether nothing is to be calculated; a rule without a length and without an event is kept, to be careful."""
    return rule.kind is RetentionKind.PERMANENT or (
        rule.months is None and rule.kind is not RetentionKind.UNTIL_EVENT_PLUS
    )


def _term(facts: CaseFacts, rule: Rule) -> _Term:
    """Apply one rule with a period to a closed file."""
    closed_on = facts.closed_on
    trigger_day = closed_on if rule.trigger == CASE_CLOSED else facts.events.get(rule.trigger)
    if trigger_day is None:
        return _Term(rule, None, None)
    # A minimum may be exceeded, so work on the file after the event counts; other kinds bind to the event itself.
    if rule.kind is RetentionKind.MIN and closed_on is not None and trigger_day < closed_on:
        return _Term(rule, closed_on, retention_end(closed_on, rule), moved=True)
    return _Term(rule, trigger_day, retention_end(trigger_day, rule))


def _span(facts: CaseFacts, rule: Rule, path: Sequence[Rule]) -> _Span:
    """The leading rule's end, raised to any legal minimum on the path."""
    leader = _term(facts, rule)
    end, waits_for, notes = leader.end, rule if leader.end is None else None, list[str]()
    minimums = [_term(facts, other) for other in path if other is not rule and _binds(other)]
    for term in minimums:
        if rule.kind is RetentionKind.LAW_MAX:
            if end is not None and term.end is not None and term.end > end:
                notes.append(wording.conflict(term.rule, term.end))
        elif end is None or term.end is None:
            end, waits_for = None, waits_for or term.rule
        elif term.end > end:
            end = term.end
            notes.append(wording.minimum_wins(term.rule, end))
    return _Span(leader, end, waits_for, tuple(notes))


def _binds(rule: Rule) -> bool:
    return rule.kind is RetentionKind.MIN and rule.months is not None


def _shortened(facts: CaseFacts, rules: Sequence[Rule], leader: _Term, closed_on: date) -> list[str]:
    """Say so where the version of the closing day would have kept the file longer."""
    if len(rules) < 2:
        return []
    code = unit_code(leader.rule)
    versions = [rule for rule in rules if unit_code(rule) == code]
    then = effective(versions, closed_on)
    if then is None or then is leader.rule or _is_permanent(then) or leader.end is None:
        return []
    before = _term(facts, then).end
    return [wording.changed_version(then, before, leader.rule)] if before and before > leader.end else []
