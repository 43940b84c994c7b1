"""The only delete path: two people, no hold, due, cooling-off; nothing left but certificate and tombstone."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from eakte.actions import destruction, disposal, holds, inbox, proposing, verification
from eakte.errors import CoolingOff, MoveRefused, NotDue, OnHold, SamePerson
from eakte.records.states import CaseFileState, DisposalState
from eakte.store.disposal import DestructionCertificate, Disposal
from eakte.store.documents import Document, StoredObject
from eakte.store.files import CaseFile
from eakte.store.history import VALUES_ERASED, HistoryEntry, HistoryValue
from tests.town import Town

CLOSED = datetime(2020, 5, 4, 9, 0, tzinfo=UTC)


def due_file(town: Town) -> UUID:
    """A closed case file with one document whose three years are over."""
    town.now = datetime(2020, 5, 1, 9, 0, tzinfo=UTC)
    case_file, _ = town.filed()
    town.close(case_file.id, on=CLOSED)
    town.now = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    return case_file.id


def propose(town: Town, case_file_id: UUID, login: str = "weber") -> UUID:
    actor = town.actor(login)
    with town.database.begin() as session:
        [disposal_id] = disposal.propose(session, actor, [case_file_id], reason="Frist abgelaufen", now=town.now)
        return disposal_id


def approve(town: Town, disposal_id: UUID, login: str = "lang", days: int = 0) -> None:
    actor = town.actor(login)
    with town.database.begin() as session:
        disposal.approve(session, actor, disposal_id, cooling_off_days=days, now=town.now)


def destroy(town: Town, disposal_id: UUID) -> None:
    """Every step twice: interrupted work is repeated."""
    for _ in range(2):
        with town.database.begin() as session:
            destruction.begin(session, disposal_id, town.now)
    for _ in range(2):
        with town.database.begin() as session:
            destruction.delete_rows(session, disposal_id, town.now)
    with town.database.reading() as session:
        hashes = destruction.objects_of(session, disposal_id)
    for sha256 in hashes * 2:
        with town.database.begin() as session:
            destruction.delete_object(session, town.objects, sha256)
    for _ in range(2):
        with town.database.begin() as session:
            destruction.finish(session, disposal_id, town.now)


def test_after_two_people_nothing_is_left_but_certificate_and_tombstone(town: Town) -> None:
    case_file_id = due_file(town)
    disposal_id = propose(town, case_file_id)
    approve(town, disposal_id)
    destroy(town, disposal_id)
    assert list(town.objects.each()) == []
    with town.database.reading() as session:
        assert session.scalars(select(Document)).all() == []
        assert session.scalars(select(StoredObject)).all() == []
        tombstone = session.get_one(CaseFile, case_file_id)
        assert (tombstone.state, tombstone.subject) == (CaseFileState.DESTROYED, "")
        proof = json.loads(session.get_one(DestructionCertificate, disposal_id).document)
        assert proof["case_file"]["reference"] == tombstone.file_reference
        assert proof["counts"] == {
            "cases": 1, "sub_files": 0, "documents": 1, "originals": 1, "pages": 1, "objects": 3,
        }  # fmt: skip
        assert session.get_one(Disposal, disposal_id).state is DisposalState.DONE
        assert verification.verify(session).first_broken is None


def test_the_proposer_cannot_approve(town: Town) -> None:
    disposal_id = propose(town, due_file(town))
    with pytest.raises(SamePerson):
        approve(town, disposal_id, login="weber")


def test_a_hold_stops_proposal_approval_and_execution(town: Town) -> None:
    case_file_id = due_file(town)
    disposal_id = propose(town, case_file_id)
    approve(town, disposal_id)
    with town.database.begin() as session:
        holds.place(session, town_actor := town.actor("weber"), case_file_id, reason="Rechtsstreit", now=town.now)
    assert town_actor.person_id is not None
    with pytest.raises(OnHold), town.database.begin() as session:
        destruction.begin(session, disposal_id, town.now)
    with pytest.raises(OnHold):
        propose(town, case_file_id, login="lang")


def test_nothing_is_destroyed_during_the_cooling_off_time(town: Town) -> None:
    disposal_id = propose(town, due_file(town))
    approve(town, disposal_id, days=14)
    with pytest.raises(CoolingOff), town.database.begin() as session:
        destruction.begin(session, disposal_id, town.now + timedelta(days=13))
    with town.database.begin() as session:
        assert destruction.begin(session, disposal_id, town.now + timedelta(days=14))


def test_a_file_whose_period_runs_cannot_be_proposed(town: Town) -> None:
    case_file, _ = town.filed()
    town.close(case_file.id, on=town.now)
    with pytest.raises(NotDue):
        propose(town, case_file.id)


def test_an_open_file_cannot_be_proposed(town: Town) -> None:
    with pytest.raises(MoveRefused):
        propose(town, town.case_file().id)


def test_a_file_for_the_archive_is_not_destroyed_without_its_decision(town: Town) -> None:
    town.now = datetime(2010, 5, 1, 9, 0, tzinfo=UTC)
    case_file = town.case_file(plan="52.02", unit="63.1", login="ott")
    town.close(case_file.id, on=town.now, login="ott")
    town.now = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    with pytest.raises(NotDue):
        propose(town, case_file.id)


def test_there_is_one_open_proposal_per_file(town: Town) -> None:
    case_file_id = due_file(town)
    propose(town, case_file_id)
    with pytest.raises(MoveRefused):
        propose(town, case_file_id, login="lang")


def test_two_people_who_propose_the_same_files_in_another_order_never_wait_for_each_other(town: Town) -> None:
    files = [due_file(town) for _ in range(4)]
    managers = (town.actor("weber"), town.actor("lang"))

    def proposed(number: int) -> int:
        chosen = files if number % 2 else files[::-1]
        try:
            with town.database.begin() as session:
                return len(
                    disposal.propose(session, managers[number % 2], chosen, reason="Frist abgelaufen", now=town.now)
                )
        except MoveRefused:
            return 0

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(proposed, range(6))) == [0, 0, 0, 0, 0, 4]


def test_proposing_several_files_is_all_or_nothing(town: Town) -> None:
    due, open_file = due_file(town), town.case_file().id
    with pytest.raises(MoveRefused), town.database.begin() as session:
        disposal.propose(session, town.actor("weber"), [due, open_file], reason="Frist abgelaufen", now=town.now)
    with town.database.reading() as session:
        assert session.scalars(select(Disposal)).all() == []


def test_bytes_that_another_file_needs_stay(town: Town) -> None:
    town.now = datetime(2020, 5, 1, 9, 0, tzinfo=UTC)
    letter = b"ein Rundschreiben an zwei Aemter"
    first = town.receive(letter)
    second = town.receive(letter, unit="50.1", login="kaya")
    town.read(first.item_id)
    case_file = town.case_file()
    town.file(first.item_id, case_file.id)
    town.close(case_file.id, on=CLOSED)
    town.now = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    disposal_id = propose(town, case_file.id)
    approve(town, disposal_id)
    destroy(town, disposal_id)
    assert list(town.objects.each()) == [second.sha256]


@pytest.mark.parametrize("table", ["document", "business_case", "case_file", "history_entry"])
def test_the_database_itself_refuses_deletion_outside_a_destruction(town: Town, table: str) -> None:
    due_file(town)
    with pytest.raises(DBAPIError), town.database.begin() as session:
        session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - table names of this test


def test_no_word_of_the_records_stays_in_the_database_file(town: Town, tmp_path: Path) -> None:
    if not town.database.is_sqlite:
        pytest.skip("bytes of PostgreSQL pages go with its next VACUUM")
    marker = "Zwiebelturmsanierung"
    town.now = datetime(2020, 5, 1, 9, 0, tzinfo=UTC)
    case_file = town.case_file()
    item_id = town.waiting(text=f"{marker} Gartenweg", sender=marker, subject=marker)
    town.file(item_id, case_file.id, subject=marker)
    town.close(case_file.id, on=CLOSED)
    town.now = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert marker.encode() in (tmp_path / "eakte.sqlite").read_bytes() + (tmp_path / "eakte.sqlite-wal").read_bytes()
    disposal_id = propose(town, case_file.id)
    approve(town, disposal_id)
    destroy(town, disposal_id)
    town.database.close()
    remains = b"".join(path.read_bytes() for path in tmp_path.glob("eakte.sqlite*"))
    assert marker.encode() not in remains


def told(town: Town, case_file_id: UUID, item_id: UUID | None = None) -> list[object]:
    """The old and new values the history still tells of a case file and an incoming item."""
    with town.database.reading() as session:
        about_it = (HistoryEntry.case_file_id == case_file_id) | (HistoryEntry.about_id == str(item_id))
        query = select(HistoryValue.old, HistoryValue.new).join(HistoryEntry).where(about_it)
        return [tuple(row) for row in session.execute(query)]


def test_old_and_new_values_go_with_the_case_file_and_the_chain_still_verifies(town: Town) -> None:
    town.now = datetime(2020, 5, 1, 9, 0, tzinfo=UTC)
    item_id = town.waiting(unit="63", login="ott")
    actor = town.actor("ott")
    with town.database.begin() as session:
        inbox.reassign(session, actor, item_id, unit_code="63.2", revision=None, now=town.now)
    with town.database.begin() as session:
        proposing.record_proposals(session, item_id, town.now)
    case_file = town.case_file()
    town.file(item_id, case_file.id, subject="Frau Hollmann beschwert sich")
    other = town.case_file()
    town.close(case_file.id, on=CLOSED)
    town.now = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    before, others = told(town, case_file.id, item_id), told(town, other.id)
    assert ("63", "63.2") in before
    assert any("Frau Hollmann beschwert sich" in pair for pair in before)  # type: ignore[operator]  # pairs
    disposal_id = propose(town, case_file.id)
    approve(town, disposal_id)
    destroy(town, disposal_id)
    assert told(town, case_file.id, item_id) == []
    assert told(town, other.id) == others
    with town.database.reading() as session:
        assert "Hollmann" not in str(session.execute(select(HistoryValue.__table__)).all())
        erased = session.scalars(select(HistoryEntry).where(HistoryEntry.action == VALUES_ERASED)).all()
        assert [(entry.about_kind, entry.about_id) for entry in erased] == [("item", str(item_id))]
        assert verification.verify(session).first_broken is None
