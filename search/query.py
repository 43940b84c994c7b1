"""The German query language: typed text in, a tree of what is meant and German notes out.

``Stellplatz Gartenweg`` all words · ``"zu den Akten"`` a phrase · ``-Entwurf`` without ·
``Carport ODER Garage`` one of them · ``Platz*`` words that begin so · ``az: typ: absender: datum:
amt: betreff:`` one field, and those the caller names · ``seite:2..5`` the words stand together on one
of these pages · a reference number in any spelling. Anything else typed is read as words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import groupby

from search import dates, german, references
from search.fields import FieldKind, FieldNode, asked_for, name_key
from search.page_numbers import Pages, page_range
from search.texts import sentence

LONGEST_QUERY = 1_000
"""Characters read of a query; the rest is ignored with a note."""

MOST_CLAUSES = 64
LEAST_PREFIX = 2


class Field(StrEnum):
    """The fields a person may name; the value is the word typed before the colon."""

    REFERENCE = "az"
    TYPE = "typ"
    SENDER = "absender"
    DATE = "datum"
    ORG_UNIT = "amt"
    SUBJECT = "betreff"
    PAGE = "seite"


@dataclass(frozen=True, slots=True)
class Words:
    """One typed word, in ``field`` or anywhere; of several parts (``Kfz-Steuer``) they stand side by side."""

    tokens: tuple[german.Token, ...]
    field: Field | None = None
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that begin with the folded ``start``."""

    start: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference number by its key; documents of that file first, then those that mention it."""

    key: str
    mentions: bool = True


@dataclass(frozen=True, slots=True)
class Unit:
    """Documents of the organisational unit with this code or of one below it."""

    code: str


@dataclass(frozen=True, slots=True)
class Period:
    """Documents dated from ``first`` to ``last``, inclusive; ``None`` is an open end."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Without:
    """Documents that ``node`` does not find."""

    node: Node


@dataclass(frozen=True, slots=True)
class Either:
    """Documents that one of ``nodes`` finds."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Every:
    """Documents that all of ``nodes`` find."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class _OnPages:
    """``seite:`` with its value: no node, for it binds the whole question."""

    value: str
    excluded: bool


Node = Words | Prefix | Reference | Unit | Period | FieldNode | Without | Either | Every
_Clause = Node | _OnPages | str
"""What was typed, piece by piece; the only string is ``ODER``."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a typed text means; without ``node`` it asks for nothing in particular."""

    node: Node | None
    notes: tuple[str, ...] = ()
    impossible: bool = False
    """The text holds no word at all, though something was typed: nothing can match."""
    pages: Pages | None = None
    """The words must stand on one of these pages."""


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
class _Reading:
    names: Mapping[str, tuple[str, FieldKind]]
    """Further fields by their compared name: the name as the caller writes it, and the kind."""
    notes: list[str] = field(default_factory=list)
    pages: Pages | None = None

    def note(self, code: str, **values: object) -> None:
        text = sentence(f"note-{code}", **values)
        if text not in self.notes:
            self.notes.append(text)


def parse(text: str, fields: Mapping[str, FieldKind] | None = None, stop_words: frozenset[str] = frozenset()) -> Parsed:
    """Read *text*; every text has a meaning, what was not understood is named in the notes.

    *fields* are further names that may stand before a colon, *stop_words* further folded words too common to ask for.
    """
    reading = _Reading({name_key(name): (name, kind) for name, kind in (fields or {}).items()})
    if len(text) > LONGEST_QUERY:
        reading.note("too-long")
        text = text[:LONGEST_QUERY]
    text = german.clean(text)
    nodes = _alternatives(_bound_to_pages(_clauses(text, reading), reading), reading)
    kept = _without_stop_words(nodes, stop_words)
    if not kept:
        if reading.pages:
            reading.note("page-without-words")
        if text.strip() and not reading.notes:
            reading.note("no-words")
        return Parsed(None, tuple(reading.notes), impossible=bool(text.strip()))
    fault = _unfit_for_pages(kept) if reading.pages else None
    if fault:
        reading.note(fault)
        reading.pages = None
    return Parsed(kept[0] if len(kept) == 1 else Every(tuple(kept)), tuple(reading.notes), pages=reading.pages)


def _clauses(text: str, reading: _Reading) -> list[_Clause]:
    found: list[tuple[int, _Clause]] = []
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


def _clause(match: re.Match[str], reading: _Reading) -> _Clause | None:
    word, phrase, name = match["word"], match["phrase"], match["field"]
    if word in {"ODER", "UND"} and not name and not match["minus"]:
        return word if word == "ODER" else None
    if word and word.endswith(":") and (word[:-1].casefold() in _KNOWN or name_key(word[:-1]) in reading.names):
        reading.note("empty-field", name=word[:-1])
        return None
    if phrase is not None and not match["end"]:
        reading.note("open-quote")
    if name and _KNOWN.get(name.casefold()) is Field.PAGE:
        return _OnPages((word or phrase or "").strip(), excluded=match["minus"] is not None)
    node = _valued(match, name, reading) if name else _plain(word, phrase, reading)
    return Without(node) if node is not None and match["minus"] else node


def _plain(word: str | None, phrase: str | None, reading: _Reading) -> Node | None:
    if phrase is not None:
        return _words(phrase, quoted=True)
    typed = word or ""
    key = references.key_of(typed)
    if key:
        return Reference(key)
    if "*" in typed:
        return _starred(typed, reading)
    return _words(typed)


def _starred(typed: str, reading: _Reading) -> Node | None:
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


def _valued(match: re.Match[str], typed_name: str, reading: _Reading) -> Node | None:
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


def _bound_to_pages(clauses: list[_Clause], reading: _Reading) -> list[Node | str]:
    """Bind the question to the pages it names and return its other clauses.

    Pages are no alternative: beside ODER they are left out, and the ODER joins what else stands beside it.
    """
    runs = [list(run) for _, run in groupby(clauses, key=lambda clause: isinstance(clause, _OnPages | str))]
    rest: list[Node | str] = []
    for number, run in enumerate(runs):
        pages = [clause for clause in run if isinstance(clause, _OnPages)]
        others = [clause for clause in run if not isinstance(clause, _OnPages)]
        beside_or = bool(pages and others)
        for clause in pages:
            _bind(clause, reading, beside_or=beside_or)
        if beside_or:
            others = ["ODER"] if 0 < number < len(runs) - 1 else []
        rest += others
    return rest


def _bind(clause: _OnPages, reading: _Reading, *, beside_or: bool) -> None:
    pages = page_range(clause.value)
    if beside_or:
        reading.note("page-beside-or", value=clause.value)
    elif pages is None:
        reading.note("bad-page", value=clause.value)
    elif clause.excluded:
        reading.note("page-excluded")
    elif reading.pages not in {None, pages}:
        reading.note("pages-twice", value=clause.value)
    else:
        reading.pages = pages


def _unfit_for_pages(nodes: list[Node]) -> str | None:
    """Return the note that says why no page can show what is asked for; ``None`` if one can."""
    if not any(map(_stands_on_pages, nodes)):
        return "page-without-words"
    alternatives = (node.nodes for node in nodes if isinstance(node, Either))
    mixed = any(len(set(map(_stands_on_pages, each))) > 1 for each in alternatives)
    return "page-or-elsewhere" if mixed else None


def _stands_on_pages(node: Node) -> bool:
    """Tell whether *node* wants something that the text of a page can show."""
    match node:
        case Every(nodes) | Either(nodes):
            return any(map(_stands_on_pages, nodes))
        case Words():
            return node.field is None
        case Reference():
            return node.mentions
        case _:
            return isinstance(node, Prefix)


def _named(match: re.Match[str], typed_name: str, value: str, reading: _Reading) -> Node | None:
    name = name_key(typed_name)
    _, kind = reading.names[name]
    node = asked_for(name, kind, value, quoted=match["phrase"] is not None) if value else None
    if not value:
        reading.note("empty-field", name=typed_name)
    elif node is None:
        code = {FieldKind.DATE: "bad-date", FieldKind.NUMBER: "bad-number"}.get(kind, "empty-field")
        reading.note(code, name=typed_name, value=value)
    return node


def _named_fields(reading: _Reading) -> str:
    return ", ".join([f"{known}:" for known in Field] + sorted(f"{name}:" for name, _ in reading.names.values()))


def _in_field(name: Field, value: str, reading: _Reading) -> Node | None:
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


def unit_key(code: str) -> str:
    """Return a unit's code as it is compared: ``OE 63.2`` and ``63.2`` are equal."""
    return re.sub(r"^(?:oe|amt|fb)[\s.]*(?=\d)", "", code.strip().casefold()).strip(" .")


def _both(first: Node | None, second: Node | None) -> Node | None:
    return Every((first, second)) if first and second else first or second


def _alternatives(clauses: list[Node | str], reading: _Reading) -> list[Node]:
    """Join what stands beside ODER: ``a b ODER c`` is a and (b or c)."""
    nodes: list[Node] = []
    joins = False
    for clause in clauses:
        if isinstance(clause, str):
            if not nodes or joins:
                reading.note("lonely-or")
            joins = bool(nodes)
        elif joins:
            last = nodes.pop()
            nodes.append(Either((*(last.nodes if isinstance(last, Either) else (last,)), clause)))
            joins = False
        else:
            nodes.append(clause)
    if joins:
        reading.note("lonely-or")
    return nodes


def _without_stop_words(nodes: list[Node], more: frozenset[str]) -> list[Node]:
    kept = [node for node in nodes if not _is_stop_word(node, more)]
    asks = any(not isinstance(node, Without) for node in kept)
    return kept if asks or len(kept) == len(nodes) else nodes


def _is_stop_word(node: Node, more: frozenset[str]) -> bool:
    return (
        isinstance(node, Words)
        and not node.quoted
        and node.field is None
        and len(node.tokens) == 1
        and (german.is_stop_word(node.tokens[0].word) or node.tokens[0].word in more)
    )
