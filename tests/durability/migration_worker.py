"""A real worker that kills itself at one point of a migration; the target of a forked process."""

import threading
from pathlib import Path

from eakte.actions import migration_import
from eakte.services import build
from eakte.settings import Settings
from eakte.worker.runtime import Pace
from eakte.worker.service import Worker
from tests.durability.deadly import kill_at_call


def main(folder: str, url: str, scans: str, name: str, moment: str, call: int) -> None:
    kill_at_call(migration_import, name, moment, call)
    services = build(Settings(data_folder=Path(folder), database_url=url, migration_folder=scans))
    Worker(services, pace=Pace(poll=0.1, beat=0.5)).start()
    threading.Event().wait()
