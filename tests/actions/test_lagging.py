"""What waits to be indexed is asked of the database again, by few queries however much waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event

from eakte.actions import lagging, rights
from eakte.actions.editing import edit_case_file, edit_document
from eakte.actions.filing import undo
from eakte.actions.lagging import IndexBehind, may_see
from eakte.actions.rights import Whom
from eakte.actions.users import actor_by_login
from eakte.records.access import SYSTEM, RestrictionKind
from eakte.store.database import Database
from eakte.store.documents import Document
from eakte.store.jobs import CONTENT, FIRST_INDEXING, WAYS, enqueue, live_jobs, migrate_jobs, waiting, way_of
from eakte.texts import sentence
from eakte.worker.workflow import is_transient
from tests.town import Town


@pytest.fixture(autouse=True)
def _jobs(town: Town) -> None:
    migrate_jobs(town.database)


def hidden(town: Town, login: str) -> frozenset[str]:
    with town.database.reading() as session:
        return may_see(session, town.actor(login), town.now).hidden


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    event.listen(database._reader, "before_cursor_execute", note)
    yield statements
    event.remove(database._reader, "before_cursor_execute", note)


def case_of(town: Town, document_id: UUID) -> UUID:
    with town.database.reading() as session:
        case_id = session.get_one(Document, document_id).case_id
    assert case_id is not None
    return case_id


def order(town: Town, workflow: str, *ids: UUID) -> None:
    with town.database.begin() as session:
        for each in ids:
            enqueue(session, workflow, f"{each}:7", str(each))


def test_a_file_that_was_closed_is_hidden_from_those_it_is_closed_to(town: Town) -> None:
    case_file, _ = town.filed()
    with town.database.begin() as session:
        kind = RestrictionKind.CONFLICT
        whom = Whom(person="brandt")
        rights.block(session, SYSTEM, case_file.id, whom, kind=kind, reason="Befangen", until=None, now=town.now)
    assert hidden(town, "brandt") == {str(case_file.id)}
    assert hidden(town, "ott") == frozenset()


@pytest.mark.parametrize("workflow", ["indexing", "case_indexing", "reindexing"])
def test_what_waits_is_hidden_from_those_who_may_not_see_it(town: Town, workflow: str) -> None:
    case_file, filed = town.filed()
    of = {"indexing": filed.document_id, "case_indexing": case_of(town, filed.document_id), "reindexing": case_file.id}[
        workflow
    ]
    order(town, workflow, of)
    assert hidden(town, "kaya") == {str(case_file.id if workflow == "reindexing" else filed.document_id)}
    assert hidden(town, "brandt") == frozenset()


def test_a_mass_load_hides_nothing_for_the_index_does_not_hold_it(town: Town) -> None:
    town.filed()
    assert hidden(town, "kaya") == frozenset()


def test_edits_hide_nothing_for_they_close_nothing_to_anybody(town: Town) -> None:
    case_file, filed = town.filed()
    brandt = town.actor("brandt")
    with town.database.begin() as session:
        edit_document(session, brandt, filed.document_id, {"subject": "Neu"}, revision=None, now=town.now)
        edit_case_file(session, town.actor("ott"), case_file.id, {"subject": "Neu"}, revision=None, now=town.now)
    assert live_jobs(town.database, "indexing") == {str(filed.document_id)}
    assert live_jobs(town.database, "reindexing") == {str(case_file.id)}
    with town.database.reading() as session:
        assert waiting(session, ("indexing", "reindexing"), 9) == {}
    assert hidden(town, "kaya") == frozenset()


def test_what_was_taken_out_of_its_file_is_looked_at_until_the_index_knows(town: Town) -> None:
    _, filed = town.filed()
    with town.database.begin() as session:
        undo(session, town.actor("brandt"), filed.document_id, town.now)
    assert hidden(town, "brandt") == hidden(town, "kaya") == {str(filed.document_id)}


def test_a_change_that_was_put_off_stays_on_its_way(town: Town) -> None:
    with town.database.begin() as session:
        for number, way in enumerate((None, CONTENT, FIRST_INDEXING)):
            enqueue(session, "indexing", f"{number}", way=way)
    kept = [way_of(town.database, f"indexing:{number}") for number in range(3)]
    assert kept == [WAYS["indexing"], CONTENT, FIRST_INDEXING]


def test_the_number_of_queries_does_not_grow_with_what_waits(town: Town) -> None:
    order(town, "indexing", uuid4())
    with town.database.reading() as session:
        kaya = actor_by_login(session, "kaya", town.now)
        with counted(town.database) as few:
            may_see(session, kaya, town.now)
    order(town, "indexing", *(uuid4() for _ in range(1_200)))
    with town.database.reading() as session:
        session.connection()
        with counted(town.database) as many:
            may_see(session, kaya, town.now)
    assert [statement for statement in many if statement.startswith("SELECT")] == few
    assert len(few) == 2


def test_a_search_is_refused_while_more_changes_wait_than_it_can_look_at(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lagging, "MOST", 3)
    order(town, "reindexing", uuid4(), uuid4())
    order(town, "indexing", uuid4())
    assert hidden(town, "kaya") == frozenset()
    order(town, "case_indexing", uuid4())
    with pytest.raises(IndexBehind) as refused:
        hidden(town, "kaya")
    assert (refused.value.status, refused.value.detail["seconds"]) == (503, "30")
    assert "sehr viele Änderungen" in sentence(refused.value.code)
    assert is_transient(refused.value)


def test_a_search_is_refused_that_would_shut_out_more_records_than_an_index_can_be_told(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_file, filed = town.filed()
    for _ in range(2):
        town.file(town.waiting(), case_file.id, case_id=case_of(town, filed.document_id))
    order(town, "case_indexing", case_of(town, filed.document_id))
    assert len(hidden(town, "kaya")) == 3
    monkeypatch.setattr(lagging, "MOST", 2)
    with pytest.raises(IndexBehind):
        hidden(town, "kaya")
    assert hidden(town, "brandt") == frozenset()


def test_what_was_ordered_for_a_later_day_is_no_backlog(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lagging, "MOST", 1)
    case_file, _ = town.filed()
    with town.database.begin() as session:
        for each in (case_file.id, uuid4(), uuid4()):
            enqueue(session, "reindexing", f"{each}:ends", str(each), delay=timedelta(days=30))
    assert hidden(town, "kaya") == {str(case_file.id)}
