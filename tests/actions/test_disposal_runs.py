"""Disposal runs: drawn up, reviewed, appraised, approved by two, executed; each record leaves with a result."""

from __future__ import annotations

import json
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from eakte.actions import disposal, disposal_runs, holds, run_review, run_settling, verification
from eakte.actions.disposal_runs import Selection
from eakte.errors import (
    CountNotConfirmed,
    InvalidInput,
    MissingReason,
    MoveRefused,
    NotAllowed,
    NotFound,
    SamePerson,
)
from eakte.records.disposal_runs import RunAnswer, RunResult
from eakte.records.holding import HoldScope
from eakte.records.states import CaseFileState, DisposalRunState, DisposalState
from eakte.store.disposal import DestructionCertificate, Disposal, DisposalHold
from eakte.store.files import CaseFile
from eakte.store.history import HistoryEntry
from eakte.store.hold_orders import HoldOrder
from retention.model import DisposalAction
from tests.actions.runs import TODAY, destroy, draw_up, due_file
from tests.town import Town

A, B, V = DisposalAction.ARCHIVE, DisposalAction.REVIEW, DisposalAction.DESTROY


def test_a_run_goes_from_the_records_manager_over_department_and_archive_to_certificate_and_reference(
    town: Town,
) -> None:
    by_rule, wanted, unwanted = due_file(town), due_file(town, offered=True), due_file(town, offered=True)
    run = draw_up(town)
    assert set(run.results()) == {by_rule, wanted, unwanted}
    assert any("52.01" in step or "R-V" in step for step in run.row(by_rule).steps)
    run.go_on()
    run.answer(by_rule, wanted, unwanted)
    run.go_on()
    assert run.state is DisposalRunState.APPRAISAL
    run.decide(wanted, decision=A)
    run.decide(unwanted, decision=V)
    run.go_on()
    assert run.state is DisposalRunState.APPROVAL
    run.approve(3)
    assert run.state is DisposalRunState.EXECUTION
    for file in (by_rule, unwanted):
        destroy(town, run.disposal_of(file))
    run.take_over(wanted, reference="StadtA, Dig. 7")
    assert run.results() == {
        by_rule: RunResult.DESTROYED, unwanted: RunResult.DESTROYED, wanted: RunResult.HANDED_OVER,
    }  # fmt: skip
    assert run.state is DisposalRunState.CLOSED
    with town.database.reading() as session:
        assert session.get_one(CaseFile, wanted).archive_reference == "StadtA, Dig. 7"
        proof = json.loads(session.get_one(DestructionCertificate, run.row(unwanted).disposal_id).document)
        assert "Adler" in json.dumps(proof, ensure_ascii=False)
        assert verification.verify(session).first_broken is None


def test_what_the_archive_has_may_go_with_the_next_run(town: Town) -> None:
    wanted = due_file(town, offered=True)
    run = draw_up(town)
    run.to_approval(wanted)
    run.decide(wanted, decision=A)
    run.go_on()
    run.approve(1)
    run.take_over(wanted)
    following = draw_up(town, "Übernommenes")
    following.to_approval(wanted)
    assert following.state is DisposalRunState.APPROVAL
    following.approve(1)
    destroy(town, following.disposal_of(wanted))
    assert following.results() == {wanted: RunResult.DESTROYED}


def test_a_selection_takes_branch_department_and_day(town: Town) -> None:
    building, heritage = due_file(town), due_file(town, offered=True)
    with town.database.reading() as session:
        weber = town.actor("weber")

        def found(**by: object) -> set[object]:
            wanted = Selection(**by)  # type: ignore[arg-type]  # fields of the selection
            return {file.id for file in disposal_runs.candidates(session, weber, wanted, TODAY)}

        assert found() == {building, heritage}
        assert found(plan_code="52") == {building, heritage}
        assert found(plan_code="52.02") == {heritage}
        assert found(unit_code="63") == {building, heritage}
        assert found(unit_code="63.2") == {building}
        assert found(unit_code="50") == set()
        assert found(due_until=date(2013, 12, 31)) == {building}
        assert found(due_until=date(2013, 12, 30)) == set()
        with pytest.raises(InvalidInput):
            found(plan_code="99")


def test_a_file_is_in_one_running_run_only(town: Town) -> None:
    file = due_file(town)
    run = draw_up(town)
    assert draw_up(town, "noch einer").results() == {}
    run.take_out(file)
    assert draw_up(town, "der nächste").results() == {file: None}


def test_files_are_added_and_taken_out_with_a_reason(town: Town) -> None:
    first = due_file(town)
    run = draw_up(town)
    later, weber = due_file(town), town.actor("weber")
    with pytest.raises(MissingReason), town.database.begin() as session:
        disposal_runs.add(session, weber, run.run_id, [later], reason=" ", now=TODAY)
    with pytest.raises(MissingReason):
        run.take_out(first, reason="")
    with town.database.begin() as session:
        disposal_runs.add(session, weber, run.run_id, [later], reason="vergessen", now=TODAY)
    run.take_out(first, reason="doppelt geführt")
    assert run.results() == {first: RunResult.TAKEN_OUT, later: None}
    assert (run.row(later).added_because, run.row(first).result_reason) == ("vergessen", "doppelt geführt")
    with town.database.begin() as session:
        disposal_runs.add(session, weber, run.run_id, [first], reason="doch", now=TODAY)
    assert run.results() == {first: None, later: None}


def test_only_what_is_due_and_free_is_added(town: Town) -> None:
    run = draw_up(town)
    weber = town.actor("weber")
    young = town.case_file()
    town.close(young.id, on=TODAY)
    other = draw_up(town, "anderer")
    taken = due_file(town)
    with town.database.begin() as session:
        disposal_runs.add(session, weber, other.run_id, [taken], reason="hier", now=TODAY)
    for file in (young.id, taken, town.case_file().id):
        with pytest.raises(Exception, match=r"not-due|move-refused"), town.database.begin() as session:
            disposal_runs.add(session, weber, run.run_id, [file], reason="dort", now=TODAY)


def test_nobody_adds_what_they_may_not_see_and_nobody_learns_of_it(town: Town) -> None:
    hidden = due_file(town, restricted=True)
    run = draw_up(town)
    assert run.results() == {}
    with pytest.raises(NotFound), town.database.begin() as session:
        disposal_runs.add(session, town.actor("weber"), run.run_id, [hidden], reason="alles", now=TODAY)


def test_the_department_objects_and_the_file_leaves(town: Town) -> None:
    stays, goes = due_file(town), due_file(town)
    run = draw_up(town)
    run.go_on()
    with pytest.raises(MissingReason):
        run.answer(stays, given=RunAnswer.OBJECTED)
    run.answer(stays, given=RunAnswer.OBJECTED, reason="Nachbarklage droht")
    with pytest.raises(MoveRefused):
        run.go_on()
    run.answer(goes)
    run.go_on()
    assert run.results() == {stays: RunResult.OBJECTED, goes: None}
    assert run.state is DisposalRunState.APPROVAL


def test_a_wish_to_keep_longer_waits_for_the_records_manager(town: Town) -> None:
    granted, declined = due_file(town), due_file(town)
    run = draw_up(town)
    run.go_on()
    wish = {"given": RunAnswer.KEEP_LONGER, "reason": "Gewährleistung"}
    with pytest.raises(InvalidInput):
        run.answer(granted, keep_until=TODAY.date(), **wish)  # type: ignore[arg-type]  # given and reason
    run.answer(granted, declined, keep_until=date(2030, 1, 1), **wish)  # type: ignore[arg-type]  # given and reason
    with pytest.raises(MoveRefused):
        run.go_on()
    weber = town.actor("weber")
    with town.database.begin() as session:
        run_review.grant(session, weber, run.run_id, [granted], TODAY)
    with town.database.begin() as session:
        run_review.decline(session, weber, run.run_id, [declined], reason="Frist reicht", now=TODAY)
    run.go_on()
    assert run.results() == {granted: RunResult.KEPT_LONGER, declined: None}
    with town.database.reading() as session:
        [hold] = session.scalars(select(DisposalHold).where(DisposalHold.case_file_id == granted))
        assert (hold.reason, hold.review_on) == ("Gewährleistung", date(2030, 1, 1))


def test_another_department_and_the_records_manager_cannot_answer(town: Town) -> None:
    file = due_file(town)
    run = draw_up(town)
    run.go_on()
    with pytest.raises(NotFound):
        run.answer(file, login="kaya")
    with pytest.raises(NotAllowed):
        run.answer(file, login="weber")


def test_the_archivist_sees_what_was_offered_and_nothing_else(town: Town) -> None:
    due_file(town)
    offered = due_file(town, offered=True)
    run = draw_up(town)
    adler = town.actor("adler")

    def seen() -> set[object]:
        with town.database.reading() as session:
            return {row.case_file_id for row in disposal_runs.unsettled(session, adler, run.run_id, TODAY)}

    run.go_on()
    with pytest.raises(NotFound), town.database.reading() as session:
        disposal_runs.run_of(session, adler, run.run_id, TODAY)
    run.answer(*run.results())
    run.go_on()
    assert seen() == {offered}
    assert not town.sees("adler", offered)


def test_b_leaves_the_file_to_another_time(town: Town) -> None:
    file = due_file(town, offered=True)
    run = draw_up(town)
    run.to_approval(file)
    run.decide(file, decision=B)
    assert run.results() == {file: RunResult.DEFERRED}
    assert run.state is DisposalRunState.CLOSED
    with town.database.reading() as session:
        assert session.get_one(CaseFile, file).state is CaseFileState.CLOSED


@pytest.mark.parametrize("step", range(5))
def test_a_hold_takes_the_file_out_at_any_moment_and_says_so(town: Town, step: int) -> None:
    held, other = due_file(town, offered=True), due_file(town, offered=True)
    run = draw_up(town)
    steps = (
        run.go_on,
        lambda: run.answer(held, other),
        run.go_on,
        lambda: (run.decide(held, other, decision=V), run.go_on()),
        lambda: run.approve(2, days=14),
    )
    for one in steps[: step + 1]:
        one()
    with town.database.begin() as session:
        holds.place(session, town.actor("weber"), held, reason="Klage", now=TODAY)
    assert run.results() == {held: RunResult.ON_HOLD, other: None}
    with town.database.reading() as session:
        assert session.get_one(CaseFile, held).state is CaseFileState.CLOSED
        states = set(session.scalars(select(Disposal.state).where(Disposal.case_file_id == held)))
        assert states <= {DisposalState.REJECTED}
        told = session.scalars(
            select(HistoryEntry.detail).where(
                HistoryEntry.case_file_id == held, HistoryEntry.action == "disposal_run.settled"
            )
        ).all()
        assert told == [{"run_result": "on_hold"}]


def test_approval_needs_a_second_person_and_the_typed_number(town: Town) -> None:
    files = [due_file(town), due_file(town)]
    run = draw_up(town)
    run.to_approval(*files)
    for wrong in (None, 0, 1, 3):
        with pytest.raises(CountNotConfirmed):
            run.approve(wrong)
    with pytest.raises(SamePerson):
        run.approve(2, login="weber")
    with pytest.raises(NotAllowed):
        run.approve(2, login="ott")
    run.approve(2, days=14)
    assert run.state is DisposalRunState.COOLING_OFF
    with town.database.reading() as session:
        assert {one.not_before for one in session.scalars(select(Disposal))} == {TODAY.date() + timedelta(days=14)}


def test_who_may_not_see_a_file_does_not_approve_it(town: Town) -> None:
    hidden, open_ = due_file(town, restricted=True), due_file(town)
    with town.database.begin() as session:
        town.share(session, hidden, f"person:{town.actor('weber').person_id}")
    run = draw_up(town)
    assert set(run.results()) == {hidden, open_}
    run.to_approval(hidden, open_)
    run.approve(1)
    assert run.state is DisposalRunState.APPROVAL
    assert run.row(hidden).approved_at is None
    with town.database.begin() as session:
        town.share(session, hidden, f"person:{town.actor('lang').person_id}")
    run.approve(1)
    assert run.state is DisposalRunState.EXECUTION


def test_the_run_waits_in_the_cooling_off_time_and_goes_on_with_the_first_destruction(town: Town) -> None:
    file = due_file(town)
    run = draw_up(town)
    run.to_approval(file)
    run.approve(1, days=14)
    town.now = TODAY + timedelta(days=14)
    destroy(town, run.disposal_of(file))
    assert run.state is DisposalRunState.CLOSED
    states = _states_told(town, run.run_id)
    assert states == ["review", "approval", "cooling_off", "execution", "closed"]


def _states_told(town: Town, run_id: object) -> list[str]:
    with town.database.reading() as session:
        told = session.scalars(
            select(HistoryEntry)
            .where(HistoryEntry.about_id == str(run_id), HistoryEntry.action == "disposal_run.moved")
            .order_by(HistoryEntry.sequence)
        )
        return [one.detail["run_state"] for one in told]


def test_a_destruction_rejected_elsewhere_is_told_by_the_run(town: Town) -> None:
    file = due_file(town)
    run = draw_up(town)
    run.to_approval(file)
    disposal_id = run.disposal_of(file)
    with town.database.begin() as session:
        disposal.reject(session, town.actor("lang"), disposal_id, now=TODAY)
    with town.database.begin() as session:
        run_settling.settle_run(session, run.run_id, TODAY)
    assert run.results() == {file: RunResult.REJECTED}
    assert run.state is DisposalRunState.CLOSED


def test_a_hold_placed_past_all_actions_is_found_by_the_hourly_comparison(town: Town) -> None:
    file = due_file(town)
    run = draw_up(town)
    run.to_approval(file)
    with town.database.begin() as session:
        order = HoldOrder(
            title="Import",
            scope=HoldScope.FILES,
            reason="Import",
            placed_at=TODAY,
            placed_by="x",
            review_on=TODAY.date(),
        )
        session.add(DisposalHold(case_file_id=file, order=order, placed_on=TODAY.date(), placed_by="x"))
    for _ in range(2):
        with town.database.begin() as session:
            run_settling.settle_run(session, run.run_id, TODAY)
    assert run.results() == {file: RunResult.ON_HOLD}


def test_a_cancelled_run_leaves_its_files_as_they_were(town: Town) -> None:
    offered, by_rule = due_file(town, offered=True), due_file(town)
    run = draw_up(town)
    run.to_approval(offered, by_rule)
    run.decide(offered, decision=V)
    run.go_on()
    with town.database.begin() as session:
        disposal_runs.cancel(session, town.actor("lang"), run.run_id, reason="falsche Auswahl", now=TODAY)
    assert run.state is DisposalRunState.CANCELLED
    assert set(run.results().values()) == {RunResult.CANCELLED}
    with town.database.reading() as session:
        assert {session.get_one(CaseFile, file).state for file in (offered, by_rule)} == {CaseFileState.CLOSED}
        assert set(session.scalars(select(Disposal.state))) == {DisposalState.REJECTED}
    assert draw_up(town, "von vorn").results() == {offered: None, by_rule: None}


def test_what_was_said_about_a_file_goes_with_it(town: Town) -> None:
    file = due_file(town)
    run = draw_up(town)
    run.go_on()
    run.answer(file, reason="Frau Hollmann weiß Bescheid")
    run.go_on()
    run.approve(1)
    destroy(town, run.disposal_of(file))
    row = run.row(file)
    assert (row.answer_reason, row.added_because, row.result) == ("", "", RunResult.DESTROYED)


def test_an_unknown_run_is_not_found(town: Town) -> None:
    with pytest.raises(NotFound), town.database.reading() as session:
        disposal_runs.run_of(session, town.actor("weber"), uuid4(), TODAY)
