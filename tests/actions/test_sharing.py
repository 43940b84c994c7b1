"""Documents in several files: shown to those who see the home, never destroyed while another file needs them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import func, select

from eakte.actions import audit, case_view, destruction, due_dates, filing, sharing, verdicts, verification
from eakte.actions.moving_cases import CaseMove
from eakte.actions.moving_documents import DocumentMove
from eakte.errors import CaseFileClosed, InvalidInput, NotFound, SharedInProcess
from eakte.records.states import CaseFileState
from eakte.store.base import Base
from eakte.store.disposal import Disposal
from eakte.store.document_life import DocumentReference
from eakte.store.documents import Document
from eakte.store.files import BusinessCase, CaseFile
from eakte.store.history import HistoryValue
from eakte.store.jobs import live_jobs
from eakte.store.references import resolve
from tests.actions.test_destruction import CLOSED, approve, destroy, propose
from tests.actions.test_document_life import finalise, read, upload
from tests.actions.test_moving import first_case, moved
from tests.actions.test_structure import case, sub_file
from tests.town import Town

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def link(town: Town, document_id: UUID, case_id: UUID, login: str = "brandt") -> UUID:
    actor = town.actor(login)
    with town.database.begin() as session:
        return sharing.link(session, actor, document_id, case_id, town.now).id


def linked_in(town: Town, file_id: UUID, login: str = "brandt") -> list[UUID]:
    actor = town.actor(login)
    with town.database.reading() as session:
        view = case_view.show(session, actor, file_id, town.now)
    return [row.document_id for each in view.cases for row in each.linked]


def test_a_linked_document_is_shown_in_both_files_and_told_with_its_retention(town: Town) -> None:
    home, filed = town.filed()
    other = town.case_file()
    link(town, filed.document_id, first_case(town, other.id))
    assert linked_in(town, other.id) == [filed.document_id]
    with town.database.reading() as session:
        found = sharing.shared(session, town.actor("brandt"), filed.document_id, town.now)
    assert [place.reference for place in found.places] == [f"{other.file_reference}-01"]
    assert home.file_reference in found.retention[0]


def test_a_link_grants_nothing_to_those_who_do_not_see_the_home(town: Town) -> None:
    _, filed = town.filed()
    other = town.case_file(plan="31.01", unit="50.1", login="kaya")
    with town.database.begin() as session:
        town.share(session, other.id, "unit:63.2")
    link(town, filed.document_id, first_case(town, other.id))
    assert linked_in(town, other.id) == [filed.document_id]
    assert linked_in(town, other.id, "kaya") == []
    with town.database.reading() as session, pytest.raises(NotFound):
        sharing.shared(session, town.actor("kaya"), filed.document_id, town.now)


def test_a_person_learns_of_no_file_they_do_not_see_through_a_link(town: Town) -> None:
    home, filed = town.filed()
    hidden = town.case_file(plan="31.01", unit="50.1", login="kaya")
    with town.database.begin() as session:
        town.share(session, home.id, "unit:50.1")
    link(town, filed.document_id, first_case(town, hidden.id), "kaya")
    with town.database.reading() as session:
        found = sharing.shared(session, town.actor("brandt"), filed.document_id, town.now)
    assert (found.places, found.retention) == ((), ())


def test_a_document_lies_once_in_a_case_and_not_in_a_closed_one(town: Town) -> None:
    home, filed = town.filed()
    other = town.case_file()
    target = first_case(town, other.id)
    link(town, filed.document_id, target)
    for again in (target, first_case(town, home.id)):
        with pytest.raises(InvalidInput):
            link(town, filed.document_id, again)
    closed = town.case_file()
    where = first_case(town, closed.id)
    town.close(closed.id, on=town.now)
    with pytest.raises(CaseFileClosed):
        link(town, filed.document_id, where)


def test_a_link_follows_moves_of_the_document_and_of_the_case(town: Town) -> None:
    _, filed = town.filed()
    other, third = town.case_file(), town.case_file()
    where = case(town, other.id)
    link(town, filed.document_id, where)
    moved(town, DocumentMove(filed.document_id, first_case(town, third.id)))
    moved(town, CaseMove(where, third.id))
    assert linked_in(town, third.id) == [filed.document_id]
    moved(town, DocumentMove(filed.document_id, where))
    assert linked_in(town, third.id) == []


def test_a_link_is_taken_away_and_a_filing_taken_back_leaves_none(town: Town) -> None:
    _, filed = town.filed()
    other = town.case_file()
    first = link(town, filed.document_id, first_case(town, other.id))
    with town.database.begin() as session:
        assert sharing.unlink(session, town.actor("brandt"), first, town.now) == other.id
    assert linked_in(town, other.id) == []
    link(town, filed.document_id, first_case(town, other.id))
    with town.database.begin() as session:
        filing.undo(session, town.actor("brandt"), filed.document_id, town.now)
        assert session.scalars(select(DocumentReference)).all() == []


def due_with_link(town: Town) -> tuple[CaseFile, UUID, str, CaseFile]:
    """A closed file whose period is over, its document linked from a living file."""
    town.now = datetime(2020, 5, 1, 9, 0, tzinfo=UTC)
    home, filed = town.filed()
    other = town.case_file()
    link(town, filed.document_id, first_case(town, other.id))
    town.close(home.id, on=CLOSED)
    town.now = NOW
    return home, filed.document_id, filed.document_reference, other


def test_a_document_that_another_file_shows_moves_there_instead_of_being_destroyed(town: Town) -> None:
    home, document_id, reference, other = due_with_link(town)
    objects = set(town.objects.each())
    disposal_id = propose(town, home.id)
    approve(town, disposal_id)
    destroy(town, disposal_id)
    with town.database.reading() as session:
        document = session.get_one(Document, document_id)
        assert document.case is not None
        assert document.case.case_file_id == other.id
        assert document.versions[0].pages[0].text
        assert resolve(session, reference) == ("document", document_id)
        assert session.scalars(select(DocumentReference)).all() == []
        assert "1 Dokument" in " ".join(session.get_one(Disposal, disposal_id).explanation)
        assert "document.rehomed" in [
            line.action for line in audit.of_case_file(session, town.actor("kaya"), other.id, limit=5, now=town.now)
        ]
        assert session.scalar(select(func.count()).select_from(HistoryValue)) != 0
        assert verification.verify(session).first_broken is None
    assert set(town.objects.each()) == objects
    assert str(document_id) in live_jobs(town.database, "indexing")


def test_the_file_that_binds_longest_decides_about_a_document_and_says_so(town: Town) -> None:
    home, filed = town.filed()
    same, long = town.case_file(), town.case_file(plan="52.02", unit="63.2")
    for file in (same, long):
        link(town, filed.document_id, first_case(town, file.id))
    for file in (home, same, long):
        town.close(file.id, on=NOW)
    with town.database.reading() as session:
        clerk, today = town.actor("brandt"), NOW.date()
        told = sharing.shared(session, clerk, filed.document_id, NOW).retention
        own = verdicts.verdict_of(session, session.get_one(CaseFile, home.id), today)
        together = due_dates.of_case_file(session, clerk, home.id, NOW)
    assert own.retention_end == together.retention_end == date(2029, 12, 31)
    assert f"Am längsten bindet die Akte {long.file_reference}" in told[-2]
    assert "31.12.2036" in told[-2]
    assert told[-1] == sharing.MOVES_ON
    assert f"liegen auch in {same.file_reference}, {long.file_reference}." in together.steps[-1]
    assert together.steps[:-1] == own.steps


def test_a_shared_document_lives_until_the_last_of_its_files_goes(town: Town) -> None:
    town.now = datetime(2012, 5, 1, 9, 0, tzinfo=UTC)
    home, filed = town.filed()
    longer, shorter = town.case_file(), town.case_file()
    for file in (shorter, longer):
        link(town, filed.document_id, first_case(town, file.id))
    for file, year in ((home, 2013), (shorter, 2014), (longer, 2016)):
        town.close(file.id, on=datetime(year, 5, 1, 9, 0, tzinfo=UTC))
    town.now = NOW
    lives_in = []
    for gone in (home, longer):
        disposal_id = propose(town, gone.id)
        approve(town, disposal_id)
        destroy(town, disposal_id)
        with town.database.reading() as session:
            case = session.get_one(Document, filed.document_id).case
            lives_in.append(case.case_file_id if case else None)
    assert lives_in == [longer.id, shorter.id]
    disposal_id = propose(town, shorter.id)
    approve(town, disposal_id)
    destroy(town, disposal_id)
    with town.database.reading() as session:
        assert session.get(Document, filed.document_id) is None


def test_a_file_waits_while_one_that_shows_its_documents_is_on_its_way_out(town: Town) -> None:
    home, _, _, other = due_with_link(town)
    with town.database.begin() as session:
        for state in (CaseFileState.CLOSED, CaseFileState.OFFERED):
            session.get_one(CaseFile, other.id).state = state
            session.flush()
    with pytest.raises(SharedInProcess):
        propose(town, home.id)


REMAINS = {
    "case_file": 1,
    "disposal": 1,
    "destruction_certificate": 1,
    "given_reference": 1,
}
"""Rows a destroyed file leaves: its tombstone, the proof, and that its reference is never given again."""
UNTOUCHED = {"history_entry", "history_value", "file_counter", "person", "web_session", "sign_in_log"}


def test_a_file_with_everything_in_it_leaves_no_row_behind_in_any_table(town: Town) -> None:
    def counts() -> dict[str, int]:
        with town.database.reading() as session:
            return {
                name: session.scalar(select(func.count()).select_from(table)) or 0
                for name, table in Base.metadata.tables.items()
                if name not in UNTOUCHED
            }

    town.now = datetime(2020, 5, 1, 9, 0, tzinfo=UTC)
    other, elsewhere = town.filed()
    before, objects = counts(), set(town.objects.each())
    file = town.case_file()
    band = sub_file(town, file.id, sub_file(town, file.id))
    case(town, file.id, sub_file_id=band)
    part = case(town, file.id, parent_id=first_case(town, file.id))
    filed = town.file(town.waiting(), file.id, case_id=part)
    read(town, upload(town, filed.document_id, b"zweite"))
    finalise(town, filed.document_id)
    link(town, elsewhere.document_id, part)
    moved(town, DocumentMove(filed.document_id, first_case(town, file.id)))
    with town.database.begin() as session:
        town.share(session, file.id, "unit:50.1")
    town.close(file.id, on=CLOSED)
    town.now = NOW
    disposal_id = propose(town, file.id)
    approve(town, disposal_id)
    destroy(town, disposal_id)
    after = counts()
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == REMAINS
    assert set(town.objects.each()) == objects
    with town.database.reading() as session:
        assert destruction.document_ids(session, disposal_id) == [str(filed.document_id)]
        assert session.get(BusinessCase, part) is None
        values = select(HistoryValue).where(HistoryValue.new.is_not(None))
        assert "zweite" not in str([value.new for value in session.scalars(values)])
    assert other.id != file.id


def test_the_history_of_one_case_file_names_nothing_of_the_other_that_a_link_joins(town: Town) -> None:
    home, filed = town.filed()
    other = town.case_file(plan="31.01", unit="50.1", login="kaya")
    with town.database.begin() as session:
        town.share(session, other.id, "unit:63.2")
    reference_id = link(town, filed.document_id, first_case(town, other.id))
    with town.database.begin() as session:
        sharing.unlink(session, town.actor("brandt"), reference_id, town.now)
    with town.database.reading() as session:
        there = audit.of_case_file(session, town.actor("kaya"), other.id, limit=50, now=town.now)
        here = audit.of_case_file(session, town.actor("brandt"), home.id, limit=50, now=town.now)
    assert {line.action for line in there} >= {"document.linked", "document.unlinked"}
    assert {line.action for line in here} >= {"document.linked_away", "document.unlinked_away"}
    assert not any(secret in str(there) for secret in (home.file_reference, str(filed.document_id)))
    assert other.file_reference not in str(here)
    told = {line.action: [(change.old, change.new) for change in line.changes] for line in (*there, *here)}
    assert told["document.linked"] == [(None, f"{other.file_reference}-01")]
    assert told["document.unlinked"] == [(f"{other.file_reference}-01", None)]
    assert told["document.linked_away"] == [(None, f"{home.file_reference}-01#0001")]
    assert told["document.unlinked_away"] == [(f"{home.file_reference}-01#0001", None)]
