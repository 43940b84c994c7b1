"""Reading further versions with the real reader, on both databases."""

import io
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from eakte.actions import versions
from eakte.actions.versions import LifeView, NewVersion
from eakte.records.states import VersionUploadState
from eakte.services import Services
from eakte.store.document_life import VersionUpload
from eakte.store.jobs import live_jobs
from eakte.worker import indexing, upkeep
from eakte.worker.clock import now
from eakte.worker.versions import VERSION_READING, on_fault, read_version
from ingest.errors import DamagedFile
from search.model import MaySee, Query
from tests.town import Town
from tests.worker.test_records import forget_jobs_of

TEXT = "Stadtwerke Musterstadt\n\nNachtrag zum Antrag\n\nDie Tiefgarage entfällt.\n"


def uploaded(town: Town, document_id: UUID, content: bytes) -> UUID:
    stored = town.objects.put(io.BytesIO(content))
    actor = town.actor("brandt")
    with town.database.begin() as session:
        new = NewVersion(stored, "nachtrag.txt", "ohne Tiefgarage")
        return versions.receive(session, town.objects, actor, document_id, new, town.now).id


def life(town: Town, document_id: UUID) -> LifeView:
    actor = town.actor("brandt")
    with town.database.reading() as session:
        return versions.life(session, actor, document_id, town.now)


def test_an_uploaded_version_is_read_once_and_found_by_its_new_words(town: Town, services: Services) -> None:
    _, filed = town.filed()
    upload_id = uploaded(town, filed.document_id, TEXT.encode())
    assert str(upload_id) in live_jobs(town.database, VERSION_READING.name)
    for _ in range(2):
        read_version(services, str(upload_id))
    found = life(town, filed.document_id)
    assert [version.number for version in found.versions] == [2, 1]
    assert (found.versions[0].filename, found.versions[0].remark) == ("nachtrag.txt", "ohne Tiefgarage")
    assert found.uploads == ()
    indexing.put(services, str(filed.document_id))
    keys = town.actor("brandt").keys
    assert [hit.document_id for hit in services.index.find(Query("Tiefgarage"), MaySee(keys)).hits] == [
        str(filed.document_id)
    ]


def test_a_version_that_cannot_be_read_waits_at_its_document_with_the_reason(town: Town, services: Services) -> None:
    _, filed = town.filed()
    upload_id = uploaded(town, filed.document_id, b"%PDF-1.7\nbroken")
    with pytest.raises(DamagedFile):
        read_version(services, str(upload_id))
    on_fault(services, "damaged", str(upload_id))
    [waiting] = life(town, filed.document_id).uploads
    assert (waiting.state, waiting.fault_code) == (VersionUploadState.FAULT, "damaged")
    assert [version.number for version in life(town, filed.document_id).versions] == [1]


def test_a_version_whose_job_is_gone_gets_one_again(town: Town, services: Services) -> None:
    _, filed = town.filed()
    upload_id = uploaded(town, filed.document_id, TEXT.encode())
    forget_jobs_of(town, VERSION_READING.name)
    with town.database.begin() as session:
        session.execute(update(VersionUpload).values(uploaded_at=now() - upkeep.SETTLED * 2))
    upkeep.revive_items(services, "2026-11-20T09")
    assert str(upload_id) in live_jobs(town.database, VERSION_READING.name)


def test_a_version_that_is_gone_needs_nothing(services: Services) -> None:
    read_version(services, str(uuid4()))
