"""The fields of the two Tantivy indexes, and how plans become Tantivy queries."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import date

import tantivy

from search import plan
from search.document import IndexedDocument, IndexedPage
from search.model import COUNTED
from search.plan import Column

SHARDS = 64
"""Parts into which case files are counted where there are too many for one aggregation."""

_WORDS = "words_by_space"
_MULTIPLE = (Column.ACCESS, Column.BLOCKED, Column.REFERENCES, Column.MENTIONS, Column.UNITS, Column.FIELD_KEYS)
_POSITIONS = (Column.TERMS, Column.TITLE, Column.SENDER, Column.TYPE_TERMS, Column.REFERENCE_TERMS, Column.FIELD_WORDS)
_FAST = tuple(Column(name) for name in COUNTED)
_RIGHTS = (Column.ACCESS, Column.BLOCKED)
_FEW_KEYS = 100
"""With 900 keys a choice takes twice the time of a set; with 50 it takes two thirds."""
_FIRST_DAY, _LAST_DAY = 1, 99_999_999
_LAST_PAGE = 2**31 - 1


def documents_schema() -> tantivy.Schema:
    """Return the fields of the index that finds."""
    builder = tantivy.SchemaBuilder()
    # A raw text key: deleting by a number silently deletes nothing (seen with 0.27).
    builder.add_text_field(Column.ID, stored=True, tokenizer_name="raw", index_option="basic")
    for name in _FAST:
        builder.add_text_field(
            name, stored=name is Column.CASE_FILE_ID, fast=True, tokenizer_name="raw", index_option="basic"
        )
    for name in _MULTIPLE:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in _POSITIONS:
        builder.add_text_field(name, tokenizer_name=_WORDS, index_option="position")
    builder.add_text_field(Column.WORDS, tokenizer_name=_WORDS, index_option="basic")
    for order in ("by_day", "by_reference"):
        builder.add_text_field(order, stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("version", stored=True, fast=True)
    builder.add_integer_field(Column.DAY, indexed=True, fast=True)
    builder.add_integer_field("shard", indexed=True, fast=True)
    return builder.build()


def pages_schema() -> tantivy.Schema:
    """Return the fields of the index that shows where."""
    builder = tantivy.SchemaBuilder()
    for name in (Column.ID, Column.PAGE_OF, Column.MENTIONS):
        kept = name is Column.PAGE_OF
        builder.add_text_field(name, stored=kept, fast=kept, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(Column.TERMS, stored=True, tokenizer_name=_WORDS, index_option="position")
    builder.add_text_field(Column.WORDS, tokenizer_name=_WORDS, index_option="basic")
    # Bytes, for a text field would be indexed as one huge word as well.
    builder.add_bytes_field("text", stored=True)
    builder.add_integer_field("number", stored=True, indexed=True, fast=True)
    return builder.build()


def register_tokenizers(index: tantivy.Index) -> None:
    """Let *index* cut our streams of words at spaces; every open needs it anew."""
    index.register_tokenizer(_WORDS, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())


def document_row(document: IndexedDocument) -> tantivy.Document:
    """Return *document* as Tantivy stores it."""
    row = tantivy.Document()
    single = (Column.ID, *_FAST, *_POSITIONS, Column.WORDS)
    for name in single:
        if value := getattr(document, name):
            row.add_text(name, value)
    for name in _MULTIPLE:
        for value in getattr(document, name):
            row.add_text(name, value)
    row.add_text("by_day", document.by_day)
    row.add_text("by_reference", document.by_reference)
    row.add_integer("version", document.version)
    row.add_integer(Column.DAY, document.day)
    row.add_integer("shard", zlib.crc32(document.case_file_id.encode()) % SHARDS)
    return row


def page_row(page: IndexedPage, document_id: str) -> tantivy.Document:
    """Return *page* as Tantivy stores it."""
    row = tantivy.Document()
    row.add_text(Column.ID, document_id)
    row.add_text(Column.PAGE_OF, page.page_of)
    row.add_text(Column.TERMS, page.terms)
    row.add_text(Column.WORDS, page.words)
    row.add_bytes("text", page.text.encode())
    row.add_integer("number", page.number)
    for value in page.mentions:
        row.add_text(Column.MENTIONS, value)
    return row


def native(asked: plan.Plan, schema: tantivy.Schema) -> tantivy.Query:
    """Translate a plan into Tantivy's query objects."""
    match asked:
        case plan.All(parts):
            return _all(parts, schema)
        case plan.AnyOf(parts):
            return _any([native(part, schema) for part in parts])
        case plan.Not():
            return _all((asked,), schema)
        case plan.Dated(first, last):
            return _dated(first, last, schema)
        case plan.Numbered(first, last):
            most = _LAST_PAGE if last is None else last
            return tantivy.Query.range_query(schema, "number", tantivy.FieldType.Integer, first, most)
        case _:
            query = _LEAVES[type(asked)](asked, schema)
            return query if asked.boost == 1.0 else tantivy.Query.boost_query(query, asked.boost)


def _all(parts: tuple[plan.Plan, ...], schema: tantivy.Schema) -> tantivy.Query:
    clauses = [
        (tantivy.Occur.MustNot, native(part.part, schema))
        if isinstance(part, plan.Not)
        else (tantivy.Occur.Must, native(part, schema))
        for part in parts
    ]
    if all(isinstance(part, plan.Not) for part in parts):
        # Tantivy finds nothing by exclusions alone.
        clauses.append((tantivy.Occur.Must, tantivy.Query.all_query()))
    return tantivy.Query.boolean_query(clauses)


def _any(queries: list[tantivy.Query]) -> tantivy.Query:
    if not queries:
        return tantivy.Query.empty_query()
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])


def _dated(first: date | None, last: date | None, schema: tantivy.Schema) -> tantivy.Query:
    low = int(first.strftime("%Y%m%d")) if first else _FIRST_DAY
    high = int(last.strftime("%Y%m%d")) if last else _LAST_DAY
    return tantivy.Query.range_query(schema, Column.DAY, tantivy.FieldType.Integer, low, high)


def _term(leaf: plan.Term, schema: tantivy.Schema) -> tantivy.Query:
    option = "position" if leaf.column in _POSITIONS else "basic"
    return tantivy.Query.term_query(schema, leaf.column, leaf.value, option)


def _adjacent(leaf: plan.Adjacent, schema: tantivy.Schema) -> tantivy.Query:
    if len(leaf.values) == 1:
        # A phrase of one word panics in Tantivy, past every ``except Exception``.
        return tantivy.Query.term_query(schema, leaf.column, leaf.values[0])
    return tantivy.Query.phrase_query(schema, leaf.column, list(leaf.values))


def _starts(leaf: plan.Starts, schema: tantivy.Schema) -> tantivy.Query:
    # Folded words hold only letters and digits: nothing in them means anything to a pattern.
    return tantivy.Query.regex_query(schema, leaf.column, f"{leaf.value}.*")


def _one_of(leaf: plan.OneOf, schema: tantivy.Schema) -> tantivy.Query:
    if leaf.column in _RIGHTS and len(leaf.values) <= _FEW_KEYS:
        # A set is made of all documents of the keys for each question, a choice looks at those that are wanted.
        return _any([tantivy.Query.term_query(schema, leaf.column, key, "basic") for key in sorted(leaf.values)])
    return tantivy.Query.term_set_query(schema, leaf.column, sorted(leaf.values))


_LEAVES: dict[type, Callable[..., tantivy.Query]] = {
    plan.Term: _term,
    plan.Adjacent: _adjacent,
    plan.Starts: _starts,
    plan.OneOf: _one_of,
}
