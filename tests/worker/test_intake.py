"""The intake workflow with the real reader, on both databases."""

import io
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from eakte.demo.letters import Carrier, letters
from eakte.records.states import ItemState
from eakte.services import Services
from eakte.store.arrivals import Attachment
from eakte.store.documents import Document, IncomingItem, StoredObject
from eakte.store.objects import Stored, intact
from eakte.worker.intake import on_fault, propose, read
from eakte.worker.reading import OriginalMissing, work_folder
from ingest.errors import DamagedFile, EmptyFile
from tests.town import Town

LETTER = "Stadtwerke Musterstadt\n\nAntrag auf Baugenehmigung\n\nSehr geehrte Damen und Herren,\nanbei die Pläne.\n"


def item_of(town: Town, item_id: UUID) -> IncomingItem:
    with town.database.reading() as session:
        item = session.get_one(IncomingItem, item_id)
        assert item.document is None or item.document.versions[0].pages is not None
        return item


def received(town: Town, content: bytes = LETTER.encode()) -> UUID:
    return town.receive(content).item_id


def test_a_scan_becomes_a_waiting_document_with_text_words_images_and_pdf(
    town: Town, services: Services, tmp_path: Path
) -> None:
    letter = next(letter for letter in letters(7, 60) if letter.spec.carrier is Carrier.SCAN_JPEG)
    item_id = received(town, letter.render(tmp_path).read_bytes())
    read(services, str(item_id))
    propose(services, str(item_id))
    assert item_of(town, item_id).state is ItemState.WAITING
    with town.database.reading() as session:
        (version,) = session.scalars(select(Document)).one().versions
        (page,) = version.pages
        assert len(page.words) > 20
        for sha256 in (page.image, page.thumbnail, version.renditions[0].sha256, version.original):
            kept = session.get_one(StoredObject, sha256)
            assert intact(services.objects, Stored(kept.sha256, kept.sha512, kept.size))
    assert list((services.settings.data_folder / "work").iterdir()) == []


def test_every_step_twice_is_as_good_as_once(town: Town, services: Services) -> None:
    item_id = received(town)
    read(services, str(item_id))
    read(services, str(item_id))
    propose(services, str(item_id))
    propose(services, str(item_id))
    read(services, str(item_id))
    assert item_of(town, item_id).state is ItemState.WAITING
    with town.database.reading() as session:
        assert len(session.scalars(select(Document)).all()) == 1


def test_an_item_that_is_gone_needs_nothing(services: Services) -> None:
    for step in (read, propose):
        step(services, str(uuid4()))


@pytest.mark.parametrize(("content", "error"), [(b"", EmptyFile), (b"%PDF-1.7\nbroken", DamagedFile)])
def test_a_file_that_cannot_be_read_says_why(
    town: Town, services: Services, content: bytes, error: type[Exception]
) -> None:
    stored = services.objects.put(io.BytesIO(content))
    item_id = received(town, content) if content else _empty(town, stored)
    with pytest.raises(error):
        read(services, str(item_id))


def _empty(town: Town, stored: Stored) -> UUID:
    from eakte.actions import intake as actions  # noqa: PLC0415 - only here

    upload = actions.Upload(stored, "leer.pdf", actions.Source.UPLOAD, "63.2", str(uuid4()))
    actor = town.actor("brandt")
    with town.database.begin() as session:
        return actions.receive(session, town.objects, actor, upload, town.now).item_id


def test_a_fault_is_visible_and_the_original_kept(town: Town, services: Services) -> None:
    item_id = received(town)
    on_fault(services, "damaged-file", str(item_id))
    item = item_of(town, item_id)
    assert (item.state, item.fault_code) == (ItemState.FAULT, "damaged-file")
    assert services.objects.exists(item.sha256)


def test_a_letter_that_was_read_waits_even_where_proposing_fails(town: Town, services: Services) -> None:
    item_id = received(town)
    read(services, str(item_id))
    on_fault(services, "unexpected", str(item_id))
    on_fault(services, "unexpected", str(item_id))
    item = item_of(town, item_id)
    assert (item.state, item.fault_code) == (ItemState.WAITING, None)


def test_a_lost_original_is_told_by_its_own_code(town: Town, services: Services) -> None:
    item_id = received(town)
    services.objects.delete(item_of(town, item_id).sha256)
    with pytest.raises(OriginalMissing):
        read(services, str(item_id))


def test_work_folders_of_two_workers_never_meet(services: Services) -> None:
    with work_folder(services) as one, work_folder(services) as other:
        assert one != other
        assert one.stat().st_mode & 0o077 == 0


def mail(*files: tuple[str, bytes]) -> bytes:
    """A mail with a letter and files."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a.hollmann@example.org", "bau@example.org", "Antrag"
    message["Message-ID"] = make_msgid(domain="example.org")
    message.set_content(LETTER)
    for name, content in files:
        message.add_attachment(content, maintype="text", subtype="plain", filename=name)
    return message.as_bytes()


def attached(town: Town, item_id: UUID) -> list[UUID]:
    with town.database.reading() as session:
        query = select(Attachment.item_id).where(Attachment.parent_id == item_id).order_by(Attachment.part)
        return list(session.scalars(query))


def test_a_mail_becomes_a_letter_with_attachments_that_are_read_by_themselves(town: Town, services: Services) -> None:
    item_id = received(town, mail(("plan.txt", b"Lageplan der Garage"), ("defekt.pdf", b"%PDF-1.7\nbroken")))
    for _ in range(2):
        read(services, str(item_id))
        propose(services, str(item_id))
    plan, broken = attached(town, item_id)
    read(services, str(plan))
    propose(services, str(plan))
    with pytest.raises(DamagedFile):
        read(services, str(broken))
    assert item_of(town, item_id).state is item_of(town, plan).state is ItemState.WAITING
    with services.objects.open(item_of(town, plan).sha256) as kept:
        assert kept.read().strip() == b"Lageplan der Garage"
