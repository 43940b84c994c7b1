"""Blank pages: left out of what is shown, brought back by whoever may, counted always."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import func, select

from eakte.actions import blank_pages, document_life, documents, intake, proposing, scan_view, transfer_notes
from eakte.actions.blank_pages import BlankView
from eakte.errors import NotAllowed, NotFound
from eakte.records.scanning import BatchState
from eakte.store.blank_pages import ShownBlanks
from eakte.store.documents import Document
from eakte.store.history import HistoryEntry
from eakte.store.scanning import ScanBatch
from tests.actions.test_destruction import approve, destroy, due_file, propose
from tests.actions.test_rereading import document_of
from tests.actions.test_scanning import INSPECTOR, OPERATOR, Desk
from tests.town import Town


def read(town: Town, item_id: UUID, letters: str) -> UUID:
    """Do what the readers do with an item whose pages are p or, blank, b; return its document."""
    reading, stored = town.reading()
    first = reading.pages[0]
    blank = replace(first, text="", words=(), confidence=None, is_blank=True)
    pages = [replace(blank if letter == "b" else first, number=number) for number, letter in enumerate(letters, 1)]
    with town.database.begin() as session:
        intake.begin_reading(session, item_id, town.now)
        intake.record_reading(
            session, town.objects, item_id, replace(reading, pages=tuple(pages)), stored=stored, now=town.now
        )
        proposing.record_proposals(session, item_id, town.now)
    return document_of(town, item_id)


def waiting(town: Town, letters: str) -> UUID:
    return read(town, town.receive().item_id, letters)


def blanks(town: Town, document_id: UUID, login: str = "brandt") -> BlankView:
    actor = town.actor(login)
    with town.database.reading() as session:
        return blank_pages.of_document(session, actor, document_id, town.now)


def show(town: Town, document_id: UUID, *, shown: bool = True, login: str = "brandt") -> None:
    actor = town.actor(login)
    with town.database.begin() as session:
        blank_pages.show(session, actor, document_id, shown=shown, now=town.now)


def told(town: Town) -> int:
    with town.database.reading() as session:
        query = select(func.count()).where(HistoryEntry.action == "document.blanks_decided")
        return session.scalar(query) or 0


def test_blank_backs_are_left_out_until_somebody_wants_them(town: Town) -> None:
    document_id = waiting(town, "pbpb")
    assert blanks(town, document_id).left_out == (2, 4)
    show(town, document_id)
    seen = blanks(town, document_id)
    assert (seen.numbers, seen.left_out, seen.shown_by) == ((2, 4), (), "Brandt, K.")
    show(town, document_id, shown=False)
    assert blanks(town, document_id) == BlankView((2, 4))


def test_deciding_twice_is_once_and_every_decision_is_told(town: Town) -> None:
    document_id = waiting(town, "pb")
    for shown in (False, True, True, False, False):
        show(town, document_id, shown=shown)
    assert told(town) == 2


def test_every_count_and_every_page_stays(town: Town) -> None:
    document_id = waiting(town, "pbp")
    actor = town.actor("brandt")
    with town.database.reading() as session:
        assert documents.show(session, actor, document_id, town.now).pages == 3
        assert [page.number for page in documents.outline(session, actor, document_id, town.now)] == [1, 2, 3]
        assert documents.page(session, actor, document_id, 2, town.now).text == ""


def test_blank_pages_of_what_is_signed_off_can_be_shown(town: Town) -> None:
    document_id = waiting(town, "pb")
    with town.database.reading() as session:
        item_id = session.get_one(Document, document_id).item_id
    town.file(item_id, town.case_file().id)
    with town.database.begin() as session:
        document_life.finalise(session, town.actor("brandt"), document_id, now=town.now)
    show(town, document_id)
    assert blanks(town, document_id).left_out == ()


def test_a_document_without_blank_pages_has_nothing_to_decide(town: Town) -> None:
    document_id = waiting(town, "pp")
    show(town, document_id)
    assert blanks(town, document_id) == BlankView(())
    assert told(town) == 0


def test_the_decision_goes_with_the_document(town: Town) -> None:
    case_file_id = due_file(town)
    with town.database.begin() as session:
        document_id = session.scalars(select(Document.id)).one()
        session.add(ShownBlanks(document_id=document_id, shown_at=town.now, shown_by="Brandt, K."))
    disposal_id = propose(town, case_file_id)
    approve(town, disposal_id)
    destroy(town, disposal_id)
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ShownBlanks)) == 0


def test_who_may_not_know_of_a_document_learns_nothing_of_its_blank_pages(town: Town) -> None:
    document_id = waiting(town, "pb")
    with pytest.raises(NotFound):
        blanks(town, document_id, "kaya")
    with pytest.raises(NotFound):
        show(town, document_id, login="kaya")
    with pytest.raises(NotAllowed):
        show(town, document_id, login="pruefer")
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ShownBlanks)) == 0


def scanned(town: Town) -> tuple[Desk, UUID, list[UUID]]:
    """A batch of two documents with four and two sides, three of them blank; the operator has counted all sides."""
    desk = Desk(town)
    batch_id = desk.open(2, 6)
    desk.finish(batch_id, "spbpbspb")
    items = desk.cut(batch_id)
    for item_id, letters in zip(items, ("pbpb", "pb"), strict=True):
        read(town, item_id, letters)
    return desk, batch_id, items


def test_blank_backs_count_as_scanned_pages(town: Town) -> None:
    _, batch_id, _ = scanned(town)
    with town.database.reading() as session:
        batch = session.get_one(ScanBatch, batch_id)
        assert (batch.state, batch.found_pages, batch.differences) == (BatchState.INSPECTION, 6, [])


def test_all_blank_pages_of_a_batch_are_brought_back_at_once(town: Town) -> None:
    _, batch_id, items = scanned(town)
    actor = town.actor(OPERATOR)

    def counts() -> tuple[int, int]:
        with town.database.reading() as session:
            view = scan_view.show(session, actor, batch_id, [], town.now)
            assert sum(part.pages for part in view.parts) == 6
            return view.blank_count, view.blanks_left_out

    assert counts() == (3, 3)
    for shown, left_out in ((True, 0), (False, 3)):
        with town.database.begin() as session:
            blank_pages.show_batch(session, actor, batch_id, shown=shown, now=town.now)
        assert counts() == (3, left_out)
    assert told(town) == 2 * len(items)
    with town.database.begin() as session, pytest.raises(NotFound):
        blank_pages.show_batch(session, town.actor("kaya"), batch_id, now=town.now)


def test_the_transfer_note_counts_blank_pages_as_part_of_the_product(town: Town) -> None:
    desk, batch_id, items = scanned(town)
    assert desk.inspect(batch_id)
    with town.database.reading() as session:
        note = json.loads(transfer_notes.note_of(session, town.actor(INSPECTOR), items[0], town.now).note)
    assert (note["product"]["pages"], note["product"]["blank"]) == (4, [2, 4])
    lines = dict(dict(transfer_notes.lines_of(note))["Scanprodukt"])
    assert lines["Seiten"] == "4, davon leer und enthalten: 2 (Seite 2, 4)"
