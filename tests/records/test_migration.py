"""What one line of a manifest means, and the ways of a run."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eakte.errors import MoveRefused
from eakte.records.migration import RUN_MOVES, Entry, RunState, ends_of, move_run, resting, seconds_left
from eakte.records.migration_cells import (
    FIELDS,
    Defaults,
    against_each_other,
    columns_by_name,
    days,
    guess,
    names_of,
    read_line,
)

HEADS = ["Kiste", "Ordner", "Aktenzeichen (alt)", "Titel", "Laufzeit von", "Laufzeit bis", "Seitenzahl", "Datei"]
GIVEN = Defaults("52.01", "Altakte")
NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
"""Twelve o'clock in Berlin."""


def line(**texts: str) -> tuple[Entry, set[str]]:
    cells = {"Titel": "Neubau", "Datei": "a.pdf", **{head: text for head, text in texts.items() if head in HEADS}}
    entry, faults = read_line(2, [cells.get(head, "") for head in HEADS], guess(HEADS), {}, GIVEN)
    return entry, {fault.code for fault in faults}


def test_columns_are_guessed_by_their_heads() -> None:
    assert guess(HEADS) == dict(
        zip(("box", "binder", "reference", "title", "begin", "end", "pages", "path"), range(8), strict=True)
    )
    assert guess(["box", "binder", "Aktenzeichen", "title", "dates", "page count", "file name"]) == {
        "box": 0, "binder": 1, "reference": 2, "title": 3, "begin": 4, "pages": 5, "path": 6,
    }  # fmt: skip


@given(st.lists(st.text(max_size=20), max_size=30))
def test_no_column_is_guessed_for_two_fields(heads: list[str]) -> None:
    found = guess(heads)
    assert len(set(found.values())) == len(found)
    assert all(0 <= place < len(heads) for place in found.values())


def test_a_profile_finds_its_columns_wherever_they_stand() -> None:
    columns = guess(HEADS)
    turned = HEADS[::-1]
    found = columns_by_name(names_of(columns, HEADS), turned)
    assert {field: turned[place] for field, place in found.items()} == names_of(columns, HEADS)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("12.03.1987", date(1987, 3, 12), None),
        ("1987-03-12", date(1987, 3, 12), None),
        ("1. 2. 1990", date(1990, 2, 1), None),
        ("2/1988", date(1988, 2, 1), date(1988, 2, 29)),
        ("1987", date(1987, 1, 1), date(1987, 12, 31)),
        ("1987–1993", date(1987, 1, 1), date(1993, 12, 31)),
        ("1987 bis 1993", date(1987, 1, 1), date(1993, 12, 31)),
        ("01.02.1987 - 03.04.1988", date(1987, 2, 1), date(1988, 4, 3)),
    ],
)
def test_days_months_years_and_periods_are_read(written: str, first: date, last: date | None) -> None:
    entry, faults = read_line(2, ["Titel", "a", written], {"title": 0, "path": 1, "begin": 2}, {}, GIVEN)
    assert (entry.begin, entry.end) == (first, last)
    assert faults == ()


@pytest.mark.parametrize("written", ["31.02.1987", "im Mai", "1993-1987", "13/1988", "87"])
def test_a_date_that_is_none_is_named(written: str) -> None:
    _, faults = read_line(2, ["Titel", "a", written], {"title": 0, "path": 1, "begin": 2}, {}, GIVEN)
    assert [fault.code for fault in faults] == ["unreadable-date"]


@given(st.text(max_size=40))
def test_whatever_is_written_as_a_date_is_read_or_named(written: str) -> None:
    found = days(written)
    assert found is None or found[0] <= found[1]
    entry, faults = read_line(2, ["Titel", "a", written], {"title": 0, "path": 1, "begin": 2}, {}, GIVEN)
    assert not written.split() or (entry.begin is None) == bool(faults)


@given(st.lists(st.text(max_size=30), max_size=12), st.dictionaries(st.sampled_from(list(FIELDS)), st.integers(0, 15)))
def test_no_line_is_too_strange_to_be_judged(cells: list[str], columns: dict[str, int]) -> None:
    entry, faults = read_line(2, cells, columns, {}, GIVEN)
    assert bool(entry.title and entry.path) or faults


def test_a_line_says_the_missing_and_the_unreadable() -> None:
    assert line(Titel="", Seitenzahl="viele")[1] == {"missing-title", "unreadable-pages"}
    assert line(Datei="")[1] == {"missing-path"}
    assert line(**{"Laufzeit von": "1990", "Laufzeit bis": "1980"})[1] == {"unreadable-date"}
    entry, faults = line(Seitenzahl="12", Kiste="K 1")
    assert (entry.pages, entry.box, entry.plan, faults) == (12, "K 1", "52.01", set())


def test_a_correction_goes_before_the_cell() -> None:
    entry, _ = read_line(2, ["Alt", "a"], {"title": 0, "path": 1}, {"title": "Neu"}, GIVEN)
    assert entry.title == "Neu"


def entry(number: int, *, begin: date | None = None, end: date | None = None, **more: str) -> Entry:
    given = {"box": "", "binder": "", "reference": "", "title": "T", "path": f"{number}.pdf"} | more
    return Entry(number=number, begin=begin, end=end, pages=None, plan="1", document_type="", **given)


def test_a_single_day_is_that_of_a_letter_and_an_end_is_said_by_a_period_or_a_column_of_its_own() -> None:
    letter, _ = line(**{"Laufzeit von": "12.03.1987"})
    assert (letter.letter_date, letter.end) == (date(1987, 3, 12), None)
    last, _ = line(**{"Laufzeit bis": "31.01.1993"})
    assert (last.letter_date, last.begin, last.end) == (None, None, date(1993, 1, 31))
    both, _ = line(**{"Laufzeit von": "12.03.1987", "Laufzeit bis": "12.03.1987"})
    assert (both.letter_date, both.end) == (date(1987, 3, 12), date(1987, 3, 12))


def test_a_file_ends_on_the_last_day_that_any_of_its_lines_names_if_one_names_an_end() -> None:
    day = date(1990, 5, 4)
    assert ends_of([entry(2, reference="A", begin=day), entry(3)]) == {}
    lines = [entry(2, reference="A", end=day), entry(3, reference="A"), entry(4, reference="B", end=date(1995, 1, 1))]
    assert ends_of(lines) == {"ref:A": day, "ref:B": date(1995, 1, 1)}
    assert ends_of([*lines, entry(5, reference="A", begin=date(1991, 1, 1))])["ref:A"] == date(1991, 1, 1)


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.none() | st.dates(), st.none() | st.dates()), max_size=20))
def test_no_line_of_a_file_is_younger_than_its_end(told: list[tuple[str, date | None, date | None]]) -> None:
    lines = [entry(number, reference=key, begin=begin, end=end) for number, (key, begin, end) in enumerate(told)]
    ends = ends_of(lines)
    assert set(ends) == {one.file_key for one in lines if one.end}
    days_of = [(one.file_key, day) for one in lines for day in (one.begin, one.end) if day]
    assert all(day <= ends[key] for key, day in days_of if key in ends)


def test_one_reference_with_two_titles_is_named_at_both_lines() -> None:
    found = against_each_other([entry(2, reference="A 1"), entry(3, reference="A 1", title="U"), entry(4)])
    assert {number: [fault.code for fault in faults] for number, faults in found.items()} == {
        2: ["duplicate-reference"],
        3: ["duplicate-reference"],
    }


def test_further_lines_of_the_same_file_are_no_fault() -> None:
    assert not against_each_other([entry(2, reference="A 1"), entry(3, reference="A 1")])


def test_scans_that_two_lines_name_are_named_also_inside_a_folder() -> None:
    found = against_each_other([entry(2, path="a"), entry(3, path="a/b"), entry(4, path="c"), entry(5, path="c")])
    assert sorted(found) == [3, 4, 5]


def test_lines_of_one_binder_are_one_file_where_no_reference_says_more() -> None:
    assert entry(2, box="1", binder="2").file_key == entry(3, box="1", binder="2").file_key
    assert entry(2).file_key != entry(3).file_key
    assert entry(2, reference="A").file_key == entry(3, reference="A", binder="9").file_key


@pytest.mark.parametrize("now", RunState)
@pytest.mark.parametrize("then", RunState)
def test_a_run_moves_only_by_its_table(now: RunState, then: RunState) -> None:
    if then in RUN_MOVES[now]:
        assert move_run(now, then) is then
    else:
        with pytest.raises(MoveRefused):
            move_run(now, then)


@pytest.mark.parametrize(
    ("begin", "end", "hours", "rests"),
    [(7, 18, 0, True), (7, 18, 6, False), (18, 7, 0, False), (22, 6, 12, True), (9, 9, 0, False), (None, 6, 0, False)],
)
def test_a_run_rests_in_its_quiet_hours(begin: int | None, end: int, hours: int, *, rests: bool) -> None:
    assert resting(begin, end, NOON + timedelta(hours=hours)) is rests


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.floats(0, 1e6))
def test_the_time_left_is_never_negative_and_unknown_without_pace(left: int, done: int, seconds: float) -> None:
    told = seconds_left(left, done, seconds)
    assert told is None or told >= 0
    assert (told is None) == (left > 0 and (done == 0 or seconds == 0))
