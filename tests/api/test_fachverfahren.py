"""The page for business applications is true: its examples run against a real server with a real worker."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fpdf import FPDF

from eakte.app import create_app
from eakte.records.scopes import Scope
from eakte.worker import clock
from eakte.worker.service import Worker
from tests.api.conftest import Program, token_of
from tests.chromium import serving
from tests.web.city import NOW, City

PAGE = Path(__file__).resolve().parents[2] / "docs" / "fachverfahren.md"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


class _Clock:
    def now(self, _: object = None) -> object:
        return NOW


def _blocks(kind: str) -> str:
    return "\n".join(re.findall(rf"^```{kind}\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL))


def _letter(path: Path, text: str) -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=12)
    pdf.multi_cell(0, 8, text)
    pdf.output(str(path))


@pytest.fixture
def run(city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run a program as the business application would, beside a letter to send."""
    monkeypatch.setattr(clock, "datetime", _Clock())
    worker = Worker(city.services)
    worker.start()
    token = token_of(city.services, "brandt", Scope.READ, Scope.FILE)
    with serving(create_app(city.services, clock=lambda: NOW)) as address:
        environment = {**os.environ, "EAKTE": address, "SCHLUESSEL": token}

        def start(*command: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                command, check=False, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=240
            )

        yield start
    worker.close()


def _filed(clerk: Program, subject: str) -> list[tuple[str, str]]:
    """Return reference of the file and subject of every document in the files with a subject."""
    return [
        (row["reference"], document["subject"])
        for row in clerk.get(f"/case-files?q={subject}").get_json()["items"]
        for document in clerk.get(f"/case-files/{row['case_file_id']}/documents").get_json()["items"]
    ]


def test_the_calls_of_the_page_open_file_and_read_due_dates(run: Run, clerk: Program, tmp_path: Path) -> None:
    _letter(tmp_path / "bauantrag.pdf", "Bauantrag für den Neubau eines Einfamilienhauses im Lindenweg 3")
    done = run("bash", "-euo", "pipefail", "-c", _blocks("sh"))
    assert done.returncode == 0, done.stderr + done.stdout
    assert '"outcome":"open"' in done.stdout
    assert [subject for _, subject in _filed(clerk, "Einfamilienhaus")] == ["Bauantrag Lindenweg 3"]


def test_the_python_program_can_be_sent_again_and_files_once(run: Run, clerk: Program, tmp_path: Path) -> None:
    _letter(tmp_path / "bauantrag.pdf", "Bauantrag für einen Carport im Lindenweg 5")
    first, again = (run(sys.executable, "-c", _blocks("python")) for _ in range(2))
    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert "Abgelegt als 63.20-2026/" in first.stdout
    assert "Frist: läuft noch nicht" in again.stdout
    assert [subject for _, subject in _filed(clerk, "Carport")] == ["Bauantrag Carport"]


def test_the_page_says_what_is_not_offered() -> None:
    assert "CMIS wird nicht angeboten" in PAGE.read_text("utf-8")
