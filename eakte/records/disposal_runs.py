"""What becomes of a case file in a disposal run: answers, stages and results, decided from facts alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from eakte.records.states import CaseFileState, DisposalRunState, DisposalState
from retention.model import DisposalAction, Outcome


class RunAnswer(StrEnum):
    """What the department says about a case file of a run."""

    AGREED = "agreed"
    OBJECTED = "objected"
    """It stays; the file leaves the run."""
    KEEP_LONGER = "keep_longer"
    """It asks to keep the file until a day; the records manager decides."""
    OVERRULED = "overruled"
    """The wish to keep it longer was declined with a reason."""


class RunResult(StrEnum):
    """How a case file left its run."""

    DESTROYED = "destroyed"
    HANDED_OVER = "handed_over"
    TAKEN_OUT = "taken_out"
    OBJECTED = "objected"
    KEPT_LONGER = "kept_longer"
    DEFERRED = "deferred"
    """The archive cannot decide yet (action B)."""
    ON_HOLD = "on_hold"
    NOT_DUE = "not_due"
    REOPENED = "reopened"
    REJECTED = "rejected"
    """The second person did not approve."""
    REFUSED = "refused"
    """Something else stands against it; the reason says what."""
    CANCELLED = "cancelled"


class RunStage(StrEnum):
    """Where a case file of a run stands, and thereby for whom it waits."""

    DRAWN_UP = "drawn_up"
    ASKED = "asked"
    """Waits for the department."""
    WISHED = "wished"
    """Waits for the records manager to decide about the wish to keep it longer."""
    ANSWERED = "answered"
    OFFERED = "offered"
    """Waits for the archive's decision."""
    APPRAISED = "appraised"
    LAID_BEFORE = "laid_before"
    """Waits for the second person."""
    APPROVED = "approved"
    """Cooling off, or about to be executed."""
    HANDING_OVER = "handing_over"
    """Waits until the archive has it."""
    EXECUTING = "executing"
    SETTLED = "settled"


RUN_ENDED = frozenset({DisposalRunState.CLOSED, DisposalRunState.CANCELLED})
RUN_UNDER_WAY = frozenset(DisposalRunState) - RUN_ENDED
RUN_SETTLES = RUN_UNDER_WAY - {DisposalRunState.DRAFT}
"""States in which a run closes by itself when every record has its result."""

ANSWER_LABELS: Mapping[RunAnswer, str] = {
    RunAnswer.AGREED: "zugestimmt",
    RunAnswer.OBJECTED: "widersprochen",
    RunAnswer.KEEP_LONGER: "länger aufbewahren",
    RunAnswer.OVERRULED: "Wunsch abgelehnt",
}
RESULT_LABELS: Mapping[RunResult, str] = {
    RunResult.DESTROYED: "vernichtet",
    RunResult.HANDED_OVER: "an das Archiv übergeben",
    RunResult.TAKEN_OUT: "herausgenommen",
    RunResult.OBJECTED: "Fachamt hat widersprochen",
    RunResult.KEPT_LONGER: "wird länger aufbewahrt",
    RunResult.DEFERRED: "Bewertung zurückgestellt",
    RunResult.ON_HOLD: "Löschsperre",
    RunResult.NOT_DUE: "nicht mehr fällig",
    RunResult.REOPENED: "wieder geöffnet",
    RunResult.REJECTED: "nicht freigegeben",
    RunResult.REFUSED: "nicht möglich",
    RunResult.CANCELLED: "Lauf abgebrochen",
}
STAGE_LABELS: Mapping[RunStage, str] = {
    RunStage.DRAWN_UP: "aufgestellt",
    RunStage.ASKED: "wartet auf das Fachamt",
    RunStage.WISHED: "Wunsch: länger aufbewahren",
    RunStage.ANSWERED: "Fachamt stimmt zu",
    RunStage.OFFERED: "wartet auf das Archiv",
    RunStage.APPRAISED: "vom Archiv bewertet",
    RunStage.LAID_BEFORE: "wartet auf Freigabe",
    RunStage.APPROVED: "freigegeben",
    RunStage.HANDING_OVER: "wird an das Archiv übergeben",
    RunStage.EXECUTING: "wird vernichtet",
    RunStage.SETTLED: "erledigt",
}
ACTION_WORDS: Mapping[DisposalAction, str] = {
    DisposalAction.ARCHIVE: "A – archivwürdig",
    DisposalAction.REVIEW: "B – später bewerten",
    DisposalAction.DESTROY: "V – vernichten",
}
DUE = frozenset({Outcome.DESTROY, Outcome.OFFER})
CANDIDATES = frozenset({CaseFileState.CLOSED, CaseFileState.EVALUATED_DESTROY, CaseFileState.ARCHIVED})
"""States of case files that a run may take in: the archive has yet to decide, or has decided or received them."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What is known of one case file of a run."""

    file_state: CaseFileState
    outcome: Outcome
    """Today's verdict, holds included."""
    on_hold: bool = False
    answer: RunAnswer | None = None
    offered: bool = False
    """Offered to the archive by this run."""
    decision: DisposalAction | None = None
    approved: bool = False
    disposal: DisposalState | None = None
    result: RunResult | None = None


def needs_appraisal(outcome: Outcome, file_state: CaseFileState) -> bool:
    """Tell whether the archive decides about the file: not if a rule it approved, or it itself, already did."""
    return outcome is Outcome.OFFER and file_state is CaseFileState.CLOSED


def stage_of(run: DisposalRunState, facts: RunFacts) -> RunStage:
    """Return where a case file of a run stands."""
    if facts.result is not None:
        return RunStage.SETTLED
    if facts.disposal in {DisposalState.EXECUTING, DisposalState.DONE}:
        return RunStage.EXECUTING
    if facts.approved:
        wanted = facts.decision is DisposalAction.ARCHIVE
        return RunStage.HANDING_OVER if wanted else RunStage.APPROVED
    asked = {None: RunStage.ASKED, RunAnswer.KEEP_LONGER: RunStage.WISHED}
    waits = facts.offered and facts.decision is None
    by_run = {
        DisposalRunState.DRAFT: RunStage.DRAWN_UP,
        DisposalRunState.REVIEW: asked.get(facts.answer, RunStage.ANSWERED),
        DisposalRunState.APPRAISAL: RunStage.OFFERED if waits else RunStage.APPRAISED,
    }
    return by_run.get(run, RunStage.LAID_BEFORE)


def result_of(facts: RunFacts) -> RunResult | None:
    """Return the result the facts force upon a case file; ``None``: it goes on.

    What has begun goes to its end: a file that is being destroyed, or is on its way to the archive, is not taken
    out any more. Everything else leaves the run as soon as a hold, a new date or a reopening stands against it.
    """
    if facts.result is not None:
        return facts.result
    if facts.file_state is CaseFileState.DESTROYED:
        return RunResult.DESTROYED if facts.disposal is DisposalState.DONE else None
    if facts.offered and facts.file_state is CaseFileState.ARCHIVED:
        return RunResult.HANDED_OVER
    return None if facts.file_state is CaseFileState.TRANSFERRED else _against(facts)


def _against(facts: RunFacts) -> RunResult | None:
    found = (
        (facts.on_hold, RunResult.ON_HOLD),
        (facts.file_state in {CaseFileState.OPEN, CaseFileState.VOIDED}, RunResult.REOPENED),
        (facts.outcome not in DUE, RunResult.NOT_DUE),
        (facts.disposal is DisposalState.REJECTED, RunResult.REJECTED),
    )
    return next((result for holds, result in found if holds), None)


class RunParty(StrEnum):
    """Who takes part in a run."""

    MANAGER = "manager"
    DEPARTMENT = "department"
    ARCHIVE = "archive"
    APPROVER = "approver"


PARTY_LABELS: Mapping[RunParty, str] = {
    RunParty.MANAGER: "Schriftgutverwaltung",
    RunParty.DEPARTMENT: "Fachamt",
    RunParty.ARCHIVE: "Stadtarchiv",
    RunParty.APPROVER: "zweite Person",
}


@dataclass(frozen=True, slots=True)
class RunCounts:
    """Case files of a run by what they wait for, as far as somebody may see them."""

    files: int = 0
    left: int = 0
    """Without a result."""
    unanswered: int = 0
    own_unanswered: int = 0
    """Of the departments the person works in."""
    wished: int = 0
    undecided: int = 0
    to_confirm: int = 0
    """On their way to the archive, which has to say that it has them."""
    unapproved: int = 0


def waits_for(state: DisposalRunState, counts: RunCounts) -> frozenset[RunParty]:
    """Return whom a run waits for; nobody, while the service itself works or time passes."""
    if state is DisposalRunState.REVIEW:
        asked = {RunParty.DEPARTMENT: counts.unanswered, RunParty.MANAGER: counts.wished}
        return frozenset(party for party, count in asked.items() if count) or frozenset({RunParty.MANAGER})
    if state is DisposalRunState.APPRAISAL:
        return frozenset({RunParty.ARCHIVE if counts.undecided else RunParty.MANAGER})
    if state in {DisposalRunState.COOLING_OFF, DisposalRunState.EXECUTION}:
        return frozenset({RunParty.ARCHIVE}) if counts.to_confirm else frozenset()
    others = {DisposalRunState.DRAFT: RunParty.MANAGER, DisposalRunState.APPROVAL: RunParty.APPROVER}
    return frozenset({others[state]}) if state in others else frozenset()
