"""Two hundred clerks at work at once, each action next to the same action with nobody else about; and two workers.

Run ``python -m bench.load``: it generates the city of :mod:`bench.large_city` (a million documents), signs clerks in,
starts the service as a process of its own and works on loopback. The last line is one JSON object:

- ``p95_ratio``: by action, the 95th percentile of the time under load over that of the same action alone;
  ``p95_ms``: both in milliseconds, alone and under load; ``counts``: how often each was done under load;
- ``two_worker_ratio``: letters read per second by two workers over those by one, each reading one at a time;
  ``letters_per_second``: both;
- ``answers_per_second``, ``failed`` (answers that were no success), ``clerks``, ``think_seconds``, ``seconds``;
- ``documents``, ``database``, ``cores``, ``load_before``: what it was measured on. Clients and service share the cores.

A clerk looks at the inbox, files a letter, searches, views a document with its page, and a business application asks
on their behalf; between two actions they think, ``--think`` seconds on the average. ``--part 20`` takes a twentieth of
the city, ``--keep FOLDER`` keeps and uses it again, ``--postgres`` starts a PostgreSQL of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

from bench import load_city
from bench.large_city import STREETS, SUBJECTS, Size
from bench.load_city import Clerk
from bench.load_workers import two_workers
from bench.rights import chosen_database
from eakte.cli.console import clock
from eakte.settings import Settings
from eakte.web.security import request_token

ROOT = Path(__file__).resolve().parent.parent
MIX = {"inbox": 30, "view": 25, "search": 20, "file": 15, "api": 10}
"""Of a hundred actions of an ordinary day."""
WARM_UP = 5.0
"""Seconds at the beginning that are not counted."""


class Browser:
    """One clerk's connection: kept open, one request after another."""

    def __init__(self, clerk: Clerk, port: int) -> None:
        self._clerk = clerk
        self._connection = HTTPConnection("127.0.0.1", port, timeout=120)
        self._key = request_token(clerk.cookie)

    def ask(self, path: str, fields: dict[str, str] | None = None, *, program: bool = False) -> tuple[int, str]:
        """Return status and text of an answer; with *fields* a form is sent."""
        headers = {"Cookie": f"ea_session={self._clerk.cookie}", "Accept-Encoding": "gzip"}
        if program:
            headers = {"Authorization": f"Bearer {self._clerk.token}"}
        body = urlencode({"csrf": self._key, **fields}) if fields is not None else None
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        self._connection.request("GET" if fields is None else "POST", path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        return answer.status, content.decode("utf-8", "replace") if not answer.getheader("Content-Encoding") else ""

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@dataclass
class Desk:
    """A clerk with what lies before them, and how long each action took, in milliseconds."""

    clerk: Clerk
    port: int
    letters: list[str]
    chance: random.Random
    spent: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in MIX})
    failed: int = 0

    def __post_init__(self) -> None:
        self.browser = Browser(self.clerk, self.port)

    def do(self, action: str, *, counted: bool = True) -> None:
        """Do one action and keep how long it took."""
        work: Callable[[], list[int]] = getattr(self, f"_{action}")
        before = time.perf_counter()
        statuses = work()
        took = (time.perf_counter() - before) * 1_000
        if counted:
            self.spent[action].append(took)
            self.failed += sum(status >= 400 for status in statuses)

    def _inbox(self) -> list[int]:
        return [self.browser.ask("/posteingang")[0]]

    def _view(self) -> list[int]:
        document = f"/dokumente/{self.clerk.document_id}"
        return [self.browser.ask(path)[0] for path in (document, f"{document}/seiten/1.webp")]

    def _search(self) -> list[int]:
        words = f"{self.chance.choice(SUBJECTS).split()[0]} {self.chance.choice(STREETS)}"
        return [self.browser.ask("/suche?" + urlencode({"q": words}))[0]]

    def _file(self) -> list[int]:
        item = self.letters.pop()
        fields = {
            "case_file_id": str(self.clerk.case_file_id), "document_type": "Antrag", "subject": f"Antrag {item[:8]}",
            "sender": "Beispiel", "letter_date": "12.11.2026",
        }  # fmt: skip
        return [self.browser.ask(f"/posteingang/{item}/ablegen", fields)[0]]

    def _api(self) -> list[int]:
        return [self.browser.ask("/api/v1/case-files?limit=25", program=True)[0]]

    def next_action(self) -> str:
        """Draw what comes next; with no letter left there is nothing to file."""
        names = [name for name in MIX if name != "file" or self.letters]
        return self.chance.choices(names, [MIX[name] for name in names])[0]


def letters_of(clerk: Clerk, port: int, most: int) -> list[str]:
    """Return the ids of the letters that wait for a clerk, as their program is told them."""
    browser = Browser(clerk, port)
    status, text = browser.ask(f"/api/v1/incoming-items?limit={min(100, most)}", program=True)
    browser.close()
    if status != 200:
        raise RuntimeError(f"the inbox answers {status}")
    return [row["item_id"] for row in json.loads(text)["items"]]


def alone(desks: Sequence[Desk], rounds: int) -> None:
    """Do each action, clerk after clerk, with nobody else about; the first of each warms up."""
    for turn in range(rounds + 1):
        desk = desks[turn % len(desks)]
        for action in MIX:
            if action != "file" or desk.letters:
                desk.do(action, counted=turn > 0)


def together(desks: Sequence[Desk], seconds: float, think: float) -> None:
    """Let all clerks work at once."""
    begin = time.monotonic()

    def work(desk: Desk) -> None:
        time.sleep(desk.chance.uniform(0, min(think, WARM_UP)))
        while (now := time.monotonic()) < begin + WARM_UP + seconds:
            desk.do(desk.next_action(), counted=now > begin + WARM_UP)
            time.sleep(min(desk.chance.expovariate(1 / think), seconds))

    threads = [threading.Thread(target=work, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@contextmanager
def serving(settings: Settings) -> Iterator[int]:
    """Run the web process on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = os.environ | {
        "EAKTE_DATA_FOLDER": str(settings.data_folder), "EAKTE_DATABASE_URL": settings.database_url,
        "EAKTE_PORT": str(port), "EAKTE_API_REQUESTS_PER_MINUTE": "100000",
    }  # fmt: skip
    command = [sys.executable, "-m", "eakte", "serve", "--no-worker"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(60)


def p95(times: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return quantiles(times, n=20)[-1] if len(times) > 1 else (times[0] if times else 0.0)


def measure(settings: Settings, size: Size, options: argparse.Namespace) -> dict[str, object]:
    """Let clerks work alone and together, and return the figures."""
    clerks = load_city.put_to_work(settings, size, options.clerks, options.letters, clock())
    with serving(settings) as port, ExitStack() as opened:
        desks = []
        for number, clerk in enumerate(clerks):
            desks.append(Desk(clerk, port, letters_of(clerk, port, options.letters), random.Random(number)))
            opened.callback(desks[-1].browser.close)
        alone(desks, options.rounds)
        quiet = {name: [one for desk in desks for one in desk.spent[name]] for name in MIX}
        for desk in desks:
            desk.spent, desk.failed = {name: [] for name in MIX}, 0
        load = os.getloadavg()[0]
        together(desks, options.seconds, options.think)
    busy = {name: [one for desk in desks for one in desk.spent[name]] for name in MIX}
    values = {name: (p95(quiet[name]), p95(busy[name])) for name in MIX if quiet[name] and busy[name]}
    return {
        "p95_ratio": {name: round(many / one, 2) for name, (one, many) in values.items()},
        "p95_ms": {name: [round(one), round(many)] for name, (one, many) in values.items()},
        "counts": {name: len(times) for name, times in busy.items()},
        "answers_per_second": round(sum(map(len, busy.values())) / options.seconds, 1),
        "failed": sum(desk.failed for desk in desks),
        "load_before": round(load, 1),
    }


def main() -> None:
    """Read what is asked for, and print the result as JSON in the last line."""
    parser = argparse.ArgumentParser(prog="python -m bench.load")
    parser.add_argument("--clerks", type=int, default=200)
    parser.add_argument("--letters", type=int, default=4, help="that wait for each clerk")
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--think", type=float, default=10.0, help="seconds between two actions of a clerk")
    parser.add_argument("--rounds", type=int, default=40, help="how often each action is done alone")
    parser.add_argument("--files", type=int, default=100_000, help="with ten documents each")
    parser.add_argument("--search-documents", type=int, default=200_000)
    parser.add_argument("--part", type=int, default=1, help="one over this of files and documents")
    parser.add_argument("--scans", type=int, default=40, help="letters each number of workers reads; 0: leave that out")
    parser.add_argument("--keep", type=Path, help="folder in which the city stays")
    parser.add_argument("--postgres", action="store_true", help="start a PostgreSQL of its own")
    parser.add_argument("--database", default="", help="an empty database")
    options = parser.parse_args()
    size = replace(Size(), files=options.files // options.part)
    folder = options.keep or Path(tempfile.mkdtemp(prefix="eakte-load-"))
    told: dict[str, object] = {}
    with chosen_database(options, folder) as url:
        settings = Settings(data_folder=folder / "var", database_url="" if url.startswith("sqlite") else url)
        load_city.found(settings, size, options.search_documents // options.part)
        told |= measure(settings, size, options)
    if options.scans:
        told |= two_workers(options.scans)
    if not options.keep:
        shutil.rmtree(folder)
    told |= {
        "clerks": options.clerks, "think_seconds": options.think, "seconds": options.seconds,
        "documents": size.files * size.documents_per_file, "cores": os.cpu_count(),
        "database": "postgresql" if settings.database_url else "sqlite",
    }  # fmt: skip
    print(json.dumps(told))


if __name__ == "__main__":
    main()
