"""Words as an index lists them: folded, and behind a mark how they are written where that is worth completing.

``der``, ``antrag!^`` for Antrag, ``fristen!`` for fristen, ``gebaeude!Gebäude``. So one field
answers for words that begin so, for completions and for the vocabulary, and most forms are short.
"""

from __future__ import annotations

from string import ascii_lowercase, digits

MARK = "!"
"""Stands in no word and before every letter and digit, so that forms have the order of their words."""

USUAL = digits + ascii_lowercase
"""Letters that words begin with; where one of the first two is another, both stand in the index as a sign: ``!żu``."""

_SECOND = frozenset({"", *USUAL})
_CAPITALISED = "^"


def form_of(word: str, surface: str) -> str:
    """Return the form of the folded *word* that is written *surface* and worth completing."""
    if surface == word:
        return f"{word}{MARK}"
    return f"{word}{MARK}{_CAPITALISED if surface == word.capitalize() else surface}"


def sign_of(word: str) -> str:
    """Return what tells of the first letters of the folded *word* where they are unusual; else nothing."""
    return "" if word[0] in USUAL and word[1:2] in _SECOND else f"{MARK}{word[:2]}"


def word_of(form: str) -> str:
    """Return the folded word of a form; nothing of a sign."""
    return form.partition(MARK)[0]


def written_of(form: str) -> str:
    """Return how the word of a form is written; nothing if it is not worth completing."""
    word, mark, how = form.partition(MARK)
    if not mark:
        return ""
    return word.capitalize() if how == _CAPITALISED else how or word
