"""Jobs of workers that never come back.

The job library resumes only what its own executor id left behind, and ours is new with every start. So every worker
beats, and every worker looks after the others: whoever is silent for PATIENCE, or known to be gone, loses its jobs to
the living. A job whose same step was interrupted twice goes on a queue of its own, one at a time. It becomes a fault
and is no longer tried when a worker ends for the fifth time with it and nothing else in hand; one that always had
company may be innocent, and is given more time.
"""

import logging
import time
from collections.abc import Mapping
from datetime import datetime, timedelta

from dbos import DBOSClient, WorkflowStatus, WorkflowStatusString

from eakte.store import heartbeats
from eakte.store.database import Database
from eakte.store.jobs import SUSPECTS, client_of
from eakte.worker.executor import is_gone
from eakte.worker.workflow import INTERRUPTED, Workflow

LOG = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=15)
"""Silence after which a worker counts as lost; a paused one loses its jobs, and its late results are refused."""
SUSPECT_AFTER = 2
MOST_INTERRUPTIONS, MOST_IN_COMPANY = 5, 20

PENDING = WorkflowStatusString.PENDING.value


class Reaper:
    """Takes over the jobs of lost workers for one living worker."""

    def __init__(
        self,
        database: Database,
        services: object,
        workflows: Mapping[str, Workflow],
        *,
        me: str,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._database, self._services, self._workflows = database, services, workflows
        self._me, self._patience = me, patience
        self._unbroken_since: float | None = None
        self._last_beat = 0.0

    def beat(self, host: str) -> None:
        """Give a sign of life, and note since when ours were never late.

        After an outage of the database, or of this process, everybody else looks silent too: nobody is called lost
        by a worker that has not itself been in order for as long as the others are given.
        """
        with self._database.begin() as session:
            heartbeats.beat(session, self._me, host)
        now = time.monotonic()
        if self._unbroken_since is None or now - self._last_beat > self._patience.total_seconds() / 2:
            self._unbroken_since = now
        self._last_beat = now

    def reap(self) -> int:
        """Take over from all lost workers; return how many jobs went back to their queues."""
        pending = self._pending()
        with self._database.reading() as session:
            now, beats = heartbeats.clock(session), heartbeats.all_beats(session)
        self._adopt({str(job.executor_id) for job in pending} - {row.executor_id for row in beats} - {self._me})
        return sum(
            self._take_over(row.executor_id, row.beat_at)
            for row in beats
            if row.executor_id != self._me and self._is_lost(row, now)
        )

    def _is_lost(self, row: heartbeats.Heartbeat, now: datetime) -> bool:
        if is_gone(row.executor_id, row.host):
            return True
        sure = (
            self._unbroken_since is not None
            and time.monotonic() - self._unbroken_since >= self._patience.total_seconds()
        )
        return sure and now - row.beat_at > self._patience

    def _adopt(self, unknown: set[str]) -> None:
        """Start the clock for workers that hold jobs but have no row, for example after a restored backup."""
        for executor_id in unknown:
            with self._database.begin() as session:
                heartbeats.beat(session, executor_id, host="")

    def _take_over(self, lost: str, seen: datetime) -> int:
        with self._database.begin() as session:
            if not heartbeats.claim(session, lost, self._me, seen=seen, patience=self._patience):
                return 0
        jobs = self._pending(lost)
        for job in jobs:
            self._put_back(job, most=MOST_INTERRUPTIONS if len(jobs) == 1 else MOST_IN_COMPANY)
        with self._database.begin() as session:
            heartbeats.bury(session, lost)
        LOG.warning("worker %s is lost; %d jobs taken over", lost, len(jobs))
        return len(jobs)

    def _put_back(self, job: WorkflowStatus, *, most: int) -> None:
        steps_done = len(self._client.list_workflow_steps(job.workflow_id, load_output=False))
        with self._database.begin() as session:
            count = heartbeats.interrupted(session, job.workflow_id, steps_done)
        if count >= most and job.name in self._workflows:
            LOG.error("job %s ended its worker %d times and is given up", job.workflow_id, count)
            arguments = job.input["args"] if job.input else ()
            self._workflows[job.name].on_fault(self._services, INTERRUPTED, *arguments)
            self._client.cancel_workflow(job.workflow_id)
        else:
            queue = SUSPECTS if count >= SUSPECT_AFTER else job.queue_name
            self._client.resume_workflow(job.workflow_id, queue_name=queue)

    def _pending(self, executor_id: str | None = None) -> list[WorkflowStatus]:
        return self._client.list_workflows(status=PENDING, executor_id=executor_id, load_output=False)

    @property
    def _client(self) -> DBOSClient:
        return client_of(self._database.jobs_engine)


def give_back(database: Database, executor_id: str) -> None:
    """Put back what *executor_id* holds when it ends in order, and take its name off the list."""
    client = client_of(database.jobs_engine)
    for job in client.list_workflows(status=PENDING, executor_id=executor_id, load_input=False, load_output=False):
        client.resume_workflow(job.workflow_id, queue_name=job.queue_name)
    with database.begin() as session:
        heartbeats.bury(session, executor_id)
