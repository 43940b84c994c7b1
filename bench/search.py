"""What a page of results costs: our search beside the bare engine below it, over the same pages, in one run.

Run ``python -m bench.search --pages 100000``. A result page is three words within the rights of a person who holds
50 of 500 units, four facets and the snippets of 20 hits. The bare engine is Tantivy with one row per page, its own
German stemmer, the stored text, the same filter, facets and snippets, any of the words. Both are asked in turns. The
last line is one JSON object:

- ``page_p95_ratio_bare``: 95th percentile of our result page over that of the bare engine; ``page_p95_ms``,
  ``page_p50_ms``, ``bare_p95_ms``, ``bare_p50_ms``: each alone; ``page_p95_cpu_ratio_bare``, ``page_p95_cpu_ms``,
  ``bare_p95_cpu_ms``: the same in processor time, which others on the machine do not change;
- ``growth``, ``cpu_growth``: the 95th percentile of our result page over that of an index of a tenth of the pages;
- ``index_ratio_bare``: pages indexed per second, analysis included, over those of the bare engine; ``pages_per_s``;
  ``index_cpu_ratio_bare``: pages indexed per second of processor time over those of the bare engine;
- ``reader_mb``: anonymous memory of a fresh process that answered the questions; ``add_to_found_ms``: median from the
  call that puts a document until a question found it.

``--keep FOLDER`` leaves the indexes there and measures those that are there already instead of making new ones. Its
figures of indexing are those of when they were made; what ``add_to_found_ms`` added stays in.

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
from dataclasses import asdict, dataclass, field, replace
from functools import partial
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
    """Seconds, by the clock and of this process, that were spent on putting pages in."""

    ours: float = 0.0
    bare: float = 0.0
    ours_cpu: float = 0.0
    bare_cpu: float = 0.0
    count: int = 0

    @property
    def pages_per_s(self) -> float:
        """Pages that went into ours in a second."""
        return self.count / self.ours


def batches(count: int) -> Iterator[list[Entry]]:
    """Yield documents with *count* pages in all."""
    made = pages.entries(0, count)
    while batch := list(islice(made, BATCH)):
        yield batch


def fill(engine: SearchEngine, count: int, spent: Spent, bare: Bare | None = None) -> None:
    """Put *count* pages into the engine, and into the bare one."""
    for batch in batches(count):
        seconds, cpu = _spent(lambda batch=batch: engine.put(batch))
        spent.ours, spent.ours_cpu = spent.ours + seconds, spent.ours_cpu + cpu
        if bare:
            seconds, cpu = _spent(lambda batch=batch: bare.put(batch))
            spent.bare, spent.bare_cpu = spent.bare + seconds, spent.bare_cpu + cpu
        spent.count += sum(len(entry.pages) for entry in batch)
        print(f"{spent.count} pages", file=sys.stderr)


def filled(engine: SearchEngine, bare: Bare, count: int, note: Path) -> Spent:
    """Put *count* pages into both, unless they are there already, and return what that took then."""
    if note.exists():
        return Spent(**json.loads(note.read_text("utf-8")))
    spent = Spent()
    fill(engine, count, spent, bare)
    note.write_text(json.dumps(asdict(spent)), "utf-8")
    return spent


def questions(count: int) -> list[str]:
    """Return what is asked, the same for the same count."""
    made, rng = pages.maker(), np.random.default_rng(99)
    return [made.question(rng) for _ in range(count)]


@dataclass(slots=True)
class Times:
    """Milliseconds of each answer, by the clock and of this process."""

    each: list[float] = field(default_factory=list)
    each_cpu: list[float] = field(default_factory=list)

    @property
    def p50(self) -> float:
        """The median."""
        return round(median(self.each), 2)

    @property
    def p95(self) -> float:
        """The 95th percentile."""
        return round(quantiles(self.each, n=20)[-1], 2)

    @property
    def p95_cpu(self) -> float:
        """The 95th percentile of processor time."""
        return round(quantiles(self.each_cpu, n=20)[-1], 2)


def ask(works: Sequence[Callable[[str], object]], asked: Sequence[str]) -> list[Times]:
    """Ask all in turns, after a few questions that warm them up."""
    for text in asked[:5]:
        for work in works:
            work(text)
    times = [Times() for _ in works]
    for text in asked:
        for work, kept in zip(works, times, strict=True):
            seconds, cpu = _spent(lambda work=work, text=text: work(text))
            kept.each.append(seconds * 1000)
            kept.each_cpu.append(cpu * 1000)
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
    """Fill, ask, and return the figures."""
    folder.mkdir(parents=True, exist_ok=True)
    ours, asked, bare = folder / "ours", questions(options.questions), Bare(folder / "bare")
    with (
        closing(open_engine(options.engine, ours, servers)) as engine,
        closing(open_engine(options.engine, folder / "tenth", engines.apart(servers))) as tenth,
    ):
        if not tenth.documents():
            fill(tenth, options.pages // 10, Spent())
        spent = filled(engine, bare, options.pages, folder / "spent.json")
        works = (lambda text: bare.answer(text, HELD), *(partial(answer, each) for each in (engine, tenth)))
        plain, whole, small = ask(works, asked)
        figures: dict[str, object] = {
            "page_p95_ratio_bare": round(whole.p95 / plain.p95, 2),
            "page_p95_ms": whole.p95,
            "page_p50_ms": whole.p50,
            "bare_p95_ms": plain.p95,
            "bare_p50_ms": plain.p50,
            "page_p95_cpu_ratio_bare": round(whole.p95_cpu / plain.p95_cpu, 2),
            "page_p95_cpu_ms": whole.p95_cpu,
            "bare_p95_cpu_ms": plain.p95_cpu,
            "growth": round(whole.p95 / small.p95, 2),
            "cpu_growth": round(whole.p95_cpu / small.p95_cpu, 2),
            "index_ratio_bare": round(spent.bare / spent.ours, 3),
            "index_cpu_ratio_bare": round(spent.bare_cpu / spent.ours_cpu, 3),
            "pages_per_s": round(spent.pages_per_s),
            "reader_mb": reader_mb(options.engine, ours, servers, options.questions),
            "add_to_found_ms": add_to_found(engine),
        }
        if options.against:
            with closing(open_engine(options.against, folder / "against", servers)) as other:
                figures |= against(engine, other, spent, options.against_pages or options.pages, asked)
    return figures


def against(
    engine: SearchEngine, other: SearchEngine, spent: Spent, count: int, asked: Sequence[str]
) -> dict[str, object]:
    """Put the first *count* pages into *other*, ask both in turns and return its figures over ours."""
    theirs = Spent()
    fill(other, count, theirs)
    ours, others = ask((partial(answer, engine), partial(answer, other)), asked)
    return {
        "against_pages": theirs.count,
        "against_p50_ms": others.p50,
        "against_p95_ms": others.p95,
        "against_p50_ratio": round(others.p50 / ours.p50, 1),
        "against_p95_ratio": round(others.p95 / ours.p95, 1),
        "against_cpu_ratio": round(sum(others.each_cpu) / sum(ours.each_cpu), 1),
        "against_index_ratio": round(spent.pages_per_s / theirs.pages_per_s, 1),
    }


def _spent(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds that it took, by the clock and of this process."""
    before, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - before, time.process_time() - cpu


def main() -> None:
    """Measure, and print the result as JSON in the last line."""
    parser = argparse.ArgumentParser(prog="python -m bench.search")
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--engine", choices=list(NAMES), default="tantivy")
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--against", choices=list(NAMES), help="another engine to compare with, on the same pages")
    parser.add_argument("--against-pages", type=int, help="only so many pages for that one; the default is all")
    parser.add_argument("--keep", type=Path, help="folder for the indexes, made there unless they are")
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
