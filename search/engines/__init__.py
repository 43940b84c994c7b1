"""The engines by name. Each is imported only when asked for, so that a missing one harms nobody."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from search import fingerprint
from search.errors import NoServers, UnknownEngine

if TYPE_CHECKING:
    from pathlib import Path

    from search.engine import SearchEngine
    from search.servers import Servers

ENGINES = {
    "tantivy": "search.engines.tantivy_engine:TantivyEngine",
    "whoosh": "search.engines.whoosh_engine:WhooshEngine",
    "null": "search.engines.null:NullEngine",
}
"""Engines in our own process, on files in a folder."""
REMOTE = "opensearch"
"""The engine that lives on servers."""
NAMES = (*ENGINES, REMOTE)


def open_engine(name: str, folder: Path, servers: Servers | None = None) -> SearchEngine:
    """Open the engine *name* on the index in *folder*, or on *servers*; where there is none it begins a new index.

    Raises:
        UnknownEngine: there is no engine of this name.
        NoServers: the engine needs servers and none is named.
        IndexOutdated: the index was made by another release; ``discard_index``, put all again.
        IndexBroken: the files cannot be read; likewise.
        SearchAway: the servers do not answer.
    """
    if name == REMOTE:
        from search.engines.opensearch_engine import OpenSearchEngine  # noqa: PLC0415 - see above

        return OpenSearchEngine(_named(servers))
    if name not in ENGINES:
        raise UnknownEngine(name=name, known=", ".join(NAMES))
    module, _, engine = ENGINES[name].partition(":")
    return cast("SearchEngine", getattr(import_module(module), engine)(folder))


def discard_index(name: str, folder: Path, servers: Servers | None = None) -> None:
    """Delete the index of the engine *name*; the caller puts everything again."""
    if name == REMOTE:
        from search.engines import opensearch_engine  # noqa: PLC0415 - see above

        opensearch_engine.discard(_named(servers))
    else:
        fingerprint.discard(folder)


def _named(servers: Servers | None) -> Servers:
    if servers is None or not servers.addresses:
        raise NoServers(name=REMOTE)
    return servers
