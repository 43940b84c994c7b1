"""The file plan: the whole tree, and the units at which case files are opened."""

from __future__ import annotations

from eakte.actions import choices, file_plan
from eakte.api.models import Out
from eakte.api.operation import Call, Operation
from eakte.records.access import Permission


class PlanNode(Out):
    """A unit of the file plan with what lies below it."""

    code: str
    title: str
    rule_code: str | None
    count: int
    children: list[PlanNode]


class FilePlan(Out):
    """The whole file plan."""

    items: list[PlanNode]


class SubjectUnit(Out):
    """A unit at which case files are opened."""

    code: str
    name: str


class SubjectUnits(Out):
    """All units at which case files are opened."""

    items: list[SubjectUnit]


def show(call: Call) -> FilePlan:
    """Return the file plan, counting only what the person may see."""
    return FilePlan.model_validate({"items": file_plan.tree(call.session, call.actor, call.now)}, from_attributes=True)


def units(call: Call) -> SubjectUnits:
    """Return the units at which case files are opened."""
    return SubjectUnits.model_validate({"items": choices.subject_units(call.session)}, from_attributes=True)


OPERATIONS = (
    Operation("GET", "/file-plan", show, Permission.READ, FilePlan, "Aktenplan mit der Zahl der sichtbaren Akten"),
    Operation("GET", "/file-plan/units", units, Permission.READ, SubjectUnits, "Einheiten, an denen Akten entstehen"),
)
