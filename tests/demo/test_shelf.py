"""The shelf of the demo: its dry run shows the two lines that are wrong on purpose, all others are taken in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions import migrating, users
from eakte.actions.migrating import NewRun
from eakte.actions.migration_check import dry_run
from eakte.cli.console import Console
from eakte.cli.demo import demo
from eakte.demo.data import CONFIG, load_city
from eakte.demo.setting_up import LOADED, set_up
from eakte.demo.shelf import NAME, UNIT, write_shelf
from eakte.records.access import SYSTEM, Actor
from eakte.records.migration import LineState
from eakte.records.states import CaseFileState, ItemState
from eakte.services import Services, build
from eakte.settings import Settings
from eakte.store.documents import IncomingItem
from eakte.store.files import CaseFile
from eakte.store.history import record
from eakte.store.migration import MigrationLine
from eakte.store.scan_folders import ScanFolders
from eakte.worker import intake, migration
from ingest.languages import installed
from ingest.page_counts import count_pages

REGISTRAR = "schaefer"
"""Whom README sends to the migration desk."""
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("shelf") / "migration"
    write_shelf(root)
    return root


@pytest.fixture
def services(tmp_path: Path, migrated_sqlite: Path, root: Path) -> Iterator[Services]:
    """The organisation of the demo city, without its post."""
    shutil.copy(migrated_sqlite, tmp_path / "eakte.sqlite")
    made = build(Settings(data_folder=tmp_path, migration_folder=str(root), ocr_engine="null"))
    with made.database.begin() as session:
        set_up(session, load_city(), CONFIG, NOW)
    yield made
    made.close()


def manifest(root: Path) -> bytes:
    return (root / UNIT / f"{NAME}.csv").read_bytes()


def made(session: Session, root: Path) -> tuple[Actor, UUID]:
    """Make a run as the registrar of the demo does in the browser."""
    actor, folder = users.actor_by_login(session, REGISTRAR, NOW), f"{UNIT}/{NAME}"
    folders = ScanFolders(str(root))
    assert folders.of_unit(UNIT) == (folder,)
    new = NewRun("Regal 1", UNIT, folder, manifest(root), "", "Altakte")
    return actor, migrating.create(session, actor, folders, new, installed=installed(), now=NOW).id


def test_the_shelf_is_written_once_and_is_the_same_everywhere(root: Path, tmp_path: Path) -> None:
    before = {file: file.stat().st_mtime_ns for file in root.rglob("*")}
    assert write_shelf(root).read_bytes() == manifest(root)
    assert {file: file.stat().st_mtime_ns for file in root.rglob("*")} == before
    assert write_shelf(tmp_path).read_bytes() == manifest(root)


def test_the_dry_run_names_the_two_lines_that_are_wrong_and_no_other(services: Services, root: Path) -> None:
    with services.database.begin() as session:
        actor, run_id = made(session, root)
        found = dry_run(session, actor, run_id, ScanFolders(str(root)), count_pages, 60, NOW)
    assert [[fault.code for fault in line.faults] for line in found.faulty] == [["pages-differ"], ["missing-scan"]]
    assert (found.lines, found.new_files, found.closing) == (7, 7, 7)


@pytest.mark.timeout(300)
def test_the_run_takes_in_what_is_right_and_leaves_two_lines_to_decide_on(services: Services, root: Path) -> None:
    with services.database.begin() as session:
        actor, run_id = made(session, root)
        migrating.start(session, actor, run_id, now=NOW)
    for number in range(40):
        migration.work(services, str(run_id), f"1:{number}")
        _read(services)
        migration.go_on(services, str(run_id), f"1:{number}")
    with services.database.reading() as session:
        lines = session.scalars(select(MigrationLine).where(MigrationLine.run_id == run_id)).all()
        states = {line.number: line.state for line in lines}
        files = session.scalars(select(CaseFile)).all()
    wrong = {4: LineState.EXCEPTION, 8: LineState.EXCEPTION}
    assert states == dict.fromkeys(range(2, 9), LineState.FILED) | wrong
    assert {file.state for file in files} == {CaseFileState.OPEN, CaseFileState.CLOSED}
    assert min(file.closed_on for file in files if file.closed_on).year == 1986


def _read(services: Services) -> None:
    with services.database.reading() as session:
        waiting = session.scalars(select(IncomingItem.id).where(IncomingItem.state == ItemState.RECEIVED)).all()
    for item_id in waiting:
        intake.read(services, str(item_id))
        intake.propose(services, str(item_id))


def test_loading_the_demo_tells_where_the_manifest_is(
    services: Services, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = services.settings
    with services.database.begin() as session:
        record(session, SYSTEM, LOADED, about=("demo", "1"), now=NOW)
    monkeypatch.setenv("EAKTE_DATA_FOLDER", str(settings.data_folder))
    for place, told in ((str(root), True), ("", False)):
        monkeypatch.setenv("EAKTE_MIGRATION_FOLDER", place)
        console = Console(None)
        result = CliRunner().invoke(demo, ["--once"], obj=console)
        console.close()
        assert result.exit_code == 0, result.output
        assert (f"{root / UNIT / NAME}.csv" in result.output) is told
