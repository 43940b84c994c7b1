"""Patterns of reference numbers: what they accept, and that numbers never meet."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eakte.errors import InvalidInput
from eakte.records.reference import DEFAULT_PATTERN, SLOTS, derivation, parse_pattern, spelled_alike

VALUES = {"plan": "52.01.01", "year": "2026", "yy": "26", "unit": "63.2", "derivation": "Gartenweg"}
slots = st.sampled_from([name for name in SLOTS if name != "number"])
pieces = st.one_of(slots.map("{{{}}}".format), st.sampled_from(["-", "/", ".", " ", "Az ", "(", ")"]))
patterns = st.builds(
    lambda before, width, after: "".join([*before, width, *after]),
    st.lists(pieces, max_size=4),
    st.sampled_from(["{number}", "{number:04}", "{number:3}"]),
    st.lists(pieces, max_size=3),
).filter(lambda text: len(text.strip()) <= 80)


def test_the_usual_pattern_gives_the_usual_reference() -> None:
    assert parse_pattern(DEFAULT_PATTERN).render(VALUES, 417) == "52.01.01-2026/0417"


@pytest.mark.parametrize(
    ("pattern", "reference"),
    [
        ("{unit}/{plan} {number:03}/{yy}", "63.2/52.01.01 007/26"),
        ("{plan} {derivation} {number}", "52.01.01 Gartenweg 7"),
        ("BA-{year}-{number:06}", "BA-2026-000007"),
    ],
)
def test_a_branch_may_count_in_its_own_way(pattern: str, reference: str) -> None:
    assert parse_pattern(pattern).render(VALUES, 7) == reference


@pytest.mark.parametrize(
    ("pattern", "named"),
    [
        ("{plan}-{year}", "laufende Nummer"),
        ("{number}-{number}", "laufende Nummer"),
        ("", "laufende Nummer"),
        ("{plan}-{nummer}", "{nummer}"),
        ("{plan:04}-{number}", "{plan:04}"),
        ("{number:x}", "{number:x}"),
        ("{number:100}", "{number:100}"),
        ("{plan-{number}", "Klammer"),
        ("{plan}}-{number}", "Klammer"),
        ("<b>{number}", "<b>"),
        ("x" * 80 + "{number}", "länger"),
    ],
)
def test_a_pattern_that_does_not_hold_is_refused_and_named(pattern: str, named: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_pattern(pattern)
    assert named.strip("{}")[:6] in refused.value.detail["problem"]


@given(st.text(max_size=100))
def test_any_text_gives_a_number_or_is_refused(text: str) -> None:
    try:
        made = parse_pattern(text)
    except InvalidInput:
        return
    assert re.search(r"\d", made.render(VALUES, 5))


@given(patterns, patterns, st.integers(1, 10**6), st.integers(1, 10**6))
def test_within_one_scope_different_numbers_give_different_references(
    one: str, other: str, first: int, second: int
) -> None:
    mine, theirs = parse_pattern(one), parse_pattern(other)
    assert (mine.render(VALUES, first) == mine.render(VALUES, second)) == (first == second)
    if mine.scope(VALUES) == theirs.scope(VALUES) and first != second:
        assert int(re.sub(r"\D", "", mine.render(VALUES, first)) or 0) >= 0
        assert mine.render(VALUES, first) != theirs.render(VALUES, second)


@given(patterns, st.integers(1, 9999))
def test_spelling_it_otherwise_still_means_the_same(pattern: str, number: int) -> None:
    reference = parse_pattern(pattern).render(VALUES, number)
    loose = re.sub(r"[-/.()]", " ", reference).upper()
    assert spelled_alike(loose) == spelled_alike(reference)


@pytest.mark.parametrize("text", ["Gartenweg 7", "Müller", "7", "St. Johann/Nord", "  Ost   West "])
def test_a_name_or_street_may_derive_a_reference(text: str) -> None:
    assert derivation(text) == " ".join(text.split())


@pytest.mark.parametrize("text", ["", "  ", "-", "a\x00b", "<x>", "x" * 41, "#1", "{number}"])
def test_what_would_break_a_reference_derives_none(text: str) -> None:
    with pytest.raises(InvalidInput):
        derivation(text)
