"""What was read of an incoming item and what is proposed for filing it, with the places that show it."""

from __future__ import annotations

from uuid import UUID

from eakte.actions import inbox
from eakte.api.models import Out
from eakte.api.operation import Call, Operation
from eakte.api.v1.mentions import Box, Mention
from eakte.records.access import Permission


class Evidence(Out):
    """Where on the pages a value was read."""

    page: int
    box: Box
    text: str


class Finding(Out):
    """A value that was read."""

    value: str
    evidence: list[Evidence]


class Proposal(Out):
    """A proposed value."""

    value: str
    confidence: float
    reason: str
    evidence: list[Evidence]


class ProposedCaseFile(Out):
    """A proposed case file that the person may see."""

    case_file_id: UUID
    reference: str
    subject: str
    percent: int
    reason: str


class Proposals(Out):
    """Everything read and proposed of one item."""

    case_files: list[ProposedCaseFile]
    preselected: UUID | None
    document_type: Proposal | None
    file_plan_units: list[Proposal]
    references: list[Finding]
    foreign_reference: Finding | None
    letter_date: Finding | None
    sender: Finding | None
    subject: Finding | None
    deadlines: list[Finding]
    legal_remedy: Finding | None
    mentions: list[Mention]


def show(call: Call, item_id: UUID) -> Proposals:
    """Return what was read and is proposed."""
    view = inbox.show(call.session, call.actor, item_id, call.now)
    facts = view.read.facts
    told = {name: getattr(facts, name) for name in facts.__slots__}
    proposed = {"document_type": view.read.document_type, "file_plan_units": view.read.file_plan_units}
    files = {"case_files": view.case_files, "preselected": view.preselected}
    return Proposals.model_validate({**told, **proposed, **files}, from_attributes=True)


OPERATIONS = (
    Operation(
        "GET", "/incoming-items/<uuid:item_id>/proposals", show, Permission.FILE, Proposals,
        "Gelesenes und Vorschläge mit Fundstellen",
    ),
)  # fmt: skip
