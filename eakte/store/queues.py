"""How the queues of jobs stand, counted for who watches the installation; no job is named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from dbos import WorkflowStatusString
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from eakte.store.jobs import WAYS, statuses

_WAITING, _RUNNING = WorkflowStatusString.ENQUEUED.value, WorkflowStatusString.PENDING.value


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue; jobs that were put off to a later moment are left out."""

    name: str
    waiting: int
    running: int
    oldest: datetime | None
    """When the job that waits longest was ordered."""


def queues(session: Session) -> tuple[Queue, ...]:
    """Return every queue by its name, also those where nothing waits."""
    jobs = statuses(session, "queue_name", "status", "created_at")
    waits, runs = jobs.c.status == _WAITING, jobs.c.status == _RUNNING
    query = (
        select(
            jobs.c.queue_name,
            func.count(case((waits, 1))),
            func.count(case((runs, 1))),
            func.min(case((waits, jobs.c.created_at))),
        )
        .where(jobs.c.status.in_((_WAITING, _RUNNING)), jobs.c.queue_name.is_not(None))
        .group_by(jobs.c.queue_name)
    )
    found = {
        str(name): Queue(str(name), waiting, running, datetime.fromtimestamp(oldest / 1000, UTC) if oldest else None)
        for name, waiting, running, oldest in session.execute(query)
    }
    names = sorted(found.keys() | {way.queue for way in WAYS.values()})
    return tuple(found.get(name, Queue(name, 0, 0, None)) for name in names)
