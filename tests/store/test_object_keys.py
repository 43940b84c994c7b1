"""The key store: master keys come and go, living objects stay readable, and what was destroyed stays destroyed."""

import io
import multiprocessing
import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from eakte.actions import key_care
from eakte.store.master_keys import FolderKeys, KeysUnusable, MasterKeyMissing, MasterKeyWrong
from eakte.store.object_keys import EPOCH, OBJECT_KEY, ObjectKeys
from eakte.store.objects import LocalObjects, Stored, intact
from eakte.store.objects_encrypted import EncryptedObjects
from tests.encrypted import BEGUN, begun_keys, opened_keys
from tests.postgres import Cluster

LATER = BEGUN + timedelta(days=30)
MUCH_LATER = LATER + timedelta(days=31)


@pytest.fixture(params=["sqlite", "postgresql"])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ObjectKeys]:
    cluster: Cluster | None = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    url = str(cluster.create()) if cluster else ""
    made = begun_keys(tmp_path, url)
    yield made
    made.close()
    if cluster:
        cluster.drop(url)


def filled(keys: ObjectKeys, folder: Path, count: int = 7) -> tuple[EncryptedObjects, list[Stored]]:
    store = EncryptedObjects(LocalObjects(folder / "objects"), keys, folder)
    return store, [store.put(io.BytesIO(f"Brief {number}".encode())) for number in range(count)]


def masters(folder: Path) -> set[str]:
    return {file.stem for file in (folder / "masters").iterdir()}


def test_setting_up_twice_is_once(keys: ObjectKeys, tmp_path: Path) -> None:
    before = (keys.id(), masters(tmp_path))
    assert keys.begin(LATER, open_left=True) == before[0]
    assert (keys.id(), masters(tmp_path)) == before
    assert not keys.open_left()


def test_a_new_master_key_closes_everything_and_the_former_goes_when_its_time_is_over(
    keys: ObjectKeys, tmp_path: Path
) -> None:
    store, stock = filled(keys, tmp_path)
    (first,) = masters(tmp_path)
    assert key_care.rotate(keys, LATER) == len(stock)
    assert [epoch.keys for epoch in keys.epochs()] == [0, len(stock)]
    assert keys.expire(LATER - timedelta(days=1), LATER) == []
    assert first in masters(tmp_path)
    assert keys.expire(LATER, MUCH_LATER) == [first]
    assert first not in masters(tmp_path)
    assert all(intact(store, one) for one in stock)
    keys.check()


def test_a_master_key_that_still_closes_something_is_not_destroyed(keys: ObjectKeys, tmp_path: Path) -> None:
    store, stock = filled(keys, tmp_path)
    keys.rotate(LATER)
    assert keys.expire(MUCH_LATER, MUCH_LATER) == []
    assert all(intact(store, one) for one in stock)


def test_objects_stored_during_a_rotation_are_closed_by_the_new_master_key(keys: ObjectKeys, tmp_path: Path) -> None:
    store, _ = filled(keys, tmp_path)
    name = keys.rotate(LATER)
    stored = store.put(io.BytesIO(b"dazwischen"))
    with keys.database.reading() as session:
        closed_by = session.scalar(select(OBJECT_KEY.c.closed_by).where(OBJECT_KEY.c.sha256 == stored.sha256))
    assert closed_by == name


STEPS = (
    ("make", "before"), ("make", "after"), ("wrap", "before"), ("wrap", "after"),
    ("rename", "before"), ("rename", "after"),
    ("rewrap", "before"), ("rewrap", "after"), ("expire", "before"), ("destroy", "before"), ("destroy", "after"),
    ("unlink", "before"),
)  # fmt: skip
"""Where the process is killed: in the keeper of master keys, in the key store, and inside of destroying the file."""


@pytest.mark.parametrize(("name", "moment"), STEPS)
def test_killed_at_any_step_of_a_rotation_every_object_is_readable_and_the_rotation_ends(
    keys: ObjectKeys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, moment: str
) -> None:
    _, stock = filled(keys, tmp_path)
    (first,) = masters(tmp_path)
    url = keys.database.url.render_as_string(hide_password=False)
    keys.close()

    def rotate_until_killed() -> None:
        monkeypatch.setattr("eakte.store.object_keys.BATCH", 3)
        dying = opened_keys(tmp_path, url)
        owner: Any = {"rewrap": dying, "expire": dying, "unlink": Path, "rename": Path}.get(name, dying._masters)
        _die_at(monkeypatch, owner, name, moment)
        key_care.rotate(dying, LATER)
        dying.expire(LATER, MUCH_LATER)

    process = multiprocessing.get_context("fork").Process(target=rotate_until_killed)
    process.start()
    process.join()
    assert process.exitcode == 9
    after = opened_keys(tmp_path, url)
    after.check()
    store = EncryptedObjects(LocalObjects(tmp_path / "objects"), after, tmp_path)
    assert all(intact(store, one) for one in stock)
    if len(after.epochs()) == 1:  # killed before the new master key was used: the next call goes on with it
        after.rotate(LATER)
    key_care.finish_rotation(after)
    after.expire(LATER, MUCH_LATER)
    assert all(intact(store, one) for one in stock)
    assert first not in masters(tmp_path)
    assert masters(tmp_path) == {epoch.name for epoch in after.epochs() if not epoch.destroyed_at}
    assert len(masters(tmp_path)) == 1
    after.close()


def _die_at(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, moment: str) -> None:
    original = getattr(owner, name)

    def dying(*arguments: Any, **more: Any) -> Any:
        if moment == "after":
            original(*arguments, **more)
        os._exit(9)

    monkeypatch.setattr(owner, name, dying)


def test_an_older_copy_of_the_key_store_opens_a_destroyed_object_until_its_master_key_is_gone(tmp_path: Path) -> None:
    keys = begun_keys(tmp_path)
    store, stock = filled(keys, tmp_path)
    keys.wipe()
    backup = tmp_path / "backup"
    for folder in ("objects", "keys"):
        shutil.copytree(tmp_path / folder, backup / folder)
    store.delete(stock[0].sha256)

    def try_the_backup() -> list[bool]:
        with_copies = ObjectKeys(opened_keys(backup).database, FolderKeys(tmp_path / "masters"))
        attempt = EncryptedObjects(LocalObjects(backup / "objects"), with_copies, backup)
        try:
            return [intact(attempt, one) for one in stock]
        finally:
            with_copies.close()

    assert try_the_backup() == [True] * 7, "as the operations manual says: until the key store's backups are over"
    with_live_keys = EncryptedObjects(LocalObjects(backup / "objects"), keys, backup)
    assert [intact(with_live_keys, one) for one in stock] == [False] + [True] * 6
    key_care.rotate(keys, LATER)
    keys.expire(LATER, MUCH_LATER)
    with pytest.raises(MasterKeyMissing):
        try_the_backup()
    assert [intact(store, one) for one in stock] == [False] + [True] * 6
    keys.close()


def test_nothing_of_a_destroyed_key_is_left_in_the_files_of_the_key_store(tmp_path: Path) -> None:
    keys = begun_keys(tmp_path)
    store, stock = filled(keys, tmp_path)
    with keys.database.reading() as session:
        wrapped = session.scalar(select(OBJECT_KEY.c.wrapped).where(OBJECT_KEY.c.sha256 == stock[0].sha256))

    def is_on_the_disk() -> bool:
        return any(wrapped in file.read_bytes() for file in (tmp_path / "keys").iterdir())

    assert is_on_the_disk()
    store.delete(stock[0].sha256)
    assert not is_on_the_disk()
    keys.close()


def told_by(keys: ObjectKeys, folder: Path) -> type[KeysUnusable]:
    with pytest.raises(KeysUnusable) as refused:
        ObjectKeys(keys.database, FolderKeys(folder / "masters")).check()
    return refused.type


def test_a_missing_or_foreign_master_key_is_told_at_once(keys: ObjectKeys, tmp_path: Path) -> None:
    filled(keys, tmp_path)
    (name,) = masters(tmp_path)
    file = tmp_path / "masters" / f"{name}.key"
    own = file.read_bytes()
    file.unlink()
    assert told_by(keys, tmp_path) is MasterKeyMissing
    file.touch(0o600)
    for foreign in (b"A" * 43 + b"=\n", b"kurz", b""):
        file.write_bytes(foreign)
        assert told_by(keys, tmp_path) is MasterKeyWrong
    file.write_bytes(own)
    ObjectKeys(keys.database, FolderKeys(tmp_path / "masters")).check()


def test_a_master_key_others_can_read_is_refused(keys: ObjectKeys, tmp_path: Path) -> None:
    (name,) = masters(tmp_path)
    (tmp_path / "masters" / f"{name}.key").chmod(0o640)
    with pytest.raises(KeysUnusable) as refused:
        ObjectKeys(keys.database, FolderKeys(tmp_path / "masters")).check()
    assert "chmod 600" in refused.value.detail["problem"]


def test_keys_without_an_object_are_destroyed_after_a_day(keys: ObjectKeys, tmp_path: Path) -> None:
    store, stock = filled(keys, tmp_path)
    store.shelf.delete(stock[0].sha256)  # as an older backup of the key store brings a destroyed key back
    with keys.database.reading() as session:
        made = session.scalar(select(func.max(OBJECT_KEY.c.made_at)))
    assert made is not None
    assert key_care.tidy(store, made) == 0
    assert key_care.tidy(store, made + timedelta(days=2)) == 1
    assert [keys.knows(one.sha256) for one in stock] == [False] + [True] * 6


def test_the_day_is_told_from_which_older_copies_open_nothing(keys: ObjectKeys) -> None:
    begun = BEGUN.date()
    told = key_care.useless_from(keys, begun + timedelta(days=10), rotation_days=30, backup_days=14)
    assert told == begun + timedelta(days=30 + 14 + 2)
    assert key_care.useless_from(keys, begun, rotation_days=0, backup_days=14) is None
    late = begun + timedelta(days=99)
    assert key_care.useless_from(keys, late, rotation_days=30, backup_days=14) == late + timedelta(days=16)


def test_two_orders_of_a_rotation_are_one_master_key(keys: ObjectKeys) -> None:
    assert keys._order(LATER) == keys._order(LATER)
    with keys.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(EPOCH)) == 2
