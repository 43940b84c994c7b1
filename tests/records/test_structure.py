"""Levels: nothing lies deeper than the standard allows, however it came there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eakte.errors import TooDeep
from eakte.records.structure import MOST_LEVELS, above, branch, check_case, check_sub_file, height, level


@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 6))
def test_a_case_is_admitted_exactly_while_a_document_in_it_stays_within_five_levels(
    sub_files: int, cases: int, below: int
) -> None:
    document = 1 + sub_files + cases + 1 + below + 1
    if document <= MOST_LEVELS:
        check_case(sub_files_above=sub_files, cases_above=cases, height=below)
    else:
        with pytest.raises(TooDeep):
            check_case(sub_files_above=sub_files, cases_above=cases, height=below)


@given(st.integers(0, 6), st.integers(0, 6))
def test_an_admitted_sub_file_can_always_hold_a_case(sub_files: int, below: int) -> None:
    try:
        check_sub_file(sub_files_above=sub_files, height=below)
    except TooDeep:
        with pytest.raises(TooDeep):
            check_case(sub_files_above=sub_files + 1, cases_above=0, height=max(below - 1, 0))
    else:
        check_case(sub_files_above=sub_files + 1, cases_above=0, height=max(below - 1, 0))


@given(st.dictionaries(st.integers(0, 9), st.one_of(st.none(), st.integers(0, 9)), min_size=1))
def test_walking_up_ends_also_in_a_ring(parents: dict[int, int | None]) -> None:
    for key in parents:
        ways = list(above(key, parents))
        assert len(ways) == len(set(ways))
        assert key not in ways
        assert key in branch(key, parents)


@given(st.lists(st.integers(0, 20), min_size=1, max_size=12))
def test_the_height_of_a_branch_is_the_longest_way_down(choices: list[int]) -> None:
    parents: dict[int, int | None] = {0: None}
    for number, choice in enumerate(choices, start=1):
        parents[number] = choice % number
    depths = {key: len(list(above(key, parents))) for key in parents}
    assert height(0, parents) == max(depths.values())
    assert branch(0, parents) == frozenset(parents)


def test_levels_count_from_the_case_file() -> None:
    assert level(sub_files_above=0) == 2
    assert level(sub_files_above=1, cases_above=1) == 4
