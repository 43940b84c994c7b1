"""Reads every file below a folder as ingest would, and tells what became of each.

Run ``python -m bench.corpus DIR``. One line per file, tab-separated: outcome, reason code (``-`` if read), media type
found, pages, seconds, ``same`` or ``CHANGED`` (the original bytes, before and after), name. Files out of containers
are read like any other and named ``mail.eml » Plan.pdf``. Outcomes:

- ``read``: it became pages.
- ``waiting``: it waits in the worklist for a password, a program or more time.
- ``refused``: it waits in the worklist, and these bytes will never be read.
- ``ERROR``: something happened that is no reason; there should be none.

The last line is one JSON object with the sums: ``files``, ``parts``, ``read``, ``waiting``, ``refused``, ``errors``,
``pages``, ``seconds``, ``bytes_equal`` (all originals), ``by_code``, ``by_type``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from eakte.settings import Settings
from eakte.worker.reading import read_file
from ingest import detect
from ingest.errors import InfectedFile, IngestError
from ingest.model import Reading, Scan
from ingest.virus import ScannerAway

NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one file."""

    name: str
    outcome: str
    code: str
    media_type: str
    pages: int
    seconds: float
    is_same: bool
    is_part: bool = False

    @property
    def line(self) -> str:
        """The fate as one line, without characters that would break it."""
        same = "same" if self.is_same else "CHANGED"
        name = "".join(sign if sign.isprintable() else "?" for sign in self.name)
        name = name.encode("utf-8", "replace").decode("utf-8")
        cells = (self.outcome, self.code, self.media_type, self.pages, f"{self.seconds:.2f}", same, name)
        return "\t".join(map(str, cells))


@dataclass(slots=True)
class Sums:
    """What became of all."""

    fates: list[Fate] = field(default_factory=list)

    def as_row(self, seconds: float) -> dict[str, object]:
        """Return the sums as they are printed."""
        outcomes = Counter(fate.outcome for fate in self.fates)
        return {
            "files": sum(not fate.is_part for fate in self.fates),
            "parts": sum(fate.is_part for fate in self.fates),
            "read": outcomes["read"],
            "waiting": outcomes["waiting"],
            "refused": outcomes["refused"],
            "errors": outcomes["ERROR"],
            "pages": sum(fate.pages for fate in self.fates),
            "seconds": round(seconds, 2),
            "bytes_equal": all(fate.is_same for fate in self.fates),
            "by_code": dict(sorted(Counter(fate.code for fate in self.fates if fate.code != NOTHING).items())),
            "by_type": dict(sorted(Counter(fate.media_type for fate in self.fates).items())),
        }


def fates_of(path: Path, name: str, settings: Settings, *, is_part: bool = False) -> Iterator[Fate]:
    """Read the file at *path* and, unless it is itself a part, all that it contains; yield what became of each."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        before, start = _digest(path), time.perf_counter()
        reading: Reading | None = None
        outcome, code = "read", NOTHING
        try:
            reading = read_file(settings, Scan(path, path.name, settings.ocr_languages), work)
        except IngestError as error:
            outcome, code = "waiting" if error.waits else "refused", error.code
        except ScannerAway:
            outcome, code = "waiting", "unavailable"
        except Exception as error:  # noqa: BLE001 — that there are none is what is measured
            outcome, code = "ERROR", type(error).__name__
        seconds = time.perf_counter() - start
        media_type = reading.media_type if reading else _type_of(path, code)
        pages = len(reading.pages) if reading else 0
        yield Fate(name, outcome, code, media_type, pages, seconds, _digest(path) == before, is_part)
        for part in reading.parts if reading and not is_part else ():
            inner = "/".join(each for each in (part.folder, part.filename) if each)
            yield from fates_of(part.path, f"{name} » {inner}", settings, is_part=True)


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _type_of(path: Path, code: str) -> str:
    """The type of what could not be read; what is infected is not looked at."""
    if code == InfectedFile.code or path.stat().st_size == 0:
        return NOTHING
    return detect(path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the folder named on the command line; return 0, or 1 if there were errors or bytes that changed."""
    parser = argparse.ArgumentParser(prog="python -m bench.corpus", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", default=Settings().ocr_engine, help="text recognition; null reads scans blindly")
    parser.add_argument("--clamav", default="", help="socket of clamd")
    parser.add_argument("--seconds", type=int, default=Settings().read_seconds, help="longest time for one file")
    parser.add_argument("--jobs", type=int, default=Settings().readers, help="files read at the same time")
    options = parser.parse_args(arguments)
    files = sorted(path for path in options.folder.rglob("*") if path.is_file())
    settings = replace(Settings(), ocr_engine=options.engine, clamav=options.clamav, read_seconds=options.seconds)
    start, sums = time.perf_counter(), Sums()

    def fates(path: Path) -> list[Fate]:
        return list(fates_of(path, path.relative_to(options.folder).as_posix(), settings))

    with ThreadPoolExecutor(max_workers=options.jobs) as pool:
        for found in pool.map(fates, files):
            for fate in found:
                sums.fates.append(fate)
                sys.stdout.write(fate.line + "\n")
            sys.stdout.flush()
    row = sums.as_row(time.perf_counter() - start)
    sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    return 1 if row["errors"] or not row["bytes_equal"] else 0


if __name__ == "__main__":
    sys.exit(main())
