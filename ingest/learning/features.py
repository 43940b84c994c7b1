"""Text as numbers: words and pairs of words, stems and pairs of stems, letters in threes to fives.

Hashed, so that nothing but the numbers of a model has to be kept and no word of a record stands in it. Letters
survive what text recognition does to words; on German news the three kinds together beat each alone.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise

import numpy as np
import snowballstemmer
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import HashingVectorizer

SIZE = 2**20
"""Columns of each kind."""
KINDS = 3
MOST_CHARACTERS = 20_000
"""The beginning of a document tells what it is; the rest of a long one only costs time."""

_WORD = re.compile(r"\w\w+")
_local = threading.local()


def counts(texts: Sequence[str]) -> csr_matrix:
    """Return one row of damped counts for each text: ``1 + log(count)``, ``KINDS * SIZE`` columns."""
    cut = [_clean(text) for text in texts]
    matrix = csr_matrix(hstack([vectorizer.transform(cut) for vectorizer in _vectorizers()], dtype=np.float32))
    matrix.data = 1 + np.log(matrix.data)
    return matrix


def words_of(text: str) -> list[str]:
    """Return the different words of a text in order, for explanations."""
    return list(dict.fromkeys(_WORD.findall(_clean(text))))


def columns_of_words(words: Sequence[str]) -> list[NDArray[np.int64]]:
    """Return for each word the columns that it alone fills among words and stems."""
    word, stem, _ = _vectorizers()
    first, second = word.transform(words), stem.transform(words)
    return [np.concatenate([first[row].indices, second[row].indices + SIZE]) for row in range(len(words))]


def _clean(text: str) -> str:
    """Return the beginning of *text* without lone surrogates, which cannot be hashed."""
    return text[:MOST_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


@cache
def _vectorizers() -> tuple[HashingVectorizer, HashingVectorizer, HashingVectorizer]:
    plain = {"n_features": SIZE, "norm": None, "alternate_sign": False, "dtype": np.float32}
    return (
        HashingVectorizer(ngram_range=(1, 2), **plain),
        HashingVectorizer(analyzer=_stems, **plain),
        HashingVectorizer(analyzer="char_wb", ngram_range=(3, 5), **plain),
    )


def _stems(text: str) -> list[str]:
    stems = [_stem(word) for word in _WORD.findall(text.lower())]
    return stems + [f"{one} {next_one}" for one, next_one in pairwise(stems)]


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    stemmer = getattr(_local, "stemmer", None)
    if stemmer is None:
        # A Snowball stemmer keeps state while it works: one for each thread.
        stemmer = _local.stemmer = snowballstemmer.stemmer("german")
    return str(stemmer.stemWord(word))
