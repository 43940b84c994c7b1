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
from typing import NamedTuple

import Stemmer

from search.forms import form_of, sign_of

ANALYSIS_VERSION = 1
"""Raise with every change of what an index holds for the same text; old indexes are then rebuilt."""

STEMMER = "pystemmer"
"""The package the stems come from: another release of it may stem otherwise."""

LONGEST_WORD = 64
"""Longer words are cut: nobody types them, and engines drop what they cannot store."""

BREAK = "¶"
"""Stands between pages and fields in the stream of an index, so that no phrase crosses them."""

_LEAST_COMPLETED = 3
_REMEMBERED, _INDEXED = 16_384, 65_536
"""Chunks kept in memory, and as many from before: 10 MB for questions and snippets, 40 MB for the words of nearly all
text while it is indexed."""

_WORD = re.compile(r"(?:[^\W_][\u0300-\u036f\u00ad]*)+")
AROUND_WORDS = ".,;:()"
_SOFT_HYPHEN = "\u00ad"
_DIVISION = re.compile(
    # A word divided at a line end is one word, but "Ein-\nund Ausfahrt" keeps its two.
    r"[-\u2010\u00ac](?<=[\w\u0300-\u036f\u00ad].)(?<!_.)[ \t]*(?:\r?\n[ \t]*){1,2}"
    r"(?!(?:und|oder|bzw|sowie)\b)(?=[a-zäöüß])"
)
_MAY_DIVIDE = ("-\n", "-\r", "- ", "-\t", "\u2010", "\u00ac")
"""Nothing is divided without one of them, and they are found in a tenth of the time."""
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
    if not any(mark in text for mark in _MAY_DIVIDE):
        return text
    return _DIVISION.sub(lambda match: _SOFT_HYPHEN * len(match[0]), text)


def bones(word: str) -> str:
    """Return a folded word or its stem without any ``e``.

    A word then begins as its stem does, and as any beginning of it does: to stem takes endings away and makes ``a`` of
    ``ae``, as ``o`` and ``u``, nothing else.
    """
    return word.replace("e", "")


@lru_cache(maxsize=16_384)
def analyse(surface: str) -> tuple[str, str]:
    """Return folded form and stem of one word; both are empty if no letter or digit remains."""
    word = fold(surface)
    return word, stem_of(word)


Chunk = tuple[str, str]
"""Of the words between two spaces, mostly one word, all that is ever asked: the stems in order, and the words as
``search.forms`` writes them, both parted by spaces. A plain tuple, which the garbage collector need not look at."""


class _Chunks(dict[str, Chunk]):
    """What at most twice *many* chunks were analysed as: those of late, and of those before what is still asked for.

    Remembering chunks instead of words saves looking for the words in them. A dictionary is a multiple as fast as
    ``lru_cache``, which orders its entries anew at every look: most of the time of indexing.
    """

    def __init__(self, many: int) -> None:
        self._many = many
        self._former: dict[str, Chunk] = {}

    def __missing__(self, written: str) -> Chunk:
        bare = written.strip(AROUND_WORDS)
        found = self.get(bare) or self._former.get(bare) or _analysed(bare)
        if len(self) >= self._many:
            self._former = dict(self)
            self.clear()
        self[written] = self[bare] = found
        return found


chunk: Callable[[str], Chunk] = _Chunks(_REMEMBERED).__getitem__
"""Analyses what stands between two spaces of an undivided text."""
_chunk_to_index: Callable[[str], Chunk] = _Chunks(_INDEXED).__getitem__


def _analysed(written: str) -> Chunk:
    if written.isascii() and written.isalnum():
        # One word that begins as usual: what follows would say the same at twice the time.
        word = fold(written)
        return stem_of(word), _completed(word, written)
    surfaces = [written] if written.isalnum() else _WORD.findall(written)
    known = [(word, stem_of(word), surface) for surface in surfaces if (word := fold(surface))]
    return " ".join([stem for _, stem, _ in known]), " ".join([_form(*each) for each in known])


def _form(word: str, stem: str, surface: str) -> str:
    form, signs = _completed(word, surface), (sign_of(word), sign_of(stem))
    return " ".join([form, *filter(None, signs)]) if any(signs) else form


def _completed(word: str, surface: str) -> str:
    if len(word) >= _LEAST_COMPLETED and len(surface) <= LONGEST_WORD and surface.isalpha() and not is_stop_word(word):
        return form_of(word, surface)
    return word


def is_stop_word(word: str) -> bool:
    """Tell whether the folded *word* is too common to ask for."""
    return word in _stop_words()


def fold(surface: str) -> str:
    """Return *surface* in the form in which equal words are equal: ``Bäume`` gives ``baeume``."""
    lower = surface.lower()
    quickly = lower if lower.isascii() else _spelt_out(lower)
    if quickly.isascii() and quickly.isalnum():
        return quickly[:LONGEST_WORD]
    # Composed forms first: casefold alone would leave "a" + combining dots apart from "ä".
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", surface).casefold())
    return "".join(letter for letter in _spelt_out(plain) if letter.isalnum())[:LONGEST_WORD]


def _spelt_out(lower: str) -> str:
    """Return *lower* with letters that have two spellings in the longer one; a table takes ten times as long."""
    return lower.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")


@dataclass(frozen=True, slots=True)
class Stream:
    """The words of a text as engines index them: by splitting at spaces, so that all hold the same words."""

    terms: str
    """Stems in order: a line for what stands between two spaces of the undivided text, so that places are found again
    without any analysis."""
    forms: frozenset[str]
    """Words as ``search.forms`` writes them; where several stand together, parted by spaces."""


def stream(text: str) -> Stream:
    """Return the stream of *text*."""
    found = list(map(_chunk_to_index, undivided(text).split()))
    return Stream("\n".join([one[0] for one in found]), frozenset([one[1] for one in found]))


def joined(streams: Iterable[Stream]) -> Stream:
    """Return several streams as one, with a break between them."""
    parts = list(streams)
    return Stream(
        f" {BREAK} ".join([part.terms for part in parts]),
        frozenset[str]().union(*[part.forms for part in parts]),
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
