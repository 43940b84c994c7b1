"""Tantivy, embedded: the default engine.

Two indexes: ``documents`` finds, ``pages`` shows where. Both are opened anew for every write, because
a long-lived writer beside others leaves files behind that nothing deletes. For every question it is looked whether a
commit came, because the automatic reload is up to half a second late.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import tantivy

from search.document import index_entry
from search.engines import tantivy_schema as schemas
from search.errors import IndexBroken
from search.finding import ORDERED_BY, Finder
from search.forms import MARK, USUAL
from search.locking import writing
from search.model import Entry, Found, MaySee, PageText, Query, Results, Sort, Tally
from search.newest import newest
from search.plan import Column, OneOf, Plan, Question

_HEAP = 64_000_000
_READ_AT_ONCE = 2_000
"""Documents of an index whose words are read with one question."""
_MOST_BUCKETS = 60_000
"""Tantivy refuses an aggregation of more than 65,000 values."""
_REMEMBERED = 100
_FILES = "different case files"
_CASE_FILES = {
    _FILES: {"terms": {"field": str(Column.CASE_FILE_ID), "size": _MOST_BUCKETS, "segment_size": _MOST_BUCKETS}}
}


@dataclass(frozen=True, slots=True)
class TantivyReader:
    """One state of both indexes."""

    searcher: tantivy.Searcher
    page_searcher: tantivy.Searcher
    documents_schema: tantivy.Schema
    pages_schema: tantivy.Schema
    generation: object
    filters: dict[Plan, tantivy.Query] = field(default_factory=dict, compare=False)
    """What was asked within of late, translated: of one question a dozen are asked within the same rights."""

    @property
    def documents(self) -> int:
        """How many documents the index holds."""
        return self.searcher.num_docs

    def count(self, question: Question) -> int:
        """Count the documents found."""
        return _counted(self.searcher.search(self._unranked(question), 1))

    def top(self, question: Question, sort: Sort, *, offset: int, limit: int) -> list[Found]:
        """Return a piece of the ordered list of documents found."""
        if limit == 0:
            return []
        result = self.searcher.search(self._native(question), limit, count=False, offset=offset, **_order(sort))
        return self._hits(result, sort)

    def first(self, question: Question, sort: Sort, limit: int) -> tuple[int, list[Found]]:
        """Count the documents found and return the beginning of their ordered list, in one go."""
        if limit == 0:
            return self.count(question), []
        result = self.searcher.search(self._native(question), limit, **_order(sort))
        return _counted(result), self._hits(result, sort)

    def tally(self, question: Question, names: Sequence[str]) -> Tally:
        """Count the documents found by each value of the named fields, and their case files, in one go.

        Case files are counted in shards where there are many, for an estimate is no count.
        """
        query = self._unranked(question)
        wanted = {name: {"terms": {"field": name, "size": 10_000, "segment_size": 10_000}} for name in names}
        counted = self.searcher.aggregate(query, wanted | _CASE_FILES)
        facets = {
            name: {bucket["key"]: int(bucket["doc_count"]) for bucket in counted[name]["buckets"]} for name in wanted
        }
        case_files = counted[_FILES]
        if not case_files["sum_other_doc_count"]:
            return Tally(facets, len(case_files["buckets"]))
        return Tally(facets, sum(self._case_files(query, shard) for shard in range(schemas.SHARDS)))

    def pages(self, keys: Sequence[str], wanted: Plan, limit: int) -> list[list[PageText]]:
        """Return for each document version the pages that match, best first."""
        shown, most = schemas.native(wanted, self.pages_schema), 2 * limit * len(keys)
        found: dict[str, list[PageText]] = {key: [] for key in keys}
        rows = self._pages(keys, shown, most)
        for key, row in rows:
            if len(found[key]) < limit:
                found[key].append(_page(row))
        if len(rows) == most:
            # One document of many pages may have taken the places of the others: those are asked alone.
            for key in (key for key in keys if len(found[key]) < limit):
                found[key] = [_page(row) for _, row in self._pages([key], shown, limit)]
        return [found[key] for key in keys]

    def holding(self, keys: Collection[str], wanted: Plan) -> frozenset[str]:
        """Return those document versions of which a page matches."""
        only = OneOf(Column.PAGE_OF, frozenset(keys))
        query = _within(schemas.native(wanted, self.pages_schema), schemas.native(only, self.pages_schema))
        terms = {"field": str(Column.PAGE_OF), "size": len(keys), "segment_size": len(keys)}
        counted = self.page_searcher.aggregate(query, {"of": {"terms": terms}})
        return frozenset(bucket["key"] for bucket in counted["of"]["buckets"])

    def vocabulary(self, column: Column) -> Iterable[tuple[str, int]]:
        """Yield the words of a field in order, each with the number of documents that hold it."""
        searcher = self.searcher
        if searcher.num_docs <= _READ_AT_ONCE:
            yield from sorted(searcher.terms_with_prefix(column, "", None, None))
            return
        # By first letters, for all words of a large index would take a process megabytes by the hundred that it keeps.
        signs = [sign.removeprefix(MARK) for sign, _ in searcher.terms_with_prefix(Column.WORDS, MARK, None, None)]
        for start in sorted({*USUAL, *map("".join, product(USUAL, USUAL)), *signs}):
            if len(start) > 1:
                yield from sorted(searcher.terms_with_prefix(column, start, None, None))
            elif count := searcher.doc_freq(column, start):
                yield start, count

    def completions(self, prefix: str, question: Question, limit: int) -> list[tuple[str, int]]:
        """Return words of the documents found that begin so, most frequent first."""
        return list(self.searcher.terms_with_prefix(Column.WORDS, prefix, self._unranked(question), limit))

    def versions(self) -> Iterator[tuple[str, int]]:
        """Yield every document with its version."""
        everything = tantivy.Query.all_query()
        for _, address in self.searcher.search(everything, max(1, self.searcher.num_docs), count=False).hits:
            found = self._found(address, 0.0)
            yield found.document_id, found.version

    def versions_of(self, document_ids: Collection[str]) -> dict[str, int]:
        """Return the stored versions of those documents that are stored."""
        query = schemas.native(OneOf(Column.ID, frozenset(document_ids)), self.documents_schema)
        hits = self.searcher.search(query, max(1, len(document_ids)), count=False).hits
        return {found.document_id: found.version for found in (self._found(address, 0.0) for _, address in hits)}

    def _native(self, question: Question) -> tantivy.Query:
        return self._both(question.wanted, question.within)

    def _unranked(self, question: Question) -> tantivy.Query:
        return self._both(question.unranked, question.within)

    def _both(self, wanted: Plan, within: Plan) -> tantivy.Query:
        return _within(schemas.native(wanted, self.documents_schema), self._filter(within))

    def _filter(self, within: Plan) -> tantivy.Query:
        found = self.filters.get(within)
        if found is None:
            if len(self.filters) >= _REMEMBERED:
                self.filters.clear()
            found = self.filters[within] = schemas.native(within, self.documents_schema)
        return found

    def _hits(self, result: tantivy.SearchResult, sort: Sort) -> list[Found]:
        column = ORDERED_BY.get(sort)
        return [self._found(address, 0.0 if column else score, column) for score, address in result.hits]

    def _found(self, address: tantivy.DocAddress, score: float, column: str | None = None) -> Found:
        row = self.searcher.doc(address)
        case_file_id = str(row.get_first(Column.CASE_FILE_ID) or "")
        key = str(row.get_first(column) or "") if column else ""
        return Found(str(row.get_first(Column.ID)), int(row.get_first("version") or 0), case_file_id, float(score), key)

    def _pages(self, keys: Collection[str], shown: tantivy.Query, most: int) -> list[tuple[str, tantivy.Document]]:
        only = schemas.native(OneOf(Column.PAGE_OF, frozenset(keys)), self.pages_schema)
        hits = self.page_searcher.search(_within(shown, only), most, count=False).hits if keys else []
        rows = [self.page_searcher.doc(address) for _, address in hits]
        return [(str(row.get_first(Column.PAGE_OF)), row) for row in rows]

    def _case_files(self, query: tantivy.Query, shard: int) -> int:
        bound = tantivy.Query.range_query(self.documents_schema, "shard", tantivy.FieldType.Integer, shard, shard)
        return len(self.searcher.aggregate(_within(query, bound), _CASE_FILES)[_FILES]["buckets"])


@dataclass(slots=True)
class _Opened:
    """Both indexes as one process has them open, with the reader of what was committed when it last looked."""

    process: int
    documents: tantivy.Index
    pages: tantivy.Index
    reader: TantivyReader | None = None


class TantivyEngine:
    """The search port on Tantivy; see ``search.engine`` for what is promised."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._open: _Opened | None = None
        self._finder = Finder(lambda: nullcontext(self._reader()), folder)
        self._reader()

    def put(self, entries: Collection[Entry], *, again: bool = True) -> None:
        """Add or replace entries; pages are written first, so that a document never lacks its own."""
        with writing(self._folder):
            documents, pages = self._alone()
            stored = _reader(documents, pages, None).versions_of([entry.document_id for entry in entries])
            accepted = newest(entries, stored.get, again=again)
            # The inner one commits first. Both write while the next entry is analysed here.
            with _writer(documents) as finding, _writer(pages) as showing:
                for entry in accepted:
                    document, shown = index_entry(entry)
                    finding.delete_documents_by_term(Column.ID, entry.document_id)
                    finding.add_document(schemas.document_row(document))
                    showing.delete_documents_by_term(Column.ID, entry.document_id)
                    for page in shown:
                        showing.add_document(schemas.page_row(page, entry.document_id))

    def remove(self, document_ids: Collection[str]) -> None:
        """Forget documents: their pages first, so that a repeated call completes an interrupted one.

        Nothing finds them from then on. Their bytes leave the disk when Tantivy next merges the segment
        that held them; at once only with a rebuilt index.
        """
        with writing(self._folder):
            documents, pages = self._alone()
            for index in (pages, documents):
                with _writer(index) as writer:
                    for document_id in document_ids:
                        writer.delete_documents_by_term(Column.ID, document_id)

    def find(self, query: Query, may_see: MaySee) -> Results:
        """Return what the query finds among the entries the person may see."""
        return self._finder.find(query, may_see)

    def suggest(self, prefix: str, may_see: MaySee, limit: int = 8) -> tuple[str, ...]:
        """Complete a word from the documents the person may see."""
        return self._finder.suggest(prefix, may_see, limit)

    def similar(self, text: str, may_see: MaySee, *, but: str, limit: int = 8) -> Results:
        """Return documents the person may see that share the telling words of *text*."""
        return self._finder.similar(text, may_see, but=but, limit=limit)

    def versions(self) -> Iterator[tuple[str, int]]:
        """Yield every (document id, version) stored."""
        return self._reader().versions()

    def documents(self) -> int:
        """Return how many documents are stored."""
        return self._reader().documents

    def close(self) -> None:
        """Release files; a later call opens them again."""
        with self._lock:
            self._open = None

    def _alone(self) -> tuple[tantivy.Index, tantivy.Index]:
        """Open both indexes as their only writer."""
        for name in ("documents", "pages"):
            _forget_unfinished(self._folder / name)
        return self._fresh()

    def _fresh(self) -> tuple[tantivy.Index, tantivy.Index]:
        return (
            _open_index(self._folder / "documents", schemas.documents_schema),
            _open_index(self._folder / "pages", schemas.pages_schema),
        )

    def _reader(self) -> TantivyReader:
        with self._lock:
            try:
                if self._open is None or self._open.process != os.getpid():
                    # After a fork the child opens its own.
                    self._open = _Opened(os.getpid(), *self._fresh())
                # Looked at first: what is committed meanwhile is read now or, at the latest, next time.
                generation = tuple(_commit(self._folder / name) for name in ("documents", "pages"))
                if self._open.reader is None or self._open.reader.generation != generation:
                    for index in (self._open.documents, self._open.pages):
                        index.reload()
                    self._open.reader = _reader(self._open.documents, self._open.pages, generation)
            except (ValueError, OSError) as error:
                self._open = None
                raise IndexBroken from error
            return self._open.reader


def _page(row: tantivy.Document) -> PageText:
    text = bytes(row.get_first("text") or b"").decode()
    return PageText(int(row.get_first("number") or 0), text, str(row.get_first(Column.TERMS) or ""))


def _commit(path: Path) -> tuple[int, int, int]:
    """Return what differs after each commit: it replaces the file."""
    state = (path / "meta.json").stat()
    return state.st_mtime_ns, state.st_ino, state.st_size


def _reader(documents: tantivy.Index, pages: tantivy.Index, generation: object) -> TantivyReader:
    return TantivyReader(documents.searcher(), pages.searcher(), documents.schema, pages.schema, generation)


def _forget_unfinished(path: Path) -> None:
    """Delete marks of removed documents that a killed writer wrote and never committed.

    The next writer counts on from the last commit, comes to the same name and fails on a file that is there. No commit
    names such a file, so no reader has it.
    """
    try:
        committed = int(json.loads((path / "meta.json").read_bytes())["opstamp"])
    except (OSError, ValueError, KeyError):
        return  # a new index; a broken one is told when it is opened
    for file in path.glob("*.del"):
        stamp = file.name.split(".")[1]
        if stamp.isdigit() and int(stamp) > committed:
            file.unlink(missing_ok=True)


def _open_index(path: Path, schema: Callable[[], tantivy.Schema]) -> tantivy.Index:
    try:
        path.mkdir(exist_ok=True)
        index = tantivy.Index(schema(), str(path), reuse=True)
        schemas.register_tokenizers(index)
        index.config_reader("manual")
        index.reload()
    except (ValueError, OSError) as error:
        raise IndexBroken from error
    return index


@contextmanager
def _writer(index: tantivy.Index) -> Iterator[tantivy.IndexWriter]:
    """Commit what the block adds, or nothing if it fails; merges end before another may write."""
    writer = index.writer(_HEAP, 1)
    try:
        yield writer
        writer.commit()
    except BaseException:
        writer.rollback()
        raise
    finally:
        writer.wait_merging_threads()


def _order(sort: Sort) -> dict[str, Any]:
    return {"order_by_field": ORDERED_BY[sort], "order": tantivy.Order.Asc} if sort in ORDERED_BY else {}


def _counted(result: tantivy.SearchResult) -> int:
    # The stubs of 0.27 leave the attribute out.
    return int(result.count)  # type: ignore[attr-defined]


def _within(wanted: tantivy.Query, within: tantivy.Query) -> tantivy.Query:
    """Narrow *wanted* without a word on its score."""
    silent = tantivy.Query.const_score_query(within, 0.0)
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, wanted), (tantivy.Occur.Must, silent)])
