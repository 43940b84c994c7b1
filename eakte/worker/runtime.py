"""The worker: takes jobs off the queues, lives and dies in order, and looks after the other workers.

The job library exists once per process and is known only here, in ``reaper`` and in ``eakte.store.jobs``. Used so:
its tables in our database, our version constant, a new executor id per process, nothing sent anywhere.
"""

import logging
import math
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from dbos import DBOS, DBOSConfig
from sqlalchemy.exc import SQLAlchemyError

from eakte import logs
from eakte.store.database import Database
from eakte.store.jobs import (
    APPLICATION,
    DISPOSAL,
    FILED,
    READING,
    RECORDS,
    ROUND,
    SCHEMA,
    SERIALIZER,
    SUSPECTS,
    UPKEEP,
    client_of,
    enqueue,
    quiet,
    request_of,
    way_of,
)
from eakte.worker.executor import new_executor_id, own_host
from eakte.worker.reaper import PATIENCE, Reaper, give_back
from eakte.worker.strays import Strays
from eakte.worker.workflow import DONE, ENOUGH, PUT_OFF, PUT_OFFS, UNAVAILABLE, Step, Workflow, perform

LOG = logging.getLogger(__name__)

APPLICATION_VERSION = "1"
"""Never to be changed: a job begun under another version would be left where it is after an upgrade. What protects
jobs under way is the rule that a workflow whose steps change gets a new name."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many jobs of each queue one process works on at a time, and how often it looks and beats, in seconds."""

    slots: tuple[tuple[str, int], ...] = (
        (READING, 2), (RECORDS, 2), (FILED, 2), (DISPOSAL, 1), (UPKEEP, 1), (SUSPECTS, 1),
    )  # fmt: skip
    poll: float = 0.5
    beat: float = 3.0
    patience: timedelta = PATIENCE


class AlreadyRunningError(RuntimeError):
    """This process has a worker; it can have only one."""


class Runtime:
    """One worker in this process."""

    _one: ClassVar[threading.Lock] = threading.Lock()

    def __init__(
        self,
        database: Database,
        services: object,
        workflows: Iterable[Workflow],
        *,
        pace: Pace | None = None,
        regularly: Callable[[], None] = lambda: None,
        host: str | None = None,
    ) -> None:
        """Prepare a worker; nothing runs before :meth:`launch`.

        Args:
            database: where the jobs are; migrated.
            services: handed to every step.
            workflows: the workflows this worker knows.
            pace: numbers and times.
            regularly: called with every beat, for example to order due upkeep.
            host: the machine and process space; found out where not given.
        """
        self.executor_id = new_executor_id()
        self._database, self._services, self._pace, self._regularly = database, services, pace or Pace(), regularly
        self._host = host or own_host()
        self._workflows = {workflow.name: workflow for workflow in workflows}
        self._reaper = Reaper(database, services, self._workflows, me=self.executor_id, patience=self._pace.patience)
        self._strays = Strays(database, self.executor_id, self._pace.patience)
        self._closing, self._ended = threading.Event(), threading.Event()
        self._watch = threading.Thread(target=self._watch_over, name="eakte-watch", daemon=True)

    def launch(self) -> None:
        """Begin to work.

        The first beat comes before the first job: a worker that dies in between would never be missed.

        Raises:
            AlreadyRunningError: this process has a worker.
        """
        if not self._one.acquire(blocking=False):
            raise AlreadyRunningError
        quiet()
        self._reaper.beat(self._host)
        self._register()
        DBOS(config=self._config())
        DBOS.launch()
        self._reaper.reap()
        self._watch.start()

    def close(self, grace: float = 30.0) -> bool:
        """End in order: let running steps finish for at most *grace* seconds, then give every job back.

        Returns:
            Whether nothing runs any more. A step that still does cannot record anything: its job belongs to others.
        """
        self._closing.set()
        DBOS.destroy(workflow_completion_timeout_sec=math.ceil(grace), destroy_registry=True)
        self._ended.set()
        self._watch.join()
        give_back(self._database, self.executor_id)
        self._one.release()
        return _nothing_runs(within=2.0)

    def _config(self) -> DBOSConfig:
        return DBOSConfig(
            name=APPLICATION,
            application_version=APPLICATION_VERSION,
            executor_id=self.executor_id,
            system_database_engine=self._database.jobs_engine,
            dbos_system_schema=SCHEMA,
            serializer=SERIALIZER,
            run_migrations=False,
            enable_otlp=False,
            log_level="WARNING",
        )

    def _register(self) -> None:
        client = client_of(self._database.jobs_engine)
        for queue, slots in self._pace.slots:
            client.register_queue(queue, worker_concurrency=slots, polling_interval_sec=self._pace.poll)
        for workflow in self._workflows.values():
            DBOS.workflow(name=workflow.name, max_recovery_attempts=None)(self._body(workflow))

    def _body(self, workflow: Workflow) -> Callable[..., str]:
        def run(name: str, step: Step, ids: tuple[str, ...]) -> str:
            return DBOS.run_step({"name": name}, perform, step, self._services, ids, self._closing)

        def body(*ids: str) -> str:
            job_id = str(DBOS.workflow_id)
            with self._strays.in_hand(job_id), logs.job(job_id, self._ordered_by(job_id)):
                return work(ids)

        def work(ids: tuple[str, ...]) -> str:
            outcome = DONE
            for step in workflow.steps:
                outcome = run(step.__name__, step, ids)
                if outcome != DONE:
                    break
            if outcome == PUT_OFF:
                outcome = run("put_off", self._putting_off(workflow, str(DBOS.workflow_id)), ids)
            if outcome not in {DONE, ENOUGH, PUT_OFF}:
                run("fault", _faulting(workflow, outcome), ids)
            return outcome

        body.__name__ = body.__qualname__ = workflow.name
        return body

    def _ordered_by(self, job_id: str) -> str:
        try:
            return request_of(self._database, job_id)
        except SQLAlchemyError:  # the log is no reason for a job to fail; its steps wait for the database
            return ""

    def _putting_off(self, workflow: Workflow, job_id: str) -> Step:
        """Return the step that orders the same job once more for later, or finds that it has waited long enough."""
        key, _, done = job_id.removeprefix(f"{workflow.name}:").partition(ROUND)
        number = int(done or 0)

        def put_off(services: object, *ids: str) -> str:
            del services
            if number >= len(PUT_OFFS):
                return UNAVAILABLE
            way = way_of(self._database, job_id) or workflow.way
            with self._database.begin() as session:
                enqueue(session, workflow.name, f"{key}{ROUND}{number + 1}", *ids, way=way, delay=PUT_OFFS[number])
            return PUT_OFF

        return put_off

    def _watch_over(self) -> None:
        duties = (lambda: self._reaper.beat(self._host), self._reaper.reap, self._strays.give_back, self._regularly)
        while not self._ended.wait(self._pace.beat):
            for duty in duties[:1] if self._closing.is_set() else duties:
                try:
                    duty()
                except Exception:
                    LOG.exception("the watch failed; it goes on")


def _faulting(workflow: Workflow, code: str) -> Step:
    def fault(services: object, *ids: str) -> None:
        workflow.on_fault(services, code, *ids)

    return fault


def _nothing_runs(*, within: float) -> bool:
    """Tell whether all threads that ran jobs have ended *within* so many seconds."""
    deadline = time.monotonic() + within
    while any(thread.name.startswith("dbos-executor-") for thread in threading.enumerate()):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
