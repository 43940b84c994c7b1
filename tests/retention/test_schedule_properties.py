from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from retention import (
    CASE_CLOSED,
    CaseFacts,
    ConflictKind,
    DisposalAction,
    Filing,
    Hold,
    Outcome,
    PeriodStart,
    Place,
    RetentionKind,
    Rule,
    Rulebook,
    Verdict,
    add_months,
    applicable,
    effective,
    evaluate,
    retention_end,
    schedule,
)

DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))
EVENTS = ("AWARD", "DEMOLITION", "DECISION_FINAL")
LEAVING = (Outcome.OFFER, Outcome.DESTROY)


BRANCHES = ("12.05.01", "12.05", "12", "*")
PLACES = st.builds(
    Place,
    file_plan=st.sampled_from(((), ("12.05.01", "12.05", "12"), ("12.05", "12"))),
    departments=st.sampled_from(((), ("32.1", "32"))),
    file_type=st.sampled_from(("", "Bußgeldakte")),
)


@st.composite
def rules(draw: st.DrawFn, number: int = 0) -> Rule:
    kind = draw(st.sampled_from(RetentionKind))
    months = None if kind is RetentionKind.PERMANENT else draw(st.integers(0, 1440))
    phases = kind is RetentionKind.MULTI_PHASE and months is not None
    return Rule(
        rule_id=f"{number % 3}/{number}",
        title="Regel",
        kind=kind,
        months=months,
        trigger=draw(st.sampled_from((CASE_CLOSED, *EVENTS))),
        trigger_label="Ereignis",
        period_start=draw(st.sampled_from([PeriodStart.EXACT_DATE, PeriodStart.END_OF_CALENDAR_YEAR])),
        action=draw(st.sampled_from(DisposalAction)),
        legal_basis="örtlich",
        certainty="illustrative",
        valid_from=draw(st.dates(date(1950, 1, 1), date(2000, 1, 1))),
        valid_to=draw(st.none() | st.dates(date(2000, 1, 2), date(2100, 1, 1))),
        branch=draw(st.sampled_from(BRANCHES)),
        departments=draw(st.sampled_from(((), ("32",), ("32.1", "51")))),
        file_types=draw(st.sampled_from(((), ("Bußgeldakte",)))),
        trigger_months=draw(st.sampled_from((0, 0, 0, 360))),
        first_phase_months=draw(st.none() | st.integers(0, months or 0)) if phases else None,
    )


PATHS = st.integers(1, 5).flatmap(lambda count: st.tuples(*(rules(number) for number in range(count))).map(list))
"""Rules of up to three codes, so that some are versions of one rule."""
DAYS_WITH_EDGES = DAYS | st.sampled_from([date(2000, 2, 29), date(2024, 2, 29), date(2023, 12, 31), date(2024, 1, 1)])
FACTS = st.builds(
    CaseFacts,
    reference=st.just("12-1/2015"),
    opened_on=st.just(date(1940, 1, 1)),
    closed_on=st.none() | DAYS_WITH_EDGES,
    events=st.dictionaries(st.sampled_from(EVENTS), DAYS_WITH_EDGES),
    place=PLACES,
)
HOLDS = st.lists(st.builds(Hold, st.text(min_size=1, max_size=9), DAYS, st.none() | DAYS), max_size=3)
FILINGS = st.lists(st.builds(Filing, FACTS, HOLDS.map(tuple)), min_size=1, max_size=3)
LAST_DAY = re.compile(r"(?:aufzubewahren bis einschließlich|Die Frist endete am|die Frist endete am) (\S{10})")


def nearness(verdict: Verdict) -> tuple[bool, date]:
    """How near disposal is: smaller is nearer."""
    return verdict.outcome not in LEAVING, verdict.retention_end or date.max


@given(FACTS, PATHS, HOLDS, st.builds(Hold, st.just("Klage"), DAYS, st.none() | DAYS), DAYS)
def test_one_more_hold_never_brings_disposal_nearer(
    facts: CaseFacts, path: list[Rule], holds: list[Hold], hold: Hold, today: date
) -> None:
    before, after = evaluate(facts, path, holds, today), evaluate(facts, path, [*holds, hold], today)
    assert nearness(after) >= nearness(before)
    assert after.retention_end == before.retention_end
    assert not (hold.active(today) and after.outcome in LEAVING)


@given(FACTS, PATHS, st.data(), DAYS)
def test_a_longer_period_never_brings_disposal_nearer(
    facts: CaseFacts, path: list[Rule], data: st.DataObject, today: date
) -> None:
    index = data.draw(st.integers(0, len(path) - 1))
    rule = path[index]
    if rule.months is None:
        return
    longer = replace(rule, months=rule.months + data.draw(st.integers(1, 600)))
    other = [*path[:index], longer, *path[index + 1 :]]
    assert nearness(evaluate(facts, other, [], today)) >= nearness(evaluate(facts, path, [], today))


@given(FACTS, PATHS, DAYS)
def test_the_date_never_falls_before_closing_plus_minimum_unless_a_maximum_forbids_it_openly(
    facts: CaseFacts, path: list[Rule], today: date
) -> None:
    verdict = evaluate(facts, path, [], today)
    if verdict.retention_end is None or facts.closed_on is None:
        return
    for rule in applicable(path, today, facts.place) or applicable(path, facts.closed_on, facts.place):
        if rule.kind is RetentionKind.MIN and verdict.retention_end < add_months(facts.closed_on, rule.months or 0):
            [shown] = [one for one in verdict.conflicts if one.other_rule_id == rule.rule_id]
            assert shown.kind is ConflictKind.BEYOND_MAXIMUM
            assert shown.text in verdict.explanation
            if shown.other_end is None or today <= shown.other_end:
                assert verdict.outcome not in LEAVING


@given(FACTS, PATHS, HOLDS, st.randoms(use_true_random=False), DAYS)
def test_the_order_in_which_rules_are_given_does_not_matter(
    facts: CaseFacts, path: list[Rule], holds: list[Hold], chance: Random, today: date
) -> None:
    shuffled = chance.sample(path, len(path))
    assert evaluate(facts, shuffled, holds, today) == evaluate(facts, path, holds, today)
    assert effective(shuffled, today, facts.place) == effective(path, today, facts.place)


@given(FILINGS, PATHS, st.integers(0, 2), st.builds(Hold, st.just("Klage"), DAYS, st.none() | DAYS), DAYS)
def test_a_record_in_several_files_leaves_only_when_each_of_them_lets_it(
    filings: list[Filing], path: list[Rule], at: int, hold: Hold, today: date
) -> None:
    first, *others = filings
    alone = [evaluate(one.facts, path, one.holds, today) for one in filings]
    together = evaluate(first.facts, path, first.holds, today, also_in=others)
    assert nearness(together) >= max(nearness(one) for one in alone)
    if together.outcome in LEAVING:
        assert all(one.outcome in LEAVING for one in alone)
        assert together.retention_end == max(one.retention_end or date.max for one in alone)
    filings[at % len(filings)] = replace(filings[at % len(filings)], holds=(*filings[at % len(filings)].holds, hold))
    first, *others = filings
    assert nearness(evaluate(first.facts, path, first.holds, today, also_in=others)) >= nearness(together)


@given(FILINGS, PATHS, DAYS)
def test_the_last_day_read_out_of_the_explanation_is_that_of_the_verdict(
    filings: list[Filing], path: list[Rule], today: date
) -> None:
    first, *others = filings
    verdict = evaluate(first.facts, path, first.holds, today, also_in=others)
    read = [datetime.strptime(text, "%d.%m.%Y").date() for text in LAST_DAY.findall(verdict.steps[-1])]  # noqa: DTZ007
    if not others:
        read = [datetime.strptime(text, "%d.%m.%Y").date() for text in LAST_DAY.findall(verdict.explanation)]  # noqa: DTZ007
        assert read == ([verdict.retention_end] if verdict.retention_end else [])
    elif verdict.outcome in {*LEAVING, Outcome.KEEP, Outcome.ON_HOLD}:
        assert read == [verdict.retention_end]
    assert (verdict.waits_for is not None) == (verdict.outcome is Outcome.WAITING_FOR_EVENT)
    assert (verdict.waits_for or "") in verdict.explanation


@given(FACTS, PATHS, DAYS)
def test_a_rulebook_answers_for_every_place_what_one_evaluation_says(
    facts: CaseFacts, path: list[Rule], today: date
) -> None:
    book = Rulebook(path, today)
    for place in (facts.place, Place(), Place(("12", "1")), facts.place):
        there = replace(facts, place=place)
        assert schedule.verdict(there, book, []) == evaluate(there, path, [], today)


@given(FACTS, PATHS, HOLDS, DAYS)
def test_nothing_leaves_before_its_date_is_over(
    facts: CaseFacts, path: list[Rule], holds: list[Hold], today: date
) -> None:
    verdict = evaluate(facts, path, holds, today)
    if verdict.outcome in LEAVING:
        assert facts.closed_on is not None
        assert facts.closed_on <= today
        assert verdict.retention_end is not None
        assert verdict.retention_end < today
        assert not any(hold.active(today) for hold in holds)


@given(FACTS, PATHS, HOLDS, DAYS)
def test_the_explanation_contains_the_date(facts: CaseFacts, path: list[Rule], holds: list[Hold], today: date) -> None:
    verdict = evaluate(facts, path, holds, today)
    assert verdict.steps
    if verdict.retention_end is not None:
        end = verdict.retention_end
        assert f"{end.day:02}.{end.month:02}.{end.year}" in verdict.explanation
        assert (verdict.rule_id or "") in verdict.explanation


@given(rules(), DAYS)
def test_a_year_end_rule_over_whole_years_ends_on_31_december(rule: Rule, day: date) -> None:
    years = replace(rule, months=(rule.months or 0) * 12, period_start=PeriodStart.END_OF_CALENDAR_YEAR)
    assert retention_end(day, years) == date(min(9999, day.year + (rule.months or 0)), 12, 31)


@given(st.integers(1904, 2096).filter(lambda year: year % 4 == 0 and year % 100 != 0), st.integers(1, 99))
def test_29_february_becomes_28_february_in_a_common_year(year: int, years: int) -> None:
    end = add_months(date(year, 2, 29), years * 12)
    assert end.month == 2
    assert end + timedelta(days=1) == date(year + years, 3, 1)


@given(DAYS, st.integers(0, 2000), st.integers(0, 2000))
def test_more_months_never_end_earlier(day: date, fewer: int, more: int) -> None:
    fewer, more = sorted((fewer, more))
    assert add_months(day, fewer) <= add_months(day, more)


def test_a_period_past_the_calendar_ends_on_its_last_day() -> None:
    assert add_months(date(2026, 1, 1), 65535 * 12) == date.max
