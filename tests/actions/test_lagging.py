"""What waits to be indexed is asked of the database again, by few queries however much waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event

from eakte.actions import rights
from eakte.actions.lagging import may_see
from eakte.actions.rights import Whom
from eakte.actions.users import actor_by_login
from eakte.records.access import SYSTEM, RestrictionKind
from eakte.store.database import Database
from eakte.store.documents import Document
from eakte.store.jobs import enqueue, migrate_jobs
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
