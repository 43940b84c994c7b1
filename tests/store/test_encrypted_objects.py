"""What only encrypted objects promise: nothing readable on the disk, nothing delivered that was not stored."""

import io
import multiprocessing
import os
import random
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import update

from eakte.store import scratch
from eakte.store.ciphertext import CHUNK, HEADER, PIECE, length
from eakte.store.object_keys import OBJECT_KEY
from eakte.store.objects import LocalObjects, ObjectDamagedError, ObjectMissingError, Stored, intact
from eakte.store.objects_encrypted import EncryptedObjects, Outcome
from tests.encrypted import BEGUN, begun_keys, encrypted

LETTER = random.Random(7).randbytes(3 * PIECE + 17)
OTHER = random.Random(8).randbytes(3 * PIECE + 17)
TODAY = date(2026, 11, 20)
REUSED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EncryptedObjects]:
    made = encrypted(tmp_path)
    yield made
    made.keys.close()


@pytest.fixture
def half_way(tmp_path: Path) -> Iterator[EncryptedObjects]:
    """A store whose objects were stored before encryption was set up."""
    made = encrypted(tmp_path, open_left=True)
    yield made
    made.keys.close()


def put(store: EncryptedObjects, content: bytes) -> Stored:
    return store.put(io.BytesIO(content))


def file_of(store: EncryptedObjects, stored: Stored) -> Path:
    assert isinstance(store.shelf, LocalObjects)
    return store.shelf.root / stored.sha256[:2] / stored.sha256[2:4] / stored.sha256


def overwrite(file: Path, content: bytes) -> None:
    file.chmod(0o600)
    file.write_bytes(content)


def is_refused(store: EncryptedObjects, stored: Stored) -> None:
    """Reading fails before or at the changed place, and whatever was delivered until then is what was stored."""
    assert not intact(store, stored)
    delivered: list[bytes] = []
    with pytest.raises(ObjectMissingError):
        read_into(delivered, store, stored)
    assert LETTER.startswith(b"".join(delivered))


def read_into(delivered: list[bytes], store: EncryptedObjects, stored: Stored) -> None:
    with store.open(stored.sha256) as stream:
        while part := stream.read(1000):
            delivered.append(part)


def test_no_content_lies_on_the_disk(store: EncryptedObjects, tmp_path: Path) -> None:
    put(store, b"Quittenmarmelade" * 10_000)
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert files
    assert [file for file in files if b"Quittenmarmelade" in file.read_bytes()] == []


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 16 * PIECE, 16 * PIECE + 1, 32 * PIECE])
def test_every_size_comes_back_whole_and_takes_the_bytes_foretold(store: EncryptedObjects, size: int) -> None:
    stored = put(store, random.Random(size).randbytes(size))
    assert intact(store, stored)
    assert file_of(store, stored).stat().st_size == length(size)


def test_a_stream_that_gives_little_at_a_time_is_stored_whole(store: EncryptedObjects) -> None:
    class Dripping(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 70_001))

    stored = store.put(Dripping(LETTER * 8))
    assert stored.size == len(LETTER) * 8
    assert intact(store, stored)


@REUSED
@given(some.lists(some.tuples(some.integers(0, len(LETTER) + 9), some.integers(0, 2 * PIECE)), max_size=6))
def test_any_part_is_read_as_from_a_file(store: EncryptedObjects, parts: list[tuple[int, int]]) -> None:
    with store.open(put(store, LETTER).sha256) as stream:
        for start, size in parts:
            assert stream.seek(start) == start
            assert stream.read(size) == LETTER[start : start + size]


@REUSED
@given(some.integers(0, length(len(LETTER)) - 1), some.integers(1, 255))
def test_any_changed_byte_is_noticed(store: EncryptedObjects, place: int, change: int) -> None:
    stored = put(store, LETTER)
    content = bytearray(file_of(store, stored).read_bytes())
    content[place] ^= change
    overwrite(file_of(store, stored), bytes(content))
    is_refused(store, stored)


@REUSED
@given(some.integers(0, length(len(LETTER)) - 1))
def test_an_object_cut_off_anywhere_is_noticed_before_anything_is_read(store: EncryptedObjects, size: int) -> None:
    stored = put(store, LETTER)
    overwrite(file_of(store, stored), file_of(store, stored).read_bytes()[:size])
    with pytest.raises(ObjectMissingError):
        store.open(stored.sha256)


def test_an_object_that_grew_is_noticed_before_anything_is_read(store: EncryptedObjects) -> None:
    stored = put(store, LETTER)
    content = file_of(store, stored).read_bytes()
    for more in (b"x", bytes(16), content[HEADER : HEADER + CHUNK], content[HEADER:]):
        overwrite(file_of(store, stored), content + more)
        with pytest.raises(ObjectDamagedError):
            store.open(stored.sha256)


@pytest.mark.parametrize("order", [(1, 0, 2), (0, 2, 1), (2, 1, 0), (0, 0, 2), (1, 1, 2), (0, 1), (0, 1, 1)])
def test_chunks_out_of_order_are_noticed(store: EncryptedObjects, order: tuple[int, ...]) -> None:
    stored = put(store, LETTER)
    content = file_of(store, stored).read_bytes()
    chunks = [content[HEADER + number * CHUNK :][:CHUNK] for number in range(4)]
    overwrite(file_of(store, stored), content[:HEADER] + b"".join(chunks[number] for number in order) + chunks[3])
    is_refused(store, stored)


def test_the_bytes_of_another_object_are_noticed_whole_and_in_part(store: EncryptedObjects) -> None:
    stored, other = put(store, LETTER), put(store, OTHER)
    mine, theirs = file_of(store, stored).read_bytes(), file_of(store, other).read_bytes()
    for mixed in (
        theirs,
        mine[:HEADER] + theirs[HEADER:],
        theirs[:HEADER] + mine[HEADER:],
        mine[:-CHUNK] + theirs[-CHUNK:],
    ):
        overwrite(file_of(store, stored), mixed)
        is_refused(store, stored)


def test_an_open_file_in_the_place_of_an_object_is_refused_even_with_the_right_content(store: EncryptedObjects) -> None:
    stored = put(store, LETTER)
    overwrite(file_of(store, stored), LETTER)
    with pytest.raises(ObjectDamagedError):
        store.open(stored.sha256)


def test_keys_of_two_objects_cannot_be_exchanged(store: EncryptedObjects) -> None:
    stored, other = put(store, LETTER), put(store, OTHER)
    with store.keys.database.begin() as session:
        wrapped = {row.sha256: row.wrapped for row in session.execute(OBJECT_KEY.select())}
        for one, two in ((stored, other), (other, stored)):
            change = update(OBJECT_KEY).where(OBJECT_KEY.c.sha256 == one.sha256)
            session.execute(change.values(wrapped=wrapped[two.sha256]))
    for one in (stored, other):
        with pytest.raises(ObjectDamagedError):
            store.open(one.sha256)


def test_what_was_deleted_cannot_be_read_from_a_copy_of_the_objects(store: EncryptedObjects) -> None:
    stored = put(store, LETTER)
    backup = file_of(store, stored).read_bytes()
    store.delete(stored.sha256)
    file_of(store, stored).write_bytes(backup)
    assert not store.exists(stored.sha256)
    assert not intact(store, stored)
    with pytest.raises(ObjectMissingError):
        store.open(stored.sha256)


def test_what_was_deleted_and_stored_again_is_whole_and_the_older_copy_stays_useless(store: EncryptedObjects) -> None:
    stored = put(store, LETTER)
    backup = file_of(store, stored).read_bytes()
    store.delete(stored.sha256)
    put(store, LETTER)
    assert intact(store, stored)
    overwrite(file_of(store, stored), backup)
    with pytest.raises(ObjectDamagedError):
        store.open(stored.sha256)


def test_an_object_that_cannot_be_read_is_healed_by_the_next_put(store: EncryptedObjects) -> None:
    stored = put(store, LETTER)
    for broken in (b"", file_of(store, stored).read_bytes()[:-1], bytes(length(len(LETTER)))):
        overwrite(file_of(store, stored), broken)
        put(store, LETTER)
        assert intact(store, stored)


def test_an_object_is_lent_in_a_private_folder_that_is_gone_afterwards(store: EncryptedObjects, tmp_path: Path) -> None:
    stored = put(store, LETTER)
    with store.path(stored.sha256) as path:
        assert path.read_bytes() == LETTER
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert scratch.clear(tmp_path) == 0, "somebody works with it"
        assert path.exists()
    assert list((tmp_path / "work").iterdir()) == []


def test_what_a_killed_process_was_lent_is_gone_at_the_next_start(store: EncryptedObjects, tmp_path: Path) -> None:
    sha256 = put(store, LETTER).sha256

    def die() -> None:
        with store.path(sha256):
            os._exit(0)

    process = multiprocessing.get_context("fork").Process(target=die)
    process.start()
    process.join()
    assert len(list((tmp_path / "work").iterdir())) == 1
    assert scratch.clear(tmp_path) == 1
    assert list((tmp_path / "work").iterdir()) == []


# An installation whose objects lay open before.


def test_open_objects_are_read_until_they_are_encrypted_and_read_as_well_afterwards(half_way: EncryptedObjects) -> None:
    assert isinstance(half_way.shelf, LocalObjects)
    stored = half_way.shelf.put(io.BytesIO(LETTER))
    assert half_way.exists(stored.sha256)
    assert intact(half_way, stored)
    outcomes = [half_way.encrypt_in_place(stored.sha256, TODAY, nullcontext) for _ in range(2)]
    assert outcomes == [Outcome.ENCRYPTED, Outcome.ALREADY]
    assert intact(half_way, stored)
    assert file_of(half_way, stored).read_bytes() != LETTER
    assert half_way.keys.past([stored.sha256]).open_until == TODAY


def test_an_object_stored_again_stays_open_until_it_is_encrypted_so_that_the_day_is_known(
    half_way: EncryptedObjects,
) -> None:
    stored = half_way.shelf.put(io.BytesIO(LETTER))
    put(half_way, LETTER)
    assert half_way.lies_open(stored.sha256)


def test_an_open_object_that_looks_encrypted_is_read_by_what_it_is(half_way: EncryptedObjects) -> None:
    cipher = put(half_way, LETTER)
    looks = half_way.shelf.put(io.BytesIO(file_of(half_way, cipher).read_bytes()))
    assert intact(half_way, looks)
    assert half_way.encrypt_in_place(looks.sha256, TODAY, nullcontext) is Outcome.ENCRYPTED
    assert intact(half_way, looks)


def test_a_copy_of_a_destroyed_object_is_not_taken_for_an_open_one(half_way: EncryptedObjects) -> None:
    stored = put(half_way, LETTER)
    backup = file_of(half_way, stored).read_bytes()
    half_way.delete(stored.sha256)
    file_of(half_way, stored).write_bytes(backup)
    assert not half_way.exists(stored.sha256)
    assert half_way.encrypt_in_place(stored.sha256, TODAY, nullcontext) is Outcome.DAMAGED


def test_a_damaged_open_object_is_told_and_left_as_it_is(half_way: EncryptedObjects) -> None:
    stored = half_way.shelf.put(io.BytesIO(LETTER))
    overwrite(file_of(half_way, stored), OTHER)
    assert half_way.encrypt_in_place(stored.sha256, TODAY, nullcontext) is Outcome.DAMAGED
    assert file_of(half_way, stored).read_bytes() == OTHER


def test_what_is_destroyed_while_it_is_encrypted_does_not_come_back(half_way: EncryptedObjects) -> None:
    stored = half_way.shelf.put(io.BytesIO(LETTER))

    def destroyed_first(sha256: str) -> nullcontext[None]:
        half_way.delete(sha256)
        return nullcontext()

    assert half_way.encrypt_in_place(stored.sha256, TODAY, destroyed_first) is Outcome.GONE
    assert not half_way.exists(stored.sha256)
    assert not half_way.keys.knows(stored.sha256)


@pytest.mark.parametrize("last", ["draft", "key", "object"])
def test_killed_at_any_step_of_encrypting_an_object_stays_readable_and_is_finished_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    shelf = LocalObjects(tmp_path / "objects")
    stored = shelf.put(io.BytesIO(LETTER))

    def die_at_the_step() -> None:
        dying = encrypted(tmp_path, open_left=True)
        if last == "draft":
            monkeypatch.setattr(dying.keys, "keep", lambda *_, **__: os._exit(9))
        if last == "key":
            monkeypatch.setattr(Path, "rename", lambda *_: os._exit(9))
        if last == "object":
            monkeypatch.setattr(dying.shelf, "keep_newest", lambda *_: os._exit(9))
        dying.encrypt_in_place(stored.sha256, TODAY, nullcontext)

    process = multiprocessing.get_context("fork").Process(target=die_at_the_step)
    process.start()
    process.join()
    assert process.exitcode == 9
    keys = begun_keys(tmp_path, open_left=True)
    store = EncryptedObjects(shelf, keys, tmp_path)
    assert intact(store, stored)
    outcome = store.encrypt_in_place(stored.sha256, TODAY, nullcontext)
    assert outcome is (Outcome.ALREADY if last == "object" else Outcome.ENCRYPTED)
    assert intact(store, stored)
    assert shelf.sweep(BEGUN.replace(year=2100)) == (0 if last == "object" else 1)
    keys.close()
