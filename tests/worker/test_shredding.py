"""After a destruction nobody reads an earlier backup: real copies, made before, and real attempts to read them."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from eakte.actions import key_care
from eakte.services import Services
from eakte.store.disposal import DestructionCertificate
from eakte.store.documents import StoredObject
from eakte.store.master_keys import FolderKeys, MasterKeyMissing
from eakte.store.object_keys import ObjectKeys
from eakte.store.objects import LocalObjects, ObjectMissingError, Stored, intact
from eakte.store.objects_encrypted import EncryptedObjects, Outcome
from eakte.worker import disposal as job
from eakte.worker import keys as keeping
from tests.actions.test_destruction import approve, due_file, propose
from tests.encrypted import BEGUN, encrypted, opened_keys
from tests.ingest.test_signatures import in_a_thread
from tests.town import Town


@pytest.fixture
def shredding(town: Town, services: Services) -> Iterator[Services]:
    """A service with encrypted objects; the town stores with it."""
    objects = encrypted(town.folder)
    town.objects = objects  # type: ignore[assignment]  # any store will do
    settings = replace(services.settings, backup_days="Tagessicherung 30")
    yield replace(services, settings=settings, objects=objects, keys=objects.keys)
    objects.keys.close()


def destroyed(town: Town, services: Services, disposal_id: object) -> dict[str, object]:
    """Work the destruction off, and return what its certificate says of keys."""

    def work_off() -> None:
        for step in job.DESTRUCTION.steps:
            step(services, str(disposal_id))

    in_a_thread(work_off)
    with town.database.reading() as session:
        certificate = session.scalars(select(DestructionCertificate)).one()
        told: dict[str, object] = json.loads(certificate.document)["destruction"]["keys"]
        text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(certificate.pdf)).pages)
        assert "vernichtet; Sicherungen dieser Objekte sind damit unlesbar" in " ".join(text.split())
    return told


def stock(town: Town) -> list[Stored]:
    with town.database.reading() as session:
        return [Stored(row.sha256, row.sha512, row.size) for row in session.scalars(select(StoredObject))]


def readable(folder: Path, keys: ObjectKeys, kept: list[Stored]) -> list[bool]:
    attempt = EncryptedObjects(LocalObjects(folder / "objects"), keys, folder)
    return [intact(attempt, one) for one in kept]


def keep_keys(services: Services, days: int) -> None:
    """What the worker does so many days after the beginning."""
    moment = BEGUN + timedelta(days=days)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeping, "now", lambda: moment)
        keeping.care_for_keys(services, f"{moment:%Y-%m-%dT%H}")


def test_backups_of_a_destroyed_file_cannot_be_read_and_those_of_keys_not_for_long(
    town: Town, shredding: Services
) -> None:
    assert shredding.keys is not None
    disposal_id = propose(town, due_file(town))
    approve(town, disposal_id)
    kept = stock(town)
    shredding.keys.wipe()
    backup = town.folder / "backup"
    for folder in ("objects", "keys"):
        shutil.copytree(town.folder / folder, backup / folder)
    assert len(kept) > 2
    assert readable(backup, shredding.keys, kept) == [True] * len(kept), "the backup is a good one"
    told = destroyed(town, shredding, disposal_id)
    assert (told["destroyed"], told["shared"], told["unencrypted"], told["encrypted_on"]) == (len(kept), 0, 0, None)

    assert readable(backup, shredding.keys, kept) == [False] * len(kept)
    for one in kept:
        with pytest.raises(ObjectMissingError):
            EncryptedObjects(LocalObjects(backup / "objects"), shredding.keys, backup).open(one.sha256)

    other = town.objects.put(io.BytesIO(b"lives on"))
    last = date.fromisoformat(str(told["key_backups_until"]))
    for days in range(0, (last - BEGUN.date()).days + 1, 5):
        keep_keys(shredding, days)
    keep_keys(shredding, (last - BEGUN.date()).days)
    copies = ObjectKeys(opened_keys(backup).database, FolderKeys(town.folder / "masters"))
    with pytest.raises(MasterKeyMissing):
        readable(backup, copies, kept)
    copies.close()
    assert intact(town.objects, other)


def test_the_certificate_tells_until_when_objects_lay_open(town: Town, shredding: Services) -> None:
    objects = encrypted(town.folder / "older", open_left=True)
    services = replace(shredding, objects=objects, keys=objects.keys)
    town.objects = objects.shelf  # type: ignore[assignment]  # stored before encryption was set up
    disposal_id = propose(town, due_file(town))
    approve(town, disposal_id)
    kept, day = stock(town), date(2026, 11, 3)
    assert key_care.encrypt_stock(town.database, objects, day, lambda _: None) == {Outcome.ENCRYPTED: len(kept)}
    assert not objects.keys.open_left()
    told = destroyed(town, services, disposal_id)
    assert (told["destroyed"], told["encrypted_on"]) == (len(kept), day.isoformat())
    assert list(objects.each()) == []
    objects.keys.close()


def test_an_object_that_another_record_holds_too_keeps_its_key(town: Town, shredding: Services) -> None:
    file_id = due_file(town)
    with town.database.reading() as session:
        original = session.scalars(select(StoredObject.sha256)).first()
    assert original is not None
    with town.objects.open(original) as stream:
        town.receive(stream.read(), unit="50.1", login="kaya")
    disposal_id = propose(town, file_id)
    approve(town, disposal_id)
    count = len(stock(town))
    told = destroyed(town, shredding, disposal_id)
    assert (told["shared"], told["destroyed"]) == (1, count - 1)
    assert [one.sha256 for one in stock(town)] == [original]
    assert intact(town.objects, stock(town)[0])


def test_the_history_tells_of_each_master_key_once(town: Town, shredding: Services) -> None:
    assert shredding.keys is not None
    for days in (0, 1, 31, 32, 62, 95):
        keep_keys(shredding, days)
    with town.database.begin() as session:
        assert key_care.tell(session, shredding.keys, BEGUN) == 0
    states = [(bool(epoch.retired_at), bool(epoch.destroyed_at)) for epoch in shredding.keys.epochs()]
    assert states == [(True, True), (True, True), (True, False), (False, False)]
