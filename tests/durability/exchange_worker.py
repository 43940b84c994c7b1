"""A real worker as the target of a forked process that kills itself at one point of the exchange with the archive."""

from __future__ import annotations

import threading
from pathlib import Path

from eakte.actions import archive_answers, archive_arrivals, messages
from eakte.services import build
from eakte.settings import Settings
from eakte.worker import service
from eakte.worker.runtime import Pace
from eakte.worker.service import Worker
from retention.archives.box import BoxGateway
from tests.durability.deadly import kill_when

OWNERS = {
    "send": BoxGateway,
    "acknowledge": BoxGateway,
    "receive": archive_answers,
    "keep_unread": archive_arrivals,
}
"""Where a step of the exchange is found that is no action on messages to the archive."""


def settings_of(folder: str, url: str, schemas: str) -> Settings:
    """Return the settings of an installation with an archive at the other end of two folders."""
    return Settings(data_folder=Path(folder), database_url=url, archive_folder=folder, xdomea_schemas=schemas)


def main(folder: str, url: str, schemas: str, marks: str, name: str, moment: str) -> None:
    """Work until killed at the call that is about all *marks*."""
    service.ARCHIVE_SECONDS = 0.2  # type: ignore[misc]  # nobody waits a minute for a letter here
    wanted = marks.split(",")
    kill_when(OWNERS.get(name, messages), name, moment, lambda told: all(mark in told for mark in wanted))
    Worker(build(settings_of(folder, url, schemas)), pace=Pace(poll=0.1, beat=0.5)).start()
    threading.Event().wait()
