"""Changing retention rules: drafts, what they would move, and the approval by a second person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from eakte.actions import rule_drafts as actions
from eakte.actions import rule_preview, rule_preview_view
from eakte.actions.rule_preview import State
from eakte.actions.rule_preview_view import Moved, Sums
from eakte.api.models import Code, In, Out, Query, Reason
from eakte.api.operation import Answer, Call, Operation
from eakte.api.v1.rules import RuleVersion, version_of
from eakte.errors import MissingReason, MoveRefused, SamePerson
from eakte.records.access import Permission
from eakte.records.rule_draft import FIELDS, ChangeKind, DraftNotReady, DraftState, PreviewNotSeen
from eakte.store.rules import RuleDraft as Row
from retention.change import Effect
from retention.model import Outcome

_ONE = "/rule-drafts/<uuid:draft_id>"
RuleText = Annotated[str, StringConstraints(max_length=actions.LONGEST_TEXT)]


class NewRuleDraft(In):
    """Which rule changes, and how."""

    rule_change: ChangeKind
    rule_key: Code


class RuleTexts(In):
    """What is typed; fields that are not named stay as they are."""

    rule_texts: Annotated[dict[str, RuleText], Field(max_length=len(FIELDS))]


class RuleDraftRow(Out):
    """A draft in a list."""

    draft_id: UUID
    rule_key: str
    rule_change: ChangeKind
    draft_state: DraftState
    changed_by: str
    changed_at: datetime
    decided_by: str | None
    rule_id: str | None


class RuleDrafts(Out):
    """All drafts."""

    items: list[RuleDraftRow]


class RuleDraft(RuleDraftRow):
    """A draft with what is typed, what is wrong with it, and the version it would become."""

    rule_texts: dict[str, str]
    rule_faults: dict[str, str]
    becomes: RuleVersion | None
    revision: int


class EffectCount(Out):
    """How many case files move in one way."""

    effect: Effect
    case_files_moved: int


class DepartmentMoves(Out):
    """What moves in one department."""

    department_code: str
    effect_counts: list[EffectCount]


class YearMoves(Out):
    """In which year the keeping of those that move ends."""

    end_year: int | None
    ends_before: int
    ends_after: int


class RulePreviewResult(Out):
    """How far a preview is, and what it found among the case files that are open to the person."""

    preview_state: State
    preview_day: date
    compared: int
    compared_of: int
    fingerprint: str
    effect_counts: list[EffectCount]
    moves_by_department: list[DepartmentMoves]
    moves_by_year: list[YearMoves]


class MovedFile(Out):
    """A case file that moves."""

    case_file_id: UUID
    reference: str
    department_code: str
    effect: Effect
    outcome_before: Outcome
    outcome_after: Outcome
    end_before: date | None
    end_after: date | None


class MovedFiles(Out):
    """A piece of the case files that move, in the order of their ids."""

    items: list[MovedFile]


class MovedQuery(Query):
    """Where the list goes on."""

    limit: int = Field(default=100, ge=1, le=1_000)
    behind: UUID | None = None


class Giving(In):
    """Why a draft is given up."""

    reason: Reason


class RuleApproval(In):
    """What whoever approves has seen."""

    fingerprint: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def listing(call: Call) -> RuleDrafts:
    """List all drafts."""
    return RuleDrafts(
        items=[RuleDraftRow.model_validate(_facts(one)) for one in actions.listing(call.session, call.actor)]
    )


def _facts(row: Row) -> dict[str, object]:
    return {
        "draft_id": row.id,
        "rule_key": row.code,
        "rule_change": row.change,
        "draft_state": row.state,
        "changed_by": row.changed_by,
        "changed_at": row.changed_at,
        "decided_by": row.decided_by,
        "rule_id": row.rule_id,
    }


def begin(call: Call, body: NewRuleDraft) -> Answer:
    """Begin a change."""
    return show(call, actions.begin(call.session, call.actor, body.rule_change, body.rule_key, call.now).id)


def show(call: Call, draft_id: UUID) -> Answer:
    """Return a draft."""
    row = actions.draft_of(call.session, call.actor, draft_id)
    checked = actions.checked(call.session, row, call.now) if row.state is DraftState.DRAFT else None
    content = {
        **_facts(row),
        "rule_texts": row.texts,
        "rule_faults": dict(checked.faults) if checked else {},
        "becomes": version_of(checked.rule, row.texts.get("reason", "")) if checked and checked.rule else None,
        "revision": row.revision,
    }
    return Answer(RuleDraft.model_validate(content), revision=row.revision)


def save(call: Call, body: RuleTexts, draft_id: UUID) -> Answer:
    """Keep what is typed, faulty or not."""
    actions.save(call.session, call.actor, draft_id, body.rule_texts, revision=call.seen, now=call.now)
    return show(call, draft_id)


def discard(call: Call, body: Giving, draft_id: UUID) -> Answer:
    """Give a draft up."""
    actions.discard(call.session, call.actor, draft_id, reason=body.reason, now=call.now)
    return show(call, draft_id)


def order(call: Call, draft_id: UUID) -> RulePreviewResult:
    """Order the preview."""
    actions.order_preview(call.session, call.actor, draft_id, call.now)
    return preview(call, draft_id)


def preview(call: Call, draft_id: UUID) -> RulePreviewResult:
    """Return how far the preview is and what it found."""
    row = actions.draft_of(call.session, call.actor, draft_id)
    standing = rule_preview.state_of(call.session, row, actions.checked(call.session, row, call.now).rule, call.now)
    sums = Sums((), (), {})
    if standing.ended_at:
        sums = rule_preview_view.sums(call.session, call.actor, row, standing, call.now)
    return RulePreviewResult(
        preview_state=standing.state,
        preview_day=standing.day,
        compared=standing.compared,
        compared_of=standing.total,
        fingerprint=standing.fingerprint,
        effect_counts=_counts(sums),
        moves_by_department=[
            DepartmentMoves(department_code=one.code, effect_counts=_counts(one)) for one in sums.departments
        ],
        moves_by_year=[
            YearMoves(end_year=one.year, ends_before=one.before, ends_after=one.after) for one in sums.years
        ],
    )


def _counts(sums: Sums | rule_preview_view.DepartmentSums) -> list[EffectCount]:
    return [EffectCount(effect=one, case_files_moved=sums.counts[one]) for one in Effect if sums.counts.get(one)]


def moved(call: Call, query: MovedQuery, draft_id: UUID) -> MovedFiles:
    """List the case files that move."""
    row = actions.draft_of(call.session, call.actor, draft_id)
    standing = rule_preview.state_of(call.session, row, None, call.now)
    if standing.ended_at is None:
        raise PreviewNotSeen
    found = rule_preview_view.listed(
        call.session, call.actor, row, standing, behind=query.behind, limit=query.limit, now=call.now
    )
    return MovedFiles(items=[_moved(one) for one in found])


def _moved(one: Moved) -> MovedFile:
    same = {name: getattr(one, name) for name in MovedFile.model_fields if hasattr(one, name)}
    return MovedFile.model_validate({**same, "department_code": one.department})


def approve(call: Call, body: RuleApproval, draft_id: UUID) -> RuleVersion:
    """Let the change count from its day on."""
    made = actions.approve(call.session, call.actor, draft_id, fingerprint=body.fingerprint, now=call.now)
    return version_of(made, actions.draft_of(call.session, call.actor, draft_id).texts["reason"])


OPERATIONS = (
    Operation("GET", "/rule-drafts", listing, Permission.DISPOSE, RuleDrafts, "Änderungen von Regeln auflisten"),
    Operation(
        "POST", "/rule-drafts", begin, Permission.DISPOSE, RuleDraft, "Änderung einer Regel beginnen", status=201,
        body=NewRuleDraft, tagged=True,
    ),
    Operation("GET", _ONE, show, Permission.DISPOSE, RuleDraft, "Entwurf mit allem, was noch fehlt", tagged=True),
    Operation(
        "PATCH", _ONE, save, Permission.DISPOSE, RuleDraft, "Angaben eines Entwurfs sichern", body=RuleTexts,
        current=show, tagged=True, problems=(MoveRefused,),
        notes="Gesichert wird auch, was noch falsch ist; rule_faults nennt jeden Fehler bei seiner Angabe.",
    ),
    Operation(
        "POST", f"{_ONE}/discarding", discard, Permission.DISPOSE, RuleDraft, "Entwurf verwerfen", body=Giving,
        problems=(MissingReason, MoveRefused),
    ),
    Operation(
        "POST", f"{_ONE}/preview", order, Permission.DISPOSE, RulePreviewResult, "Vorschau beauftragen",
        problems=(DraftNotReady, MoveRefused),
        notes="Der ganze Bestand wird im Hintergrund mit den bisherigen Regeln und mit dem Entwurf gerechnet.",
    ),
    Operation(
        "GET", f"{_ONE}/preview", preview, Permission.DISPOSE, RulePreviewResult, "Stand und Ergebnis der Vorschau",
        notes="Gezählt sind Akten, die der Person offenstehen.",
    ),
    Operation(
        "GET", f"{_ONE}/moved-files", moved, Permission.DISPOSE, MovedFiles, "Akten, die sich bewegen",
        query=MovedQuery, problems=(PreviewNotSeen,),
    ),
    Operation(
        "POST", f"{_ONE}/approval", approve, Permission.DISPOSE, RuleVersion, "Als zweite Person freigeben",
        body=RuleApproval, problems=(SamePerson, DraftNotReady, PreviewNotSeen, MoveRefused),
        notes="Nennt den Abdruck (fingerprint) der Vorschau, die gesehen wurde.",
    ),
)  # fmt: skip
