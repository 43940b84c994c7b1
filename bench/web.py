"""What pages cost in a city of many case files, against a page that shows none of them.

Run ``python -m bench.web --files 10000``; it generates the city (see :mod:`bench.large_city`), lets letters wait in
one inbox, and asks the application for its pages as a clerk does, all in turns. The last line is one JSON object:

- ``cpu_ratio``, ``wall_ratio``: list of case files, search, case file and next document in the inbox over the page
  without data (medians); ``cpu_ms``, ``wall_ms``: the same in milliseconds;
- ``first_byte_p95_ms``: from the request for the next document to its first byte through a real server, and whether
  that is ``within_budget`` of 150 ms (UI specification); ``bytes``: what each page sends;
- ``files``, ``documents``, ``waiting``: how much there was.

``--files 1000000`` is a city of a million case files; generating it takes minutes. ``--keep FOLDER`` uses it again.
"""

from __future__ import annotations

import argparse
import http.client
import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select

from bench import large_city
from bench.bulk import Bulk
from bench.large_city import NOW, Size
from bench.rights import BATCH, entries
from eakte.actions import sessions
from eakte.app import create_app
from eakte.records.origin import Origin
from eakte.services import Services, build
from eakte.settings import Settings
from eakte.store.documents import Document, DocumentVersion, IncomingItem, PageRow
from eakte.store.migrate import migrate
from eakte.store.objects import LocalObjects
from eakte.store.people import Person
from eakte.store.tables import METADATA
from eakte.web.edge import SESSION_COOKIE
from tests.chromium import serving
from tests.town import Town

CLERK, UNIT = large_city.login_of(1), large_city.code_of(60)
ITEMS, DOCUMENTS, VERSIONS, PAGES = (
    METADATA.tables[of.__tablename__] for of in (IncomingItem, Document, DocumentVersion, PageRow)
)
NO_DATA = "/konto/kennwort"
LETTER = "Antrag auf Baugenehmigung Gartenweg 7 mit Tiefgarage und Stellplatznachweis " * 30
BUDGET_MS = 150
SEARCH = "/suche?q=Carport"


def let_wait(services: Services, url: str, folder: Path, size: Size, count: int) -> None:
    """Let letters wait in the inbox of the clerk's unit, all like one that was taken in, and give filed ones pages."""
    town = Town(services.database, LocalObjects(services.settings.data_folder / "objects"), folder, now=NOW)
    item_id = town.waiting(unit=UNIT, login=CLERK, text=LETTER, subject="Antrag auf Baugenehmigung")
    with services.database.reading() as session:
        found = select(Document.id, DocumentVersion.id).join(DocumentVersion).where(Document.item_id == item_id)
        document_id, version_id = session.execute(found).one()
        item, document, version, page = (
            dict(session.execute(select(table).where(column == key)).mappings().one())
            for table, column, key in (
                (ITEMS, ITEMS.c.id, item_id), (DOCUMENTS, DOCUMENTS.c.id, document_id),
                (VERSIONS, VERSIONS.c.id, version_id), (PAGES, PAGES.c.version_id, version_id),
            )
        )  # fmt: skip
    bulk = Bulk(url)
    alike = [{item_id: uuid4(), document_id: uuid4(), version_id: uuid4()} for _ in range(count - 1)]
    for table, like in ((ITEMS, item), (DOCUMENTS, document), (VERSIONS, version), (PAGES, page)):
        bulk.insert(table, (_renamed(like, new) for new in alike))
    filed = range(size.files * size.documents_per_file)
    short = page | {"words": [], "text": "Carport"}
    for table, like in ((VERSIONS, version), (PAGES, short)):
        bulk.insert(table, (_renamed(like, _of_filed(document_id, version_id, serial)) for serial in filed))
    bulk.close()


def _of_filed(document_id: UUID, version_id: UUID, serial: int) -> dict[UUID, UUID]:
    return {
        document_id: large_city.made_id(large_city.DOCUMENT, serial),
        version_id: large_city.made_id(large_city.OTHER, 10**9 + serial),
    }


def _renamed(like: dict[str, Any], new: dict[UUID, UUID]) -> dict[str, Any]:
    row = {name: new.get(value, value) if isinstance(value, UUID) else value for name, value in like.items()}
    row = {name: json.dumps(value) if isinstance(value, (dict, list)) else value for name, value in row.items()}
    if row["id"] == like["id"]:
        row["id"] = uuid4()
    return row | ({"upload_id": str(uuid4())} if "upload_id" in row else {})


def prepare(folder: Path, size: Size, waiting: int) -> Services:
    """Return the services of the city, which is generated where it is not there yet."""
    services = build(Settings(data_folder=folder))
    if (folder / "generated").exists():
        return services
    migrate(services.database)
    url, begun = services.database.url.render_as_string(hide_password=False), time.perf_counter()
    large_city.fill(url, size)
    let_wait(services, url, folder, size, waiting)
    made = entries(size, min(200_000, size.files * size.documents_per_file))
    while batch := list(islice(made, BATCH)):
        services.index.put(batch)
    (folder / "generated").touch()
    print(f"generated in {time.perf_counter() - begun:.0f} s")
    return services


def session_of_clerk(services: Services) -> str:
    """Return the cookie of a browser in which the clerk has signed in."""
    with services.database.begin() as session:
        person = session.scalars(select(Person).where(Person.login == CLERK)).one()
        return sessions.begin(session, person, sessions.PASSWORD, origin=Origin("", ""), now=NOW, hours=8)


def pages(services: Services, size: Size) -> dict[str, Iterator[str]]:
    """Return the addresses of each kind of page, again and again."""
    with services.database.reading() as session:
        unit = select(IncomingItem.id).where(IncomingItem.access_key == f"unit:{UNIT}")
        items = session.scalars(unit.where(IncomingItem.source == "upload", IncomingItem.proposals.is_not(None)))
        waiting = [f"/posteingang/{item_id}" for item_id in items.fetchmany(500)]
    own = [number for number in range(size.files) if large_city.unit_of_file(number, size) == 60]
    files = [f"/akten/{large_city.made_id(large_city.FILE, number)}" for number in own[:500]]
    kinds = {"none": [NO_DATA], "list": ["/akten"], "search": [SEARCH], "file": files, "next": waiting}
    return {kind: cycle(addresses) for kind, addresses in kinds.items()}


def measure(app: Flask, cookie: str, asked: dict[str, Iterator[str]], rounds: int) -> dict[str, Any]:
    """Ask for each kind of page in turns, and return what they cost."""
    client = app.test_client()
    client.set_cookie(SESSION_COOKIE, cookie)
    cpu: dict[str, list[float]] = {kind: [] for kind in asked}
    wall: dict[str, list[float]] = {kind: [] for kind in asked}
    sent: dict[str, int] = {}
    for turn in range(rounds + 2):
        for kind, addresses in asked.items():
            headers = {"Accept-Encoding": "gzip"} | ({"HX-Request": "true"} if kind == "next" else {})
            where, began, spent = next(addresses), time.perf_counter(), time.process_time()
            answer = client.get(where, headers=headers, buffered=True)
            took, used = time.perf_counter() - began, time.process_time() - spent
            if answer.status_code != 200:
                raise SystemExit(f"{where}: {answer.status_code}")
            sent[kind] = len(answer.data)
            if turn > 1:  # the first ones fill what is kept between requests
                cpu[kind].append(1_000 * used)
                wall[kind].append(1_000 * took)
    return {"cpu": _medians(cpu), "wall": _medians(wall), "bytes": sent}


def _medians(taken: dict[str, list[float]]) -> dict[str, float]:
    return {kind: round(median(values), 1) for kind, values in taken.items()}


def _ratios(taken: dict[str, float]) -> dict[str, float]:
    return {kind: round(value / taken["none"], 2) for kind, value in taken.items() if kind != "none"}


@contextmanager
def connection(address: str) -> Iterator[http.client.HTTPConnection]:
    """Open one connection that is used again, as browsers do."""
    opened = http.client.HTTPConnection(urlsplit(address).netloc)
    yield opened
    opened.close()


def first_bytes(app: Flask, cookie: str, addresses: Sequence[str]) -> list[float]:
    """Return the milliseconds to the first byte of each next document, through a real server."""
    headers = {"Cookie": f"{SESSION_COOKIE}={cookie}", "HX-Request": "true", "Accept-Encoding": "gzip"}
    taken = []
    with serving(app) as server, connection(server) as line:
        for address in addresses:
            began = time.perf_counter()
            line.request("GET", address, headers=headers)
            answer = line.getresponse()
            taken.append(1_000 * (time.perf_counter() - began))
            answer.read()
    return taken


def run(folder: Path, size: Size, waiting: int, rounds: int) -> dict[str, object]:
    """Measure all pages and return the figures."""
    services = prepare(folder, size, waiting)
    app, cookie = create_app(services, clock=lambda: NOW), session_of_clerk(services)
    asked = pages(services, size)
    figures = measure(app, cookie, asked, rounds)
    taken = first_bytes(app, cookie, list(islice(asked["next"], 4 * rounds)))
    p95 = quantiles(taken, n=20)[-1]
    services.close()
    return {
        "files": size.files,
        "documents": size.files * size.documents_per_file,
        "waiting": waiting,
        "cpu_ratio": _ratios(figures["cpu"]),
        "wall_ratio": _ratios(figures["wall"]),
        "cpu_ms": figures["cpu"],
        "wall_ms": figures["wall"],
        "bytes": figures["bytes"],
        "first_byte_p50_ms": round(median(taken), 1),
        "first_byte_p95_ms": round(p95, 1),
        "within_budget": p95 <= BUDGET_MS,
    }


def main() -> None:
    """Read what is asked for, and print the result as JSON in the last line."""
    parser = argparse.ArgumentParser(prog="python -m bench.web")
    parser.add_argument("--files", type=int, default=10_000, help="case files of the city")
    parser.add_argument("--documents-per-file", type=int, default=1)
    parser.add_argument("--waiting", type=int, default=10_000, help="letters that wait in the clerk's inbox")
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--keep", type=Path, help="folder in which the city stays")
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="eakte-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    size = Size(people=600, files=options.files, documents_per_file=options.documents_per_file)
    result = run(folder, size, options.waiting, options.rounds)
    if not options.keep:
        shutil.rmtree(folder)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
