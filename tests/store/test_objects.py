"""What only the local folder promises."""

import io
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from eakte.store.objects import LocalObjects, intact

SCAN = b"a scanned letter"


@pytest.fixture
def store(tmp_path: Path) -> LocalObjects:
    return LocalObjects(tmp_path / "objects")


@pytest.fixture
def flushed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record in order which files and folders are flushed to the disk, and when a file gets its name."""
    events: list[str] = []
    fsync, rename = os.fsync, Path.rename

    def remember(handle: int) -> None:
        events.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        fsync(handle)

    def remember_name(source: Path, target: Path) -> Path:
        events.append("named")
        return rename(source, target)

    monkeypatch.setattr(os, "fsync", remember)
    monkeypatch.setattr(Path, "rename", remember_name)
    return events


def test_an_object_is_flushed_before_it_gets_its_name_and_its_folders_after(
    store: LocalObjects, flushed: list[str]
) -> None:
    sha256 = store.put(io.BytesIO(SCAN)).sha256
    named = flushed.index("named")
    assert Path(flushed[0]).parent == store.root / "tmp"
    assert flushed[named + 1 :] == [str(store.root / sha256[:2] / sha256[2:4])]
    assert {str(store.root), str(store.root / sha256[:2])} <= set(flushed)


def test_the_folder_is_flushed_even_where_another_writer_was_first(store: LocalObjects, flushed: list[str]) -> None:
    store.put(io.BytesIO(SCAN))
    flushed.clear()
    sha256 = store.put(io.BytesIO(SCAN)).sha256
    assert "named" not in flushed
    assert flushed[-1] == str(store.root / sha256[:2] / sha256[2:4])


def test_an_object_cannot_be_written_by_accident(store: LocalObjects) -> None:
    with store.path(store.put(io.BytesIO(SCAN)).sha256) as path:
        assert path.stat().st_mode & 0o777 == 0o440


def test_a_truncated_object_is_healed_by_the_next_put(store: LocalObjects) -> None:
    stored = store.put(io.BytesIO(SCAN))
    with store.path(stored.sha256) as path:
        path.chmod(0o640)
        path.write_bytes(SCAN[:3])
    assert not intact(store, stored)
    store.put(io.BytesIO(SCAN))
    assert intact(store, stored)


def test_a_silently_changed_object_is_found(store: LocalObjects) -> None:
    stored = store.put(io.BytesIO(SCAN))
    with store.path(stored.sha256) as path:
        path.chmod(0o640)
        path.write_bytes(SCAN.upper())
    assert not intact(store, stored)


def test_temporary_files_lie_on_the_same_file_system_and_are_swept_after_a_day(store: LocalObjects) -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    for name, age in (("old", timedelta(hours=25)), ("new", timedelta(hours=23))):
        draft = store.root / "tmp" / name
        draft.write_bytes(SCAN)
        os.utime(draft, ((now - age).timestamp(),) * 2)
    assert store.sweep(now) == 1
    assert [draft.name for draft in (store.root / "tmp").iterdir()] == ["new"]


def test_no_temporary_file_stays_behind(store: LocalObjects) -> None:
    store.put(io.BytesIO(SCAN))
    store.put(io.BytesIO(SCAN))
    assert list((store.root / "tmp").iterdir()) == []


def test_many_writers_of_the_same_bytes_end_with_one_good_object(store: LocalObjects) -> None:
    threads = [threading.Thread(target=lambda: store.put(io.BytesIO(SCAN * 1000))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(store.each())) == 1
    assert intact(store, store.put(io.BytesIO(SCAN * 1000)))
