"""Looser questions: compounds by the corpus itself, misspellings, look-alikes."""

from __future__ import annotations

from collections import Counter
from itertools import product
from pathlib import Path
from tempfile import gettempdir

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search import german, plan, query
from search.edits import edits
from search.vocabulary import Vocabulary
from search.widening import Step, lexicon_of, some_of, split, widened

TEXT = (
    "Stellplatz Satzung Stellplatzsatzung Nachweis Gewerbe Steuer Gewerbesteuerbescheid Bescheid Garten Wege Gartenweg "
    "Verwaltung Gericht Verwaltungsgericht Baugenehmigung Genehmigung Gebäudeversicherung Versicherung Gebäude"
)
LEXICON = lexicon_of(list(german.tokens(TEXT)))


def stems(*words: str) -> tuple[str, ...]:
    return tuple(german.analyse(word)[1] for word in words)


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("stellplatzsatzung", ("Stellplatz", "Satzung")),
        ("verwaltungsgericht", ("Verwaltung", "Gericht")),
        ("gewerbesteuerbescheid", ("Gewerbe", "Steuer", "Bescheid")),
        ("gebaeudeversicherung", ("Gebäude", "Versicherung")),
        ("stellplatz", ()),
        ("donnerwetter", ()),
    ],
)
def test_compounds_are_split_by_words_the_corpus_uses(word: str, parts: tuple[str, ...]) -> None:
    assert split(word, LEXICON) == stems(*parts)


def variants(typed: str) -> set[str]:
    node = query.parse(typed).node
    assert node is not None
    wide = widened(plan.strict(node), LEXICON)
    return {leaf.value for leaf in plan.wanted_in_text(wide) if isinstance(leaf, plan.Term)}


def test_a_word_brings_its_compounds_and_a_compound_its_parts() -> None:
    assert set(stems("Stellplatzsatzung")) <= variants("Satzung")
    assert set(stems("Nachweis", "Stellplatz")) <= variants("Stellplatznachweis")
    assert set(stems("Baugenehmigung")) <= variants("Genehmigungen")


def test_a_misspelt_word_brings_near_ones_and_a_phrase_stays_as_it_is() -> None:
    assert set(stems("Stellplatz")) <= variants("Stelplatz")
    assert set(stems("Versicherung")) <= variants("Versicherunq")
    assert variants('"Stelplatz"') == set()
    assert variants("4711") == {"4711"}


@pytest.mark.parametrize(
    ("typed", "step", "found"),
    [
        ("Satzung", Step.COMPOUNDS, "Stellplatzsatzung"),
        ("Stelplatz", Step.MISSPELLINGS, "Stellplatz"),
        ("Stellplatzsatsung", Step.LOOK_ALIKES, "Stellplatzsatzung"),
    ],
)
def test_a_step_left_out_leaves_its_words_out(typed: str, step: Step, found: str) -> None:
    node = query.parse(typed).node
    assert node is not None
    for steps, brings in ((frozenset({step}), True), (frozenset[Step](), False)):
        wide = plan.wanted_in_text(widened(plan.strict(node), LEXICON, steps))
        assert (stems(found)[0] in {leaf.value for leaf in wide if isinstance(leaf, plan.Term)}) is brings


def test_some_of_the_words_keeps_what_was_excluded_and_quoted() -> None:
    node = query.parse('Garten Zaun -Hecke "am Weg"').node
    assert node is not None
    strict = plan.strict(node)
    assert isinstance(strict, plan.All)
    garden, fence, *bound = strict.parts
    assert some_of(strict) == plan.All((plan.AnyOf((garden, fence)), *bound))


WORD = st.text("abc\u017e", min_size=1, max_size=6)
WORDS = st.lists(WORD, max_size=30)


@settings(max_examples=300, deadline=None)
@given(WORDS, WORD, st.sampled_from((None, Path(gettempdir()))))
def test_a_vocabulary_finds_what_a_list_finds(words: list[str], asked: str, folder: Path | None) -> None:
    vocabulary = Vocabulary(((word, 1) for word in sorted(words)), folder)
    assert len(vocabulary) == len(set(words))
    assert vocabulary.count(asked) == Counter(words)[asked]
    assert set(vocabulary.containing(asked)) == {word for word in words if asked in word}
    for distance in (1, 2):
        near = {(steps_between(asked, word), word) for word in words if word != asked}
        if len(asked) > distance:
            assert set(vocabulary.near(asked, distance)) == {item for item in near if item[0] <= distance}


def test_near_words_may_be_asked_for_among_rare_ones_alone() -> None:
    vocabulary = Vocabulary([("garden", 1), ("gartem", 3), ("garten", 40)])
    assert vocabulary.near("karten", 2) == [(1, "garten"), (2, "garden"), (2, "gartem")]
    assert vocabulary.near("karten", 2, most=3) == [(2, "garden"), (2, "gartem")]


def test_among_thousands_of_words_of_the_same_letters_only_the_nearest_count() -> None:
    words = sorted("".join(letters) for letters in product("aehnst", repeat=5))
    vocabulary = Vocabulary((word, 1) for word in words)
    near = {(steps_between("ahnen", word), word) for word in words if word != "ahnen"}
    assert set(vocabulary.near("ahnen", 2)) == {item for item in near if item[0] == 1}


def test_words_of_any_alphabet_and_length_are_counted() -> None:
    words = sorted(["ä", "straße", "łódź", "дом", "𝐀x", "x" * 64, "gartenzaun"])
    vocabulary = Vocabulary((word, place) for place, word in enumerate(words, 1))
    assert [vocabulary.count(word) for word in words] == list(range(1, 8))
    assert [list(vocabulary.counted(word)) for word in words] == [
        [(word, place)] for place, word in enumerate(words, 1)
    ]
    assert vocabulary.count("") == vocabulary.count("garten") == vocabulary.count("y" * 99) == 0


def test_what_a_word_is_widened_by_is_worked_out_once() -> None:
    asked = query.parse("Satzung").node
    assert asked is not None
    lexicon = lexicon_of(list(german.tokens(TEXT)))
    first = widened(plan.strict(asked), lexicon)
    assert widened(plan.strict(asked), lexicon) == first
    assert len(lexicon.variants) == 1


def steps_between(first: str, second: str) -> int:
    """Return the steps as the textbook counts them, place by place."""
    table = [[row + column for column in range(len(second) + 1)] for row in range(len(first) + 1)]
    for row, column in product(range(1, len(first) + 1), range(1, len(second) + 1)):
        table[row][column] = min(
            table[row - 1][column] + 1,
            table[row][column - 1] + 1,
            table[row - 1][column - 1] + (first[row - 1] != second[column - 1]),
        )
        if row > 1 and column > 1 and first[row - 2 : row] == second[column - 1] + second[column - 2]:
            table[row][column] = min(table[row][column], table[row - 2][column - 2] + 1)
    return table[-1][-1]


@pytest.mark.parametrize(
    ("first", "second", "steps"), [("rat", "tar", 2), ("ab", "ba", 1), ("", "ab", 2), ("a", "a", 0), ("ab", "", 2)]
)
def test_edits_count_neighbours_swapped_as_one(first: str, second: str, steps: int) -> None:
    assert edits(first, [second]).tolist() == [steps]


def test_a_vocabulary_of_many_words_finds_each_and_leaves_no_file_behind(tmp_path: Path) -> None:
    words = sorted({f"wort{number}" for number in range(9_000)} | {"ähre", "жук"})
    vocabulary = Vocabulary(((word, place % 7 + 1) for place, word in enumerate(words)), tmp_path)
    assert [vocabulary.count(word) for word in words] == [place % 7 + 1 for place in range(len(words))]
    assert set(vocabulary.containing("rt899")) == {word for word in words if "rt899" in word}
    assert vocabulary.near("жука", 1) == [(1, "жук")]
    assert not list(tmp_path.iterdir())


@given(st.text("abc\u017e\U0001f600", max_size=64), st.lists(st.text("abc\u017e\U0001f600", max_size=70), max_size=5))
def test_edits_of_many_words_at_once_are_those_of_each(word: str, others: list[str]) -> None:
    assert edits(word, others).tolist() == [steps_between(word, other) for other in others]


def test_a_common_word_brings_what_it_is_rarely_misread_as() -> None:
    text = "Bebauungsplan " * 3 + "Bcbauungsplan Planung"
    lexicon = lexicon_of(list(german.tokens(text)))
    asked = query.parse("Bebauungsplan").node
    assert asked is not None
    wide = {
        leaf.value for leaf in plan.wanted_in_text(widened(plan.strict(asked), lexicon)) if isinstance(leaf, plan.Term)
    }
    assert wide == set(stems("Bebauungsplan", "Bcbauungsplan"))
