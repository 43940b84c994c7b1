"""A real worker as the target of a forked process that kills itself at one point of the exchange with the archive."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from eakte.actions import messages
from eakte.services import build
from eakte.settings import Settings
from eakte.worker import service
from eakte.worker.runtime import Pace
from eakte.worker.service import Worker
from retention.archives.folder import FolderGateway
from tests.durability.destruction_worker import die

OWNERS = {"send": FolderGateway, "acknowledge": FolderGateway}
"""Where a step of the exchange is found that is no action on messages."""


def kill_at(name: str, moment: str, marks: list[str]) -> None:
    """End the process before or after the call of *name* whose arguments bear all *marks*, or behind its commit."""
    owner: Any = OWNERS.get(name, messages)
    original: Callable[..., Any] = getattr(owner, name)

    def replaced(*arguments: Any, **more: Any) -> Any:
        told = " ".join(map(str, (*arguments, *more.values())))
        meant = all(mark in told for mark in marks)
        if meant and moment == "before":
            die()
        result = original(*arguments, **more)
        if meant and moment == "after":
            die()
        if meant:
            event.listen(Session, "after_commit", lambda _: die())
        return result

    setattr(owner, name, replaced)


def settings_of(folder: str, url: str, schemas: str) -> Settings:
    """Return the settings of an installation with an archive at the other end of two folders."""
    return Settings(data_folder=Path(folder), database_url=url, archive_folder=folder, xdomea_schemas=schemas)


def main(folder: str, url: str, schemas: str, marks: str, name: str, moment: str) -> None:
    """Work until killed."""
    service.ARCHIVE_SECONDS = 0.2  # type: ignore[misc]  # nobody waits a minute for a letter here
    kill_at(name, moment, marks.split(","))
    Worker(build(settings_of(folder, url, schemas)), pace=Pace(poll=0.1, beat=0.5)).start()
    threading.Event().wait()
