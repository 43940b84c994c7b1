"""With the words of the house, sorted and page after page, every engine shows what reading everything finds."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import HealthCheck, Phase, given, settings

from search import Entry, MaySee, Query, SearchEngine, Sort
from tests.contracts.search_engines import Begin
from tests.search import naive
from tests.search.told import Asked, asked_about

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)


def test_an_engine_shows_what_reading_everything_finds_in_order_page_after_page(begin: Begin) -> None:
    # A number shrinks to nothing simpler.
    @settings(
        max_examples=begin.examples(60, on_servers=40), suppress_health_check=SLOW, phases=(Phase.reuse, Phase.generate)
    )
    @given(asked_about())
    def check(asked: Asked) -> None:
        entries, questions, person, limit = asked
        with begin() as engine:
            engine.put(entries)
            for told in questions:
                expected = naive.scan(entries, told.asked, person, told.meaning)
                found = [item for item in entries if item.document_id in expected]
                shown = leafed(engine, replace(told.asked, limit=limit), person, found)
                assert Counter(shown) == Counter(expected)
                if told.asked.sort is Sort.RELEVANCE:
                    assert shown == [hit.document_id for hit in engine.find(told.asked, person).hits]
                else:
                    assert shown == naive.in_order(found, told.asked.sort)

    check()


def leafed(engine: SearchEngine, asked: Query, person: MaySee, expected: list[Entry]) -> list[str]:
    """Return what one page after another shows; each counts everything that is expected."""
    shown = list[str]()
    while True:
        results = engine.find(asked, person)
        assert results.total == len(expected)
        assert results.case_files == len({item.case_file_id for item in expected})
        assert results.facets == naive.facets(expected)
        assert results.offset == len(shown)
        shown += [hit.document_id for hit in results.hits]
        if results.then is None:
            return shown
        asked = replace(asked, after=results.then)
