"""The made-up questions are strong: each ingredient of them decides often enough what is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from hypothesis import HealthCheck, Phase, given, seed, settings

from search import MaySee, Query, query
from search.matching import Question, ReadEntry
from tests.search import corpus, naive
from tests.search.told import Asked, asked_about

LEAST = 0.005
"""Share of the questions that each ingredient decides."""


def test_each_ingredient_decides_what_many_questions_find() -> None:
    tried, decided = Counter[str](), Counter[str]()

    @seed(1)
    @settings(max_examples=40, database=None, suppress_health_check=list(HealthCheck))
    @given(asked_about())
    def ask(asked: Asked) -> None:
        entries, questions, person, _ = asked
        for told in questions:
            tried["questions"] += 1
            found = naive.scan(entries, told.asked, person, told.meaning)
            without = {
                "synonyms": replace(told, asked=replace(told.asked, synonyms=())),
                "filters": replace(told, asked=replace(told.asked, filters={}, first=None, last=None)),
                "pages": replace(told, meaning=replace(told.meaning, pages=None)),
                "stop words of the house": replace(told, meaning=query.parse(told.asked.text, told.asked.fields)),
            }
            decided.update(
                name
                for name, other in without.items()
                if naive.scan(entries, other.asked, person, other.meaning) != found
            )
            everything = MaySee(frozenset(corpus.KEYS))
            decided["rights"] += naive.scan(entries, told.asked, everything, told.meaning) != found
            decided["several pages of hits"] += len(found) > 3
            if found:
                decided.update({_kind(node) for node in _nodes(told.meaning.node)})

    ask()
    shares = {name: decided[name] / tried["questions"] for name in (*decided, *WANTED)}
    assert {name: share for name, share in shares.items() if share < LEAST} == {}


@settings(max_examples=40, suppress_health_check=list(HealthCheck), phases=(Phase.reuse, Phase.generate))
@given(asked_about())
def test_reading_single_entries_finds_what_was_meant(asked: Asked) -> None:
    entries, questions, person, _ = asked
    visible = naive.scan(entries, Query(""), person)
    for told in questions:
        question = Question(told.asked)
        found = {one.document_id for one in entries if one.document_id in visible and question.finds(ReadEntry(one))}
        assert found == naive.scan(entries, told.asked, person, told.meaning)


WANTED = (
    *("synonyms", "stop words of the house", "filters", "pages", "rights", "several pages of hits"),
    *("Every", "Either", "Without", "Words", "phrase", "field", "Prefix", "Period", "Reference", "Unit"),
    *("Named", "NamedRange", "NamedReference"),
)


def _nodes(node: query.Node | None) -> Iterable[query.Node]:
    if node is not None:
        yield node
    match node:
        case query.Every(nodes) | query.Either(nodes):
            for part in nodes:
                yield from _nodes(part)
        case query.Without(part):
            yield from _nodes(part)


def _kind(node: query.Node) -> str:
    match node:
        case query.Words(field=field) if field is not None:
            return "field"
        case query.Words(quoted=True):
            return "phrase"
        case _:
            return type(node).__name__
