"""Spans, sums and pictures of figures: nothing is lost on the way from numbers to bars."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from eakte.records.figures import (
    AGES,
    SUBJECT_HINTS,
    SUBJECT_LABELS,
    Figure,
    Row,
    Subject,
    age_starts,
    growth,
    longest_first,
    month_starts,
)
from eakte.web.pages.figures import THICK, WIDTH, drawn

COUNTS = st.integers(0, 10_000)
ROWS = st.lists(st.builds(Row, st.text(max_size=5), st.tuples(COUNTS, COUNTS, COUNTS)), max_size=30)


def test_every_subject_has_a_name_and_a_hint() -> None:
    assert set(SUBJECT_LABELS) == set(SUBJECT_HINTS) == set(Subject)


@given(st.dates(date(2000, 2, 1)), st.integers(0, 400))
def test_each_day_lies_in_the_span_its_name_tells(today: date, days: int) -> None:
    starts = age_starts(today)
    place = next((at for at, first in enumerate(starts) if today - timedelta(days=days) >= first), len(starts))
    spans = {"heute": (0, 0), "1 bis 2 Tage": (1, 2), "3 bis 7 Tage": (3, 7), "8 bis 30 Tage": (8, 30)}
    first, last = spans.get(AGES[place], (31, 400))
    assert first <= days <= last


@given(st.dates(date(2000, 1, 1)), st.integers(1, 30))
def test_months_follow_each_other_to_this_one(today: date, count: int) -> None:
    months = month_starts(today, count)
    assert len(months) == count
    assert months[-1] == today.replace(day=1)
    for first, then in pairwise(months):
        assert (first + timedelta(days=31)).replace(day=1) == then


@given(COUNTS, st.lists(COUNTS, max_size=12))
def test_growth_ends_at_the_sum_of_everything(before: int, added: list[int]) -> None:
    sums = growth(before, added)
    assert len(sums) == len(added)
    assert list(sums) == sorted(sums)
    assert not sums or sums[-1] == before + sum(added)


@given(ROWS, st.integers(2, 8))
def test_rows_that_are_not_shown_stand_in_the_last(rows: list[Row], most: int) -> None:
    shown = longest_first(rows, most)
    assert len(shown) <= most
    for column in range(3):
        assert sum(row.values[column] for row in shown) == sum(row.values[column] for row in rows)


@given(ROWS)
def test_the_parts_of_a_bar_touch_and_the_longest_bar_fills_the_picture(rows: list[Row]) -> None:
    figure = Figure(Subject.MIGRATION, "Stelle", ("a", "b", "c"), tuple(rows), (2, 0))
    picture = drawn(figure)
    assert len(picture.lying) == len(rows)
    ends = []
    for row, bars, _ in picture.lying:
        assert [bar.height for bar in bars] == [THICK, THICK]
        assert abs(bars[0].left + bars[0].width - bars[1].left) < 0.02
        ends.append(bars[1].left + bars[1].width)
        if figure.most:
            assert abs(bars[0].width - WIDTH * row.values[2] / figure.most) < 0.02
    assert figure.empty or abs(max(ends) - WIDTH) < 0.05
    assert picture.legend == ["c", "a"]
