"""What a file of many pages costs in memory, and how busy it keeps the cores."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pikepdf

from ingest import ReaderSettings, engines, read, reading_to_json
from ingest.model import Limits, Scan

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
    command = [sys.executable, "-m", "bench.long_files", str(path.resolve()), engine, str(folder.resolve())]
    told = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    return int(told) * 1024 / 1e6


def _peak_kib() -> int:
    """Return the high-water mark of this program; what a parent tells of a child counts the parent's own, too."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise RuntimeError("the kernel does not tell the high-water mark")


def busy(work: Callable[[], object], cores: int) -> float:
    """Return the share of the *cores* that *work*, in this process, keeps busy."""
    began, spent = time.monotonic(), time.process_time()
    work()
    return (time.process_time() - spent) / (time.monotonic() - began) / cores


def main(path: Path, engine: str, folder: Path) -> None:
    """Read the file at *path* with all outputs into *folder* and print the most memory that took, in KiB."""
    made = engines.build(ReaderSettings(engine, ROOT / "config" / "classification"))
    reading_to_json(read(Scan(path, path.name), made, limits=Limits(), work=folder), folder)
    sys.stdout.write(f"{_peak_kib()}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
