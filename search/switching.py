"""An index that is built anew beside itself: the generation that answers, and perhaps one that is being filled.

Where generations lie, and how the switch from one to the other is made at one moment for all processes, is what shelves
know: ``search.engines.file_shelf`` for folders, ``search.engines.server_shelf`` for servers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from search.engine import IndexState, SearchEngine
from search.model import Entry, MaySee, Query, Results
from search.texts import sentence

_Result = TypeVar("_Result")

OUTDATED, PARTIAL = "note-index-outdated", "note-index-partial"


@dataclass(frozen=True, slots=True)
class Serving:
    """The generation that answers, and the note its answers need, if any."""

    engine: SearchEngine
    note: str = ""


class Shelf(Protocol):
    """Where the generations of one index are."""

    def reading(self) -> AbstractContextManager[Serving]:
        """Keep the generation that answers from being removed while it is asked."""

    def write(self, act: Callable[[SearchEngine], None]) -> None:
        """Do *act* on the generation that answers, then on the one being built."""

    def begin(self) -> str:
        """Begin a generation, or go on with the one that was begun, and return its name."""

    def build(self, name: str, act: Callable[[SearchEngine], _Result]) -> _Result:
        """Do *act* on the generation *name* that is being built.

        Raises:
            RebuildOver: it is not being built any more.
        """

    def serve(self, name: str) -> None:
        """Let the generation *name* that is being built answer; ``RebuildOver`` as above."""

    def state(self) -> IndexState:
        """Tell which generations there are."""

    def close(self) -> None:
        """Release files and connections; a later call opens them again."""


class SwitchingIndex:
    """The search index on a shelf of generations; see ``search.engine`` for what is promised."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def put(self, entries: Collection[Entry], *, again: bool = True) -> None:
        """Add or replace entries in every generation."""
        self._shelf.write(lambda engine: engine.put(entries, again=again))

    def remove(self, document_ids: Collection[str]) -> None:
        """Forget documents in every generation."""
        self._shelf.write(lambda engine: engine.remove(document_ids))

    def find(self, query: Query, may_see: MaySee) -> Results:
        """Return what the query finds among the entries the person may see."""
        with self._shelf.reading() as serving:
            results = serving.engine.find(query, may_see)
        return replace(results, notes=(*results.notes, sentence(serving.note))) if serving.note else results

    def suggest(self, prefix: str, may_see: MaySee, limit: int = 8) -> tuple[str, ...]:
        """Complete a word from the documents the person may see."""
        with self._shelf.reading() as serving:
            return serving.engine.suggest(prefix, may_see, limit)

    def similar(self, text: str, may_see: MaySee, *, but: str, limit: int = 8) -> Results:
        """Return documents the person may see that share the telling words of *text*."""
        with self._shelf.reading() as serving:
            return serving.engine.similar(text, may_see, but=but, limit=limit)

    def versions(self) -> Iterator[tuple[str, int]]:
        """Yield every (document id, version) stored in what answers."""
        with self._shelf.reading() as serving:
            return iter(list(serving.engine.versions()))

    def documents(self) -> int:
        """Return how many documents are stored in what answers."""
        with self._shelf.reading() as serving:
            return serving.engine.documents()

    def rebuild(self) -> OneBuilding:
        """Begin a new generation, or go on with the one that was begun."""
        return OneBuilding(self._shelf, self._shelf.begin())

    def state(self) -> IndexState:
        """Tell how the index stands."""
        return self._shelf.state()

    def close(self) -> None:
        """Release files and connections; a later call opens them again."""
        self._shelf.close()


class OneBuilding:
    """The generation *name* while it is being built; see ``search.engine.Building``."""

    def __init__(self, shelf: Shelf, name: str) -> None:
        self._shelf, self._name = shelf, name

    def add(self, entries: Collection[Entry]) -> None:
        """Add entries, except where one of the same version or a newer one is there already.

        What changes meanwhile is put from elsewhere, and must not be replaced by what was read a moment before.
        """
        self._shelf.build(self._name, lambda engine: engine.put(entries, again=False))

    def remove(self, document_ids: Collection[str]) -> None:
        """Forget documents."""
        self._shelf.build(self._name, lambda engine: engine.remove(document_ids))

    def versions(self) -> Iterator[tuple[str, int]]:
        """Yield every (document id, version) stored."""
        return iter(self._shelf.build(self._name, lambda engine: list(engine.versions())))

    def serve(self) -> None:
        """Let it answer from now on."""
        self._shelf.serve(self._name)
