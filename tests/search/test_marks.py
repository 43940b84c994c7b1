"""Marks on the page image and snippets: exactly the words that were asked for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search import german, matching_words, plan, query
from search.marks import SNIPPET_LENGTH, Marker
from tests.search import corpus

PAGE = [
    "Antrag",
    "auf",
    "zwei",
    "Stellplätze",
    "am",
    "Gartenweg",
    "zu",
    "den",
    "Akten",
    "Az.",
    "63.20",
    "-",
    "2026/0417",
    "Bebauungs-",
    "plan",
    "für",
    "die",
    "Garage,",
    "Straße",
]


def marked(typed: str) -> list[str]:
    return [PAGE[index] for index in sorted(matching_words(typed, PAGE))]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Stellplatz", ["Stellplätze"]),
        ("stellplaetze GARAGE", ["Stellplätze", "Garage,"]),
        ('"zu den Akten"', ["zu", "den", "Akten"]),
        ('"den zu Akten"', []),
        ("zu Akten", ["Akten"]),
        ("Gart*", ["Gartenweg"]),
        ("-Garage", []),
        ("Antrag -Garage", ["Antrag"]),
        ("Bebauungsplan", ["Bebauungs-", "plan"]),
        ("63.20-2026/417", ["63.20", "-", "2026/0417"]),
        ("Carport ODER Garage", ["Garage,"]),
        ("Stelplatz", ["Stellplätze"]),
        ("Garten", ["Gartenweg"]),
        ("typ:Antrag", []),
        ("", []),
        ("???", []),
    ],
)
def test_words_of_a_page_are_marked(typed: str, words: list[str]) -> None:
    assert marked(typed) == words


def test_no_words_no_marks() -> None:
    assert matching_words("Garten", []) == frozenset()
    assert matching_words("Garten", ["", " ", "Garten", ""]) == {2}


@given(st.text(max_size=30) | corpus.question_texts(), st.lists(st.text(max_size=6), max_size=8))
def test_any_text_marks_only_words_that_are_there(typed: str, words: list[str]) -> None:
    assert all(0 <= index < len(words) for index in matching_words(typed, words))


def test_a_snippet_is_cut_around_the_words_and_marks_them() -> None:
    text = "Vorrede ohne Belang. " * 60 + "Hier steht der Stellplatz am Gartenweg. " + "Nachrede. " * 60
    asked = query.parse("Gartenwege Stellplätze").node
    assert asked is not None
    piece = Marker(plan.strict(asked)).snippet(text)
    assert piece.text in text
    assert len(piece.text) < SNIPPET_LENGTH + 60
    assert [piece.text[start:end] for start, end in piece.marks] == ["Stellplatz", "Gartenweg"]


@given(
    st.lists(st.sampled_from(["Garten", "Gar-\nten", "garten,", "Gartenweg", "(Kfz-Garten)", " ", "\n", "."])).map(
        "".join
    )
)
def test_marked_are_the_words_that_are_asked_for_wherever_they_stand(text: str) -> None:
    asked = query.parse("Garten").node
    assert asked is not None
    places = [(token.start, token.end) for token in german.tokens(text) if token.word == "garten"]
    assert Marker(plan.strict(asked)).spans(text) == places


@given(st.text(max_size=600), st.sampled_from(["a", "Garten", "1*", '"a b"']))
def test_the_marks_of_a_snippet_lie_in_it(text: str, typed: str) -> None:
    asked = query.parse(typed).node
    assert asked is not None
    piece = Marker(plan.strict(asked)).snippet(text)
    assert piece.text in text
    assert all(0 <= start < end <= len(piece.text) for start, end in piece.marks)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.text("aeouäöüßÄÜsthn\u00ad", min_size=2, max_size=6), min_size=1, max_size=8),
    st.sampled_from([" ", "-", ", (", ". "]),
    st.data(),
)
def test_every_word_of_a_wanted_stem_is_marked_however_it_is_written(
    words: list[str], between: str, data: st.DataObject
) -> None:
    text = between.join(words)
    tokens = list(german.tokens(text))
    wanted = data.draw(st.sets(st.sampled_from(sorted({token.stem for token in tokens} | {"haus"})), min_size=1))
    spans = Marker(plan.AnyOf(tuple(plan.Term(plan.Column.TERMS, stem) for stem in wanted))).spans(text)
    assert spans == [(token.start, token.end) for token in tokens if token.stem in wanted]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(["Häuser", "Haus", "Gar-\nten", "(Kfz-Garten)", "63.20-2026/0417", "-", "\n", "Gartens."])
    ),
    st.sampled_from(["Garten", "Hau*", "häuse*", '"Haus Garten"', "kf* ODER Haus", "63.20-2026/417"]),
)
def test_stems_kept_with_a_text_show_the_same_as_its_analysis(words: list[str], typed: str) -> None:
    asked = query.parse(typed).node
    assert asked is not None
    text = " ".join(words)
    kept = Marker(plan.strict(asked)).spans(text, german.stream(text).terms)
    assert kept == Marker(plan.strict(asked)).spans(text)
    tokens = list(german.tokens(text))
    if typed.endswith("*"):
        start = german.fold(typed[:-1])
        assert kept == [(token.start, token.end) for token in tokens if token.word.startswith(start)]


@settings(max_examples=300)
@given(st.text("aeouäöüßtsnriklg", min_size=1, max_size=12))
def test_a_word_begins_as_its_stem_does_without_e(written: str) -> None:
    word, stem = german.analyse(written)
    assert german.bones(word).startswith(german.bones(stem))
