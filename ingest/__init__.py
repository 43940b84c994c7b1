"""From a received file to its Reading: type, pages, text with places, searchable PDF, proposals with reasons."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ingest.apart import cut_apart, draw_apart, look_apart, read_apart
from ingest.classify import Rules, load_rules
from ingest.media_type import detect
from ingest.reading_json import proposals_from_rows, proposals_to_rows, reading_from_json, reading_to_json
from ingest.references import find_references
from ingest.settings import ReaderSettings

if TYPE_CHECKING:
    from ingest.cases import propose_case_files, weigh
    from ingest.reading import Engines, read

__all__ = [
    "Engines",
    "ReaderSettings",
    "Rules",
    "cut_apart",
    "detect",
    "draw_apart",
    "find_references",
    "load_rules",
    "look_apart",
    "proposals_from_rows",
    "proposals_to_rows",
    "propose_case_files",
    "read",
    "read_apart",
    "reading_from_json",
    "reading_to_json",
    "weigh",
]


_LATER = {
    "Engines": "ingest.reading",
    "propose_case_files": "ingest.cases",
    "read": "ingest.reading",
    "weigh": "ingest.cases",
}


def __getattr__(name: str) -> Any:
    """Load on demand what is large and not needed by all.

    A service that reads apart needs no reading programs itself, and a process that reads needs nothing that learns:
    loading that took longer than all the rest, at each start of a worker's readers.
    """
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
