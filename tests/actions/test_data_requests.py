"""Requests of data subjects from arrival to answer: deadline, decisions, what comes of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from eakte.actions import data_answer, data_decisions, data_requests, disposal, holds, restricted_access
from eakte.actions.data_decisions import DecisionRefused, RecordsUndecided
from eakte.actions.data_request_view import Waiting
from eakte.errors import InvalidInput, MissingReason, MoveRefused, NotAllowed, SamePerson, StaleRevision
from eakte.records.data_requests import RecordDecision, RequestKind, RequestState
from eakte.records.processing import Ground, Purpose
from eakte.store.data_requests import DataRequestRecord
from eakte.store.disposal import Disposal
from eakte.store.processing import ProcessingRestriction
from tests.actions.data_subjects import NAME, add, answer, closed_file, decide, draft, due_file, enter, show
from tests.town import Town


def test_the_deadline_follows_from_the_arrival_and_is_extended_once_with_a_reason(town: Town) -> None:
    request_id = enter(town)
    assert show(town, request_id).row.due_on == date(2026, 12, 3)
    with town.database.begin() as session, pytest.raises(MissingReason):
        data_requests.extend(session, town.actor("weber"), request_id, reason=" ", now=town.now)
    with town.database.begin() as session:
        data_requests.extend(session, town.actor("weber"), request_id, reason="40 Akten", now=town.now)
    assert show(town, request_id).row.due_on == date(2027, 2, 3)
    with town.database.begin() as session, pytest.raises(MoveRefused):
        data_requests.extend(session, town.actor("weber"), request_id, reason="Noch mehr", now=town.now)


def test_no_deadline_is_extended_once_its_month_is_over(town: Town) -> None:
    request_id = enter(town)
    town.now = datetime(2026, 12, 4, 9, 0, tzinfo=UTC)
    with town.database.begin() as session, pytest.raises(MoveRefused):
        data_requests.extend(session, town.actor("weber"), request_id, reason="40 Akten", now=town.now)
    assert show(town, request_id).row.waiting is Waiting.OVERDUE


def test_a_request_needs_a_person_a_day_and_somebody_who_may_work_on_it(town: Town) -> None:
    for more in ({"applicant": " "}, {"received_on": date(2026, 11, 21)}, {"owner": "brandt"}, {"owner": "niemand"}):
        with pytest.raises(InvalidInput):
            enter(town, **more)
    with pytest.raises(InvalidInput):
        enter(town, letter="63-2026/99-1#1")
    with pytest.raises(NotAllowed):
        enter(town, by="brandt")
    with pytest.raises(NotAllowed):
        enter(town, by="pruefer")


def test_where_a_duty_stands_against_it_restriction_takes_the_place_of_erasure(town: Town) -> None:
    request_id, file_id = enter(town), closed_file(town)
    [record_id] = add(town, request_id, file_id)
    [row] = show(town, request_id).records
    assert row.proposed is RecordDecision.RESTRICT
    assert "R-V/1 (§ 1 Testordnung) bis 31.12.2029" in row.reasons[0]
    assert RecordDecision.ERASE not in row.allowed
    with pytest.raises(DecisionRefused):
        decide(town, record_id, RecordDecision.ERASE)
    decide(town, record_id, RecordDecision.RESTRICT, reason=row.reasons[0])
    town.now += timedelta(minutes=1)
    assert not town.sees("weber", file_id)
    with town.database.reading() as session:
        placed = session.scalars(select(ProcessingRestriction)).one()
    assert (placed.ground, placed.hold_id, placed.review_on) == (Ground.RETENTION, None, date(2029, 12, 31))
    [row] = show(town, request_id).records
    assert (row.decision, row.restriction_id) == (RecordDecision.RESTRICT, placed.id)
    assert "Wir speichern Ihre Daten nur noch" in draft(town, request_id)


def test_what_is_due_is_erased_by_a_proposal_on_the_one_delete_path(town: Town) -> None:
    request_id, file_id = enter(town), due_file(town)
    [record_id] = add(town, request_id, file_id)
    assert show(town, request_id).records[0].proposed is RecordDecision.ERASE
    decide(town, record_id, RecordDecision.ERASE)
    with town.database.reading() as session:
        ordered = session.scalars(select(Disposal)).one()
    assert NAME not in ordered.reason
    assert show(town, request_id).records[0].disposal_id == ordered.id
    with town.database.begin() as session, pytest.raises(SamePerson):
        disposal.approve(session, town.actor("weber"), ordered.id, cooling_off_days=0, now=town.now)
    with town.database.begin() as session:
        disposal.approve(session, town.actor("lang"), ordered.id, cooling_off_days=0, now=town.now)


def test_a_hold_keeps_the_file_and_the_answer_says_why(town: Town) -> None:
    request_id, file_id = enter(town), due_file(town)
    with town.database.begin() as session:
        holds.place(session, town.actor("weber"), file_id, reason="Klage 4 K 17/26", now=town.now)
    [record_id] = add(town, request_id, file_id)
    [row] = show(town, request_id).records
    assert row.proposed is RecordDecision.REFUSE
    assert "Klage 4 K 17/26" in row.reasons[0]
    with pytest.raises(DecisionRefused):
        decide(town, record_id, RecordDecision.ERASE)
    decide(town, record_id, RecordDecision.REFUSE, reason="Es läuft ein Verfahren.")
    text = draft(town, request_id)
    assert "Wir dürfen sie nicht löschen. Der Grund: Es läuft ein Verfahren." in text


def test_the_archive_is_offered_the_file_first(town: Town) -> None:
    now, town.now = town.now, datetime(2010, 5, 1, 9, 0, tzinfo=UTC)
    file = town.case_file(plan="52.02", unit="63.1", login="ott")
    town.close(file.id, on=town.now, login="ott")
    town.now = now
    request_id = enter(town)
    add(town, request_id, file.id)
    [row] = show(town, request_id).records
    assert "zuerst dem Archiv anzubieten (Art. 17 Abs. 3 Buchst. d DSGVO" in row.reasons[0]
    assert RecordDecision.ERASE not in row.allowed


def test_a_registrar_hands_on_what_only_the_records_management_erases(town: Town) -> None:
    request_id, file_id = enter(town, by="ott"), due_file(town)
    [record_id] = add(town, request_id, file_id, by="ott")
    [row] = show(town, request_id, "ott").records
    assert row.proposed is None
    assert "Bitte weitergeben" in row.reasons[0]
    with pytest.raises(DecisionRefused):
        decide(town, record_id, RecordDecision.ERASE, by="ott")
    with town.database.begin() as session:
        data_requests.assign(session, town.actor("ott"), request_id, "weber", now=town.now)
    decide(town, record_id, RecordDecision.ERASE)


def test_a_restricted_file_is_named_by_its_reference_and_handled_after_opening(town: Town) -> None:
    file_id = due_file(town)
    first = enter(town, RequestKind.RESTRICTION)
    [record_id] = add(town, first, file_id)
    decide(town, record_id, RecordDecision.RESTRICT, ground=Ground.RETENTION)
    town.now += timedelta(minutes=1)
    assert not town.sees("weber", file_id)
    second = enter(town)
    [record_id] = add(town, second, file_id)
    [row] = show(town, second).records
    assert row.proposed is None
    assert "Bitte erst öffnen" in row.reasons[0]
    with town.database.begin() as session:
        [restriction] = session.scalars(select(ProcessingRestriction.id))
        restricted_access.open_for(
            session, town.actor("weber"), restriction, purpose=Purpose.ERASURE, reason="Antrag", now=town.now
        )
    assert show(town, second).records[0].proposed is RecordDecision.ERASE
    decide(town, record_id, RecordDecision.ERASE)


def test_what_is_restricted_already_stays_so_by_one_restriction(town: Town) -> None:
    file_id = closed_file(town)
    for _ in range(2):
        [record_id] = add(town, enter(town), file_id)
        decide(town, record_id, RecordDecision.RESTRICT)
        town.now += timedelta(minutes=1)
    with town.database.reading() as session:
        assert len(session.scalars(select(ProcessingRestriction)).all()) == 1
        assert len(set(session.scalars(select(DataRequestRecord.restriction_id)))) == 1


def test_access_is_a_list_of_what_is_there_and_rectification_a_record(town: Town) -> None:
    file, _ = town.filed()
    request_id = enter(town, RequestKind.ACCESS)
    [record_id] = add(town, request_id, file.id)
    decide(town, record_id, RecordDecision.DISCLOSE)
    text = draft(town, request_id)
    assert f"Akte {file.file_reference}: Darin stehen Daten über Sie. Betreff: Neubau Gartenweg 7." in text
    assert "ein Dokument" in text
    assert "Geprüft" not in text
    with town.database.begin() as session:
        [line] = data_answer.inventory(session, town.actor("weber"), request_id, town.now)
    assert line[:4] == (file.file_reference, "Neubau Gartenweg 7", f"{file.file_reference}-01#0001", "Antrag")
    other = enter(town, RequestKind.RECTIFICATION)
    [record_id] = add(town, other, file.id)
    decide(town, record_id, RecordDecision.RECTIFY, reason="Geburtsdatum berichtigt.")
    assert "Wir haben Ihre Daten berichtigt. Der Grund: Geburtsdatum berichtigt." in draft(town, other)


def test_of_a_restricted_file_no_word_is_given_away(town: Town) -> None:
    file, _ = town.filed()
    request_id = enter(town, RequestKind.ACCESS)
    [record_id] = add(town, request_id, file.id)
    [other] = add(town, enter(town, RequestKind.RESTRICTION), file.id)
    decide(town, other, RecordDecision.RESTRICT, ground=Ground.CLAIMS)
    town.now += timedelta(minutes=1)
    decide(town, record_id, RecordDecision.DISCLOSE)
    with town.database.begin() as session:
        lines = list(data_answer.inventory(session, town.actor("weber"), request_id, town.now))
    assert "Gartenweg" not in str(lines) + draft(town, request_id)
    assert lines == [(file.file_reference, "Verarbeitung eingeschränkt", "", "", "", "", "")]


def test_a_request_is_closed_when_all_is_decided_and_then_stays_as_it_is(town: Town) -> None:
    request_id, file_id = enter(town), closed_file(town)
    [record_id] = add(town, request_id, file_id)
    with pytest.raises(RecordsUndecided):
        answer(town, request_id)
    decide(town, record_id, RecordDecision.REFUSE)
    with pytest.raises(InvalidInput):
        answer(town, request_id, "  ")
    answer(town, request_id, "Guten Tag")
    view = show(town, request_id)
    assert (view.row.state, view.answer, view.answered_by) == (RequestState.ANSWERED, "Guten Tag", "weber")
    for act in (lambda: answer(town, request_id), lambda: add(town, request_id, due_file(town))):
        with pytest.raises(MoveRefused):
            act()
    with pytest.raises(MoveRefused):
        decide(town, record_id, RecordDecision.RESTRICT)


def test_a_draft_is_kept_and_nobody_writes_over_what_they_have_not_seen(town: Town) -> None:
    request_id = enter(town)
    revision = show(town, request_id).revision
    weber = town.actor("weber")
    with town.database.begin() as session:
        data_decisions.keep_draft(session, weber, request_id, "Sehr geehrte", revision=revision, now=town.now)
    assert show(town, request_id).answer == "Sehr geehrte"
    with town.database.begin() as session, pytest.raises(StaleRevision):
        data_decisions.keep_draft(session, weber, request_id, "Hallo", revision=revision, now=town.now)


def test_a_decision_is_taken_back_only_while_nothing_came_of_it(town: Town) -> None:
    request_id, kept, due = enter(town), closed_file(town), due_file(town)
    first, second = add(town, request_id, kept, due)
    weber = town.actor("weber")
    decide(town, first, RecordDecision.REFUSE)
    decide(town, second, RecordDecision.ERASE)
    with town.database.begin() as session:
        data_decisions.reconsider(session, weber, first, now=town.now)
    with town.database.begin() as session, pytest.raises(MoveRefused):
        data_decisions.reconsider(session, weber, second, now=town.now)
    with town.database.begin() as session:
        [ordered] = session.scalars(select(Disposal.id))
        disposal.reject(session, town.actor("lang"), ordered, now=town.now)
    with town.database.begin() as session:
        data_decisions.reconsider(session, weber, second, now=town.now)
    assert [one.decision for one in show(town, request_id).records] == [None, None]
    with town.database.begin() as session:
        data_requests.remove_record(session, weber, first, now=town.now)
    assert [one.case_file_id for one in show(town, request_id).records] == [due]
