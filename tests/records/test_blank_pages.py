"""Which blank pages are left out of what is shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eakte.records.blank_pages import to_leave_out

PAGES = st.lists(st.booleans(), max_size=30).map(lambda marks: list(enumerate(marks, 1)))


def test_blank_backs_are_left_out() -> None:
    assert to_leave_out([(1, False), (2, True), (3, False), (4, True)]) == (2, 4)


def test_a_document_of_blank_pages_shows_them() -> None:
    assert to_leave_out([(1, True), (2, True)]) == ()
    assert to_leave_out([]) == ()


@given(PAGES)
def test_only_blank_pages_are_left_out_and_something_stays_to_look_at(pages: list[tuple[int, bool]]) -> None:
    left_out = to_leave_out(pages)
    assert set(left_out) <= {number for number, blank in pages if blank}
    assert not pages or len(left_out) < len(pages)
