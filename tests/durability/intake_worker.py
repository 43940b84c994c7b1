"""A real worker that kills itself at one point of one item's way; the target of a forked process."""

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from eakte.services import build
from eakte.settings import Settings
from eakte.worker import intake
from eakte.worker.runtime import Pace
from eakte.worker.service import Worker


def kill_at(name: str, moment: str, marks: list[str]) -> None:
    """End the process *before* or *after* a call of intake's function *name* whose arguments say one of *marks*."""
    original: Callable[..., Any] = getattr(intake, name)

    def replaced(*arguments: Any, **more: Any) -> Any:
        meant = any(mark in str(argument) for argument in arguments for mark in marks)
        if meant and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments, **more)
        if meant:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(intake, name, replaced)


def main(folder: str, url: str, marks: str, name: str, moment: str) -> None:
    kill_at(name, moment, marks.split(","))
    services = build(Settings(data_folder=Path(folder), database_url=url))
    Worker(services, pace=Pace(poll=0.1, beat=0.5)).start()
    threading.Event().wait()
