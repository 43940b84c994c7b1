"""Entries from JSON Lines, one object a line; only ``id`` is needed, everything else has a default."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from search.fields import EntryField
from search.model import Entry, EntryPage

_TEXTS = (
    "case_file_id",
    "case_file_reference",
    "case_file_subject",
    "document_reference",
    "subject",
    "document_type",
    "sender",
    "org_unit",
    "file_plan_code",
    "state",
    "origin",
)
_OTHER_NAMES = {"id": "document_id", "title": "subject", "date": "document_date"}


def entries(lines: Iterable[str], keys: frozenset[str]) -> Iterator[Entry]:
    """Yield an entry for each line that is not blank; *keys* open those that name no ``access_keys``.

    Raises:
        ValueError: a line is no JSON object or a value does not fit; the message is German and names the line.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield entry(json.loads(line), keys)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise ValueError(f"Zeile {number} ist kein gültiger Eintrag: {error}") from error


def entry(given: dict[str, Any], keys: frozenset[str]) -> Entry:
    """Return the entry that the JSON object *given* describes."""
    values = {_OTHER_NAMES.get(name, name): value for name, value in given.items()}
    day = values.get("document_date")
    return Entry(
        document_id=str(values["document_id"]),
        version=int(values.get("version", 1)),
        access_keys=frozenset(map(str, values.get("access_keys", keys))),
        blocked_keys=frozenset(map(str, values.get("blocked_keys", ()))),
        document_date=date.fromisoformat(str(day)[:10]) if day else None,
        pages=_pages(values),
        fields=tuple(_field(str(name), value) for name, value in values.get("fields", {}).items()),
        aliases=frozenset(map(str, values.get("aliases", ()))),
        **{name: str(values.get(name) or "") for name in _TEXTS},
    )


def _field(name: str, value: object) -> EntryField:
    """Return a field: a number compares as one, a text that is a day (JJJJ-MM-TT) as a day."""
    text = str(value)
    if isinstance(value, int | float):
        return EntryField(name, text, Decimal(text))
    try:
        return EntryField(name, text, date.fromisoformat(text))
    except ValueError:
        return EntryField(name, text)


def _pages(values: dict[str, Any]) -> tuple[EntryPage, ...]:
    if "pages" not in values:
        return (EntryPage(1, str(values["text"])),) if values.get("text") else ()
    return tuple(
        EntryPage(int(page["number"]), str(page["text"])) if isinstance(page, dict) else EntryPage(number, str(page))
        for number, page in enumerate(values["pages"], 1)
    )
