"""Words as an index lists them: folded, and behind a bar how they are written where that is worth completing.

``der``, ``antrag|^`` for Antrag, ``fristen|`` for fristen, ``gebaeude|Gebäude``. So one field
answers for words that begin so, for completions and for the vocabulary, and most forms are short.
"""

from __future__ import annotations

BAR = "|"
"""Stands in no word."""

_CAPITALISED = "^"


def form_of(word: str, surface: str) -> str:
    """Return the form of the folded *word* that is written *surface* and worth completing."""
    if surface == word:
        return f"{word}|"
    return f"{word}|^" if surface == word.capitalize() else f"{word}|{surface}"


def word_of(form: str) -> str:
    """Return the folded word of a form."""
    return form.partition(BAR)[0]


def written_of(form: str) -> str:
    """Return how the word of a form is written; nothing if it is not worth completing."""
    word, bar, how = form.partition(BAR)
    if not bar:
        return ""
    return word.capitalize() if how == _CAPITALISED else how or word
