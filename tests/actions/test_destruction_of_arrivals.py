"""What came in one mail goes when the last record that came from it is destroyed, and nothing of it earlier."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError

from eakte.actions import attachments, destruction, inbox, proposing, verification
from eakte.records.states import ItemState
from eakte.store.arrivals import Attachment
from eakte.store.disposal import Disposal
from eakte.store.documents import Document, IncomingItem, StoredObject
from eakte.store.history import HistoryEntry, HistoryValue
from ingest.errors import InfectedFile
from tests.actions.test_attachments import attached, container, read_all
from tests.actions.test_destruction import CLOSED, approve, destroy, propose
from tests.town import Town

THEN = datetime(2020, 5, 1, 9, 0, tzinfo=UTC)
TODAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def then(town: Town) -> None:
    town.now = THEN


def destroyed(town: Town, case_file_id: UUID) -> UUID:
    disposal_id = propose(town, case_file_id)
    approve(town, disposal_id)
    destroy(town, disposal_id)
    return disposal_id


def closed(town: Town, *items: UUID) -> UUID:
    """File items in a case file of their own whose period is over today."""
    case_file = town.case_file()
    for item_id in items:
        town.file(item_id, case_file.id)
    town.close(case_file.id, on=CLOSED)
    return case_file.id


def taken_out(town: Town, item_id: UUID) -> UUID:
    with town.database.begin() as session:
        attachments.take_out(session, town.actor("brandt"), item_id, now=town.now)
    with town.database.begin() as session:
        proposing.record_proposals(session, item_id, town.now)
    return item_id


def drop(town: Town, item_id: UUID) -> None:
    with town.database.begin() as session:
        inbox.drop(session, town.actor("brandt"), item_id, reason="Werbung", revision=None, now=town.now)


def infected(town: Town, item_id: UUID) -> None:
    with town.database.begin() as session:
        item = session.get_one(IncomingItem, item_id)
        item.state, item.fault_code = ItemState.FAULT, InfectedFile.code


def there(town: Town) -> set[UUID]:
    with town.database.reading() as session:
        return set(session.scalars(select(IncomingItem.id)))


def nothing_is_left(town: Town) -> bool:
    with town.database.reading() as session:
        tables = (IncomingItem, Attachment, Document, StoredObject)
        rows = [session.scalars(select(table)).first() for table in tables]
        told = session.scalars(
            select(HistoryValue.sequence)
            .join(HistoryEntry, HistoryEntry.sequence == HistoryValue.sequence)
            .where(HistoryEntry.about_kind.in_(("item", "document")))
        ).all()
        assert verification.verify(session).first_broken is None
        return not any(rows) and not told and not list(town.objects.each())


def test_what_stayed_a_fault_or_was_dropped_goes_with_the_mail_it_came_in(town: Town) -> None:
    mail = container(town, "plan.pdf", "virus.exe", "werbung.pdf")
    plan, virus, advert = attached(town, mail)
    town.read(plan, text="Plan")
    town.read(advert, text="Werbung")
    infected(town, virus)
    drop(town, taken_out(town, advert))
    file_id = closed(town, mail)
    town.now = TODAY
    assert there(town) == {mail, plan, virus, advert}
    disposal_id = destroyed(town, file_id)
    assert nothing_is_left(town)
    with town.database.reading() as session:
        manifest = session.get_one(Disposal, disposal_id).manifest or {}
        assert set(manifest["sources"]) == {str(virus), str(advert)}


def test_a_mail_that_is_no_record_goes_with_the_last_attachment_that_was_one(town: Town) -> None:
    mail = container(town)
    first, second = (taken_out(town, part) for part in read_all(town, mail))
    drop(town, mail)
    files = [closed(town, first), closed(town, second)]
    town.now = TODAY
    destroyed(town, files[0])
    assert there(town) == {mail, second}
    destroyed(town, files[1])
    assert nothing_is_left(town)


def test_an_attachment_that_is_a_record_elsewhere_stays_with_its_bytes(town: Town) -> None:
    mail = container(town)
    plan, photo = read_all(town, mail)
    kept = town.case_file()
    town.file(taken_out(town, photo), kept.id)
    file_id = closed(town, mail)
    town.now = TODAY
    destroyed(town, file_id)
    assert there(town) == {photo}
    with town.database.reading() as session:
        item = session.get_one(IncomingItem, photo)
        assert town.objects.exists(item.sha256)
    assert plan not in there(town)


def test_a_mail_stays_while_something_of_it_waits_for_a_decision(town: Town) -> None:
    mail = container(town)
    first, second = (taken_out(town, part) for part in read_all(town, mail))
    drop(town, mail)
    file_id = closed(town, first)
    town.now = TODAY
    destroyed(town, file_id)
    assert there(town) == {mail, second}


def test_what_somebody_takes_back_after_the_destruction_began_stays(town: Town) -> None:
    mail = container(town, "plan.pdf", "werbung.pdf")
    _, advert = read_all(town, mail)
    drop(town, taken_out(town, advert))
    file_id = closed(town, mail)
    town.now = TODAY
    disposal_id = propose(town, file_id)
    approve(town, disposal_id)
    with town.database.begin() as session:
        destruction.begin(session, disposal_id, town.now)
    with town.database.begin() as session:
        session.get_one(IncomingItem, advert).state = ItemState.WAITING
    destroy(town, disposal_id)
    assert there(town) == {advert}
    with town.database.reading() as session:
        assert town.objects.exists(session.get_one(IncomingItem, advert).sha256)


def test_the_database_refuses_to_lose_what_came_in_another_mail(town: Town) -> None:
    mail, other = container(town), container(town)
    read_all(town, mail)
    drop(town, taken_out(town, read_all(town, other)[0]))
    file_id = closed(town, mail)
    town.now = TODAY
    disposal_id = propose(town, file_id)
    approve(town, disposal_id)
    with town.database.begin() as session:
        destruction.begin(session, disposal_id, town.now)
    foreign = select(IncomingItem.id).where(IncomingItem.state == ItemState.DROPPED)
    with pytest.raises(DBAPIError, match="approved destruction"), town.database.begin() as session:
        session.execute(delete(Document).where(Document.item_id.in_(foreign)))
