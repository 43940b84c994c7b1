"""The work of a reader process: confine itself, read one file, leave the result or the reason as a file."""

from __future__ import annotations

import json
import os
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.apart import FAILURE, RESULT
from ingest.confine import confine
from ingest.errors import DecompressionBomb, IngestError, ReaderCrashed
from ingest.model import Limits, Scan
from ingest.reading import Engines, read
from ingest.reading_json import reading_to_json
from ingest.settings import ReaderSettings

if TYPE_CHECKING:
    from collections.abc import Callable

_FAILED = 3


def run(request: dict[str, Any], build: Callable[[ReaderSettings], Engines]) -> int:
    """Do what *request* asks in this process and return its exit code; *build* makes the engines."""
    limits, work = Limits(**request["limits"]), Path(request["work"])
    confine(limits, parent=request["parent"])
    os.chdir(work)
    tempfile.tempdir = str(work)  # what a killed reader leaves lies in the folder its caller clears
    try:
        scan = Scan(Path(request["scan"]["path"]), request["scan"]["filename"], request["scan"]["languages"])
        settings = ReaderSettings(request["settings"]["engine"], Path(request["settings"]["classification"]))
        reading = read(scan, build(settings), limits=limits, work=work)
        _leave(work / RESULT, reading_to_json(reading, work))
    except Exception as error:  # noqa: BLE001 — whatever a file makes a library raise must reach the caller as a reason
        code, detail = _reason(error)
        _leave(work / FAILURE, json.dumps({"code": code, "detail": detail}).encode())
        return _FAILED
    return 0


def _reason(error: Exception) -> tuple[str, str]:
    if isinstance(error, IngestError):
        return error.code, str(error)
    if isinstance(error, MemoryError):
        return DecompressionBomb.code, "reading needs more memory than allowed"
    return ReaderCrashed.code, "".join(traceback.format_exception(error))


def _leave(path: Path, data: bytes) -> None:
    part = path.with_suffix(".part")
    part.write_bytes(data)
    part.replace(path)
