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

``--against whoosh`` puts the same pages into that engine, too, or the first ``--against-pages`` of them, asks both the
same questions in turns and prints ``against_p50_ms``, ``against_p95_ms``, ``against_p50_ratio``, ``against_p95_ratio``,
``against_index_ratio``: its time over ours, and ``against_cpu_ratio``: its processor time for all answers over ours,
which others on the machine do not change. OpenSearch runs as ``bench.engines`` says; its processor time is elsewhere.
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
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from statistics import median, quantiles

import numpy as np

from bench import engines, pages
from bench.bare import Bare
from search.engine import SearchEngine
from search.engines import NAMES, open_engine
from search.model import Entry, EntryPage, MaySee, Query
from search.servers import Servers

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

    @property
    def pages_per_s(self) -> float:
        """Pages that went into ours in a second."""
        return self.count / self.ours


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
    """Milliseconds of each answer, and seconds of this process for all."""

    each: list[float] = field(default_factory=list)
    cpu: float = 0.0

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
            before = time.process_time()
            kept.each.append(_seconds(lambda work=work, text=text: work(text)) * 1000)
            kept.cpu += time.process_time() - before
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


def reader_mb(name: str, folder: Path, servers: Servers | None, count: int) -> float:
    """Return the anonymous memory, in megabytes, of a fresh process that asks."""
    asking = {"--reader": folder, "--engine": name, "--questions": count}
    if servers:
        asking["--servers"] = ",".join(servers.addresses)
    given = [str(one) for pair in asking.items() for one in pair]
    command = [sys.executable, "-m", "bench.search", *given]
    return float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()[-1])


def _read(options: argparse.Namespace) -> None:
    servers = Servers(tuple(options.servers.split(",")), engines.PREFIX) if options.servers else None
    engine = open_engine(options.engine, options.reader, servers)
    for text in questions(options.questions):
        answer(engine, text)
    found = re.search(r"^Anonymous:\s+(\d+) kB", Path("/proc/self/smaps_rollup").read_text("utf-8"), re.MULTILINE)
    print(round(int(found[1]) / 1024, 1) if found else -1)


def measure(options: argparse.Namespace, folder: Path, servers: Servers | None) -> dict[str, object]:
    """Fill, ask at a tenth and at the whole, and return the figures."""
    ours, bare, spent = folder / "ours", Bare(folder / "bare"), Spent()
    engine, asked = open_engine(options.engine, ours, servers), questions(options.questions)
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
        "pages_per_s": round(spent.pages_per_s),
        "reader_mb": reader_mb(options.engine, ours, servers, options.questions),
        "add_to_found_ms": add_to_found(engine),
    }
    if options.against:
        with closing(open_engine(options.against, folder / "against", servers)) as other:
            figures |= against(engine, other, spent, options.against_pages or options.pages, asked)
    engine.close()
    return figures


def against(
    engine: SearchEngine, other: SearchEngine, spent: Spent, count: int, asked: Sequence[str]
) -> dict[str, object]:
    """Put the first *count* pages into *other*, ask both in turns and return its figures over ours."""
    theirs = Spent()
    for batch in batches(0, count):
        theirs.ours += _seconds(lambda batch=batch: other.put(batch))
        theirs.count += sum(len(entry.pages) for entry in batch)
        print(f"{theirs.count} pages against", file=sys.stderr)
    ours, others = ask((lambda text: answer(engine, text), lambda text: answer(other, text)), asked)
    return {
        "against_pages": theirs.count,
        "against_p50_ms": others.p50,
        "against_p95_ms": others.p95,
        "against_p50_ratio": round(others.p50 / ours.p50, 1),
        "against_p95_ratio": round(others.p95 / ours.p95, 1),
        "against_cpu_ratio": round(others.cpu / ours.cpu, 1),
        "against_index_ratio": round(spent.pages_per_s / theirs.pages_per_s, 1),
    }


def _seconds(work: Callable[[], object]) -> float:
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def main() -> None:
    """Measure, and print the result as JSON in the last line."""
    parser = argparse.ArgumentParser(prog="python -m bench.search")
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--engine", choices=list(NAMES), default="tantivy")
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--against", choices=list(NAMES), help="another engine to compare with, on the same pages")
    parser.add_argument("--against-pages", type=int, help="only so many pages for that one; the default is all")
    parser.add_argument("--keep", type=Path, help="folder for the indexes; the default is one that is deleted again")
    parser.add_argument("--reader", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--servers", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.reader:
        _read(options)
        return
    if options.engine == options.against:
        parser.error("--against needs another engine than --engine")
    with tempfile.TemporaryDirectory() as made, engines.servers(options.engine, options.against) as servers:
        print(json.dumps(measure(options, options.keep or Path(made), servers)))


if __name__ == "__main__":
    main()
