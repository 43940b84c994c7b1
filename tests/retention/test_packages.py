"""Dividing what goes to the archive: nothing is lost, nothing is divided, no package is bigger than agreed."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from retention.package import divided

SIZES = st.lists(st.integers(min_value=0, max_value=50), max_size=30)


@given(SIZES, st.integers(min_value=0, max_value=60), st.integers(min_value=0, max_value=5))
def test_pieces_keep_the_order_and_stay_within_both_limits(sizes: list[int], limit: int, most: int) -> None:
    pieces = divided(sizes, lambda size: size, limit, most)
    assert [size for piece in pieces for size in piece] == sizes
    assert all(pieces)
    assert not limit or all(sum(piece) <= limit or len(piece) == 1 for piece in pieces)
    assert not most or all(len(piece) <= most for piece in pieces)


@given(SIZES)
def test_without_limits_there_is_one_piece_or_none(sizes: list[int]) -> None:
    assert divided(sizes, lambda size: size, 0, 0) == ([sizes] if sizes else [])


@given(SIZES.filter(bool), st.integers(min_value=1, max_value=60))
def test_no_two_neighbours_would_have_fitted_into_one(sizes: list[int], limit: int) -> None:
    pieces = divided(sizes, lambda size: size, limit, 0)
    assert all(sum(first) + second[0] > limit for first, second in pairwise(pieces))
