"""A real worker as the target of a forked process that kills itself at one point of a destruction."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

from eakte.actions import destruction
from eakte.services import build
from eakte.settings import Settings
from eakte.worker import clock
from eakte.worker.runtime import Pace
from eakte.worker.service import Worker
from tests.durability.deadly import kill_when


class Standing:
    """A clock that stands, so that what is due stays due."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self, _: object = None) -> datetime:
        """Return the moment at which it stands."""
        return self._moment


def main(folder: str, url: str, now: datetime, marks: str, name: str, moment: str) -> None:
    """Work until killed at the call that is about one of the *marks*."""
    clock.datetime = Standing(now)  # type: ignore[misc, assignment]  # the edges' clock
    wanted = marks.split(",")
    kill_when(destruction, name, moment, lambda told: any(mark in told for mark in wanted))
    services = build(Settings(data_folder=Path(folder), database_url=url))
    Worker(services, pace=Pace(poll=0.1, beat=0.5)).start()
    threading.Event().wait()
