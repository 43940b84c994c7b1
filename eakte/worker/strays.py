"""Jobs that the database calls ours but that nobody here works on.

A job is taken off its queue in one transaction and begun after it. Where the connection breaks in between, the
transaction may have counted all the same: the job then belongs to a living worker that never heard of it, and no
other worker would take it over. So each worker compares what the database says with what it has in hand.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from dbos import WorkflowStatusString

from eakte.store.database import Database
from eakte.store.jobs import client_of

LOG = logging.getLogger(__name__)


class Strays:
    """The jobs in hand of one worker, and those that should be."""

    def __init__(self, database: Database, executor_id: str, patience: timedelta) -> None:
        """Give back a job that is missing for *patience*: beginning and recording take a moment, too."""
        self._database, self._me, self._patience = database, executor_id, patience.total_seconds()
        self._in_hand: set[str] = set()
        self._missing_since: dict[str, float] = {}

    @contextmanager
    def in_hand(self, job_id: str) -> Iterator[None]:
        """Note that the job is being worked on."""
        self._in_hand.add(job_id)
        try:
            yield
        finally:
            self._in_hand.discard(job_id)

    def give_back(self) -> int:
        """Put jobs back on their queues that have been missing for too long; return how many."""
        client, now = client_of(self._database.jobs_engine), time.monotonic()
        ours = client.list_workflows(
            status=WorkflowStatusString.PENDING.value, executor_id=self._me, load_input=False, load_output=False
        )
        missing = {job.workflow_id: job for job in ours if job.workflow_id not in self._in_hand}
        self._missing_since = {job_id: self._missing_since.get(job_id, now) for job_id in missing}
        lost = [job_id for job_id, since in self._missing_since.items() if now - since >= self._patience]
        for job_id in lost:
            LOG.warning("job %s was taken but never begun; it goes back to its queue", job_id)
            client.resume_workflow(job_id, queue_name=missing[job_id].queue_name)
        return len(lost)
