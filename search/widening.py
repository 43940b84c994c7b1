"""Looser plans for when the exact one finds little: compounds and their parts, misspellings, look-alikes.

Compounds are split by the corpus itself, after Koehn and Knight, "Empirical Methods for Compound
Splitting" (2003): a word is a compound if it is made of words that documents use. All of it happens
to the question, never to the index, so it follows every change of the documents at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice

from search import german, plan
from search.vocabulary import Vocabulary

LEAST_PART = 4
"""Letters of a part of a compound; shorter ones split nearly everything."""

RARE = 2
"""A word in at most so many documents may be a misspelling."""

MOST_VARIANTS = 40
COMPOUND_BOOST, PARTS_BOOST, NEAR_BOOST, END_BOOST, ALIKE_BOOST = 0.5, 0.4, 0.4, 0.3, 0.2
ALIKE_SHARE = 0.6
"""Share of its four-letter pieces that a look-alike must have in common with the word."""

_LINKS = ("", "s", "es", "n", "en", "er", "e", "ens", "ns")
_MOST_PARTS = 4
_MOST_SPLITS = 200


def widened(asked: plan.Plan, stems: Vocabulary) -> plan.Plan:
    """Let every single word of *asked* also match its variants among the *stems* of the documents."""
    return _mapped(asked, partial(_with_variants, stems=stems))


def some_of(asked: plan.Plan) -> plan.Plan:
    """Ask for at least one of the words that *asked* wants together; all else still binds."""
    if not isinstance(asked, plan.All):
        return asked
    words = tuple(part for part in asked.parts if _is_words(part))
    if len(words) < 2:
        return asked
    return plan.All((plan.AnyOf(words), *(part for part in asked.parts if not _is_words(part))))


def split(stem: str, stems: Vocabulary) -> tuple[str, ...]:
    """Return the stems of the parts of the compound *stem*, or nothing if it is none."""
    best: tuple[float, tuple[str, ...]] = (0.0, ())
    for parts in islice(_splits(stem, stems, _MOST_PARTS), _MOST_SPLITS):
        if len(parts) > 1:
            product = 1.0
            for part in parts:
                product *= stems.count(part)
            best = max(best, (product ** (1 / len(parts)), parts))
    return best[1]


def four_letter_pieces(word: str) -> frozenset[str]:
    """Return the pieces of four letters that *word* is made of."""
    return frozenset(word[start : start + 4] for start in range(len(word) - 3))


def _splits(stem: str, stems: Vocabulary, most: int) -> Iterator[tuple[str, ...]]:
    if stems.count(stem):
        yield (stem,)
    if most < 2:
        return
    for cut in range(LEAST_PART, len(stem) - LEAST_PART + 1):
        head = _known(stem[:cut], stems)
        if head:
            for tail in _splits(stem[cut:], stems, most - 1):
                yield (head, *tail)


def _known(piece: str, stems: Vocabulary) -> str:
    """Return the stem that stands in a compound as *piece*, with or without a linking sound."""
    for link in _LINKS:
        base = piece[: len(piece) - len(link)] if piece.endswith(link) else ""
        if len(base) >= LEAST_PART and stems.count(stem := german.analyse(base)[1]):
            return stem
    return ""


def _with_variants(leaf: plan.Plan, stems: Vocabulary) -> plan.Plan:
    if not isinstance(leaf, plan.Term) or leaf.column is not plan.Column.TERMS:
        return leaf
    boosts: dict[str, float] = {}
    for boost, words in (
        (COMPOUND_BOOST, _compounds(leaf.value, stems)),
        (NEAR_BOOST, _misspellings(leaf.value, stems)),
        (END_BOOST, _at_an_end(leaf.value, stems)),
        (ALIKE_BOOST, _look_alikes(leaf.value, stems)),
    ):
        for word in words:
            boosts.setdefault(word, boost)
    boosts.pop(leaf.value, None)
    variants: list[plan.Plan] = [leaf]
    variants += [
        plan.Term(leaf.column, stem, leaf.boost * boost) for stem, boost in islice(boosts.items(), MOST_VARIANTS)
    ]
    if parts := split(leaf.value, stems):
        variants.append(plan.All(tuple(plan.Term(leaf.column, part, leaf.boost * PARTS_BOOST) for part in parts)))
    return plan.AnyOf(tuple(variants))


def _compounds(stem: str, stems: Vocabulary) -> list[str]:
    if len(stem) < LEAST_PART or stem.isdigit():
        return []
    longer = (word for word in islice(stems.containing(stem), 500) if len(word) >= len(stem) + 3)
    return [word for word in longer if stem in split(word, stems)]


def _at_an_end(stem: str, stems: Vocabulary) -> list[str]:
    """Return longer words that begin or end so: compounds whose other part stands nowhere alone."""
    if len(stem) < LEAST_PART or stem.isdigit():
        return []
    return [
        word
        for word in islice(stems.containing(stem), 500)
        if len(word) >= len(stem) + 3 and (word.startswith(stem) or word.endswith(stem))
    ]


def _misspellings(stem: str, stems: Vocabulary) -> list[str]:
    if len(stem) < LEAST_PART or stem.isdigit() or stems.count(stem) > RARE:
        return []
    return [word for _, word in stems.near(stem, 1 if len(stem) < 8 else 2) if not word.isdigit()]


def _look_alikes(stem: str, stems: Vocabulary) -> list[str]:
    pieces = four_letter_pieces(stem)
    if len(pieces) < 3 or stem.isdigit() or stems.count(stem) > RARE:
        return []
    shared: dict[str, int] = {}
    for piece in pieces:
        for word in stems.containing(piece):
            shared[word] = shared.get(word, 0) + 1
    alike = [(count, word) for word, count in shared.items() if count >= ALIKE_SHARE * len(pieces)]
    return [word for _, word in sorted(alike, key=lambda item: (-item[0], item[1]))]


def _mapped(asked: plan.Plan, change: partial[plan.Plan]) -> plan.Plan:
    match asked:
        case plan.All(parts):
            return plan.All(tuple(_mapped(part, change) for part in parts))
        case plan.AnyOf(parts):
            return plan.AnyOf(tuple(_mapped(part, change) for part in parts))
        case plan.Not():
            return asked
        case _:
            return change(asked)


def _is_words(part: plan.Plan) -> bool:
    return isinstance(part, plan.AnyOf) and bool(plan.wanted_in_text(part))
