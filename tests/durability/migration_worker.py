"""A real worker that kills itself at one point of a migration; the target of a forked process."""

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from eakte.actions import migration_import
from eakte.services import build
from eakte.settings import Settings
from eakte.worker.runtime import Pace
from eakte.worker.service import Worker


def kill_at(name: str, moment: str, call: int) -> None:
    """End the process *before* or *after* so many calls of a function of the import, in its open transaction."""
    original: Callable[..., Any] = getattr(migration_import, name)
    calls = [0]

    def replaced(*arguments: Any, **more: Any) -> Any:
        calls[0] += 1
        if calls[0] >= call and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments, **more)
        if calls[0] >= call:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(migration_import, name, replaced)


def main(folder: str, url: str, scans: str, name: str, moment: str, call: int) -> None:
    kill_at(name, moment, call)
    services = build(Settings(data_folder=Path(folder), database_url=url, migration_folder=scans))
    Worker(services, pace=Pace(poll=0.1, beat=0.5)).start()
    threading.Event().wait()
