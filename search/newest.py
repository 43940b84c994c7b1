"""Which of the entries given replace what is stored."""

from __future__ import annotations

from collections.abc import Callable, Collection

from search.model import Entry


def newest(entries: Collection[Entry], version_of: Callable[[str], int | None], *, again: bool) -> list[Entry]:
    """Keep the newest entry of each document, unless a newer one is stored.

    With *again*, an entry of the stored version is kept: putting it again repairs what was damaged.
    """
    best: dict[str, Entry] = {}
    for entry in entries:
        if entry.document_id not in best or entry.version >= best[entry.document_id].version:
            best[entry.document_id] = entry
    return [
        entry
        for document_id, entry in best.items()
        if (stored := version_of(document_id)) is None or entry.version >= stored + (not again)
    ]
