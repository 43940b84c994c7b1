"""A draft of arranged pages: every step can be taken back, none loses a page, and the text gives it back."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from eakte.records.page_draft import Draft, cut_at, draft_of, joined, moved_up, read, turned, without, written

A, B = UUID(int=1), UUID(int=2)
STEPS = {"turn": turned, "up": moved_up, "cut": cut_at}
WAYS = st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(-1, 9)), max_size=12)


def gone(draft: Draft, steps: list[tuple[str, int]]) -> Draft:
    for step, place in steps:
        draft = STEPS[step](draft, place)
    return draft


def drafts() -> st.SearchStrategy[Draft]:
    few = st.integers(1, 4)
    return st.builds(lambda a, b, steps: gone(joined(draft_of(A, a), B, b), steps), few, few, WAYS)


def pages_of(draft: Draft) -> list[tuple[UUID, int]]:
    return sorted((page.source, page.number) for page in draft.pages)


@given(drafts(), WAYS)
def test_no_step_loses_or_doubles_a_page(draft: Draft, steps: list[tuple[str, int]]) -> None:
    after = gone(draft, steps)
    assert pages_of(after) == pages_of(draft)
    assert [page for part in after.parts for page in part] == list(after.pages)
    assert all(after.parts)


@given(drafts(), st.integers(0, 9))
def test_every_step_can_be_taken_back(draft: Draft, place: int) -> None:
    assert gone(draft, [("turn", place)] * 4) == draft
    for step in ("up", "cut"):
        assert gone(draft, [(step, place)] * 2) == draft


@given(drafts())
def test_the_text_gives_the_draft_back(draft: Draft) -> None:
    assert read(written(draft, [A, B]), [A, B]) == draft


@given(st.text(max_size=30))
def test_any_other_text_is_no_draft_or_a_sound_one(text: str) -> None:
    draft = read(text, [A])
    assert draft is None or all(draft.parts)


def test_an_item_that_was_joined_is_taken_out_again_as_if_it_had_never_been_there() -> None:
    alone = cut_at(turned(draft_of(A, 3), 1), 2)
    assert without(cut_at(joined(alone, B, 2), 3), B) == alone


def test_a_page_that_is_moved_past_a_cut_changes_its_part_with_its_neighbour() -> None:
    draft = moved_up(cut_at(draft_of(A, 4), 2), 2)
    assert [[page.number for page in part] for part in draft.parts] == [[1, 3], [2, 4]]
