"""``kill -9`` of a server of the search under a running service: answers are right or refused, the index catches up.

Two nodes need the one that leads them: without it nothing can be written. So each of the two is killed once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from eakte.actions import cases, filing, rights
from eakte.actions.cases import NewCaseFile
from eakte.actions.comparing import differences
from eakte.actions.filing import Filing
from eakte.actions.rights import Whom
from eakte.app import create_app
from eakte.records.access import SYSTEM, RestrictionKind
from eakte.services import Services
from eakte.worker import indexing
from eakte.worker.clock import now
from eakte.worker.runtime import Pace
from eakte.worker.service import Worker
from search.engines import open_engine
from search.errors import SearchLeaderless
from search.servers import Servers
from tests import opensearch
from tests.api.conftest import token_of
from tests.durability.harness import wait_until
from tests.web.city import NOW, City, found
from tests.web.conftest import Person

pytestmark = [pytest.mark.xdist_group("opensearch"), pytest.mark.timeout(900)]
WORD = "Tiefgarage"
HIT = re.compile(r'data-hit href="/[a-z/]*([0-9a-f-]{36})')
CATCHING_UP = 300
"""Seconds: a job that found nobody is put off by a minute, then by five."""


class Asking:
    """A clerk at the search page and a program of the clerk's, who ask the same."""

    def __init__(self, services: Services) -> None:
        app = create_app(services)
        self._clerk, self._program = Person(app.test_client()), app.test_client()
        self._clerk.sign_in("brandt")
        self._key = {"Authorization": f"Bearer {token_of(services, 'brandt')}"}

    def page(self) -> set[str] | None:
        """Return the documents that are shown; ``None`` where the search is refused as it should be."""
        answer = self._clerk.get(f"/suche?q={WORD}")
        if answer.status_code == 503:
            assert "Der Suchdienst antwortet nicht" in answer.text
            assert int(answer.headers["Retry-After"]) > 0
            return None
        assert answer.status_code == 200
        return set(HIT.findall(answer.text))

    def told(self) -> set[str] | None:
        """Return the documents that a program is told, likewise."""
        answer = self._program.get(f"/api/v1/search?q={WORD}", headers=self._key)
        if answer.status_code == 503:
            assert answer.get_json()["code"] == "search-away"
            assert int(answer.headers["Retry-After"]) > 0
            return None
        assert answer.status_code == 200
        hits = {str(one["document_id"]) for one in answer.get_json()["items"]}
        assert answer.get_json()["total"] == len(hits)
        return hits

    def answers(self, *right: set[str]) -> bool:
        """Ask both and tell whether both answered; an answer must be one of those that are *right*."""
        both = (self.page(), self.told())
        assert all(answer is None or answer in right for answer in both)
        return None not in both


@pytest.fixture
def nodes() -> Iterator[opensearch.Nodes]:
    with opensearch.cluster() as nodes:
        yield nodes


@pytest.fixture
def city(nodes: opensearch.Nodes, tmp_path: Path) -> Iterator[City]:
    """A city whose search is on the nodes, with a worker; a letter is filed in a file of its own."""
    city = found(tmp_path)
    city.services.index.close()
    index = open_engine("opensearch", tmp_path, Servers(nodes.urls, prefix="eakte-kill"))
    city = replace(city, services=replace(city.services, index=index))
    indexing.put(city.services, str(city.filed))
    worker = Worker(city.services, pace=Pace(poll=0.1, beat=0.5))
    worker.start()
    yield city
    worker.close(grace=5)
    city.services.close()


def filed(city: City, number: int) -> tuple[UUID, str]:
    """File a waiting letter in a case file of its own, and return both."""
    with city.services.database.begin() as session:
        file = cases.open_case_file(session, SYSTEM, NewCaseFile("63.20", f"Garage {number}", "63.2"), NOW)
        decided = Filing(file.id, None, "Bauantrag", f"Antrag {number}", "Hollmann", date(2026, 11, 12))
        done = filing.file_document(session, city.actor("brandt"), city.waiting[number], decided, NOW)
        return file.id, str(done.document_id)


def close_to_brandt(city: City, case_file_id: UUID) -> None:
    with city.services.database.begin() as session:
        whom, kind = Whom(person="brandt"), RestrictionKind.CONFLICT
        rights.block(session, SYSTEM, case_file_id, whom, kind=kind, reason="Befangen", until=None, now=now())


@pytest.mark.parametrize("leading", [False, True], ids=["the other node", "the node that leads"])
def test_answers_are_right_or_refused_and_what_happened_meanwhile_is_found_once_the_node_is_back(
    nodes: opensearch.Nodes, city: City, *, leading: bool
) -> None:
    asking, index = Asking(city.services), city.services.index
    first_file, first = filed(city, 0)
    before = {str(city.filed), first}
    assert wait_until(lambda: asking.answers(before, {str(city.filed)}) and asking.page() == before, 60)
    leader = nodes.manager()
    victim = leader if leading else 1 - leader
    nodes.kill(victim)
    asking.answers(before)
    if leading:
        with pytest.raises(SearchLeaderless, match="führt gerade keiner"):
            index.remove(["nobody"])
    _, second = filed(city, 1)
    both = {*before, second}
    for _ in range(4):
        asking.answers(before, both)
    close_to_brandt(city, first_file)
    rest = {str(city.filed)}, {str(city.filed), second}
    for _ in range(4):
        asking.answers(*rest)
    assert wait_until(lambda: asking.answers(*rest), 90)
    nodes.start_again(victim)
    assert wait_until(lambda: asking.answers(*rest) and asking.page() == asking.told() == rest[1], CATCHING_UP, every=1)

    def agrees() -> bool:
        with city.services.database.reading() as session:
            return not differences(session, index).any

    assert wait_until(agrees, CATCHING_UP, every=1)
    assert asking.answers(rest[1])
