"""No search: for installations and tests that do without."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from search.engine import IndexState
from search.finding import empty
from search.model import Entry, MaySee, Query, Results
from search.texts import sentence


class NullEngine:
    """Keeps nothing and finds nothing, and says so."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, entries: Collection[Entry], *, again: bool = True) -> None:
        """Keep nothing."""

    def add(self, entries: Collection[Entry]) -> None:
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

    def documents(self) -> int:
        """Return that nothing is stored."""
        return 0

    def rebuild(self) -> NullEngine:
        """Return what keeps nothing, too."""
        return self

    def serve(self) -> None:
        """Go on finding nothing."""

    def state(self) -> IndexState:
        """Tell that nothing is there."""
        return IndexState("", 0, 0)

    def close(self) -> None:
        """Release nothing."""
