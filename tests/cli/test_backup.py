"""The rehearsal: back up, lose everything, come back onto an empty host, and prove that nothing differs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions import disposal, sessions
from eakte.cli.exits import Exit
from eakte.records.origin import Origin
from eakte.store.database import connect
from eakte.store.files import CaseFile
from eakte.store.objects import LocalObjects
from eakte.store.people import person_by_login
from eakte.store.sign_in import WebSession
from tests.actions.test_destruction import destroy
from tests.cli.conftest import ON_SQLITE, Shell
from tests.town import Templates, Town

LONG_AGO = datetime(2019, 5, 6, 9, 0, tzinfo=UTC)

Host = Callable[[], Shell]


def address(town: Town) -> str:
    url = town.database.url.set(drivername=town.database.url.get_backend_name())
    return url.render_as_string(hide_password=False)


@pytest.fixture
def at_home(town: Town, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """The host that is backed up."""
    monkeypatch.setenv("EAKTE_DATABASE_URL", address(town))
    return shell


@pytest.fixture
def elsewhere(
    town: Town, templates: Templates, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Host]:
    """Leads to an empty host with a database of the same kind; from then on commands work there."""
    made = []

    def moved() -> Shell:
        folder = tmp_path / f"host-{len(made)}"
        sqlite = town.database.is_sqlite
        made.append(f"sqlite:///{folder}/eakte.sqlite" if sqlite else request.getfixturevalue("postgres").create())
        monkeypatch.setenv("EAKTE_DATABASE_URL", made[-1])
        return Shell(folder)

    yield moved
    for url in made:
        templates.drop(url)


def overdue(town: Town) -> CaseFile:
    """A closed case file with a document, its period over."""
    now, town.now = town.now, LONG_AGO
    case_file, _ = town.filed()
    town.close(case_file.id, on=LONG_AGO)
    town.now = now
    return case_file


def approved(town: Town, case_file: CaseFile) -> UUID:
    weber, lang = town.actor("weber"), town.actor("lang")
    with town.database.begin() as session:
        (one,) = disposal.propose(session, weber, [case_file.id], reason="Frist abgelaufen", now=town.now)
    with town.database.begin() as session:
        disposal.approve(session, lang, one, cooling_off_days=0, now=town.now)
    return one


def test_an_empty_host_comes_back_equal_and_goes_on(
    town: Town, at_home: Shell, elsewhere: Host, tmp_path: Path
) -> None:
    case_file, _ = town.filed()
    waiting = town.receive().sha256
    at_home.done("audit", "anchor")
    told = json.loads(at_home.done("backup", tmp_path / "sicherung", "--json"))["outcome"]
    assert (told["copied"], told["damaged"]) == (told["objects"], [])
    later = town.receive().sha256
    there = elsewhere()
    came = json.loads(there.done("restore", tmp_path / "sicherung", "--json"))
    assert (came["wrong"], came["to_destroy_again"]) == ([], [])
    assert came["restored"]["objects"] == told["objects"]
    kept = LocalObjects(there.folder / "objects")
    assert kept.exists(waiting)
    assert not kept.exists(later)
    there.done("audit", "verify")
    there.done("index", "check")
    assert case_file.file_reference in there.done("search", "Gartenweg", "--as", "brandt")
    assert case_file.file_reference not in there.done("search", "Gartenweg", "--as", "kaya")
    there.done("cases", "open", "52.01", "Anbau Mühlenweg 3", "--as", "brandt")
    there.done("audit", "verify")


def test_a_second_backup_copies_only_what_is_new(town: Town, at_home: Shell, tmp_path: Path) -> None:
    town.filed()
    first = json.loads(at_home.done("backup", tmp_path / "sicherung", "--json"))["outcome"]
    town.receive()
    (tmp_path / "sicherung" / first["name"]).rename(tmp_path / "sicherung" / "2026-01-01T000000Z")
    second = json.loads(at_home.done("backup", tmp_path / "sicherung", "--json"))["outcome"]
    assert (second["present"], second["copied"]) == (first["objects"], 1)
    third = json.loads(at_home.done("backup", tmp_path / "sicherung", "--keep-days", "30", "--json"))["outcome"]
    assert third["expired"] == ["2026-01-01T000000Z"]


def test_an_older_backup_does_not_bring_back_what_was_destroyed(
    town: Town, at_home: Shell, elsewhere: Host, tmp_path: Path
) -> None:
    doomed, (kept, _) = overdue(town), town.filed()
    before = set(town.objects.each())
    name = json.loads(at_home.done("backup", tmp_path / "sicherung", "--json"))["outcome"]["name"]
    (tmp_path / "sicherung" / name).rename(tmp_path / "sicherung" / "2026-01-01T000000Z")
    destroy(town, approved(town, doomed))
    gone = before - set(town.objects.each())
    assert gone
    assert "1 Vernichtungen" in at_home.done("backup", tmp_path / "sicherung", "--only-destroyed")
    second = json.loads(at_home.done("backup", tmp_path / "sicherung", "--json"))["outcome"]
    assert (second["removed"], second["destroyed"]) == (len(gone), 1)
    assert not gone & set(LocalObjects(tmp_path / "sicherung" / "objects").each())
    there = elsewhere()
    result = there("restore", tmp_path / "sicherung", "--backup", "2026-01-01T000000Z", "--json")
    assert result.exit_code == Exit.REFUSED
    came = json.loads(result.stdout)
    assert came["wrong"] == []
    assert [each["reference"] for each in came["to_destroy_again"]] == [doomed.file_reference]
    assert kept.file_reference in there.done("cases", "list", "--as", "brandt")
    assert doomed.file_reference not in there.done("cases", "list", "--state", "closed", "--as", "brandt")
    assert "Neubau" not in there("cases", "show", doomed.file_reference, "--as", "brandt").stdout
    there.done("audit", "verify")


@ON_SQLITE
def test_nothing_is_written_over(town: Town, at_home: Shell, tmp_path: Path) -> None:
    town.receive()
    at_home.done("backup", tmp_path / "sicherung")
    refused = at_home("restore", tmp_path / "sicherung")
    assert (refused.exit_code, "nicht leer" in refused.stderr) == (Exit.REFUSED, True)
    assert at_home("intake", "status").exit_code == Exit.DONE


@ON_SQLITE
def test_a_changed_file_of_a_backup_is_refused(town: Town, at_home: Shell, elsewhere: Host, tmp_path: Path) -> None:
    town.receive()
    name = json.loads(at_home.done("backup", tmp_path / "sicherung", "--json"))["outcome"]["name"]
    with (tmp_path / "sicherung" / name / "database.sqlite").open("ab") as file:
        file.write(b"x")
    refused = elsewhere()("restore", tmp_path / "sicherung")
    assert (refused.exit_code, "verändert" in refused.stderr) == (Exit.REFUSED, True)


@ON_SQLITE
def test_a_changed_object_of_a_backup_is_named(town: Town, at_home: Shell, elsewhere: Host, tmp_path: Path) -> None:
    sha256 = town.receive().sha256
    at_home.done("backup", tmp_path / "sicherung")
    (place,) = (tmp_path / "sicherung" / "objects").glob(f"??/??/{sha256}")
    place.chmod(0o600)
    place.write_bytes(b"something else")
    result = elsewhere()("restore", tmp_path / "sicherung")
    assert (result.exit_code, sha256 in result.stdout) == (Exit.REFUSED, True)


@ON_SQLITE
def test_a_damaged_object_is_told_and_not_backed_up(town: Town, at_home: Shell, tmp_path: Path) -> None:
    sha256 = town.receive().sha256
    (place,) = town.objects.root.glob(f"??/??/{sha256}")
    place.chmod(0o600)
    place.write_bytes(b"something else")
    result = at_home("backup", tmp_path / "sicherung")
    assert (result.exit_code, sha256 in result.stdout) == (Exit.REFUSED, True)
    assert not LocalObjects(tmp_path / "sicherung" / "objects").exists(sha256)


def test_a_folder_of_another_installation_keeps_what_it_holds(
    town: Town, at_home: Shell, elsewhere: Host, tmp_path: Path
) -> None:
    town.receive()
    at_home.done("backup", tmp_path / "sicherung")
    before = sorted(LocalObjects(tmp_path / "sicherung" / "objects").each())
    stranger = elsewhere()
    stranger.done("migrate")
    refused = stranger("backup", tmp_path / "sicherung")
    assert (refused.exit_code, "anderen Einrichtung" in refused.stderr) == (Exit.REFUSED, True)
    assert sorted(LocalObjects(tmp_path / "sicherung" / "objects").each()) == before


@ON_SQLITE
def test_encrypted_objects_come_back_with_their_keys_kept_apart(
    town: Town,
    at_home: Shell,
    elsewhere: Host,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EAKTE_MASTER_KEYS", str(tmp_path_factory.mktemp("tresor") / "schluessel"))
    content = b"Der Inhalt des Briefes, der nirgends offen liegen soll"
    town.receive(content)
    at_home.done("keys", "init")
    at_home.done("keys", "encrypt")
    beside = at_home("backup", tmp_path / "sicherung", "--keys", tmp_path / "sicherung" / "keys")
    assert (beside.exit_code, "nicht bei den Objekten" in beside.stderr) == (Exit.REFUSED, True)
    at_home.done("backup", tmp_path / "sicherung", "--keys", tmp_path / "schluessel")
    assert [
        path for path in (tmp_path / "sicherung").rglob("*") if path.is_file() and content in path.read_bytes()
    ] == []
    (copy,) = (tmp_path / "schluessel").iterdir()
    there = elsewhere()
    came = json.loads(there.done("restore", tmp_path / "sicherung", "--keys", copy, "--json"))
    assert came["wrong"] == []
    assert json.loads(there.done("keys", "status", "--json"))["open"] == 0


def test_sessions_do_not_come_back(town: Town, at_home: Shell, elsewhere: Host, tmp_path: Path) -> None:
    with town.database.begin() as session:
        person = person_by_login(session, "brandt")
        assert person is not None
        sessions.begin(session, person, sessions.PASSWORD, origin=Origin("", ""), now=town.now, hours=8)
    at_home.done("backup", tmp_path / "sicherung")
    elsewhere().done("restore", tmp_path / "sicherung")
    opened = connect(os.environ["EAKTE_DATABASE_URL"])
    with opened.reading() as session:
        assert session.scalars(select(WebSession)).all() == []
    opened.close()
