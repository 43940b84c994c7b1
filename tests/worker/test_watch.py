"""The watched folder with a real database, real objects and real files."""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from eakte.actions.intake import begin_reading, record_reading
from eakte.records.states import ItemState
from eakte.services import Services
from eakte.settings import Settings
from eakte.store.documents import Document, IncomingItem, StoredObject
from eakte.store.jobs import live_jobs
from eakte.worker import put_aside, watch
from eakte.worker.sources import ScanFolder
from eakte.worker.watch import EMPTY_REST, REST, Look, WatchedFolder, is_partial, ready
from tests.town import NOW, Town

LONG = 1_000.0


class Scanner:
    """Somebody who puts files into the folder, and the time that passes."""

    def __init__(self, services: Services, folder: Path) -> None:
        self.services, self.folder, self.time = services, folder, 0.0
        folder.mkdir()
        self.restart()

    def restart(self) -> None:
        self.watched = WatchedFolder(self.services, self.folder, clock=lambda: NOW)

    def put(self, name: str, content: bytes = b"ein Brief", unit: str = "63.2") -> Path:
        (self.folder / unit).mkdir(exist_ok=True)
        path = self.folder / unit / name
        path.write_bytes(content)
        return path

    def look(self) -> int:
        return self.watched.look(now=self.time)

    def rest(self, seconds: float = REST) -> int:
        """Look, let time pass, and look again."""
        self.look()
        self.time += seconds
        return self.look()

    def names(self, *parts: str) -> list[str]:
        place = self.folder.joinpath(*parts)
        return sorted(file.name for file in place.iterdir() if file.is_file()) if place.is_dir() else []

    def items(self) -> list[tuple[str, str, str]]:
        with self.services.database.reading() as session:
            found = session.scalars(select(IncomingItem).order_by(IncomingItem.filename))
            return [(item.org_unit.code, item.filename, item.source) for item in found]


@pytest.fixture
def scanner(services: Services, tmp_path: Path) -> Scanner:
    return Scanner(services, tmp_path / "scans")


DONE = ("63.2", ".erledigt", "2026-11-20")


def test_a_complete_file_becomes_an_item_of_its_unit_and_is_put_aside(scanner: Scanner) -> None:
    scanner.put("brief.pdf")
    assert scanner.rest() == 1
    assert scanner.items() == [("63.2", "brief.pdf", "folder")]
    assert scanner.names(*DONE) == ["brief.pdf"]
    assert scanner.names("63.2") == []
    assert len(live_jobs(scanner.services.database, "intake")) == 1


def test_a_file_seen_for_the_first_time_is_left(scanner: Scanner) -> None:
    scanner.put("brief.pdf")
    scanner.time = LONG
    assert scanner.look() == 0


def test_a_file_that_grows_is_left_until_it_rests(scanner: Scanner) -> None:
    path = scanner.put("brief.pdf", b"ein")
    scanner.look()
    path.write_bytes(b"ein Brief")
    scanner.time += REST
    assert scanner.look() == 0
    scanner.time += REST
    assert scanner.look() == 1
    assert (scanner.folder.joinpath(*DONE) / "brief.pdf").read_bytes() == b"ein Brief"


@pytest.mark.parametrize("name", ["brief.pdf.part", "brief.tmp", ".brief.pdf", "~$brief.docx", "BRIEF.PART"])
def test_names_of_unfinished_files_are_left(scanner: Scanner, name: str) -> None:
    assert is_partial(name)
    scanner.put(name)
    assert scanner.rest(LONG) == 0
    assert scanner.names("63.2") == [name]


def test_an_empty_file_gets_more_time_and_then_comes_in_as_it_is(scanner: Scanner) -> None:
    scanner.put("brief.pdf", b"")
    assert scanner.rest() == 0
    assert scanner.rest(EMPTY_REST) == 1


def test_a_file_of_an_unknown_unit_is_refused_with_its_reason_and_leaves_no_object(scanner: Scanner) -> None:
    scanner.put("brief.pdf", unit="99")
    assert scanner.rest() == 0
    assert scanner.names("99", ".abgelehnt") == ["brief.pdf", "brief.pdf.txt"]
    assert "Die Organisationseinheit „99“" in (scanner.folder / "99" / ".abgelehnt" / "brief.pdf.txt").read_text()
    assert scanner.items() == []
    assert list(scanner.services.objects.each()) == []


def test_a_file_outside_of_all_units_is_refused_with_its_reason(scanner: Scanner) -> None:
    (scanner.folder / "brief.pdf").write_bytes(b"ein Brief")
    assert scanner.rest() == 0
    assert scanner.names(".abgelehnt") == ["brief.pdf", "brief.pdf.txt"]


def test_a_file_that_cannot_be_read_is_refused_and_the_next_one_is_taken(
    scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, real_open = scanner.put("a.pdf"), watch._open

    def refuse(path: Path) -> int:
        if path == broken:
            raise PermissionError(13, "no", str(path))
        return real_open(path)

    monkeypatch.setattr(watch, "_open", refuse)
    scanner.put("b.pdf", b"zwei")
    assert scanner.rest() == 1
    assert scanner.names("63.2", ".abgelehnt") == ["a.pdf", "a.pdf.txt"]
    assert scanner.items() == [("63.2", "b.pdf", "folder")]


def test_a_file_larger_than_allowed_is_refused(services: Services, town: Town, tmp_path: Path) -> None:
    small = Services(Settings(max_upload_bytes=5), town.database, services.objects, services.index, services.archive)
    scanner = Scanner(small, tmp_path / "scans")
    scanner.put("brief.pdf")
    assert scanner.rest() == 0
    assert "größer als erlaubt" in (scanner.folder / "63.2" / ".abgelehnt" / "brief.pdf.txt").read_text()


def test_the_same_name_again_is_another_file(scanner: Scanner) -> None:
    scanner.put("scan.pdf", b"eins")
    scanner.rest()
    scanner.put("scan.pdf", b"zwei")
    scanner.rest()
    assert len(scanner.items()) == 2
    assert scanner.names(*DONE) == ["scan-2.pdf", "scan.pdf"]


def test_links_are_not_followed(scanner: Scanner, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"Geheimnis")
    scanner.put("a.pdf")
    (scanner.folder / "63.2" / "link.pdf").symlink_to(tmp_path / "secret")
    assert scanner.rest() == 1
    assert scanner.names("63.2") == ["link.pdf"]


def test_a_file_replaced_while_it_was_received_is_taken_too(scanner: Scanner, monkeypatch: pytest.MonkeyPatch) -> None:
    path, real = scanner.put("scan.pdf", b"eins"), put_aside.put_away

    def replaced_first(*args: object) -> Path | None:
        path.unlink()
        path.write_bytes(b"die zweite Seite")
        monkeypatch.setattr(watch, "put_away", real)
        return real(*args)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(watch, "put_away", replaced_first)
    scanner.rest()
    assert scanner.names("63.2") == ["scan.pdf"]
    assert scanner.rest() == 1
    assert len(scanner.items()) == 2


def test_a_folder_that_is_away_is_told_once_and_worked_through_when_it_is_back(
    scanner: Scanner, caplog: pytest.LogCaptureFixture
) -> None:
    away = scanner.folder.rename(scanner.folder.with_name("away"))
    assert scanner.rest() == 0
    assert caplog.text.count("cannot be read") == 1
    away.rename(scanner.folder)
    scanner.put("brief.pdf")
    assert scanner.rest() == 1


def test_files_for_a_full_inbox_stay_where_they_are_say_so_and_are_taken_when_there_is_room(
    services: Services, tmp_path: Path
) -> None:
    limited = replace(services, settings=replace(services.settings, source_waiting=2))
    scanner = Scanner(limited, tmp_path / "scans")
    for number in range(4):
        scanner.put(f"brief-{number}.pdf", f"Brief {number}".encode())
    scanner.put("anderes.pdf", unit="50.1")
    assert scanner.rest() == 3
    assert scanner.names("63.2") == [".wartet.txt", "brief-2.pdf", "brief-3.pdf"]
    assert scanner.names("63.2", ".abgelehnt") == []
    assert scanner.rest() == 0
    assert "von selbst" in (scanner.folder / "63.2" / ".wartet.txt").read_text("utf-8")
    with services.database.begin() as session:
        for item in session.scalars(select(IncomingItem)):
            item.state = ItemState.FILED
    assert scanner.rest() == 0
    assert scanner.rest(301) == 2
    assert scanner.names("63.2") == []
    assert len(scanner.items()) == 5


class Crash(BaseException):
    """The process ends here."""


def _before(_: Callable[..., object]) -> Callable[..., object]:
    def crash(*_args: object, **_more: object) -> None:
        raise Crash

    return crash


def _after(step: Callable[..., object]) -> Callable[..., object]:
    def crash(*args: object, **more: object) -> None:
        step(*args, **more)
        raise Crash

    return crash


STEPS = [
    (watch, "_open"),
    (watch, "receive"),
    (watch, "put_away"),
    (put_aside, "_rename"),
    (WatchedFolder, "_receive"),
    (os, "link"),
]


@pytest.mark.parametrize("when", [_before, _after])
@pytest.mark.parametrize(("owner", "step"), STEPS, ids=[step for _, step in STEPS])
def test_a_crash_at_any_step_loses_nothing_and_doubles_nothing(
    scanner: Scanner, monkeypatch: pytest.MonkeyPatch, owner: object, step: str, when: Callable[..., object]
) -> None:
    scanner.put("brief.pdf")
    with monkeypatch.context() as patched, suppress(Crash):
        patched.setattr(owner, step, when(getattr(owner, step)))
        scanner.rest()
    scanner.restart()
    for _ in range(3):
        scanner.rest()
    assert scanner.items() == [("63.2", "brief.pdf", "folder")]
    assert scanner.names("63.2") == []
    assert scanner.names("63.2", put_aside.CHECKING) == []
    assert scanner.names(*DONE) == ["brief.pdf"]
    with scanner.services.database.reading() as session:
        kept = session.scalars(select(StoredObject)).one()
    assert scanner.services.objects.exists(kept.sha256)


def test_what_a_crash_left_while_it_was_checked_comes_back_beside_a_new_file_of_its_name(scanner: Scanner) -> None:
    scanner.put("scan.pdf", b"neu")
    left = scanner.folder / "63.2" / put_aside.CHECKING
    left.mkdir()
    (left / "scan.pdf").write_bytes(b"alt")
    scanner.rest()
    assert len(scanner.items()) == 2


looks = st.builds(Look, st.integers(0, 3), st.integers(0, 3), st.floats(0, 100))


@given(looks, looks, st.floats(0, 200))
def test_only_what_looked_the_same_for_long_enough_is_ready(before: Look, after: Look, now: float) -> None:
    rest = REST if after.size else EMPTY_REST
    assert ready(before, after, now) == (before.same(after) and now - before.since >= rest)
    assert not ready(None, after, now)


def test_a_folder_with_a_profile_says_for_whom_and_how_its_files_are_read(
    town: Town, services: Services, tmp_path: Path
) -> None:
    folder = tmp_path / "fraktur"
    folder.mkdir()
    profile = ScanFolder(str(folder), "63.2", languages="deu+frk", document_type="Bauakte (alt)")
    watched = WatchedFolder(services, folder, profile=profile, clock=lambda: NOW)
    (folder / "akte.tif").write_bytes(b"alte Schrift")
    watched.look(now=0.0)
    assert watched.look(now=REST) == 1
    assert not (folder / "akte.tif").exists()
    with town.database.begin() as session:
        item = session.scalars(select(IncomingItem)).one()
        assert (item.org_unit.code, item.received_at) == ("63.2", NOW)
        todo = begin_reading(session, item.id, NOW)
        assert todo is not None
        assert todo.languages == "deu+frk"
    reading, stored = town.reading()
    with town.database.begin() as session:
        record_reading(session, town.objects, item.id, reading, stored=stored, now=NOW)
    with town.database.reading() as session:
        assert session.scalars(select(Document.document_type)).one() == "Bauakte (alt)"


def test_a_scanner_delivers_on_behalf_of_the_person_its_folder_is_called_by(scanner: Scanner, town: Town) -> None:
    scanner.put("scan.pdf", unit="brandt")
    scanner.put("fremd.pdf", unit="niemand")
    assert scanner.rest() == 1
    with town.database.reading() as session:
        item = session.scalars(select(IncomingItem)).one()
        assert (item.org_unit.code, item.received_by) == ("63.2", "Brandt, K. (Scanner)")
    assert scanner.names("niemand", ".abgelehnt") == ["fremd.pdf", "fremd.pdf.txt"]
