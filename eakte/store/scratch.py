"""Folders to work in: lent empty, cleared behind, and swept where their user was killed before that.

What lies in them shows what was read, and with encrypted objects it is the only content on the disk that lies open. So
whoever uses one holds a lock on it, which ends with the process, and each start takes away what nobody holds.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

ABANDONED_AFTER = timedelta(hours=24)
"""No work on one file takes that long; what has not changed since then belongs to nobody."""


@contextmanager
def lent(data_folder: Path) -> Iterator[Path]:
    """Lend an empty folder; two processes on the same file, one of them paused for long, do not meet in it."""
    base = data_folder / "work"
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as held:
        with _locked(base, fcntl.LOCK_SH):  # nobody clears between making the folder and holding it
            folder = held.enter_context(tempfile.TemporaryDirectory(dir=base, ignore_cleanup_errors=True))
            held.enter_context(_locked(Path(folder), fcntl.LOCK_EX))
        yield Path(folder)


def clear(data_folder: Path) -> int:
    """Remove the folders of processes that are gone; return how many."""
    base = data_folder / "work"
    if not base.is_dir():
        return 0
    with _locked(base, fcntl.LOCK_EX):
        left = [folder for folder in base.iterdir() if folder.is_dir() and not _is_held(folder)]
        for folder in left:
            shutil.rmtree(folder, ignore_errors=True)
    return len(left)


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)


def _is_held(folder: Path) -> bool:
    try:
        with _locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB):
            return False
    except (BlockingIOError, FileNotFoundError):  # cleared behind just now
        return True


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
