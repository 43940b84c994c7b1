"""From typed text to clauses, piece by piece; see ``search.query`` for the language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from search import dates, german, references
from search.fields import FieldKind, asked_for, name_key
from search.nodes import Clause, Every, Field, Node, OnPages, Period, Prefix, Reference, Unit, Without, Words, unit_key
from search.page_numbers import Pages
from search.texts import sentence

MOST_CLAUSES = 64
LEAST_PREFIX = 2

_OPENING = '"„“”»«‚‘'
_CLOSING = '"“”„«»‘’'
_CLAUSE = re.compile(
    rf"(?P<minus>(?<!\S)[-\u2212\u2013](?=[^\s\-])|(?<!\S)NICHT\s+)?"
    rf"(?:(?P<field>[^\W\d_]\w*):[ \t]*)?"
    rf"(?:[{_OPENING}](?P<phrase>[^{_CLOSING}]*)(?P<end>[{_CLOSING}]|$)|(?P<word>[^\s{_OPENING}]+))",
)
_REFERENCE_TITLE = re.compile(r"(?<!\w)(?:az|aktenzeichen|gz)[.:]*[ \t]*$", re.IGNORECASE)
_KNOWN = {str(name): name for name in Field} | {
    "aktenzeichen": Field.REFERENCE,
    "dokumenttyp": Field.TYPE,
    "von": Field.SENDER,
    "jahr": Field.DATE,
    "org": Field.ORG_UNIT,
    "titel": Field.SUBJECT,
    "seiten": Field.PAGE,
}
RESERVED = frozenset(_KNOWN)
"""Names of the query language itself, which nobody else may give to a field."""


@dataclass(slots=True)
class Reading:
    """What is read so far beside the clauses: the notes, and the pages that bind all."""

    names: Mapping[str, tuple[str, FieldKind]]
    """Further fields by their compared name: the name as the caller writes it, and the kind."""
    notes: list[str] = field(default_factory=list)
    pages: Pages | None = None

    def note(self, code: str, **values: object) -> None:
        """Tell the person something about the text, once."""
        text = sentence(f"note-{code}", **values)
        if text not in self.notes:
            self.notes.append(text)


def clauses_of(text: str, reading: Reading) -> list[Clause]:
    """Return what was typed, in its order; reference numbers are recognised first, however they are written."""
    found: list[tuple[int, Clause]] = []
    rest = text
    for mention in references.mentions(text):
        title = _REFERENCE_TITLE.search(text[: mention.start])
        start = title.start() if title else mention.start
        if _stands_free(text, start):
            named = title is not None and re.search(r"\w:", title[0]) is not None
            found.append((start, Reference(mention.keys[0], mentions=not named)))
            rest = rest[:start] + " " * (mention.end - start) + rest[mention.end :]
    for match in _CLAUSE.finditer(rest):
        node = _clause(match, reading)
        if node is not None:
            found.append((match.start(), node))
    return [node for _, node in sorted(found, key=lambda item: item[0])][:MOST_CLAUSES]


def _stands_free(text: str, start: int) -> bool:
    """Tell whether no minus, field name or quotation mark stands before the reference number."""
    before = text[:start]
    quotes = sum(before.count(mark) for mark in set(_OPENING + _CLOSING))
    return quotes % 2 == 0 and not re.search(r"(?:[^\W\d_]\w*:[ \t]*|[^\s\w])$", before)


def _clause(match: re.Match[str], reading: Reading) -> Clause | None:
    word, phrase, name = match["word"], match["phrase"], match["field"]
    if word in {"ODER", "UND"} and not name and not match["minus"]:
        return word if word == "ODER" else None
    if word and word.endswith(":") and (word[:-1].casefold() in _KNOWN or name_key(word[:-1]) in reading.names):
        reading.note("empty-field", name=word[:-1])
        return None
    if phrase is not None and not match["end"]:
        reading.note("open-quote")
    if name and _KNOWN.get(name.casefold()) is Field.PAGE:
        return OnPages((word or phrase or "").strip(), excluded=match["minus"] is not None)
    node = _valued(match, name, reading) if name else _plain(word, phrase, reading)
    return Without(node) if node is not None and match["minus"] else node


def _plain(word: str | None, phrase: str | None, reading: Reading) -> Node | None:
    if phrase is not None:
        return _words(phrase, quoted=True)
    typed = word or ""
    key = references.key_of(typed)
    if key:
        return Reference(key)
    if "*" in typed:
        return _starred(typed, reading)
    return _words(typed)


def _starred(typed: str, reading: Reading) -> Node | None:
    bare = typed.replace("*", " ")
    if typed.index("*") != len(typed.rstrip("*")) or typed.startswith("*"):
        if _words(bare):
            reading.note("star-inside", value=typed)
        return _words(bare)
    parts = tuple(german.tokens(bare))
    if parts and len(parts[-1].word) < LEAST_PREFIX:
        reading.note("short-prefix", value=typed, least=LEAST_PREFIX)
        return Words(parts)
    if not parts:
        return None
    prefix = Prefix(parts[-1].word)
    return prefix if len(parts) == 1 else Every((Words(parts[:-1]), prefix))


def _words(text: str, name: Field | None = None, *, quoted: bool = False) -> Words | None:
    parts = tuple(german.tokens(text))
    return Words(parts, name, quoted) if parts else None


def _valued(match: re.Match[str], typed_name: str, reading: Reading) -> Node | None:
    value = (match["word"] if match["phrase"] is None else match["phrase"]).strip()
    name = _KNOWN.get(typed_name.casefold())
    if name is None and name_key(typed_name) in reading.names:
        return _named(match, typed_name, value, reading)
    if name is None:
        if match["phrase"] is None and match[0][match.end("field") - match.start() + 1 :][:1].strip():
            reading.note("unknown-field", name=typed_name, known=_named_fields(reading))
        return _both(_words(typed_name), _plain(match["word"], match["phrase"], reading))
    node = _in_field(name, value, reading)
    if node is None and name is not Field.DATE:
        reading.note("empty-field", name=typed_name)
    return node


def _named(match: re.Match[str], typed_name: str, value: str, reading: Reading) -> Node | None:
    name = name_key(typed_name)
    _, kind = reading.names[name]
    node = asked_for(name, kind, value, quoted=match["phrase"] is not None) if value else None
    if not value:
        reading.note("empty-field", name=typed_name)
    elif node is None:
        code = {FieldKind.DATE: "bad-date", FieldKind.NUMBER: "bad-number"}.get(kind, "empty-field")
        reading.note(code, name=typed_name, value=value)
    return node


def _named_fields(reading: Reading) -> str:
    return ", ".join([f"{known}:" for known in Field] + sorted(f"{name}:" for name, _ in reading.names.values()))


def _in_field(name: Field, value: str, reading: Reading) -> Node | None:
    if name is Field.DATE:
        span = dates.period(value)
        if span is None:
            reading.note("bad-date", name="datum", value=value)
            return None
        return Period(*span)
    if name is Field.ORG_UNIT:
        code = unit_key(value)
        return Unit(code) if code else None
    key = references.key_of(value) if name is Field.REFERENCE else None
    return Reference(key, mentions=False) if key else _words(value, name)


def _both(first: Node | None, second: Node | None) -> Node | None:
    return Every((first, second)) if first and second else first or second
