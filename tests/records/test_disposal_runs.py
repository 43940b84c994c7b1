"""Disposal runs: moves that end, results the facts force, and nothing on hold that goes on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eakte.errors import MoveRefused
from eakte.records.disposal_runs import (
    ANSWER_LABELS,
    DUE,
    RESULT_LABELS,
    RUN_ENDED,
    STAGE_LABELS,
    RunAnswer,
    RunFacts,
    RunResult,
    RunStage,
    needs_appraisal,
    result_of,
    stage_of,
)
from eakte.records.states import (
    DISPOSAL_RUN_MOVES,
    RUN_LABELS,
    CaseFileState,
    DisposalRunState,
    DisposalState,
    move_disposal_run,
)
from retention.model import DisposalAction, Outcome

STATES, RESULTS = st.sampled_from(DisposalRunState), st.sampled_from(RunResult)
FACTS = st.builds(
    RunFacts,
    file_state=st.sampled_from(CaseFileState),
    outcome=st.sampled_from(Outcome),
    on_hold=st.booleans(),
    answer=st.none() | st.sampled_from(RunAnswer),
    offered=st.booleans(),
    decision=st.none() | st.sampled_from(DisposalAction),
    approved=st.booleans(),
    disposal=st.none() | st.sampled_from(DisposalState),
    result=st.none(),
)
BEGUN = {CaseFileState.DESTROYED, CaseFileState.TRANSFERRED, CaseFileState.ARCHIVED}


def test_every_state_stage_answer_and_result_has_a_german_name() -> None:
    assert set(DISPOSAL_RUN_MOVES) == set(RUN_LABELS) == set(DisposalRunState)
    assert (set(STAGE_LABELS), set(ANSWER_LABELS), set(RESULT_LABELS)) == (
        set(RunStage), set(RunAnswer), set(RunResult),
    )  # fmt: skip


@given(st.lists(STATES, max_size=12))
def test_no_way_through_a_run_comes_back_or_leaves_its_end(wanted: list[DisposalRunState]) -> None:
    state, seen = DisposalRunState.DRAFT, [DisposalRunState.DRAFT]
    for then in wanted:
        try:
            state = move_disposal_run(state, then)
        except MoveRefused:
            continue
        seen.append(state)
    assert len(set(seen)) == len(seen)
    assert all(one not in RUN_ENDED for one in seen[:-1])


@pytest.mark.parametrize("state", sorted(set(DisposalRunState) - RUN_ENDED))
def test_every_run_can_end(state: DisposalRunState) -> None:
    reached = {state}
    while more := {then for one in reached for then in DISPOSAL_RUN_MOVES[one]} - reached:
        reached |= more
    assert DisposalRunState.CLOSED in reached


def test_nothing_is_executed_that_nobody_approved() -> None:
    before = {one for one, then in DISPOSAL_RUN_MOVES.items() if then & {DisposalRunState.EXECUTION}}
    assert before == {DisposalRunState.APPROVAL, DisposalRunState.COOLING_OFF}
    assert {one for one, then in DISPOSAL_RUN_MOVES.items() if DisposalRunState.COOLING_OFF in then} == {
        DisposalRunState.APPROVAL
    }


@given(FACTS)
def test_a_hold_takes_every_file_out_that_is_not_gone_or_with_the_archive(facts: RunFacts) -> None:
    if facts.on_hold and facts.file_state not in BEGUN:
        assert result_of(facts) is RunResult.ON_HOLD


@given(FACTS)
def test_what_goes_on_is_due_and_without_a_hold_or_has_begun(facts: RunFacts) -> None:
    if result_of(facts) is None and facts.file_state not in BEGUN:
        assert facts.outcome in DUE
        assert not facts.on_hold
        assert facts.disposal is not DisposalState.REJECTED


@given(FACTS)
def test_only_a_finished_destruction_counts_as_destroyed(facts: RunFacts) -> None:
    destroyed = facts.file_state is CaseFileState.DESTROYED and facts.disposal is DisposalState.DONE
    assert (result_of(facts) is RunResult.DESTROYED) == destroyed


@given(FACTS, RESULTS)
def test_a_result_stands_whatever_happens_afterwards(facts: RunFacts, result: RunResult) -> None:
    left = RunFacts(facts.file_state, facts.outcome, on_hold=facts.on_hold, result=result)
    assert result_of(left) is result


@given(STATES, FACTS)
def test_a_file_waits_for_nobody_after_it_was_approved(run: DisposalRunState, facts: RunFacts) -> None:
    waits = {RunStage.ASKED, RunStage.WISHED, RunStage.OFFERED, RunStage.LAID_BEFORE}
    if facts.approved:
        assert stage_of(run, facts) not in waits


@given(st.sampled_from(Outcome), st.sampled_from(CaseFileState))
def test_the_archive_is_asked_once(outcome: Outcome, state: CaseFileState) -> None:
    assert needs_appraisal(outcome, state) == (outcome is Outcome.OFFER and state is CaseFileState.CLOSED)
