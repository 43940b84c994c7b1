"""The telling words of a text: frequent in it, rare elsewhere (tf-idf), to look for documents like it."""

from __future__ import annotations

import math
from collections import Counter

from search import german, plan
from search.plan import Column
from search.vocabulary import Vocabulary

MOST_WORDS = 25
LONGEST_TEXT = 50_000
"""Characters that are read of a text: what it is about stands in front."""

_LEAST = 3


def telling(text: str, stems: Vocabulary, documents: int) -> plan.Plan:
    """Return the plan that asks for any of the telling words, each by its weight.

    A word of one document only is left out: it can lead nowhere else.
    """
    counts = Counter(
        token.stem
        for token in german.tokens(german.clean(text[:LONGEST_TEXT]))
        if len(token.stem) >= _LEAST and not token.word.isdigit() and not german.is_stop_word(token.word)
    )
    weights = {
        stem: math.sqrt(count) * math.log(1 + documents / held)
        for stem, count in counts.items()
        if (held := stems.count(stem)) > 1
    }
    best = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:MOST_WORDS]
    return plan.AnyOf(tuple(plan.Term(Column.TERMS, stem, weight) for stem, weight in best))
