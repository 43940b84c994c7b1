"""``kill -9`` of whoever writes to the search index: it opens, and the hourly comparison mends what is missing."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions import intake, proposing
from eakte.actions.comparing import Differences, differences
from eakte.actions.entries import expected_versions
from eakte.services import Services, build
from eakte.settings import Settings
from eakte.store.documents import Document
from eakte.store.jobs import live_jobs
from eakte.worker import index_care, indexing
from eakte.worker.runtime import Pace
from eakte.worker.service import Worker
from search import MaySee, Query
from search.engines.server_shelf import ServerShelf
from search.servers import Servers
from tests.durability import index_worker
from tests.durability.harness import FORKS, wait_until
from tests.town import Town

KILLS, FILES, DOCUMENTS = 50, 3, 4
MOMENTS = {"tantivy": 0.12, "whoosh": 0.3, "opensearch": 0.4}
"""Seconds in which a writer begins and ends at least one change, for each engine."""
MENDED = 120
"""Seconds the worker may take for what a comparison ordered."""


@dataclass
class Stock:
    """What is filed, with the search in one engine and a worker that does what the comparison orders."""

    town: Town
    services: Services
    places: list[index_worker.Place]

    def kill(self, number: int, seconds: float) -> None:
        """Kill a writer some seconds after its first change had reached the index."""
        ours, theirs = FORKS.Pipe()
        arguments = (self.services.settings, self.places, number, theirs)
        writer = FORKS.Process(target=index_worker.main, args=arguments, daemon=True)
        writer.start()
        theirs.close()
        with ours:
            assert ours.recv_bytes() == b"begun"
            time.sleep(seconds)
            writer.kill()
        writer.join()
        assert writer.exitcode == -signal.SIGKILL

    def differences(self) -> Differences:
        with self.town.database.reading() as session:
            return differences(session, self.services.index)

    def mend(self, hour: str) -> None:
        """Compare as the worker does every hour, and wait until it has done what that ordered."""
        index_care.compare(self.services, hour)
        assert wait_until(lambda: not live_jobs(self.town.database, "indexing"), MENDED)

    def expected(self) -> dict[str, int]:
        with self.town.database.reading() as session:
            return dict(expected_versions(session))

    def shown(self, text: str) -> list[tuple[str, list[int]]]:
        """Return the hits for a text, each with the numbers of the pages it is shown with."""
        found = self.services.index.find(Query(text, exact=True, limit=100), MaySee(self.town.actor("brandt").keys))
        assert found.total == len(found.hits)
        return [(hit.document_id, sorted(page.number for page in hit.pages)) for hit in found.hits]


@pytest.fixture
def stock(town: Town, engine: str, request: pytest.FixtureRequest) -> Iterator[Stock]:
    url = town.database.url.render_as_string(hide_password=False)
    settings = Settings(data_folder=town.folder, database_url=url, search_engine=engine)
    if engine == "opensearch":
        servers: Servers = request.getfixturevalue("opensearch")
        settings = replace(settings, search_servers=",".join(servers.addresses), search_prefix="eakte-index-kill")
    services = build(settings)
    places = [place for _ in range(FILES) for place in filed(town)]
    for document_id, _, _ in places:
        indexing.put(services, document_id)
    worker = Worker(services, pace=Pace(poll=0.05, beat=1))
    worker.start()
    yield Stock(town, services, places)
    worker.close(grace=5)
    services.close()
    if engine == "opensearch":
        shelf = ServerShelf.on(Servers(servers.addresses, prefix=settings.search_prefix))
        shelf.remove_all()
        shelf.close()


def filed(town: Town) -> list[index_worker.Place]:
    """File letters of two pages in a case file of their own."""
    case_file, places = town.case_file(), []
    for _ in range(DOCUMENTS):
        filed = town.file(letter(town), case_file.id)
        with town.database.reading() as session:
            document = session.get_one(Document, filed.document_id)
            places.append((str(document.id), str(document.case_id), document.position or 0))
    return places


def letter(town: Town) -> UUID:
    """Return a letter of two pages that waits to be filed."""
    item_id = town.receive().item_id
    reading, stored = town.reading(text="Antrag auf einen Stellplatz")
    (first,) = reading.pages
    reading = replace(reading, pages=(first, replace(first, number=2, text="Lageplan zum Stellplatz")))
    with town.database.begin() as session:
        assert intake.begin_reading(session, item_id, town.now)
        intake.record_reading(session, town.objects, item_id, reading, stored=stored, now=town.now)
    with town.database.begin() as session:
        proposing.record_proposals(session, item_id, town.now)
    return item_id


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("engine", "town"),
    [("tantivy", "sqlite"), ("whoosh", "sqlite"), ("opensearch", "postgresql")],
    indirect=["town"],
)
def test_what_killed_writers_left_open_is_closed_by_the_comparison_with_the_database(stock: Stock, engine: str) -> None:
    chance, gaps = random.Random(7), 0
    for number in range(KILLS):
        stock.kill(number, chance.uniform(0, MOMENTS[engine]))
        gaps += stock.differences().any
        stock.mend(f"after kill {number}")
        expected = stock.expected()
        assert sorted(stock.services.index.versions()) == sorted(expected.items())
        assert sorted(stock.shown("Stellplatz")) == [(document_id, [1, 2]) for document_id in sorted(expected)]
    assert gaps > KILLS // 5
    with stock.town.database.reading() as session:
        for document in session.scalars(select(Document)):
            hits = [document_id for document_id, _ in stock.shown(f"betreff:Fassung{document.revision}")]
            there = document.case_id is not None and document.subject.endswith(f"Fassung{document.revision}")
            assert (str(document.id) in hits) == there
