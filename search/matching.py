"""Whether a question finds one entry, decided by reading it: no index, so nothing can lag behind.

The meaning is that of every engine asked exactly; the contract tests of the engines compare them with this module.
"""

from __future__ import annotations

from collections.abc import Sequence

from search import fields, german, query, references
from search.model import Entry, Query
from search.query import Field
from search.synonyms import Groups


class Question:
    """A question made ready once, to be put to many entries."""

    def __init__(self, asked: Query) -> None:
        self._asked = asked
        self._parsed = query.parse(asked.text, asked.fields, asked.stop_words)
        self._node = None if self._parsed.node is None else _meant(self._parsed.node, asked.synonyms)

    @property
    def notes(self) -> tuple[str, ...]:
        """What of the typed text was not understood, in German."""
        return self._parsed.notes

    @property
    def is_empty(self) -> bool:
        """Whether the typed text asks for nothing, so that everything or nothing would be found."""
        return self._node is None

    def finds(self, read: ReadEntry) -> bool:
        """Tell whether the entry is found, whoever asks."""
        if self._parsed.impossible or not self._chosen(read.entry):
            return False
        return self._node is None or (self._on_pages(read, self._node) and _matches(read, self._node))

    def _chosen(self, entry: Entry) -> bool:
        asked = self._asked
        if any(value_of(entry, name) not in values for name, values in asked.filters.items()):
            return False
        return _dated(entry, query.Period(asked.first, asked.last)) if asked.first or asked.last else True

    def _on_pages(self, read: ReadEntry, node: query.Node) -> bool:
        pages = self._parsed.pages
        return pages is None or any(
            pages.first <= page.number <= (pages.last or page.number) and _shows(read, page.text, node)
            for page in read.entry.pages
        )


class ReadEntry:
    """An entry whose texts are analysed at most once, however many questions are put to it."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self._tokens: dict[str, tuple[german.Token, ...]] = {}

    def tokens(self, text: str) -> tuple[german.Token, ...]:
        """Return the words of one of its texts."""
        found = self._tokens.get(text)
        if found is None:
            found = self._tokens[text] = tuple(german.tokens(text))
        return found

    def holds(self, text: str, wanted: Sequence[str]) -> bool:
        """Tell whether the stems stand side by side in one of its texts."""
        stems = [token.stem for token in self.tokens(text)]
        return any(stems[first : first + len(wanted)] == wanted for first in range(len(stems) - len(wanted) + 1))


def value_of(entry: Entry, name: str) -> str:
    """Return what an entry holds in a field that is counted or filtered by."""
    month = "" if entry.document_date is None else f"{entry.document_date:%Y-%m}"
    return {"sender_name": entry.sender, "month": month}.get(name) or str(getattr(entry, name, ""))


def _meant(node: query.Node, synonyms: Groups) -> query.Node:
    """Return *node* with every single wanted word beside what means the same; what is quoted stands for itself."""
    match node:
        case query.Every(nodes):
            return query.Every(tuple(_meant(part, synonyms) for part in nodes))
        case query.Either(nodes):
            return query.Either(tuple(_meant(part, synonyms) for part in nodes))
        case query.Words((token,), None | Field.SUBJECT as name, False):
            groups = [[tuple(german.tokens(word)) for word in group] for group in synonyms]
            same = [other for group in groups if [token.stem] in [_stems(one) for one in group] for other in group]
            return query.Either((node, *(query.Words(other, name, quoted=True) for other in same)))
        case _:
            return node


def _stems(tokens: Sequence[german.Token]) -> list[str]:
    return [token.stem for token in tokens]


def _shows(read: ReadEntry, text: str, node: query.Node) -> bool | None:
    """Tell whether the text of a page holds what is asked for; ``None`` if nothing is asked of pages."""
    match node:
        case query.Every(nodes) | query.Either(nodes):
            told = [shown for part in nodes if (shown := _shows(read, text, part)) is not None]
            return (all(told) if isinstance(node, query.Every) else any(told)) if told else None
        case query.Words(tokens, None):
            return read.holds(text, _stems(tokens))
        case query.Prefix(start):
            return any(token.word.startswith(start) for token in read.tokens(text))
        case query.Reference(key, True):
            return any(key in found.keys for found in references.mentions(text))
        case _:
            return None


def _matches(read: ReadEntry, node: query.Node) -> bool:  # noqa: C901, PLR0911 - one line for each kind of node
    entry = read.entry
    match node:
        case query.Every(nodes):
            return all(_matches(read, part) for part in nodes)
        case query.Either(nodes):
            return any(_matches(read, part) for part in nodes)
        case query.Without(part):
            return not _matches(read, part)
        case query.Words(tokens, name):
            return any(read.holds(text, _stems(tokens)) for text in _texts(entry, name))
        case query.Prefix(start):
            return any(token.word.startswith(start) for text in _texts(entry, None) for token in read.tokens(text))
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
            return any(_named(read, field, node) for field in entry.fields if fields.name_key(field.name) == node.name)


def _named(read: ReadEntry, field: fields.EntryField, node: fields.FieldNode) -> bool:
    match node:
        case fields.NamedRange(_, low, high):
            return field.value is not None and low <= fields.encoded(field.value) <= high
        case fields.NamedReference(_, key):
            return any(key in found.keys for found in references.mentions(field.text))
        case fields.Named(_, wanted, begins):
            words = [token.word for token in read.tokens(field.text)]
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
