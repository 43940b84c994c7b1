"""``kill -9`` of the worker in the middle of a migration: every scan is filed exactly once, with its bytes."""

import signal
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.records.migration import LineState, RunState
from eakte.services import build
from eakte.settings import Settings
from eakte.store.documents import Document
from eakte.store.files import CaseFile
from eakte.store.history import HistoryEntry
from eakte.store.migration import MigrationLine, MigrationRun
from eakte.worker.runtime import Pace
from eakte.worker.service import Worker
from tests.durability import migration_worker
from tests.durability.harness import FORKS, wait_until
from tests.shelf import Shelf
from tests.town import Town

POINTS = [
    ("judge_lines", "after", 1),
    ("receive_scan", "before", 2),
    ("receive_scan", "after", 3),
    ("file_scan", "before", 1),
    ("file_scan", "after", 2),
    ("finish", "after", 2),
]


def killed(shelf: Shelf, point: tuple[str, str, int]) -> int | None:
    """Run a worker until it kills itself and return how it ended; ``None`` if it had nothing left to die of."""
    settings = shelf.services.settings
    arguments = (str(settings.data_folder), settings.database_url, settings.migration_folder, *point)
    worker = FORKS.Process(target=migration_worker.main, args=arguments, daemon=True)
    worker.start()
    worker.join(90)
    if worker.exitcode is None:
        worker.kill()
        worker.join()
    return worker.exitcode


@pytest.mark.timeout(500)
def test_every_scan_is_filed_exactly_once_wherever_the_worker_is_killed(town: Town) -> None:
    url = town.database.url.render_as_string(hide_password=False)
    scans = town.folder / "scans"
    services = build(Settings(data_folder=town.folder, database_url=url, migration_folder=str(scans)))
    services.index.close()
    shelf = Shelf(town, services)
    binders = shelf.fill(5)
    run_id = shelf.run()
    shelf.start(run_id)
    for point in POINTS:
        assert killed(shelf, point) == -signal.SIGKILL
    _work_off(shelf, run_id)
    services.database.close()
    with town.database.reading() as session:
        states = session.scalars(select(MigrationLine.state).where(MigrationLine.run_id == run_id)).all()
        assert states == [LineState.FILED] * len(binders)
        assert len(session.scalars(select(CaseFile)).all()) == len(binders)
        filed = session.scalars(select(Document).where(Document.case_id.is_not(None))).all()
        originals = sorted(document.versions[0].original for document in filed)
        files = [path for path in shelf.folder.rglob("*") if path.is_file()]
        assert len(session.scalars(select(Document)).all()) == len(filed) == len(files)
        kept = []
        for original in originals:
            with town.objects.path(original) as stored:
                kept.append(stored.read_bytes())
        assert sorted(kept) == sorted(path.read_bytes() for path in files)
        told = session.scalars(select(HistoryEntry.about_id).where(HistoryEntry.action == "document.filed")).all()
        assert sorted(told) == sorted(str(document.id) for document in filed)


def _work_off(shelf: Shelf, run_id: UUID) -> None:
    """Let a worker that nobody kills finish what is left; a job that died too often is resumed by its person."""
    services = build(shelf.services.settings)
    worker = Worker(services, pace=Pace(poll=0.1, beat=0.5))
    worker.start()

    def ended() -> bool:
        with shelf.town.database.reading() as session:
            state = session.get_one(MigrationRun, run_id).state
        if state is RunState.STOPPED:
            shelf.start(run_id)
        return state is RunState.DONE

    assert wait_until(ended, 150, every=0.2)
    worker.close(grace=5)
    services.close()
