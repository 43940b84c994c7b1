"""Letters through the watched folder to the inbox, by a real worker process on a database and folders of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from eakte.actions import organisation
from eakte.records.access import SYSTEM
from eakte.records.states import ItemState
from eakte.services import build
from eakte.settings import Settings
from eakte.store.documents import IncomingItem
from eakte.store.migrate import migrate
from eakte.worker.clock import now

ROOT = Path(__file__).resolve().parent.parent
UNIT = "10"
PATIENCE = 30.0
"""Seconds one file may take on the average before the bench gives up."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run took: seconds of time from putting the files to the last in the inbox, and CPU seconds in all."""

    files: int
    wall: float
    cpu: float

    @property
    def files_a_second(self) -> float:
        """Throughput."""
        return self.files / self.wall


class Office:
    """An authority with one unit, its watched folder and one worker."""

    def __init__(self, folder: Path) -> None:
        self._settings = Settings(data_folder=folder / "data", watch_folder=str(folder / "watched"))
        self._folder = folder / "watched" / UNIT
        self._folder.mkdir(parents=True)
        services = build(self._settings)
        migrate(services.database)
        with services.database.begin() as session:
            organisation.add_unit(session, SYSTEM, code=UNIT, name="Hauptamt", kind="Amt", parent=None, now=now())
        services.index.close()
        self._database = services.database

    def run(self, warm_ups: tuple[Path, Path], files: Sequence[Path]) -> Run:
        """Take *files* in, after one that brings the worker into its stride.

        CPU seconds are those of the worker and everything it started, less those of a worker that takes in the other
        *warm-up* alone.
        """
        _, alone = self._worked(warm_ups[0], [])
        wall, used = self._worked(warm_ups[1], files)
        return Run(len(files), wall, used - alone)

    def _worked(self, first: Path, files: Sequence[Path]) -> tuple[float, float]:
        environment = {
            **os.environ,
            "EAKTE_DATA_FOLDER": str(self._settings.data_folder),
            "EAKTE_WATCH_FOLDER": self._settings.watch_folder,
        }
        command = [sys.executable, "-m", "eakte", "worker"]
        worker = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        try:
            self._put([first])
            began = time.monotonic()
            self._put(files)
            wall = time.monotonic() - began
        finally:
            worker.send_signal(signal.SIGTERM)
            _, _, used = os.wait4(worker.pid, 0)
            worker.returncode = 0
        return wall, used.ru_utime + used.ru_stime

    def _put(self, files: Sequence[Path]) -> None:
        aim = self._waiting() + len(files)
        for path in files:
            draft = self._folder / f".{path.name}"
            shutil.copyfile(path, draft)
            draft.rename(self._folder / path.name)
        deadline = time.monotonic() + PATIENCE * (len(files) + 1)
        while self._waiting() < aim:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self._waiting()} of {aim} files came to the inbox")
            time.sleep(0.2)

    def _waiting(self) -> int:
        with self._database.reading() as session:
            query = select(func.count()).where(IncomingItem.state == ItemState.WAITING)
            return session.scalar(query.select_from(IncomingItem)) or 0

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def bare_files_a_second(images: Sequence[Path], folder: Path, languages: str, cores: int) -> float:
    """Return how many pages a second bare ``tesseract`` reads to text, one process for each core."""

    def one(numbered: tuple[int, Path]) -> None:
        number, image = numbered
        command = ["tesseract", str(image), str(folder / f"bare-{number}"), "-l", languages]
        subprocess.run(command, env={**os.environ, "OMP_THREAD_LIMIT": "1"}, check=True, capture_output=True)

    began = time.monotonic()
    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(one, enumerate(images)))
    return len(images) / (time.monotonic() - began)
