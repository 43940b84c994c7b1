"""What an index holds of a document and of its pages: computed here once for every engine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from itertools import repeat

from search import fields, german, references
from search.model import Entry, EntryPage
from search.query import unit_key

SCHEMA_VERSION = 11
"""Raise with every change of the fields; old indexes are then rebuilt."""


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """The values of one document in the document index; streams are words joined by spaces."""

    id: str
    version: int
    access: tuple[str, ...]
    blocked: tuple[str, ...]
    case_file_id: str
    document_type: str
    org_unit: str
    file_plan_code: str
    state: str
    sender_name: str
    origin: str
    month: str
    terms: str
    words: str
    """As ``search.forms`` writes them."""
    title: str
    sender: str
    type_terms: str
    reference_terms: str
    references: tuple[str, ...]
    mentions: tuple[str, ...]
    units: tuple[str, ...]
    field_words: str
    field_keys: tuple[str, ...]
    day: int
    """Date as a number like 20260417; 0 without a date."""
    by_reference: str
    """Sorts like the reference numbers do: by parts, numbers by value."""
    by_day: str
    """Sorts the newest first, what has no date last."""


@dataclass(frozen=True, slots=True)
class IndexedPage:
    """The values of one page in the page index."""

    page_of: str
    number: int
    text: str
    terms: str
    words: str
    mentions: tuple[str, ...]


def page_key(document_id: str, version: int) -> str:
    """Return what ties pages to one version of a document, so that no hit shows another version's text."""
    return f"{document_id}@{version}"


def day_of_order(by_day: str) -> date | None:
    """Return the day that a place in the order by date stands for; ``None`` without one."""
    written = by_day.partition(" ")[0]
    day = 99_999_999 - int(written) if written.isdecimal() else 0
    return datetime.strptime(str(day), "%Y%m%d").date() if day else None  # noqa: DTZ007 - a day has no zone


def document_of_key(key: str) -> str:
    """Return the id of the document that a key of pages belongs to."""
    return key.rpartition("@")[0]


def index_entry(entry: Entry) -> tuple[IndexedDocument, tuple[IndexedPage, ...]]:
    """Compute what the indexes hold of *entry* and of its pages."""
    texts = [german.clean(page.text) for page in entry.pages]
    streams = list(map(german.stream, texts))
    key = page_key(entry.document_id, entry.version)
    pages = tuple(map(_page, repeat(key), entry.pages, texts, streams))
    return _document(entry, streams, pages), pages


def _document(entry: Entry, streams: list[german.Stream], pages: tuple[IndexedPage, ...]) -> IndexedDocument:
    titles = [german.clean(entry.subject), german.clean(entry.case_file_subject)]
    sender, kind = german.clean(entry.sender), german.clean(entry.document_type)
    own = [german.clean(entry.case_file_reference), german.clean(entry.document_reference)]
    former = [german.clean(alias) for alias in sorted(entry.aliases)]
    values = [german.clean(field.text) for field in entry.fields]
    heads = [german.stream(text) for text in (*titles, sender, kind, *own, *former)]
    heads_and_values = [*heads, *map(german.stream, values)]
    whole = german.joined([*heads_and_values, *streams])
    day = 0 if entry.document_date is None else int(entry.document_date.strftime("%Y%m%d"))
    mentions = frozenset(key for page in pages for key in page.mentions)
    return IndexedDocument(
        id=entry.document_id,
        version=entry.version,
        access=_values(entry.access_keys),
        blocked=_values(entry.blocked_keys),
        case_file_id=german.clean(entry.case_file_id),
        document_type=kind,
        org_unit=german.clean(entry.org_unit),
        file_plan_code=german.clean(entry.file_plan_code),
        state=german.clean(entry.state),
        sender_name=sender,
        origin=german.clean(entry.origin),
        month="" if entry.document_date is None else f"{entry.document_date:%Y-%m}",
        terms=whole.terms,
        words=" ".join(whole.forms),
        title=german.joined(heads[:2]).terms,
        sender=heads[2].terms,
        type_terms=heads[3].terms,
        reference_terms=german.joined(heads[4:]).terms,
        references=_values(frozenset[str]().union(*map(references.keys_in, own), _exact_keys(former))),
        mentions=_values(mentions.union(*map(references.keys_in, [*titles, sender, kind, *values]))),
        units=_units(german.clean(entry.org_unit)),
        field_words=f" {german.BREAK} ".join(" ".join(fields.words_of(field)) for field in entry.fields),
        field_keys=_values(frozenset(key for field in entry.fields for key in fields.keys_of(field))),
        day=day,
        by_reference=f"{_order(chr(10).join(own))} {german.clean(entry.document_id)}",
        by_day=f"{99_999_999 - day:08} {german.clean(entry.document_id)}",
    )


def _page(key: str, page: EntryPage, text: str, stream: german.Stream) -> IndexedPage:
    return IndexedPage(
        page_of=key,
        number=page.number,
        text=text,
        terms=stream.terms,
        words=" ".join(stream.forms),
        mentions=_values(references.keys_in(text)),
    )


def _exact_keys(texts: list[str]) -> frozenset[str]:
    """Return the keys of former reference numbers alone: what holds them now is no file it lay in before."""
    return frozenset(mention.keys[0] for text in texts for mention in references.mentions(text))


def _values(values: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(german.clean(value) for value in values))


def _units(code: str) -> tuple[str, ...]:
    """Return the unit and those above it: ``63.2`` gives 63 and 63.2."""
    parts = unit_key(code).split(".")
    return tuple(".".join(parts[:count]) for count in range(1, len(parts) + 1)) if code.strip() else ()


def _order(text: str) -> str:
    return re.sub(r"\d+", lambda match: match[0].zfill(10), text.casefold())[:200]
