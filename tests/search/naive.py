"""The slow truth: what a person may see of a list of entries, found by reading every one of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from search import fields, german, query, references
from search.model import COUNTED, Entry, MaySee, Query, Sort
from search.query import Field
from search.synonyms import Groups


@lru_cache(maxsize=4_096)
def _tokens(text: str) -> tuple[german.Token, ...]:
    return tuple(german.tokens(text))


def scan(entries: Iterable[Entry], asked: Query, may_see: MaySee, meaning: query.Parsed | None = None) -> set[str]:
    """Return the ids of the entries that *asked* finds exactly and the person may see.

    Without its *meaning* the text is read by the parser of the product.
    """
    parsed = meaning or query.parse(asked.text, asked.fields, asked.stop_words)
    if parsed.impossible:
        return set()
    return {
        entry.document_id
        for entry in entries
        if _visible(entry, may_see) and _chosen(entry, asked) and _answers(entry, parsed, asked.synonyms)
    }


def in_order(entries: Iterable[Entry], sort: Sort) -> list[str]:
    """Return the ids of the entries by date, the newest first, or by reference, its numbers by their value."""
    if sort is Sort.DATE:
        newest_first = sorted(entries, key=lambda one: one.document_id)
        newest_first.sort(key=lambda one: one.document_date or date.min, reverse=True)
        return [one.document_id for one in newest_first]
    return [one.document_id for one in sorted(entries, key=_by_reference)]


def _by_reference(entry: Entry) -> tuple[list[str | int], list[str | int], str]:
    return _parts(entry.case_file_reference), _parts(entry.document_reference), entry.document_id


def _parts(text: str) -> list[str | int]:
    """Return letters and numbers in turn, beginning with letters, if only none."""
    return [int(part) if part.isdigit() else part.casefold() for part in re.split(r"(\d+)", text)]


def facets(entries: Iterable[Entry]) -> dict[str, dict[str, int]]:
    """Count the entries by each value of each facet."""
    kept = list(entries)
    return {name: dict(Counter(value for entry in kept if (value := value_of(entry, name)))) for name in COUNTED}


def value_of(entry: Entry, name: str) -> str:
    """Return what an entry holds in a field that is counted or filtered by."""
    month = "" if entry.document_date is None else f"{entry.document_date:%Y-%m}"
    return {"sender_name": entry.sender, "month": month}.get(name) or str(getattr(entry, name, ""))


def _visible(entry: Entry, may_see: MaySee) -> bool:
    opened = bool(entry.access_keys & may_see.keys) and not entry.blocked_keys & may_see.keys
    return opened and entry.case_file_id not in may_see.hidden


def _chosen(entry: Entry, asked: Query) -> bool:
    if any(value_of(entry, name) not in values for name, values in asked.filters.items()):
        return False
    return _dated(entry, query.Period(asked.first, asked.last)) if asked.first or asked.last else True


def _answers(entry: Entry, parsed: query.Parsed, synonyms: Groups) -> bool:
    if parsed.node is None:
        return True
    node = _meant(parsed.node, synonyms)
    on_page = parsed.pages is None or any(
        parsed.pages.first <= page.number <= (parsed.pages.last or page.number) and _shows(page.text, node)
        for page in entry.pages
    )
    return on_page and _matches(entry, node)


def _meant(node: query.Node, synonyms: Groups) -> query.Node:
    """Return *node* with every single wanted word beside what means the same; what is quoted stands for itself."""
    match node:
        case query.Every(nodes):
            return query.Every(tuple(_meant(part, synonyms) for part in nodes))
        case query.Either(nodes):
            return query.Either(tuple(_meant(part, synonyms) for part in nodes))
        case query.Words((token,), None | Field.SUBJECT as name, False):
            groups = [[_tokens(word) for word in group] for group in synonyms]
            same = [other for group in groups if [token.stem] in [_stems(one) for one in group] for other in group]
            return query.Either((node, *(query.Words(other, name, quoted=True) for other in same)))
        case _:
            return node


def _stems(tokens: Sequence[german.Token]) -> list[str]:
    return [token.stem for token in tokens]


def _shows(text: str, node: query.Node) -> bool | None:
    """Tell whether the text of a page holds what is asked for; ``None`` if nothing is asked of pages."""
    match node:
        case query.Every(nodes) | query.Either(nodes):
            told = [shown for part in nodes if (shown := _shows(text, part)) is not None]
            return (all(told) if isinstance(node, query.Every) else any(told)) if told else None
        case query.Words(tokens, None):
            return _holds(text, [token.stem for token in tokens])
        case query.Prefix(start):
            return any(token.word.startswith(start) for token in _tokens(text))
        case query.Reference(key, True):
            return any(key in found.keys for found in references.mentions(text))
        case _:
            return None


def _matches(entry: Entry, node: query.Node) -> bool:  # noqa: C901, PLR0911 - one line for each kind of node
    match node:
        case query.Every(nodes):
            return all(_matches(entry, part) for part in nodes)
        case query.Either(nodes):
            return any(_matches(entry, part) for part in nodes)
        case query.Without(part):
            return not _matches(entry, part)
        case query.Words(tokens, name):
            return any(_holds(text, [token.stem for token in tokens]) for text in _texts(entry, name))
        case query.Prefix(start):
            return any(token.word.startswith(start) for text in _texts(entry, None) for token in _tokens(text))
        case query.Unit(code):
            own = query.unit_key(entry.org_unit)
            return own == code or own.startswith(f"{code}.")
        case query.Reference(key, mentions):
            former = {found.keys[0] for text in entry.aliases for found in references.mentions(text)}
            texts = [entry.case_file_reference, entry.document_reference] + (_in_text(entry) if mentions else [])
            return key in former or any(key in found.keys for text in texts for found in references.mentions(text))
        case query.Period():
            return _dated(entry, node)
        case _:
            return any(_named(field, node) for field in entry.fields if fields.name_key(field.name) == node.name)


def _named(field: fields.EntryField, node: fields.FieldNode) -> bool:
    match node:
        case fields.NamedRange(_, low, high):
            return field.value is not None and low <= fields.encoded(field.value) <= high
        case fields.NamedReference(_, key):
            return any(key in found.keys for found in references.mentions(field.text))
        case fields.Named(_, wanted, begins):
            words = [token.word for token in _tokens(field.text)]
            if not begins:
                return any(tuple(words[at : at + len(wanted)]) == wanted for at in range(len(words)))
            whole = wanted[:-1]
            return any(word.startswith(wanted[-1]) for word in words) and (
                not whole or any(tuple(words[at : at + len(whole)]) == whole for at in range(len(words)))
            )


def _dated(entry: Entry, period: query.Period) -> bool:
    day = entry.document_date
    return day is not None and (period.first or day) <= day <= (period.last or day)


def _texts(entry: Entry, name: Field | None) -> list[str]:
    match name:
        case Field.SENDER:
            return [entry.sender]
        case Field.TYPE:
            return [entry.document_type]
        case Field.SUBJECT:
            return [entry.subject, entry.case_file_subject]
        case Field.REFERENCE:
            return _own_references(entry)
        case _:
            return [*_own_references(entry), *_in_text(entry)]


def _in_text(entry: Entry) -> list[str]:
    head = [entry.subject, entry.case_file_subject, entry.sender, entry.document_type]
    return [*head, *(field.text for field in entry.fields), *(page.text for page in entry.pages)]


def _own_references(entry: Entry) -> list[str]:
    return [entry.case_file_reference, entry.document_reference, *entry.aliases]


def _holds(text: str, wanted: Sequence[str]) -> bool:
    stems = [token.stem for token in _tokens(text)]
    return any(stems[first : first + len(wanted)] == wanted for first in range(len(stems) - len(wanted) + 1))
