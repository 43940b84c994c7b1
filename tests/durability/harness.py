"""What the harnesses share: worker processes to kill, and the reading of the ledger."""

import multiprocessing
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess as Process
from pathlib import Path

from eakte.store.database import Database, connect
from eakte.store.jobs import client_of, enqueue
from tests.durability.worker import CHAIN, NAME, WAY, Ledger, migrate, work

# Workers are forked from a process that has imported everything: imports are not what is tested.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        f"tests.durability.{name}"
        for name in (
            "worker",
            "intake_worker",
            "mail_worker",
            "migration_worker",
            "rebuild_worker",
            "index_worker",
            "destruction_worker",
            "exchange_worker",
        )
    ]
)


@dataclass(frozen=True, slots=True)
class Line:
    word: str
    job: str
    step: str
    process: int


@dataclass
class Stage:
    """One database, one ledger, and the workers on it."""

    url: str
    folder: Path
    workers: list[Process] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.folder / "ledger")
        self.ledger.path.touch()
        self.database: Database = connect(self.url)
        migrate(self.database)

    def order(self, *jobs: str) -> None:
        with self.database.begin() as session:
            for job in jobs:
                enqueue(session, NAME, job, way=WAY)

    def start_worker(self, host: str | None = None) -> Process:
        worker = FORKS.Process(target=work, args=(self.url, str(self.ledger.path), host), daemon=True)
        worker.start()
        self.workers.append(worker)
        return worker

    def terminate(self, worker: Process) -> int | None:
        """Ask *worker* to end in order and return its exit code."""
        worker.terminate()
        self.workers.remove(worker)
        worker.join(20)
        return worker.exitcode

    def kill(self, worker: Process) -> None:
        worker.kill()
        worker.join()
        self.workers.remove(worker)
        self.ledger.write("KILLED", "-", str(worker.pid))

    def lines(self) -> list[Line]:
        words = (line.split() for line in self.ledger.path.read_text().splitlines())
        return [Line(word, job, step, int(process)) for word, job, step, process, _ in words]

    def finished(self) -> set[str]:
        """Return the jobs whose last step ended, or whose fault is known."""
        last = CHAIN.steps[-1].__name__
        return {line.job for line in self.lines() if line.word == "FAULT" or (line.word == "END" and line.step == last)}

    def in_hand(self, worker: Process) -> bool:
        """Tell whether *worker* is in the middle of a step."""
        mine = [line for line in self.lines() if line.process == worker.pid]
        return Counter(line.word for line in mine)["START"] > Counter(line.word for line in mine)["END"]

    def overlaps(self) -> list[str]:
        """Return steps begun again although nothing had happened to the worker that had begun them."""
        wrong: list[str] = []
        begun: dict[tuple[str, str], int] = {}
        dead: set[int] = set()
        for line in self.lines():
            key = (line.job, line.step)
            if line.word == "KILLED":
                dead.add(int(line.step))
            elif line.word == "START":
                if key in begun and begun[key] not in dead:
                    wrong.append(" ".join(key))
                begun[key] = line.process
        return wrong

    def repeated(self) -> Counter[str]:
        """Return the steps that ran to their end more than once."""
        ended: dict[tuple[str, str], int] = defaultdict(int)
        for line in self.lines():
            if line.word == "END":
                ended[line.job, line.step] += 1
        return Counter({" ".join(key): count - 1 for key, count in ended.items() if count > 1})

    def outcomes(self) -> Counter[str]:
        """Return what the jobs' table says: how many ended how."""
        jobs = client_of(self.database.jobs_engine).list_workflows(name=NAME, load_input=False)
        return Counter(f"{job.status} {job.output}" for job in jobs)

    def end(self) -> None:
        for worker in list(self.workers):
            self.kill(worker)
        self.database.close()


def wait_until(condition: Callable[[], bool], seconds: float, *, every: float = 0.05) -> bool:
    """Tell whether the condition comes true within so many *seconds*; it is looked at *every* so many."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True
