"""When a learned model takes over: judged by the newest, and never where it is worse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from eakte.records.learning import HELD_BACK, LEAST_HELD_BACK, Judged, held_back

START = datetime(2026, 1, 1, tzinfo=UTC)


@given(st.integers(0, 50), st.integers(0, 50))
def test_a_model_serves_exactly_if_it_had_no_fewer_right(right: int, before: int) -> None:
    assert Judged(50, right, before).may_serve == (right >= before)


@given(st.integers(20, 400), st.integers(0, 500) | st.none())
def test_the_newest_are_held_back_and_most_are_left_to_learn_from(count: int, known: int | None) -> None:
    times = [START + timedelta(hours=number) for number in range(count)]
    until = None if known is None else START + timedelta(hours=known)
    newest = held_back(times, until)
    assert LEAST_HELD_BACK <= newest <= max(LEAST_HELD_BACK, round(count * HELD_BACK)) < count
    new = sum(moment > until for moment in times) if until else count
    if new >= LEAST_HELD_BACK:
        assert newest <= new, "the model before must not be asked what it has learned"
