"""What an index holds of a document and of its pages: computed here once for every engine."""

from __future__ import annotations

import re
from dataclasses import dataclass

from search import german, references
from search.model import Entry, EntryPage
from search.query import unit_key

SCHEMA_VERSION = 1
"""Raise with every change of the fields; old indexes are then rebuilt."""

_LEAST_SUGGESTED = 3


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
    terms: str
    words: str
    title: str
    sender: str
    type_terms: str
    reference_terms: str
    references: tuple[str, ...]
    mentions: tuple[str, ...]
    units: tuple[str, ...]
    completions: str
    day: int
    """Date as a number like 20260417; 0 without a date."""
    order: str
    """Sorts like the reference numbers do: by parts, numbers by value."""


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


def index_document(entry: Entry) -> IndexedDocument:
    """Compute what the document index holds of *entry*."""
    reference_text = german.clean(f"{entry.case_file_reference}\n{entry.document_reference}")
    titles = [german.clean(entry.subject), german.clean(entry.case_file_subject)]
    sender, kind = german.clean(entry.sender), german.clean(entry.document_type)
    pages = [german.clean(page.text) for page in entry.pages]
    own = [german.clean(entry.case_file_reference), german.clean(entry.document_reference)]
    texts = [*titles, sender, kind, *own, *pages]
    terms, words = german.stream(texts)
    return IndexedDocument(
        id=entry.document_id, version=entry.version,
        access=_values(entry.access_keys), blocked=_values(entry.blocked_keys),
        case_file_id=german.clean(entry.case_file_id), document_type=kind,
        org_unit=german.clean(entry.org_unit), file_plan_code=german.clean(entry.file_plan_code),
        state=german.clean(entry.state), terms=terms, words=words,
        title=german.stream(titles)[0], sender=german.stream([sender])[0],
        type_terms=german.stream([kind])[0], reference_terms=german.stream(own)[0],
        references=_values(references.keys_in(own[0]) | references.keys_in(own[1])),
        mentions=_values(frozenset[str]().union(*map(references.keys_in, [*titles, *pages]))),
        units=_units(german.clean(entry.org_unit)), completions=_completions(texts),
        day=0 if entry.document_date is None else int(entry.document_date.strftime("%Y%m%d")),
        order=_order(reference_text),
    )


def index_page(entry: Entry, page: EntryPage) -> IndexedPage:
    """Compute what the page index holds of *page*."""
    text = german.clean(page.text)
    terms, words = german.stream([text])
    return IndexedPage(
        page_of=page_key(entry.document_id, entry.version), number=page.number, text=text,
        terms=terms, words=words, mentions=_values(references.keys_in(text)),
    )


def _values(values: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(german.clean(value) for value in values))


def _units(code: str) -> tuple[str, ...]:
    """Return the unit and those above it: ``63.2`` gives 63 and 63.2."""
    parts = unit_key(code).split(".")
    return tuple(".".join(parts[:count]) for count in range(1, len(parts) + 1)) if code.strip() else ()


def _completions(texts: list[str]) -> str:
    """Return every word worth completing as ``folded|Written``."""
    found: dict[str, None] = {}
    for text in texts:
        for token in german.tokens(text):
            surface = text[token.start : token.end]
            if (
                len(token.word) >= _LEAST_SUGGESTED and surface.isalpha()
                and not german.is_stop_word(token.word)
            ):
                found[f"{token.word}|{surface}"] = None
    return " ".join(found)


def _order(text: str) -> str:
    return re.sub(r"\d+", lambda match: match[0].zfill(10), text.casefold())[:200]
