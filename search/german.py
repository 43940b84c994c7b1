"""German words: one analysis for index, queries and marks, whatever the engine.

A word is folded (case, ligatures, ä = ae, ß = ss) and stemmed by Snowball's German algorithm of
release 3, which equates "Anträge", "Antraege" and "Antrag". Stop words stay in the index, so that
phrases find them.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
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
_CHARACTER = r"[^\W_][\u0300-\u036f\u00ad]*"
_WORD = re.compile(
    # A word divided at a line end is one word, but "Ein-\nund Ausfahrt" keeps its two.
    rf"(?:{_CHARACTER})+"
    rf"(?:[-\u2010\u00ac][ \t]*(?:\r?\n[ \t]*){{1,2}}(?!(?:und|oder|bzw|sowie)\b)(?=[a-zäöüß])(?:{_CHARACTER})+)*",
)
_FOLDS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_local = threading.local()


class Token(NamedTuple):
    """A word of a text: its characters ``start`` to ``end``, its folded form and its stem."""

    start: int
    end: int
    word: str
    stem: str


def tokens(text: str) -> Iterator[Token]:
    """Yield the words of *text* in order."""
    for match in _WORD.finditer(text):
        word, stem = analyse(match[0])
        if word:
            yield Token(match.start(), match.end(), word, stem)


def surfaces(text: str) -> list[str]:
    """Return what may be words of *text*, as written, in order; nothing of them stands between them."""
    found: list[str] = _WORD.findall(text)
    return found


@lru_cache(maxsize=200_000)
def analyse(surface: str) -> tuple[str, str]:
    """Return folded form and stem of one word; both are empty if no letter or digit remains."""
    word = fold(surface)
    return word, _stem(word)


def fold(surface: str) -> str:
    """Return *surface* in the form in which equal words are equal: ``Bäume`` gives ``baeume``."""
    # Composed forms first: casefold alone would leave "a" + combining dots apart from "ä".
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", surface).casefold())
    return "".join(letter for letter in plain.translate(_FOLDS) if letter.isalnum())[:LONGEST_WORD]


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
    """Return the stream of *text*; each word is analysed once, for this is most of the time of indexing."""
    written = surfaces(text)
    known = {surface: _indexed(surface) for surface in set(written)}
    stems = [stem for surface in written if (stem := known[surface][0])]
    return Stream(
        " ".join(stems),
        frozenset(word for _, word, _ in known.values() if word),
        frozenset(completion for _, _, completion in known.values() if completion),
    )


@lru_cache(maxsize=200_000)
def _indexed(surface: str) -> tuple[str, str, str]:
    """Return stem, folded word and completion of one word, each empty if there is none."""
    word, stem = analyse(surface)
    completes = len(word) >= _LEAST_COMPLETED and surface.isalpha() and not is_stop_word(word)
    return stem, word, f"{word}|{surface}" if completes else ""


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


def _stem(word: str) -> str:
    stemmer = getattr(_local, "stemmer", None)
    if stemmer is None:
        # A Snowball stemmer keeps state while it works: one for each thread.
        stemmer = _local.stemmer = Stemmer.Stemmer("german")
    stem: str = stemmer.stemWord(word)
    return stem or word


@cache
def _stop_words() -> frozenset[str]:
    lines = files("search").joinpath("stopwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(fold(word) for line in lines if not line.startswith("#") for word in line.split())
