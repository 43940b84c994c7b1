"""The fingerprint of an index: engine, schema and analysis it was built with.

Engines open indexes of other releases and then miss words without a sign (Tantivy 0.27 reads what
0.26 stemmed differently). So an index with another fingerprint serves only until a new one is built aside.
"""

from __future__ import annotations

import json
import os
from importlib.metadata import version
from pathlib import Path

from search.document import SCHEMA_VERSION
from search.german import ANALYSIS_VERSION, STEMMER

NAME = "fingerprint.json"


def fingerprint(engine: str, package: str) -> dict[str, str]:
    """Return what an index made now by *engine* depends on."""
    return {
        "engine": engine,
        "release": version(package),
        "schema": str(SCHEMA_VERSION),
        "analysis": str(ANALYSIS_VERSION),
        "stemmer": f"{STEMMER} {version(STEMMER)}",
    }


def read(path: Path) -> dict[str, str]:
    """Return the texts by name that the file at *path* holds; nothing of a file that cannot be read."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: str(text) for name, text in kept.items()} if isinstance(kept, dict) else {}


def write(path: Path, texts: dict[str, str]) -> None:
    """Replace the file at *path* at one moment, durably."""
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(json.dumps(texts, sort_keys=True))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in *folder* durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
