"""What a unit's migration has done day by day, by the city's midnight, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from eakte.actions import migrating, migration_report
from eakte.actions.migration_days import Day, days_done
from eakte.records.migration import RunState
from eakte.services import Services
from eakte.store.migration import MigrationLine, MigrationRun
from tests.shelf import LOGIN, shelf_of
from tests.town import Town

MIDNIGHT = datetime(2026, 11, 18, 23, 0, tzinfo=UTC)
"""In Berlin, where 19 November begins."""


def test_files_and_pages_fall_on_the_citys_days_and_leave_with_a_rollback(town: Town, services: Services) -> None:
    shelf = shelf_of(town, services)
    first, second, third = shelf.fill(3)
    run_id, actor = shelf.imported(), town.actor(LOGIN)
    moments = [MIDNIGHT.replace(hour=22, minute=59), MIDNIGHT, town.now]
    with town.database.begin() as session:
        lines = session.scalars(select(MigrationLine).order_by(MigrationLine.number)).all()
        for line, moment in zip(lines, moments, strict=True):
            line.done_at = moment
    with town.database.reading() as session:
        [unit] = days_done(session, actor, town.now, days=4)
    assert unit.code == "63.2"
    assert unit.days == (
        Day(date(2026, 11, 17), 0, 0),
        Day(date(2026, 11, 18), 1, first.pages),
        Day(date(2026, 11, 19), 1, second.pages),
        Day(date(2026, 11, 20), 1, third.pages),
    )
    with town.database.begin() as session:
        migrating.roll_back(session, actor, run_id, reason="Irrtum", now=town.now)
    assert shelf.work_off(run_id) is RunState.ROLLED_BACK
    with town.database.reading() as session:
        assert days_done(session, actor, town.now) == []


def test_the_pace_of_a_running_migration_is_told_in_pages_too(town: Town, services: Services) -> None:
    shelf = shelf_of(town, services)
    pages = sum(binder.pages for binder in shelf.fill(2))
    run_id, actor = shelf.imported(), town.actor(LOGIN)
    with town.database.begin() as session:
        run = session.get_one(MigrationRun, run_id)
        run.state, run.started_at = RunState.RUNNING, town.now - timedelta(minutes=30)
        for line in session.scalars(select(MigrationLine)):
            line.done_at = town.now - timedelta(minutes=5)
    with town.database.reading() as session:
        told = migration_report.progress(session, actor, run_id, town.now)
        later = migration_report.progress(session, actor, run_id, town.now + timedelta(minutes=20))
    assert (told.pages_per_hour, told.per_hour) == (pages * 6, 12)
    assert (later.pages_per_hour, later.per_hour) == (None, None)
