"""Questions as people type them, each with what it means: built side by side, so that no parser vouches for itself.

Questions are made of what a drawn document holds, of what means the same by the synonyms of the house, of its stop
words, and of things that are elsewhere: so most of them find something, and each ingredient often decides what.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import strategies as st

from search import COUNTED, Entry, EntryField, FieldKind, MaySee, Query, Sort, german, query, references
from search.fields import Named, NamedRange, NamedReference, encoded, name_key
from search.page_numbers import Pages
from search.query import Either, Every, Field, Node, Period, Prefix, Reference, Unit, Without, Words
from tests.search import corpus
from tests.search.corpus import FIELDS

GROUPS = (("Garten", "Stellplatz", "Bebauungsplan x"), ("Steuer", "Kfz-Steuer", "Gebäude"), ("Müller", "die Straße"))
HOUSE_STOPS = frozenset({"garten", "mueller", "x"})
_SHIPPED_STOPS = ("die", "ein", "oder", "ueber", "und")
"""Of the stop words that are shipped, those that the drawn documents hold."""


@dataclass(frozen=True, slots=True)
class Told:
    """A question and what it means."""

    asked: Query
    meaning: query.Parsed


@dataclass(frozen=True, slots=True)
class _Clause:
    text: str
    node: Node
    elsewhere: bool = False
    """Whether it is a matter of the whole document, which no page can show."""


Asked = tuple[list[Entry], list[Told], MaySee, int]
"""Documents, what a person asks of them, and the number of hits they want on a page."""


def asked_about() -> st.SearchStrategy[Asked]:
    """Draw documents, a person, and questions of theirs, all from one number.

    Drawn piece by piece most of them would be small or alike, and nearly no question would find anything.
    """
    return st.integers(0, 2**48).map(lambda number: _asked(Random(number)))


def _asked(chance: Random) -> Asked:
    entries = corpus.made_up(chance, chance.choice((0, 1, 5, 16, 16, 16)))
    person = _person(entries, chance)
    return entries, [_told(entries, chance) for _ in range(10)], person, chance.randint(1, 3)


def _told(entries: list[Entry], chance: Random) -> Told:
    groups, stops = chance.choice(((), GROUPS, GROUPS)), chance.choice((frozenset[str](), HOUSE_STOPS))
    of, other = (chance.choice(entries) if entries else None for _ in range(2))
    clauses = [_clause(of, chance) for _ in range(chance.choice((1, 1, 1, 2, 3)))]
    if chance.random() < 0.4:
        clauses.insert(0, _word(chance.choice((*_SHIPPED_STOPS, *sorted(HOUSE_STOPS)))))
    alternative = _clause(other, chance) if chance.random() < 0.3 else None
    excluded = [_clause(other, chance)] if chance.random() < 0.3 else []
    *first, last = clauses
    nodes = [*(clause.node for clause in first), Either((last.node, alternative.node)) if alternative else last.node]
    texts = [*(clause.text for clause in first), f"{last.text} ODER {alternative.text}" if alternative else last.text]
    nodes += [Without(clause.node) for clause in excluded]
    texts += [f"-{clause.text}" for clause in excluded]
    pages = None
    if not any(clause.elsewhere for clause in (*clauses, *filter(None, [alternative]))) and chance.random() < 0.3:
        pages = chance.choice((Pages(1, 1), Pages(2, None)))
        texts.append("seite:1" if pages.last else "seite:2..")
    kept = _without_stops(nodes, stops)
    node = kept[0] if len(kept) == 1 else Every(tuple(kept))
    asked = Query(" ".join(texts), fields=FIELDS, facets=COUNTED, exact=True, sort=chance.choice(list(Sort)))
    asked = replace(asked, synonyms=groups, stop_words=stops, **_bounds(chance))
    return Told(asked, query.Parsed(node, pages=pages))


def _bounds(chance: Random) -> dict[str, Any]:
    """Filter by a field, or bound the date, or, mostly, neither."""
    name, drawn = chance.choice(sorted(corpus.FILTERS)), chance.random()
    if drawn < 0.1:
        return {"filters": {name: frozenset(chance.choices(corpus.FILTERS[name], k=2))}}
    return {"first": date(2019, 6, 1), "last": chance.choice((None, date(2020, 12, 31)))} if drawn < 0.2 else {}


def _without_stops(nodes: list[Node], stops: frozenset[str]) -> list[Node]:
    """Leave out words too common to ask for, unless nothing else is wanted."""
    common = stops | set(_SHIPPED_STOPS)
    kept = [
        node for node in nodes if not (isinstance(node, Words) and _is_single(node) and node.tokens[0].word in common)
    ]
    return kept if any(not isinstance(node, Without) for node in kept) else nodes


def _is_single(node: Words) -> bool:
    return len(node.tokens) == 1 and node.field is None and not node.quoted


def _person(entries: list[Entry], chance: Random) -> MaySee:
    """Make up a person, mostly one who sees many of *entries*."""
    keys = [of.access_keys for of in chance.choices(entries, k=chance.choice((1, 3, 3)))] if entries else []
    hidden = chance.choices([of.case_file_id for of in entries], k=1) if entries and chance.random() < 0.2 else []
    return MaySee(frozenset[str]().union(*keys), frozenset(hidden))


def _clause(of: Entry | None, chance: Random) -> _Clause:
    """Ask for what a document holds, or for what may be anywhere."""
    words = of and _words_of(of)
    if of is None or not words or chance.random() < 0.15:
        return chance.choice(_ANYWHERE)
    word = chance.choice(words)
    made: list[Callable[[], _Clause]] = [
        lambda: _word(word),
        lambda: _alike(chance.choice(words), chance),
        lambda: _alike(chance.choice(words), chance),
        lambda: _alike(chance.choice(words), chance),
        lambda: _prefix(word[: chance.randint(2, 6)]),
        lambda: _phrase(chance.choice(_runs_of(of) or ["garten"])),
        lambda: chance.choice(_heads_of(of)),
        lambda: _field(chance.choice(of.fields)) if of.fields else _word(word),
    ]
    return chance.choice(made)()


def _words_of(of: Entry) -> list[str]:
    """Return the folded words of a document that are letters alone."""
    texts = [of.subject, of.case_file_subject, of.sender, of.document_type, *(page.text for page in of.pages)]
    return sorted({token.word for text in texts for token in german.tokens(text) if token.word.isalpha()})


def _runs_of(of: Entry) -> list[str]:
    """Return pieces of a document's texts of up to three words side by side."""
    runs = []
    for text in (of.subject, *(page.text for page in of.pages)):
        words = [token.word for token in german.tokens(text)]
        runs += [" ".join(words[at : at + count]) for count in (1, 2, 3) for at in range(len(words))]
    return runs


def _heads_of(of: Entry) -> list[_Clause]:
    heads = [_Clause("betreff:" + word, _words(word, Field.SUBJECT), elsewhere=True) for word in _letters(of.subject)]
    heads += [_Clause("typ:" + word, _words(word, Field.TYPE), elsewhere=True) for word in _letters(of.document_type)]
    heads += [_Clause("absender:" + word, _words(word, Field.SENDER), elsewhere=True) for word in _letters(of.sender)]
    heads += [_reference(text) for text in (of.case_file_reference, *of.aliases) if references.key_of(text)]
    if of.org_unit:
        heads.append(_Clause(f"amt:{of.org_unit}", Unit(of.org_unit), elsewhere=True))
    if day := of.document_date:
        heads.append(_Clause(f"datum:{day:%d.%m.%Y}", Period(day, day), elsewhere=True))
        heads.append(_Clause(f"datum:..{day.year}", Period(None, date(day.year, 12, 31)), elsewhere=True))
    return heads or [_word("garten")]


def _letters(text: str) -> list[str]:
    return [token.word for token in german.tokens(text) if token.word.isalpha()]


def _field(field: EntryField) -> _Clause:
    """Ask for the value of a declared field."""
    name = name_key(field.name)
    match field.value:
        case Decimal():
            low = int(field.value) - 1
            node = NamedRange(name, encoded(Decimal(low)), encoded(Decimal(low + 2)))
            return _Clause(f"{field.name}:{low}..{low + 2}", node, elsewhere=True)
        case date(year=year):
            node = NamedRange(name, encoded(date(year, 1, 1)), encoded(date(year, 12, 31)))
            return _Clause(f"{field.name}:{year}", node, elsewhere=True)
    if FIELDS[field.name] is FieldKind.REFERENCE:
        key = references.key_of(field.text) or ""
        return _Clause(f'{field.name}:"{field.text}"', NamedReference(name, key), elsewhere=True)
    word = next(german.tokens(field.text)).word
    return _Clause(f"{field.name}:{word[:3]}*", Named(name, (word[:3],), begins=True), elsewhere=True)


def _alike(word: str, chance: Random) -> _Clause:
    """Ask for another word of its group, or for the word where it has none."""
    for group in GROUPS:
        if any(word in map(german.fold, re.split("[ -]", other)) for other in group):
            others = [one for one in group if " " not in one and "-" not in one and german.fold(one) != word]
            return _word(chance.choice(others or [word]))
    return _word(word)


def _word(text: str) -> _Clause:
    return _Clause(text, _words(text))


def _words(text: str, field: Field | None = None, *, quoted: bool = False) -> Words:
    return Words(tuple(german.tokens(text)), field, quoted)


def _phrase(text: str) -> _Clause:
    return _Clause(f'"{text}"', _words(text, quoted=True))


def _prefix(start: str) -> _Clause:
    return _Clause(f"{start}*", Prefix(start)) if len(start) > 1 else _word(start)


def _reference(text: str) -> _Clause:
    return _Clause(f"az:{text}", Reference(references.key_of(text) or "", mentions=False), elsewhere=True)


_ANYWHERE = (
    *(_word(word) for group in GROUPS for word in group if " " not in word),
    *map(_word, ("Gartenweg", "Bebauungsplan", "Gebaeude", *_SHIPPED_STOPS)),
    *map(_prefix, ("stell", "gar", "geb")),
    *map(_phrase, ("die steuer", "garten strasse", "x")),
    _reference("63.20-2026/0417"),
    _Clause("63.20-2026/417", Reference("63.20-2026/417")),
    _Clause("datum:2019..2020", Period(date(2019, 1, 1), date(2020, 12, 31)), elsewhere=True),
    _Clause("betrag:0..1.000", NamedRange("betrag", encoded(Decimal(0)), encoded(Decimal(1_000))), elsewhere=True),
    _Clause("amt:63", Unit("63"), elsewhere=True),
)
