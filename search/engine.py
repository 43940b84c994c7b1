"""The port every search engine implements; one contract test suite covers all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

from search.model import Entry, MaySee, Query, Results


@dataclass(frozen=True, slots=True)
class IndexState:
    """How an index stands: what answers, and what is built aside."""

    serving: str
    """Name of the generation that answers."""
    documents: int
    size: int
    """Bytes on disk of all generations."""
    building: str = ""
    """Name of the generation that is being built, if any; the serving one itself where nothing could go on serving."""
    built: int = 0
    """Documents it holds so far."""
    outdated: bool = False
    """Whether another release, or other settings, made what answers."""

    @property
    def partial(self) -> bool:
        """Whether answers come from what is built so far."""
        return self.building == self.serving

    @property
    def needs_rebuild(self) -> bool:
        """Whether what is to answer has still to be built, or to be built to its end."""
        return self.outdated or bool(self.building)


class SearchEngine(Protocol):
    """One generation of an index of documents. ``put`` and ``remove`` are durable and visible when they return.

    Calls are safe from several threads of a process, and several processes may read while one
    writes; concurrent writers wait for each other.
    """

    def put(self, entries: Collection[Entry], *, again: bool = True) -> None:
        """Add or replace entries; an entry older than the stored one is ignored, without *again* one as old, too."""

    def remove(self, document_ids: Collection[str]) -> None:
        """Forget documents, with pages, snippets and vocabulary; unknown ids are fine."""

    def find(self, query: Query, may_see: MaySee) -> Results:
        """Return what the query finds among the entries the person may see.

        No typed text causes an error: what cannot be understood is named in ``Results.notes``.
        """

    def suggest(self, prefix: str, may_see: MaySee, limit: int = 8) -> tuple[str, ...]:
        """Complete a word from the documents the person may see."""

    def similar(self, text: str, may_see: MaySee, *, but: str, limit: int = 8) -> Results:
        """Return documents the person may see that share the telling words of *text*, likest first, without snippets.

        *but* is the document the text is of.
        """

    def versions(self) -> Iterator[tuple[str, int]]:
        """Yield every (document id, version) stored, for the reconciler."""

    def documents(self) -> int:
        """Return how many documents are stored."""

    def close(self) -> None:
        """Release files and locks."""


class Building(Protocol):
    """A generation that is filled aside while another one answers.

    What is put into and removed from the index meanwhile reaches both. Every call raises ``RebuildOver`` once it serves
    or was given up.
    """

    def add(self, entries: Collection[Entry]) -> None:
        """Add entries, except where one of the same version or a newer one is there already."""

    def remove(self, document_ids: Collection[str]) -> None:
        """Forget documents."""

    def versions(self) -> Iterator[tuple[str, int]]:
        """Yield every (document id, version) stored."""

    def serve(self) -> None:
        """Let it answer from now on, in every process, and remove the one that did."""


class SearchIndex(SearchEngine, Protocol):
    """An index that can be built anew beside itself."""

    def rebuild(self) -> Building:
        """Begin a new generation, or go on with the one that was begun."""

    def state(self) -> IndexState:
        """Tell how it stands."""
