"""Dates in German letters."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dates import find_dates

MONTHS = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()  # noqa: SIM905 — reads better than a list


@pytest.mark.parametrize(
    "written",
    [
        "12.03.2026",
        "12.3.2026",
        "12. 3. 2026",
        "12.03.26",
        "12. März 2026",
        "12. Marz 2026",
        "12.März 2026",
        "2026-03-12",
    ],
)
def test_a_date_is_read_however_it_is_written(written: str) -> None:
    assert [found.day for found in find_dates(f"Musterstadt, den {written}")] == [date(2026, 3, 12)]


@pytest.mark.parametrize(
    "text", ["31.02.2026", "52.01.01-2026/0417", "10.30 Uhr", "Version 1.2.3.4", "1.284,50", "45.13.2026"]
)
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert find_dates(text) == ()


def test_two_digit_years_belong_to_the_nearer_century() -> None:
    assert [found.day.year for found in find_dates("01.01.69 und 01.01.70")] == [2069, 1970]


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_back(day: date) -> None:
    spellings = [f"{day:%d.%m.%Y}", f"{day.day}. {MONTHS[day.month - 1]} {day.year}", day.isoformat()]
    for written in spellings:
        assert [found.day for found in find_dates(f"bis {written}.")] == [day]


@given(st.text(alphabet="0123456789. -/JanuarMärz"))
def test_no_text_makes_it_stumble(text: str) -> None:
    for found in find_dates(text):
        assert 0 <= found.start < found.end <= len(text)
