"""Finding, the same for every engine: read the question, add the rights, ask in stages, cut snippets."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from heapq import nlargest
from pathlib import Path
from typing import Protocol

from search import german, plan, query
from search.document import page_key
from search.errors import TooManyKeys
from search.forms import MARK, word_of, written_of
from search.marks import Marker
from search.model import (
    ALL_KEYS_LIMIT,
    COUNTED,
    FILTERS,
    LIMIT,
    Found,
    Hit,
    MaySee,
    PageHit,
    PageText,
    Query,
    Results,
    Sort,
    Tally,
)
from search.on_pages import MOST_DOCUMENTS, Asking
from search.paging import place_of, start_of
from search.plan import Column, Plan, Question
from search.synonyms import with_synonyms
from search.telling import telling
from search.texts import sentence
from search.vocabulary import Vocabulary
from search.widening import Lexicon, some_of, widened

WIDEN_BELOW = 20
"""With fewer exact hits, similar and compound words are asked for too."""

SOME_BELOW = 3
"""With fewer hits even then, documents with only some of the words are shown."""

PAGES_PER_HIT = 3

_FRONT_BOOST = 10_000.0
"""For each place further in front; more than any words score."""
ORDERED_BY = {Sort.DATE: "by_day", Sort.REFERENCE: "by_reference"}
"""Columns of the document index, ascending; each value stands once."""

_LEAST_COMPLETED = 2
_NOT_OFFERED = 20
"""Words asked for beyond those that may be completions: stop words, of which fewer begin with the same two letters."""
_MOST_MEANT = 6
"""Words, the most frequent ones, of which it is asked whether one is meant by a word that nothing holds."""
_FILTERED = {name: Column(name) for name in FILTERS if name != "document_id"} | {"document_id": Column.ID}
_LARGE, _STALE_SHARE = 50_000, 0.02


class Reader(Protocol):
    """A view of an index that does not change while it is used."""

    @property
    def generation(self) -> object:
        """Differs when the index differs."""

    @property
    def documents(self) -> int:
        """How many documents the index holds."""

    def count(self, question: Question) -> int:
        """Count the documents found."""

    def top(self, question: Question, sort: Sort, *, offset: int, limit: int) -> list[Found]:
        """Return a piece of the ordered list of documents found."""

    def first(self, question: Question, sort: Sort, limit: int) -> tuple[int, list[Found]]:
        """Count the documents found and return the beginning of their ordered list."""

    def tally(self, question: Question, names: Sequence[str]) -> Tally:
        """Count the documents found by each value of the named fields, and their different case files, exactly.

        Empty values are left out.
        """

    def pages(self, keys: Sequence[str], wanted: Plan, limit: int) -> list[list[PageText]]:
        """Return for each document version at most *limit* pages that match, best first."""

    def holding(self, keys: Collection[str], wanted: Plan) -> frozenset[str]:
        """Return those document versions of which a page matches."""

    def vocabulary(self, column: Column) -> Iterable[tuple[str, int]]:
        """Yield the words of a field in order, each with the number of documents that hold it."""

    def completions(self, prefix: str, question: Question, limit: int) -> list[tuple[str, int]]:
        """Return words of the documents found whose forms (``search.forms``) begin so, most frequent first."""


class Finder:
    """Answers ``find`` and ``suggest`` from the readers of an engine."""

    def __init__(self, reader: Callable[[], AbstractContextManager[Reader]], folder: Path | None = None) -> None:
        """Keep the words of large indexes in *folder*, in files without names."""
        self._reader, self._folder = reader, folder
        self._lock = threading.Lock()
        self._lexicon: Lexicon | None = None
        self._vocabularies: dict[Column, tuple[object, int, Vocabulary]] = {}

    def find(self, asked: Query, may_see: MaySee) -> Results:
        """Return what *asked* finds among the entries the person may see."""
        parsed = query.parse(asked.text, asked.fields, asked.stop_words)
        within, notes = _within(asked, may_see)
        if within is None:
            return empty((*parsed.notes, *notes), asked.facets)
        with self._reader() as reader:
            return self._answer(reader, asked, parsed, within)

    def similar(self, text: str, may_see: MaySee, *, but: str, limit: int) -> Results:
        """Return documents that share the telling words of *text*, without the document *but*."""
        within, _ = _within(Query(""), may_see)
        if within is None:
            return empty((), ())
        within = plan.All((within, plan.Not(plan.OneOf(Column.ID, frozenset({but})))))
        with self._reader() as reader:
            words = telling(text, self._vocabulary(reader, Column.TERMS), reader.documents)
            question = Question(words, within)
            total, found = reader.first(question, Sort.RELEVANCE, max(0, min(limit, LIMIT)))
            hits = tuple(Hit(one.document_id, one.version, one.case_file_id, one.score, ()) for one in found)
            return Results(hits, total, 0, {})

    def suggest(self, prefix: str, may_see: MaySee, limit: int) -> tuple[str, ...]:
        """Complete the last word of *prefix* from the documents the person may see."""
        within, _ = _within(Query(""), may_see)
        words = list(german.tokens(german.clean(prefix[-200:])))
        if within is None or not words or len(words[-1].word) < _LEAST_COMPLETED or limit < 1:
            return ()
        visible = Question(plan.EVERYTHING, within)
        with self._reader() as reader:
            return tuple(_written(reader.completions(words[-1].word, visible, limit * 4 + _NOT_OFFERED)))[:limit]

    def _answer(self, reader: Reader, asked: Query, parsed: query.Parsed, within: Plan) -> Results:
        # Nothing typed scores nothing: the newest first, in an order that pages can rely on.
        sort = Sort.DATE if parsed.node is None and asked.sort is Sort.RELEVANCE else asked.sort
        asking, limit = Asking(reader, within, parsed.pages), max(0, min(asked.limit, LIMIT))
        begin = partial(_begin, reader, sort, max(limit, WIDEN_BELOW))
        typed = _strict(parsed)
        strict = with_synonyms(typed, asked.synonyms)
        stage = exactly = begin(asking.question(strict))
        if asking.too_many:
            return empty((*parsed.notes, _too_many()), asked.facets)
        few = exactly.total < WIDEN_BELOW and parsed.node is not None
        if few and not asked.exact:
            stage = self._looser(reader, asking, exactly, begin)
        found, offset = stage.found[:limit], 0
        if asked.after or asked.offset > 0:
            top = partial(_top, reader, stage.question, sort)
            offset = start_of(top, sort, asked.after, stage.total) if asked.after else asked.offset
            found = top(offset, limit)
        # What was found as typed holds every word typed.
        lacking = few and not (exactly.total and strict == typed)
        end, tally = offset + len(found), reader.tally(stage.question, [one for one in asked.facets if one in COUNTED])
        return Results(
            hits=_hits(reader, found, stage.question.wanted, asking.shown(stage.question.wanted)),
            total=stage.total,
            offset=offset,
            then=place_of(found[-1], end) if found and end < stage.total else None,
            case_files=tally.case_files,
            facets=tally.facets,
            did_you_mean=self._did_you_mean(reader, asked, parsed, within) if lacking else None,
            notes=(*parsed.notes, *stage.notes),
        )

    def _looser(self, reader: Reader, asking: Asking, exactly: _Stage, begin: Callable[..., _Stage]) -> _Stage:
        """Add what is similar, then what holds only some of the words, until there is enough to show."""
        strict = exactly.question.wanted
        wide = widened(strict, self._words(reader))
        similar = begin(asking.question(_in_front(exactly, wide), found_by=wide), sentence("note-similar"))
        some = some_of(wide)
        if similar.total < SOME_BELOW and some != wide:
            loose = begin(asking.question(_in_front(similar, some), found_by=some), sentence("note-some-words"))
            if loose.total > similar.total:
                return loose
        return similar if similar.total > exactly.total else exactly

    def _words(self, reader: Reader) -> Lexicon:
        words, stems = self._vocabulary(reader, Column.WORDS), self._vocabulary(reader, Column.TERMS)
        lexicon = self._lexicon
        if lexicon is None or lexicon.words is not words or lexicon.stems is not stems:
            lexicon = self._lexicon = Lexicon(words, stems)
        return lexicon

    def _vocabulary(self, reader: Reader, column: Column) -> Vocabulary:
        """Return the words of the index; of a large one they may be a few documents old.

        They only propose: every proposal is asked for within the rights before it counts.
        """
        with self._lock:
            known = self._vocabularies.get(column)
            if known is not None:
                generation, documents, vocabulary = known
                grown = abs(reader.documents - documents) > documents * _STALE_SHARE
                if generation == reader.generation or (len(vocabulary) > _LARGE and not grown):
                    return vocabulary
            vocabulary = self._read(reader, column)
            self._vocabularies[column] = (reader.generation, reader.documents, vocabulary)
            return vocabulary

    def _read(self, reader: Reader, column: Column) -> Vocabulary:
        words = partial(map, lambda known: (word_of(known[0]), known[1]))
        try:
            return Vocabulary(words(reader.vocabulary(column)), self._folder)
        except OSError:
            # No room in the folder, or not ours to write.
            return Vocabulary(words(reader.vocabulary(column)))

    def _did_you_mean(self, reader: Reader, asked: Query, parsed: query.Parsed, within: Plan) -> str | None:
        """Replace typed words that no visible document holds by near ones that some visible document holds."""
        nodes = parsed.node.nodes if isinstance(parsed.node, query.Every) else (parsed.node,)
        better = dict[str, str]()
        for node in nodes:
            if not isinstance(node, query.Words) or len(node.tokens) != 1 or node.field or node.quoted:
                continue
            word = node.tokens[0].word
            if word.isdigit() or len(word) < 4 or reader.count(Question(plan.strict(node), within)):
                continue
            if near := self._nearest(reader, word, within):
                better[word] = near
        text = german.clean(asked.text)
        # A word knows its place in its own piece of the question, not in the whole.
        for token in reversed(list(german.tokens(text))):
            if token.word in better:
                text = text[: token.start] + better[token.word] + text[token.end :]
        return text if better else None

    def _nearest(self, reader: Reader, word: str, within: Plan) -> str | None:
        words = self._vocabulary(reader, Column.WORDS)
        for steps in (1,) if len(word) < 6 else (1, 2):
            near = [other for distance, other in words.near(word, steps) if distance == steps]
            seen = [
                (count, written)
                for other in nlargest(_MOST_MEANT, near, key=words.count)
                for completion, count in reader.completions(f"{other}{MARK}", _holding(other, within), 4)
                for written in [written_of(completion)]
            ]
            if seen:
                return max(seen, key=lambda item: (item[0], not item[1].isupper(), item[1]))[1]
        return None


@dataclass(frozen=True, slots=True)
class _Stage:
    """What one stage asked, how many it found, the first of them, and what is to be told about it."""

    question: Question
    total: int
    found: list[Found]
    notes: tuple[str, ...]


def _begin(reader: Reader, sort: Sort, limit: int, question: Question, *notes: str) -> _Stage:
    return _Stage(question, *reader.first(question, sort, limit), notes)


def _holding(word: str, within: Plan) -> Question:
    return Question(plan.Term(Column.TERMS, german.stem_of(word)), within)


def _in_front(before: _Stage, wanted: Plan) -> Plan:
    """Leave the few that the stage before found in front of what is *wanted* and finds them as well."""
    first = before.found if before.total else []
    fronts = (
        plan.OneOf(Column.ID, frozenset({one.document_id}), _FRONT_BOOST * place)
        for place, one in enumerate(reversed(first), 1)
    )
    return plan.AnyOf((*fronts, wanted)) if first else wanted


def _top(reader: Reader, question: Question, sort: Sort, offset: int, limit: int) -> list[Found]:
    return reader.top(question, sort, offset=offset, limit=limit)


def _strict(parsed: query.Parsed) -> Plan:
    if parsed.node is None:
        return plan.NOTHING if parsed.impossible else plan.EVERYTHING
    return plan.strict(parsed.node)


def _within(asked: Query, may_see: MaySee) -> tuple[Plan | None, tuple[str, ...]]:
    """Return the mandatory part of every question: rights, filters, period; ``None`` if nothing can match."""
    keys = frozenset(german.clean(key) for key in may_see.keys)
    if len(keys) > ALL_KEYS_LIMIT:
        raise TooManyKeys
    unknown = [name for name in asked.filters if name not in FILTERS]
    if not keys or unknown:
        return None, tuple(sentence("note-bad-filter", name=name) for name in unknown)
    parts: list[Plan] = [plan.OneOf(Column.ACCESS, keys), plan.Not(plan.OneOf(Column.BLOCKED, keys))]
    parts += [
        plan.OneOf(_FILTERED[name], frozenset(german.clean(value) for value in values))
        for name, values in asked.filters.items()
    ]
    if may_see.hidden:
        hidden = frozenset(map(german.clean, may_see.hidden))
        parts += [plan.Not(plan.OneOf(column, hidden)) for column in (Column.CASE_FILE_ID, Column.ID)]
    if asked.first or asked.last:
        parts.append(plan.Dated(asked.first, asked.last))
    return plan.All(tuple(parts)), ()


def _too_many() -> str:
    return sentence("note-pages-of-too-many", most=f"{MOST_DOCUMENTS:,}".replace(",", "."))


def _hits(reader: Reader, found: list[Found], wanted: Plan, shown: Plan | None) -> tuple[Hit, ...]:
    keys = [page_key(one.document_id, one.version) for one in found]
    texts = reader.pages(keys, shown, PAGES_PER_HIT) if shown else [[] for _ in found]
    marker = Marker(wanted)
    return tuple(
        Hit(
            one.document_id,
            one.version,
            one.case_file_id,
            one.score,
            tuple(PageHit(page.number, marker.snippet(page.text, page.terms)) for page in pages),
        )
        for one, pages in zip(found, texts, strict=True)
    )


def _written(completions: list[tuple[str, int]]) -> Iterable[str]:
    """Yield one written form of each word, the most frequent word first."""
    forms: dict[str, list[tuple[int, bool, str]]] = {}
    for completion, count in completions:
        if written := written_of(completion):
            forms.setdefault(word_of(completion), []).append((count, not written.isupper(), written))
    for candidates in sorted(forms.values(), key=lambda group: -sum(count for count, _, _ in group)):
        yield max(candidates)[2]


def empty(notes: tuple[str, ...], facets: Collection[str]) -> Results:
    """Return results without hits."""
    counts: Mapping[str, Mapping[str, int]] = {name: {} for name in facets}
    return Results((), 0, 0, counts, notes=notes)
