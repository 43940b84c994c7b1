"""A real worker that kills itself in the middle of a preview; the target of a forked process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eakte.actions import rule_preview
from eakte.services import build
from eakte.settings import Settings
from eakte.worker.runtime import Pace
from eakte.worker.service import Worker
from tests.durability.deadly import kill_at_call

ROUND = 2


def main(folder: str, url: str, name: str, moment: str, call: int) -> None:
    """End the process *before* or *after* so many calls of a function of the preview, in its open transaction."""
    kill_at_call(rule_preview, name, moment, call)
    with working(folder, url):
        threading.Event().wait()


@contextmanager
def working(folder: str, url: str) -> Iterator[None]:
    """Let a worker work whose rounds are small."""
    compare = rule_preview.compare
    rule_preview.compare = lambda *arguments: compare(*arguments, size=ROUND)  # type: ignore[assignment]  # fewer files
    services = build(Settings(data_folder=Path(folder), database_url=url))
    worker = Worker(services, pace=Pace(poll=0.1, beat=0.5))
    worker.start()
    try:
        yield
    finally:
        worker.close()
        services.close()
