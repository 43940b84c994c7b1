"""Looser plans for when the exact one finds little: compounds and their parts, misspellings, look-alikes.

Compounds are split by the corpus itself, after Koehn and Knight, "Empirical Methods for Compound
Splitting" (2003): a word is a compound if it is made of words that documents use. All of it happens
to the question, never to the index, so it follows every change of the documents at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from itertools import islice
from math import ceil

from search import german, plan
from search.vocabulary import Vocabulary

LEAST_PART = 4
"""Letters of a part of a compound; shorter ones split nearly everything."""

RARE = 2
"""A word in at most so many documents may be a misspelling."""

LEAST_MISREAD = 6
"""Letters of a common word whose misreadings are looked for; those of shorter ones are words themselves."""

MOST_VARIANTS = 40
COMPOUND_BOOST, PARTS_BOOST, NEAR_BOOST, END_BOOST, ALIKE_BOOST = 0.5, 0.4, 0.4, 0.3, 0.2
ALIKE_SHARE = 0.6
"""Share of its four-letter pieces that a look-alike must have in common with the word."""

_LINKS = ("", "s", "es", "n", "en", "er", "e", "ens", "ns")
_MOST_PARTS = 4
_MOST_SPLITS = 200
_MOST_LONGER = 500
_REMEMBERED_WORDS, _REMEMBERED_PARTS = 1_000, 10_000


class Step(Enum):
    """What a word may be widened by; without some of them their gain is measured."""

    COMPOUNDS = "compounds"
    """Compounds of the word, and the parts of a compound."""
    MISSPELLINGS = "misspellings"
    LOOK_ALIKES = "look-alikes"
    """Words that share most of their four-letter pieces."""


EVERY_STEP = frozenset(Step)


@dataclass(frozen=True, slots=True)
class Variants:
    """What a word may also be found by: other stems with their boosts, and the stems of its own parts."""

    boosts: tuple[tuple[str, float], ...]
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The vocabulary of an index twice: by folded word, as compounds are made, and by stem, as words are found.

    It remembers what it worked out of late: whoever leafs, narrows or corrects a question asks for the same words.
    """

    words: Vocabulary
    stems: Vocabulary
    variants: dict[tuple[str, str, frozenset[Step]], Variants] = field(default_factory=dict, compare=False)
    parts: dict[str, str] = field(default_factory=dict, compare=False)
    """Stems by the pieces that stand for them in compounds, empty for a piece that stands for none."""


def lexicon_of(tokens: Collection[german.Token]) -> Lexicon:
    """Return the lexicon of a single text."""
    return Lexicon(
        Vocabulary((word, 1) for word in sorted(token.word for token in tokens)),
        Vocabulary((stem, 1) for stem in sorted(token.stem for token in tokens)),
    )


def widened(asked: plan.Plan, lexicon: Lexicon, steps: frozenset[Step] = EVERY_STEP) -> plan.Plan:
    """Let every single word of *asked* also match its variants in the *lexicon*."""
    return _mapped(asked, partial(_with_variants, lexicon=lexicon, steps=steps))


def some_of(asked: plan.Plan) -> plan.Plan:
    """Ask for at least one of the words that *asked* wants together; all else still binds."""
    if not isinstance(asked, plan.All):
        return asked
    words = tuple(part for part in asked.parts if _is_words(part))
    if len(words) < 2:
        return asked
    return plan.All((plan.AnyOf(words), *(part for part in asked.parts if not _is_words(part))))


def split(word: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the stems of the parts of the folded compound *word*, or nothing if it is none."""
    best: tuple[float, tuple[str, ...]] = (0.0, ())
    for parts in islice(_splits(word, lexicon, _MOST_PARTS), _MOST_SPLITS):
        if len(parts) > 1:
            product = 1.0
            for part in parts:
                product *= lexicon.stems.count(part)
            best = max(best, (product ** (1 / len(parts)), parts))
    return best[1]


def four_letter_pieces(word: str) -> frozenset[str]:
    """Return the pieces of four letters that *word* is made of."""
    return frozenset(word[start : start + 4] for start in range(len(word) - 3))


def _splits(word: str, lexicon: Lexicon, most: int) -> Iterator[tuple[str, ...]]:
    if lexicon.stems.count(stem := german.analyse(word)[1]):
        yield (stem,)
    if most < 2:
        return
    for cut in range(LEAST_PART, len(word) - LEAST_PART + 1):
        head = _known(word[:cut], lexicon)
        if head:
            for tail in _splits(word[cut:], lexicon, most - 1):
                yield (head, *tail)


def _known(piece: str, lexicon: Lexicon) -> str:
    """Return the stem that stands in a compound as *piece*, with or without a linking sound."""
    found = lexicon.parts.get(piece)
    if found is None:
        if len(lexicon.parts) >= _REMEMBERED_PARTS:
            lexicon.parts.clear()
        found = lexicon.parts[piece] = next(_stems_of(piece, lexicon.stems), "")
    return found


def _stems_of(piece: str, stems: Vocabulary) -> Iterator[str]:
    for link in _LINKS:
        base = piece[: len(piece) - len(link)] if piece.endswith(link) else ""
        if len(base) >= LEAST_PART and stems.count(stem := german.analyse(base)[1]):
            yield stem


def _with_variants(leaf: plan.Plan, lexicon: Lexicon, steps: frozenset[Step]) -> plan.Plan:
    if not isinstance(leaf, plan.Term) or leaf.column is not plan.Column.TERMS or leaf.value.isdigit():
        return leaf
    key = (leaf.value, leaf.word, steps)
    found = lexicon.variants.get(key)
    if found is None:
        if len(lexicon.variants) >= _REMEMBERED_WORDS:
            lexicon.variants.clear()
        found = lexicon.variants[key] = _variants(leaf, lexicon, steps)
    variants: list[plan.Plan] = [leaf]
    variants += [plan.Term(leaf.column, stem, leaf.boost * boost) for stem, boost in found.boosts]
    if found.parts:
        variants.append(plan.All(tuple(plan.Term(leaf.column, part, leaf.boost * PARTS_BOOST) for part in found.parts)))
    return plan.AnyOf(tuple(variants))


def _variants(leaf: plan.Term, lexicon: Lexicon, steps: frozenset[Step]) -> Variants:
    boosts: dict[str, float] = {}
    for stem, boost in _each_variant(leaf, lexicon, steps):
        if stem != leaf.value:
            boosts.setdefault(stem, boost)
        if len(boosts) == MOST_VARIANTS:
            break
    return Variants(tuple(boosts.items()), split(leaf.word, lexicon) if Step.COMPOUNDS in steps else ())


def _each_variant(leaf: plan.Term, lexicon: Lexicon, steps: frozenset[Step]) -> Iterator[tuple[str, float]]:
    """Yield stems with their boosts, the likeliest first, each worked out only when it is asked for."""
    longer = _longer(leaf, lexicon) if Step.COMPOUNDS in steps else []
    for word in longer:
        if _is_compound_with(word, leaf, lexicon):
            yield german.analyse(word)[1], COMPOUND_BOOST
    if Step.MISSPELLINGS in steps:
        yield from ((stem, NEAR_BOOST) for stem in _misspellings(leaf.value, lexicon.stems))
    # Compounds whose other part stands nowhere alone.
    ends = (leaf.value, leaf.word)
    for word in longer:
        if word.startswith(ends) or word.endswith(ends):
            yield german.analyse(word)[1], END_BOOST
    if Step.LOOK_ALIKES in steps:
        yield from ((stem, ALIKE_BOOST) for stem in _look_alikes(leaf.value, lexicon.stems))


def _longer(leaf: plan.Term, lexicon: Lexicon) -> list[str]:
    """Return words that hold the word or its stem and more, the most frequent first."""
    if len(leaf.value) < LEAST_PART:
        return []
    found: dict[str, int] = {}
    for piece in dict.fromkeys((leaf.value, leaf.word)):
        held = list(islice(lexicon.words.counted(piece), _MOST_LONGER))
        found |= {word: count for word, count in held if len(word) >= len(piece) + 3}
        if len(held) < _MOST_LONGER and leaf.value in leaf.word:
            break  # What holds the word was found with its stem.
    return sorted(found, key=lambda word: (-found[word], word))


def _is_compound_with(word: str, leaf: plan.Term, lexicon: Lexicon) -> bool:
    """Tell whether what stands in *word* before and behind the word asked for are words of their own."""
    for piece in (leaf.word, leaf.value):
        before, found, after = word.partition(piece)
        if found and _may_stand_before(before, lexicon) and _may_stand_behind(after, lexicon):
            return True
    return False


def _may_stand_before(piece: str, lexicon: Lexicon) -> bool:
    return not piece or bool(_known(piece, lexicon))


def _may_stand_behind(piece: str, lexicon: Lexicon) -> bool:
    rests = (piece[len(link) :] for link in _LINKS if piece.startswith(link))
    stems = lexicon.stems
    return piece in _LINKS or any(len(rest) >= LEAST_PART and stems.count(german.analyse(rest)[1]) for rest in rests)


def _misspellings(stem: str, stems: Vocabulary) -> list[str]:
    """Return what a rare word may be meant as, or as what a common one may be misread: only as something rare."""
    if len(stem) < LEAST_PART:
        return []
    if stems.count(stem) <= RARE:
        return [word for _, word in stems.near(stem, 1 if len(stem) < 8 else 2) if not word.isdigit()]
    if len(stem) < LEAST_MISREAD:
        return []
    return [word for _, word in stems.near(stem, 1, RARE)]


def _look_alikes(stem: str, stems: Vocabulary) -> list[str]:
    pieces = four_letter_pieces(stem)
    if len(pieces) < 3 or stems.count(stem) > RARE:
        return []
    least = ceil(ALIKE_SHARE * len(pieces))
    # What has so many of them has one of any others than those many less one.
    rarest = sorted(pieces, key=lambda piece: (stems.blocks(piece), piece))[: len(pieces) - least + 1]
    words = dict.fromkeys(word for piece in rarest for word in stems.containing(piece))
    shared = {word: sum(map(word.__contains__, pieces)) for word in words}
    return sorted((word for word in words if shared[word] >= least), key=lambda word: (-shared[word], word))


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
