"""People are told of what a search they follow finds anew, and of nothing they may not see."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from eakte.actions import alerts, rights, saved_searches
from eakte.actions.finding import find
from eakte.actions.rights import Whom
from eakte.records.access import SYSTEM, RestrictionKind
from eakte.records.metadata import EMPTY
from eakte.services import Services
from eakte.store.jobs import live_jobs, migrate_jobs
from eakte.worker import alerts as work
from eakte.worker import workflow
from eakte.worker.indexing import put
from search.model import Query
from tests.town import Town


@pytest.fixture(autouse=True)
def _the_time_of_the_town(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "now", lambda: town.now)


def follow(town: Town, *logins: str, text: str = "Baugenehmigung") -> UUID:
    with town.database.begin() as session:
        made = saved_searches.save(session, town.actor("ott"), "Neues", Query(text), shared_with="63", now=town.now)
        for login in logins:
            alerts.follow(session, town.actor(login), made.id, town.now)
    town.now += timedelta(minutes=1)
    return made.id


def filed(town: Town, services: Services, *, unit: str = "63.2", restricted: bool = False) -> tuple[UUID, UUID]:
    login, plan = ("brandt", "52.01") if unit == "63.2" else ("ott", "52.02")
    case_file = town.case_file(unit=unit, login=login, plan=plan, restricted=restricted)
    made = town.file(town.waiting(unit=unit, login=login), case_file.id, login=login)
    put(services, str(made.document_id))
    return case_file.id, made.document_id


def told(town: Town, login: str) -> list[int]:
    with town.database.reading() as session:
        counted = list(alerts.counts(session, town.actor(login), town.now).values())
        assert alerts.unread(session, town.actor(login), town.now) == sum(counted)
        return counted


def test_a_follower_is_told_once_of_what_is_filed_later(town: Town, services: Services) -> None:
    filed(town, services)
    town.now += timedelta(minutes=1)
    search_id = follow(town, "ott")
    work.tell(services, "slot")
    assert told(town, "ott") == []
    _, document_id = filed(town, services)
    for _ in range(2):
        work.tell(services, "slot")
    assert told(town, "ott") == [1]
    with town.database.begin() as session:
        assert alerts.news(session, town.actor("ott"), search_id, town.now) == {document_id}
        alerts.mark_seen(session, town.actor("ott"), search_id, town.now)
    work.tell(services, "slot")
    assert told(town, "ott") == []


def test_a_follower_is_told_of_what_the_page_of_the_search_finds_by_synonyms(town: Town, services: Services) -> None:
    town.database.catalogue = replace(EMPTY, synonyms=(("Baugenehmigung", "Bauerlaubnis"),))
    search_id = follow(town, "ott", text="Bauerlaubnis")
    _, document_id = filed(town, services)
    with town.database.reading() as session:
        query = saved_searches.show(session, town.actor("ott"), search_id).query
        assert [hit.document_id for hit in find(session, services.index, town.actor("ott"), query, town.now).hits] == [
            document_id
        ]
    work.tell(services, "slot")
    assert told(town, "ott") == [1]


def test_each_follower_is_told_within_their_own_rights(town: Town, services: Services) -> None:
    follow(town, "ott", "brandt")
    filed(town, services, unit="63.1")
    filed(town, services)
    work.tell(services, "slot")
    assert told(town, "ott") == [2]
    assert told(town, "brandt") == [1]


def test_what_is_closed_to_a_follower_later_is_counted_no_more(town: Town, services: Services) -> None:
    follow(town, "brandt")
    case_file_id, _ = filed(town, services)
    work.tell(services, "slot")
    assert told(town, "brandt") == [1]
    with town.database.begin() as session:
        whom = Whom(person="brandt")
        kind = RestrictionKind.CONFLICT
        rights.block(session, SYSTEM, case_file_id, whom, kind=kind, reason="Befangen", until=None, now=town.now)
    assert told(town, "brandt") == []


def test_a_search_that_is_shared_no_more_tells_nothing_more(town: Town, services: Services) -> None:
    search_id = follow(town, "brandt")
    with town.database.begin() as session:
        saved_searches.change(session, town.actor("ott"), search_id, shared_with="", now=town.now)
    filed(town, services)
    work.tell(services, "slot")
    assert told(town, "brandt") == []


def test_a_document_that_the_index_did_not_know_yet_is_told_later(town: Town, services: Services) -> None:
    follow(town, "brandt")
    made = town.file(town.waiting(), town.case_file().id)
    work.tell(services, "slot")
    assert told(town, "brandt") == []
    town.now += timedelta(minutes=30)
    put(services, str(made.document_id))
    work.tell(services, "slot")
    assert told(town, "brandt") == [1]


def test_looks_are_ordered_once_and_only_where_somebody_follows(town: Town) -> None:
    migrate_jobs(town.database)
    with town.database.begin() as session:
        work.order(session, town.now)
    assert live_jobs(town.database, "alerts") == frozenset()
    follow(town, "ott")
    for _ in range(2):
        with town.database.begin() as session:
            work.order(session, town.now)
    assert len(live_jobs(town.database, "alerts")) == 1


def test_a_look_that_finds_no_index_goes_on_when_it_is_back(
    town: Town, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "PAUSE", 0.0)
    follow(town, "ott")
    filed(town, services)
    folder, aside = services.settings.data_folder / "index", services.settings.data_folder / "aside"
    folder.rename(aside)
    assert workflow.perform(work.tell, services, ("slot",), threading.Event()) == workflow.PUT_OFF
    assert told(town, "ott") == []
    aside.rename(folder)
    assert workflow.perform(work.tell, services, ("slot",), threading.Event()) == workflow.DONE
    assert told(town, "ott") == [1]
