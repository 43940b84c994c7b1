from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, table, text

from eakte.store.database import Database, connect
from eakte.store.jobs import WAYS, Way, enqueue, live_jobs, migrate_jobs


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path}/eakte.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    database = connect(url)
    migrate_jobs(database)
    yield database
    database.close()


def rows(database: Database, columns: str) -> list[tuple[object, ...]]:
    status = table("workflow_status", schema=None if database.is_sqlite else "dbos")
    with database.reading() as session:
        return [tuple(row) for row in session.execute(select(text(columns)).select_from(status))]


def test_a_job_exists_once_its_transaction_is_committed(database: Database) -> None:
    with database.begin() as session:
        enqueue(session, "intake", "item-1")
        assert live_jobs(database, "intake") == frozenset()
    assert live_jobs(database, "intake") == {"item-1"}


def test_a_transaction_that_is_rolled_back_never_ordered_a_job(database: Database) -> None:
    def fail() -> None:
        with database.begin() as session:
            enqueue(session, "intake", "item-1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert live_jobs(database, "intake") == frozenset()


def test_the_same_order_twice_is_one_job(database: Database) -> None:
    with database.begin() as session:
        enqueue(session, "intake", "item-1")
        enqueue(session, "intake", "item-1")
    with database.begin() as session:
        enqueue(session, "intake", "item-1")
    assert rows(database, "workflow_uuid, status") == [("intake:item-1", "ENQUEUED")]


def test_a_new_key_orders_again_for_the_same_record(database: Database) -> None:
    with database.begin() as session:
        enqueue(session, "intake", "item-1")
        enqueue(session, "intake", "item-1:2", "item-1")
    assert len(rows(database, "workflow_uuid")) == 2
    assert live_jobs(database, "intake") == {"item-1"}


def test_every_kind_of_job_has_its_queue_and_priority(database: Database) -> None:
    with database.begin() as session:
        for workflow in WAYS:
            enqueue(session, workflow, "1")
        enqueue(session, "other", "1", way=Way("elsewhere", 7))
    expected = {(name, way.queue, way.priority) for name, way in WAYS.items()} | {("other", "elsewhere", 7)}
    assert set(rows(database, "name, queue_name, priority")) == expected


def test_an_unknown_kind_of_job_is_refused(database: Database) -> None:
    with pytest.raises(KeyError), database.begin() as session:
        enqueue(session, "unknown", "1")


def test_a_job_can_be_told_to_wait(database: Database) -> None:
    with database.begin() as session:
        enqueue(session, "intake", "item-1", delay=timedelta(minutes=5))
    assert rows(database, "status") == [("DELAYED",)]
    assert live_jobs(database, "intake") == {"item-1"}


def test_what_lies_in_the_database_is_plain_json(database: Database) -> None:
    with database.begin() as session:
        enqueue(session, "intake", "item-1", "id-1", "id-2")
    assert rows(database, "serialization") == [("portable_json",)]


def test_migrating_twice_changes_nothing(database: Database) -> None:
    with database.begin() as session:
        enqueue(session, "intake", "item-1")
    migrate_jobs(database)
    assert live_jobs(database, "intake") == {"item-1"}
