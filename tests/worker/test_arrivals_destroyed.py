"""From a real mailbox and a portal's folder, through the real reader, to the certificate: nothing stays behind."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from imap_tools import MailBoxUnencrypted
from sqlalchemy import select

from eakte.actions import verification
from eakte.records.states import ItemState
from eakte.services import Services
from eakte.store.arrivals import Arrival, Attachment
from eakte.store.disposal import DestructionCertificate
from eakte.store.documents import Document, IncomingItem, PageRow, RenditionRow, StoredObject
from eakte.store.history import HistoryEntry, HistoryValue
from eakte.worker import disposal as job
from eakte.worker.intake import on_fault, propose, read
from eakte.worker.mail import MailSource
from eakte.worker.portal import PortalSource
from eakte.worker.sources import Mailbox, PortalFolder
from tests.actions.test_destruction import CLOSED, approve
from tests.actions.test_destruction import propose as propose_destruction
from tests.mail.server import PASSWORD, Server
from tests.town import Town
from tests.worker.test_mail import letter
from tests.worker.test_portal import put

THEN = datetime(2020, 5, 1, 9, 0, tzinfo=UTC)
TODAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def read_everything(town: Town, services: Services) -> None:
    """Do what the readers do until nothing waits for them."""
    while waiting := _unread(town):
        for item_id in waiting:
            try:
                read(services, item_id)
                propose(services, item_id)
            except Exception as fault:  # noqa: BLE001 - as the worker, which knows the errors of all libraries
                on_fault(services, getattr(fault, "code", "unexpected"), item_id)


def _unread(town: Town) -> list[str]:
    with town.database.reading() as session:
        query = select(IncomingItem.id).where(IncomingItem.state.in_((ItemState.RECEIVED, ItemState.READING)))
        return [str(item_id) for item_id in session.scalars(query)]


def lead(town: Town, prefix: str) -> UUID:
    with town.database.reading() as session:
        return session.scalars(select(IncomingItem.id).where(IncomingItem.upload_id.startswith(prefix))).one()


def filed_and_destroyed(town: Town, services: Services, item_id: UUID) -> None:
    town.now = THEN
    case_file = town.case_file()
    town.file(item_id, case_file.id)
    town.close(case_file.id, on=CLOSED)
    town.now = TODAY
    disposal_id = propose_destruction(town, case_file.id)
    approve(town, disposal_id)
    for step in (job.begin, job.forget_entries, job.delete_rows, job.delete_objects, job.finish):
        step(services, str(disposal_id))
    with town.database.reading() as session:
        assert session.get(DestructionCertificate, disposal_id) is not None


def nothing_is_left(town: Town) -> bool:
    tables = (IncomingItem, Arrival, Attachment, Document, PageRow, RenditionRow, StoredObject)
    with town.database.reading() as session:
        rows = [session.scalars(select(table)).first() for table in tables]
        told = session.scalars(
            select(HistoryEntry.action)
            .join(HistoryValue, HistoryValue.sequence == HistoryEntry.sequence)
            .where(HistoryEntry.about_kind.in_(("item", "document")))
        ).all()
        assert verification.verify(session).first_broken is None
    return not any(rows) and not told and not list(town.objects.each())


def test_of_a_mail_nothing_stays_with_us_once_its_document_is_destroyed(
    town: Town, services: Services, mail_server: Server
) -> None:
    mailbox = Mailbox(
        name="Bauamt", host="127.0.0.1", port=mail_server.tls_port, user=mail_server.user,
        password_file=str(mail_server.folder / "password"), ca_file=str(mail_server.folder / "certificate.pem"),
        unit="63.2",
    )  # fmt: skip
    with MailBoxUnencrypted("127.0.0.1", mail_server.port).login(mail_server.user, PASSWORD) as server:
        server.delete(server.uids())
        server.append(letter(7))
    assert MailSource(services, mailbox, clock=lambda: THEN).look() == 1
    read_everything(town, services)
    with town.database.reading() as session:
        assert session.scalars(select(Arrival)).one().envelope["message_id"] == "<7@example.org>"
        assert len(session.scalars(select(Attachment)).all()) == 1
    filed_and_destroyed(town, services, lead(town, "mail:"))
    assert nothing_is_left(town)


def test_of_a_submission_nothing_stays_with_us_once_its_document_is_destroyed(
    town: Town, services: Services, tmp_path: Path
) -> None:
    folder = tmp_path / "portal"
    folder.mkdir()
    put(folder)
    assert PortalSource(services, PortalFolder(str(folder), "63.2"), clock=lambda: THEN).look() == 1
    read_everything(town, services)
    with town.database.reading() as session:
        assert len(session.scalars(select(Attachment)).all()) == 3
    filed_and_destroyed(town, services, lead(town, "portal:"))
    assert nothing_is_left(town)
