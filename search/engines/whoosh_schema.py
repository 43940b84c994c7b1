"""The fields of the two Whoosh indexes, and how plans become Whoosh queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from whoosh import fields
from whoosh.analysis.tokenizers import RegexTokenizer
from whoosh.query.compound import And, Or
from whoosh.query.positional import Phrase
from whoosh.query.qcore import Every, NullQuery
from whoosh.query.qcore import Query as WhooshQuery
from whoosh.query.ranges import NumericRange
from whoosh.query.terms import Prefix, Term
from whoosh.query.wrappers import ConstantScoreQuery, Not

from search import plan
from search.document import IndexedDocument, IndexedPage
from search.model import COUNTED
from search.plan import Column

_MULTIPLE = (Column.ACCESS, Column.BLOCKED, Column.REFERENCES, Column.MENTIONS, Column.UNITS, Column.FIELD_KEYS)
_POSITIONS = (Column.TERMS, Column.TITLE, Column.SENDER, Column.TYPE_TERMS, Column.REFERENCE_TERMS, Column.FIELD_WORDS)
_COUNTED = tuple(Column(name) for name in COUNTED)
_FIRST_DAY, _LAST_DAY = 1, 99_999_999
_LAST_PAGE = 2**31 - 1


def documents_schema() -> fields.Schema:
    """Return the fields of the index that finds."""
    columns: dict[str, Any] = {Column.ID: fields.ID(stored=True), "version": fields.STORED()}
    columns |= {name: fields.ID(stored=name is Column.CASE_FILE_ID, sortable=True) for name in _COUNTED}
    columns |= {name: fields.KEYWORD() for name in (*_MULTIPLE, Column.WORDS)}
    columns |= {name: _stream() for name in _POSITIONS}
    columns |= {Column.DAY: fields.NUMERIC(int, sortable=True)}
    columns |= {name: fields.ID(sortable=True, stored=True) for name in ("by_day", "by_reference")}
    return fields.Schema(**{str(name): kind for name, kind in columns.items()})


def pages_schema() -> fields.Schema:
    """Return the fields of the index that shows where."""
    columns: dict[str, Any] = {Column.ID: fields.ID(), Column.TERMS: _stream(stored=True)}
    columns |= {Column.PAGE_OF: fields.ID(sortable=True)}
    columns |= {Column.WORDS: fields.KEYWORD(), Column.MENTIONS: fields.KEYWORD()}
    columns |= {"number": fields.NUMERIC(int, stored=True), "text": fields.STORED()}
    return fields.Schema(**{str(name): kind for name, kind in columns.items()})


def _stream(*, stored: bool = False) -> fields.TEXT:
    return fields.TEXT(analyzer=RegexTokenizer(r"\S+"), phrase=True, stored=stored)


def document_row(document: IndexedDocument) -> dict[str, Any]:
    """Return *document* as Whoosh stores it; lists are taken as they are, without analysis."""
    row: dict[str, Any] = {str(name): list(getattr(document, name)) for name in _MULTIPLE}
    row |= {str(Column.WORDS): document.words.split()}
    row |= {str(name): getattr(document, name) for name in (Column.ID, *_COUNTED, *_POSITIONS)}
    row |= {"version": document.version, str(Column.DAY): document.day, "by_day": document.by_day}
    row |= {"by_reference": document.by_reference}
    return {name: value for name, value in row.items() if value not in ("", [])}


def page_row(page: IndexedPage, document_id: str) -> dict[str, Any]:
    """Return *page* as Whoosh stores it."""
    row: dict[str, Any] = {
        Column.ID: document_id,
        Column.PAGE_OF: page.page_of,
        Column.TERMS: page.terms,
        Column.WORDS: page.words.split(),
        Column.MENTIONS: list(page.mentions),
        "number": page.number,
        "text": page.text,
    }
    return {str(name): value for name, value in row.items() if value not in ("", [])}


def native(asked: plan.Plan) -> WhooshQuery:
    """Translate a plan into Whoosh's query objects."""
    match asked:
        case plan.All(parts):
            return And([native(part) for part in parts]) if parts else Every()  # type: ignore[no-untyped-call] # untyped there
        case plan.AnyOf(parts):
            return Or([native(part) for part in parts]) if parts else NullQuery
        case plan.Not(part):
            return Not(native(part))
        case plan.Dated(first, last):
            low = int(first.strftime("%Y%m%d")) if first else _FIRST_DAY
            high = int(last.strftime("%Y%m%d")) if last else _LAST_DAY
            return NumericRange(str(Column.DAY), low, high)
        case plan.Numbered(first, last):
            return NumericRange("number", first, _LAST_PAGE if last is None else last)
        case _:
            return _LEAVES[type(asked)](asked)


def _term(leaf: plan.Term) -> WhooshQuery:
    return Term(str(leaf.column), leaf.value, boost=leaf.boost)


def _adjacent(leaf: plan.Adjacent) -> WhooshQuery:
    if len(leaf.values) == 1:
        return Term(str(leaf.column), leaf.values[0], boost=leaf.boost)
    return Phrase(str(leaf.column), list(leaf.values), boost=leaf.boost)


def _starts(leaf: plan.Starts) -> WhooshQuery:
    return Prefix(str(leaf.column), leaf.value, boost=leaf.boost)


def _one_of(leaf: plan.OneOf) -> WhooshQuery:
    terms = [Term(str(leaf.column), value) for value in sorted(leaf.values)]
    return ConstantScoreQuery(Or(terms), leaf.boost) if terms else NullQuery


_LEAVES: dict[type, Callable[..., WhooshQuery]] = {
    plan.Term: _term,
    plan.Adjacent: _adjacent,
    plan.Starts: _starts,
    plan.OneOf: _one_of,
}
