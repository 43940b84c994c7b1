"""Full-text search in German, within the rights of the person who asks.

Engines are opened by ``search.engines.open_engine``; this package names what passes through them.
"""

from search.engine import SearchEngine
from search.errors import IndexBroken, IndexOutdated, SearchError, TooManyKeys, UnknownEngine
from search.fields import EntryField, FieldKind
from search.fingerprint import discard
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
    "Entry",
    "EntryField",
    "EntryPage",
    "FieldKind",
    "Hit",
    "IndexBroken",
    "IndexOutdated",
    "MaySee",
    "PageHit",
    "Place",
    "Query",
    "Results",
    "SearchEngine",
    "SearchError",
    "Snippet",
    "Sort",
    "TooManyKeys",
    "UnknownEngine",
    "discard",
    "matching_words",
]
