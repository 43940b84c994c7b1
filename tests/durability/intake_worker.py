"""Real workers as targets of forked processes: one kills itself at one point of an item's way, one is killed."""

import os
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from eakte.services import build
from eakte.settings import Settings
from eakte.worker import intake, service, watch
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


def watch_and_work(folder: str, url: str, watched: str, limits: Mapping[str, int] | None = None) -> None:
    """Take files from a watched folder and read them until somebody ends the process; *limits* are settings."""
    watch.REST, watch.EMPTY_REST, service.INTERVAL = (
        0.1,
        0.1,
        0.1,
    )  # files are put there whole; waiting for slow writers is tested elsewhere
    settings = Settings(data_folder=Path(folder), database_url=url, watch_folder=watched, ocr_engine="null")
    services = build(replace(settings, **(limits or {})))
    Worker(services, pace=Pace(poll=0.2, beat=0.5)).start()
    threading.Event().wait()
