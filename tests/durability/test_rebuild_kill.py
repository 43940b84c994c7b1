"""``kill -9`` of the worker while it builds the search index anew: the old one answers, the new one misses nothing."""

import json
import random
import signal
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions.comparing import differences
from eakte.services import Services, build
from eakte.settings import Settings
from eakte.store.documents import Document
from eakte.worker import indexing
from eakte.worker.runtime import Pace
from eakte.worker.service import Worker
from search import Query
from search.model import MaySee
from tests.durability import rebuild_worker
from tests.durability.harness import FORKS, wait_until
from tests.town import Town

KILLS = 4
DOCUMENTS = 10


def outdated(folder: Path) -> None:
    """Let the index be one that an earlier analysis made."""
    [mark] = (folder / "index").glob("g*/fingerprint.json")
    mark.write_text(json.dumps(json.loads(mark.read_text("utf-8")) | {"analysis": "0"}), "utf-8")


def killed(services: Services, seconds: float) -> int | None:
    """Run a worker until it is killed, and return how it ended; ``None`` if it had nothing to die of."""
    settings = services.settings
    worker = FORKS.Process(
        target=rebuild_worker.main, args=(str(settings.data_folder), settings.database_url, seconds), daemon=True
    )
    worker.start()
    worker.join(60)
    worker.kill()
    return worker.exitcode


def found(services: Services, town: Town) -> set[str]:
    hits = services.index.find(Query("Baugenehmigung", limit=100), MaySee(town.actor("brandt").keys)).hits
    return {hit.document_id for hit in hits}


def put_new(services: Services, town: Town, there: set[str]) -> set[str]:
    """Bring what was filed since to the index, and return all that is filed."""
    with town.database.reading() as session:
        filed = set(map(str, session.scalars(select(Document.id).where(Document.case_id.is_not(None)))))
    for document_id in filed - there:
        indexing.put(services, document_id)
    return filed


@pytest.mark.timeout(500)
def test_the_index_answers_and_misses_nothing_wherever_the_worker_is_killed(town: Town) -> None:
    url = town.database.url.render_as_string(hide_password=False)
    services = build(Settings(data_folder=town.folder, database_url=url))
    for _ in range(DOCUMENTS):
        town.filed()
    there = put_new(services, town, set())
    chance = random.Random(5)
    for _ in range(KILLS):
        if not services.index.state().needs_rebuild:
            services.close()
            outdated(town.folder)
            services = build(services.settings)
        assert killed(services, chance.uniform(0, 0.8)) == -signal.SIGKILL
        assert found(services, town) == there
        gone = min(there)
        with town.database.begin() as session:
            document = session.get_one(Document, UUID(gone))
            document.case_id = document.position = None
        town.filed()
        there = put_new(services, town, there)
        indexing.put(services, gone)
        assert gone not in there
        assert found(services, town) == there
    worker = Worker(services, pace=Pace(poll=0.1, beat=0.5))
    worker.start()
    assert wait_until(lambda: not services.index.state().needs_rebuild, 150)
    worker.close(grace=5)
    assert found(services, town) == there == set(dict(services.index.versions()))
    with town.database.reading() as session:
        assert not differences(session, services.index).any
    services.close()
