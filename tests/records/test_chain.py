"""The hash chain of the history."""

from hypothesis import given
from hypothesis import strategies as st

from eakte.records.chain import GENESIS, Link, entry_hash, first_broken

CONTENT = st.dictionaries(st.text(max_size=5), st.one_of(st.text(max_size=10), st.integers(), st.none()), max_size=4)


def chained(contents: list[dict[str, object]]) -> list[Link]:
    links, previous = [], GENESIS
    for number, content in enumerate(contents, start=1):
        made = entry_hash(previous, content)
        links.append(Link(number, content, previous, made))
        previous = made
    return links


@given(st.lists(CONTENT, max_size=6))
def test_an_untouched_chain_has_no_broken_entry(contents: list[dict[str, object]]) -> None:
    assert first_broken(chained(contents)) is None


@given(st.lists(CONTENT, min_size=1, max_size=6), st.data())
def test_a_changed_entry_is_named(contents: list[dict[str, object]], data: st.DataObject) -> None:
    links = chained(contents)
    place = data.draw(st.integers(0, len(links) - 1))
    old = links[place]
    changed = {**old.content, "forged": True}
    links[place] = Link(old.sequence, changed, old.previous_hash, old.entry_hash)
    assert first_broken(links) == place + 1


@given(st.lists(CONTENT, min_size=2, max_size=6), st.data())
def test_a_removed_entry_is_named_unless_it_was_the_last(
    contents: list[dict[str, object]], data: st.DataObject
) -> None:
    links = chained(contents)
    place = data.draw(st.integers(0, len(links) - 2))
    del links[place]
    assert first_broken(links) == place + 1


def test_a_rewritten_tail_does_not_fit_the_entry_before() -> None:
    links = chained([{"a": 1}, {"a": 2}, {"a": 3}])
    forged = chained([{"a": 9}, {"a": 2}, {"a": 3}])
    assert first_broken([links[0], *forged[1:]]) == 2
