"""Encryption of what is stored, from setting it up to changing the master key, as an administrator does it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from eakte.cli.exits import Exit
from eakte.store.history import HistoryEntry
from tests.cli.conftest import ON_SQLITE, Shell
from tests.town import Town

pytestmark = ON_SQLITE


@pytest.fixture
def masters(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of master keys, set in the environment of every call."""
    folder = tmp_path_factory.mktemp("tresor") / "schluessel"
    monkeypatch.setenv("EAKTE_MASTER_KEYS", str(folder))
    return folder


def told(town: Town) -> list[str]:
    with town.database.reading() as session:
        actions = select(HistoryEntry.action).where(HistoryEntry.about_kind == "master_key")
        return list(session.scalars(actions.order_by(HistoryEntry.sequence)))


def test_a_stock_is_encrypted_where_it_lies_and_everything_goes_on(town: Town, shell: Shell, masters: Path) -> None:
    reference = town.filed()[0].file_reference
    count = len(list(town.objects.each()))
    assert shell("audit", "verify").exit_code == Exit.DONE, "what needs no objects works"
    refused = shell("evidence", "verify", reference)
    assert (refused.exit_code, "keys init" in refused.stderr) == (Exit.NOT_READY, True)
    assert "keys encrypt" in shell.done("keys", "init")
    assert (len(list(masters.iterdir())), shell("keys", "init").exit_code) == (1, Exit.DONE)
    assert f"{count} Objekte, davon verschlüsselt 0, offen {count}" in shell.done("keys", "status")
    shell.done("evidence", "verify", reference)
    found = json.loads(shell.done("keys", "encrypt", "--json"))
    assert found == {
        "found": count, "encrypted": count, "already": 0, "damaged": 0, "gone": 0, "locked": 0, "open": False,
    }  # fmt: skip
    assert f"vorher schon: {count}" in shell.done("keys", "encrypt")
    shell.done("evidence", "verify", reference)
    shell.done("evidence", "check", "--now")
    assert json.loads(shell.done("keys", "status", "--json"))["open"] == 0
    assert told(town) == ["keys.rotated", "keys.stock_encrypted"]


def test_a_damaged_object_keeps_the_stock_open_and_is_told(town: Town, shell: Shell, masters: Path) -> None:
    assert masters
    town.filed()
    damaged = next(town.objects.root.glob("??/??/*"))
    damaged.chmod(0o600)
    damaged.write_bytes(b"something else")
    shell.done("keys", "init")
    result = shell("keys", "encrypt")
    assert result.exit_code == Exit.REFUSED
    assert "beschädigt: 1" in result.stdout


def test_a_new_master_key_takes_over_and_the_former_is_destroyed(town: Town, shell: Shell, masters: Path) -> None:
    reference = town.filed()[0].file_reference
    shell.done("keys", "init")
    (first,) = masters.iterdir()
    shell.done("keys", "encrypt")
    shell.done("keys", "rotate")
    assert first.exists(), "backups of the key store are kept for days"
    shell.done("evidence", "verify", reference)
    gone = shell("keys", "rotate", "--finish", EAKTE_KEY_BACKUP_DAYS="0")
    assert (gone.exit_code, f"der Hauptschlüssel {first.stem}" in gone.stdout) == (Exit.DONE, True)
    assert not first.exists()
    shell.done("evidence", "verify", reference)
    assert told(town) == ["keys.rotated", "keys.stock_encrypted", "keys.rotated", "keys.destroyed"]


def test_without_its_keys_nothing_starts(
    town: Town, shell: Shell, masters: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    reference = town.filed()[0].file_reference
    shell.done("keys", "init")
    (file,) = masters.iterdir()
    kept = file.read_bytes()
    file.unlink()
    missing = shell("evidence", "verify", reference)
    assert (missing.exit_code, f"Der Hauptschlüssel „{file.stem}“ fehlt" in missing.stderr) == (Exit.NOT_READY, True)
    file.touch(0o600)
    file.write_bytes(b"A" * 43 + b"=")
    assert "ist nicht der" in shell("evidence", "verify", reference).stderr
    file.write_bytes(kept)
    assert shell("evidence", "verify", reference).exit_code == Exit.DONE
    other = shell("evidence", "verify", reference, EAKTE_KEY_STORE=f"sqlite:///{tmp_path / 'other.sqlite'}")
    assert (other.exit_code, "key_store" in other.stderr) == (Exit.NOT_READY, True)
    monkeypatch.delenv("EAKTE_MASTER_KEYS")
    without = shell("evidence", "verify", reference)
    assert (without.exit_code, "master_keys" in without.stderr) == (Exit.NOT_READY, True)


def test_master_keys_in_the_data_folder_are_refused(town: Town, shell: Shell) -> None:
    refused = shell("keys", "init", EAKTE_MASTER_KEYS=str(town.folder / "schluessel"))
    assert (refused.exit_code, "Sicherungen" in refused.stderr) == (Exit.NOT_READY, True)


def test_without_a_place_for_master_keys_the_commands_say_what_to_set(town: Town, shell: Shell) -> None:
    del town
    for command in ("init", "status", "encrypt", "rotate"):
        refused = shell("keys", command)
        assert (refused.exit_code, "master_keys" in refused.stderr) == (Exit.NOT_READY, True)
