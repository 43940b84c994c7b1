"""From bytes to a filed document: exactly once, with references given by the system."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions import audit, cases, filing, hold_orders, holds, inbox, intake, proposing, verification
from eakte.actions.hold_orders import NewOrder, Reach
from eakte.actions.proposals import Band
from eakte.errors import (
    AlreadyFiled,
    CannotClose,
    CaseFileClosed,
    InvalidInput,
    MissingReason,
    MoveNotPossible,
    NotFound,
    UndoTooLate,
)
from eakte.records.holding import HoldScope
from eakte.records.states import CaseFileState, ItemState
from eakte.store.documents import Document, IncomingItem
from eakte.store.files import CaseFile
from eakte.store.jobs import live_jobs
from eakte.texts import sentence
from tests.town import Town


def test_an_upload_is_an_item_an_entry_and_a_job_in_one_transaction(town: Town) -> None:
    receipt = town.receive(b"ein Brief")
    with town.database.reading() as session:
        item = session.get_one(IncomingItem, receipt.item_id)
        assert (item.state, item.received_at) == (ItemState.RECEIVED, town.now)
    assert str(receipt.item_id) in live_jobs(town.database, "intake")
    with town.objects.open(receipt.sha256) as kept:
        assert kept.read() == b"ein Brief"


def test_the_same_bytes_again_are_told_and_not_doubled(town: Town) -> None:
    first, second = town.receive(b"ein Brief"), town.receive(b"ein Brief")
    assert (second.outcome.value, second.item_id) == ("duplicate", first.item_id)
    with town.database.reading() as session:
        assert len(session.scalars(select(IncomingItem)).all()) == 1
        entries = [line.action for line in audit.history(session, town.actor("pruefer"), now=town.now)]
    assert entries[0] == "item.received_again"


def test_recording_a_reading_twice_gives_one_document(town: Town) -> None:
    item_id = town.receive().item_id
    reading, stored = town.reading()
    with town.database.begin() as session:
        intake.begin_reading(session, item_id, town.now)
    for _ in range(2):
        with town.database.begin() as session:
            intake.record_reading(session, town.objects, item_id, reading, stored=stored, now=town.now)
    for _ in range(2):
        with town.database.begin() as session:
            proposing.record_proposals(session, item_id, town.now)
    with town.database.reading() as session:
        assert len(session.scalars(select(Document)).all()) == 1
        assert session.get_one(IncomingItem, item_id).state is ItemState.WAITING


def test_a_reference_in_the_letter_makes_the_proposal_sure(town: Town) -> None:
    case_file = town.case_file()
    item_id = town.waiting(reference=case_file.file_reference, text=f"Ihr Zeichen: {case_file.file_reference}")
    with town.database.reading() as session:
        view = inbox.show(session, town.actor("brandt"), item_id, town.now)
    assert view.row.band is Band.SURE
    assert view.preselected == case_file.id
    assert "Aktenzeichen" in view.case_files[0].reason


def test_filing_gives_references_in_order(town: Town) -> None:
    case_file = town.case_file()
    references = [town.file(town.waiting(), case_file.id).document_reference for _ in range(3)]
    assert references == [f"{case_file.file_reference}-01#000{number}" for number in (1, 2, 3)]


def test_two_clerks_file_one_item_and_the_second_is_told_by_whom(town: Town) -> None:
    case_file = town.case_file()
    item_id = town.waiting()
    town.file(item_id, case_file.id)
    with pytest.raises(AlreadyFiled) as refused:
        town.file(item_id, case_file.id, login="ott")
    assert refused.value.detail == {"by": "Brandt, K."}


def test_filing_is_taken_back_within_ten_minutes_and_not_later(town: Town) -> None:
    case_file, filed = town.filed()
    actor = town.actor("brandt")
    with pytest.raises(UndoTooLate), town.database.begin() as session:
        filing.undo(session, actor, filed.document_id, town.now + timedelta(minutes=11))
    with town.database.begin() as session:
        item_id = filing.undo(session, actor, filed.document_id, town.now + timedelta(minutes=9))
    again = town.file(item_id, case_file.id)
    assert again.document_reference.endswith("#0002")


def test_nothing_is_taken_back_out_of_a_held_file(town: Town) -> None:
    case_file, filed = town.filed()
    clerk, manager = town.actor("brandt"), town.actor("weber")
    with town.database.begin() as session:
        hold_id = holds.place(session, manager, case_file.id, reason="Klage", now=town.now)
    with pytest.raises(MoveNotPossible) as refused, town.database.begin() as session:
        filing.undo(session, clerk, filed.document_id, town.now)
    assert sentence(refused.value.code, refused.value.detail) == (
        f"Das geht so nicht: Für die Akte {case_file.file_reference} besteht eine Löschsperre: Klage."
    )
    with town.database.begin() as session:
        holds.lift(session, manager, hold_id, reason="Vergleich", now=town.now)
    with town.database.begin() as session:
        filing.undo(session, clerk, filed.document_id, town.now)


def test_nothing_is_taken_back_that_an_order_has_not_looked_at_yet(town: Town) -> None:
    case_file = town.case_file()
    filed = town.file(town.waiting(text="Antrag von Erika Petersen"), case_file.id)
    with town.database.begin() as session:
        reach = Reach(HoldScope.PERSON, names=("Erika Petersen",))
        hold_orders.place(session, town.actor("weber"), NewOrder(reach, "Untersuchungsausschuss"), town.now)
    with pytest.raises(MoveNotPossible), town.database.begin() as session:
        filing.undo(session, town.actor("brandt"), filed.document_id, town.now)


def test_a_closed_file_takes_no_document(town: Town) -> None:
    case_file = town.case_file()
    town.close(case_file.id, on=town.now)
    with pytest.raises(CaseFileClosed):
        town.file(town.waiting(), case_file.id)


def test_a_file_with_a_sure_letter_still_waiting_cannot_be_closed(town: Town) -> None:
    case_file = town.case_file()
    town.waiting(reference=case_file.file_reference, text=f"Ihr Zeichen: {case_file.file_reference}")
    with pytest.raises(CannotClose) as refused:
        town.close(case_file.id, on=town.now)
    assert "Posteingang warten noch 1" in refused.value.detail["reasons"]


def test_only_the_registry_reopens_and_only_with_a_reason(town: Town) -> None:
    case_file = town.case_file()
    town.close(case_file.id, on=town.now)
    with town.database.begin() as session, pytest.raises(MissingReason):
        cases.reopen(session, town.actor("ott"), case_file.id, reason=" ", now=town.now)
    with town.database.begin() as session:
        cases.reopen(session, town.actor("ott"), case_file.id, reason="Nachtrag", now=town.now)
    with town.database.reading() as session:
        row = session.get_one(CaseFile, case_file.id)
        assert (row.state, row.closed_on) == (CaseFileState.OPEN, None)


def test_a_fault_waits_in_its_worklist_and_can_be_retried(town: Town) -> None:
    item_id = town.receive(b"").item_id
    with town.database.begin() as session:
        intake.begin_reading(session, item_id, town.now)
    with town.database.begin() as session:
        intake.record_fault(session, item_id, "empty-file", town.now)
    clerk = town.actor("brandt")
    with town.database.reading() as session:
        assert [row.fault_code for row in inbox.faults(session, clerk, limit=10, now=town.now)] == ["empty-file"]
    with town.database.begin() as session:
        inbox.retry(session, clerk, item_id, town.now)
    with town.database.reading() as session:
        assert session.get_one(IncomingItem, item_id).state is ItemState.RECEIVED


def test_a_missing_subject_is_refused_and_the_item_still_waits(town: Town) -> None:
    case_file = town.case_file()
    item_id = town.waiting()
    with pytest.raises(InvalidInput):
        town.file(item_id, case_file.id, subject="  ")
    with town.database.reading() as session:
        assert session.get_one(IncomingItem, item_id).state is ItemState.WAITING


def test_parallel_openings_get_different_numbers(town: Town) -> None:
    def opened(_: int) -> str:
        return town.case_file().file_reference

    with ThreadPoolExecutor(8) as pool:
        references = list(pool.map(opened, range(16)))
    assert sorted(references) == [f"52.01-2026/{number:04d}" for number in range(1, 17)]


def test_parallel_changes_keep_the_history_chain_whole(town: Town) -> None:
    def received(_: int) -> UUID:
        return town.receive().item_id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(received, range(16)))) == 16
    with town.database.reading() as session:
        assert verification.verify(session).first_broken is None


def test_a_misrouted_letter_moves_to_the_other_inbox_and_is_proposed_anew(town: Town) -> None:
    target = town.case_file(plan="31.01", unit="50.1", login="kaya")
    item_id = town.waiting(reference=target.file_reference, text=f"Ihr Zeichen: {target.file_reference}")
    mine, theirs = town.actor("brandt"), town.actor("kaya")
    with town.database.begin() as session:
        inbox.reassign(session, mine, item_id, unit_code="50.1", revision=None, now=town.now)
    assert str(item_id) in live_jobs(town.database, "intake")
    with town.database.begin() as session:
        assert intake.begin_reading(session, item_id, town.now) is None
        proposing.record_proposals(session, item_id, town.now)
    with town.database.reading() as session:
        with pytest.raises(NotFound):
            inbox.show(session, mine, item_id, town.now)
        view = inbox.show(session, theirs, item_id, town.now)
    assert view.preselected == target.id
    assert view.row.received_at == town.now
