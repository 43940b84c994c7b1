"""The search index is built anew beside the one that answers, in rounds that may end at any moment."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.comparing import differences
from eakte.actions.entries import entry_of
from eakte.services import Services
from eakte.store.comparisons import last_comparison
from eakte.store.documents import Document
from eakte.store.jobs import live_jobs
from eakte.worker import indexing, rebuilding, upkeep
from search import Query
from search.engines import begin_anew, open_engine
from search.errors import SearchError
from search.model import Entry, MaySee
from tests.town import Town


def filed(town: Town, count: int) -> list[str]:
    for _ in range(count):
        town.filed()
    with town.database.reading() as session:
        return [str(found) for found in session.scalars(select(Document.id).order_by(Document.id))]


def outdated(services: Services) -> Services:
    """Let the index be one that an earlier analysis made, and return services that have opened it so."""
    services.index.close()
    mark = services.settings.data_folder / "index" / "g1" / "fingerprint.json"
    mark.write_text(json.dumps(json.loads(mark.read_text("utf-8")) | {"analysis": "0"}), "utf-8")
    index = open_engine(services.settings.search_engine, services.settings.data_folder / "index")
    return replace(services, index=index)


def found(services: Services, town: Town) -> int:
    return services.index.find(Query("Baugenehmigung"), MaySee(town.actor("brandt").keys)).total


def work_off(services: Services, watching: Callable[[], object] = lambda: None) -> int:
    """Do round after round, as the jobs would, and return how many there were."""
    ordered: list[tuple[str, str]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rebuilding, "_order", lambda _, run, after: ordered.append((run, after)))
        patch.setattr(rebuilding, "ROUND", 2)
        rebuilding.work(services, "run", rebuilding.FIRST)
        for run, after in ordered:  # grows as it is read
            watching()
            rebuilding.work(services, run, after)
    return len(ordered)


def test_an_index_that_agrees_with_the_program_is_left_as_it_is(town: Town, services: Services) -> None:
    rebuilding.order(services)
    assert live_jobs(town.database, "rebuilding") == set()
    rebuilding.work(services, "run", rebuilding.FIRST)
    assert services.index.state().serving == "g1"


def test_a_rebuild_tells_administrators_how_the_new_index_compares(town: Town, services: Services) -> None:
    filed(town, 3)
    services = outdated(services)
    work_off(services)
    with town.database.reading() as session:
        kept = last_comparison(session)
    assert kept is not None
    assert (kept.documents, kept.missing, kept.outdated, kept.superfluous) == (3, 0, 0, 0)


def test_an_outdated_index_answers_with_a_note_until_a_new_one_is_built_aside(town: Town, services: Services) -> None:
    documents = filed(town, 5)
    for one in documents:
        indexing.put(services, one)
    services = outdated(services)
    assert rebuilding.order(services).outdated
    rebuilding.order(services)
    assert len(live_jobs(town.database, "rebuilding")) == 1
    seen: list[int] = []
    rounds = work_off(services, lambda: seen.append(found(services, town)))
    assert rounds >= 3
    assert set(seen) == {5}
    state = services.index.state()
    assert (state.serving, state.documents, state.needs_rebuild) == ("g2", 5, False)
    with town.database.reading() as session:
        assert not differences(session, services.index).any
    assert not (services.settings.data_folder / "index" / "g1").exists()


def test_until_the_new_index_answers_its_answers_say_that_words_may_be_missed(town: Town, services: Services) -> None:
    services = outdated(services)
    keys = MaySee(town.actor("brandt").keys)
    assert "wird erneuert" in services.index.find(Query("Wort"), keys).notes[-1]
    work_off(services)
    assert services.index.find(Query("Wort"), keys).notes == ()


def test_what_is_filed_and_destroyed_while_it_is_built_is_in_neither_or_both(town: Town, services: Services) -> None:
    documents = filed(town, 3)
    for one in documents:
        indexing.put(services, one)
    services = outdated(services)
    building = services.index.rebuild()
    rebuilding._round(services, building, rebuilding.FIRST)
    with town.database.begin() as session:
        document = session.get_one(Document, UUID(documents[0]))
        document.case_id = document.position = None
    indexing.put(services, documents[0])
    (new,) = set(filed(town, 1)) - set(documents)
    indexing.put(services, new)
    assert set(dict(services.index.versions())) == set(dict(building.versions())) == {*documents[1:], new}
    work_off(services)
    assert set(dict(services.index.versions())) == {*documents[1:], new}


def test_what_was_destroyed_while_its_text_was_on_the_way_is_found_by_the_last_comparison(
    town: Town, services: Services
) -> None:
    documents = filed(town, 2)
    services = outdated(services)
    building = services.index.rebuild()
    with town.database.reading() as session:
        read = entry_of(session, UUID(documents[0]), town.now)
    with town.database.begin() as session:
        document = session.get_one(Document, UUID(documents[0]))
        document.case_id = document.position = None
    indexing.put(services, documents[0])
    assert read is not None
    building.add([read])
    work_off(services)
    assert set(dict(services.index.versions())) == {documents[1]}


@pytest.fixture
def unfiled_on_the_way(town: Town, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each document leaves its case, and its own job takes it out, when its text was just read for the index."""
    read, put = entry_of, indexing.put

    def late(session: Session, document_id: UUID, now: datetime) -> Entry | None:
        entry = read(session, document_id, now)
        with monkeypatch.context() as patch, town.database.begin() as other:
            patch.setattr(indexing, "entry_of", read)
            document = other.get_one(Document, document_id)
            document.case_id = document.position = None
            other.commit()
            put(services, str(document_id))
        return entry

    for module in (indexing, rebuilding):
        monkeypatch.setattr(module, "entry_of", late)


@pytest.mark.usefixtures("unfiled_on_the_way")
def test_what_is_unfiled_on_its_way_into_two_builds_is_in_none_whoever_of_them_ends_first(
    town: Town, services: Services
) -> None:
    documents = filed(town, 2)
    mine, other = services.index.rebuild(), services.index.rebuild()
    rebuilding._add(services, mine, documents)
    other.serve()
    assert dict(services.index.versions()) == {}


@pytest.mark.usefixtures("unfiled_on_the_way")
def test_what_is_unfiled_on_its_way_into_the_index_is_not_there(town: Town, services: Services) -> None:
    (document,) = filed(town, 1)
    indexing.put(services, document)
    assert dict(services.index.versions()) == {}


def test_an_index_that_cannot_be_read_answers_from_what_is_built_so_far(town: Town, services: Services) -> None:
    documents = filed(town, 3)
    folder = services.settings.data_folder / "index"
    (folder / "g1" / "fingerprint.json").write_text("{}", "utf-8")
    with pytest.raises(SearchError):
        open_engine(services.settings.search_engine, folder)
    begin_anew(services.settings.search_engine, folder)
    indexing.put(services, documents[0])
    assert found(services, town) == 1
    upkeep.compare_index(services, "2026-11-20T09")
    assert len(live_jobs(town.database, "rebuilding")) == 1
    work_off(services)
    assert found(services, town) == 3
    assert not services.index.state().needs_rebuild
