"""The order of pages, pure: nothing is lost, nothing doubled unasked, and what goes with a destroyed record."""

from __future__ import annotations

from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eakte.errors import InvalidInput
from eakte.records.arranging import (
    PageRef,
    Part,
    check,
    from_json,
    gone_with,
    name_of,
    sources_of,
    to_json,
)

Order = tuple[dict[UUID, int], tuple[Part, ...]]
A, B, C, D, E = (UUID(int=number) for number in range(1, 6))


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Pages of one to three items, all of them, shuffled, turned and cut into parts anywhere."""
    pages = {one: draw(st.integers(1, 4)) for one in (A, B, C)[: draw(st.integers(1, 3))]}
    every = [PageRef(one, number) for one, count in pages.items() for number in range(1, count + 1)]
    laid = [PageRef(p.source, p.number, draw(st.sampled_from((0, 90, 180, 270)))) for p in draw(st.permutations(every))]
    cuts = sorted({0, len(laid), *draw(st.sets(st.integers(1, max(1, len(laid) - 1)), max_size=3))})
    return pages, tuple(tuple(laid[a:b]) for a, b in pairwise(cuts))


def refused(pages: dict[UUID, int], parts: tuple[Part, ...]) -> bool:
    try:
        check(parts, pages)
    except InvalidInput:
        return True
    return False


@given(orders())
def test_every_order_of_all_pages_is_taken_unless_it_changes_nothing(
    order: Order,
) -> None:
    pages, parts = order
    as_it_was = len(pages) == 1 and parts == (tuple(PageRef(A, number) for number in range(1, pages[A] + 1)),)
    assert refused(pages, parts) is as_it_was


@given(orders(), st.data())
def test_no_page_may_be_lost(order: Order, data: st.DataObject) -> None:
    pages, parts = order
    place = data.draw(st.integers(0, len(parts) - 1))
    within = data.draw(st.integers(0, len(parts[place]) - 1))
    short = parts[place][:within] + parts[place][within + 1 :]
    assert refused(pages, (*parts[:place], *((short,) if short else ()), *parts[place + 1 :]))


@given(orders(), st.data())
def test_no_page_comes_twice_unless_told(order: Order, data: st.DataObject) -> None:
    pages, parts = order
    twice = (*parts, (data.draw(st.sampled_from([page for part in parts for page in part])),))
    assert refused(pages, twice)
    check(twice, pages, copies=True)


@given(orders())
def test_an_order_is_kept_as_it_was_given(order: Order) -> None:
    pages, parts = order
    assert from_json(to_json(parts)) == parts
    assert set(sources_of(parts)) == set(pages)


@pytest.mark.parametrize(
    "parts",
    [(), ((),), ((PageRef(A, 1), PageRef(A, 2), PageRef(A, 3)),), ((PageRef(A, 2), PageRef(A, 1, 45)),)],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(parts: tuple[Part, ...]) -> None:
    with pytest.raises(InvalidInput) as told:
        check(parts, {A: 2})
    assert str(told.value.detail["problem"]).endswith(".")


def test_a_new_item_is_called_as_its_source_and_what_was_done() -> None:
    assert name_of("Post vom 3.5.tif", 2, 3, 1) == "Post vom 3.5 (Teil 2 von 3).pdf"
    assert name_of("brief.pdf", 1, 1, 2) == "brief (zusammengeführt).pdf"
    assert name_of("brief.pdf", 1, 1, 1) == "brief (Seiten geordnet).pdf"


def test_a_source_stays_while_another_part_is_kept_and_goes_with_the_last() -> None:
    made = {B: {A}, C: {A}}
    assert gone_with({B}, made, replaced={A}, keeping={B, C}) == set()
    assert gone_with({C}, {C: {A}}, replaced={A}, keeping={C}) == {A}


def test_a_part_that_is_no_record_keeps_nothing() -> None:
    assert gone_with({B}, {B: {A}, C: {A}}, replaced={A}, keeping={B}) == {A}


def test_through_others_too_a_source_goes_with_the_last_that_came_from_it() -> None:
    made = {B: {A}, C: {A}, D: {A, B}, E: {A, B}}
    assert gone_with({D}, made, replaced={A, B}, keeping={C, D, E}) == set()
    assert gone_with({D, E}, made, replaced={A, B}, keeping={C, D, E}) == {B}
    assert gone_with({C, D, E}, made, replaced={A, B}, keeping={C, D, E}) == {A, B}


def test_what_was_made_of_it_and_taken_back_goes_with_it() -> None:
    assert gone_with({A}, {B: {A, C}}, replaced={B}, keeping={A, C}) == {B}
    assert gone_with({C}, {B: {A}, C: {A}}, replaced={A, B}, keeping={C}) == {A, B}


def test_what_only_shared_an_undone_arrangement_stays() -> None:
    made = {B: {A, C}, D: {C}}
    assert gone_with({A}, made, replaced={B, C}, keeping={A}) == {B}


@given(st.dictionaries(st.integers(4, 7), st.sets(st.integers(0, 3), min_size=1), min_size=1), st.data())
def test_sources_go_with_their_last_kept_part_and_never_before(made: dict[int, set[int]], data: st.DataObject) -> None:
    came_from = {UUID(int=part): {UUID(int=one) for one in sources} for part, sources in made.items()}
    gone = set(data.draw(st.lists(st.sampled_from(sorted(came_from)), unique=True)))
    going = gone_with(gone, came_from, replaced={UUID(int=one) for one in range(4)}, keeping=set(came_from))
    left = {one for part, sources in came_from.items() if part not in gone for one in sources}
    assert going == {one for part in gone for one in came_from[part]} - left
