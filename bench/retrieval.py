"""How well searching finds: judged queries over documents, through the product's own search.

Run ``python -m bench.retrieval --docs A.jsonl --queries B.jsonl [--engine tantivy|whoosh|opensearch] [--noise 0.02]``.
Lines of A are ``{"id", "title", "date", "text"}``, only ``id`` and ``text`` are needed; lines of B are
``{"id", "text", "relevant": [ids of A]}``. ``--noise`` spoils that share of the characters as text
recognition does; OpenSearch as ``bench.engines`` says. The last line is one JSON object:

- ``ndcg10``, ``recall10``, ``mrr10``: means over the queries, of the first ten hits, all judged relevant alike;
- ``zero_results``: share of queries that found nothing; ``errors``: queries that raised;
- ``p50_ms``, ``p95_ms``: time of a whole result page (hits, counts, facets, snippets) of twenty;
- ``docs_per_s``: documents put into the index per second, analysis included.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from statistics import fmean, quantiles
from typing import Any

from bench import engines
from bench.noise import Spoiler
from search import jsonl
from search.engine import SearchEngine
from search.engines import NAMES, open_engine
from search.model import Entry, EntryPage, MaySee, Query

KEYS = frozenset({"all"})
BATCH = 2_000
SHOWN, JUDGED = 20, 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A query with the ids of the documents that answer it."""

    text: str
    relevant: frozenset[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer to one query: the ids found first, the seconds it took; no ids at all on an error."""

    found: tuple[str, ...]
    seconds: float
    failed: bool = False


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON Lines file."""
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def entries(path: Path, noise: float) -> Iterator[Entry]:
    """Yield the documents as entries, their pages spoiled by the share *noise*; a date that is none is left out."""
    spoiler = Spoiler(noise)
    for row in rows(path):
        try:
            entry = jsonl.entry(row, KEYS)
        except ValueError:
            entry = jsonl.entry(row | {"date": None}, KEYS)
        pages = tuple(EntryPage(page.number, spoiler.spoil(page.text)) for page in entry.pages)
        yield replace(entry, pages=pages)


def judged(path: Path) -> list[Judged]:
    """Return the judged queries."""
    return [Judged(str(row["text"]), frozenset(map(str, row["relevant"]))) for row in rows(path)]


def fill(engine: SearchEngine, path: Path, noise: float) -> float:
    """Index all documents and return how many went in per second."""
    made, count, spent = entries(path, noise), 0, 0.0
    while batch := list(islice(made, BATCH)):
        before = time.perf_counter()
        engine.put(batch)
        spent += time.perf_counter() - before
        count += len(batch)
    return count / spent if spent else 0.0


def ask(engine: SearchEngine, text: str, synonyms: tuple[tuple[str, ...], ...] = ()) -> Asked:
    """Ask one query and return what came."""
    before = time.perf_counter()
    try:
        hits = engine.find(Query(text, limit=SHOWN, synonyms=synonyms), MaySee(KEYS)).hits
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        print(f"error on {text!r}: {error!r}")
        return Asked((), time.perf_counter() - before, failed=True)
    return Asked(tuple(hit.document_id for hit in hits), time.perf_counter() - before)


def ndcg(found: Sequence[str], relevant: frozenset[str]) -> float:
    """Return the normalised discounted cumulated gain of the first ten (Järvelin and Kekäläinen, 2002)."""
    gain = sum(1 / math.log2(place + 2) for place, one in enumerate(found[:JUDGED]) if one in relevant)
    best = sum(1 / math.log2(place + 2) for place in range(min(JUDGED, len(relevant))))
    return gain / best if best else 0.0


def recall(found: Sequence[str], relevant: frozenset[str]) -> float:
    """Return the share of the relevant documents among the first ten."""
    return len(relevant.intersection(found[:JUDGED])) / len(relevant) if relevant else 0.0


def reciprocal_rank(found: Sequence[str], relevant: frozenset[str]) -> float:
    """Return one over the place of the first relevant document of the first ten, or 0."""
    return next((1 / place for place, one in enumerate(found[:JUDGED], 1) if one in relevant), 0.0)


def summary(queries: Sequence[Judged], answers: Sequence[Asked], docs_per_s: float) -> dict[str, float]:
    """Return the figures of a run."""
    pairs = [(answer.found, query.relevant) for query, answer in zip(queries, answers, strict=True)]
    times = sorted(answer.seconds * 1000 for answer in answers)
    cuts = quantiles(times, n=20, method="inclusive") if len(times) > 1 else times * 19
    return {
        "ndcg10": round(fmean(ndcg(*pair) for pair in pairs), 4),
        "recall10": round(fmean(recall(*pair) for pair in pairs), 4),
        "mrr10": round(fmean(reciprocal_rank(*pair) for pair in pairs), 4),
        "zero_results": round(fmean(not found for found, _ in pairs), 4),
        "errors": sum(answer.failed for answer in answers),
        "p50_ms": round(cuts[9], 2),
        "p95_ms": round(cuts[18], 2),
        "docs_per_s": round(docs_per_s, 1),
        "queries": len(queries),
    }


def main() -> None:
    """Index, ask, and print the result as JSON in the last line."""
    parser = argparse.ArgumentParser(prog="python -m bench.retrieval")
    parser.add_argument("--docs", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--engine", choices=list(NAMES), default="tantivy")
    parser.add_argument("--noise", type=float, default=0.0, help="share of the characters to spoil")
    options = parser.parse_args()
    queries = judged(options.queries)
    with tempfile.TemporaryDirectory() as folder, engines.servers(options.engine) as servers:
        engine = open_engine(options.engine, Path(folder, "index"), servers)
        docs_per_s = fill(engine, options.docs, options.noise)
        if queries:
            ask(engine, queries[0].text)  # opens the readers and loads the vocabulary
        answers = [ask(engine, query.text) for query in queries]
        engine.close()
    print(json.dumps(summary(queries, answers, docs_per_s)))


if __name__ == "__main__":
    main()
