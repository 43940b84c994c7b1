"""OpenSearch by its official client ``opensearch-py``: for installations with several application hosts.

A generation is two indexes, ``documents`` finds and ``pages`` shows where. The server decides by its external
versions which entry is newer, so writers on several hosts need no lock; pages are written first and those of older
versions deleted last, so that a document never lacks its own.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import NotFoundError, OpenSearchException

from search.document import index_entry
from search.engines import opensearch_schema as schemas
from search.engines.opensearch_writing import remove, stored_versions, write
from search.errors import IndexBroken, SearchAway
from search.finding import ORDERED_BY, Finder
from search.model import Entry, Found, MaySee, PageText, Query, Results, Sort, Tally
from search.newest import newest
from search.plan import Column, OneOf, Plan, Question
from search.servers import Servers

_BUCKETS = 10_000
_SECONDS = 30
_CONNECTIONS = 10
"""Kept open to each server, for the threads of a process that ask at the same time."""


class OpenSearchReader:
    """The indexes as they are for one question."""

    def __init__(self, client: OpenSearch, documents: str, pages: str) -> None:
        self._client, self._documents, self._pages = client, documents, pages

    @cached_property
    def documents(self) -> int:
        """How many documents the index holds."""
        return int(self._client.count(index=self._documents)["count"])

    @cached_property
    def generation(self) -> object:
        """Differs when the index differs: what the shards counted of changes."""
        stats = self._client.indices.stats(index=self._documents, params={"level": "shards"})["indices"]
        return tuple(
            sorted(
                (index, name, copies[0]["seq_no"]["max_seq_no"])
                for index, kept in stats.items()
                for name, copies in kept["shards"].items()
            )
        )

    def count(self, question: Question) -> int:
        """Count the documents found."""
        body = {"query": schemas.within(question.unranked, question.within)}
        return int(self._client.count(index=self._documents, body=body)["count"])

    def top(self, question: Question, sort: Sort, *, offset: int, limit: int) -> list[Found]:
        """Return a piece of the ordered list of documents found."""
        limit = min(limit, schemas.DEEPEST - offset)
        if limit <= 0:
            return []
        column = ORDERED_BY.get(sort)
        order: list[Any] = [column] if column else ["_score", str(Column.ID)]
        body: dict[str, Any] = {"query": schemas.within(question.wanted, question.within), "sort": order}
        body |= {"from": offset, "size": limit, "track_total_hits": False}
        return [_found(hit, column) for hit in self._search(body)["hits"]["hits"]]

    def first(self, question: Question, sort: Sort, limit: int) -> tuple[int, list[Found]]:
        """Count the documents found and return the beginning of their ordered list."""
        return self.count(question), self.top(question, sort, offset=0, limit=limit)

    def tally(self, question: Question, names: Sequence[str]) -> Tally:
        """Count by values, and the case files one by one: the server's own count of different values is an estimate."""
        query = schemas.within(question.unranked, question.within)
        return Tally(self._facets(query, names), sum(1 for _ in self._values(Column.CASE_FILE_ID, query)))

    def pages(self, keys: Sequence[str], wanted: Plan, limit: int) -> list[list[PageText]]:
        """Return for each document version the pages that match, best first."""
        if not keys:
            return []
        body: list[Any] = []
        for key in keys:
            query = schemas.within(wanted, OneOf(Column.PAGE_OF, frozenset({key})))
            body += [{}, {"query": query, "size": limit, "sort": ["_score", {"number": "asc"}]}]
        answers = self._client.msearch(index=self._pages, body=body)["responses"]
        return [[_page(hit["_source"]) for hit in one["hits"]["hits"]] for one in answers]

    def holding(self, keys: Collection[str], wanted: Plan) -> frozenset[str]:
        """Return those document versions of which a page matches."""
        query = schemas.within(wanted, OneOf(Column.PAGE_OF, frozenset(keys)))
        counted = {"of": {"terms": {"field": str(Column.PAGE_OF), "size": len(keys)}}}
        answer = self._client.search(index=self._pages, body={"query": query, "size": 0, "aggs": counted})
        return frozenset(one["key"] for one in answer["aggregations"]["of"]["buckets"])

    def vocabulary(self, column: Column) -> Iterable[tuple[str, int]]:
        """Yield the words of a field, each with the number of documents that hold it."""
        return self._values(schemas.STEMS if column is Column.TERMS else column, {"match_all": {}})

    def completions(self, prefix: str, question: Question, limit: int) -> list[tuple[str, int]]:
        """Return words of the documents found that begin so, most frequent first."""
        terms = {"field": str(Column.WORDS), "include": schemas.literal(prefix), "size": limit}
        order = [{"_count": "desc"}, {"_key": "asc"}]
        counted = {"words": {"terms": terms | {"shard_size": _BUCKETS, "order": order}}}
        query = schemas.within(question.unranked, question.within)
        answer = self._search({"query": query, "size": 0, "aggs": counted})
        return [(one["key"], int(one["doc_count"])) for one in answer["aggregations"]["words"]["buckets"]]

    def versions(self) -> Iterator[tuple[str, int]]:
        """Yield every document with its version."""
        body: dict[str, Any] = {"size": _BUCKETS, "sort": [str(Column.ID)], "track_total_hits": False}
        while hits := self._search(body)["hits"]["hits"]:
            yield from ((hit["_source"]["id"], int(hit["_source"]["version"])) for hit in hits)
            body["search_after"] = hits[-1]["sort"]

    def _facets(self, query: dict[str, Any], names: Sequence[str]) -> dict[str, dict[str, int]]:
        wanted = {name: {"terms": {"field": name, "size": _BUCKETS}} for name in names}
        if not wanted:
            return {}
        counted = self._search({"query": query, "size": 0, "aggs": wanted})["aggregations"]
        return {name: {one["key"]: int(one["doc_count"]) for one in counted[name]["buckets"]} for name in wanted}

    def _values(self, field: str, query: dict[str, Any]) -> Iterator[tuple[str, int]]:
        pieces: dict[str, Any] = {"size": _BUCKETS, "sources": [{"value": {"terms": {"field": str(field)}}}]}
        while True:
            body = {"query": query, "size": 0, "aggs": {"values": {"composite": pieces}}}
            answer = self._search(body)["aggregations"]["values"]
            yield from ((one["key"]["value"], int(one["doc_count"])) for one in answer["buckets"])
            if "after_key" not in answer:
                return
            pieces["after"] = answer["after_key"]

    def _search(self, body: dict[str, Any]) -> dict[str, Any]:
        # The same question goes to the same copy: two copies may score a little differently.
        params = {"preference": f"q{hash(str(body.get('query')))}"}
        answer: dict[str, Any] = self._client.search(index=self._documents, body=body, params=params)
        return answer


class Connection:
    """The client of one process: connections carried over a fork would be spoken into by both."""

    def __init__(self, servers: Servers) -> None:
        self.servers = servers
        self._lock = threading.Lock()
        self._open: tuple[int, OpenSearch] | None = None

    def client(self) -> OpenSearch:
        """Return the client of this process."""
        with self._lock:
            if self._open is None or self._open[0] != os.getpid():
                self._open = (os.getpid(), connect(self.servers))
            return self._open[1]

    def close(self) -> None:
        """Close the connections; a later call opens them again."""
        with self._lock:
            if self._open is not None and self._open[0] == os.getpid():
                self._open[1].close()
            self._open = None


class OpenSearchEngine:
    """One generation on the servers, by the names of its two indexes; see ``search.engine`` for what is promised."""

    def __init__(self, connection: Connection, documents: str, pages: str) -> None:
        self._connection, self._documents, self._pages = connection, documents, pages
        self._finder = Finder(self._reader)

    def put(self, entries: Collection[Entry], *, again: bool = True) -> None:
        """Add or replace entries."""
        with told():
            client = self._connection.client()
            stored = stored_versions(client, self._documents, [one.document_id for one in entries])
            accepted = newest(entries, stored.get, again=again)
            rows = [(entry, *index_entry(entry)) for entry in accepted]
            write(client, self._documents, self._pages, rows, again=again)

    def remove(self, document_ids: Collection[str]) -> None:
        """Forget documents: their pages first, so that a repeated call completes an interrupted one."""
        with told():
            remove(self._connection.client(), self._documents, self._pages, list(document_ids))

    def find(self, query: Query, may_see: MaySee) -> Results:
        """Return what the query finds among the entries the person may see."""
        with told():
            return self._finder.find(query, may_see)

    def suggest(self, prefix: str, may_see: MaySee, limit: int = 8) -> tuple[str, ...]:
        """Complete a word from the documents the person may see."""
        with told():
            return self._finder.suggest(prefix, may_see, limit)

    def similar(self, text: str, may_see: MaySee, *, but: str, limit: int = 8) -> Results:
        """Return documents the person may see that share the telling words of *text*."""
        with told():
            return self._finder.similar(text, may_see, but=but, limit=limit)

    def versions(self) -> Iterator[tuple[str, int]]:
        """Yield every (document id, version) stored."""
        with told(), self._reader() as reader:
            return iter(list(reader.versions()))

    def documents(self) -> int:
        """Return how many documents are stored."""
        with told(), self._reader() as reader:
            return reader.documents

    def close(self) -> None:
        """Release nothing: the connections belong to the index."""

    @contextmanager
    def _reader(self) -> Iterator[OpenSearchReader]:
        yield OpenSearchReader(self._connection.client(), self._documents, self._pages)


def connect(servers: Servers) -> OpenSearch:
    """Return a client that goes on with another server where one does not answer."""
    return OpenSearch(
        hosts=list(servers.addresses),
        http_auth=(servers.user, servers.password) if servers.user else None,
        ca_certs=servers.ca_file or None,
        timeout=_SECONDS,
        max_retries=len(servers.addresses),
        retry_on_timeout=True,
        http_compress=True,
        pool_maxsize=_CONNECTIONS,
    )


def _found(hit: dict[str, Any], column: str | None) -> Found:
    kept = hit["_source"]
    score = 0.0 if column else float(hit["sort"][0])
    key = str(kept.get(column, "")) if column else ""
    return Found(kept["id"], int(kept["version"]), kept.get(str(Column.CASE_FILE_ID), ""), score, key)


def _page(kept: dict[str, Any]) -> PageText:
    # An index of an earlier release, which answers until it is built anew, keeps no stems.
    return PageText(kept["number"], kept["text"], kept.get(str(Column.TERMS), ""))


@contextmanager
def told() -> Iterator[None]:
    """Say what a fault of the servers means for us."""
    try:
        yield
    except NotFoundError as error:
        raise IndexBroken from error
    except OpenSearchException as error:
        raise SearchAway from error
