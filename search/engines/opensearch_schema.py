"""The fields of the two OpenSearch indexes, and how plans become OpenSearch queries.

Every text is analysed by us and cut at spaces there, so that the server finds the same words as the other engines.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from search import plan
from search.document import IndexedDocument, IndexedPage
from search.model import COUNTED
from search.plan import Column

Native = dict[str, Any]

STEMS = "stems"
"""Each stem of a document once: the vocabulary, which the server does not tell of texts."""
DEEPEST = 1_000_000
"""Hits that can be paged through."""

_MULTIPLE = (Column.ACCESS, Column.BLOCKED, Column.REFERENCES, Column.MENTIONS, Column.UNITS, Column.FIELD_KEYS)
_POSITIONS = (Column.TERMS, Column.TITLE, Column.SENDER, Column.TYPE_TERMS, Column.REFERENCE_TERMS, Column.FIELD_WORDS)
_ORDERS = ("by_day", "by_reference")
_MOST_CLAUSES = 800
"""Servers refuse a question of more than 1,024 words."""
_SETTINGS: Native = {
    # One shard counts exactly and scores alike on every copy; the other nodes hold copies of it.
    "number_of_shards": 1,
    "auto_expand_replicas": "0-1",
    "max_result_window": DEEPEST,
    "refresh_interval": "-1",
    # What was deleted may come again with the same version.
    "gc_deletes": "0s",
}


def _keyword(*, searched: bool = True, counted: bool = True) -> Native:
    return {"type": "keyword", "index": searched, "doc_values": counted}


def _stream() -> Native:
    return {"type": "text", "analyzer": "whitespace"}


def documents_index(mark: Native) -> Native:
    """Return settings and fields of the index that finds; *mark* is kept with it."""
    columns: Native = {Column.ID: _keyword(), "version": {"type": "long"}, Column.DAY: {"type": "integer"}}
    columns |= {name: _keyword() for name in (*map(Column, COUNTED), Column.WORDS)}
    columns |= {name: _keyword(counted=False) for name in _MULTIPLE}
    columns |= {name: _keyword(searched=False) for name in (*_ORDERS, STEMS)}
    columns |= {name: _stream() for name in _POSITIONS}
    kept = [Column.ID, "version", Column.CASE_FILE_ID, *_ORDERS]
    return _index(columns, mark, kept)


def pages_index(mark: Native) -> Native:
    """Return settings and fields of the index that shows where."""
    columns: Native = {name: _keyword() for name in (Column.ID, Column.PAGE_OF)}
    columns[Column.TERMS] = _stream()
    columns |= {name: _keyword(counted=False) for name in (Column.WORDS, Column.MENTIONS)}
    columns |= {"number": {"type": "integer"}, "version": {"type": "long"}}
    columns |= {"text": _keyword(searched=False, counted=False)}
    return _index(columns, mark, ["number", "text", Column.TERMS])


def _index(columns: Native, mark: Native, kept: list[str]) -> Native:
    return {
        "settings": {"index": _SETTINGS},
        "mappings": {
            "dynamic": "strict",
            "_meta": mark,
            "_source": {"includes": [str(name) for name in kept]},
            "properties": {str(name): kind for name, kind in columns.items()},
        },
    }


def document_row(document: IndexedDocument) -> Native:
    """Return *document* as the server stores it."""
    row: Native = {str(name): list(getattr(document, name)) for name in _MULTIPLE}
    row |= {str(name): getattr(document, name) for name in (Column.ID, *COUNTED, *_POSITIONS, *_ORDERS)}
    row |= {str(Column.WORDS): document.words.split(), "version": document.version, str(Column.DAY): document.day}
    row |= {STEMS: sorted(set(document.terms.split()))}
    return {name: value for name, value in row.items() if value not in ("", [])}


def page_row(page: IndexedPage, document_id: str, version: int) -> Native:
    """Return *page* as the server stores it."""
    return {
        str(Column.ID): document_id,
        str(Column.PAGE_OF): page.page_of,
        str(Column.TERMS): page.terms,
        str(Column.WORDS): page.words.split(),
        str(Column.MENTIONS): list(page.mentions),
        "number": page.number,
        "version": version,
        "text": page.text,
    }


def within(wanted: plan.Plan, bounds: plan.Plan) -> Native:
    """Return the query for *wanted*, which scores, within *bounds*, which do not."""
    return {"bool": {"must": [native(wanted)], "filter": [native(bounds)]}}


def native(asked: plan.Plan) -> Native:
    """Translate a plan into the server's query language."""
    return _Translation(grouped=_clauses(asked) > _MOST_CLAUSES).of(asked)


def literal(prefix: str) -> str:
    """Return *prefix* as a regular expression of the server's for words that begin so."""
    return re.sub(r"([^\w])", r"\\\1", prefix) + ".*"


def _clauses(asked: plan.Plan) -> int:
    match asked:
        case plan.All(parts) | plan.AnyOf(parts):
            return sum(map(_clauses, parts))
        case plan.Not(part):
            return _clauses(part)
        case plan.Adjacent(_, values):
            return len(values)
        case _:
            return 1


class _Translation:
    """Of one plan; ``grouped`` asks for single words of an alternative together, which then all score alike."""

    def __init__(self, *, grouped: bool) -> None:
        self._grouped = grouped

    def of(self, asked: plan.Plan) -> Native:
        match asked:
            case plan.All(parts):
                return self._all(parts)
            case plan.AnyOf(parts):
                return self._any(parts)
            case plan.Not():
                return self._all((asked,))
            case plan.Dated(first, last):
                return _dated(first, last)
            case plan.Numbered(first, last):
                return {"range": {"number": {"gte": first} | ({} if last is None else {"lte": last})}}
            case _:
                return _LEAVES[type(asked)](asked)

    def _all(self, parts: tuple[plan.Plan, ...]) -> Native:
        if not parts:
            return {"match_all": {}}
        must = [self.of(part) for part in parts if not isinstance(part, plan.Not)]
        must_not = [self.of(part.part) for part in parts if isinstance(part, plan.Not)]
        return {"bool": {"must": must or [{"match_all": {}}], "must_not": must_not}}

    def _any(self, parts: tuple[plan.Plan, ...]) -> Native:
        if not parts:
            return {"match_none": {}}
        if self._grouped:
            parts = _together(parts)
        return {"bool": {"should": [self.of(part) for part in parts], "minimum_should_match": 1}}


def _together(parts: tuple[plan.Plan, ...]) -> tuple[plan.Plan, ...]:
    groups: dict[tuple[Column, float], set[str]] = {}
    for part in parts:
        if isinstance(part, plan.Term):
            groups.setdefault((part.column, part.boost), set()).add(part.value)
    rest = tuple(part for part in parts if not isinstance(part, plan.Term))
    return (*rest, *(plan.OneOf(column, frozenset(values), boost) for (column, boost), values in groups.items()))


def _dated(first: date | None, last: date | None) -> Native:
    low = int(first.strftime("%Y%m%d")) if first else 1
    high = int(last.strftime("%Y%m%d")) if last else 99_999_999
    return {"range": {str(Column.DAY): {"gte": low, "lte": high}}}


def _term(leaf: plan.Term) -> Native:
    return {"term": {str(leaf.column): {"value": leaf.value, "boost": leaf.boost}}}


def _adjacent(leaf: plan.Adjacent) -> Native:
    if len(leaf.values) == 1:
        return _term(plan.Term(leaf.column, leaf.values[0], leaf.boost))
    return {"match_phrase": {str(leaf.column): {"query": " ".join(leaf.values), "boost": leaf.boost}}}


def _starts(leaf: plan.Starts) -> Native:
    return {"prefix": {str(leaf.column): {"value": leaf.value, "boost": leaf.boost}}}


def _one_of(leaf: plan.OneOf) -> Native:
    return {"terms": {str(leaf.column): sorted(leaf.values), "boost": leaf.boost}}


_LEAVES: dict[type, Callable[..., Native]] = {
    plan.Term: _term,
    plan.Adjacent: _adjacent,
    plan.Starts: _starts,
    plan.OneOf: _one_of,
}
