"""With the words of the house, page after page, the engines in our process show what reading everything finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import Entry, MaySee, Query, Sort
from search.engines import open_engine
from tests.search import corpus, naive


@pytest.mark.parametrize("name", ["tantivy", "whoosh"])
@pytest.mark.parametrize("sort", list(Sort))
def test_page_after_page_shows_what_reading_everything_finds_each_once(name: str, sort: Sort) -> None:
    @settings(max_examples=10, suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large))
    @given(corpus.entries(), corpus.house_questions(), corpus.people(), st.integers(1, 3))
    def check(entries: list[Entry], question: Query, person: MaySee, limit: int) -> None:
        expected = naive.scan(entries, question, person)
        days = {item.document_id: item.document_date or date.min for item in entries}
        with TemporaryDirectory() as folder:
            engine = open_engine(name, Path(folder))
            engine.put(entries)
            asked, shown = replace(question, sort=sort, limit=limit), list[str]()
            while True:
                results = engine.find(asked, person)
                assert results.total == len(expected)
                shown += [hit.document_id for hit in results.hits]
                if results.then is None:
                    break
                asked = replace(asked, after=results.then)
            engine.close()
        assert sorted(shown) == sorted(expected)
        if sort is Sort.DATE:
            assert [days[one] for one in shown] == sorted((days[one] for one in shown), reverse=True)

    check()
