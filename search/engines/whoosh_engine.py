"""Whoosh: pure Python, for small installations and platforms without compiled packages.

Which Whoosh: ``whoosh3``. The original 2.7.4 is from 2016; ``whoosh-reloaded`` is declared unmaintained;
``whoosh-novo`` is an alpha without releases on the package index; ``whoosh3`` has the same code base and
index format, releases for current Pythons, no dependencies, and passes the contract tests. It says of
itself that an autonomous agent maintains it: pin it exactly and read the difference before moving on.
Licence BSD-2-Clause, as the original. Limits: a result page takes about 200 times Tantivy's time at
100,000 documents and indexing a tenth of its speed; it suits some ten thousand documents.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from whoosh import fields, index
from whoosh.query.compound import And

from search.document import index_entry
from search.engines import whoosh_schema as schemas
from search.errors import IndexBroken
from search.finding import ORDERED_BY, Finder
from search.fingerprint import sync_folder
from search.locking import writing
from search.model import Entry, Found, MaySee, PageText, Query, Results, Sort, Tally
from search.newest import newest
from search.plan import Column, OneOf, Plan, Question

_ATTEMPTS, _PAUSE = 20, 0.02
"""How often, and after how many seconds, a reader that missed a file beside a writer tries again."""

_Result = TypeVar("_Result")


class WhooshReader:
    """One state of both indexes, for one question: Whoosh's readers must not be shared by threads."""

    def __init__(self, documents: Any, page_index: Any) -> None:
        self._searcher = documents
        self._pages = page_index
        self.documents: int = documents.doc_count()
        self._sets: dict[Question, frozenset[int]] = {}
        self.generation: object = documents.reader().generation()

    def count(self, question: Question) -> int:
        """Count the documents found."""
        return len(self._set(question))

    def top(self, question: Question, sort: Sort, *, offset: int, limit: int) -> list[Found]:
        """Return a piece of the ordered list of documents found."""
        if limit == 0:
            return []
        column = ORDERED_BY.get(sort)
        results = self._searcher.search(
            schemas.native(question.wanted),
            filter=schemas.native(question.within),
            limit=offset + limit,
            sortedby=column,
        )
        hits = list(results)[offset:]
        return [self._found(hit, 0.0 if column else float(hit.score or 0.0), column) for hit in hits]

    def first(self, question: Question, sort: Sort, limit: int) -> tuple[int, list[Found]]:
        """Count the documents found and return the beginning of their ordered list."""
        return self.count(question), self.top(question, sort, offset=0, limit=limit)

    def tally(self, question: Question, names: Sequence[str]) -> Tally:
        """Count the documents found by each value of the named fields, and their case files."""
        facets = {name: dict(self._counted(question, name)) for name in names}
        return Tally(facets, len(self._counted(question, Column.CASE_FILE_ID)))

    def pages(self, keys: Sequence[str], wanted: Plan, limit: int) -> list[list[PageText]]:
        """Return for each document version the pages that match, best first."""
        shown, found = schemas.native(wanted), []
        for key in keys:
            only = schemas.native(OneOf(Column.PAGE_OF, frozenset({key})))
            hits = self._pages.search(shown, filter=only, limit=limit)
            found.append(
                [PageText(int(hit["number"]), hit.get("text", ""), hit.get(str(Column.TERMS), "")) for hit in hits]
            )
        return found

    def holding(self, keys: Collection[str], wanted: Plan) -> frozenset[str]:
        """Return those document versions of which a page matches."""
        if not self._pages.doc_count():
            return frozenset()  # a reader of nothing has no columns
        column = self._pages.reader().column_reader(str(Column.PAGE_OF))
        only = schemas.native(OneOf(Column.PAGE_OF, frozenset(keys)))
        return frozenset(column[number] for number in self._pages.docs_for_query(And([schemas.native(wanted), only])))

    def vocabulary(self, column: Column) -> Iterable[tuple[str, int]]:
        """Yield the words of a field, each with the number of documents that hold it."""
        for word, info in self._searcher.reader().iter_field(str(column)):
            yield word.decode("utf-8"), info.doc_frequency()

    def completions(self, prefix: str, question: Question, limit: int) -> list[tuple[str, int]]:
        """Return words of the documents found that begin so, most frequent first."""
        reader, name = self._searcher.reader(), str(Column.WORDS)
        visible = self._set(question)
        counts = [
            (word.decode("utf-8"), sum(number in visible for number in reader.postings(name, word).all_ids()))
            for word in reader.expand_prefix(name, prefix)
        ]
        return sorted((item for item in counts if item[1]), key=lambda item: (-item[1], item[0]))[:limit]

    def versions(self) -> Iterator[tuple[str, int]]:
        """Yield every document with its version."""
        for stored in self._searcher.reader().all_stored_fields():
            yield str(stored[Column.ID]), int(stored["version"])

    def version_of(self, document_id: str) -> int | None:
        """Return the stored version of a document."""
        stored = self._searcher.document(**{str(Column.ID): document_id})
        return None if stored is None else int(stored["version"])

    def _set(self, question: Question) -> frozenset[int]:
        if question not in self._sets:
            both = And([schemas.native(question.unranked), schemas.native(question.within)])
            self._sets[question] = frozenset(self._searcher.docs_for_query(both))
        return self._sets[question]

    def _counted(self, question: Question, name: str) -> Counter[str]:
        numbers = self._set(question)
        if not numbers or not self._searcher.reader().has_column(name):
            return Counter()
        column = self._searcher.reader().column_reader(name)
        return Counter(value for value in (column[number] for number in numbers) if value)

    @staticmethod
    def _found(stored: Any, score: float, column: str | None) -> Found:
        case_file_id = str(stored.get(str(Column.CASE_FILE_ID)) or "")
        key = str(stored.get(column) or "") if column else ""
        return Found(str(stored[Column.ID]), int(stored["version"]), case_file_id, score, key)


class WhooshEngine:
    """The search port on Whoosh; see ``search.engine`` for what is promised."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name, schema in (("documents", schemas.documents_schema()), ("pages", schemas.pages_schema())):
            _create(folder, name, schema)
        self._finder = Finder(self._reader, folder)
        _patiently(self.versions)

    def put(self, entries: Collection[Entry], *, again: bool = True) -> None:
        """Add or replace entries; pages are written first, so that a document never lacks its own."""
        with writing(self._folder):
            with self._reader() as reader:
                accepted = newest(entries, reader.version_of, again=again)
            rows: list[tuple[str, dict[str, Any]]] = []
            with self._writer("pages") as writer:
                for entry in accepted:
                    document, pages = index_entry(entry)
                    rows.append((entry.document_id, schemas.document_row(document)))
                    writer.delete_by_term(str(Column.ID), entry.document_id)
                    for page in pages:
                        writer.add_document(**schemas.page_row(page, entry.document_id))
            with self._writer("documents") as writer:
                for document_id, row in rows:
                    writer.delete_by_term(str(Column.ID), document_id)
                    writer.add_document(**row)

    def remove(self, document_ids: Collection[str]) -> None:
        """Forget documents: their pages first, so that a repeated call completes an interrupted one.

        All segments are written anew, so that no byte of them stays on disk.
        """
        with writing(self._folder):
            for name in ("pages", "documents"):
                with self._writer(name, optimize=True) as writer:
                    for document_id in document_ids:
                        writer.delete_by_term(str(Column.ID), document_id)

    def find(self, query: Query, may_see: MaySee) -> Results:
        """Return what the query finds among the entries the person may see."""
        return _patiently(lambda: self._finder.find(query, may_see))

    def suggest(self, prefix: str, may_see: MaySee, limit: int = 8) -> tuple[str, ...]:
        """Complete a word from the documents the person may see."""
        return _patiently(lambda: self._finder.suggest(prefix, may_see, limit))

    def similar(self, text: str, may_see: MaySee, *, but: str, limit: int = 8) -> Results:
        """Return documents the person may see that share the telling words of *text*."""
        return _patiently(lambda: self._finder.similar(text, may_see, but=but, limit=limit))

    def versions(self) -> Iterator[tuple[str, int]]:
        """Yield every (document id, version) stored."""

        def read() -> list[tuple[str, int]]:
            with self._reader() as reader:
                return list(reader.versions())

        return iter(_patiently(read))

    def documents(self) -> int:
        """Return how many documents are stored."""

        def read() -> int:
            with self._reader() as reader:
                return reader.documents

        return _patiently(read)

    def close(self) -> None:
        """Release nothing: readers and writers live for one call only."""

    @contextmanager
    def _reader(self) -> Iterator[WhooshReader]:
        with ExitStack() as stack:
            documents, pages = (stack.enter_context(_searcher(self._folder / name)) for name in ("documents", "pages"))
            yield WhooshReader(documents, pages)

    @contextmanager
    def _writer(self, name: str, *, optimize: bool = False) -> Iterator[Any]:
        folder = self._folder / name
        writer = index.open_dir(str(folder)).writer()
        try:
            yield writer
            writer.commit(optimize=optimize)
        except BaseException:
            writer.cancel()
            raise
        _sync(folder)


def _create(folder: Path, name: str, schema: fields.Schema) -> None:
    # Not whoosh.index.exists_in: it opens the index and fails on a damaged one.
    if not any((folder / name).glob("_MAIN_*.toc")):
        with writing(folder):
            (folder / name).mkdir(exist_ok=True)
            if not any((folder / name).glob("_MAIN_*.toc")):
                index.create_in(str(folder / name), schema)
    elif _shape(_patiently(lambda: _opened(folder / name)).schema) != _shape(schema):
        raise IndexBroken


def _shape(schema: fields.Schema) -> list[tuple[str, str, bool, bool]]:
    """Return what of a schema an engine of ours relies on; analysers that were stored equal no others."""
    return [(name, type(kind).__name__, bool(kind.stored), bool(kind.column_type)) for name, kind in schema.items()]


def _searcher(path: Path) -> Any:
    return _opened(path, lambda opened: opened.searcher())


def _opened(path: Path, then: Callable[[Any], Any] = lambda opened: opened) -> Any:
    try:
        return then(index.open_dir(str(path)))
    except FileNotFoundError:
        raise
    except (OSError, index.IndexError, ValueError, EOFError) as error:
        raise IndexBroken from error


def _patiently(read: Callable[[], _Result]) -> _Result:
    """Read again if a writer tidied a file away meanwhile: the next attempt sees the new state."""
    for _ in range(_ATTEMPTS):
        try:
            return read()
        except FileNotFoundError:
            time.sleep(_PAUSE)
    try:
        return read()
    except FileNotFoundError as error:
        raise IndexBroken from error


def _sync(folder: Path) -> None:
    """Whoosh leaves its files to the system's own time; what was promised must survive a power cut."""
    for path in folder.iterdir():
        if path.is_file():
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
    sync_folder(folder)
