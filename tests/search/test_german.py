"""German words: equal where people see them as equal."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from snowballstemmer.german_stemmer import GermanStemmer

from search import german, references
from search.forms import form_of, sign_of, word_of, written_of
from search.german import analyse, fold, stream, tokens


@pytest.mark.parametrize(
    "words",
    [
        ("Antrag", "Anträge", "Antraege", "ANTRÄGE", "Antrags"),
        ("Straße", "Strasse", "STRASSE", "Straßen"),
        ("Gebäude", "Gebaeude", "Geba\u0308ude", "GEBÄUDE", "Gebaude"),
        ("Stellplatz", "Stellplätze", "Stellplätzen", "Stell\u00adplatz"),
        ("Öffentlichkeit", "Oeffentlichkeit", "öﬀentlichkeit"),
    ],
)
def test_spellings_and_forms_of_a_word_are_equal(words: tuple[str, ...]) -> None:
    assert len({analyse(word)[1] for word in words}) == 1


def test_a_word_divided_at_the_line_end_is_one_word() -> None:
    assert [token.word for token in tokens("Bebauungs-\nplan und Bebauungs- \n  plan")] == [
        "bebauungsplan",
        "und",
        "bebauungsplan",
    ]
    assert [token.word for token in tokens("Ein-\nund Ausfahrt, Müller-\nLüdenscheidt")] == [
        "ein",
        "und",
        "ausfahrt",
        "mueller",
        "luedenscheidt",
    ]


@given(
    st.lists(st.sampled_from(["a", "Ein", "und", "-\n", "¬ \r\n ", "_", "\u0301", "\u00ad", ". ", "(b"])).map("".join)
)
def test_a_text_without_divisions_has_the_same_words_at_the_same_places(text: str) -> None:
    assert list(tokens(german.undivided(text))) == list(tokens(text))
    assert len(german.undivided(text)) == len(text)


def test_tokens_name_their_place_in_the_text() -> None:
    text = "Die Stell\u00adplätze, 3½ m²"
    assert [text[token.start : token.end] for token in tokens(text)] == ["Die", "Stell\u00adplätze", "3½", "m²"]


def test_stop_words_stay_in_the_stream() -> None:
    assert stream("Zu den Akten").terms.split()[:2] == ["zu", "den"]
    assert stream("Zu den Akten").forms == {"zu", "den", "akten!^"}
    assert german.is_stop_word("fuer")
    assert not german.is_stop_word("akten")


@pytest.mark.parametrize("written", ["antrag", "Antrag", "ANTRAG", "Anträge", "Żeromski", "Straße"])
def test_a_form_tells_how_its_word_is_written(written: str) -> None:
    form, *_ = " ".join(stream(written).forms).split()
    assert (word_of(form), written_of(form)) == (fold(written), written)


@given(st.lists(st.text("ab09\u017e", min_size=1, max_size=3)))
def test_forms_stand_in_the_order_of_their_words(words: list[str]) -> None:
    forms = sorted(form_of(word, word) for word in words)
    assert [word_of(form) for form in forms] == sorted(words)


@given(st.text())
def test_folding_twice_changes_nothing_and_any_text_is_analysed(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    found = list(tokens(text))
    assert all(token.word.isalnum() and token.stem and " " not in token.stem for token in found)
    assert stream(text).terms.split() == [token.stem for token in found]
    forms = [form for together in stream(text).forms for form in together.split()]
    assert {word_of(form) for form in forms} - {""} == {token.word for token in found}
    assert {form for form in forms if not word_of(form)} == {
        sign_of(one) for token in found for one in (token.word, token.stem)
    } - {""}
    assert all(earlier.end <= later.start for earlier, later in pairwise(found))


@given(
    st.lists(st.integers(1, 99), min_size=2, max_size=3),
    st.integers(1990, 2030),
    st.integers(1, 9999),
    st.sampled_from(["/", " / ", "-", "_", "–", "\\"]),
)
def test_a_reference_number_has_one_key_in_any_spelling(code: list[int], year: int, number: int, slash: str) -> None:
    parts = [f"{part:02}" for part in code]
    plain = f"{'.'.join(parts)}-{year}/{number:04}"
    other = f"{' '.join(parts)} – {year}{slash}{number}"
    assert references.key_of(plain) == references.key_of(other) == f"{'.'.join(parts)}-{year}/{number}"


def test_a_document_number_belongs_to_its_file() -> None:
    assert references.keys_in("Az. 63.20-2026/0417-03#0012 vom 12.03.2026") == {
        "63.20-2026/417",
        "63.20-2026/417-3",
        "63.20-2026/417-3-12",
    }


@given(st.text(alphabet=st.characters(categories=("L", "N"), max_codepoint=0x24F), max_size=20))
def test_the_stemmer_in_c_gives_the_stems_of_the_one_in_python(word: str) -> None:
    folded, stem = analyse(word)
    assert stem == (GermanStemmer().stemWord(folded) or folded)
