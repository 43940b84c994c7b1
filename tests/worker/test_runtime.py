"""One worker in the test's own process."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from eakte import logs
from eakte.store.base import Base
from eakte.store.database import Database, connect
from eakte.store.heartbeats import Heartbeat
from eakte.store.jobs import READING, RECORDS, Way, client_of, enqueue, live_jobs, migrate_jobs
from eakte.worker import runtime as module
from eakte.worker import workflow
from eakte.worker.runtime import AlreadyRunningError, Pace, Runtime
from eakte.worker.workflow import ENOUGH, TRIES, Later, Workflow
from ingest.errors import DamagedFile

WAY = Way(READING, 10)
PACE = Pace(slots=((READING, 1), (RECORDS, 1)), poll=0.05, beat=0.2)


class Book:
    """What the steps of a test leave behind."""

    def __init__(self) -> None:
        self.lines: list[str] = []


def first(book: Book, job: str) -> str | None:
    book.lines.append(f"first {job}")
    if job == "damaged":
        raise DamagedFile
    if job == "buggy":
        raise ZeroDivisionError("Frau Muster wohnt in der Hauptstraße")
    if job == "away":
        raise Later
    return ENOUGH if job == "nothing-to-do" else None


def second(book: Book, job: str) -> None:
    book.lines.append(f"second {job}")


def fault(book: Book, code: str, job: str) -> None:
    book.lines.append(f"fault {job} {code}")


PLAIN = Workflow("plain", (first, second), fault, WAY)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(workflow, "PAUSE", 0.0)
    url = f"sqlite:///{tmp_path}/eakte.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    database = connect(url)
    Base.metadata.create_all(
        database.engine, tables=[Base.metadata.tables[name] for name in ("heartbeat", "interruption")]
    )
    migrate_jobs(database)
    yield database
    database.close()


def order(database: Database, *jobs: str, **options: Any) -> None:
    with database.begin() as session:
        for job in jobs:
            enqueue(session, "plain", job, **({"way": WAY} | options))


def until(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def work_off(database: Database, book: Book, **options: Any) -> None:
    """Run a worker until no job waits or runs."""
    runtime = Runtime(database, book, [PLAIN], pace=PACE, **options)
    runtime.launch()
    try:
        until(lambda: not live_jobs(database, "plain"))
    finally:
        assert runtime.close(grace=1)


def test_steps_run_in_order_and_every_job_ends_in_its_own_way(database: Database) -> None:
    order(database, "fine", "damaged", "buggy", "nothing-to-do")
    book = Book()
    work_off(database, book)
    assert [line for line in book.lines if line.endswith(" fine")] == ["first fine", "second fine"]
    assert [line for line in book.lines if "damaged" in line] == ["first damaged", "fault damaged damaged-file"]
    assert [line for line in book.lines if "buggy" in line] == [*["first buggy"] * 3, "fault buggy unexpected"]
    assert [line for line in book.lines if "nothing" in line] == ["first nothing-to-do"]


def test_no_text_of_an_error_is_kept_with_the_job(database: Database) -> None:
    order(database, "buggy")
    work_off(database, Book())
    client = client_of(database.jobs_engine)
    (job,) = client.list_workflows(name="plain")
    steps = client.list_workflow_steps(job.workflow_id)
    assert job.error is None
    assert "Muster" not in f"{job.output} {[(step['output'], step['error']) for step in steps]}"


def test_urgent_jobs_go_first(database: Database) -> None:
    order(database, "later-1", "later-2")
    order(database, "urgent", way=Way(READING, 1))
    book = Book()
    work_off(database, book)
    assert book.lines[0] == "first urgent"


def test_what_is_away_is_tried_again_by_later_jobs_and_then_a_fault(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PUT_OFFS", (timedelta(milliseconds=1),) * 2)
    order(database, "away")
    book = Book()
    work_off(database, book)
    assert book.lines == [*["first away"] * 9, "fault away unavailable"]
    ids = {job.workflow_id for job in client_of(database.jobs_engine).list_workflows(name="plain")}
    assert ids == {"plain:away", "plain:away~1", "plain:away~2"}


def test_a_worker_that_ends_in_order_leaves_no_sign(database: Database) -> None:
    order(database, "fine")
    work_off(database, Book())
    with database.reading() as session:
        assert session.scalars(select(Heartbeat)).all() == []


def test_a_process_has_one_worker(database: Database) -> None:
    runtime = Runtime(database, Book(), [PLAIN], pace=PACE)
    runtime.launch()
    with pytest.raises(AlreadyRunningError):
        Runtime(database, Book(), [PLAIN], pace=PACE).launch()
    runtime.close(grace=1)


def test_a_worker_can_follow_another_in_the_same_process(database: Database) -> None:
    for job in ("one", "two"):
        order(database, job)
        book = Book()
        work_off(database, book)
        assert book.lines == [f"first {job}", f"second {job}"]


def test_the_step_in_hand_is_finished_and_the_rest_is_given_back(database: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(book: Book, job: str) -> None:
        begun.set()
        go_on.wait(10)
        book.lines.append(f"slow {job}")

    book = Book()
    order(database, "long")
    runtime = Runtime(database, book, [Workflow("plain", (slow, second), fault, WAY)], pace=PACE)
    runtime.launch()
    assert begun.wait(10)
    threading.Timer(0.3, go_on.set).start()
    assert runtime.close(grace=5)
    assert book.lines == ["slow long"]
    assert live_jobs(database, "plain") == {"long"}
    work_off_rest = Runtime(database, book, [Workflow("plain", (slow, second), fault, WAY)], pace=PACE)
    work_off_rest.launch()
    until(lambda: not live_jobs(database, "plain"))
    work_off_rest.close(grace=1)
    assert book.lines == ["slow long", "second long"]


def test_lines_of_a_job_carry_the_number_of_the_request_that_ordered_it_also_when_it_was_put_off(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eakte.worker.runtime.PUT_OFFS", (timedelta(0),))
    numbers: list[tuple[str, str]] = []

    def away(services: object, key: str) -> None:
        del services
        numbers.append((key, logs.request_number()))
        if len([one for one, _ in numbers if one == key]) <= TRIES and key == "ordered":
            raise Later

    ordered = logs.begin()
    order(database, "ordered")
    logs.begin()
    order(database, "other")
    runtime = Runtime(database, Book(), [Workflow("plain", (away,), lambda *_: None, WAY)], pace=PACE)
    runtime.launch()
    try:
        until(lambda: not live_jobs(database, "plain"))
    finally:
        assert runtime.close(grace=1)
    assert {number for key, number in numbers if key == "ordered"} == {ordered}
    assert len([key for key, _ in numbers if key == "ordered"]) == TRIES + 1
    assert ordered not in {number for key, number in numbers if key == "other"}


def test_the_regular_duty_goes_on_after_a_failure(database: Database) -> None:
    calls: list[int] = []

    def duty() -> None:
        calls.append(1)
        raise ZeroDivisionError

    runtime = Runtime(database, Book(), [PLAIN], pace=PACE, regularly=duty)
    runtime.launch()
    until(lambda: len(calls) >= 2)
    runtime.close(grace=1)


def test_a_job_that_was_taken_but_never_begun_goes_back_to_its_queue(database: Database) -> None:
    book = Book()
    pace = Pace(slots=((READING, 1),), poll=0.05, beat=0.2, patience=timedelta(seconds=1))
    runtime = Runtime(database, book, [PLAIN], pace=pace)
    runtime.launch()
    try:
        with database.begin() as session:
            enqueue(session, "plain", "stray", way=Way("nobody-serves-this", 10))
        schema = "" if database.is_sqlite else "dbos."
        with database.jobs_engine.begin() as connection:
            connection.execute(
                text(
                    f"UPDATE {schema}workflow_status SET status = 'PENDING', executor_id = :me, queue_name = :queue "  # noqa: S608 - fixed names
                    "WHERE workflow_uuid = 'plain:stray'"
                ),
                {"me": runtime.executor_id, "queue": READING},
            )
        deadline = time.monotonic() + 30
        while "second stray" not in book.lines:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        runtime.close()
    assert book.lines == ["first stray", "second stray"]
