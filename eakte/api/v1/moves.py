"""Moving records (Umprotokollieren): told first, then done exactly as it was told."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from eakte.actions import moving
from eakte.actions.moving_cases import CaseMove as CaseMoving
from eakte.actions.moving_documents import DocumentMove as DocumentMoving
from eakte.actions.moving_files import FileMove as FileMoving
from eakte.api.models import In, Out, Reason
from eakte.api.operation import Call, Operation
from eakte.errors import CaseClosed, CaseFileClosed, MissingReason, MoveNotConfirmed, MoveNotPossible, TooDeep
from eakte.records.access import Permission

_Code = Annotated[str, StringConstraints(max_length=40, pattern=r"^\S*$")]


class DocumentMove(In):
    """A document is to lie in another case."""

    kind: Literal["document"]
    document_id: UUID
    case_id: UUID


class CaseMove(In):
    """A case is to lie elsewhere."""

    kind: Literal["case"]
    case_id: UUID
    case_file_id: UUID
    sub_file_id: UUID | None = None
    parent_id: UUID | None = None


class FileMove(In):
    """A case file is to belong to another file plan unit or lead unit; empty: as it is."""

    kind: Literal["case_file"]
    case_file_id: UUID
    file_plan_code: _Code = ""
    org_unit_code: _Code = ""
    derivation: Annotated[str, StringConstraints(max_length=80)] = ""


Move = Annotated[DocumentMove | CaseMove | FileMove, Field(discriminator="kind")]


class Asked(In):
    """A move to be told."""

    move: Move


class Confirmed(In):
    """A move as it was told, with its reason."""

    move: Move
    fingerprint: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    reason: Reason


class MovePreview(Out):
    """What a move changes; its fingerprint confirms exactly this."""

    subject: str
    old_reference: str
    new_reference: str
    old_place: str
    new_place: str
    documents: int
    gained: list[str]
    lost: list[str]
    retention: list[str]
    refusals: list[str]
    wider: bool
    fingerprint: str


class Moved(Out):
    """The receipt for a move."""

    kind: str
    record_id: UUID
    reference: str
    case_file_id: UUID


def preview(call: Call, body: Asked) -> MovePreview:
    """Tell what a move would change; nothing is changed."""
    return MovePreview.model_validate(moving.preview(call.session, call.actor, _move(body.move), call.now))


def carry_out(call: Call, body: Confirmed) -> Moved:
    """Do a move as it was told."""
    done = moving.carry_out(
        call.session, call.actor, _move(body.move), confirmed=body.fingerprint, reason=body.reason, now=call.now
    )
    return Moved.model_validate(done)


def _move(asked: DocumentMove | CaseMove | FileMove) -> moving.Move:
    if isinstance(asked, DocumentMove):
        return DocumentMoving(asked.document_id, asked.case_id)
    if isinstance(asked, CaseMove):
        return CaseMoving(asked.case_id, asked.case_file_id, asked.sub_file_id, asked.parent_id)
    return FileMoving(asked.case_file_id, asked.file_plan_code, asked.org_unit_code, asked.derivation)


OPERATIONS = (
    Operation(
        "POST", "/moves/preview", preview, Permission.READ, MovePreview, "Vorschau eines Umzugs", body=Asked,
        problems=(CaseFileClosed, CaseClosed, TooDeep),
        notes="Zeigt neue Zeichen, Wirkung auf Fristen und wer danach mehr oder weniger sieht.",
    ),
    Operation(
        "POST", "/moves", carry_out, Permission.READ, Moved, "Umziehen (Umprotokollieren)", body=Confirmed, once=True,
        problems=(MissingReason, MoveNotPossible, MoveNotConfirmed, CaseFileClosed, CaseClosed, TooDeep),
        notes="Führt genau aus, was die Vorschau gezeigt hat; deren Feld „fingerprint“ bestätigt es.",
    ),
)  # fmt: skip
