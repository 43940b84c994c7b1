"""The archive misbehaves in every way it can; a person decides, and until then nothing goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from eakte.actions import archive_waiting, audit, differences, disposal
from eakte.actions.appraisals import owners
from eakte.errors import MissingReason, MoveRefused, NotAllowed, NotFound
from eakte.records.differences import DifferenceDecision, DifferencesOpen
from eakte.records.states import CaseFileState
from eakte.store.exchange import ExchangeDifference
from eakte.store.files import CaseFile
from eakte.worker.exchange import take_answers
from tests.flows.test_archive import (
    IN_BOTH_VERSIONS,
    NOW,
    Desk,
    closed_file,
    desk,
    until,
    version,
)
from tests.retention.receiver import Delivery, Misbehaviour

__all__ = ["desk", "version"]
D = DifferenceDecision


def lines(desk: Desk, login: str = "weber") -> list[ExchangeDifference]:
    with desk.town.database.reading() as session:
        found, _ = differences.listing(session, desk.town.actor(login), now=NOW)
        return [line.row for line in found]


def codes(desk: Desk) -> list[str]:
    return sorted(row.code for row in lines(desk))


def decide(
    desk: Desk, code: str, decision: DifferenceDecision, *, login: str = "weber", reason: str = "Telefonat"
) -> None:
    ids = [row.id for row in lines(desk) if row.code == code]
    with desk.town.database.begin() as session:
        actor, services = desk.town.actor(login), desk.services
        differences.decide(
            session, actor, services.objects, ids, decision, reason=reason, gateway=services.archive, now=NOW
        )


def offered(desk: Desk, *files: UUID) -> tuple[UUID, Delivery]:
    process_id = desk.offer(*files)
    return process_id, desk.archive.open(desk.sent("0501"), "0501")


def handed(desk: Desk, *files: UUID) -> Delivery:
    process_id, offer = offered(desk, *files)
    desk.archive.appraise(offer, dict.fromkeys(offer.objects, "A"))
    take_answers(desk.services)
    desk.hand_over(process_id)
    until(lambda: {desk.state(file) for file in files} == {CaseFileState.TRANSFERRED}, "handed over")
    return desk.archive.open(desk.sent("0503"), "0503")


def may_be_destroyed(desk: Desk, case_file_id: UUID) -> bool:
    try:
        with desk.town.database.begin() as session:
            disposal.propose(session, desk.town.actor("weber"), [case_file_id], reason="Frist", now=NOW)
            session.rollback()
    except (DifferencesOpen, MoveRefused):
        return False
    return True


Wrong = Callable[[UUID], Misbehaviour]
UNDECIDED: list[tuple[str, Wrong]] = [
    ("undecided", lambda file: Misbehaviour(forget={str(file)})),
    ("left-in-review", lambda file: Misbehaviour(leave_in_review={str(file)})),
    ("decided-twice", lambda file: Misbehaviour(twice={str(file)})),
]


@IN_BOTH_VERSIONS
@pytest.mark.parametrize(("code", "wrong"), UNDECIDED, ids=[code for code, _ in UNDECIDED])
def test_what_the_archive_did_not_decide_waits_until_it_is_asked_again_or_taken_out(
    desk: Desk, code: str, wrong: Wrong
) -> None:
    first, second = closed_file(desk.town), closed_file(desk.town)
    process_id, offer = offered(desk, first, second)
    misbehaviour = wrong(second)
    misbehaviour.forget |= {each for each in offer.objects if code == "undecided" and each != str(first)}
    desk.archive.appraise(offer, dict.fromkeys(offer.objects, "V"), misbehaviour)
    take_answers(desk.services)
    assert (desk.state(first), desk.state(second)) == (CaseFileState.EVALUATED_DESTROY, CaseFileState.OFFERED)
    assert code in codes(desk)
    assert {row.case_file_id for row in lines(desk)} == {second}
    with pytest.raises(MissingReason):
        decide(desk, code, D.REPEAT, reason=" ")
    with pytest.raises(MoveRefused):
        decide(desk, code, D.ACCEPTED)
    decide(desk, code, D.REPEAT)
    assert desk.state(second) is CaseFileState.OFFERED
    assert code not in codes(desk)
    desk.archive.appraise(offer, dict.fromkeys(offer.objects, "A"))
    take_answers(desk.services)
    assert desk.state(second) is CaseFileState.EVALUATED_ARCHIVE
    assert codes(desk) == []
    assert process_id


@IN_BOTH_VERSIONS
def test_a_case_file_taken_out_is_closed_as_before_and_its_history_tells_why(desk: Desk) -> None:
    case_file_id = closed_file(desk.town)
    _, offer = offered(desk, case_file_id)
    desk.archive.appraise(offer, {}, Misbehaviour(leave_in_review={str(case_file_id)}))
    take_answers(desk.services)
    with pytest.raises(NotAllowed):
        decide(desk, "left-in-review", D.TAKEN_OUT, login="adler")
    decide(desk, "left-in-review", D.TAKEN_OUT)
    assert desk.state(case_file_id) is CaseFileState.CLOSED
    assert codes(desk) == []
    with desk.town.database.reading() as session:
        told = audit.of_case_file(session, desk.town.actor("weber"), case_file_id, limit=50, now=NOW)
    [entry] = [line for line in told if line.action == "exchange.decided"]
    assert any("Telefonat" in change.text for change in entry.changes)


@IN_BOTH_VERSIONS
@pytest.mark.parametrize("decision", [D.ACCEPTED, D.RESEND, D.TAKEN_OUT, D.REPEAT])
def test_what_was_not_confirmed_is_kept_until_a_person_decides(desk: Desk, decision: DifferenceDecision) -> None:
    first, second = closed_file(desk.town), closed_file(desk.town)
    delivery = handed(desk, first, second)
    forgotten = set(delivery.objects) - _objects_of(desk, first)
    desk.archive.confirm_import(delivery, Misbehaviour(forget=forgotten))
    take_answers(desk.services)
    assert (desk.state(first), desk.state(second)) == (CaseFileState.ARCHIVED, CaseFileState.TRANSFERRED)
    assert set(codes(desk)) == {"unconfirmed"}
    assert (may_be_destroyed(desk, first), may_be_destroyed(desk, second)) == (True, False)
    if decision is D.RESEND:
        desk.sent("0503").unlink()
    decide(desk, "unconfirmed", decision)
    if decision is D.ACCEPTED:
        assert desk.state(second) is CaseFileState.ARCHIVED
    elif decision is D.TAKEN_OUT:
        assert desk.state(second) is CaseFileState.CLOSED
    else:
        until(lambda: desk.state(second) is CaseFileState.TRANSFERRED, "with the archive")
        again = desk.archive.open(desk.sent("0503"), "0503") if decision is D.RESEND else delivery
        desk.archive.confirm_import(again)
        take_answers(desk.services)
        assert desk.state(second) is CaseFileState.ARCHIVED
    assert codes(desk) == []


def _objects_of(desk: Desk, case_file_id: UUID) -> set[str]:
    with desk.town.database.reading() as session:
        return set(owners(session, [session.get_one(CaseFile, case_file_id)]))


@IN_BOTH_VERSIONS
def test_a_part_of_a_file_that_is_not_confirmed_keeps_the_whole_file(desk: Desk) -> None:
    case_file_id = closed_file(desk.town)
    delivery = handed(desk, case_file_id)
    inside = set(delivery.objects) - {str(case_file_id)}
    desk.archive.confirm_import(delivery, Misbehaviour(forget=inside))
    take_answers(desk.services)
    assert desk.state(case_file_id) is CaseFileState.TRANSFERRED
    assert not may_be_destroyed(desk, case_file_id)
    decide(desk, "unconfirmed", D.ACCEPTED, login="adler")
    assert desk.state(case_file_id) is CaseFileState.ARCHIVED
    assert may_be_destroyed(desk, case_file_id)


@IN_BOTH_VERSIONS
@pytest.mark.parametrize("decision", [D.RESEND, D.TAKEN_OUT])
def test_a_rejected_file_is_handed_over_again_or_stays(desk: Desk, decision: DifferenceDecision) -> None:
    case_file_id = closed_file(desk.town)
    delivery = handed(desk, case_file_id)
    desk.archive.confirm_import(delivery, Misbehaviour(reject={str(case_file_id)}))
    take_answers(desk.services)
    assert desk.state(case_file_id) is CaseFileState.EVALUATED_ARCHIVE
    with pytest.raises(DifferencesOpen):
        desk.hand_over(UUID(delivery.process_id))
    desk.sent("0503").unlink()
    decide(desk, "rejected", decision)
    if decision is D.TAKEN_OUT:
        assert desk.state(case_file_id) is CaseFileState.CLOSED
        return
    until(lambda: desk.state(case_file_id) is CaseFileState.TRANSFERRED, "handed over again")
    desk.archive.confirm_import(desk.archive.open(desk.sent("0503"), "0503"))
    take_answers(desk.services)
    assert desk.state(case_file_id) is CaseFileState.ARCHIVED


@pytest.mark.parametrize("version", ["4.0.0"])
@pytest.mark.parametrize("decision", [D.ACCEPTED, D.RESEND, D.REPEAT])
def test_an_import_that_failed_as_a_whole_confirms_nothing(desk: Desk, decision: DifferenceDecision) -> None:
    case_file_id = closed_file(desk.town)
    delivery = handed(desk, case_file_id)
    desk.archive.confirm_import(delivery, Misbehaviour(fail="Speicher voll"))
    take_answers(desk.services)
    assert desk.state(case_file_id) is CaseFileState.TRANSFERRED
    assert codes(desk) == ["import-failed"]
    decide(desk, "import-failed", decision)
    if decision is D.RESEND:
        until(lambda: len(list(desk.out.glob("*_0503_2.zip"))) == 1, "handed over again")
        [again] = desk.out.glob("*_0503_2.zip")
        delivery = desk.archive.open(again, "0503")
    if decision is not D.ACCEPTED:
        desk.archive.confirm_import(delivery)
        take_answers(desk.services)
    assert desk.state(case_file_id) is CaseFileState.ARCHIVED
    assert codes(desk) == []


@pytest.mark.parametrize("version", ["4.0.0"])
def test_an_answer_to_another_message_is_applied_only_when_a_person_says_so(desk: Desk) -> None:
    case_file_id = closed_file(desk.town)
    _, offer = offered(desk, case_file_id)
    desk.archive.appraise(offer, dict.fromkeys(offer.objects, "V"), Misbehaviour(origin=str(uuid4())))
    take_answers(desk.services)
    assert (desk.state(case_file_id), codes(desk)) == (CaseFileState.OFFERED, ["wrong-origin"])
    decide(desk, "wrong-origin", D.APPLIED)
    assert desk.state(case_file_id) is CaseFileState.EVALUATED_DESTROY


@pytest.mark.parametrize("version", ["4.0.0"])
def test_a_test_message_can_only_be_set_aside(desk: Desk) -> None:
    case_file_id = closed_file(desk.town)
    _, offer = offered(desk, case_file_id)
    desk.archive.appraise(offer, dict.fromkeys(offer.objects, "V"), Misbehaviour(test=True))
    take_answers(desk.services)
    with pytest.raises(MoveRefused):
        decide(desk, "test-message", D.APPLIED)
    decide(desk, "test-message", D.SET_ASIDE)
    assert (desk.state(case_file_id), codes(desk)) == (CaseFileState.OFFERED, [])


@IN_BOTH_VERSIONS
def test_a_message_of_an_unknown_process_is_kept_and_listed(desk: Desk) -> None:
    case_file_id = closed_file(desk.town)
    _, offer = offered(desk, case_file_id)
    desk.archive.appraise(offer, {}, Misbehaviour(process_id=str(uuid4())))
    assert take_answers(desk.services) == 1
    assert (desk.state(case_file_id), codes(desk)) == (CaseFileState.OFFERED, ["wrong-process"])
    decide(desk, "wrong-process", D.SET_ASIDE)
    assert codes(desk) == []


@IN_BOTH_VERSIONS
def test_a_second_appraisal_that_says_otherwise_stops_everything_until_a_person_has_looked(desk: Desk) -> None:
    case_file_id = closed_file(desk.town)
    process_id, offer = offered(desk, case_file_id)
    for choice in ("A", "V"):
        desk.archive.appraise(offer, dict.fromkeys(offer.objects, choice))
        take_answers(desk.services)
    assert (desk.state(case_file_id), codes(desk)) == (CaseFileState.EVALUATED_ARCHIVE, ["duplicate"])
    with pytest.raises(DifferencesOpen):
        desk.hand_over(process_id)
    decide(desk, "duplicate", D.ACCEPTED, reason="Die zweite war ein Versehen")
    desk.hand_over(process_id)


@IN_BOTH_VERSIONS
def test_an_object_nobody_sent_stops_nothing(desk: Desk) -> None:
    case_file_id = closed_file(desk.town)
    delivery = handed(desk, case_file_id)
    desk.archive.confirm_import(delivery, Misbehaviour(invent=True))
    take_answers(desk.services)
    assert (desk.state(case_file_id), codes(desk)) == (CaseFileState.ARCHIVED, ["unknown-object"])
    assert may_be_destroyed(desk, case_file_id)
    decide(desk, "unknown-object", D.SET_ASIDE)
    assert codes(desk) == []


def test_who_may_not_know_of_a_file_sees_and_decides_nothing_of_it(desk: Desk) -> None:
    case_file_id = closed_file(desk.town)
    _, offer = offered(desk, case_file_id)
    desk.archive.appraise(offer, {}, Misbehaviour(leave_in_review={str(case_file_id)}))
    take_answers(desk.services)
    [row] = lines(desk)
    with desk.town.database.begin() as session, pytest.raises(NotAllowed):
        differences.listing(session, desk.town.actor("brandt"), now=NOW)
    with desk.town.database.begin() as session:
        session.get_one(CaseFile, case_file_id).restricted = True
    assert lines(desk, "weber") == []
    assert [each.id for each in lines(desk, "adler")] == [row.id]
    with pytest.raises(NotFound), desk.town.database.begin() as session:
        differences.decide(
            session, desk.town.actor("weber"), desk.services.objects, [row.id], D.REPEAT,
            reason="geraten", gateway=None, now=NOW,
        )  # fmt: skip


def test_what_is_not_answered_in_time_is_overdue_and_can_be_sent_again(desk: Desk) -> None:
    case_file_id = closed_file(desk.town)
    offered(desk, case_file_id)
    until(lambda: waiting(desk)[0].row.sent_at is not None, "delivered")
    [one] = waiting(desk)
    assert not one.overdue
    late = one.row.at + timedelta(days=181)
    assert [each.overdue for each in waiting(desk, late)] == [True]
    weber, settings = desk.town.actor("weber"), desk.services.settings
    with desk.town.database.begin() as session:
        archive_waiting.remind(session, weber, settings, one.row.id, note="angerufen", now=late)
    assert [each.overdue for each in waiting(desk, late)] == [False]
    path = desk.sent("0501")
    bytes_before = path.read_bytes()
    path.unlink()
    with desk.town.database.begin() as session:
        archive_waiting.send_again(session, weber, settings, one.row.id, desk.services.archive, late)
    assert desk.sent("0501").read_bytes() == bytes_before
    with desk.town.database.begin() as session, pytest.raises(NotFound):
        archive_waiting.remind(session, weber, settings, uuid4(), note="", now=late)


def waiting(desk: Desk, at: object = None) -> tuple[archive_waiting.Awaited, ...]:
    with desk.town.database.reading() as session:
        return archive_waiting.awaited(
            session,
            desk.town.actor("weber"),
            desk.services.settings,
            at or NOW,  # type: ignore[arg-type]  # a moment
        )
