"""Building an index anew beside itself: there is no moment without search, on any engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from search import MaySee, Query, RebuildOver, SearchIndex
from search.texts import sentence
from tests.search.corpus import EVERYBODY, entry

Reopen = Callable[[], SearchIndex]


@pytest.fixture
def index(reopen: Reopen) -> Iterator[SearchIndex]:
    index = reopen()
    yield index
    index.close()


def found(index: SearchIndex, text: str = "Garten", may_see: MaySee = EVERYBODY) -> set[str]:
    return {hit.document_id for hit in index.find(Query(text), may_see).hits}


def test_while_it_is_built_anew_an_index_answers_as_before(index: SearchIndex) -> None:
    entries = [entry(name, "Garten") for name in "abc"]
    index.put(entries)
    former = index.state().serving
    building = index.rebuild()
    assert found(index) == {"a", "b", "c"}
    building.add(entries[:2])
    state = index.state()
    assert (state.serving, state.documents, state.built) == (former, 3, 2)
    assert (state.needs_rebuild, state.partial, state.outdated) == (True, False, False)
    assert found(index) == set(dict(index.versions())) == {"a", "b", "c"}
    assert sentence("note-index-partial") not in index.find(Query("Garten"), EVERYBODY).notes
    building.add(entries[2:])
    building.serve()
    assert found(index) == {"a", "b", "c"}
    state = index.state()
    assert (state.building, state.documents, state.needs_rebuild) == ("", 3, False)
    assert state.serving != former


def test_what_is_filed_changed_restricted_or_destroyed_meanwhile_is_so_before_and_after_the_switch(
    index: SearchIndex,
) -> None:
    before = [entry(name, "Garten") for name in "abcd"]
    index.put(before)
    building = index.rebuild()
    building.add(before[:2])
    index.put([entry("new", "Garten")])
    index.put([entry("a", "Zaun", version=2)])
    index.put([entry("c", "Garten", version=2, access_keys=frozenset({"nobody"}))])
    index.remove(["b", "d"])
    for _ in range(2):
        assert found(index) == {"new"}
        assert found(index, "Zaun") == {"a"}
        assert "Zaun" in index.suggest("zau", EVERYBODY)
        assert index.find(Query("Garten"), EVERYBODY).total == 1
        if index.state().building:
            building.add(before[:1] + before[2:3])
            building.serve()


def test_what_was_put_meanwhile_is_not_replaced_by_what_was_read_before_though_its_version_is_the_same(
    index: SearchIndex,
) -> None:
    index.put([entry("a", "Garten")])
    building = index.rebuild()
    index.put([entry("a", "Garten", access_keys=frozenset({"nobody"}))])
    building.add([entry("a", "Garten")])
    building.serve()
    assert found(index) == set()
    index.put([entry("a", "Garten")])
    assert found(index) == {"a"}


def test_what_is_open_elsewhere_answers_from_the_new_index_at_its_next_question(
    index: SearchIndex, reopen: Reopen
) -> None:
    other = reopen()
    index.put([entry("a", "Garten"), entry("b", "Garten")])
    assert found(other) == {"a", "b"}
    building = index.rebuild()
    other.put([entry("c", "Garten")])
    other.remove(["b"])
    assert found(other) == {"a", "c"}
    building.add([entry("a", "Garten"), entry("d", "Garten")])
    building.serve()
    assert found(other) == {"a", "c", "d"}
    assert dict(other.versions()) == {"a": 1, "c": 1, "d": 1}
    other.put([entry("e", "Garten")])
    assert found(index) == {"a", "c", "d", "e"}
    other.close()


def test_a_rebuild_that_was_left_goes_on_where_it_was(index: SearchIndex) -> None:
    index.put([entry("a", "Garten")])
    index.rebuild().add([entry("a", "Garten")])
    again = index.rebuild()
    assert dict(again.versions()) == {"a": 1}
    again.serve()
    assert found(index) == {"a"}
    for act in (again.serve, again.versions, lambda: again.add([entry("b", "Garten")]), lambda: again.remove(["a"])):
        with pytest.raises(RebuildOver):
            act()
    assert dict(index.versions()) == {"a": 1}
