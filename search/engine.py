"""The port every search engine implements; one contract test suite covers all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Protocol

from search.model import Entry, MaySee, Query, Results


class SearchEngine(Protocol):
    """An index of documents. ``put`` and ``remove`` are durable and visible when they return.

    Calls are safe from several threads of a process, and several processes may read while one
    writes; concurrent writers wait for each other.
    """

    def put(self, entries: Collection[Entry]) -> None:
        """Add or replace entries; an entry older than the stored one is ignored."""

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

    def close(self) -> None:
        """Release files and locks."""
