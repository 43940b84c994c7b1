"""Re-mapping case files to another version of the file plan."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from eakte.actions import rehousing as actions
from eakte.actions import rehousing_preview
from eakte.actions.rehousing_preview import UnitPreview
from eakte.api.models import Code, In, Out, Reason
from eakte.api.operation import Answer, Call, Operation
from eakte.errors import MissingReason, MoveRefused
from eakte.records.access import Permission
from eakte.records.plan_rows import PlanRefused
from eakte.records.rehousing import RehousingState
from eakte.records.rehousing import Target as Decision
from eakte.store.rehousing import Rehousing as Row

_ONE = "/rehousings/<uuid:rehousing_id>"


class NewRehousing(In):
    """Between which versions case files move."""

    source_id: UUID
    target_id: UUID


class RehousingRow(Out):
    """A re-mapping in a list."""

    rehousing_id: UUID
    source_id: UUID
    target_id: UUID
    rehousing_state: RehousingState
    closed_too: bool


class Rehousings(Out):
    """All re-mappings."""

    items: list[RehousingRow]


class Example(Out):
    """A case file before and after."""

    case_file_id: UUID
    reference: str
    new_reference: str
    retention: list[str]
    obstacle: str


class RehousingUnit(Out):
    """What becomes of the case files of a unit."""

    old_code: str
    title: str
    new_code: str | None
    renumber: bool
    open_files: int
    closed_files: int
    examples: list[Example]
    rights_change: str
    obstacles: list[str]


class Rehousing(RehousingRow):
    """A re-mapping with its preview."""

    units: list[RehousingUnit]
    revision: int


class Target(In):
    """Where the case files of a unit go."""

    old_code: Code
    new_code: Annotated[str, StringConstraints(max_length=40)] = ""
    renumber: bool = False


class Decisions(In):
    """What is decided."""

    targets: Annotated[list[Target], Field(max_length=10_000)]
    closed_too: bool | None = None


class Order(In):
    """The order to move."""

    reason: Reason


def listing(call: Call) -> Rehousings:
    """Return all re-mappings."""
    return Rehousings(
        items=[RehousingRow.model_validate(_facts(one)) for one in actions.listing(call.session, call.actor)]
    )


def _facts(row: Row) -> dict[str, object]:
    return {
        "rehousing_id": row.id,
        "source_id": row.source_id,
        "target_id": row.target_id,
        "rehousing_state": row.state,
        "closed_too": row.closed_too,
    }


def begin(call: Call, body: NewRehousing) -> Answer:
    """Begin to prepare a re-mapping."""
    made = actions.begin(call.session, call.actor, body.source_id, body.target_id, call.now)
    return show(call, made.id)


def show(call: Call, rehousing_id: UUID) -> Answer:
    """Return a re-mapping with what it would do."""
    found = actions.rehousing_of(call.session, call.actor, rehousing_id)
    units = rehousing_preview.preview(call.session, call.actor, rehousing_id, call.now)
    content = Rehousing.model_validate(
        {**_facts(found), "units": [_unit(one) for one in units], "revision": found.revision}
    )
    return Answer(content, revision=found.revision)


def _unit(unit: UnitPreview) -> RehousingUnit:
    return RehousingUnit(
        old_code=unit.code,
        title=unit.title,
        new_code=unit.target.code if unit.target else None,
        renumber=bool(unit.target and unit.target.renumber),
        open_files=unit.open_files,
        closed_files=unit.closed_files,
        examples=[
            Example(
                case_file_id=one.case_file_id,
                reference=one.reference,
                new_reference=one.new_reference,
                retention=list(one.retention),
                obstacle=one.obstacle,
            )
            for one in unit.examples
        ],
        rights_change=unit.rights,
        obstacles=list(unit.problems),
    )


def decide(call: Call, body: Decisions, rehousing_id: UUID) -> Answer:
    """Decide about units."""
    targets = {one.old_code: Decision(one.new_code, one.renumber) for one in body.targets}
    actions.assign(
        call.session,
        call.actor,
        rehousing_id,
        targets,
        closed_too=body.closed_too,
        revision=call.seen,
        now=call.now,
    )
    return show(call, rehousing_id)


def order(call: Call, body: Order, rehousing_id: UUID) -> Answer:
    """Order the job."""
    actions.order(call.session, call.actor, rehousing_id, reason=body.reason, revision=call.seen, now=call.now)
    return show(call, rehousing_id)


OPERATIONS = (
    Operation("GET", "/rehousings", listing, Permission.PLAN, Rehousings, "Umbettungen auflisten"),
    Operation(
        "POST", "/rehousings", begin, Permission.PLAN, Rehousing, "Umbettung vorbereiten", status=201,
        body=NewRehousing, tagged=True,
    ),
    Operation("GET", _ONE, show, Permission.PLAN, Rehousing, "Umbettung mit Vorschau", tagged=True),
    Operation(
        "PATCH", f"{_ONE}/targets", decide, Permission.PLAN, Rehousing, "Über Einheiten entscheiden", body=Decisions,
        current=show, tagged=True, problems=(MoveRefused,),
    ),
    Operation(
        "POST", f"{_ONE}/order", order, Permission.PLAN, Rehousing, "Umbettung beauftragen", body=Order, current=show,
        tagged=True, problems=(MoveRefused, MissingReason, PlanRefused),
        notes="Jede Einheit braucht eine Entscheidung, und die künftige Fassung muss in Kraft sein.",
    ),
)  # fmt: skip
