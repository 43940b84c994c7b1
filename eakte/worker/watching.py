"""The watched folder: one sub-folder per organisation unit code; a file put there becomes an incoming item.

A file is taken when it has rested for a moment, so that a scanner may write it slowly. Afterwards it lies in the
sub-folder ``erledigt``, or in ``abgelehnt`` where the unit is unknown. Taken twice, after a crash, is taken once.
"""

import logging
from collections.abc import Callable
from pathlib import Path

from eakte.actions.intake import Source, Upload, receive
from eakte.errors import EakteError
from eakte.records.access import SYSTEM
from eakte.services import Services
from eakte.worker.clock import now

LOG = logging.getLogger(__name__)

REST = 2.0
"""Seconds since the last write after which a file counts as complete."""
TAKEN, REFUSED = "erledigt", "abgelehnt"


def take_files(services: Services, folder: Path, go_on: Callable[[], bool] = lambda: True) -> int:
    """Take every complete file in the sub-folders of *folder* once; return how many were taken."""
    taken = 0
    for file in sorted(folder.glob("*/*")):
        if not go_on():
            break
        try:
            if file.is_file() and not file.is_symlink() and not file.name.startswith(".") and _rests(file):
                taken += _take(services, file)
        except FileNotFoundError:
            continue  # another worker was first
    return taken


def _rests(file: Path) -> bool:
    return now().timestamp() - file.stat().st_mtime >= REST


def _take(services: Services, file: Path) -> bool:
    written = file.stat().st_mtime_ns
    stored = services.objects.put_file(file)
    unit = file.parent.name
    upload = Upload(stored, file.name, Source.FOLDER, unit, f"folder:{unit}:{written}:{stored.sha256}")
    try:
        with services.database.begin() as session:
            receive(session, services.objects, SYSTEM, upload, now())
    except EakteError as refusal:
        LOG.warning("a file in the watched folder of %s was refused (%s)", unit, refusal.code)
        _put_aside(file, REFUSED)
        return False
    if file.stat().st_mtime_ns == written:
        _put_aside(file, TAKEN)
    return True


def _put_aside(file: Path, folder: str) -> None:
    aside = file.parent / folder
    aside.mkdir(exist_ok=True)
    target = aside / file.name
    if target.exists():
        target = aside / f"{file.stem}-{file.stat().st_mtime_ns}{file.suffix}"
    file.rename(target)
