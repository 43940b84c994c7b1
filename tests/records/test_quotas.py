"""Limits of what may come in, against a leaking bucket counted naively."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from eakte.records.quotas import DAY, Limit, Quotas, cost_of
from eakte.records.throttle import per, spent, take

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)
SENT = st.lists(st.tuples(st.integers(0, 30_000), st.integers(1, 40)), max_size=40)
"""Seconds since the one before, and what it costs."""


@given(most=st.sampled_from([8, 20, 30]), sent=SENT)
def test_a_day_holds_as_much_as_a_bucket_that_leaks_evenly(most: int, sent: list[tuple[int, int]]) -> None:
    allowance = per(most, DAY)
    level, now, arrival = Fraction(0), NOW, None
    for seconds, cost in sent:
        now += timedelta(seconds=seconds)
        level = max(Fraction(0), level - Fraction(seconds * most, 86_400))
        arrival, wait = take(arrival, now, allowance, cost)
        fits = level + cost <= most if cost <= most else level == 0
        assert (wait is None) == fits
        level += cost if fits else 0
        assert spent(arrival, now, allowance) == round(100 * level / most)


@given(most=st.sampled_from([8, 20, 30]), sent=SENT)
def test_who_waits_as_long_as_told_is_let_in_and_not_a_moment_earlier(most: int, sent: list[tuple[int, int]]) -> None:
    allowance = per(most, DAY)
    now, arrival = NOW, None
    for seconds, cost in sent:
        now += timedelta(seconds=seconds)
        arrival, wait = take(arrival, now, allowance, cost)
        if wait is not None:
            assert take(arrival, now + wait, allowance, cost)[1] is None
            assert take(arrival, now + wait - timedelta(microseconds=1), allowance, cost)[1] is not None


def test_limits_of_a_city_are_counted_without_rounding_away() -> None:
    quotas = Quotas(person_mb_per_day=20_000, unit_mb_per_day=1_000_000, person_documents_per_day=5_000)
    found = quotas.allowances()
    assert set(found) == {Limit.PERSON_BYTES, Limit.UNIT_BYTES, Limit.PERSON_DOCUMENTS}
    for allowance in found.values():
        assert abs(allowance.burst * allowance.interval / DAY - 1) < 0.01
    assert [cost_of(Limit.UNIT_BYTES, size) for size in (0, 1, 1_000, 1_001)] == [1, 1, 1, 2]
    assert cost_of(Limit.UNIT_DOCUMENTS, 10**9) == 1
