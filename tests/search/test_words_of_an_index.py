"""The words of an index are read whole, whether at once or by their first letters."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.engines import tantivy_engine
from search.forms import word_of
from search.german import BREAK
from search.plan import Column
from tests.search.corpus import entry

TEXTS = st.lists(st.text("aeoubtnAÜ0 żжß中٣", max_size=40), min_size=1, max_size=4)


def counted(engine: tantivy_engine.TantivyEngine, column: Column) -> list[tuple[str, int]]:
    with engine._finder._reader() as reader:
        return [(form, count) for form, count in reader.vocabulary(column) if word_of(form) not in {"", BREAK}]


@settings(max_examples=25, deadline=None)
@given(TEXTS)
def test_words_read_by_their_first_letters_are_those_read_at_once(texts: list[str]) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        engine = tantivy_engine.TantivyEngine(Path(folder))
        engine.put([entry(f"d{number}", text) for number, text in enumerate(texts)])
        for column in (Column.WORDS, Column.TERMS):
            at_once = counted(engine, column)
            assert [word_of(form) for form, _ in at_once] == sorted(word_of(form) for form, _ in at_once)
            patch.setattr(tantivy_engine, "_READ_AT_ONCE", 0)
            assert counted(engine, column) == at_once
            patch.undo()
        engine.close()
