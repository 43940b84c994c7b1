"""A city with its people, plan, rules and case files, a real worker, and a clock that tests may put forward."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions import users
from eakte.demo.data import CaseFileEntry, load_city
from eakte.demo.letters import Carrier, Letter, letters
from eakte.demo.script import OpenFile, script
from eakte.demo.setting_up import set_up
from eakte.demo.telling import Teller
from eakte.records.access import Actor
from eakte.services import Services, build
from eakte.settings import Settings
from eakte.store.database import Database
from eakte.store.files import CaseFile
from eakte.worker import clock
from eakte.worker.service import Worker

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
CITY = load_city()
PLAN = "61.02.01"
"""Tax assessments: ten years after closing, then destroyed; their rule starts with the closing directive."""
PATIENCE = 120.0


class Clock:
    """The edges' clock; stands where the test puts it."""

    def __init__(self) -> None:
        self.moment = START

    def now(self, _: object = None) -> datetime:
        return self.moment


@dataclass
class Story:
    """Everything a story needs: services, clock, a scanned letter and the case file it belongs to."""

    services: Services
    clock: Clock
    letter: Letter
    scan: Path
    entry: CaseFileEntry
    case_file_id: UUID

    def actor(self, login: str) -> Actor:
        with self.services.database.reading() as session:
            return users.actor_by_login(session, login, self.clock.moment)

    def wait_until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait for the worker; a story that never goes on fails by name."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, f"never: {what}"
            time.sleep(0.1)


@pytest.fixture
def story(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    """The city on a real database of each kind, with its worker running."""
    settings = Settings(
        data_folder=tmp_path / "data",
        database_url=database.url.render_as_string(hide_password=False),
        cooling_off_days=0,
    )
    hands = Clock()
    monkeypatch.setattr(clock, "datetime", hands)
    services = build(settings)
    with services.database.begin() as session:
        set_up(session, CITY, settings.config_folder, START)
    letter = next(_scanned_letters())
    entry = CITY.case_file(letter.spec.case_file_key or "")
    case_file_id = _open_files(services, entry)
    folder = tmp_path / "scanner"
    folder.mkdir()
    worker = Worker(services)
    worker.start()
    yield Story(services, hands, letter, letter.render(folder), entry, case_file_id)
    worker.close()
    services.close()


def _scanned_letters() -> Iterator[Letter]:
    """Letters on paper that belong to a tax file and print its reference."""
    for letter in letters(seed=7, count=400, city=CITY):
        spec = letter.spec
        if spec.file_plan_code == PLAN and spec.reference and spec.carrier is Carrier.SCAN_PDF:
            yield letter


def _open_files(services: Services, wanted: CaseFileEntry) -> UUID:
    """Open the case files in the city's order, so that they get the references that letters print."""
    teller = Teller(services, CITY, {}, START)
    for step in script(CITY, [], START):
        if isinstance(step, OpenFile):
            teller.tell(step)
    with services.database.reading() as session:
        return session.scalars(select(CaseFile.id).where(CaseFile.file_reference == wanted.reference)).one()
