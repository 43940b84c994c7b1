"""Folders to work in: lent empty, cleared behind, and swept where their user was killed before that."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

ABANDONED_AFTER = timedelta(hours=24)
"""No work on one file takes that long; what has not changed since then belongs to nobody."""


@contextmanager
def lent(data_folder: Path) -> Iterator[Path]:
    """Lend an empty folder; two processes on the same file, one of them paused for long, do not meet in it."""
    base = data_folder / "work"
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=base, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def sweep(data_folder: Path, now: datetime) -> int:
    """Remove what killed processes left, for it shows what was read; return how many folders."""
    limit = (now - ABANDONED_AFTER).timestamp()
    abandoned = [folder for folder in (data_folder / "work").glob("*") if _changed(folder, limit) < limit]
    for folder in abandoned:
        shutil.rmtree(folder, ignore_errors=True)
    return len(abandoned)


def _changed(folder: Path, default: float) -> float:
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        return default
