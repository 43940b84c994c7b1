"""Attachments: items that came in another one are shown under it, filed with it, and can be taken out."""

from __future__ import annotations

import io
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions import attachments, documents, filing, inbox, intake, proposing
from eakte.actions.attachments import StoredPart
from eakte.actions.moving_documents import DocumentMove
from eakte.errors import AttachmentsUnderWay, NotFound
from eakte.records.states import DocumentState, ItemState
from eakte.store.arrivals import Attachment
from eakte.store.documents import Document, IncomingItem
from eakte.store.jobs import live_jobs
from tests.actions.test_moving import first_case, moved, told
from tests.town import Town

PARTS = ("plan.pdf", "foto.jpg")


def container(town: Town, *names: str, unit: str = "63.2") -> UUID:
    """Receive a file whose reading found parts; return its item. The parts still have to be read."""
    item_id = town.receive(unit=unit).item_id
    record(town, item_id, *(names or PARTS))
    with town.database.begin() as session:
        proposing.record_proposals(session, item_id, town.now)
    return item_id


def record(town: Town, item_id: UUID, *names: str) -> None:
    parts = [StoredPart(name, town.objects.put(io.BytesIO(f"{name} {item_id}".encode()))) for name in names]
    reading, stored = town.reading()
    with town.database.begin() as session:
        intake.begin_reading(session, item_id, town.now)
    with town.database.begin() as session:
        intake.record_reading(session, town.objects, item_id, reading, stored=stored, parts=parts, now=town.now)


def attached(town: Town, item_id: UUID) -> list[UUID]:
    with town.database.reading() as session:
        query = select(Attachment.item_id).where(Attachment.parent_id == item_id).order_by(Attachment.part)
        return list(session.scalars(query))


def read_all(town: Town, item_id: UUID) -> list[UUID]:
    parts = attached(town, item_id)
    for part in parts:
        town.read(part, text=f"Anlage {part}")
    return parts


def shown(town: Town, login: str = "brandt") -> list[UUID]:
    actor = town.actor(login)
    with town.database.reading() as session:
        page = inbox.listing(session, actor, band=None, after=None, limit=50, now=town.now)
        return [row.item_id for row in page.rows]


def state_of(town: Town, item_id: UUID) -> ItemState:
    with town.database.reading() as session:
        return session.get_one(IncomingItem, item_id).state


def test_parts_become_items_with_the_same_arrival_and_a_job_each(town: Town) -> None:
    item_id = container(town)
    with town.database.reading() as session:
        parent = session.get_one(IncomingItem, item_id)
        parts = [session.get_one(IncomingItem, part) for part in attached(town, item_id)]
        assert [part.filename for part in parts] == list(PARTS)
        for part in parts:
            for field in ("received_at", "received_by", "source", "access_key"):
                assert getattr(part, field) == getattr(parent, field)
    assert {str(part) for part in attached(town, item_id)} <= live_jobs(town.database, "intake")


def test_recording_a_container_twice_gives_its_parts_once(town: Town) -> None:
    item_id = container(town)
    record(town, item_id, *PARTS)
    assert len(attached(town, item_id)) == len(PARTS)


def test_what_lay_in_an_attachment_is_not_attached_a_second_time(town: Town) -> None:
    item_id = container(town, "plan.pdf")
    [part] = attached(town, item_id)
    record(town, part, "innen.xml")
    assert attached(town, item_id) == [part]
    assert attached(town, part) == []


def test_the_inbox_shows_a_letter_once_with_its_attachments_under_it(town: Town) -> None:
    item_id = container(town)
    parts = read_all(town, item_id)
    assert shown(town) == [item_id]
    with town.database.reading() as session:
        view = inbox.show(session, town.actor("brandt"), item_id, town.now)
    assert [(one.item_id, one.part) for one in view.attached] == list(zip(parts, (1, 2), strict=True))
    assert view.row.attachments == len(PARTS)


def test_one_filing_files_the_letter_with_its_attachments_in_one_case(town: Town) -> None:
    item_id = container(town)
    parts = read_all(town, item_id)
    case_file = town.case_file()
    filed = town.file(item_id, case_file.id)
    assert filed.attachments == len(PARTS)
    assert {state_of(town, each) for each in (item_id, *parts)} == {ItemState.FILED}
    with town.database.reading() as session:
        family = attachments.of_document(session, town.actor("brandt"), filed.document_id, town.now)
        assert [one.part for one in family.attached] == [1, 2]
        rows = session.scalars(select(Document).where(Document.state == DocumentState.REGISTERED)).all()
        assert sorted(row.position or 0 for row in rows) == [1, 2, 3]
        for one in family.attached:
            lead = attachments.of_document(session, town.actor("brandt"), one.document_id, town.now).lead
            assert lead is not None
            assert lead.document_id == filed.document_id


def test_attachments_are_seen_by_those_alone_who_see_their_letter(town: Town) -> None:
    item_id = container(town)
    parts = read_all(town, item_id)
    outsider = town.actor("kaya")
    with town.database.reading() as session:
        for part in parts:
            with pytest.raises(NotFound):
                inbox.show(session, outsider, part, town.now)
    town.file(item_id, town.case_file(restricted=True).id)
    with town.database.begin() as session:
        for document in session.scalars(select(Document)).all():
            with pytest.raises(NotFound):
                documents.original(session, outsider, document.id, town.now)
            assert documents.original(session, town.actor("brandt"), document.id, town.now).sha256


def test_undoing_the_filing_takes_the_attachments_back_too(town: Town) -> None:
    item_id = container(town)
    parts = read_all(town, item_id)
    filed = town.file(item_id, town.case_file().id)
    with town.database.begin() as session:
        filing.undo(session, town.actor("brandt"), filed.document_id, town.now)
    assert {state_of(town, each) for each in (item_id, *parts)} == {ItemState.WAITING}
    assert shown(town) == [item_id]


def test_a_letter_waits_until_its_attachments_are_read(town: Town) -> None:
    item_id = container(town)
    with pytest.raises(AttachmentsUnderWay):
        town.file(item_id, town.case_file().id)
    read_all(town, item_id)
    town.file(item_id, town.case_file().id)


def test_an_attachment_nobody_can_read_is_filed_as_its_original(town: Town) -> None:
    item_id = container(town, "zeichnung.dwg")
    [part] = attached(town, item_id)
    with town.database.begin() as session:
        intake.begin_reading(session, part, town.now)
        intake.record_fault(session, part, "unknown-type", town.now)
    filed = town.file(item_id, town.case_file().id)
    brandt = town.actor("brandt")
    with town.database.begin() as session:
        [one] = attachments.of_document(session, brandt, filed.document_id, town.now).attached
        assert (one.subject, one.document_type, one.pages) == ("zeichnung.dwg", "Anlage", 0)
        view = documents.show(session, brandt, one.document_id, town.now)
        assert "nur im Original" in view.warnings[0]
        taken = documents.original(session, brandt, one.document_id, town.now)
        with town.objects.open(taken.sha256) as kept:
            assert kept.read() == f"zeichnung.dwg {item_id}".encode()


def test_an_attachment_can_be_taken_out_and_filed_elsewhere(town: Town) -> None:
    item_id = container(town)
    first, second = read_all(town, item_id)
    with town.database.begin() as session:
        attachments.take_out(session, town.actor("brandt"), first, now=town.now)
    with town.database.begin() as session:
        proposing.record_proposals(session, first, town.now)
    assert set(shown(town)) == {item_id, first}
    here, there = town.case_file(), town.case_file()
    filed = town.file(item_id, here.id)
    town.file(first, there.id)
    with town.database.reading() as session:
        family = attachments.of_document(session, town.actor("brandt"), filed.document_id, town.now)
        [one] = family.attached
        assert session.get_one(Document, one.document_id).item_id == second


def test_dropping_a_letter_drops_its_attachments(town: Town) -> None:
    item_id = container(town)
    parts = read_all(town, item_id)
    with town.database.begin() as session:
        inbox.drop(session, town.actor("brandt"), item_id, reason="Werbung", revision=None, now=town.now)
    assert {state_of(town, each) for each in (item_id, *parts)} == {ItemState.DROPPED}
    assert shown(town) == []


def test_forwarding_a_letter_forwards_its_attachments(town: Town) -> None:
    item_id = container(town)
    parts = read_all(town, item_id)
    with town.database.begin() as session:
        inbox.reassign(session, town.actor("brandt"), item_id, unit_code="50.1", revision=None, now=town.now)
    assert shown(town) == []
    with town.database.reading() as session:
        for part in parts:
            assert inbox.show(session, town.actor("kaya"), part, town.now).row.unit_code == "50.1"


def test_a_faulty_item_can_be_given_to_another_unit(town: Town) -> None:
    item_id = town.receive().item_id
    with town.database.begin() as session:
        intake.begin_reading(session, item_id, town.now)
        intake.record_fault(session, item_id, "damaged-file", town.now)
    with town.database.begin() as session:
        inbox.reassign(session, town.actor("brandt"), item_id, unit_code="50.1", revision=None, now=town.now)
    with town.database.reading() as session:
        assert inbox.faults(session, town.actor("brandt"), limit=10, now=town.now) == ()
        [row] = inbox.faults(session, town.actor("kaya"), limit=10, now=town.now)
        assert (row.item_id, row.fault_code) == (item_id, "damaged-file")


def test_the_bytes_of_an_attachment_may_come_again_as_a_letter(town: Town) -> None:
    item_id = container(town, "plan.pdf")
    [part] = attached(town, item_id)
    again = town.receive(f"plan.pdf {item_id}".encode())
    assert again.outcome.value == "accepted"
    assert again.item_id != part


def filed_letter(town: Town) -> tuple[UUID, UUID]:
    """Return a filed letter and its one attachment, as documents."""
    item_id = container(town, "plan.pdf")
    read_all(town, item_id)
    filed = town.file(item_id, town.case_file().id)
    with town.database.reading() as session:
        [one] = attachments.of_document(session, town.actor("brandt"), filed.document_id, town.now).attached
    return filed.document_id, one.document_id


def place_of(town: Town, document_id: UUID) -> UUID | None:
    with town.database.reading() as session:
        return session.get_one(Document, document_id).case_id


def test_moving_a_letter_moves_its_attachments(town: Town) -> None:
    letter, plan = filed_letter(town)
    target = first_case(town, town.case_file().id)
    assert told(town, DocumentMove(letter, target)).documents == 2
    moved(town, DocumentMove(letter, target))
    assert place_of(town, letter) == place_of(town, plan) == target


def test_an_attachment_moved_alone_is_a_document_of_its_own(town: Town) -> None:
    letter, plan = filed_letter(town)
    moved(town, DocumentMove(plan, first_case(town, town.case_file().id)))
    with town.database.reading() as session:
        brandt = town.actor("brandt")
        assert attachments.of_document(session, brandt, letter, town.now).attached == ()
        assert attachments.of_document(session, brandt, plan, town.now).lead is None


@pytest.mark.parametrize("code", ["infected-file", "not-scanned"])
def test_an_infected_attachment_stays_a_fault_when_its_letter_is_filed(town: Town, code: str) -> None:
    item_id = container(town, "virus.doc")
    [part] = attached(town, item_id)
    with town.database.begin() as session:
        intake.begin_reading(session, part, town.now)
        intake.record_fault(session, part, code, town.now)
    assert town.file(item_id, town.case_file().id).attachments == 0
    assert state_of(town, part) is ItemState.FAULT
