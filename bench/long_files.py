"""What a file of many pages costs in memory, and how busy it keeps the cores."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pikepdf

ROOT = Path(__file__).resolve().parent.parent


def lengthened(path: Path, pages: int, target: Path) -> Path:
    """Write the pages of the PDF at *path* again and again until there are so many."""
    with pikepdf.open(path) as source, pikepdf.new() as whole:
        while len(whole.pages) < pages:
            whole.pages.extend(list(source.pages)[: pages - len(whole.pages)])
        whole.save(target)
    return target


def peak_mb(path: Path, engine: str, folder: Path) -> float:
    """Return the most memory in MB (10^6 bytes) a process has while it reads the file with all outputs."""
    command = [sys.executable, "-m", "ingest", str(path.resolve()), "--engine", engine, "--out", str(folder.resolve())]
    reader = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(reader.pid, 0)
    reader.returncode = os.waitstatus_to_exitcode(status)
    if reader.returncode:
        raise RuntimeError(f"{path.name} could not be read ({reader.returncode})")
    return used.ru_maxrss * 1024 / 1e6


def busy(work: Callable[[], object], cores: int) -> float:
    """Return the share of the *cores* that *work*, in this process, keeps busy."""
    began, spent = time.monotonic(), time.process_time()
    work()
    return (time.process_time() - spent) / (time.monotonic() - began) / cores
