"""What rights cost in a large city: an ordinary clerk against somebody who reads everything, for the same pages.

Run ``python -m bench.rights``; it generates the city (see :mod:`bench.large_city`) and asks through the product's own
functions, both people in turns. The last line is one JSON object:

- ``list_ratio``: the slowest of first page, a deep page and the page behind a cursor, clerk over all-reader (medians);
- ``count_ratio``: counting all that the person may see; ``search_ratio``: whole result pages of several searches;
- ``list_ms``, ``count_ms``, ``search_ms``: medians as (clerk, all-reader);
- ``rows``: rows by table; ``clerk_files``, ``all_files``: case files each of them sees; ``database_mb``, ``index_mb``;
  ``search_documents``: documents in the search index, which may be fewer than in the database.

``--part 20`` generates a twentieth of the files and documents, with all units and people: what a person holds stays as
wide. ``--keep FOLDER`` keeps the city there and uses it again. ``--postgres`` starts a PostgreSQL of its own;
``--database postgresql://…`` or ``EAKTE_DATABASE_URL`` names an empty database of a server that runs.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import median

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from bench import large_city
from bench.large_city import NOW, Size
from eakte.actions import case_lists, finding, users
from eakte.actions.case_lists import Behind, Wanted
from eakte.records.access import ALL, Actor
from eakte.store.database import Database, connect
from eakte.store.migrate import migrate
from eakte.store.tables import METADATA
from search.engine import SearchEngine
from search.engines import open_engine
from search.model import Entry, EntryPage, Query
from tests.postgres import MISSING, Cluster, binaries

CLERK, ALL_READER = large_city.login_of(1), large_city.login_of(0)
SEARCHES = ("Carport", "Widerspruch Bescheid", "Stellplatz Gartenweg", "Rechnung", "Lindenallee -Vermerk")
DEEP = 2_000
BATCH = 5_000


def entries(size: Size, most: int) -> Iterator[Entry]:
    """Yield search entries for documents spread evenly over the files."""
    step = max(1, size.files * size.documents_per_file // most)
    for serial in range(0, size.files * size.documents_per_file, step):
        number = serial // size.documents_per_file
        kind, about = large_city.TYPES[serial % len(large_city.TYPES)], large_city.subject(number)
        unit = large_city.code_of(large_city.unit_of_file(number, size))
        open_to = {f"unit:{unit}"} | (set() if large_city.is_restricted(number) else {ALL})
        page = f"{kind} zur Sache {about}. Sehr geehrte Damen und Herren, anbei die Unterlagen vom Amt {unit}."
        yield Entry(
            document_id=str(large_city.made_id(large_city.DOCUMENT, serial)),
            version=2,
            access_keys=frozenset(open_to),
            blocked_keys=frozenset(),
            case_file_id=str(large_city.made_id(large_city.FILE, number)),
            case_file_reference=large_city.reference(number, size),
            case_file_subject=about,
            document_reference=f"{large_city.reference(number, size)}-01#0001",
            subject=f"{kind} {about}",
            document_type=kind,
            sender="Hollmann",
            org_unit=unit,
            file_plan_code="52.01",
            state="open",
            document_date=large_city.opened_on(number, size),
            pages=(EntryPage(1, page),),
        )


def timed(works: tuple[Callable[[], object], ...], rounds: int) -> list[float]:
    """Run the works in turns and return the median milliseconds of each; the first round warms up."""
    spent: list[list[float]] = [[] for _ in works]
    for turn in range(rounds + 1):
        for place, work in enumerate(works):
            before = time.perf_counter()
            work()
            if turn:
                spent[place].append((time.perf_counter() - before) * 1000)
    return [round(median(times), 3) for times in spent]


def pages(session: Session, actor: Actor) -> dict[str, Callable[[], object]]:
    """Return the list pages that are compared."""
    wanted = Wanted()
    shown = case_lists.page(session, actor, wanted, offset=DEEP, limit=1, now=NOW)
    places: dict[str, int | Behind] = {"first": 0, "deep": DEEP}
    if shown:
        places["behind"] = Behind(shown[0].opened_on, shown[0].reference)
    return {
        name: lambda place=place: case_lists.page(session, actor, wanted, offset=place, limit=50, now=NOW)  # type: ignore[misc]
        for name, place in places.items()
    }


def measure(database: Database, index: SearchEngine, rounds: int) -> dict[str, object]:
    """Ask as both people in turns and return the figures."""
    with database.reading() as session:
        clerk, everything = (users.actor_by_login(session, login, NOW) for login in (CLERK, ALL_READER))
        lists = {
            name: timed((page, pages(session, everything)[name]), rounds)
            for name, page in pages(session, clerk).items()
        }
        counts = timed(
            tuple(lambda who=who: case_lists.count(session, who, Wanted(), NOW) for who in (clerk, everything)),  # type: ignore[misc]
            max(3, rounds // 5),
        )
        searches = [
            timed(
                tuple(
                    lambda who=who, asked=asked: finding.find(session, index, who, Query(asked), NOW)  # type: ignore[misc]
                    for who in (clerk, everything)
                ),
                rounds,
            )
            for asked in SEARCHES
        ]
        found = [median(times[place] for times in searches) for place in (0, 1)]
        return {
            "list_ratio": round(max(mine / theirs for mine, theirs in lists.values()), 3),
            "count_ratio": round(counts[0] / counts[1], 3),
            "search_ratio": round(median(mine / theirs for mine, theirs in searches), 3),
            "list_ms": lists,
            "count_ms": counts,
            "search_ms": found,
            "clerk_files": case_lists.count(session, clerk, Wanted(), NOW),
            "all_files": case_lists.count(session, everything, Wanted(), NOW),
        }


def rows_of(database: Database) -> dict[str, int]:
    """Return how many rows the filled tables hold."""
    with database.reading() as session:
        counted = {
            name: session.scalar(select(func.count()).select_from(table)) for name, table in METADATA.tables.items()
        }
        return {name: count for name, count in counted.items() if count}


def megabytes(database: Database) -> int:
    """Return what the database takes on disk."""
    if database.is_sqlite:
        return Path(str(database.url.database)).stat().st_size // 10**6
    with database.reading() as session:
        return int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0) // 10**6


def filled_index(folder: Path, size: Size, most: int) -> SearchEngine:
    """Return the search index of the city, built if it is not there yet."""
    fresh = not folder.exists()
    index = open_engine("tantivy", folder)
    if fresh:
        made = entries(size, most)
        while batch := list(islice(made, BATCH)):
            index.put(batch)
    return index


@contextmanager
def chosen_database(options: argparse.Namespace, folder: Path) -> Iterator[str]:
    """Yield the address of the database; one of its own PostgreSQL ends with the run."""
    if not options.postgres:
        yield options.database or f"sqlite:///{folder / 'city.sqlite'}"
        return
    programs = binaries()
    if programs is None:
        raise SystemExit(MISSING)
    cluster = Cluster(programs)
    try:
        yield cluster.create()
    finally:
        cluster.remove()


def run(url: str, folder: Path, size: Size, options: argparse.Namespace) -> dict[str, object]:
    """Generate the city where it is not there yet, measure, and return all figures."""
    database = connect(url)
    done = folder / "generated"
    if options.postgres or not done.exists():
        migrate(database)
        begun = time.perf_counter()
        large_city.fill(url, size)
        done.touch()
        print(f"generated in {time.perf_counter() - begun:.0f} s")
    index = filled_index(folder / "index", size, options.search_documents // options.part)
    result = measure(database, index, options.rounds)
    result |= {
        "database": database.url.get_backend_name(),
        "rows": rows_of(database),
        "database_mb": megabytes(database),
        "index_mb": sum(file.stat().st_size for file in (folder / "index").rglob("*") if file.is_file()) // 10**6,
        "search_documents": sum(1 for _ in index.versions()),
    }
    index.close()
    database.close()
    return result


def main() -> None:
    """Read what is asked for, and print the result as JSON in the last line."""
    parser = argparse.ArgumentParser(prog="python -m bench.rights")
    standard = Size()
    parser.add_argument("--units", type=int, default=standard.units)
    parser.add_argument("--people", type=int, default=standard.people)
    parser.add_argument("--files", type=int, default=standard.files)
    parser.add_argument("--documents-per-file", type=int, default=standard.documents_per_file)
    parser.add_argument("--search-documents", type=int, default=200_000)
    parser.add_argument("--part", type=int, default=1, help="one over this of the files and documents")
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--keep", type=Path, help="folder in which the city stays")
    parser.add_argument("--postgres", action="store_true", help="start a PostgreSQL of its own")
    parser.add_argument("--database", default=os.environ.get("EAKTE_DATABASE_URL", ""), help="an empty database")
    options = parser.parse_args()
    size = Size(options.units, options.people, options.files // options.part, options.documents_per_file)
    folder = options.keep or Path(tempfile.mkdtemp(prefix="eakte-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    with chosen_database(options, folder) as url:
        result = run(url, folder, size, options)
    if not options.keep:
        shutil.rmtree(folder)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
