"""Jobs that survive: a row in the caller's own transaction, run later by a worker (``eakte.worker``).

Because the row is written with the document and the history entry, there is no document without its job and no job
of a document that was rolled back. The rows belong to DBOS Transact; outside of this file and ``eakte.worker``
nobody knows it. Jobs carry ids only: their rows outlive the records they work for.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions, WorkflowStatusString
from sqlalchemy import (
    Engine,
    Select,
    Subquery,
    TableClause,
    Uuid,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    table,
    text,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from eakte import logs
from eakte.store.database import Database

APPLICATION = "eakte"
SCHEMA = "dbos"
"""PostgreSQL schema of the job tables; on SQLite they stand beside ours."""

# Plain JSON: what lies in the database is never unpickled, and anybody can read it.
SERIALIZER = DBOSPortableJSONSerializer()

BATCH = 500
_REQUEST = "request"
"""Names the number of the request that ordered a job, for the log."""
ROUND = "~"
"""Separates a job's id from the number of times it was put off."""
ENDED = [
    WorkflowStatusString.SUCCESS.value,
    WorkflowStatusString.ERROR.value,
    WorkflowStatusString.CANCELLED.value,
    WorkflowStatusString.MAX_RECOVERY_ATTEMPTS_EXCEEDED.value,
]
LIVE = [WorkflowStatusString.ENQUEUED.value, WorkflowStatusString.DELAYED.value, WorkflowStatusString.PENDING.value]


@dataclass(frozen=True, slots=True)
class Way:
    """How jobs of one kind travel: on which queue and how urgent; 1 comes before 100."""

    queue: str
    priority: int


READING, RECORDS, FILED, DISPOSAL, UPKEEP = "reading", "records", "filed", "disposal", "upkeep"
SUSPECTS = "suspects"
"""Jobs that were in hand when workers ended, one at a time."""

WAYS = {
    "intake": Way(READING, 100),
    "version_reading": Way(READING, 90),
    "rereading": Way(READING, 95),
    "batch_look": Way(READING, 40),
    "batch_cut": Way(READING, 40),
    "arranging": Way(READING, 30),
    "indexing": Way(RECORDS, 50),
    "reindexing": Way(RECORDS, 60),
    "case_indexing": Way(RECORDS, 60),
    "unit_indexing": Way(RECORDS, 90),
    "rehousing": Way(RECORDS, 70),
    "migration": Way(RECORDS, 80),
    "rule_preview": Way(RECORDS, 85),
    "verdicts": Way(RECORDS, 75),
    "holding": Way(RECORDS, 72),
    "rebuilding": Way(FILED, 60),
    "index_care": Way(FILED, 55),
    "destruction": Way(DISPOSAL, 50),
    "exchange": Way(DISPOSAL, 50),
    "delivery": Way(DISPOSAL, 50),
    "upkeep": Way(UPKEEP, 100),
    "directory": Way(UPKEEP, 110),
    "learning": Way(UPKEEP, 120),
    "proposing": Way(RECORDS, 80),
    "alerts": Way(RECORDS, 95),
}


CONTENT = Way(FILED, 40)
"""Of indexing after changes that close nothing to anybody: no search asks for it, and a mass load does not delay it."""
FIRST_INDEXING = Way(FILED, 50)
"""Of documents that the index does not hold: a mass load then delays no change of rights, and no search asks for it."""


def enqueue(
    session: Session, workflow: str, key: str, *args: str, way: Way | None = None, delay: timedelta = timedelta()
) -> None:
    """Order a job in the transaction of *session*: it exists if that commits and never existed if not.

    Args:
        session: a write transaction of the caller.
        workflow: the name of the workflow, one of WAYS unless *way* is given.
        key: makes the order unique: the same workflow and key twice is one job, also long after it ended. A deliberate
            repetition therefore needs a new key, for example with the revision of the record: ``f"{id}:{revision}"``.
        args: ids for the workflow; *key* alone where none are given.
        way: queue and priority, where they are not those of WAYS.
        delay: how long the job has to wait before it may begin.
    """
    chosen = way or WAYS[workflow]
    options = EnqueueOptions(
        workflow_name=workflow,
        queue_name=chosen.queue,
        workflow_id=f"{workflow}:{key}",
        priority=chosen.priority,
    )
    if request := logs.request_number():
        options["attributes"] = {_REQUEST: request}
    if delay:
        options["delay_seconds"] = delay.total_seconds()
    connection = session.connection()
    client_of(connection.engine).enqueue_in_transaction(connection, options, *(args or (key,)))


def way_of(database: Database, job_id: str) -> Way | None:
    """Return how a job was ordered to travel; of one among the suspects, how jobs of its kind do."""
    found = client_of(database.jobs_engine).list_workflows(workflow_ids=[job_id], load_input=False, load_output=False)
    known = WAYS.get(found[0].name) if found else None
    if known is None:
        return None
    queue = found[0].queue_name
    return Way(known.queue if queue in {None, SUSPECTS} else str(queue), found[0].priority or known.priority)


def request_of(database: Database, job_id: str) -> str:
    """Return the number of the request that ordered a job, empty if none did."""
    found = client_of(database.jobs_engine).list_workflows(workflow_ids=[job_id], load_input=False, load_output=False)
    attributes = (found[0].attributes if found else None) or {}
    return str(attributes.get(_REQUEST, ""))


def live_jobs(database: Database, workflow: str) -> frozenset[str]:
    """Return the first argument (an id) of every job of *workflow* that waits or runs."""
    found = client_of(database.jobs_engine).list_workflows(
        name=workflow, status=LIVE, load_input=True, load_output=False
    )
    return frozenset(str(_first_argument(job.input)) for job in found)


def waiting(session: Session, workflows: Collection[str], most: int) -> dict[str, int]:
    """Return those of the workflows that have a job which waits or runs, but for what closes nothing to anybody.

    With each stands how many of its jobs are due, counted no further than to one more than *most* of all together: what
    was ordered for a later day may be many and is no backlog.
    """
    due, delayed = (part.subquery() for part in _changes(session))
    first = select(due.c.name).where(due.c.name.in_(workflows)).limit(most + 1).subquery()
    rows = union_all(
        select(first.c.name, func.count()).group_by(first.c.name),
        select(delayed.c.name, literal(0)).distinct().where(delayed.c.name.in_(workflows)),
    )
    found: dict[str, int] = {}
    for name, count in session.execute(rows):
        found[name] = max(count, found.get(name, 0))
    return found


def waiting_for(session: Session, workflow: str) -> Select[UUID]:
    """Return the query for the id that begins the key of every job of *workflow* that waits or runs.

    What closes nothing to anybody is left out: first indexing and changes of content alone.
    """
    jobs = _live_changes(session)
    key = func.substr(jobs.c.workflow_uuid, len(workflow) + 2, 36)
    sqlite = session.connection().dialect.name == "sqlite"
    # On SQLite ids are kept without their hyphens.
    as_id = type_coerce(func.replace(key, "-", ""), Uuid()) if sqlite else cast(key, Uuid())
    return select(as_id).where(jobs.c.name == workflow)


def _live_changes(session: Session) -> Subquery:
    """Return the jobs that wait or run on the queues of changes, as a part of a query.

    Searches ask this each time. Written so that the library's partial indexes answer it: the jobs that ended, kept for
    months, and those of a mass load are never looked at.
    """
    return union_all(*_changes(session)).subquery()


def _changes(session: Session) -> tuple[Select[str, str], Select[str, str]]:
    """Return the jobs on the queues of changes that are due, and those that are not yet."""
    jobs = statuses(session, "workflow_uuid", "name", "status", "queue_name")
    found = select(jobs.c.workflow_uuid, jobs.c.name).where(jobs.c.queue_name.in_((RECORDS, SUSPECTS)))
    return found.where(text("status IN ('ENQUEUED', 'PENDING')")), found.where(text("status = 'DELAYED'"))


def statuses(session: Session, *columns: str) -> TableClause:
    """Return the library's table of jobs with some of its columns, to be counted in a query of ours."""
    schema = None if session.connection().dialect.name == "sqlite" else SCHEMA
    return table("workflow_status", *map(column, columns), schema=schema)


@dataclass(frozen=True, slots=True)
class Backlog:
    """Jobs that are due and not done."""

    jobs: int
    since: datetime | None
    """When the oldest of them was ordered."""


def backlog(session: Session, workflows: Collection[str]) -> Backlog:
    """Return what waits or runs of the workflows, or was put off; what was ordered for a later day is left out."""
    jobs = statuses(session, "workflow_uuid", "name", "status", "created_at")
    put_off = jobs.c.workflow_uuid.contains(ROUND)
    found = select(func.count(), func.min(jobs.c.created_at)).where(
        jobs.c.status.in_(LIVE),
        jobs.c.name.in_(workflows),
        or_(jobs.c.status != WorkflowStatusString.DELAYED.value, put_off),
    )
    count, oldest = session.execute(found).one()
    return Backlog(count, datetime.fromtimestamp(oldest / 1000, UTC) if count else None)


def forget_jobs(database: Database, before: datetime) -> None:
    """Remove the rows of jobs that ended before *before*; jobs that wait or run stay, however old."""
    client = client_of(database.jobs_engine)
    while True:
        ended = client.list_workflows(
            status=ENDED, completed_before=before.isoformat(), limit=BATCH, load_input=False, load_output=False
        )
        if not ended:
            return
        client.delete_workflows([job.workflow_id for job in ended])


def migrate_jobs(database: Database) -> None:
    """Create or update the tables of the jobs; nothing happens where they are up to date."""
    quiet()
    with database.jobs_engine.connect():
        pass  # sets SQLite's journal mode, which the library would leave as it is
    DBOS.migrate(database.url.render_as_string(hide_password=False), schema=SCHEMA)


@lru_cache(maxsize=32)
def client_of(engine: Engine) -> DBOSClient:
    """Return the client that uses *engine*. It connects to nothing by itself and starts no thread."""
    quiet()
    return DBOSClient(
        system_database_engine=engine,
        dbos_system_schema=SCHEMA,
        serializer=SERIALIZER,
        application_name=APPLICATION,
        lazy=True,
        # A lost connection has lost the caller's transaction: waiting for it to come back would be in vain.
        retry_connection_errors=False,
    )


def quiet() -> None:
    """Let the library speak only where something is wrong."""
    logging.getLogger("dbos").setLevel(logging.WARNING)


def _first_argument(job_input: Any) -> object:
    arguments = job_input["args"] if job_input else ()
    return arguments[0] if arguments else ""
