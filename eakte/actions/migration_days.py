"""What the migration of each unit has done day by day: case files and pages, by the city's calendar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, case, func, select
from sqlalchemy.orm import Session

from eakte.actions.migrating import runs
from eakte.actions.migration_report import DONE
from eakte.records.access import Actor
from eakte.records.calendar import day_of, end_of, start_of
from eakte.records.migration import RunState, ScanState
from eakte.store.migration import MigrationLine, MigrationRun, MigrationScan
from eakte.store.people import OrgUnit

SHOWN_DAYS = 14
COUNTED = frozenset({RunState.RUNNING, RunState.STOPPED, RunState.DONE})


@dataclass(frozen=True, slots=True)
class Day:
    """One day: case files whose last line was settled on it, and pages filed on it."""

    day: date
    files: int
    pages: int


@dataclass(frozen=True, slots=True)
class DepartmentDays:
    """The days of one unit, oldest first, none left out."""

    code: str
    name: str
    days: tuple[Day, ...]


def days_done(session: Session, actor: Actor, now: datetime, *, days: int = SHOWN_DAYS) -> list[DepartmentDays]:
    """Return what each of the actor's units has done on each of the last days, units without anything left out."""
    counted = [run.id for run in runs(session, actor) if run.state in COUNTED]
    shown = [day_of(now) - timedelta(days=back) for back in range(days - 1, -1, -1)]
    files, pages = _files(session, counted, shown), _pages(session, counted, shown)
    units = {unit_id: session.get_one(OrgUnit, unit_id).current for unit_id, _ in {*files, *pages}}
    found = [
        DepartmentDays(
            unit.code,
            unit.name,
            tuple(
                Day(day, files.get((unit_id, place), 0), pages.get((unit_id, place), 0))
                for place, day in enumerate(shown)
            ),
        )
        for unit_id, unit in units.items()
    ]
    return sorted(found, key=lambda one: one.code)


def _place(moment: SQLColumnExpression[datetime | None], days: Collection[date]) -> ColumnElement[int]:
    """Return the expression for the place of a moment among the days: databases do not know the city's midnight."""
    return case(*((moment < end_of(day), place) for place, day in enumerate(days)), else_=len(days))


def _pages(session: Session, run_ids: Collection[UUID], days: Collection[date]) -> dict[tuple[UUID, int], int]:
    place = _place(MigrationLine.done_at, days)
    query = (
        select(MigrationRun.org_unit_id, place, func.sum(MigrationScan.pages))
        .join(MigrationLine, MigrationLine.run_id == MigrationRun.id)
        .join(MigrationScan, MigrationScan.line_id == MigrationLine.id)
        .where(MigrationRun.id.in_(run_ids), MigrationLine.done_at >= start_of(min(days)))
        .where(MigrationLine.state.in_(DONE), MigrationScan.state == ScanState.FILED)
        .group_by(MigrationRun.org_unit_id, place)
    )
    return _summed(session.execute(query).all())


def _files(session: Session, run_ids: Collection[UUID], days: Collection[date]) -> dict[tuple[UUID, int], int]:
    last = (
        select(MigrationLine.run_id, func.max(MigrationLine.done_at).label("done_at"))
        .where(MigrationLine.run_id.in_(run_ids), MigrationLine.state.in_(DONE))
        .where(MigrationLine.case_file_id.is_not(None))
        .group_by(MigrationLine.run_id, MigrationLine.case_file_id)
        .subquery()
    )
    place = _place(last.c.done_at, days)
    query = (
        select(MigrationRun.org_unit_id, place, func.count())
        .join(last, last.c.run_id == MigrationRun.id)
        .where(last.c.done_at >= start_of(min(days)))
        .group_by(MigrationRun.org_unit_id, place)
    )
    return _summed(session.execute(query).all())


def _summed(rows: Collection[tuple[UUID, int, int | None]]) -> dict[tuple[UUID, int], int]:
    found: dict[tuple[UUID, int], int] = defaultdict(int)
    for unit_id, place, number in rows:
        found[unit_id, place] += number or 0
    return found
