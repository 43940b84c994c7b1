"""What a page of results costs: our search beside the bare engine below it, over the same pages, in one run.

Run ``python -m bench.search --pages 100000``. A result page is three words within the rights of a person who holds
50 of 500 units, four facets and the snippets of 20 hits. The bare engine is Tantivy with one row per page, its own
German stemmer, the stored text, the same filter, facets and snippets, any of the words. Both are asked in turns. The
last line is one JSON object:

- ``page_p95_ratio_bare``: 95th percentile of our result page over that of the bare engine; ``page_p95_ms``,
  ``page_p50_ms``, ``bare_p95_ms``, ``bare_p50_ms``: each alone;
- ``growth``: ``page_p95_ms`` over that at a tenth of the pages;
- ``index_ratio_bare``: pages indexed per second, analysis included, over those of the bare engine; ``pages_per_s``;
- ``reader_mb``: anonymous memory of a fresh process that answered the questions; ``add_to_found_ms``: median from the
  call that puts a document until a question found it.

``--beside whoosh`` puts the first ``--beside-pages`` into that engine too and prints ``beside_p95_ms`` and
``beside_p95_ratio``, its result page over ours on the whole.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from statistics import median, quantiles

import numpy as np

from bench import pages
from bench.bare import Bare
from search.engine import SearchEngine
from search.engines import ENGINES, open_engine
from search.model import Entry, EntryPage, MaySee, Query

HELD = frozenset(pages.unit_key(number) for number in range(0, pages.UNITS, 10))
MAY_SEE = MaySee(HELD)
BATCH = 2_000
ADDED = 15


@dataclass(slots=True)
class Spent:
    """Seconds that were spent on putting pages in."""

    ours: float = 0.0
    bare: float = 0.0
    count: int = 0


def batches(first: int, count: int) -> Iterator[list[Entry]]:
    """Yield documents with *count* pages in all."""
    made = pages.entries(first, count)
    while batch := list(islice(made, BATCH)):
        yield batch


def fill(engine: SearchEngine, bare: Bare, first: int, count: int, spent: Spent) -> int:
    """Put *count* pages into both and return the number of the next document."""
    for batch in batches(first, count):
        spent.ours += _seconds(lambda batch=batch: engine.put(batch))
        spent.bare += _seconds(lambda batch=batch: bare.put(batch))
        spent.count += sum(len(entry.pages) for entry in batch)
        first += len(batch)
        print(f"{spent.count} pages", file=sys.stderr)
    return first


def questions(count: int) -> list[str]:
    """Return what is asked, the same for the same count."""
    made, rng = pages.maker(), np.random.default_rng(99)
    return [made.question(rng) for _ in range(count)]


@dataclass(slots=True)
class Times:
    """Milliseconds of each answer."""

    each: list[float] = field(default_factory=list)

    @property
    def p50(self) -> float:
        """The median."""
        return round(median(self.each), 2)

    @property
    def p95(self) -> float:
        """The 95th percentile."""
        return round(quantiles(self.each, n=20)[-1], 2)


def ask(works: Sequence[Callable[[str], object]], asked: Sequence[str]) -> list[Times]:
    """Ask all in turns, after a few questions that warm them up."""
    for text in asked[:5]:
        for work in works:
            work(text)
    times = [Times() for _ in works]
    for text in asked:
        for work, kept in zip(works, times, strict=True):
            kept.each.append(_seconds(lambda work=work, text=text: work(text)) * 1000)
    return times


def answer(engine: SearchEngine, text: str) -> int:
    """Return how many documents our result page counts."""
    return engine.find(Query(text), MAY_SEE).total


def add_to_found(engine: SearchEngine) -> float:
    """Return the median milliseconds until an added document is found."""
    times = []
    for number in range(ADDED):
        entry = next(pages.entries(10**9 + number, 2))
        word = "neuzugang" + "".join(chr(ord("a") + int(digit)) for digit in f"{number:04}")
        added = replace(entry, access_keys=HELD, pages=(EntryPage(1, f"Hier steht {word}."), *entry.pages[1:]))
        before = time.perf_counter()
        engine.put([added])
        while not engine.find(Query(word, exact=True), MAY_SEE).total:
            pass
        times.append((time.perf_counter() - before) * 1000)
    return round(median(times), 1)


def reader_mb(name: str, folder: Path, count: int) -> float:
    """Return the anonymous memory, in megabytes, of a fresh process that asks."""
    command = [
        sys.executable,
        "-m",
        "bench.search",
        "--reader",
        str(folder),
        "--engine",
        name,
        "--questions",
        str(count),
    ]
    return float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()[-1])


def _read(options: argparse.Namespace) -> None:
    engine = open_engine(options.engine, options.reader)
    for text in questions(options.questions):
        answer(engine, text)
    found = re.search(r"^Anonymous:\s+(\d+) kB", Path("/proc/self/smaps_rollup").read_text("utf-8"), re.MULTILINE)
    print(round(int(found[1]) / 1024, 1) if found else -1)


def measure(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Fill, ask at a tenth and at the whole, and return the figures."""
    ours, bare, spent = folder / "ours", Bare(folder / "bare"), Spent()
    engine, asked = open_engine(options.engine, ours), questions(options.questions)
    works = (lambda text: answer(engine, text), lambda text: bare.answer(text, HELD))
    then = fill(engine, bare, 0, options.pages // 10, spent)
    tenth = ask(works[:1], asked)[0]
    fill(engine, bare, then, options.pages - options.pages // 10, spent)
    whole, plain = ask(works, asked)
    figures: dict[str, object] = {
        "page_p95_ratio_bare": round(whole.p95 / plain.p95, 2),
        "page_p95_ms": whole.p95,
        "page_p50_ms": whole.p50,
        "bare_p95_ms": plain.p95,
        "bare_p50_ms": plain.p50,
        "growth": round(whole.p95 / tenth.p95, 2),
        "index_ratio_bare": round(spent.bare / spent.ours, 3),
        "pages_per_s": round(spent.count / spent.ours),
        "reader_mb": reader_mb(options.engine, ours, options.questions),
        "add_to_found_ms": add_to_found(engine),
    }
    if options.beside:
        figures |= _beside(options, folder, asked, whole)
    engine.close()
    return figures


def _beside(options: argparse.Namespace, folder: Path, asked: Sequence[str], whole: Times) -> dict[str, object]:
    other = open_engine(options.beside, folder / "beside")
    for batch in batches(0, options.beside_pages):
        other.put(batch)
    theirs = ask((lambda text: answer(other, text),), asked[:60])[0]
    other.close()
    return {"beside_p95_ms": theirs.p95, "beside_p95_ratio": round(theirs.p95 / whole.p95, 1)}


def _seconds(work: Callable[[], object]) -> float:
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def main() -> None:
    """Measure, and print the result as JSON in the last line."""
    parser = argparse.ArgumentParser(prog="python -m bench.search")
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--engine", choices=list(ENGINES), default="tantivy")
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--beside", choices=list(ENGINES), help="another engine to compare with")
    parser.add_argument("--beside-pages", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="folder for the indexes; the default is one that is deleted again")
    parser.add_argument("--reader", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.reader:
        _read(options)
        return
    with tempfile.TemporaryDirectory() as made:
        print(json.dumps(measure(options, options.keep or Path(made))))


if __name__ == "__main__":
    main()
