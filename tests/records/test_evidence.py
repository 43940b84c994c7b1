"""Hash trees: the way of each leaf leads to the root, and no other leaf's does."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eakte.records.evidence import SIZE, digest, root_from, steps, tree

LEAVES = st.lists(st.binary(max_size=20), min_size=1, max_size=40, unique=True).map(
    lambda contents: [digest(each) for each in contents]
)


def by_rfc_4998(hashes: list[bytes]) -> bytes:
    """Join pairs level by level as section 4.2 says, written down a second time."""
    while len(hashes) > 1:
        level = []
        for start in range(0, len(hashes), 2):
            pair = sorted(hashes[start : start + 2])
            level.append(hashlib.sha512(pair[0] + pair[1]).digest() if len(pair) == 2 else pair[0])
        hashes = level
    return hashes[0]


@given(LEAVES)
def test_the_way_of_every_leaf_leads_to_the_root(leaves: list[bytes]) -> None:
    built = tree(leaves)
    assert built.root == by_rfc_4998(leaves)
    assert {root_from(leaf, path) for leaf, path in zip(leaves, built.paths(), strict=True)} == {built.root}


@given(LEAVES, st.binary(max_size=20))
def test_what_was_not_stored_has_no_way_to_the_root(leaves: list[bytes], other: bytes) -> None:
    built = tree(leaves)
    for path in built.paths():
        if (leaf := digest(other)) not in leaves:
            assert root_from(leaf, path) != built.root


@given(LEAVES, st.data())
def test_a_way_with_one_changed_bit_leads_elsewhere(leaves: list[bytes], data: st.DataObject) -> None:
    built = tree(leaves)
    place = data.draw(st.integers(0, len(leaves) - 1))
    path = bytearray(list(built.paths())[place])
    if path:
        bit = data.draw(st.integers(0, len(path) * 8 - 1))
        path[bit // 8] ^= 1 << bit % 8
        assert root_from(leaves[place], bytes(path)) != built.root


@given(st.integers(1, 200))
def test_a_way_is_as_long_as_the_tree_is_high(count: int) -> None:
    leaves = [digest(str(number).encode()) for number in range(count)]
    assert max(len(steps(path)) for path in tree(leaves).paths()) == (count - 1).bit_length()


def test_a_way_that_was_cut_is_refused() -> None:
    with pytest.raises(ValueError, match="cut"):
        root_from(digest(b"a"), b"x" * (SIZE - 1))


def test_nothing_has_no_tree() -> None:
    with pytest.raises(ValueError, match="leaf"):
        tree([])
