from __future__ import annotations

import os
from pathlib import Path

import pytest

from retention import ArchiveGateway, write_appraisal_receipt
from retention.archives.folder import SETTLED_SECONDS, TAKEN, FolderGateway
from retention.errors import ArchiveFolderError
from tests.retention.samples import HEAD


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    out, into = tmp_path / "out", tmp_path / "in"
    out.mkdir()
    into.mkdir()
    return out, into


@pytest.fixture
def gateway(folders: tuple[Path, Path]) -> ArchiveGateway:
    return FolderGateway(*folders)


@pytest.fixture
def message(tmp_path: Path) -> Path:
    return write_appraisal_receipt(HEAD, tmp_path).path


def names(gateway: ArchiveGateway) -> list[str]:
    return [each.name for each in gateway.receive()]


def test_a_message_arrives_whole_under_its_name(
    gateway: ArchiveGateway, folders: tuple[Path, Path], message: Path
) -> None:
    gateway.send(message, "a.zip")
    gateway.send(message, "a.zip")
    assert [path.name for path in folders[0].iterdir()] == ["a.zip"]
    assert (folders[0] / "a.zip").read_bytes() == message.read_bytes()


def test_another_message_of_that_name_is_never_overwritten(
    gateway: ArchiveGateway, folders: tuple[Path, Path], message: Path
) -> None:
    (folders[0] / "a.zip").write_bytes(b"eine andere")
    with pytest.raises(ArchiveFolderError, match="anderem Inhalt"):
        gateway.send(message, "a.zip")


def test_half_written_and_hidden_files_are_left_alone(
    gateway: ArchiveGateway, folders: tuple[Path, Path], message: Path
) -> None:
    whole = message.read_bytes()
    (folders[1] / "halb.zip").write_bytes(whole[: len(whole) // 2])
    (folders[1] / ".versteckt.zip").write_bytes(whole)
    (folders[1] / "arbeit.tmp").write_bytes(whole)
    (folders[1] / "halb.xml").write_text("<a><b/>")
    (folders[1] / "ganz.xml").write_text("<a><b/></a>")
    (folders[1] / "ganz.zip").write_bytes(whole)
    (folders[1] / "link.zip").symlink_to(message)
    assert names(gateway) == ["ganz.xml", "ganz.zip"]


def test_a_file_that_stays_damaged_is_shown_in_the_end(folders: tuple[Path, Path]) -> None:
    path = folders[1] / "kaputt.zip"
    path.write_bytes(b"kaputt")
    os.utime(path, (1000, 1000))
    assert names(FolderGateway(*folders, clock=lambda: 1000.0)) == []
    assert names(FolderGateway(*folders, clock=lambda: 1001.0 + SETTLED_SECONDS)) == ["kaputt.zip"]


def test_an_acknowledged_message_is_kept_but_not_received_again(
    gateway: ArchiveGateway, folders: tuple[Path, Path], message: Path
) -> None:
    for _ in range(2):
        (folders[1] / "a.zip").write_bytes(message.read_bytes())
        assert names(gateway) == ["a.zip"]
        gateway.acknowledge("a.zip")
        gateway.acknowledge("a.zip")
        assert names(gateway) == []
    assert len(list((folders[1] / TAKEN).iterdir())) == 2


@pytest.mark.parametrize("name", ["../a.zip", "", "..", "x/y.zip"])
def test_names_never_leave_the_folders(gateway: ArchiveGateway, message: Path, name: str) -> None:
    with pytest.raises(ArchiveFolderError):
        gateway.send(message, name)
    with pytest.raises(ArchiveFolderError):
        gateway.acknowledge(name)


def test_a_missing_folder_is_said_in_german(tmp_path: Path, message: Path) -> None:
    gateway = FolderGateway(tmp_path / "fehlt", tmp_path / "fehlt auch")
    with pytest.raises(ArchiveFolderError, match="Austauschordner"):
        gateway.send(message, "a.zip")
    with pytest.raises(ArchiveFolderError, match="Austauschordner"):
        list(gateway.receive())
