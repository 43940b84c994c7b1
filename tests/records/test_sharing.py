"""The longest retention wins, and says so."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from eakte.records.sharing import Kept, longest, sentences

FILES = st.builds(
    Kept,
    st.from_regex(r"52\.0[1-9]-2026/000[1-9]", fullmatch=True),
    st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2090, 12, 31))),
    st.booleans(),
)


@given(st.lists(FILES, min_size=1, max_size=6))
def test_nothing_is_kept_longer_than_the_file_that_wins(files: list[Kept]) -> None:
    winner = files[longest(files)]
    assert all(each.order <= winner.order for each in files)


@given(FILES, st.lists(FILES, min_size=1, max_size=4))
def test_the_sentences_name_every_file_and_the_one_that_wins(home: Kept, others: list[Kept]) -> None:
    told = " ".join(sentences(home, others))
    assert all(each.reference in told for each in (home, *others))
    assert "Die längste Aufbewahrung gilt" in told


def test_permanent_beats_open_beats_any_day() -> None:
    day, waiting, permanent = Kept("a", date(2090, 1, 1)), Kept("b", None), Kept("c", None, permanent=True)
    assert longest([day, waiting]) == 1
    assert longest([permanent, waiting, day]) == 0


def test_a_document_in_one_file_needs_no_words() -> None:
    assert sentences(Kept("a", None), []) == ()
