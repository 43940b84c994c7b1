"""German words: one analysis for index, queries and marks, whatever the engine.

A word is folded (case, ligatures, ä = ae, ß = ss) and stemmed by Snowball's German algorithm of
release 3, which equates "Anträge", "Antraege" and "Antrag". Stop words stay in the index, so that
phrases find them.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain
from typing import NamedTuple

import Stemmer

ANALYSIS_VERSION = 1
"""Raise with every change of what an index holds for the same text; old indexes are then rebuilt."""

STEMMER = "pystemmer"
"""The package the stems come from: another release of it may stem otherwise."""

LONGEST_WORD = 64
"""Longer words are cut: nobody types them, and engines drop what they cannot store."""

BREAK = "¶"
"""Stands between pages and fields in the stream of an index, so that no phrase crosses them."""

_LEAST_COMPLETED = 3
_REMEMBERED = 65_536
"""Chunks kept in memory, about 25 MB: the words of nearly all text."""

_WORD = re.compile(r"(?:[^\W_][\u0300-\u036f\u00ad]*)+")
_AROUND_WORDS = ".,;:()"
_SOFT_HYPHEN = "\u00ad"
_DIVISION = re.compile(
    # A word divided at a line end is one word, but "Ein-\nund Ausfahrt" keeps its two.
    r"[-\u2010\u00ac](?<=[\w\u0300-\u036f\u00ad].)(?<!_.)[ \t]*(?:\r?\n[ \t]*){1,2}"
    r"(?!(?:und|oder|bzw|sowie)\b)(?=[a-zäöüß])"
)
FOLDS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
"""Letters that are written in two ways."""
_local = threading.local()


class Token(NamedTuple):
    """A word of a text: its characters ``start`` to ``end``, its folded form and its stem."""

    start: int
    end: int
    word: str
    stem: str


def tokens(text: str) -> Iterator[Token]:
    """Yield the words of *text* in order."""
    for match in _WORD.finditer(undivided(text)):
        word, stem = analyse(match[0])
        if word:
            yield Token(match.start(), match.end(), word, stem)


def undivided(text: str) -> str:
    """Return *text* with soft hyphens, as many, for the hyphen and line end within a word: every place stays."""
    return _DIVISION.sub(lambda match: _SOFT_HYPHEN * len(match[0]), text)


@lru_cache(maxsize=16_384)
def analyse(surface: str) -> tuple[str, str]:
    """Return folded form and stem of one word; both are empty if no letter or digit remains."""
    word = fold(surface)
    return word, stem_of(word)


class Chunk(NamedTuple):
    """The words between two spaces, mostly one: all that is ever asked of them."""

    stems: str
    """Stems in order, parted by spaces."""
    words: tuple[str, ...]
    completions: tuple[str, ...]
    """Words worth completing, as ``folded|Written``."""


class _Chunks(dict[str, Chunk]):
    """What chunks were analysed as, forgotten all at once when there are too many.

    Remembering chunks instead of words saves looking for the words in them. A dictionary is a multiple as fast as
    ``lru_cache``, which orders its entries anew at every look: most of the time of indexing.
    """

    def __missing__(self, written: str) -> Chunk:
        if len(self) >= _REMEMBERED:
            self.clear()
        bare = written.strip(_AROUND_WORDS)
        found = self[written] = self[bare] if bare != written else _analysed(bare)
        return found


chunk: Callable[[str], Chunk] = _Chunks().__getitem__
"""Analyses what stands between two spaces of an undivided text."""


def _analysed(written: str) -> Chunk:
    surfaces = [written] if written.isalnum() else _WORD.findall(written)
    known = [(surface, word, stem_of(word)) for surface, word in zip(surfaces, map(fold, surfaces), strict=True)]
    return Chunk(
        " ".join([stem for _, _, stem in known if stem]),
        tuple([word for _, word, _ in known if word]),
        tuple([f"{word}|{surface}" for surface, word, _ in known if _completes(surface, word)]),
    )


def _completes(surface: str, word: str) -> bool:
    return len(word) >= _LEAST_COMPLETED and surface.isalpha() and not is_stop_word(word)


def fold(surface: str) -> str:
    """Return *surface* in the form in which equal words are equal: ``Bäume`` gives ``baeume``."""
    lower = surface.lower()
    quickly = lower if lower.isascii() else lower.translate(FOLDS)
    if quickly.isascii() and quickly.isalnum():
        return quickly[:LONGEST_WORD]
    # Composed forms first: casefold alone would leave "a" + combining dots apart from "ä".
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", surface).casefold())
    return "".join(letter for letter in plain.translate(FOLDS) if letter.isalnum())[:LONGEST_WORD]


def is_stop_word(word: str) -> bool:
    """Tell whether the folded *word* is too common to ask for."""
    return word in _stop_words()


@dataclass(frozen=True, slots=True)
class Stream:
    """The words of a text as engines index them: by splitting at spaces, so that all hold the same words."""

    terms: str
    """Stems in order."""
    words: frozenset[str]
    """Folded words."""
    completions: frozenset[str]
    """Words worth completing, as ``folded|Written``."""


def stream(text: str) -> Stream:
    """Return the stream of *text*."""
    written = undivided(text).split()
    if not written:
        return Stream("", frozenset(), frozenset())
    stems, words, completions = zip(*map(chunk, written), strict=True)
    return Stream(
        " ".join(filter(None, stems)),
        frozenset(chain.from_iterable(words)),
        frozenset(chain.from_iterable(completions)),
    )


def joined(streams: Iterable[Stream]) -> Stream:
    """Return several streams as one, with a break between them."""
    parts = list(streams)
    return Stream(
        f" {BREAK} ".join(part.terms for part in parts),
        frozenset[str]().union(*(part.words for part in parts)),
        frozenset[str]().union(*(part.completions for part in parts)),
    )


def clean(text: str) -> str:
    """Return *text* without lone surrogates, which no engine can store."""
    return text.encode("utf-8", "replace").decode("utf-8")


def stem_of(word: str) -> str:
    """Return the stem of a folded word."""
    stemmer = getattr(_local, "stemmer", None)
    if stemmer is None:
        # A Snowball stemmer keeps state while it works: one for each thread.
        # It need not remember words, for we do.
        stemmer = _local.stemmer = Stemmer.Stemmer("german", 0)
    stem: str = stemmer.stemWord(word)
    return stem or word


@cache
def _stop_words() -> frozenset[str]:
    lines = files("search").joinpath("stopwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(fold(word) for line in lines if not line.startswith("#") for word in line.split())
