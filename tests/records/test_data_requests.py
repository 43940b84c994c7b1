"""Deadlines of requests by Regulation 1182/71, what may be decided, and what the answer says."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from itertools import product

import dateutil.easter
import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as some

from eakte.records import data_answers, data_requests, deadlines
from eakte.records.data_answers import Decided
from eakte.records.data_requests import RecordDecision, RequestKind, Standing

DAYS = some.dates(date(2018, 5, 25), date(2199, 12, 31))
STANDINGS = some.builds(
    Standing,
    is_open=some.booleans(),
    holds=some.lists(some.sampled_from(["Klage", "Prüfung"]), max_size=2).map(tuple),
    retention_end=some.none() | DAYS,
    rule=some.sampled_from(["", "R-V/1"]),
    source=some.sampled_from(["", "§ 1"]),
    runs=some.booleans(),
    to_offer=some.booleans(),
    restricted=some.booleans(),
    seen=some.booleans(),
    may_dispose=some.booleans(),
    may_go=some.booleans(),
)


@pytest.mark.parametrize("year", range(1900, 2300))
def test_easter_is_where_another_rule_puts_it(year: int) -> None:
    assert deadlines.easter(year) == dateutil.easter.easter(year)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-03-05", "2026-04-07"),  # the 5th of April is Easter Sunday, the 6th Easter Monday
        ("2026-08-31", "2026-09-30"),
        ("2027-01-29", "2027-03-01"),  # 28 February is a Sunday
        ("2028-01-30", "2028-02-29"),
        ("2026-11-25", "2026-12-28"),  # Christmas, Boxing Day on a Saturday, Sunday
        ("2026-12-01", "2027-01-04"),  # New Year on a Friday
        ("2026-09-03", "2026-10-05"),  # Day of German Unity on a Saturday
        ("2026-04-01", "2026-05-04"),  # Labour Day on a Friday
        ("2026-11-20", "2026-12-21"),
    ],
)
def test_a_month_ends_as_the_regulation_says(received: str, due: str) -> None:
    assert data_requests.due_on(date.fromisoformat(received), extended=False) == date.fromisoformat(due)


@given(received=DAYS, extended=some.booleans())
def test_a_deadline_is_a_working_day_and_the_first_one_from_the_same_number_on(
    received: date, *, extended: bool
) -> None:
    due = data_requests.due_on(received, extended=extended)
    nominal = received + relativedelta(months=3 if extended else 1)
    assert nominal.day == min(received.day, monthrange(nominal.year, nominal.month)[1])
    assert due >= nominal
    assert due.weekday() < 5
    between = [nominal + timedelta(days=days) for days in range((due - nominal).days)]
    assert len(between) <= 4
    assert not any(deadlines.is_working_day(day) for day in between)
    assert deadlines.is_working_day(due)


@given(DAYS, some.integers(0, 40))
def test_who_asks_later_is_never_answered_earlier(received: date, later: int) -> None:
    then = received + timedelta(days=later)
    assert data_requests.due_on(received, extended=False) <= data_requests.due_on(then, extended=False)
    assert data_requests.due_on(received, extended=False) < data_requests.due_on(received, extended=True)


@given(DAYS)
def test_a_year_has_nine_holidays_of_all_germany(day: date) -> None:
    year = [date(day.year, 1, 1) + timedelta(days=days) for days in range(365)]
    off = {one for one in year if not deadlines.is_working_day(one) and one.weekday() < 5}
    assert off <= {date(day.year, month, number) for month, number in ((1, 1), (5, 1), (10, 3), (12, 25), (12, 26))} | {
        dateutil.easter.easter(day.year) + timedelta(days=days) for days in (-2, 1, 39, 50)
    }
    assert len(off) >= 4  # those that hang on Easter never fall on a weekend


@given(DAYS)
def test_three_whole_years_pass_before_anything_is_forgotten(answered: date) -> None:
    first = data_requests.forget_on(answered)
    assert (first.month, first.day) == (1, 1)
    assert first > answered + relativedelta(years=3)
    assert first <= answered + relativedelta(years=4)


@given(DAYS, some.integers(-800, 800))
def test_an_answer_is_kept_until_the_day_on_which_it_is_forgotten(answered: date, days: int) -> None:
    first = data_requests.forget_on(answered)
    for today in (first - timedelta(days=1), first, first + timedelta(days=days)):
        assert (answered < data_requests.kept_from(today)) == (today >= first)


@given(some.sampled_from(RequestKind), STANDINGS)
def test_what_is_proposed_may_be_decided_and_has_a_reason(kind: RequestKind, standing: Standing) -> None:
    proposed = data_requests.propose(kind, standing)
    assert proposed.reasons
    assert all(reason.endswith(".") for reason in proposed.reasons)
    assert proposed.decision is None or proposed.decision in data_requests.allowed(kind, standing)


@given(STANDINGS)
def test_nothing_is_erased_against_a_duty_a_hold_or_the_archive(standing: Standing) -> None:
    able = data_requests.allowed(RequestKind.ERASURE, standing)
    stands = standing.is_open or standing.holds or standing.runs or standing.to_offer
    assert not (stands and RecordDecision.ERASE in able)
    assert RecordDecision.ERASE not in able or (standing.may_go and standing.seen and standing.may_dispose)
    if standing.holds:
        assert data_requests.propose(RequestKind.ERASURE, standing).decision is RecordDecision.REFUSE


@given(STANDINGS, some.sampled_from([kind for kind in RequestKind if kind is not RequestKind.ERASURE]))
def test_only_a_request_to_erase_is_answered_by_erasing(standing: Standing, kind: RequestKind) -> None:
    assert RecordDecision.ERASE not in data_requests.allowed(kind, standing)


def test_the_reasons_name_rule_source_and_day() -> None:
    standing = Standing(runs=True, rule="R-V/1", source="§ 1 Testordnung", retention_end=date(2029, 12, 31))
    [reason] = data_requests.propose(RequestKind.ERASURE, standing).reasons
    assert "R-V/1 (§ 1 Testordnung) bis 31.12.2029 (Art. 17 Abs. 3 Buchst. b DSGVO)" in reason
    [offer] = data_requests.propose(RequestKind.ERASURE, Standing(to_offer=True)).reasons
    assert "Archiv" in offer
    assert "Art. 17 Abs. 3 Buchst. d DSGVO" in offer


@pytest.mark.parametrize(("kind", "decision"), [*product(RequestKind, [*RecordDecision, None])])
def test_the_answer_names_each_file_and_what_the_person_may_do(
    kind: RequestKind, decision: RecordDecision | None
) -> None:
    text = data_answers.answer(kind, date(2026, 11, 3), [Decided("63-2026/7", decision, "Weil es so ist.")])
    for words in ("03.11.2026", "Akte 63-2026/7: ", "Art. 77 DSGVO", "Mit freundlichen Grüßen"):
        assert words in text
    assert ("Weil es so ist." in text) == (decision not in {None, RecordDecision.DISCLOSE})


def test_an_answer_without_files_says_that_there_are_none() -> None:
    assert "Wir haben keine Akte" in data_answers.answer(RequestKind.ACCESS, date(2026, 11, 3), [])
