"""The German query language: typed text in, a tree of what is meant and German notes out.

``Stellplatz Gartenweg`` all words · ``"zu den Akten"`` a phrase · ``-Entwurf`` without ·
``Carport ODER Garage`` one of them · ``Platz*`` words that begin so · ``az: typ: absender: datum:
amt: betreff:`` one field, and those the caller names · ``seite:2..5`` the words stand together on one
of these pages · a reference number in any spelling. Anything else typed is read as words.
"""

from __future__ import annotations

from collections.abc import Mapping

from search import german
from search.clauses import RESERVED, Reading, clauses_of
from search.fields import FieldKind, name_key
from search.nodes import Either, Every, Field, Node, Parsed, Period, Prefix, Reference, Unit, Without, Words, unit_key
from search.page_bound import bound_to_pages, unfit_for_pages

__all__ = [
    "LONGEST_QUERY",
    "RESERVED",
    "Either",
    "Every",
    "Field",
    "Node",
    "Parsed",
    "Period",
    "Prefix",
    "Reference",
    "Unit",
    "Without",
    "Words",
    "parse",
    "unit_key",
]

LONGEST_QUERY = 1_000
"""Characters read of a query; the rest is ignored with a note."""


def parse(text: str, fields: Mapping[str, FieldKind] | None = None, stop_words: frozenset[str] = frozenset()) -> Parsed:
    """Read *text*; every text has a meaning, what was not understood is named in the notes.

    *fields* are further names that may stand before a colon, *stop_words* further folded words too common to ask for.
    """
    reading = Reading({name_key(name): (name, kind) for name, kind in (fields or {}).items()})
    if len(text) > LONGEST_QUERY:
        reading.note("too-long")
        text = text[:LONGEST_QUERY]
    text = german.clean(text)
    nodes = _alternatives(bound_to_pages(clauses_of(text, reading), reading), reading)
    kept = _without_stop_words(nodes, stop_words)
    if not kept:
        if reading.pages:
            reading.note("page-without-words")
        if text.strip() and not reading.notes:
            reading.note("no-words")
        return Parsed(None, tuple(reading.notes), impossible=bool(text.strip()))
    fault = unfit_for_pages(kept) if reading.pages else None
    if fault:
        reading.note(fault)
        reading.pages = None
    return Parsed(kept[0] if len(kept) == 1 else Every(tuple(kept)), tuple(reading.notes), pages=reading.pages)


def _alternatives(clauses: list[Node | str], reading: Reading) -> list[Node]:
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
