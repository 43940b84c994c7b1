"""A worker process for the harnesses.

Every step of every job writes START and END to a ledger opened with O_APPEND: the ledger, not the worker, tells what
really happened. Jobs whose id begins with "poison" end the whole process in their second step.
"""

import os
import signal
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from eakte.store.base import Base
from eakte.store.database import Database, connect
from eakte.store.jobs import READING, SUSPECTS, Way, migrate_jobs
from eakte.worker.runtime import Pace, Runtime
from eakte.worker.workflow import Workflow

NAME = "chain"
WAY = Way(READING, 10)
PACE = Pace(slots=((READING, 2), (SUSPECTS, 1)), poll=0.1, beat=0.5, patience=timedelta(seconds=3))
STEP_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Ledger:
    """Lines no process can tear or lose: one write each, appended."""

    path: Path

    def write(self, *words: str) -> None:
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(handle, (" ".join((*words, str(os.getpid()), f"{time.time():.3f}")) + "\n").encode())
        os.close(handle)


def _work(ledger: Ledger, job: str, step: str) -> None:
    ledger.write("START", job, step)
    time.sleep(STEP_SECONDS)
    ledger.write("END", job, step)


def one(ledger: Ledger, job: str) -> None:
    _work(ledger, job, "one")


def two(ledger: Ledger, job: str) -> None:
    ledger.write("START", job, "two")
    if job.startswith("poison"):
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(STEP_SECONDS)
    ledger.write("END", job, "two")


def three(ledger: Ledger, job: str) -> None:
    _work(ledger, job, "three")


def fault(ledger: Ledger, code: str, job: str) -> None:
    ledger.write("FAULT", job, code)


CHAIN = Workflow(NAME, (one, two, three), fault, WAY)


def migrate(database: Database) -> None:
    Base.metadata.create_all(database.engine)
    migrate_jobs(database)


def work(url: str, ledger: str, host: str | None = None) -> None:
    """Work until SIGTERM; the target of a forked process."""
    runtime = Runtime(connect(url), Ledger(Path(ledger)), [CHAIN], pace=PACE, host=host)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    runtime.launch()
    stop.wait()
    runtime.close(grace=5)
