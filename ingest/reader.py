"""The work of a reader process: confine itself, read one file, leave the result or the reason as a file."""

from __future__ import annotations

import json
import os
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest import drawing, sheets
from ingest.apart import CUT, DRAW, FAILURE, LOOK, RESULT
from ingest.confine import confine
from ingest.errors import DecompressionBomb, IngestError, ReaderCrashed
from ingest.model import Limits, PageOrder, Scan
from ingest.reading import Engines, read
from ingest.reading_json import look_to_row, reading_to_json
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
        scan = _scan(request["scan"])
        settings = ReaderSettings(request["settings"]["engine"], Path(request["settings"]["classification"]))
        _leave(work / RESULT, _done(request, scan, lambda: build(settings), limits=limits, work=work))
    except Exception as error:  # noqa: BLE001 — whatever a file makes a library raise must reach the caller as a reason
        code, detail = _reason(error)
        _leave(work / FAILURE, json.dumps({"code": code, "detail": detail}).encode())
        return _FAILED
    return 0


def _done(request: dict[str, Any], scan: Scan, engines: Callable[[], Engines], *, limits: Limits, work: Path) -> bytes:
    task = request.get("task")
    if task == LOOK:
        looks = sheets.look(scan, limits=limits, work=work)
        return json.dumps([look_to_row(one, work) for one in looks]).encode()
    if task == CUT:
        scans = [_scan(row) for row in request["scans"]]
        pieces = [[PageOrder(*page) for page in piece] for piece in request["pieces"]]
        return json.dumps([path.name for path in sheets.cut(scans, pieces, limits=limits, work=work)]).encode()
    if task == DRAW:
        return json.dumps(drawing.draw(scan.path, request["number"], work=work).name).encode()
    return reading_to_json(read(scan, engines(), limits=limits, work=work), work)


def _scan(row: dict[str, Any]) -> Scan:
    shown = Path(row["shown"]) if row["shown"] else None
    pages = {int(number): languages for number, languages in row["page_languages"].items()}
    return Scan(Path(row["path"]), row["filename"], row["languages"], row["upright"], shown, pages)


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
