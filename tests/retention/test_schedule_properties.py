from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from retention import (
    CASE_CLOSED,
    CaseFacts,
    DisposalAction,
    Hold,
    Outcome,
    PeriodStart,
    RetentionKind,
    Rule,
    Verdict,
    add_months,
    evaluate,
    retention_end,
)

DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))
EVENTS = ("AWARD", "DEMOLITION", "DECISION_FINAL")
LEAVING = (Outcome.OFFER, Outcome.DESTROY)


@st.composite
def rules(draw: st.DrawFn, number: int = 0) -> Rule:
    kind = draw(st.sampled_from(RetentionKind))
    months = None if kind is RetentionKind.PERMANENT else draw(st.integers(0, 1440))
    return Rule(
        rule_id=f"{number}/{draw(st.integers(1, 3))}",
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
    )


PATHS = st.tuples(rules(3), rules(3), rules(2), rules(1)).map(list) | rules(1).map(lambda rule: [rule])
FACTS = st.builds(
    CaseFacts,
    reference=st.just("12-1/2015"),
    opened_on=st.just(date(1940, 1, 1)),
    closed_on=st.none() | DAYS,
    events=st.dictionaries(st.sampled_from(EVENTS), DAYS),
)
HOLDS = st.lists(st.builds(Hold, st.text(min_size=1, max_size=9), DAYS, st.none() | DAYS), max_size=3)


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
def test_the_date_never_falls_before_closing_plus_minimum(facts: CaseFacts, path: list[Rule], today: date) -> None:
    verdict = evaluate(facts, path, [], today)
    if verdict.retention_end is None or facts.closed_on is None:
        return
    leader = next(rule for rule in path if rule.rule_id == verdict.rule_id)
    if leader.kind is RetentionKind.MIN or leader.trigger == CASE_CLOSED:
        known = [rule.months or 0 for rule in path if rule.rule_id == verdict.rule_id]
        assert verdict.retention_end >= add_months(facts.closed_on, min(known))


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
