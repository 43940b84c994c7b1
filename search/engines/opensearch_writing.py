"""Writing to OpenSearch so that every moment of it may be the last."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from opensearchpy import OpenSearch

from search.document import IndexedDocument, IndexedPage
from search.engines import opensearch_schema as schemas
from search.errors import IndexBroken, SearchAway
from search.model import Entry
from search.plan import Column

_ROWS, _DOCUMENTS, _FOUND = 500, 200, 5_000
"""Rows sent at a time, documents written at a time, pages looked up at a time."""
_CONFLICT, _MISSING = 409, 404
_ATTEMPTS, _PAUSE = 50, 0.1
_LIMITS: dict[str, Any] = {"timeout": "5s", "request_timeout": 30}
"""How long a server may wait for others before it refuses to write, of itself it would wait for a minute; and how long
the client, in seconds, for what is not refused."""

Row = tuple[Entry, IndexedDocument, tuple[IndexedPage, ...]]


def write(client: OpenSearch, documents: str, pages: str, rows: Sequence[Row], *, again: bool) -> None:
    """Write the pages, then the documents where no newer one stands, then delete pages of other versions.

    Without *again* a document of the same version stays, too, as another writer has put it.
    """
    for first in range(0, len(rows), _DOCUMENTS):
        piece = rows[first : first + _DOCUMENTS]
        _send(client, (line for row in piece for line in _page_lines(pages, row)))
        # Before the documents: whoever finds one finds its pages, also where this writer is killed in between.
        client.indices.refresh(index=pages)
        versions = _write_documents(client, documents, piece, again=again)
        client.indices.refresh(index=pages)
        _delete_pages(client, pages, versions, [_page_id(page) for _, _, shown in piece for page in shown])
    client.indices.refresh(index=pages)


def _write_documents(client: OpenSearch, documents: str, rows: Sequence[Row], *, again: bool) -> dict[str, int]:
    """Write documents where no newer one stands and return the versions that stand then.

    The server remembers the version of what was deleted for a moment and refuses older ones: then it is asked again.
    """
    waiting, versions = list(rows), dict[str, int]()
    for _ in range(_ATTEMPTS):
        _send(client, (_document_line(documents, entry, document, again=again) for entry, document, _ in waiting))
        client.indices.refresh(index=documents)
        versions |= stored_versions(client, documents, [entry.document_id for entry, _, _ in waiting])
        waiting = [row for row in waiting if row[0].document_id not in versions]
        if not waiting:
            return versions
        time.sleep(_PAUSE)
    raise SearchAway


def stored_versions(client: OpenSearch, documents: str, document_ids: Sequence[str]) -> dict[str, int]:
    """Return the versions of those documents that are stored."""
    if not document_ids:
        return {}
    rows = client.mget(index=documents, body={"ids": document_ids}, params={"_source": "version"})["docs"]
    return {row["_id"]: int(row["_source"]["version"]) for row in rows if row.get("found")}


def remove(client: OpenSearch, documents: str, pages: str, document_ids: Sequence[str]) -> None:
    """Delete documents, their pages first."""
    client.indices.refresh(index=pages)
    for first in range(0, len(document_ids), _DOCUMENTS):
        piece = document_ids[first : first + _DOCUMENTS]
        _delete_pages(client, pages, dict.fromkeys(piece), ())
        _send(client, (({"delete": {"_index": documents, "_id": document_id}}, None) for document_id in piece))
    client.indices.refresh(index=[documents, pages])


def _delete_pages(client: OpenSearch, pages: str, versions: Mapping[str, int | None], written: Sequence[str]) -> None:
    """Delete the pages of documents up to the version named, of ``None`` all, but not those just *written* of it."""
    gone = []
    current = {row_id for row_id in written if _parts(row_id)[1] == versions.get(_parts(row_id)[0])}
    for row_id in _pages_of(client, pages, list(versions)):
        document_id, version = _parts(row_id)
        newest = versions[document_id]
        if newest is None or (version <= newest and row_id not in current):
            gone.append({"delete": {"_index": pages, "_id": row_id}})
    _send(client, ((line, None) for line in gone))


def _pages_of(client: OpenSearch, pages: str, document_ids: Sequence[str]) -> list[str]:
    body: dict[str, Any] = {
        "query": {"terms": {str(Column.ID): list(document_ids)}},
        "size": _FOUND,
        "sort": [str(Column.ID), "version", "number"],
        "_source": False,
    }
    found: list[str] = []
    while hits := client.search(index=pages, body=body)["hits"]["hits"]:
        found += [hit["_id"] for hit in hits]
        body["search_after"] = hits[-1]["sort"]
    return found


def _page_id(page: IndexedPage) -> str:
    return f"{page.page_of}#{page.number}"


def _parts(row_id: str) -> tuple[str, int]:
    """Return document and version of a page."""
    document_id, _, version = row_id.rpartition("#")[0].rpartition("@")
    return document_id, int(version)


def _page_lines(pages: str, row: Row) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    entry, _, shown = row
    for page in shown:
        kept = schemas.page_row(page, entry.document_id, entry.version)
        yield {"index": {"_index": pages, "_id": _page_id(page)}}, kept


def _document_line(
    documents: str, entry: Entry, document: IndexedDocument, *, again: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    versioned = {"version": entry.version, "version_type": "external_gte" if again else "external"}
    return {"index": {"_index": documents, "_id": entry.document_id, **versioned}}, schemas.document_row(document)


def _send(client: OpenSearch, lines: Iterator[tuple[dict[str, Any], dict[str, Any] | None]]) -> None:
    """Send all in pieces; that something newer stands there already, or nothing to delete, is fine."""
    while piece := list(islice(lines, _ROWS)):
        body = [line for pair in piece for line in pair if line is not None]
        # A name that stands for nothing any more would otherwise become an index without our fields.
        for item in client.bulk(body=body, params={"require_alias": "true"} | _LIMITS)["items"]:
            (done,) = item.values()
            if done["status"] == _MISSING and "error" in done:
                raise IndexBroken
            if done["status"] >= 300 and done["status"] not in {_CONFLICT, _MISSING}:
                raise SearchAway
