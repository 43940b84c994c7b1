"""Decide what is due for a case file, with every step in German. Pure: facts, rules, holds and the day are arguments.

``retention.rules`` says which rule leads, ``retention.decision`` which day follows from it; here both are explained.
A record that lies in several case files by reference is bound by each of them: the one that binds longest decides.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from retention import wording
from retention.decision import Decision, decide, term_of
from retention.model import Conflict, Filing, Outcome, Verdict
from retention.rules import Rulebook, current, unit_code
from retention.shared import longest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date

    from retention.decision import Term
    from retention.model import CaseFacts, Hold, Rule


def evaluate(
    facts: CaseFacts,
    rules: Iterable[Rule],
    holds: Collection[Hold],
    today: date,
    *,
    also_in: Sequence[Filing] = (),
) -> Verdict:
    """Decide what is due for the case file of *facts* on *today*, with every step in German.

    Args:
        facts: Dates of one case file, and where it stands.
        rules: All rule versions, in any order; those whose scope does not fit the file's place do not count.
        holds: All holds on the file; lifted and future ones are ignored.
        today: The day of the question.
        also_in: For a record that lies in several case files: the others, under the same rules.
    """
    return verdict(facts, Rulebook(rules, today), holds, also_in=also_in)


def verdict(facts: CaseFacts, book: Rulebook, holds: Collection[Hold], *, also_in: Sequence[Filing] = ()) -> Verdict:
    """:func:`evaluate` with the rules made ready, for one case file after another on the book's day."""
    return of_record([(Filing(facts, tuple(holds)), book), *((filing, book) for filing in also_in)])


def of_record(filings: Sequence[tuple[Filing, Rulebook]]) -> Verdict:
    """Decide about a record that lies in all these case files, each under the rules of its own plan, on one day."""
    decisions = [_decision(filing, book) for filing, book in filings]
    found = [_explained(filing, book, made) for (filing, book), made in zip(filings, decisions, strict=True)]
    if len(found) == 1:
        return found[0]
    today = filings[0][1].today
    held = [any(hold.active(today) for hold in filing.holds) for filing, _ in filings]
    at, outcome, end = longest(decisions, held, today)
    references = [filing.facts.reference for filing, _ in filings]
    steps = [step for one in found for step in one.steps]
    return replace(
        found[at],
        outcome=outcome,
        retention_end=end,
        steps=(wording.shared(references), *steps, wording.longest(references[at], outcome, end)),
        conflicts=tuple(dict.fromkeys(conflict for one in found for conflict in one.conflicts)),
        decided_by=references[at],
    )


def _decision(filing: Filing, book: Rulebook) -> Decision:
    facts = filing.facts
    on_hold = any(hold.active(book.today) for hold in filing.holds)
    return decide(facts.closed_on, facts.events, book.ruling(facts.place, facts.closed_on), book.today, on_hold=on_hold)


def _explained(filing: Filing, book: Rulebook, made: Decision) -> Verdict:
    """Put one decision into words."""
    active = [hold for hold in filing.holds if hold.active(book.today)]
    steps, effect = _beginning(filing.facts, made), wording.LATER
    if made.term is not None:
        steps += _calculated(filing.facts, book, made, made.term)
        steps += _ending(made, made.term.rule, book.today)
        effect = {Outcome.KEEP: wording.CLOCK_RUNS, Outcome.ON_HOLD: wording.STOPS}.get(made.outcome, wording.LATER)
    steps += wording.hold_sentences(active, effect)
    return Verdict(
        outcome=made.outcome,
        retention_end=made.retention_end,
        rule_id=made.rule_id,
        steps=tuple(steps),
        conflicts=tuple(_conflicts(made)),
        waits_for=made.waits_for,
        restricted_from=made.term.restricted_from if made.term else None,
    )


def _beginning(facts: CaseFacts, made: Decision) -> list[str]:
    """The state of the file and the rule that leads."""
    closed_on = facts.closed_on
    if closed_on is None or made.outcome is Outcome.OPEN:
        return [wording.not_closed(facts.reference, closed_on)]
    steps = [wording.closed(facts.reference, closed_on), *((facts.closing_basis,) if facts.closing_basis else ())]
    rule, ruling = made.ruling.leader, made.ruling
    if rule is None:
        return [*steps, wording.no_rule()]
    if ruling.superseded:
        steps.append(wording.old_version(rule, closed_on))
    if ruling.peers or ruling.others:
        steps.append(wording.chosen(rule, (*ruling.peers, *ruling.others), alone=not ruling.peers))
    steps.append(wording.rule_sentence(rule))
    steps += wording.scope_sentences(rule)
    return [*steps, wording.permanent()] if rule.is_permanent else steps


def _calculated(facts: CaseFacts, book: Rulebook, made: Decision, term: Term) -> list[str]:
    """From the event to the end, with what moves it or contradicts it."""
    steps = [sentence] if (sentence := wording.kind_sentence(term.rule)) else []
    if term.event_day and term.trigger_day and term.start and term.end:
        steps += wording.trigger(term.rule, term.event_day, term.trigger_day, moved=term.moved)
        steps += wording.calculation(term.rule, term.start, term.end)
        if term.restricted_from:
            steps.append(wording.phases(term.restricted_from, term.end, book.today))
        steps += _shortened(facts, book, term)
    steps += [conflict.text for conflict in _conflicts(made) if conflict.must_decide]
    binding = made.binding
    if binding and binding.start and binding.end:
        sentence_of = wording.longer_wins if binding.rule in made.ruling.peers else wording.minimum_wins
        steps.append(sentence_of(binding.rule, binding.start, binding.end))
    return steps


def _ending(made: Decision, rule: Rule, today: date) -> list[str]:
    """What follows from the day."""
    end = made.retention_end
    if end is None:
        return [wording.waiting(_waited_for(made))]
    if made.outcome is Outcome.KEEP:
        return [wording.still_running(end, today, rule.kind)]
    if made.outcome is Outcome.CONFLICT:
        return [wording.undecided(end, today)]
    over = wording.over(end, end + timedelta(days=1), today)
    return [over] if made.outcome is Outcome.ON_HOLD else [over, wording.action(rule.action)]


def _waited_for(made: Decision) -> Rule:
    """The rule whose event is missing."""
    term = made.binding or made.term
    if term is None:
        raise ValueError("nothing is waited for")
    return term.rule


def _conflicts(made: Decision) -> Iterator[Conflict]:
    leader = made.ruling.leader
    if leader is None:
        return
    for clash in made.clashes:
        text = wording.conflict(clash.kind, leader, clash.rule, clash.end)
        yield Conflict(clash.kind, leader.rule_id, clash.rule.rule_id, clash.end, text)


def _shortened(facts: CaseFacts, book: Rulebook, term: Term) -> list[str]:
    """Say so where the version of the closing day would have kept the file longer."""
    closed_on = facts.closed_on
    if closed_on is None or term.end is None:
        return []
    versions = [rule for rule in book.rules if unit_code(rule) == unit_code(term.rule)]
    then = next(iter(current(versions, closed_on)), None) if len(versions) > 1 else None
    if then is None or then.rule_id == term.rule.rule_id or then.is_permanent:
        return []
    before = term_of(then, closed_on, facts.events).end
    return [wording.changed_version(then, before, term.rule)] if before and before > term.end else []
