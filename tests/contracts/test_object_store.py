"""Every object store keeps the same promises."""

import hashlib
import io
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eakte.store.objects import LocalObjects, ObjectMissingError, ObjectStore, Shelf, Stored, intact
from eakte.store.objects_encrypted import EncryptedObjects
from tests.encrypted import begun_keys

NOBODY = "0" * 64
SCAN = b"%PDF-1.7 a scanned letter"


@pytest.fixture(params=["local", "s3", "local, encrypted", "s3, encrypted", "local, encrypted, keys on postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ObjectStore]:
    place, *encrypted = request.param.split(", ")
    shelf: Shelf = LocalObjects(tmp_path / "objects") if place == "local" else request.getfixturevalue("s3_objects")
    if not encrypted:
        yield shelf
        return
    url = str(request.getfixturevalue("postgres").create()) if len(encrypted) > 1 else f"sqlite:///{tmp_path}/keys.db"
    keys = begun_keys(tmp_path, url)
    yield EncryptedObjects(shelf, keys, tmp_path / "data")
    keys.close()
    if len(encrypted) > 1:
        request.getfixturevalue("postgres").drop(url)


def test_what_is_put_comes_back_byte_for_byte(store: ObjectStore) -> None:
    stored = store.put(io.BytesIO(SCAN))
    with store.open(stored.sha256) as stream:
        assert stream.read() == SCAN
    with store.path(stored.sha256) as path:
        assert path.read_bytes() == SCAN


def test_an_object_is_known_by_both_hashes_and_its_size(store: ObjectStore) -> None:
    stored = store.put(io.BytesIO(SCAN))
    assert stored == Stored(hashlib.sha256(SCAN).hexdigest(), hashlib.sha512(SCAN).hexdigest(), len(SCAN))


def test_the_same_bytes_twice_are_one_object(store: ObjectStore) -> None:
    assert store.put(io.BytesIO(SCAN)) == store.put(io.BytesIO(SCAN))
    assert len(list(store.each())) == 1


def test_a_file_is_copied_and_stays_where_it_was(store: ObjectStore, tmp_path: Path) -> None:
    file = tmp_path / "scan.pdf"
    file.write_bytes(SCAN)
    stored = store.put_file(file)
    assert store.exists(stored.sha256)
    assert file.read_bytes() == SCAN


def test_an_object_larger_than_one_chunk_comes_back_whole(store: ObjectStore) -> None:
    content = os.urandom(5 * 1024 * 1024 + 17)
    stored = store.put(io.BytesIO(content))
    assert intact(store, stored)
    with store.open(stored.sha256) as stream:
        stream.seek(-17, os.SEEK_END)
        assert stream.read() == content[-17:]


def test_an_empty_object_is_an_object(store: ObjectStore) -> None:
    stored = store.put(io.BytesIO(b""))
    assert stored.size == 0
    assert intact(store, stored)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=4096))
def test_any_bytes_survive(store: ObjectStore, content: bytes) -> None:
    assert intact(store, store.put(io.BytesIO(content)))


def test_what_is_not_there_is_said_to_be_missing(store: ObjectStore) -> None:
    assert not store.exists(NOBODY)
    assert not intact(store, Stored(NOBODY, "", 0))
    with pytest.raises(ObjectMissingError):
        store.open(NOBODY)
    with pytest.raises(ObjectMissingError), store.path(NOBODY):
        pass


def test_a_deleted_object_is_gone_and_deleting_twice_is_once(store: ObjectStore) -> None:
    stored = store.put(io.BytesIO(SCAN))
    store.delete(stored.sha256)
    store.delete(stored.sha256)
    assert not store.exists(stored.sha256)
    assert list(store.each()) == []


def test_a_deleted_object_can_be_put_again(store: ObjectStore) -> None:
    stored = store.put(io.BytesIO(SCAN))
    store.delete(stored.sha256)
    assert store.put(io.BytesIO(SCAN)) == stored
    assert intact(store, stored)


def test_all_objects_can_be_listed(store: ObjectStore) -> None:
    names = {store.put(io.BytesIO(bytes([number]))).sha256 for number in range(5)}
    assert set(store.each()) == names


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_only_hashes_are_names(store: ObjectStore, name: str) -> None:
    for attempt in (store.exists, store.open, store.delete):
        with pytest.raises(ValueError, match="SHA-256"):
            attempt(name)


def test_a_stream_that_breaks_leaves_no_object(store: ObjectStore) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 0:
                raise ConnectionResetError
            return super().read(size)

    with pytest.raises(ConnectionResetError):
        store.put(Broken(SCAN))
    assert list(store.each()) == []


def test_sweeping_touches_no_object(store: ObjectStore) -> None:
    stored = store.put(io.BytesIO(SCAN))
    assert store.sweep(datetime.fromtimestamp(0, UTC) + timedelta(days=100 * 365)) == 0
    assert intact(store, stored)
