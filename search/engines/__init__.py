"""The engines by name. Each is imported only when asked for, so that a missing one harms nobody."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from search.errors import UnknownEngine

if TYPE_CHECKING:
    from pathlib import Path

    from search.engine import SearchEngine

ENGINES = {
    "tantivy": "search.engines.tantivy_engine:TantivyEngine",
    "whoosh": "search.engines.whoosh_engine:WhooshEngine",
    "null": "search.engines.null:NullEngine",
}


def open_engine(name: str, folder: Path) -> SearchEngine:
    """Open the engine *name* on the index in *folder*; an empty or missing folder gets a new index.

    Raises:
        UnknownEngine: there is no engine of this name.
        IndexOutdated: the index was made by another release; ``fingerprint.discard`` it, put all again.
        IndexBroken: the files cannot be read; likewise.
    """
    if name not in ENGINES:
        raise UnknownEngine(name=name, known=", ".join(ENGINES))
    module, _, engine = ENGINES[name].partition(":")
    return cast("SearchEngine", getattr(import_module(module), engine)(folder))
