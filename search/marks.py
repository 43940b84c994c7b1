"""Where a page shows what was asked: word marks for the page image, snippets for the result list."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import compress

from search import german, plan, query, references
from search.model import Snippet
from search.synonyms import with_synonyms
from search.widening import lexicon_of, widened

SNIPPET_LENGTH = 240
"""Characters of page text in a snippet, cut at word ends."""


def matching_words(
    query_text: str,
    words: Sequence[str],
    synonyms: tuple[tuple[str, ...], ...] = (),
    stop_words: frozenset[str] = frozenset(),
) -> frozenset[int]:
    """Return the indexes of page *words* that the query asks for, to mark their boxes on the page image.

    A word that stands on the page only similarly or as part of a compound is marked too where
    the page holds no exact match for it.
    """
    asked = query.parse(query_text, stop_words=stop_words).node
    if asked is None:
        return frozenset()
    text = "\n".join(german.clean(word) for word in words)
    starts: list[int] = []
    position = 0
    for word in words:
        starts.append(position)
        position += len(word) + 1
    spans = Marker(with_similar(with_synonyms(plan.strict(asked), synonyms), text)).spans(text)
    return frozenset(
        index
        for start, end in spans
        for index in range(bisect_left(starts, start + 1) - 1, bisect_left(starts, end))
        if words[index].strip()
    )


def with_similar(asked: plan.Plan, text: str) -> plan.Plan:
    """Widen *asked* by the words of *text* where a word asked for does not stand in it."""
    tokens = list(german.tokens(text))
    present = {token.stem for token in tokens}
    leaves = plan.wanted_in_text(asked)
    if all(not isinstance(leaf, plan.Term) or leaf.value in present for leaf in leaves):
        return asked
    return widened(asked, lexicon_of(tokens))


class Marker:
    """Finds in texts what *asked* wants; made once for all texts of an answer, for it remembers the words it saw."""

    def __init__(self, asked: plan.Plan) -> None:
        leaves = tuple(dict.fromkeys(plan.wanted_in_text(asked)))
        self._stems = frozenset(leaf.value for leaf in leaves if isinstance(leaf, plan.Term))
        self._starts = tuple(leaf.value for leaf in leaves if isinstance(leaf, plan.Starts))
        self._phrases = [leaf.values for leaf in leaves if isinstance(leaf, plan.Adjacent)]
        self._keys = {key for leaf in leaves if isinstance(leaf, plan.OneOf) for key in leaf.values}
        self._bones = tuple(map(german.bones, self._starts))
        self._marks: dict[str, list[tuple[int, int]]] = {}

    def spans(self, text: str, terms: str = "") -> list[tuple[int, int]]:
        """Return the character ranges of *text* that are wanted, in order and without overlap.

        *terms* are its stems as an index keeps them, which saves analysing it.
        """
        plain = german.undivided(text)
        written, stems = plain.split(), terms.split("\n")
        if not terms or len(stems) != len(written):
            stems = [german.chunk(one)[0] for one in written]
        there = set(stems)
        wanted = self._stems & there
        # Words have one stem each, but for a few.
        wanted |= {one for one in there if (self._starts or " " in one) and self._is_perhaps_wanted(one)}
        chunks = set(compress(written, map(wanted.__contains__, stems)))
        spans = {
            (place + start, place + end)
            for one in chunks
            if (marks := self._marks_in(one))
            for place in _places(plain, one)
            for start, end in marks
        }
        if self._phrases and self._may_hold_phrases(there):
            tokens = list(german.tokens(text))
            spans |= {(tokens[index].start, tokens[index].end) for index in self._in_phrases(tokens)}
        if self._keys:
            spans |= {(one.start, one.end) for one in references.mentions(text) if not self._keys.isdisjoint(one.keys)}
        return _disjoint(sorted(spans, key=lambda span: (span[0], -span[1])))

    def snippet(self, text: str, terms: str = "") -> Snippet:
        """Cut the piece of *text*, of these *terms*, that shows most of what is asked."""
        spans = self.spans(text, terms)
        start, end = _window(text, spans)
        marks = tuple((first - start, last - start) for first, last in spans if first >= start and last <= end)
        return Snippet(text[start:end], marks)

    def _is_perhaps_wanted(self, stems: str) -> bool:
        """Tell whether what has these stems holds one of several that is wanted, or may begin as is wanted."""
        if " " in stems:
            return bool(self._starts) or not self._stems.isdisjoint(stems.split())
        bones = german.bones(stems)
        return bones.startswith(self._bones) or any(one.startswith(bones) for one in self._bones)

    def _marks_in(self, written: str) -> list[tuple[int, int]]:
        """Return the places of wanted words in what stands between two spaces."""
        marks = self._marks.get(written)
        if marks is None:
            marks = self._marks[written] = [
                (token.start, token.end)
                for token in german.tokens(written)
                if token.stem in self._stems or (self._starts and token.word.startswith(self._starts))
            ]
        return marks

    def _may_hold_phrases(self, there: set[str]) -> bool:
        stems = set(" ".join(there).split())
        return any(stems.issuperset(values) for values in self._phrases)

    def _in_phrases(self, tokens: list[german.Token]) -> Iterator[int]:
        for index, token in enumerate(tokens):
            for values in self._phrases:
                near = tokens[index : index + len(values)]
                if token.stem == values[0] and tuple(one.stem for one in near) == values:
                    yield from range(index, index + len(values))


def _places(text: str, written: str) -> Iterator[int]:
    """Yield where *written* stands between spaces, or between a space and an end of the text."""
    place = text.find(written)
    while place >= 0:
        end = place + len(written)
        if not text[max(0, place - 1) : place].strip() and not text[end : end + 1].strip():
            yield place
        place = text.find(written, place + 1)


def _disjoint(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for span in spans:
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


def _window(text: str, spans: list[tuple[int, int]]) -> tuple[int, int]:
    if len(text) <= SNIPPET_LENGTH:
        return 0, len(text)
    best = 0
    if spans:
        starts = [first for first, _ in spans]
        _, best = max(
            (bisect_left(starts, first + SNIPPET_LENGTH * 2 // 3) - index, -first) for index, first in enumerate(starts)
        )
    start = max(0, min(-best - SNIPPET_LENGTH // 4, len(text) - SNIPPET_LENGTH))
    end = start + SNIPPET_LENGTH
    while 0 < start < len(text) and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end
