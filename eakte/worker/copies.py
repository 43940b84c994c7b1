"""Copies that sources keep in ``.erledigt`` go after a set number of days: destruction does not reach them.

A file lies there only once its item is committed. While our own object of the same bytes is missing or changed, the
copy stays, for it may be the only one left; that of what was destroyed here goes like all others.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

from eakte.services import Services
from eakte.store.documents import StoredObject
from eakte.store.objects import Stored, intact
from eakte.worker import sources
from eakte.worker.watch import TAKEN

LOG = logging.getLogger(__name__)


def forget_copies(services: Services, today: date) -> int:
    """Remove what was put aside longer ago than the setting says; return how many files went."""
    days = services.settings.taken_copies_days
    if not days:
        return 0
    oldest, gone = today - timedelta(days=days), 0
    for folder in _folders(services):
        for day in _days(folder / TAKEN):
            if date.fromisoformat(day.name) < oldest:
                gone += _forget(services, day)
    return gone


def _folders(services: Services) -> Iterator[Path]:
    found = sources.load(services.settings.sources_file)
    if watched := services.settings.watch_folder:
        yield from _inside(Path(watched))
    yield from (Path(each.path) for each in found.folders)
    yield from (Path(each.path) for each in found.portals)


def _inside(folder: Path) -> list[Path]:
    """Return the real folders in a folder; none where it cannot be read, such as a share that is away."""
    try:
        return sorted(one for one in folder.iterdir() if one.is_dir() and not one.is_symlink())
    except OSError:
        return []


def _days(taken: Path) -> Iterator[Path]:
    for folder in [] if taken.is_symlink() else _inside(taken):
        with suppress(ValueError):
            if date.fromisoformat(folder.name).isoformat() == folder.name:
                yield folder


def _forget(services: Services, day: Path) -> int:
    gone = 0
    for place, _, names in os.walk(day, topdown=False):
        for path in (Path(place, name) for name in sorted(names)):
            try:
                if not path.is_symlink() and _can_go(services, path):
                    path.unlink()
                    gone += 1
            except OSError as fault:
                LOG.warning("a copy in %s cannot be removed (%s)", TAKEN, fault.strerror)
        with suppress(OSError):  # something is left in it
            Path(place).rmdir()
    return gone


def _can_go(services: Services, path: Path) -> bool:
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    with services.database.reading() as session:
        row = session.get(StoredObject, sha256)
        kept = Stored(row.sha256, row.sha512, row.size) if row else None
    if kept is None or intact(services.objects, kept):
        return True
    LOG.error("object %s is missing or changed; its copy in %s stays", sha256, TAKEN)
    return False
