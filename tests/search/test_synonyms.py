"""Synonyms widen single words of a question, in every engine, and are marked where they stand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from search import MaySee, Query, SearchIndex, matching_words
from search.synonyms import Groups, read
from tests.search.corpus import EVERYBODY, entry

GROUPS = read(["Kfz = Kraftfahrzeug = Auto  # Verkehr", "", "# nur eine Bemerkung", "Kita = städtische Einrichtung"])


def test_a_word_finds_what_means_the_same_after_the_word_itself(reopen: Callable[[], SearchIndex]) -> None:
    engine = reopen()
    engine.put(
        [
            entry("other", "Das Kraftfahrzeug ist stillgelegt."),
            entry("own", "Das Kfz ist stillgelegt."),
            entry("phrase", "Eine städtische Einrichtung liegt dort."),
            entry("apart", "Die Einrichtung ist städtische Sache."),
            entry("hidden", "Kraftfahrzeug", access_keys=frozenset({"unit:52"})),
        ]
    )

    def ids(text: str, may_see: MaySee = EVERYBODY, *, exact: bool = False, groups: Groups = GROUPS) -> list[str]:
        asked = Query(text, synonyms=groups, exact=exact)
        return [hit.document_id for hit in engine.find(asked, may_see).hits]

    assert ids("Kfz") == ["own", "other"]
    assert ids("Auto stillgelegt") in (["other", "own"], ["own", "other"])
    assert ids("Kita") == ["phrase"]
    assert ids("Kfz", exact=True) == ["own", "other"]
    assert ids("Kfz", exact=True, groups=()) == ["own"]
    assert ids('"Kfz"') == ["own"]
    assert ids("stillgelegt -Kfz") == ["other"]
    snippet = engine.find(Query("Kfz", synonyms=GROUPS), EVERYBODY).hits[1].pages[0].snippet
    start, end = snippet.marks[0]
    assert snippet.text[start:end] == "Kraftfahrzeug"
    engine.close()


def test_a_synonym_brings_its_compounds_and_nothing_that_only_holds_its_letters(
    reopen: Callable[[], SearchIndex],
) -> None:
    engine = reopen()
    engine.put([entry("compound", "Kraftfahrzeugsteuer und Steuer"), entry("other", "Ein Zaunpfahl")])
    found = engine.find(Query("Kfz", synonyms=GROUPS), EVERYBODY)
    assert [hit.document_id for hit in found.hits] == ["compound"]
    engine.close()


def test_synonyms_are_marked_on_the_page_image() -> None:
    words = ["Das", "Kraftfahrzeug", "steht"]
    assert matching_words("Kfz", words, GROUPS) == {1}
    assert matching_words("Kfz", words) == frozenset()


@pytest.mark.parametrize("line", ["Kfz", "Kfz =", "= Kfz", "§ = Kfz"])
def test_a_line_without_two_words_is_told(line: str) -> None:
    with pytest.raises(ValueError, match="Zeile 1"):
        read([line])
