"""Where a page shows what was asked: word marks for the page image, snippets for the result list."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence

from search import german, plan, query, references
from search.model import Snippet
from search.widening import lexicon_of, widened

SNIPPET_LENGTH = 240
"""Characters of page text in a snippet, cut at word ends."""


def matching_words(query_text: str, words: Sequence[str]) -> frozenset[int]:
    """Return the indexes of page *words* that the query asks for, to mark their boxes on the page image.

    A word that stands on the page only similarly or as part of a compound is marked too where
    the page holds no exact match for it.
    """
    asked = query.parse(query_text).node
    if asked is None:
        return frozenset()
    text = "\n".join(german.clean(word) for word in words)
    starts: list[int] = []
    position = 0
    for word in words:
        starts.append(position)
        position += len(word) + 1
    spans = spans_in(text, with_similar(plan.strict(asked), text))
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


def spans_in(text: str, asked: plan.Plan) -> list[tuple[int, int]]:
    """Return the character ranges of *text* that *asked* wants, in order and without overlap."""
    leaves = plan.wanted_in_text(asked)
    tokens = list(german.tokens(text))
    spans = {(tokens[index].start, tokens[index].end) for index in _positions(leaves, tokens)}
    keys = {key for leaf in leaves if isinstance(leaf, plan.OneOf) for key in leaf.values}
    if keys:
        spans |= {(found.start, found.end) for found in references.mentions(text) if keys & set(found.keys)}
    return _disjoint(sorted(spans, key=lambda span: (span[0], -span[1])))


def snippet(text: str, asked: plan.Plan) -> Snippet:
    """Cut the piece of *text* that shows most of what is asked."""
    spans = spans_in(text, asked)
    start, end = _window(text, spans)
    marks = tuple((first - start, last - start) for first, last in spans if first >= start and last <= end)
    return Snippet(text[start:end], marks)


def _positions(leaves: Collection[plan.Leaf], tokens: list[german.Token]) -> Iterator[int]:
    """Yield the indexes of the tokens that one of *leaves* wants, in one pass however many there are."""
    stems = frozenset(leaf.value for leaf in leaves if isinstance(leaf, plan.Term))
    starts = tuple(leaf.value for leaf in leaves if isinstance(leaf, plan.Starts))
    phrases = [leaf.values for leaf in leaves if isinstance(leaf, plan.Adjacent)]
    for index, token in enumerate(tokens):
        if token.stem in stems or (starts and token.word.startswith(starts)):
            yield index
        for values in phrases:
            if token.stem == values[0] and tuple(near.stem for near in tokens[index : index + len(values)]) == values:
                yield from range(index, index + len(values))


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
