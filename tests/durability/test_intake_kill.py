"""``kill -9`` of the worker at every step of the intake: every accepted file waits in the inbox exactly once."""

import signal
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.records.states import ItemState
from eakte.services import Services
from eakte.settings import Settings
from eakte.store.documents import Document, IncomingItem
from eakte.store.history import HistoryEntry
from eakte.store.jobs import live_jobs
from eakte.worker.runtime import Pace
from eakte.worker.service import Worker
from search.engines import open_engine
from tests.durability import intake_worker
from tests.durability.harness import FORKS, wait_until
from tests.town import Town

POINTS = [
    (function, moment)
    for function in ("begin_reading", "reading_of", "record_reading", "record_proposals")
    for moment in ("before", "after")
]


def run_until_killed(town: Town, item_id: UUID, point: tuple[str, str]) -> int | None:
    url = town.database.url.render_as_string(hide_password=False)
    marks = f"{item_id},brief-{town.counter}.pdf"
    worker = FORKS.Process(target=intake_worker.main, args=(str(town.folder), url, marks, *point), daemon=True)
    worker.start()
    worker.join(90)
    return worker.exitcode


@pytest.mark.timeout(240)
def test_every_accepted_file_waits_exactly_once_wherever_the_worker_is_killed(town: Town, tmp_path: Path) -> None:
    contents: dict[UUID, bytes] = {}
    for function, moment in POINTS:
        content = f"Antrag auf Baugenehmigung, {moment} {function}".encode()
        item_id = town.receive(content).item_id
        contents[item_id] = content
        assert run_until_killed(town, item_id, (function, moment)) == -signal.SIGKILL
    _work_off(town, tmp_path)
    with town.database.reading() as session:
        items = session.scalars(select(IncomingItem)).all()
        assert {item.id: item.state for item in items} == dict.fromkeys(contents, ItemState.WAITING)
        documents = session.scalars(select(Document.item_id)).all()
        assert sorted(documents) == sorted(contents)
        told = session.scalars(select(HistoryEntry.about_id).where(HistoryEntry.action == "item.read")).all()
        assert sorted(told) == sorted(str(item_id) for item_id in contents)
        for item in items:
            with town.objects.path(item.sha256) as kept:
                assert kept.read_bytes() == contents[item.id]


def _work_off(town: Town, folder: Path) -> None:
    """Let a worker that nobody kills finish what is left."""
    index = open_engine("tantivy", folder / "index")
    settings = Settings(data_folder=folder)
    services = Services(settings=settings, database=town.database, objects=town.objects, index=index, archive=None)
    worker = Worker(services, pace=Pace(poll=0.1, beat=0.5))
    worker.start()
    assert wait_until(lambda: not live_jobs(town.database, "intake"), 60, every=0.2)
    worker.close(grace=5)
    index.close()
