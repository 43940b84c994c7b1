"""Counting the pages of files without reading them, in a process of its own: ``python -m ingest.page_counts``.

The child takes paths on its standard input, one JSON string a line, and answers each with a number or ``null``.
A file that ends the child counts as ``None``, and a new child goes on behind it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pikepdf
from PIL import Image, UnidentifiedImageError

from ingest.confine import confine
from ingest.model import Limits

ROOT = Path(__file__).resolve().parent.parent
_MEMORY = 2_000_000_000


def count_pages(paths: Sequence[Path], seconds: float) -> dict[Path, int | None]:
    """Return the number of pages of each file; ``None`` where it has none we can count.

    Args:
        paths: of files; PDF and images have pages.
        seconds: after so long no further file is begun; what is not reached is left out.
    """
    counts: dict[Path, int | None] = {}
    deadline = time.monotonic() + seconds
    while (left := [path for path in paths if path not in counts]) and time.monotonic() < deadline:
        counts |= zip(left, _child(left, deadline - time.monotonic()), strict=False)
        if time.monotonic() < deadline and (stuck := [path for path in left if path not in counts]):
            counts[stuck[0]] = None
    return counts


def _child(paths: Sequence[Path], seconds: float) -> Iterator[int | None]:
    """Yield the counts one child finds, until it is done, its time is over or a file ends it."""
    asked = "".join(f"{json.dumps(str(path.resolve()))}\n" for path in paths)
    command = [sys.executable, "-m", "ingest.page_counts", str(os.getpid()), str(max(1, int(seconds)))]
    try:
        ended = subprocess.run(
            command, cwd=ROOT, input=asked, capture_output=True, text=True, timeout=seconds + 1, check=False
        )
        told = ended.stdout
    except subprocess.TimeoutExpired as over:
        told = over.stdout.decode() if isinstance(over.stdout, bytes) else over.stdout or ""
    for line in told.splitlines(keepends=True):
        if line.endswith("\n"):
            yield json.loads(line)


def pages_of(path: Path) -> int | None:
    """Return the number of pages of a file, ``None`` if it is neither a PDF nor an image."""
    try:
        with path.open("rb") as stream:
            is_pdf = b"%PDF-" in stream.read(1_024)
        if is_pdf:
            with pikepdf.open(path) as pdf:
                return len(pdf.pages)
        with Image.open(path) as image:
            return getattr(image, "n_frames", 1)
    except (OSError, ValueError, SyntaxError, pikepdf.PdfError, UnidentifiedImageError, Image.DecompressionBombError):
        return None


def main(parent: int, seconds: int) -> None:
    """Answer the paths on standard input until the time is over."""
    confine(Limits(cpu_seconds=seconds + 1, memory_bytes=_MEMORY), parent=parent)
    deadline = time.monotonic() + seconds
    for line in sys.stdin:
        if time.monotonic() > deadline:
            return
        sys.stdout.write(f"{json.dumps(pages_of(Path(json.loads(line))))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
