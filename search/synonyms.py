"""Synonyms of the house: ``Kfz = Kraftfahrzeug = Auto`` lets a question for one word find the others, a little lower.

They belong to the question and not to the index, so a change counts at once and nothing is built anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from search import german, plan
from search.plan import Column

BOOST = 0.7
Groups = tuple[tuple[str, ...], ...]
"""Words or word sequences that mean the same, group by group."""

_COLUMNS = frozenset({Column.TERMS, Column.TITLE})
_Meanings = Mapping[str, tuple[tuple[german.Token, ...], ...]]
"""For each stem what means the same, each a word or a sequence of words."""


def read(lines: Iterable[str]) -> Groups:
    """Return the groups of a text: one a line, parted by ``=``; ``#`` begins a remark.

    Raises:
        ValueError: a line holds no two words; the message is German and names it.
    """
    groups: list[tuple[str, ...]] = []
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0]
        if not words.strip():
            continue
        group = tuple(word.strip() for word in words.split("="))
        if len(group) < 2 or not all(any(german.tokens(word)) for word in group):
            raise ValueError(f"Zeile {number}: Erwartet wird „Wort = anderes Wort“.")
        groups.append(group)
    return tuple(groups)


def with_synonyms(asked: plan.Plan, groups: Groups) -> plan.Plan:
    """Let every single word of *asked* also match its synonyms; what is excluded or quoted stays as it is."""
    return _mapped(asked, _meanings(groups)) if groups else asked


@lru_cache(maxsize=8)
def _meanings(groups: Groups) -> _Meanings:
    found: dict[str, dict[tuple[str, ...], tuple[german.Token, ...]]] = {}
    for group in groups:
        members = [tuple(german.tokens(word)) for word in group]
        for member in members:
            if len(member) == 1:
                others = {tuple(token.stem for token in other): other for other in members if other != member}
                found.setdefault(member[0].stem, {}).update(others)
    return {stem: tuple(others.values()) for stem, others in found.items()}


def _mapped(asked: plan.Plan, meanings: _Meanings) -> plan.Plan:
    match asked:
        case plan.All(parts):
            return plan.All(tuple(_mapped(part, meanings) for part in parts))
        case plan.AnyOf(parts):
            return plan.AnyOf(tuple(_mapped(part, meanings) for part in parts))
        case plan.Term() if asked.column in _COLUMNS and asked.value in meanings:
            others = (_leaf(asked, words) for words in meanings[asked.value])
            return plan.AnyOf((asked, *others))
        case _:
            return asked


def _leaf(asked: plan.Term, words: tuple[german.Token, ...]) -> plan.Plan:
    boost = asked.boost * BOOST
    if len(words) == 1:
        return plan.Term(asked.column, words[0].stem, boost, words[0].word)
    return plan.Adjacent(asked.column, tuple(token.stem for token in words), boost)
