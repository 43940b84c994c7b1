"""Binding a question to pages: ``seite:`` is no clause beside others, the whole question stands on those pages."""

from __future__ import annotations

from itertools import groupby

from search.clauses import Reading
from search.nodes import Clause, Either, Every, Node, OnPages, Prefix, Reference, Words
from search.page_numbers import page_range


def bound_to_pages(clauses: list[Clause], reading: Reading) -> list[Node | str]:
    """Bind the question to the pages it names and return its other clauses.

    Pages are no alternative: beside ODER they are left out as if nobody had offered them, and their ODER with them.
    What stands on both sides is joined only where it was an alternative to the same page: ``a ODER seite:3 ODER b``.
    """
    runs = [list(run) for _, run in groupby(clauses, key=lambda clause: isinstance(clause, OnPages | str))]
    rest: list[Node | str] = []
    for number, run in enumerate(runs):
        pages = [clause for clause in run if isinstance(clause, OnPages)]
        others = [clause for clause in run if not isinstance(clause, OnPages)]
        beside_or = bool(pages and others)
        for clause in pages:
            _bind(clause, reading, beside_or=beside_or)
        if beside_or:
            others = ["ODER"] if 0 < number < len(runs) - 1 and _joins(run) else []
        rest += others
    return rest


def _joins(run: list[Clause]) -> bool:
    """Tell whether pages and ODER take turns, beginning and ending with ODER."""
    return len(run) % 2 == 1 and all((clause == "ODER") == (place % 2 == 0) for place, clause in enumerate(run))


def _bind(clause: OnPages, reading: Reading, *, beside_or: bool) -> None:
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


def unfit_for_pages(nodes: list[Node]) -> str | None:
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
