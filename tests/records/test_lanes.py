"""Which document is read next."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from eakte.records.lanes import MASS_PATIENCE, MOST_BEHIND, Lane, lane_of, turn

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
moments = st.integers(30, 20_000).map(lambda days: NOW + timedelta(days=days))
waiting = st.integers(0, 100_000)


@given(moments, st.integers(0, MASS_PATIENCE - MOST_BEHIND - 1), waiting, waiting)
def test_mail_overtakes_the_mass_load_of_the_last_half_day(now: datetime, age: int, mail: int, mass: int) -> None:
    assert turn(Lane.MAIL, now, mail) < turn(Lane.MASS, now - timedelta(minutes=age), mass)


@given(moments, waiting, waiting)
def test_no_mail_overtakes_what_has_waited_for_more_than_its_patience(now: datetime, mail: int, mass: int) -> None:
    queued = now - timedelta(minutes=MASS_PATIENCE + MOST_BEHIND + 1)
    assert turn(Lane.MASS, queued, mass) < turn(Lane.MAIL, now, mail)


@given(st.sampled_from(Lane), moments, st.integers(1, 100_000))
def test_the_first_document_of_one_department_comes_before_the_second_of_another(
    lane: Lane, now: datetime, behind: int
) -> None:
    assert turn(lane, now, 0) < turn(lane, now, behind)


@given(st.sampled_from(Lane), moments, waiting)
def test_a_turn_is_a_priority_the_queue_takes(lane: Lane, now: datetime, behind: int) -> None:
    assert 1 <= turn(lane, now, behind) < 2**31


def test_only_the_migration_is_mass_load() -> None:
    assert lane_of("migration") is Lane.MASS
    assert {lane_of(source) for source in ("upload", "folder", "mail", "program")} == {Lane.MAIL}
