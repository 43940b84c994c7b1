"""Comparing the search index with the database, which is the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from eakte.actions.entries import expected_versions
from search.engine import SearchEngine


@dataclass(frozen=True, slots=True)
class Differences:
    """Documents whose entries are not what the database says."""

    documents: int
    """How many the index should hold."""
    missing: tuple[str, ...]
    outdated: tuple[str, ...]
    superfluous: tuple[str, ...]

    @property
    def any(self) -> bool:
        """Whether there are differences."""
        return bool(self.missing or self.outdated or self.superfluous)


def differences(session: Session, index: SearchEngine) -> Differences:
    """Compare what the index answers from with what the database says."""
    return compared(session, dict(index.versions()))


def compared(session: Session, held: Mapping[str, int]) -> Differences:
    """Compare documents with their versions, read a moment before, with what the database says now."""
    expected = dict(expected_versions(session))
    return Differences(
        documents=len(expected),
        missing=tuple(sorted(expected.keys() - held.keys())),
        outdated=tuple(sorted(name for name, version in expected.items() if held.get(name, version) != version)),
        superfluous=tuple(sorted(held.keys() - expected.keys())),
    )
