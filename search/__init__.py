"""Full-text search in German, within the rights of the person who asks.

Engines are opened by ``search.engines.open_engine``; this package names what passes through them.
"""

from search.engine import Building, IndexState, SearchEngine, SearchIndex
from search.errors import IndexBroken, IndexOutdated, RebuildOver, SearchError, TooManyKeys, UnknownEngine
from search.fields import EntryField, FieldKind
from search.marks import matching_words
from search.model import (
    ALL_KEYS_LIMIT,
    COUNTED,
    FACETS,
    FILTERS,
    LIMIT,
    Entry,
    EntryPage,
    Hit,
    MaySee,
    PageHit,
    Place,
    Query,
    Results,
    Snippet,
    Sort,
)

__all__ = [
    "ALL_KEYS_LIMIT",
    "COUNTED",
    "FACETS",
    "FILTERS",
    "LIMIT",
    "Building",
    "Entry",
    "EntryField",
    "EntryPage",
    "FieldKind",
    "Hit",
    "IndexBroken",
    "IndexOutdated",
    "IndexState",
    "MaySee",
    "PageHit",
    "Place",
    "Query",
    "RebuildOver",
    "Results",
    "SearchEngine",
    "SearchError",
    "SearchIndex",
    "Snippet",
    "Sort",
    "TooManyKeys",
    "UnknownEngine",
    "matching_words",
]
