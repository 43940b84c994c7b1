"""The fingerprint of an index: engine, schema and analysis it was built with.

Engines open indexes of other releases and then miss words without a sign (Tantivy 0.27 reads what
0.26 stemmed differently). So an index is used only with the fingerprint it was made with.
"""

from __future__ import annotations

import json
import os
import shutil
from importlib.metadata import version
from pathlib import Path

from search.document import SCHEMA_VERSION
from search.errors import IndexOutdated
from search.german import ANALYSIS_VERSION, STEMMER
from search.locking import writing

_NAME = "fingerprint.json"


def fingerprint(engine: str, package: str) -> dict[str, str]:
    """Return what an index made now by *engine* depends on."""
    return {
        "engine": engine,
        "release": version(package),
        "schema": str(SCHEMA_VERSION),
        "analysis": str(ANALYSIS_VERSION),
        "stemmer": f"{STEMMER} {version(STEMMER)}",
    }


def claim(folder: Path, wanted: dict[str, str]) -> None:
    """Mark an empty *folder* with the fingerprint *wanted*, or check that it carries it.

    Raises:
        IndexOutdated: the folder holds an index with another fingerprint, or something else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with writing(folder):
        path = folder / _NAME
        if not path.exists():
            if any(entry.is_dir() for entry in folder.iterdir()):
                raise IndexOutdated
            _write(path, json.dumps(wanted, sort_keys=True))
            return
        if _read(path) != wanted:
            raise IndexOutdated


def discard(folder: Path) -> None:
    """Delete the index in *folder*, whatever made it; the caller puts everything again.

    Readers in other processes keep what they have open until their next request.
    """
    if not folder.exists():
        return
    with writing(folder):
        (folder / _NAME).unlink(missing_ok=True)
        for name in ("documents", "pages"):
            shutil.rmtree(folder / name, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """Make the names in *folder* durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _write(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)
