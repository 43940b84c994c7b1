"""Every real search engine, for the tests of what all of them promise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from search import SearchEngine, SearchIndex
from search.engines import open_engine
from search.engines.server_shelf import ServerShelf
from search.servers import Servers

ENGINES = ("tantivy", "whoosh", "opensearch")


class Begin:
    """Opens an engine with an empty index, for the time of a block."""

    def __init__(self, name: str, servers: Servers | None) -> None:
        self._name, self._servers = name, servers

    def examples(self, most: int, *, on_servers: int = 0) -> int:
        """Return how many examples a property is tried with: fewer where each goes through a network."""
        return (on_servers or most // 5) if self._servers else most

    @contextmanager
    def __call__(self) -> Iterator[SearchEngine]:
        with TemporaryDirectory() as folder:
            engine = _emptied(self._servers) if self._servers else open_engine(self._name, Path(folder))
            yield engine
            engine.close()


@pytest.fixture(params=ENGINES)
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], SearchIndex]:
    """Return what opens the engine on the index of this test, empty at first."""
    if request.param != "opensearch":
        return lambda: open_engine(request.param, tmp_path / "index")
    servers: Servers = request.getfixturevalue("opensearch")
    _emptied(servers).close()
    return lambda: open_engine("opensearch", tmp_path, servers)


@pytest.fixture(params=ENGINES)
def begin(request: pytest.FixtureRequest) -> Begin:
    """Return what begins a new index each time."""
    return Begin(request.param, request.getfixturevalue("opensearch") if request.param == "opensearch" else None)


def _emptied(servers: Servers) -> SearchEngine:
    """Open the shared index without what earlier tests left in it: a new one takes seconds."""
    index = open_engine("opensearch", Path(), servers)
    if index.state().building:
        ServerShelf.on(servers).remove_all()
        return open_engine("opensearch", Path(), servers)
    index.remove([document_id for document_id, _ in index.versions()])
    return index
