"""Bringing files in by command: each is stored, then received in a transaction of its own."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from eakte.actions.intake import Receipt, ReceiptOutcome, Source, Upload, receive
from eakte.cli.console import Console
from eakte.errors import EakteError
from eakte.store.documents import IncomingItem
from eakte.store.stored import ObjectVanished, forget
from eakte.texts import sentence

PARTIAL = (".part", ".tmp", ".crdownload", "~")
"""Names of files that somebody is still writing; passed over in folders."""
TRIES = 3


class Outcome(StrEnum):
    """What became of one file."""

    ACCEPTED = "accepted"
    REPEATED = "repeated"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Result:
    """The answer for one file."""

    path: Path
    outcome: Outcome
    item_id: UUID | None = None
    sha256: str = ""
    of: str = ""
    """Name of the file this one repeats."""
    reason: str = ""
    """Why it was refused."""

    @property
    def text(self) -> str:
        """The answer in German."""
        match self.outcome:
            case Outcome.ACCEPTED:
                return "angenommen"
            case Outcome.REPEATED:
                return "schon früher angenommen"
            case Outcome.DUPLICATE:
                return f"doppelt zu „{self.of}“"
            case Outcome.REFUSED:
                return f"abgelehnt, weil {self.reason}"


def files_in(paths: tuple[Path, ...]) -> Iterator[Path]:
    """Yield the files named, and those in the folders named, in order; hidden and unfinished ones only if named."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            yield from (Path(folder, name) for name in sorted(names) if not _unfinished(name))


def _unfinished(name: str) -> bool:
    return name.startswith(".") or name.lower().endswith(PARTIAL)


def add(console: Console, path: Path, *, department: str | None, login: str | None) -> Result:
    """Bring one file in. What the file itself causes is an answer; a fault of the installation is raised.

    Doing it again is safe: the upload is known by unit, place and content.
    """
    if reason := _refusal(path, console.settings.max_upload_bytes):
        return Result(path, Outcome.REFUSED, reason=reason)
    try:
        return _add(console, path, department, login)
    except EakteError as error:
        return Result(path, Outcome.REFUSED, reason=_as_clause(sentence(error.code, error.detail)))


def _as_clause(text: str) -> str:
    return f"das nicht geht: {text}"


def _refusal(path: Path, most: int) -> str:
    """Return why a file cannot even be stored, or an empty text. An empty file can: it becomes a visible fault."""
    try:
        if not path.exists():
            return "es diese Datei nicht gibt."
        if not path.is_file():
            return "das keine gewöhnliche Datei ist."
        if path.stat().st_size > most:
            return f"sie größer ist als erlaubt ({most // 1_000_000} MB)."
        with path.open("rb"):
            return ""
    except OSError:
        return "sie nicht gelesen werden darf."


def _add(console: Console, path: Path, department: str | None, login: str | None) -> Result:
    for attempt in range(TRIES):
        stored = console.services.objects.put_file(path)
        place = hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:32]
        try:
            with console.writing(login) as (session, actor, now):
                unit = department or actor.home_unit or ""
                upload = Upload(stored, path.name, Source.COMMAND, unit, f"command:{unit}:{stored.sha256}:{place}")
                receipt = receive(session, console.services.objects, actor, upload, now)
                return _result(path, receipt, session.get_one(IncomingItem, receipt.item_id).filename)
        except ObjectVanished:
            if attempt == TRIES - 1:
                raise
        except EakteError:
            with console.database.begin() as session:
                forget(session, console.services.objects, stored.sha256)  # refused bytes do not stay behind
            raise
    raise AssertionError  # the last try returned or raised


def _result(path: Path, receipt: Receipt, of: str) -> Result:
    outcome = {
        ReceiptOutcome.ACCEPTED: Outcome.ACCEPTED,
        ReceiptOutcome.REPEATED: Outcome.REPEATED,
        ReceiptOutcome.DUPLICATE: Outcome.DUPLICATE,
    }[receipt.outcome]
    return Result(path, outcome, receipt.item_id, receipt.sha256, of if outcome is Outcome.DUPLICATE else "")
