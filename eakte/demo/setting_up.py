"""Organisation, people, file plan and rules of the demo city, in one transaction."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

from sqlalchemy.orm import Session

from eakte.actions import organisation, users
from eakte.demo.data import City
from eakte.records.access import SYSTEM, Role
from eakte.records.calendar import BERLIN
from eakte.store.history import record
from retention.catalogue import load_csv

FOUNDED = date(2009, 1, 5)
"""First day of the demo's electronic records: posts and plan hold from here on."""
BEGUN, LOADED = "demo.begun", "demo.loaded"


def set_up(session: Session, city: City, config: Path, now: datetime) -> None:
    """Create everything that stands before the first case file. *now* is the real time of loading."""
    founded = min(datetime.combine(FOUNDED, time(8), tzinfo=BERLIN), now)
    record(session, SYSTEM, BEGUN, about=("demo", "1"), now=founded, detail={"loaded_at": now.isoformat()})
    for unit in sorted(city.units, key=lambda unit: unit.code):
        organisation.add_unit(
            session, SYSTEM, code=unit.code, name=unit.name, kind=unit.kind, parent=unit.parent, now=founded
        )
    _people(session, city, founded)
    organisation.add_rules(session, SYSTEM, load_csv(config / "retention" / "demo_rules.csv"), founded)
    organisation.add_plan(session, SYSTEM, _plan_lines(city), founded)


def _people(session: Session, city: City, now: datetime) -> None:
    for person in city.people:
        users.add_person(session, SYSTEM, login=person.login, name=person.name, password=city.password, now=now)
        users.assign_post(
            session,
            SYSTEM,
            person.login,
            unit_code=person.unit,
            title=person.title,
            role=Role[person.role],
            valid_from=FOUNDED,
            now=now,
        )


def _plan_lines(city: City) -> list[organisation.PlanLine]:
    return [
        organisation.PlanLine(entry.code, entry.title, entry.parent, entry.rule_code or None, entry.lead_unit or None)
        for entry in sorted(city.plan, key=lambda entry: entry.code)
    ]
