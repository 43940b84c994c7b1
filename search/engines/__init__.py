"""The engines by name. Each is imported only when asked for, so that a missing one harms nobody."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from search.engines.file_shelf import FileShelf
from search.engines.null import NullEngine
from search.errors import NoServers, UnknownEngine
from search.fingerprint import fingerprint
from search.switching import SwitchingIndex

if TYPE_CHECKING:
    from pathlib import Path

    from search.engine import SearchEngine, SearchIndex
    from search.engines.server_shelf import ServerShelf
    from search.servers import Servers

_ENGINES = {
    "tantivy": ("search.engines.tantivy_engine:TantivyEngine", "tantivy"),
    "whoosh": ("search.engines.whoosh_engine:WhooshEngine", "whoosh3"),
}
"""Where an engine is, and which package its indexes depend on."""
ENGINES = (*_ENGINES, "null")
"""Engines in our own process, on files in a folder."""
REMOTE = "opensearch"
"""The engine that lives on servers."""
NAMES = (*ENGINES, REMOTE)


def open_engine(name: str, folder: Path, servers: Servers | None = None) -> SearchIndex:
    """Open the index of the engine *name* in *folder*, or on *servers*; where there is none it begins a new one.

    An index that other settings or another release made answers as long as it can be read; see ``IndexState.outdated``.

    Raises:
        UnknownEngine: there is no engine of this name.
        NoServers: the engine needs servers and none is named.
        IndexOutdated: the index was made by a release that differs too much; ``begin_anew``.
        IndexBroken: the files cannot be read; likewise.
        SearchAway: the servers do not answer.
    """
    if name == "null":
        return NullEngine(folder)
    shelf = _shelf(name, folder, servers)
    shelf.check()
    return SwitchingIndex(shelf)


def begin_anew(name: str, folder: Path, servers: Servers | None = None) -> None:
    """Give up the index of the engine *name*, whatever made it, for one that answers from what is built so far."""
    if name != "null":
        _shelf(name, folder, servers).start_over()


def _shelf(name: str, folder: Path, servers: Servers | None) -> FileShelf | ServerShelf:
    if name == REMOTE:
        from search.engines.server_shelf import ServerShelf  # noqa: PLC0415 - see above

        return ServerShelf.on(_named(servers))
    if name not in _ENGINES:
        raise UnknownEngine(name=name, known=", ".join(NAMES))
    return FileShelf(folder, name, fingerprint(name, _ENGINES[name][1]), _engine)


def _engine(name: str, folder: Path) -> SearchEngine:
    if name not in _ENGINES:
        raise UnknownEngine(name=name, known=", ".join(NAMES))
    module, _, engine = _ENGINES[name][0].partition(":")
    return cast("SearchEngine", getattr(import_module(module), engine)(folder))


def _named(servers: Servers | None) -> Servers:
    if servers is None or not servers.addresses:
        raise NoServers(name=REMOTE)
    return servers
