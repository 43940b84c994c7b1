"""Bringing files in by command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select, text

from eakte.cli.exits import Exit
from eakte.records.states import ItemState
from eakte.store.documents import IncomingItem
from tests.cli.conftest import ON_SQLITE, Shell
from tests.town import Town

pytestmark = ON_SQLITE
LETTER = "Stadtwerke Musterstadt\n\nAntrag auf Baugenehmigung\n\nGuten Tag,\nanbei die Pläne.\n".encode()


@pytest.fixture
def post(tmp_path: Path) -> Path:
    folder = tmp_path / "post"
    (folder / "weitere").mkdir(parents=True)
    (folder / "a.txt").write_bytes(LETTER)
    (folder / "weitere" / "b.txt").write_bytes(b"Noch ein Brief.")
    (folder / "weitere" / "c.pdf.part").write_bytes(b"Halb")
    (folder / ".versteckt").write_bytes(b"Nichts")
    return folder


def items(town: Town) -> list[IncomingItem]:
    with town.database.reading() as session:
        return list(session.scalars(select(IncomingItem).order_by(IncomingItem.filename)))


def test_a_folder_is_taken_in_with_all_its_finished_files(town: Town, shell: Shell, post: Path) -> None:
    text = shell.done("intake", "add", post, "--department", "63.2")
    assert f"{post / 'a.txt'}: angenommen" in text
    assert "2 angenommen, 0 schon vorhanden, 0 abgelehnt." in text
    assert [(item.filename, item.source) for item in items(town)] == [("a.txt", "command"), ("b.txt", "command")]


def test_the_same_call_again_changes_nothing(town: Town, shell: Shell, post: Path) -> None:
    shell.done("intake", "add", post, "--department", "63.2")
    text = shell.done("intake", "add", post, "--department", "63.2")
    assert f"{post / 'a.txt'}: schon früher angenommen" in text
    assert len(items(town)) == 2


def test_the_same_bytes_under_another_name_are_told_as_double(town: Town, shell: Shell, post: Path) -> None:
    shell.done("intake", "add", post / "a.txt", "--department", "63.2")
    (post / "kopie.txt").write_bytes(LETTER)
    text = shell.done("intake", "add", post / "kopie.txt", "--department", "63.2")
    assert f"{post / 'kopie.txt'}: doppelt zu „a.txt“" in text
    assert len(items(town)) == 1


def test_a_refused_file_does_not_hold_up_the_others(town: Town, shell: Shell, post: Path) -> None:
    result = shell("intake", "add", post / "fehlt.pdf", post / "a.txt", "--department", "63.2")
    assert result.exit_code == Exit.REFUSED
    assert f"{post / 'fehlt.pdf'}: abgelehnt, weil es diese Datei nicht gibt." in result.stdout
    assert "1 angenommen, 0 schon vorhanden, 1 abgelehnt." in result.stdout
    assert len(items(town)) == 1


def test_a_file_larger_than_allowed_is_refused(town: Town, shell: Shell, post: Path) -> None:
    result = shell("intake", "add", post / "a.txt", "--department", "63.2", EAKTE_MAX_UPLOAD_BYTES="10")
    assert result.exit_code == Exit.REFUSED
    assert "abgelehnt, weil sie größer ist als erlaubt" in result.stdout
    assert items(town) == []


def test_an_unknown_department_is_refused_and_leaves_no_bytes(town: Town, shell: Shell, post: Path) -> None:
    result = shell("intake", "add", post / "a.txt", "--department", "99")
    assert result.exit_code == Exit.REFUSED
    assert "Die Organisationseinheit „99“" in result.stdout
    assert list(town.objects.each()) == []


def test_a_person_brings_files_into_their_own_unit_and_no_other(town: Town, shell: Shell, post: Path) -> None:
    shell.done("intake", "add", post / "a.txt", "--as", "brandt")
    assert [item.received_by for item in items(town)] == ["Brandt, K."]
    assert shell("intake", "add", post / "a.txt", "--as", "brandt", "--department", "50.1").exit_code == Exit.REFUSED
    assert len(items(town)) == 1


@pytest.mark.usefixtures("town")
def test_an_unknown_person_is_told_once(shell: Shell, post: Path) -> None:
    result = shell("intake", "add", post, "--as", "niemand")
    assert result.exit_code == Exit.REFUSED
    assert result.stderr.count("„niemand“") == 1
    assert result.stdout == ""


def test_scripts_get_json(town: Town, shell: Shell, post: Path) -> None:
    found = json.loads(shell.done("intake", "add", post / "a.txt", "--department", "63.2", "--json"))
    (file,) = found["files"]
    assert found["counts"] == {"accepted": 1}
    assert file["outcome"] == "accepted"
    assert file["item_id"] == str(items(town)[0].id)


@pytest.mark.usefixtures("town")
def test_waiting_reads_the_files_and_tells_the_german_reason_of_a_fault(shell: Shell, post: Path) -> None:
    (post / "leer.pdf").write_bytes(b"")
    result = shell("intake", "add", post / "a.txt", post / "leer.pdf", "--department", "63.2", "--wait")
    assert result.exit_code == Exit.REFUSED
    assert f"{post / 'a.txt'}: wartet auf Ablage" in result.stdout
    assert f"{post / 'leer.pdf'}: Störung: Die Datei ist leer" in result.stdout
    assert "leer.pdf" in shell.done("intake", "faults")
    assert "1 Eingänge werden noch einmal gelesen." in shell.done("intake", "retry", "--all")
    assert "Es gibt keine Störung." in shell.done("intake", "faults")


def test_status_counts_every_item_once(town: Town, shell: Shell) -> None:
    town.receive()
    town.filed()
    town.receive(unit="50.1", login="kaya")
    found = json.loads(shell.done("intake", "status", "--json"))
    assert [(unit["unit_code"], unit["total"]) for unit in found["units"]] == [("50.1", 1), ("63.2", 2)]
    assert found["units"][1]["states"] == {
        **dict.fromkeys((state.value for state in ItemState), 0), "received": 1, "filed": 1
    }  # fmt: skip
    assert found["balance"] == {"received": 3, "present": 3, "destroyed": 0, "contradictory": 0}
    assert "es fehlen: 0" in shell.done("intake", "status")


def test_status_of_a_person_tells_nothing_of_other_units(town: Town, shell: Shell) -> None:
    town.receive(unit="50.1", login="kaya")
    assert shell.done("intake", "status", "--as", "brandt") == "Es ist noch nichts eingegangen.\n"


def test_status_finds_an_item_that_vanished(town: Town, shell: Shell) -> None:
    item_id = town.receive().item_id
    with town.database.begin() as session:  # by somebody who owns the database and can take its guards away
        session.execute(text("DROP TRIGGER incoming_item_guarded"))
        session.delete(session.get_one(IncomingItem, item_id))
    result = shell("intake", "status")
    assert result.exit_code == Exit.REFUSED
    assert "es fehlen: 1" in result.stdout
