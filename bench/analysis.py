"""What each step of the German analysis gains: judged queries through the product's own search, step by step.

Run ``python -m bench.analysis [--folder TEXTS] [--noise 0.02]``. The documents are cut from the text files of
``--folder``, else generated; :mod:`bench.judged` makes queries for them: compounds, other forms, misspelt and others.
The first stage has every step switched off, each further one a step more; the last is the search as it runs.
``--noise`` spoils that share of the characters of the documents, as text recognition does; without it 0, 2 and 5 %
are measured. It prints a table, ``ndcg10`` with its gain and ``recall10`` of each stage; the last line is one JSON
object: ``{noise: {stage: {"ndcg10", "recall10", "zero_results"}}}``.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TypeVar
from unittest.mock import patch

from bench import judged, pages, retrieval
from search import finding, german, synonyms
from search.engines import open_engine
from search.widening import Step, widened

NOISES = (0.0, 0.02, 0.05)
FIGURES = ("ndcg10", "recall10", "zero_results")
_Value = TypeVar("_Value")
Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Stage:
    """The steps that are on."""

    name: str
    stems: bool = False
    umlauts: bool = False
    widened_by: frozenset[Step] = frozenset()
    synonyms: bool = False
    some_words: bool = False

    @property
    def indexed(self) -> tuple[bool, bool]:
        """What the index depends on."""
        return self.stems, self.umlauts


def stages() -> list[Stage]:
    """Return the stages, each with one step more than the one before."""
    made = [Stage("words as written")]
    for name, more in (
        ("+ stems", {"stems": True}),
        ("+ umlauts and ß", {"umlauts": True}),
        ("+ compounds", {"widened_by": frozenset({Step.COMPOUNDS})}),
        ("+ synonyms", {"synonyms": True}),
        ("+ misspellings", {"widened_by": frozenset({Step.COMPOUNDS, Step.MISSPELLINGS})}),
        ("+ look-alikes", {"widened_by": frozenset(Step)}),
        ("+ some of the words", {"some_words": True}),
    ):
        made.append(replace(made[-1], name=name, **more))
    return made


@contextmanager
def switched(stage: Stage) -> Iterator[None]:
    """Switch off the steps of the product that the stage does without; before anything is analysed in a process."""
    with ExitStack() as off:
        if not stage.stems:
            off.enter_context(patch.object(german, "stem_of", _same))
        if not stage.umlauts:
            off.enter_context(patch.object(german, "FOLDS", {}))
        if not stage.some_words:
            off.enter_context(patch.object(finding, "some_of", _same))
        off.enter_context(patch.object(finding, "widened", partial(widened, steps=stage.widened_by)))
        yield


def measure(folder: Path, alike: list[Stage], noise: float) -> dict[str, Figures]:
    """Index the documents of *folder* once and ask all its queries in each of the stages."""
    queries = retrieval.judged(folder / "queries.jsonl")
    figures: dict[str, Figures] = {}
    groups = synonyms.read(judged.SYNONYMS.read_text("utf-8").splitlines())
    with tempfile.TemporaryDirectory() as made:
        engine = open_engine("tantivy", Path(made, "index"))
        for stage in alike:
            with switched(stage):
                if not figures:
                    retrieval.fill(engine, folder / "docs.jsonl", noise)
                asked = groups if stage.synonyms else ()
                answers = [retrieval.ask(engine, query.text, asked) for query in queries]
            found = retrieval.summary(queries, answers, 0.0)
            figures[stage.name] = {name: found[name] for name in FIGURES}
        engine.close()
    return figures


def all_figures(folder: Path, noise: float) -> dict[str, Figures]:
    """Measure every stage; those of one index in a process of their own, for analyses are remembered."""
    figures: dict[str, Figures] = {}
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, max_tasks_per_child=1) as process:
        for _, alike in groupby(stages(), key=lambda stage: stage.indexed):
            figures |= process.submit(measure, folder, list(alike), noise).result()
    return figures


def table(noise: float, figures: dict[str, Figures]) -> Iterator[str]:
    """Yield the lines of a table for people."""
    yield f"\n{noise:.0%} of the characters spoiled    nDCG@10    gain  recall@10  nothing found"
    before = 0.0
    for name, found in figures.items():
        gain = found["ndcg10"] - before
        yield f"{name:32}{found['ndcg10']:8.3f}{gain:+8.3f}{found['recall10']:11.3f}{found['zero_results']:15.1%}"
        before = found["ndcg10"]


def main() -> None:
    """Make the judged set, measure, and print the result as JSON in the last line."""
    parser = argparse.ArgumentParser(prog="python -m bench.analysis")
    parser.add_argument("--folder", type=Path, help="German text files; without them text is generated")
    parser.add_argument("--documents", type=int, default=2_000)
    parser.add_argument("--queries", type=int, default=240)
    parser.add_argument("--noise", type=float, action="append", help="share of the characters to spoil")
    options = parser.parse_args()
    if options.folder:
        texts = list(judged.documents(options.folder, options.documents))
    else:
        texts = [page.text for entry in pages.entries(0, options.documents) for page in entry.pages]
    result: dict[float, dict[str, Figures]] = {}
    with tempfile.TemporaryDirectory() as made:
        corpus = judged.corpus_of(texts)
        judged.write(corpus, judged.judged(corpus, options.queries), Path(made))
        for noise in options.noise or NOISES:
            result[noise] = all_figures(Path(made), noise)
            print("\n".join(table(noise, result[noise])), flush=True)
    print(json.dumps(result))


def _same(value: _Value) -> _Value:
    return value


if __name__ == "__main__":
    main()
