"""A portal's folder: each sub-folder with the marker ``fertig`` is a submission, called by its id.

Layout: ``metadata.json``, ``data.json`` or ``data.xml``, and the attachments, beside them or in ``attachments/``. The
portal's client writes the marker last; nothing is looked at before. When all is stored and committed, the receipt
``quittung.json`` is written and the folder moves to ``.erledigt/<day>/``; what cannot be taken moves to
``.abgelehnt/`` with the reason beside it. Ended anywhere in between, the id makes twice the same as once.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from eakte.actions import submissions
from eakte.actions.quotas import IntakeFull
from eakte.actions.submissions import Submission, SubmissionReceipt
from eakte.errors import EakteError, InvalidInput
from eakte.records.access import SYSTEM
from eakte.records.calendar import day_of
from eakte.services import Services
from eakte.store.objects import Stored
from eakte.store.stored import ObjectVanished
from eakte.texts import sentence
from eakte.worker.clock import now as utc_now
from eakte.worker.sources import PortalFolder

LOG = logging.getLogger(__name__)

MARKER, RECEIPT, ATTACHMENTS = "fertig", "quittung.json", "attachments"
TAKEN, REFUSED = ".erledigt", ".abgelehnt"
MOST_FILES = 1_000


class PortalSource:
    """One folder that a portal's client puts submissions into."""

    def __init__(self, services: Services, portal: PortalFolder, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._services, self._portal, self._clock = services, portal, clock
        self._told = ""
        self._full_until: datetime | None = None

    def look(self, go_on: Callable[[], bool] = lambda: True) -> int:
        """Take every submission that is complete; return how many were taken."""
        taken = 0
        if self._full_until and self._clock() < self._full_until:
            return 0
        try:
            ready = [entry for entry in sorted(Path(self._portal.path).iterdir()) if _is_ready(entry)]
        except OSError as fault:
            self._tell_once(f"the portal's folder cannot be read ({fault.strerror})")
            return 0
        self._told = ""
        for folder in ready:
            if not go_on():
                break
            try:
                taken += self._take_or_refuse(folder)
            except IntakeFull as full:
                LOG.warning("the portal's submissions wait for room in their inbox (%s s)", full.detail["seconds"])
                self._full_until = self._clock() + full.wait
                break
        return taken

    def _tell_once(self, text: str) -> None:
        if self._told != text:
            LOG.warning("%s", text)
        self._told = text

    def _take_or_refuse(self, folder: Path) -> bool:
        try:
            receipt = self._receive(folder)
        except (FileNotFoundError, ObjectVanished):
            return False  # another worker was first, or the next look stores it again
        except IntakeFull:
            raise
        except EakteError as refusal:
            LOG.warning("a submission of the portal was refused (%s)", refusal.code)
            self._put_away(folder, REFUSED, sentence(refusal.code, refusal.detail))
            return False
        acknowledged = json.dumps(_told(receipt), ensure_ascii=False, indent=1)
        aside = folder / f".{RECEIPT}.part"
        aside.write_text(acknowledged, "utf-8")
        aside.rename(folder / RECEIPT)
        self._put_away(folder, f"{TAKEN}/{day_of(self._clock()):%Y-%m-%d}", "")
        return True

    def _receive(self, folder: Path) -> SubmissionReceipt:
        """Store every file, then commit the submission as a whole; when this returns, it is safe."""
        files: dict[str, Stored] = {}
        for name, path in _files(folder):
            if name in files or len(files) >= MOST_FILES:
                problem = f"„{name}“ gibt es zweimal." if name in files else "Das sind zu viele Dateien."
                raise InvalidInput(problem=problem, field="file")
            with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as stream:
                files[name] = self._services.objects.put(stream)
        submission = Submission(folder.name, self._portal.unit, files)
        with self._services.database.begin() as session:
            return submissions.receive(
                session, self._services.objects, SYSTEM, submission, self._clock(), self._services.quotas
            )

    def _put_away(self, folder: Path, into: str, reason: str) -> None:
        place = Path(self._portal.path) / into
        place.mkdir(parents=True, exist_ok=True)
        target = next(each for each in _places(place, folder.name) if not each.exists())
        if reason:
            target.with_name(f"{target.name}.txt").write_text(f"{folder.name}\n{reason}\n", "utf-8")
        folder.rename(target)


def _told(receipt: SubmissionReceipt) -> dict[str, object]:
    return {
        "submission_id": receipt.submission_id,
        "item_id": str(receipt.item_id),
        "outcome": receipt.outcome.value,
        "received_at": receipt.received_at.isoformat(),
        "hashes": dict(receipt.hashes),
    }


def _is_ready(entry: Path) -> bool:
    visible = not entry.name.startswith(".") and not entry.is_symlink() and entry.is_dir()
    return visible and (entry / MARKER).is_file()


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files of a submission by name, without marker and receipt."""
    for path in sorted([*folder.iterdir(), *_inside(folder / ATTACHMENTS)]):
        own = {MARKER, RECEIPT} if path.parent == folder else set()
        if path.name not in own and not path.name.startswith(".") and path.is_file() and not path.is_symlink():
            yield path.name, path


def _inside(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() and not folder.is_symlink() else []


def _places(folder: Path, name: str) -> Iterator[Path]:
    yield folder / name
    number = 2
    while True:
        yield folder / f"{name}-{number}"
        number += 1
