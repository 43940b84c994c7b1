"""Whether two workers read twice as much as one: the same scans, in an authority of its own for each number."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.letters import degrade, draw, office_letter
from eakte.actions import intake, organisation
from eakte.actions.intake import Source, Upload
from eakte.cli.console import clock
from eakte.records.access import SYSTEM
from eakte.services import build
from eakte.settings import Settings
from eakte.store.jobs import client_of
from eakte.store.migrate import migrate

ROOT = Path(__file__).resolve().parent.parent
DPI = 200
UNIT = "10"
PATIENCE = 60.0
"""Seconds one scan may take on the average before it is given up."""


def two_workers(scans: int) -> dict[str, object]:
    """Let one worker and then two read the same number of scans; each reads one at a time."""
    rates = [_rate(scans, number) for number in (1, 2)]
    return {
        "two_worker_ratio": round(rates[1] / rates[0], 2),
        "letters_per_second": [round(rate, 3) for rate in rates],
        "load_at_workers": round(os.getloadavg()[0], 1),
    }


def _rate(scans: int, workers: int) -> float:
    """Return scans per second, between the first that was done and the last but as many as there are workers."""
    with tempfile.TemporaryDirectory(prefix="eakte-workers-") as name:
        settings = Settings(data_folder=Path(name))
        _receive(settings, scans)
        environment = os.environ | {"EAKTE_DATA_FOLDER": name, "EAKTE_READERS": "1"}
        command = [sys.executable, "-m", "eakte", "worker"]
        started = [
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) for _ in range(workers)
        ]
        try:
            moments = _done(settings, scans)
        finally:
            for one in started:
                one.terminate()
            for one in started:
                one.wait(60)
    counted = moments[workers:-workers]
    return (len(counted) - 1) / (counted[-1] - counted[0])


def _receive(settings: Settings, scans: int) -> None:
    services = build(settings)
    migrate(services.database)
    now = clock()
    with services.database.begin() as session:
        organisation.add_unit(session, SYSTEM, code=UNIT, name="Hauptamt", kind="Amt", parent=None, now=now)
    for number in range(scans):
        picture = io.BytesIO()
        degrade(draw(office_letter(number), dpi=DPI), seed=number).save(picture, "PNG", dpi=(DPI, DPI))
        picture.seek(0)
        stored = services.objects.put(picture)
        with services.database.begin() as session:
            upload = Upload(stored, f"scan-{number}.png", Source.SCAN, UNIT, f"scan-{number}")
            intake.receive(session, services.objects, SYSTEM, upload, now)
    services.close()


def _done(settings: Settings, scans: int) -> list[float]:
    """Wait for all readings and return when each was done, in seconds, the first first."""
    services = build(settings)
    deadline = time.monotonic() + PATIENCE * scans
    client = client_of(services.database.jobs_engine)
    try:
        while True:
            jobs = client.list_workflows(name="intake", status="SUCCESS", load_input=False, load_output=False)
            if len(jobs) >= scans:
                return sorted((job.updated_at or 0) / 1_000 for job in jobs)
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(jobs)} of {scans} scans were read")
            time.sleep(0.5)
    finally:
        services.close()
