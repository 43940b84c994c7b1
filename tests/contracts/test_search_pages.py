"""Questions bound to pages, asked of every real search engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from search import Query, SearchEngine, Sort
from tests.search.corpus import EVERYBODY, entry


@pytest.fixture
def engine(reopen: Callable[[], SearchEngine]) -> Iterator[SearchEngine]:
    engine = reopen()
    yield engine
    engine.close()


def shown(engine: SearchEngine, text: str, **values: object) -> dict[str, list[int]]:
    results = engine.find(Query(text, **{"exact": True, **values}), EVERYBODY)  # type: ignore[arg-type]
    assert results.total == len(results.hits)
    return {hit.document_id: sorted(page.number for page in hit.pages) for hit in results.hits}


def test_the_words_must_stand_together_on_one_of_the_pages_and_these_are_shown(engine: SearchEngine) -> None:
    engine.put(
        [
            entry("apart", "Garten", "Zaun", "Garten"),
            entry("first", "Der Zaun im Garten", "Garten"),
            entry("later", "Anlagen", "Zaun", "Zaun und Garten", "Garten am Zaun", "Gärten, Zäune"),
        ]
    )
    assert shown(engine, "Garten Zaun seite:1") == {"first": [1]}
    assert shown(engine, "Garten Zaun seite:2") == {}
    assert shown(engine, "Garten Zaun seite:3..4") == {"later": [3, 4]}
    assert shown(engine, "Garten Zaun seite:4..") == {"later": [4, 5]}
    assert shown(engine, "Garten seite:..2 -Anlagen", sort=Sort.DATE) == {"apart": [1], "first": [1, 2]}
    assert shown(engine, '"Garten am" seite:4') == {"later": [4]}
    assert shown(engine, "Anla* ODER Zaun seite:2") == {"apart": [2], "later": [2]}


def test_where_no_document_has_a_page_none_is_found_by_its_page(engine: SearchEngine) -> None:
    assert shown(engine, "Garten seite:1") == {}
    engine.put([entry("a", subject="Garten")])
    assert shown(engine, "Garten seite:1") == {}


def test_heads_and_fields_stand_on_no_page(engine: SearchEngine) -> None:
    engine.put(
        [
            entry("subject", "Anlage", subject="Garten"),
            entry("type", "Garten", document_type="Antrag"),
            entry("other", "Garten", document_type="Bescheid"),
            entry("reference", "Bezug: 52.01.01-2025/0099"),
            entry("own", "Anlage", case_file_reference="52.01.01-2025/0099"),
        ]
    )
    assert shown(engine, "Garten seite:1") == {"type": [1], "other": [1]}
    assert shown(engine, "Garten typ:Antrag seite:1") == {"type": [1]}
    assert shown(engine, "52.01.01-2025/99 seite:1") == {"reference": [1]}


def test_a_page_bound_to_alternatives_means_each_of_them_and_beside_or_it_is_told_and_binds_nothing(
    engine: SearchEngine,
) -> None:
    engine.put(
        [
            entry("garden", "Garten", "Anlage", "Anlage"),
            entry("both", "Anlage", "Garten", "Zaun"),
            entry("type", "Anlage", "Anlage", "Hecke", document_type="Antrag"),
        ]
    )
    assert shown(engine, "Garten ODER Zaun seite:3") == {"both": [3]}
    assert shown(engine, "Garten ODER seite:3 Zaun") == {"both": [2, 3]}
    assert shown(engine, "typ:Antrag ODER Zaun seite:3") == {"both": [3], "type": []}
    for typed in ("Garten ODER seite:3 Zaun", "typ:Antrag ODER Zaun seite:3"):
        (note,) = engine.find(Query(typed), EVERYBODY).notes[:1]
        assert "übergangen" in note


def test_counts_are_those_of_the_documents_with_such_a_page(engine: SearchEngine) -> None:
    engine.put(
        [
            entry("a", "Garten", document_type="Antrag", case_file_id="one"),
            entry("b", "Garten", "Garten", document_type="Antrag", case_file_id="two"),
            entry("c", "Anlage", "Garten", document_type="Bescheid", case_file_id="two"),
            entry("hidden", "Anlage", "Garten", access_keys=frozenset({"unit:52"})),
        ]
    )
    results = engine.find(Query("Garten seite:2", limit=1), EVERYBODY)
    assert (results.total, results.case_files) == (2, 1)
    assert results.facets["document_type"] == {"Antrag": 1, "Bescheid": 1}
    rest = engine.find(Query("Garten seite:2", after=results.then), EVERYBODY)
    assert {results.hits[0].document_id, *(hit.document_id for hit in rest.hits)} == {"b", "c"}


def test_what_is_similar_must_stand_there_too(engine: SearchEngine) -> None:
    engine.put([entry("first", "Gartenwegs"), entry("second", "Anlage", "Stellplatzsatzung")])
    assert shown(engine, "Satzung seite:2", exact=False) == {"second": [2]}
    assert shown(engine, "Satzung seite:1", exact=False) == {}


def test_pages_of_an_older_version_count_no_more(engine: SearchEngine) -> None:
    engine.put([entry("a", "Anlage", "Garten")])
    engine.put([entry("a", "Garten", "Anlage", version=2)])
    assert shown(engine, "Garten seite:2") == {}
    assert shown(engine, "Garten seite:1") == {"a": [1]}


def test_too_many_documents_are_told_and_nothing_is_guessed(
    engine: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.on_pages.MOST_DOCUMENTS", 2)
    engine.put([entry(f"d{number}", "Garten", sender=f"Absender {number % 2}") for number in range(4)])
    results = engine.find(Query("Garten seite:1"), EVERYBODY)
    assert (results.total, results.hits) == (0, ())
    assert "bei höchstens" in results.notes[0]
    assert sorted(shown(engine, "Garten absender:0 seite:1")) == ["d0", "d2"]
