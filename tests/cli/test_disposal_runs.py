"""A disposal run on the command line: drawn up, answered, appraised, approved, reported."""

from __future__ import annotations

import csv
import io
import json

from pypdf import PdfReader
from sqlalchemy import select

from eakte.cli.exits import Exit
from eakte.store.files import CaseFile
from tests.actions.runs import due_file
from tests.cli.conftest import ON_SQLITE, Shell
from tests.town import Town

pytestmark = ON_SQLITE
RUN = ("disposal", "run")


def reference_of(town: Town, *, offered: bool = False) -> str:
    file_id = due_file(town, offered=offered)
    with town.database.reading() as session:
        found = session.scalar(select(CaseFile.file_reference).where(CaseFile.id == file_id))
    assert found
    return found


def test_a_run_goes_its_way_on_the_command_line(town: Town, shell: Shell) -> None:
    by_rule, wanted = reference_of(town), reference_of(town, offered=True)
    assert "2 Akten" in shell.done(*RUN, "create", "Herbst", "--plan", "52", "--as", "weber")
    assert "beim Fachamt" in shell.done(*RUN, "next", "Herbst", "--as", "weber")
    assert "Herbst" in shell.done(*RUN, "list", "--mine", "--as", "ott")
    assert shell.done(*RUN, "list", "--as", "kaya") == "Keine Läufe.\n"
    shell.done(*RUN, "answer", "Herbst", by_rule, wanted, "--answer", "agree", "--as", "ott")
    assert "beim Archiv" in shell.done(*RUN, "next", "Herbst", "--as", "weber")
    shell.done(*RUN, "appraise", "Herbst", wanted, "--decision", "A", "--as", "adler")
    assert "wartet auf Freigabe" in shell.done(*RUN, "next", "Herbst", "--as", "weber")
    wrong = shell(*RUN, "approve", "Herbst", "--count", "3", "--as", "lang")
    assert (wrong.exit_code, "Zahl der Akten ein: 2" in wrong.stderr) == (Exit.REFUSED, True)
    shell.done(*RUN, "approve", "Herbst", "--count", "2", "--as", "lang")
    shell.done(*RUN, "take-over", "Herbst", wanted, "--archive-reference", "StadtA 9", "--as", "adler")
    shown = json.loads(shell.done(*RUN, "show", "Herbst", "--json", "--as", "weber"))
    assert {row["reference"]: row["result"] for row in shown["files"]} == {by_rule: None, wanted: "handed_over"}
    assert shown["state"] == "cooling_off"


def test_wishes_objections_and_reasons_on_the_command_line(town: Town, shell: Shell) -> None:
    kept, refused, out = reference_of(town), reference_of(town), reference_of(town)
    shell.done(*RUN, "create", "Herbst", "--as", "weber")
    shell.done(*RUN, "take-out", "Herbst", out, "--reason", "doppelt", "--as", "weber")
    shell.done(*RUN, "add", "Herbst", out, "--reason", "doch", "--as", "weber")
    shell.done(*RUN, "next", "Herbst", "--as", "weber")
    keep = ("--answer", "keep", "--until", "01.01.2090", "--reason", "Klage")
    shell.done(*RUN, "answer", "Herbst", kept, refused, *keep, "--as", "brandt")
    shell.done(*RUN, "wish", "Herbst", kept, "--grant", "--as", "weber")
    shell.done(*RUN, "wish", "Herbst", refused, "--decline", "--reason", "reicht", "--as", "weber")
    shell.done(*RUN, "answer", "Herbst", out, "--answer", "object", "--reason", "bleibt", "--as", "brandt")
    shell.done(*RUN, "cancel", "Herbst", "--reason", "zu früh", "--as", "weber")
    shown = json.loads(shell.done(*RUN, "show", "Herbst", "--json", "--as", "weber"))
    assert {row["reference"]: row["result"] for row in shown["files"]} == {
        kept: "kept_longer", refused: "cancelled", out: "objected",
    }  # fmt: skip


def test_reports_are_saved_as_pdf_and_as_table(town: Town, shell: Shell) -> None:
    reference = reference_of(town)
    shell.done(*RUN, "create", "Herbst", "--as", "weber")
    for name in ("liste.pdf", "liste.csv"):
        shell.done(*RUN, "report", "Herbst", "fristenliste", shell.folder / name, "--as", "weber")
    assert reference in PdfReader(shell.folder / "liste.pdf").pages[0].extract_text()
    text = (shell.folder / "liste.csv").read_text("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(text), delimiter=";"))["Aktenzeichen"] == reference
