"""A real worker as the target of a forked process that kills itself at one point of a destruction."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from eakte.actions import destruction
from eakte.services import build
from eakte.settings import Settings
from eakte.worker import clock
from eakte.worker.runtime import Pace
from eakte.worker.service import Worker


class Standing:
    """A clock that stands, so that what is due stays due."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self, _: object = None) -> datetime:
        """Return the moment at which it stands."""
        return self._moment


def die() -> None:
    """End the process at once."""
    os.kill(os.getpid(), signal.SIGKILL)


def kill_at(name: str, moment: str, marks: list[str]) -> None:
    """End the process before or after a call of destruction's *name* that is about *marks*, or behind its commit."""
    original: Callable[..., Any] = getattr(destruction, name)

    def replaced(*arguments: Any, **more: Any) -> Any:
        meant = any(mark in str(argument) for argument in arguments for mark in marks)
        if meant and moment == "before":
            die()
        result = original(*arguments, **more)
        if meant and moment == "after":
            die()
        if meant:
            event.listen(Session, "after_commit", lambda _: die())
        return result

    setattr(destruction, name, replaced)


def main(folder: str, url: str, now: datetime, marks: str, name: str, moment: str) -> None:
    """Work until killed."""
    clock.datetime = Standing(now)  # type: ignore[misc, assignment]  # the edges' clock
    kill_at(name, moment, marks.split(","))
    services = build(Settings(data_folder=Path(folder), database_url=url))
    Worker(services, pace=Pace(poll=0.1, beat=0.5)).start()
    threading.Event().wait()
