"""The values that pass through search: what is indexed, what is asked, what is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from search.fields import EntryField, FieldKind

ALL_KEYS_LIMIT = 1_000
"""Keys one person may hold before a filter gets slow; more is a fault of the rights model."""


LIMIT = 100
"""Hits on one page of results."""

FACETS = ("document_type", "org_unit", "file_plan_code", "state")
"""Fields counted over all hits where a query names none."""

COUNTED = (*FACETS, "sender_name", "origin", "month", "case_file_id")
"""Fields that can be counted; ``month`` is that of the document date, like ``2026-04``."""

FILTERS = (*COUNTED, "document_id")
"""Fields a query may be narrowed by."""


@dataclass(frozen=True, slots=True)
class EntryPage:
    """The text of one page, number counted from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One document as the index knows it.

    ``version`` grows with every change of the document or its rights; an older version never
    replaces a newer one. A person sees the entry if they hold one of ``access_keys`` and none
    of ``blocked_keys``; an entry without access keys is invisible.
    """

    document_id: str
    version: int
    access_keys: frozenset[str]
    blocked_keys: frozenset[str]
    case_file_id: str
    case_file_reference: str
    case_file_subject: str
    document_reference: str
    subject: str
    document_type: str
    sender: str
    org_unit: str
    """Code of the lead unit, e.g. ``63.2``."""
    file_plan_code: str
    state: str
    document_date: date | None
    """The letter date, else the day of receipt."""
    pages: tuple[EntryPage, ...]
    fields: tuple[EntryField, ...] = ()
    """Values of declared fields, of the document and of its case file."""
    origin: str = ""
    """How it came in, a code of the caller's."""
    aliases: frozenset[str] = frozenset()
    """Reference numbers that the document, its case or its case file had before; each finds it by itself alone."""


@dataclass(frozen=True, slots=True)
class MaySee:
    """The keys a person holds. Without keys nothing is found."""

    keys: frozenset[str]
    hidden: frozenset[str] = frozenset()
    """Case files and documents that the person must not see any more, though the index may not know that yet."""


class Sort(StrEnum):
    """Order of hits."""

    RELEVANCE = "relevance"
    DATE = "date"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Place:
    """Behind which hit a list goes on; it opens nothing and need not come from this index."""

    offset: int
    """Hits up to there when it was shown."""
    key: str
    """What the list is ordered by, of that hit."""
    document_id: str


@dataclass(frozen=True, slots=True)
class Query:
    """What a person asks: typed text in the German query language plus chosen filters.

    ``filters`` maps a field of ``FILTERS`` to accepted values; ``first``/``last`` bound the document
    date, inclusive.
    """

    text: str
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    first: date | None = None
    last: date | None = None
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int = 20
    """At most ``LIMIT``; more is cut to it."""
    fields: Mapping[str, FieldKind] = field(default_factory=dict)
    """Names, besides those of the query language, that may stand before a colon, as people type them."""
    after: Place | None = None
    """Where to go on, instead of ``offset``; see ``Results.then``."""
    facets: tuple[str, ...] = FACETS
    """What is counted, of ``COUNTED``."""
    synonyms: tuple[tuple[str, ...], ...] = ()
    """Groups of words that mean the same, see ``search.synonyms``."""
    stop_words: frozenset[str] = frozenset()
    """Folded words too common to ask for, besides those that always are."""
    exact: bool = False
    """No similar and compound words, no documents with only some of the words: what was typed, and its ``synonyms``."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of page text with the character ranges (start, end) of the words found."""

    text: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class PageHit:
    """A page that shows the query's words."""

    number: int
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class Hit:
    """A found document, best pages first."""

    document_id: str
    version: int
    case_file_id: str
    score: float
    pages: tuple[PageHit, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A document the engine found."""

    document_id: str
    version: int
    case_file_id: str
    score: float
    key: str = ""
    """What it is ordered by, where that is not the score."""


class PageText(NamedTuple):
    """A page the engine found, as its index keeps it."""

    number: int
    text: str
    terms: str
    """The stems of the text, see ``search.german.Stream``."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts over all documents found."""

    facets: dict[str, dict[str, int]]
    case_files: int


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits with the counts over all hits the person may see."""

    hits: tuple[Hit, ...]
    total: int
    case_files: int
    facets: Mapping[str, Mapping[str, int]]
    did_you_mean: str | None = None
    offset: int = 0
    """Hits before the first of these."""
    then: Place | None = None
    """Where the next page begins, if there is one."""
    notes: tuple[str, ...] = ()
    """German sentences about parts of the query that were not understood."""
