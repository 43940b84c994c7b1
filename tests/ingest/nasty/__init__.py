"""Nasty files made by script: each as a writer, with what has to become of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from ingest.errors import IngestError

Write: TypeAlias = Callable[[Path], object]
READ = None
"""It is nasty and becomes pages all the same."""

Expected: TypeAlias = type[IngestError] | None
Nasty: TypeAlias = Mapping[str, tuple[Write, Expected]]


def raw(data: bytes) -> Write:
    """Return a writer of *data*."""

    def write(path: Path) -> None:
        path.write_bytes(data)

    return write
