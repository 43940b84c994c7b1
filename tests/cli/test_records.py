"""Case files, retention, search, people and history by command."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from eakte.actions import entries
from eakte.cli.exits import Exit
from eakte.store.documents import Document
from search.engines import open_engine
from tests.cli.conftest import ON_SQLITE, Shell
from tests.town import Town

pytestmark = ON_SQLITE

LONG_AGO = datetime(2019, 5, 6, 9, 0, tzinfo=UTC)


def overdue(town: Town) -> str:
    """Return the reference of a closed case file whose period is over."""
    town.now = LONG_AGO - timedelta(days=30)
    case_file, _ = town.filed()
    town.close(case_file.id, on=LONG_AGO)
    return case_file.file_reference


def put_into_index(town: Town, folder: Path, document_id: object) -> None:
    index = open_engine("tantivy", folder / "index")
    with town.database.reading() as session:
        entry = entries.entry_of(session, session.get_one(Document, document_id).id, town.now)
    assert entry is not None
    index.put([entry])
    index.close()


def test_a_case_file_is_opened_shown_closed_and_reopened(town: Town, shell: Shell) -> None:
    made = json.loads(shell.done("cases", "open", "52.01", "Anbau Mühlenweg 3", "--as", "brandt", "--json"))
    reference = made["reference"]
    assert reference in shell.done("cases", "list", "Mühlenweg", "--as", "brandt")
    assert "Zustand: In Bearbeitung · OE 63.2" in shell.done("cases", "show", reference, "--as", "brandt")
    assert f"Akte {reference} ist z.d.A. verfügt." in shell.done("cases", "close", reference, "--as", "brandt")
    refused = shell("cases", "reopen", reference, "--reason", "Nachtrag", "--as", "brandt")
    assert (refused.exit_code, "Dafür fehlt Ihnen das Recht" in refused.stderr) == (Exit.REFUSED, True)
    assert "wieder in Bearbeitung" in shell.done("cases", "reopen", reference, "--reason", "Nachtrag", "--as", "ott")
    assert town.actor("brandt").login in shell.done("audit", "show", "--reference", reference)


def test_a_clerk_of_another_department_finds_no_case_file(town: Town, shell: Shell) -> None:
    reference = town.case_file().file_reference
    assert shell.done("cases", "list", "--as", "kaya") == "Keine Akte gefunden.\n"
    hidden = shell("cases", "show", reference, "--as", "kaya")
    missing = shell("cases", "show", "52.01-1999/9999", "--as", "kaya")
    assert hidden.exit_code == missing.exit_code == Exit.REFUSED
    assert hidden.output == missing.output


def test_a_search_finds_pages_within_the_rights_of_the_person(town: Town, shell: Shell) -> None:
    _, filed = town.filed()
    put_into_index(town, shell.folder, filed.document_id)
    shown = shell.done("search", "Baugenehmigung", "--as", "brandt")
    assert filed.document_reference in shown
    assert "Seite 1: Antrag auf Baugenehmigung" in shown
    assert json.loads(shell.done("search", "Baugenehmigung", "--as", "brandt", "--json"))["total"] == 1
    assert shell.done("search", "Baugenehmigung", "--as", "kaya") == "Nichts gefunden.\n"


def test_the_index_is_compared_mended_and_built_anew(town: Town, shell: Shell) -> None:
    town.filed()
    result = shell("index", "check")
    assert result.exit_code == Exit.REFUSED
    assert "im Index fehlen 1" in result.stdout
    assert "Behoben." in shell.done("index", "check", "--repair")
    assert "stimmt mit der Datenbank überein" in shell.done("index", "check")
    assert "Generation g1: 1 Dokumente, in der Datenbank 1;" in shell.done("index", "status")
    assert "1 Dokumente." in shell.done("index", "rebuild")
    assert "stimmt mit der Datenbank überein" in shell.done("index", "check")
    state = json.loads(shell.done("index", "status", "--json"))
    assert (state["serving"], state["documents"], state["building"], state["wanted"]) == ("g2", 1, "", 1)


@pytest.mark.usefixtures("town")
def test_an_index_of_another_analysis_answers_and_its_state_is_told(shell: Shell) -> None:
    shell.done("index", "check")
    mark = shell.folder / "index" / "g1" / "fingerprint.json"
    mark.write_text(json.dumps(json.loads(mark.read_text("utf-8")) | {"analysis": "0"}), "utf-8")
    assert "wird erneuert" in shell.done("search", "Wort", "--as", "brandt")
    assert "antwortet, bis eine neue fertig ist" in shell.done("index", "status")
    shell.done("index", "rebuild")
    assert "Fassung" not in shell.done("index", "status")


@pytest.mark.usefixtures("town")
def test_an_index_of_another_release_is_named_with_the_way_out(shell: Shell) -> None:
    shell.done("index", "check")
    (shell.folder / "index" / "g1" / "fingerprint.json").write_text("{}", "utf-8")
    result = shell("search", "Wort", "--as", "brandt")
    assert result.exit_code == Exit.NOT_READY
    assert "index rebuild" in result.stderr
    shell.done("index", "rebuild")
    assert shell.done("search", "Wort", "--as", "brandt") == "Nichts gefunden.\n"


def test_the_review_counts_every_verdict(town: Town, shell: Shell) -> None:
    overdue(town)
    town.now = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    town.case_file()
    assert "2 Akten bewertet" in shell.done("disposal", "review")
    found = json.loads(shell.done("disposal", "review", "--json"))
    assert (found["case_files"], found["changed"]) == (2, 0)
    assert {name: count for name, count in found["outcomes"].items() if count} == {"open": 1, "destroy": 1}


def test_destruction_takes_two_people(town: Town, shell: Shell) -> None:
    reference = overdue(town)
    shell.done("disposal", "review")
    assert reference in shell.done("disposal", "list", "--outcome", "destroy", "--as", "weber")
    assert reference in shell.done("disposal", "list", "--pile", "overdue", "--unit", "63", "--as", "weber")
    assert reference not in shell.done("disposal", "list", "--pile", "overdue", "--unit", "50", "--as", "weber")
    assert json.loads(shell.done("disposal", "piles", "--as", "weber", "--json"))["overdue"] == 1
    shell.done("disposal", "propose", reference, "--reason", "Frist abgelaufen", "--as", "weber")
    alone = shell("disposal", "approve", reference, "--as", "weber")
    assert alone.exit_code == Exit.REFUSED
    assert "eine andere Person" in alone.stderr
    assert "Sie wird frühestens am" in shell.done("disposal", "approve", reference, "--as", "lang")
    assert "freigegeben" in shell.done("disposal", "list", "--as", "lang")
    assert "ist abgelehnt" in shell.done("disposal", "reject", reference, "--as", "weber")
    assert "Noch nichts vernichtet." in shell.done("disposal", "certificate", "--as", "weber")
    assert shell("disposal", "certificate", reference, "--as", "weber").exit_code == Exit.REFUSED


@pytest.mark.usefixtures("town")
def test_the_rules_are_listed_with_period_and_basis(shell: Shell) -> None:
    shown = shell.done("disposal", "rules")
    assert "3 Jahre" in shown
    assert "§ 1 Testordnung" in shown
    assert len(json.loads(shell.done("disposal", "rules", "--json"))) == 3


@pytest.mark.usefixtures("town")
def test_a_new_person_gets_a_password_and_a_post(shell: Shell) -> None:
    typed = "ein langes Kennwort\n"
    shell.done("users", "add", "neu", "--name", "Neu, N.", "--password-stdin", typed=typed)
    shell.done("users", "assign", "neu", "--department", "63.2", "--role", "clerk", "--title", "Sachbearbeitung")
    people = {row["login"]: row for row in json.loads(shell.done("users", "list", "--json"))}
    assert people["neu"]["posts"] == ["Sachbearbeitung · 63.2 Amt 63.2"]
    assert "gesetzt" in shell.done(
        "users", "password", "neu", typed="noch ein Versuch mit Tee\nnoch ein Versuch mit Tee\n"
    )
    short = shell("users", "password", "neu", "--password-stdin", typed="kurz\n")
    assert (short.exit_code, "mindestens" in short.stderr) == (Exit.REFUSED, True)
    different = shell("users", "password", "neu", typed="noch ein Versuch mit Tee\nanders\n")
    assert (different.exit_code, "verschieden" in different.stderr) == (Exit.USAGE, True)


@pytest.mark.usefixtures("town")
def test_only_who_may_manage_people_does_so(shell: Shell) -> None:
    assert "brandt" in shell.done("users", "list", "--as", "admin")
    assert shell("users", "list", "--as", "brandt").exit_code == Exit.REFUSED


@pytest.mark.usefixtures("town")
def test_a_changed_history_is_found(town: Town, shell: Shell) -> None:
    assert "unverändert" in shell.done("audit", "verify")
    with town.database.begin() as session:
        for (name,) in session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            session.execute(text(f'DROP TRIGGER "{name}"'))
        session.execute(text("UPDATE history_entry SET reason = 'anders' WHERE sequence = 3"))
    result = shell("audit", "verify")
    assert result.exit_code == Exit.REFUSED
    assert "ab Eintrag 3 verändert" in result.stdout


def test_the_history_is_anchored_exported_and_verified_without_the_database(
    town: Town, shell: Shell, tmp_path: Path
) -> None:
    reference = town.case_file().file_reference
    assert "festgehalten" in shell.done("audit", "anchor")
    assert "Kettenstände: 1" in shell.done("audit", "verify")
    export, key = tmp_path / "protokoll.jsonl", tmp_path / "key.pem"
    shell.done("audit", "export", export, "--values")
    key.write_text(shell.done("audit", "public-key"))
    assert "unverändert und unterschrieben" in shell.done("audit", "verify-export", export, "--key", key)
    again = shell("audit", "export", export)
    assert (again.exit_code, "gibt es schon" in again.stderr) == (Exit.REFUSED, True)
    export.write_text(export.read_text().replace(reference, "52.01-2026/9999"))
    forged = shell("audit", "verify-export", export, "--key", key)
    assert (forged.exit_code, "ist verändert" in forged.output) == (Exit.REFUSED, True)
    assert "Protokoll ausgegeben" in shell.done("audit", "show")


def test_structure_and_moves_by_command(town: Town, shell: Shell) -> None:
    case_file, filed = town.filed()
    reference = case_file.file_reference
    assert f"Teilakte {reference}-T01 ist angelegt." in shell.done(
        "cases", "sub-file", reference, "Band", "--as", "brandt"
    )
    made = shell.done("cases", "case", f"{reference}-T01", "Statik", "--as", "brandt")
    assert f"Vorgang {reference}-02 ist angelegt." in made
    assert "heißt jetzt „Prüfstatik“" in shell.done(
        "cases", "rename", f"{reference}-02", "Prüfstatik", "--as", "brandt"
    )
    told = shell.done("cases", "move", filed.document_reference, "--to", f"{reference}-02", "--as", "brandt")
    assert "An der Aufbewahrung ändert sich nichts." in told
    confirm = told.split("--confirm ")[1].split()[0]
    options = ("--to", f"{reference}-02", "--confirm", confirm, "--reason", "falsch", "--as", "brandt")
    assert f"ist jetzt {reference}-02#0001." in shell.done("cases", "move", filed.document_reference, *options)
    assert "ist abgeschlossen" in shell.done("cases", "close", f"{reference}-T01", "--as", "brandt")
    refused = shell("cases", "close", f"{reference}-T01", "--as", "kaya")
    missing = shell("cases", "close", "52.01-1999/0001-T01", "--as", "kaya")
    assert (refused.exit_code, refused.output) == (missing.exit_code, missing.output)
    reopened = shell.done("cases", "reopen", f"{reference}-T01", "--reason", "Nachtrag", "--as", "ott")
    assert "wieder in Bearbeitung" in reopened
