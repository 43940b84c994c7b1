"""Workers of several authorities: a process each, because the job library lives once in a process."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

LOG = logging.getLogger(__name__)
PAUSE = 5.0
"""Seconds before a worker that ended by itself is started again."""


class WorkerProcess:
    """The worker of one tenant, kept alive until it is closed."""

    def __init__(self, config: Path, tenant: str) -> None:
        self._tenant = tenant
        self._words = [
            sys.executable, "-m", "eakte", "--config", str(config), "--tenant", tenant, "worker", "--with-parent",
        ]  # fmt: skip
        self._closing = threading.Event()
        self._process = self._start()
        self._watch = threading.Thread(target=self._keep_alive, name=f"worker-{tenant}", daemon=True)
        self._watch.start()

    def _start(self) -> subprocess.Popen[bytes]:
        # The worker ends when this pipe closes, so none is left behind when this process is killed.
        return subprocess.Popen(self._words, stdin=subprocess.PIPE)

    def _keep_alive(self) -> None:
        while True:
            code = self._process.wait()
            if self._closing.wait(PAUSE):
                return
            LOG.warning("the worker of %s ended with %d; it is started again", self._tenant, code)
            self._process = self._start()
            if self._closing.is_set():
                self._process.terminate()

    def ask_to_stop(self) -> None:
        """Ask the worker to give back its jobs and end."""
        self._closing.set()
        self._process.terminate()

    def close(self, grace: float) -> None:
        """Wait for the end, and enforce it after *grace* seconds."""
        self._watch.join(grace)
        if self._watch.is_alive():
            LOG.warning("the worker of %s had to be killed; others take over its jobs", self._tenant)
            self._process.kill()
            self._watch.join()
        if self._process.stdin is not None:
            self._process.stdin.close()


@contextmanager
def workers_of(config: Path, tenants: Sequence[str], grace: float) -> Iterator[None]:
    """Run a worker process for each tenant."""
    workers = [WorkerProcess(config, tenant) for tenant in tenants]
    try:
        yield
    finally:
        for worker in workers:
            worker.ask_to_stop()
        for worker in workers:
            worker.close(grace)


def end_with_parent(stop: threading.Event) -> None:
    """Set *stop* when the process that started this one is gone."""

    def wait() -> None:
        sys.stdin.buffer.read()
        stop.set()

    threading.Thread(target=wait, name="parent", daemon=True).start()
