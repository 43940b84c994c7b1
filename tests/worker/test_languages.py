"""Languages named for a batch or a migration reach the real text recognition, on both databases."""

from __future__ import annotations

import io
from dataclasses import replace
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import select

from eakte.actions import migrating, scanning
from eakte.actions.history_words import Change
from eakte.actions.migrating import Columns
from eakte.actions.scanning import Decision, NewBatch
from eakte.errors import InvalidInput
from eakte.records.migration import RunState
from eakte.services import Services
from eakte.store.documents import Document, IncomingItem, PageRow
from eakte.store.history import HistoryEntry, HistoryValue
from eakte.store.migration import MigrationRun
from eakte.worker import intake
from eakte.worker import scanning as desk
from ingest.languages import fraktur, installed
from tests.shelf import LOGIN, shelf_of
from tests.town import Town
from tests.worker.test_rereading import letter

FRAKTUR = fraktur()


def told(town: Town, action: str) -> list[str]:
    """Return in words what entries with this action say of the languages."""
    with town.database.reading() as session:
        query = select(HistoryValue).join(HistoryEntry, HistoryEntry.sequence == HistoryValue.sequence)
        wanted = query.where(HistoryEntry.action == action, HistoryValue.field == "languages")
        return [Change(row.field, row.old, row.new).text for row in session.scalars(wanted)]


def scan() -> bytes:
    file = io.BytesIO()
    Image.open(io.BytesIO(letter())).save(file, "PDF", resolution=150)
    return file.getvalue()


def batch_read_with(town: Town, services: Services, *languages: str) -> list[PageRow]:
    """Let one letter go through the scanning desk and the readers; return the pages of what became of it."""
    actor, now = town.actor("brandt"), town.now
    new = NewBatch("63.2", "Scanner 1", 1, languages=languages or None)
    with town.database.begin() as session:
        batch_id = scanning.open_batch(session, actor, new, installed=installed(), now=now).id
        stored = town.objects.put(io.BytesIO(scan()))
        scanning.add_scan(session, town.objects, actor, batch_id, stored, "stapel.pdf", now)
        scanning.finish(session, actor, batch_id, now)
    desk.look(services, str(batch_id))
    desk.check(services, str(batch_id))
    with town.database.begin() as session:
        scanning.decide(session, actor, batch_id, Decision.ACCEPT, reason="ohne Trennblatt", now=now)
    desk.cut(services, str(batch_id))
    with town.database.reading() as session:
        item_id = session.scalars(select(IncomingItem.id).where(IncomingItem.batch_id == batch_id)).one()
    intake.read(services, str(item_id))
    return pages_of(town, item_id)


def pages_of(town: Town, item_id: UUID) -> list[PageRow]:
    with town.database.reading() as session:
        document = session.scalars(select(Document).where(Document.item_id == item_id)).one()
        return list(document.versions[-1].pages)


@pytest.mark.skipif(not FRAKTUR, reason="the model of Fraktur is not installed")
def test_every_document_of_a_batch_is_read_with_the_languages_of_the_batch(town: Town, services: Services) -> None:
    assert [page.languages for page in batch_read_with(town, services, FRAKTUR, "deu")] == [f"deu+{FRAKTUR}"]


def test_a_batch_without_languages_is_read_as_the_installation_is_set(town: Town, services: Services) -> None:
    assert [page.languages for page in batch_read_with(town, services)] == [services.settings.ocr_languages]


def test_the_languages_of_a_batch_stand_in_the_history(town: Town, services: Services) -> None:
    batch_read_with(town, services, "eng")
    assert told(town, "batch.opened") == ["Sprachen der Texterkennung: – → Englisch"]


def test_a_batch_with_a_language_that_is_not_installed_is_refused(town: Town) -> None:
    new = NewBatch("63.2", "Scanner 1", 1, languages=("tlh",))
    with town.database.begin() as session, pytest.raises(InvalidInput):
        scanning.open_batch(session, town.actor("brandt"), new, installed=installed(), now=town.now)


def test_every_scan_of_a_migration_is_read_with_the_languages_of_the_run(town: Town, services: Services) -> None:
    shelf = shelf_of(town, services)
    (binder,) = shelf.fill(1)
    (shelf.folder / "brief.png").write_bytes(letter())
    run_id = shelf.run([replace(binder, path="brief.png", pages=1)], languages=("eng",))
    shelf.start(run_id)
    assert shelf.work_off(run_id) is RunState.DONE
    with town.database.reading() as session:
        (item_id,) = session.scalars(select(IncomingItem.id))
    (page,) = pages_of(town, item_id)
    assert page.languages == "eng"
    assert told(town, "migration.created") == ["Sprachen der Texterkennung: – → Englisch"]


def test_the_languages_of_a_run_can_be_changed_before_it_starts(town: Town, services: Services) -> None:
    shelf = shelf_of(town, services)
    run_id = shelf.run(shelf.fill(1))
    for columns in (Columns({"path": 0, "title": 3}, languages=("eng",)), Columns({"path": 0, "title": 3})):
        with town.database.begin() as session:
            migrating.map_columns(session, town.actor(LOGIN), run_id, columns, installed=installed(), now=town.now)
    with town.database.reading() as session:
        assert session.get_one(MigrationRun, run_id).languages == "eng"
    assert told(town, "migration.mapped") == ["Sprachen der Texterkennung: – → Englisch"]
