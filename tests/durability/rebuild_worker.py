"""A real worker that ends a moment after it began to build the search index anew; the target of a forked process."""

import os
import signal
import threading
from pathlib import Path
from typing import Any

from eakte.services import build
from eakte.settings import Settings
from eakte.worker import rebuilding
from eakte.worker.runtime import Pace
from eakte.worker.service import Worker


def main(folder: str, url: str, seconds: float) -> None:
    add = rebuilding._add
    timer = threading.Timer(seconds, lambda: os.kill(os.getpid(), signal.SIGKILL))

    def added(*arguments: Any) -> None:
        if not timer.ident:
            timer.start()
        add(*arguments)

    rebuilding._add, rebuilding.ROUND, rebuilding.AT_ONCE = added, 4, 2
    services = build(Settings(data_folder=Path(folder), database_url=url))
    Worker(services, pace=Pace(poll=0.1, beat=0.5)).start()
    threading.Event().wait()
