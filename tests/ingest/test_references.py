"""File references are found in every usual spelling and never in other numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import find_references
from ingest.references import locate_references

GROUP = st.integers(1, 99).map(lambda number: f"{number:02d}")
REFERENCE = st.builds(
    lambda groups, year, number: f"{'.'.join(groups)}-{year}/{number:04d}",
    st.lists(GROUP, min_size=2, max_size=4),
    st.integers(1950, 2099),
    st.integers(1, 9999),
)


@pytest.mark.parametrize(
    "written",
    [
        "52.01.01-2026/0417",
        "52.01.01 - 2026/0417",
        "52.01.01–2026/0417",
        "52.01.01 — 2026 / 0417",
        "52. 01. 01-2026/0417",
        "52,01.01-2026/0417",
        "52.01.01-2026/O417",
        "52.0l.01-2026/04I7",
        "S2.01.01-2O26/0417",
        "52.01.01-\n2026/0417",
        "Ihr Zeichen:52.01.01-2026/0417.",
        "(52.01.01-2026/0417)",
    ],
)
def test_a_reference_is_found_however_it_is_written_or_read(written: str) -> None:
    assert find_references(f"Az. {written} vom Montag") == ("52.01.01-2026/0417",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Telefon 0511 168-2026/04",
        "am 12.03.2026 um 10.30 Uhr",
        "1.284,50 Euro",
        "Rechnung 2026/0417",
        "Flurstück 52/1, Gemarkung 01-2026",
        "IBAN DE52 0101 2026 0417",
        "152.01.01-2026/0417",
        "52.01.01-2026/04171234",
        "52.01.01-1626/0417",
        "SO.IS.OO-ISSO/OOOO",
        "http://example.org/a.52.01.01-2026/0417/x",
    ],
)
def test_other_numbers_are_no_references(text: str) -> None:
    assert find_references(text) == ()


@given(REFERENCE)
def test_every_reference_is_found_in_its_normal_spelling(reference: str) -> None:
    assert find_references(f"Ihr Zeichen {reference}, unser Schreiben") == (reference,)


@given(REFERENCE, st.data())
def test_one_misread_digit_is_set_right(reference: str, data: st.DataObject) -> None:
    places = [place for place, sign in enumerate(reference) if sign in "0158"]
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    misread = {"0": "O", "1": "l", "5": "S", "8": "B"}[reference[place]]
    assert find_references(reference[:place] + misread + reference[place + 1 :]) == (reference,)


@given(st.lists(REFERENCE, max_size=5, unique=True))
def test_several_references_keep_their_order(references: list[str]) -> None:
    assert find_references(" und ".join(references)) == tuple(references)


@given(st.text())
def test_any_text_gives_references_in_normal_spelling_within_it(text: str) -> None:
    for found in locate_references(text):
        assert 0 <= found.start < found.end <= len(text)
        assert find_references(found.value) == (found.value,)
