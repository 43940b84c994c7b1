"""The picture of the days of a migration says the same as its table."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from eakte.actions.migration_days import Day
from eakte.web.day_chart import HEIGHT, WIDTH, chart

FIRST = date(2026, 11, 1)


@given(st.lists(st.tuples(st.integers(0, 999), st.integers(0, 99_999)), max_size=30))
def test_every_day_has_a_bar_in_the_picture_as_high_as_its_pages(counts: list[tuple[int, int]]) -> None:
    days = [Day(FIRST + timedelta(days=n), files, pages) for n, (files, pages) in enumerate(counts)]
    bars = chart(days).bars
    assert len(bars) == len(days)
    most = max((pages for _, pages in counts), default=0)
    for bar, day in zip(bars, days, strict=True):
        assert bar.left >= 0
        assert bar.left + bar.width <= WIDTH
        assert abs(bar.top + bar.height - HEIGHT) < 0.02
        assert abs(bar.height * most - HEIGHT * day.pages) <= 0.01 * most


def test_the_picture_is_told_in_words() -> None:
    days = [Day(FIRST, 2, 10), Day(FIRST + timedelta(days=1), 1, 30)]
    told = chart(days).description
    assert told == "01.11.2026 bis 02.11.2026: 3 Akten, 40 Seiten; die meisten am 02.11.2026: 30 Seiten."
    assert chart([Day(FIRST, 0, 0)]).description == "Keine Seiten."
