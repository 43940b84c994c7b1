"""The slow truth: what a person may see of a list of entries, found by reading every one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from search.matching import Question, ReadEntry, value_of
from search.model import COUNTED, Entry, MaySee, Query


def scan(entries: Iterable[Entry], asked: Query, may_see: MaySee) -> set[str]:
    """Return the ids of the entries that *asked* finds exactly and the person may see."""
    question = Question(asked)
    return {entry.document_id for entry in entries if _visible(entry, may_see) and question.finds(ReadEntry(entry))}


def facets(entries: Iterable[Entry]) -> dict[str, dict[str, int]]:
    """Count the entries by each value of each facet."""
    kept = list(entries)
    return {name: dict(Counter(value for entry in kept if (value := value_of(entry, name)))) for name in COUNTED}


def _visible(entry: Entry, may_see: MaySee) -> bool:
    opened = bool(entry.access_keys & may_see.keys) and not entry.blocked_keys & may_see.keys
    return opened and entry.case_file_id not in may_see.hidden
