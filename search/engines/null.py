"""No search: for installations and tests that do without."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from search.finding import empty
from search.model import Entry, MaySee, Query, Results
from search.texts import sentence


class NullEngine:
    """Keeps nothing and finds nothing, and says so."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, entries: Collection[Entry]) -> None:
        """Keep nothing."""

    def remove(self, document_ids: Collection[str]) -> None:
        """Forget nothing."""

    def find(self, query: Query, may_see: MaySee) -> Results:  # noqa: ARG002 - the port's signature
        """Find nothing and say that the search is off."""
        return empty((sentence("note-search-off"),), query.facets)

    def suggest(self, prefix: str, may_see: MaySee, limit: int = 8) -> tuple[str, ...]:  # noqa: ARG002
        """Suggest nothing."""
        return ()

    def similar(self, text: str, may_see: MaySee, *, but: str, limit: int = 8) -> Results:  # noqa: ARG002
        """Find nothing."""
        return empty((), ())

    def versions(self) -> Iterator[tuple[str, int]]:
        """Yield nothing."""
        return iter(())

    def close(self) -> None:
        """Release nothing."""
