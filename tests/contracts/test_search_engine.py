"""What every search engine promises, asked of every real one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import Entry, MaySee, Query, SearchEngine, Sort, TooManyKeys
from tests.contracts.search_engines import Begin
from tests.search import corpus, naive
from tests.search.corpus import EVERYBODY, entry

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)
NOBODY = MaySee(frozenset())


@pytest.fixture
def engine(reopen: Callable[[], SearchEngine]) -> Iterator[SearchEngine]:
    engine = reopen()
    yield engine
    engine.close()


def ids(engine: SearchEngine, text: str, may_see: MaySee = EVERYBODY, **values: object) -> list[str]:
    return [hit.document_id for hit in engine.find(Query(text, **values), may_see).hits]  # type: ignore[arg-type]


def test_an_engine_finds_what_reading_everything_finds(begin: Begin) -> None:
    @settings(max_examples=begin.examples(40), suppress_health_check=SLOW)
    @given(
        entries=corpus.entries(), asked=st.lists(st.tuples(corpus.questions(), corpus.people()), min_size=1, max_size=6)
    )
    def check(entries: list[Entry], asked: list[tuple[Query, MaySee]]) -> None:
        with begin() as engine:
            engine.put(entries)
            for question, person in asked:
                results = engine.find(question, person)
                expected = naive.scan(entries, question, person)
                found = [item for item in entries if item.document_id in expected]
                assert {hit.document_id for hit in results.hits} == expected
                assert results.total == len(expected)
                assert results.case_files == len({item.case_file_id for item in found})
                assert results.facets == naive.facets(found)

    check()


def test_without_keys_nothing_is_found(engine: SearchEngine) -> None:
    engine.put([entry("a", "Garten"), entry("b", "Garten", access_keys=frozenset())])
    assert engine.find(Query(""), NOBODY).total == 0
    assert engine.suggest("gar", NOBODY) == ()
    assert ids(engine, "Garten") == ["a"]


def test_a_blocked_key_hides_what_another_key_opens(engine: SearchEngine) -> None:
    engine.put([entry("a", "Garten", blocked_keys=frozenset({"person:7"}))])
    blocked = MaySee(EVERYBODY.keys | {"person:7"})
    assert ids(engine, "Garten") == ["a"]
    assert engine.find(Query("Garten"), blocked).total == 0
    assert engine.suggest("gar", blocked) == ()


def test_did_you_mean_names_only_words_the_person_may_see(engine: SearchEngine) -> None:
    engine.put([entry("a", "Stellplatz"), entry("b", "Carport", access_keys=frozenset({"unit:52"}))])
    assert engine.find(Query("Stelplatz"), EVERYBODY).did_you_mean == "Stellplatz"
    assert engine.find(Query("Carpotr"), EVERYBODY).did_you_mean is None
    assert engine.find(Query("Carpotr"), MaySee(frozenset({"unit:52"}))).did_you_mean == "Carport"


def test_did_you_mean_mends_every_word_where_it_stands(engine: SearchEngine) -> None:
    engine.put([entry("a", "Stellplatz am Gartenweg")])
    meant = [engine.find(Query(typed), EVERYBODY).did_you_mean for typed in ("Stelplatz Gartnweg", "ein Stelplatz")]
    assert meant == ["Stellplatz Gartenweg", "ein Stellplatz"]


def test_an_older_version_never_replaces_a_newer_one(engine: SearchEngine) -> None:
    engine.put([entry("a", "neu", version=5), entry("a", "alt", version=4)])
    engine.put([entry("a", "älter", version=3)])
    assert list(engine.versions()) == [("a", 5)]
    assert engine.find(Query("älter", exact=True), EVERYBODY).total == 0
    engine.put([entry("a", "neuer", version=6)])
    assert list(engine.versions()) == [("a", 6)]
    assert engine.find(Query("", exact=True), EVERYBODY).total == 1


def test_what_is_removed_is_forgotten(engine: SearchEngine) -> None:
    engine.put([entry("a", "Gewerbeanmeldung"), entry("b", "Garten")])
    engine.remove(["a", "never seen"])
    assert list(engine.versions()) == [("b", 1)]
    assert engine.find(Query("Gewerbeanmeldung"), EVERYBODY).total == 0
    assert engine.find(Query("Gewerbeanmeldun"), EVERYBODY).did_you_mean is None
    assert engine.suggest("gew", EVERYBODY) == ()


def test_changed_rights_count_at_once(engine: SearchEngine) -> None:
    engine.put([entry("a", "Garten")])
    engine.put([entry("a", "Garten", version=2, access_keys=frozenset({"unit:52"}))])
    assert engine.find(Query("Garten"), EVERYBODY).total == 0


def test_an_index_opened_again_holds_everything(reopen: Callable[[], SearchEngine]) -> None:
    first = reopen()
    first.put([entry("a", "Garten")])
    second = reopen()
    assert ids(second, "Garten") == ["a"]
    first.put([entry("b", "Garten")])
    assert sorted(ids(second, "Garten")) == ["a", "b"]
    first.close()
    second.close()


def test_words_of_a_question_may_stand_on_different_pages(engine: SearchEngine) -> None:
    engine.put([entry("a", "Der Stellplatz wird beantragt.", "Am Gartenweg liegt nichts.", "Anlagen")])
    (hit,) = engine.find(Query("gartenweg stellplätze"), EVERYBODY).hits
    assert {page.number for page in hit.pages} == {1, 2}
    marked = {page.snippet.text[start:end] for page in hit.pages for start, end in page.snippet.marks}
    assert marked == {"Stellplatz", "Gartenweg"}


def test_a_reference_number_finds_its_own_documents_first(engine: SearchEngine) -> None:
    engine.put(
        [
            entry("mentions", "Bezug: 52.01.01-2025/0099 und nochmals 52.01.01-2025/0099"),
            entry("own", "Anlage", case_file_reference="52.01.01-2025/0099"),
        ]
    )
    for spelling in ("52.01.01-2025/0099", "52 01 01 2025 0099", "52.01.01 – 2025 / 99", "Az.: 52,01,01-2025/0099"):
        assert ids(engine, spelling) == ["own", "mentions"]
    assert ids(engine, "az:52.01.01-2025/99") == ["own"]


def test_hits_are_sorted_and_paged_without_gaps(engine: SearchEngine) -> None:
    engine.put(
        [
            entry(
                f"d{number}",
                "Garten",
                document_date=date(2020, 1, 1 + number) if number else None,
                case_file_reference=f"63.20-2026/{number}",
                case_file_id=f"f{number % 3}",
            )
            for number in range(12)
        ]
    )
    numbered = [f"d{number}" for number in range(12)]
    assert ids(engine, "Garten", sort=Sort.REFERENCE) == numbered
    assert ids(engine, "Garten", sort=Sort.DATE) == [*numbered[:0:-1], "d0"]
    paged = [hit for start in range(0, 12, 5) for hit in ids(engine, "Garten", offset=start, limit=5)]
    assert sorted(paged) == sorted(numbered)
    results = engine.find(Query("Garten", limit=0), EVERYBODY)
    assert (results.hits, results.total, results.case_files) == ((), 12, 3)


def test_words_that_begin_with_an_unusual_letter_are_completed_and_found_misspelt(engine: SearchEngine) -> None:
    engine.put([entry("a", "Gutachten von Żeromski"), entry("b", "Gutachten von Zerom")])
    assert ids(engine, "Żerumski") == ["a"]
    assert ids(engine, "żer*") == ["a"]
    assert engine.suggest("żero", EVERYBODY) == ("Żeromski",)


def test_only_words_worth_completing_are_offered(engine: SearchEngine) -> None:
    engine.put([entry("a", "dem den denn der des die 1200 Den DEM Dezernat De12 de")])
    assert engine.suggest("de", EVERYBODY) == ("Dezernat",)
    assert engine.suggest("12", EVERYBODY) == ()


def test_few_exact_hits_bring_compounds_parts_and_misspellings(engine: SearchEngine) -> None:
    engine.put(
        [
            entry("compound", "Die Stellplatzsatzung gilt."),
            entry("parts", "Satzung über den Stellplatz"),
            entry("umlaut", "Gebaeude"),
            entry("noise", "Bebauungspiän"),
        ]
    )
    assert set(ids(engine, "Satzung")) == {"compound", "parts"}
    assert set(ids(engine, "Stellplatzsatzung")) == {"compound", "parts"}
    assert ids(engine, "Gebäude") == ["umlaut"]
    assert ids(engine, "Bebauungsplan") == ["noise"]
    assert ids(engine, "Bebauungsplan", exact=True) == []


def test_suggestions_complete_words_as_they_are_written(engine: SearchEngine) -> None:
    engine.put([entry("a", "Gebäude GEBÄUDE und Gebühr"), entry("b", "Gebäude")])
    assert engine.suggest("gebä", EVERYBODY) == ("Gebäude",)
    assert engine.suggest("alte geb", EVERYBODY) == ("Gebäude", "Gebühr")
    assert engine.suggest("", EVERYBODY) == ()


def test_typed_text_cannot_address_the_engine(engine: SearchEngine) -> None:
    secret = entry("secret", "Garten", access_keys=frozenset({"unit:52"}))
    engine.put([entry("a", "Müller (GmbH) am Garten"), secret])
    for typed in ("access:unit:52", "*:*", "-x", "-Zaun", "id:secret", "/.*/", "Garten^9 Garten~2", "[a TO z]"):
        assert engine.find(Query(typed), EVERYBODY).total <= 1
        assert "secret" not in ids(engine, typed)
    assert ids(engine, "Müller (GmbH") == ["a"]
    assert ids(engine, '"Garten"') == ["a"]
    assert ids(engine, '"Garten Garten"') == []
    assert ids(engine, "Garten\x00\ud800") == ["a"]


def test_a_query_may_ask_beyond_the_last_hit_and_for_unknown_filters(engine: SearchEngine) -> None:
    engine.put([entry("a", "Garten")])
    assert ids(engine, "Garten", offset=50) == []
    assert ids(engine, "Garten", offset=-3, limit=10_000) == ["a"]
    assert engine.find(Query("Garten", offset=50), EVERYBODY).total == 1
    unknown = engine.find(Query("Garten", filters={"access": frozenset({"unit:63"})}), EVERYBODY)
    assert (unknown.total, unknown.notes) == (0, ("Nach „access“ kann nicht gefiltert werden.",))


def test_more_keys_than_a_filter_carries_are_refused(engine: SearchEngine) -> None:
    with pytest.raises(TooManyKeys, match="Zugriffsrechte"):
        engine.find(Query("Garten"), MaySee(frozenset(map(str, range(1_001)))))


def test_filters_narrow_hits_counts_and_facets(engine: SearchEngine) -> None:
    engine.put(
        [
            entry("a", "Garten", document_type="Antrag", case_file_id="one"),
            entry("b", "Garten", document_type="Bescheid", state="CLOSED", case_file_id="two"),
        ]
    )
    results = engine.find(Query("Garten", filters={"case_file_id": frozenset({"two", "three"})}), EVERYBODY)
    assert (results.total, results.case_files) == (1, 1)
    assert results.facets["document_type"] == {"Bescheid": 1}
    assert ids(engine, "Garten", filters={"state": frozenset()}) == []
    assert ids(engine, "", first=date(2027, 1, 1)) == []


def test_many_case_files_are_counted_exactly(engine: SearchEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.engines.tantivy_engine._MOST_BUCKETS", 5)
    engine.put([entry(f"d{number}", "Garten", case_file_id=f"file-{number % 40}") for number in range(60)])
    assert engine.find(Query("Garten"), EVERYBODY).case_files == 40


@pytest.mark.parametrize("sort", [Sort.DATE, Sort.REFERENCE])
def test_pages_show_everything_once_though_documents_come_and_go_between_them(engine: SearchEngine, sort: Sort) -> None:
    def numbered(number: int) -> Entry:
        reference, day = f"63.20-2026/{number:04}", date(2026, 1 + number % 3, 1)
        return entry(f"d{number:02}", "Stellplatz", case_file_reference=reference, document_date=day)

    engine.put([numbered(number) for number in range(30)])
    seen: list[str] = []
    results = engine.find(Query("Stellplatz", sort=sort, limit=4), EVERYBODY)
    while True:
        seen += [hit.document_id for hit in results.hits]
        if results.then is None:
            break
        gone, added = f"d{seen.index(seen[-1]):02}", numbered(30 + len(seen))
        engine.remove([gone, seen[-1]])
        engine.put([added])
        results = engine.find(Query("Stellplatz", sort=sort, limit=4, after=results.then), EVERYBODY)
    assert len(seen) == len(set(seen))
    left = {hit.document_id for hit in engine.find(Query("Stellplatz", limit=100), EVERYBODY).hits}
    assert {name for name in left if int(name[1:]) < 30} <= set(seen)


def test_pages_by_relevance_go_on_behind_the_last_hit(engine: SearchEngine) -> None:
    engine.put([entry(f"d{number:02}", "Stellplatz " + "Garten " * number) for number in range(12)])
    whole = ids(engine, "Stellplatz")
    first = engine.find(Query("Stellplatz", limit=5), EVERYBODY)
    engine.remove([whole[1], whole[2]])
    second = engine.find(Query("Stellplatz", limit=100, after=first.then), EVERYBODY)
    assert [hit.document_id for hit in second.hits] == whole[5:]
    assert second.then is None


def test_similar_documents_share_telling_words_and_are_those_the_person_may_see(engine: SearchEngine) -> None:
    engine.put(
        [
            entry("a", "Die Tiefgarage am Gartenweg bekommt eine Rampe."),
            entry("near", "Rampe zur Tiefgarage, Gartenweg"),
            entry("far", "Die Hundesteuer ist fällig."),
            entry("hidden", "Rampe zur Tiefgarage, Gartenweg", access_keys=frozenset({"unit:52"})),
            entry("closed", "Rampe zur Tiefgarage, Gartenweg", case_file_id="file-9"),
        ]
    )
    may_see = MaySee(EVERYBODY.keys, hidden=frozenset({"file-9"}))
    found = engine.similar("Die Tiefgarage am Gartenweg bekommt eine Rampe.", may_see, but="a")
    assert [hit.document_id for hit in found.hits] == ["near"]
    assert found.total == 1
    assert engine.similar("Tiefgarage", MaySee(frozenset()), but="a").hits == ()


def test_what_is_closed_to_a_person_before_the_index_knows_vanishes_from_every_answer(engine: SearchEngine) -> None:
    engine.put([entry("a", "Zwiebelturm"), entry("b", "Zwiebelturm", case_file_id="file-2")])
    for hidden in ({"file-2"}, {"b"}):
        may_see = MaySee(EVERYBODY.keys, frozenset(hidden))
        results = engine.find(Query("Zwiebelturm", facets=("case_file_id",)), may_see)
        assert ([hit.document_id for hit in results.hits], results.total, results.case_files) == (["a"], 1, 1)
        assert results.facets == {"case_file_id": {"file-1": 1}}
    both = MaySee(EVERYBODY.keys, frozenset({"file-1", "file-2"}))
    assert engine.suggest("zwie", both) == ()
    assert engine.find(Query("Zwiebelturn"), both).did_you_mean is None


def test_similar_documents_are_found_after_others_were_removed(engine: SearchEngine) -> None:
    text = "Die Tiefgarage am Gartenweg bekommt eine Rampe."
    engine.put([entry(f"d{number}", text) for number in range(6)])
    engine.remove(["d1", "d3"])
    engine.put([entry("d2", "Hundesteuer", version=2)])
    found = engine.similar(text, EVERYBODY, but="d0")
    assert {hit.document_id for hit in found.hits} == {"d4", "d5"}


def test_a_snippet_is_the_text_of_the_page_itself_with_the_places_of_the_words(engine: SearchEngine) -> None:
    engine.put([entry("a", "Müller & Söhne <b>Bebauungs-\nplan</b> & Gärten")])
    (hit,) = engine.find(Query("Söhne Garten Bebauungsplan"), EVERYBODY).hits
    ((page),) = hit.pages
    assert page.snippet.text == "Müller & Söhne <b>Bebauungs-\nplan</b> & Gärten"
    marked = [page.snippet.text[start:end] for start, end in page.snippet.marks]
    assert marked == ["Söhne", "Bebauungs-\nplan", "Gärten"]
