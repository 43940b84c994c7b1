import os
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from eakte.services import Services
from eakte.store.documents import IncomingItem
from eakte.store.jobs import live_jobs
from eakte.worker.watching import take_files
from tests.town import Town


def drop(folder: Path, name: str, content: bytes, *, age: float = 60) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_bytes(content)
    os.utime(file, (time.time() - age,) * 2)
    return file


@pytest.fixture
def watched(services: Services) -> Path:
    return Path(services.settings.watch_folder)


def test_a_file_in_the_folder_of_a_unit_comes_into_its_inbox(town: Town, services: Services, watched: Path) -> None:
    file = drop(watched / "63.2", "brief.pdf", b"ein Brief")
    assert take_files(services, watched) == 1
    with town.database.reading() as session:
        item = session.scalars(select(IncomingItem)).one()
        assert (item.filename, item.source, item.org_unit.code) == ("brief.pdf", "folder", "63.2")
    assert live_jobs(town.database, "intake") == {str(item.id)}
    assert not file.exists()
    assert (watched / "63.2" / "erledigt" / "brief.pdf").read_bytes() == b"ein Brief"


def test_a_file_still_being_written_is_left(services: Services, watched: Path) -> None:
    drop(watched / "63.2", "brief.pdf", b"ein B", age=0)
    assert take_files(services, watched) == 0


def test_a_file_of_an_unknown_unit_is_put_aside(town: Town, services: Services, watched: Path) -> None:
    drop(watched / "99", "brief.pdf", b"ein Brief")
    assert take_files(services, watched) == 0
    assert (watched / "99" / "abgelehnt" / "brief.pdf").exists()
    with town.database.reading() as session:
        assert session.scalars(select(IncomingItem)).all() == []


def test_a_file_taken_just_before_a_crash_is_taken_once(town: Town, services: Services, watched: Path) -> None:
    written = drop(watched / "63.2", "brief.pdf", b"ein Brief").stat().st_mtime
    take_files(services, watched)
    again = drop(watched / "63.2", "brief.pdf", b"ein Brief")
    os.utime(again, (written, written))
    take_files(services, watched)
    with town.database.reading() as session:
        assert len(session.scalars(select(IncomingItem)).all()) == 1
    assert len(list((watched / "63.2" / "erledigt").iterdir())) == 2


def test_hidden_files_and_links_are_none_of_ours(services: Services, watched: Path, tmp_path: Path) -> None:
    drop(watched / "63.2", ".brief.pdf.part", b"ein Brief")
    drop(tmp_path, "secret", b"ein Geheimnis")
    (watched / "63.2" / "link.pdf").symlink_to(tmp_path / "secret")
    assert take_files(services, watched) == 0
