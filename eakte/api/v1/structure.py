"""Sub-files (Teilakten) and cases inside a case file: opening, renaming, closing, reopening."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from eakte.actions import case_parts, structure
from eakte.api.models import In, Line, Nothing, Out, Reason
from eakte.api.operation import Answer, Call, Operation
from eakte.errors import CannotClosePart, CaseClosed, CaseFileClosed, MissingReason, MoveRefused, TooDeep
from eakte.records.access import Permission
from eakte.records.states import SubFileState
from eakte.store.files import BusinessCase, SubFile

_FILE = "/case-files/<uuid:case_file_id>"
_CASE, _SUB_FILE = "/cases/<uuid:case_id>", "/sub-files/<uuid:sub_file_id>"
_CLOSED = (CaseFileClosed, CaseClosed)


class SubFileRow(Out):
    """A sub-file of a case file."""

    sub_file_id: UUID
    parent_id: UUID | None
    number: int
    reference: str
    subject: str
    state: SubFileState
    opened_on: date
    closed_on: date | None


class SubFiles(Out):
    """All sub-files of a case file, at every depth."""

    items: list[SubFileRow]


class NewSubFile(In):
    """What is stated to open a sub-file."""

    subject: Line
    parent_id: UUID | None = None


class OpenedSubFile(Out):
    """The receipt for a sub-file."""

    sub_file_id: UUID
    case_file_id: UUID
    number: int
    reference: str


class FilePart(Out):
    """A case or sub-file as it is now."""

    part_id: UUID
    case_file_id: UUID
    number: int
    reference: str
    subject: str
    state: str
    opened_on: date
    closed_on: date | None
    revision: int


class Renaming(In):
    """Another subject."""

    subject: Line


class PartReopening(In):
    """Why a part is opened again."""

    reason: Reason


def list_sub_files(call: Call, case_file_id: UUID) -> SubFiles:
    """List the sub-files of a case file."""
    found = case_parts.sub_files_of(call.session, call.actor, case_file_id, call.now)
    return SubFiles.model_validate({"items": found}, from_attributes=True)


def open_sub_file(call: Call, case_file_id: UUID, body: NewSubFile) -> Answer:
    """Open a sub-file."""
    made = structure.open_sub_file(
        call.session, call.actor, case_file_id, body.subject, parent_id=body.parent_id, now=call.now
    )
    reference = structure.reference_of(made, made.case_file)
    told = OpenedSubFile(sub_file_id=made.id, case_file_id=case_file_id, number=made.number, reference=reference)
    return Answer(told, location=f"/sub-files/{made.id}")


def _part(call: Call, kind: str, part_id: UUID, *, lock: bool = False) -> BusinessCase | SubFile:
    return structure.part_of(call.session, call.actor, kind, part_id, call.now, lock=lock)


def _told(part: BusinessCase | SubFile) -> Answer:
    told = FilePart(
        part_id=part.id,
        case_file_id=part.case_file_id,
        number=part.number,
        reference=structure.reference_of(part, part.case_file),
        subject=part.subject,
        state=part.state.value,
        opened_on=part.opened_on,
        closed_on=part.closed_on,
        revision=part.revision,
    )
    return Answer(told, part.revision)


def show_case(call: Call, case_id: UUID) -> Answer:
    """Show one case."""
    return _told(_part(call, "case", case_id))


def show_sub_file(call: Call, sub_file_id: UUID) -> Answer:
    """Show one sub-file."""
    return _told(_part(call, "sub_file", sub_file_id))


def rename_case(call: Call, case_id: UUID, body: Renaming) -> Answer:
    """Give a case another subject."""
    return _renamed(call, _part(call, "case", case_id, lock=True), body.subject)


def rename_sub_file(call: Call, sub_file_id: UUID, body: Renaming) -> Answer:
    """Give a sub-file another subject."""
    return _renamed(call, _part(call, "sub_file", sub_file_id, lock=True), body.subject)


def _renamed(call: Call, part: BusinessCase | SubFile, subject: str) -> Answer:
    structure.rename(call.session, call.actor, part, subject, revision=call.seen, now=call.now)
    return _told(part)


def close_case(call: Call, case_id: UUID, body: Nothing) -> Answer:
    """Close a case with its sub-cases."""
    del body
    return _closed(call, _part(call, "case", case_id, lock=True))


def close_sub_file(call: Call, sub_file_id: UUID, body: Nothing) -> Answer:
    """Close a sub-file with everything in it."""
    del body
    return _closed(call, _part(call, "sub_file", sub_file_id, lock=True))


def _closed(call: Call, part: BusinessCase | SubFile) -> Answer:
    structure.close_part(call.session, call.actor, part, revision=call.seen, now=call.now)
    return _told(part)


def reopen_case(call: Call, case_id: UUID, body: PartReopening) -> Answer:
    """Open a case again."""
    return _reopened(call, _part(call, "case", case_id, lock=True), body.reason)


def reopen_sub_file(call: Call, sub_file_id: UUID, body: PartReopening) -> Answer:
    """Open a sub-file again."""
    return _reopened(call, _part(call, "sub_file", sub_file_id, lock=True), body.reason)


def _reopened(call: Call, part: BusinessCase | SubFile, reason: str) -> Answer:
    structure.reopen_part(call.session, call.actor, part, reason=reason, now=call.now)
    return _told(part)


OPERATIONS = (
    Operation("GET", f"{_FILE}/sub-files", list_sub_files, Permission.READ, SubFiles, "Teilakten einer Akte"),
    Operation(
        "POST", f"{_FILE}/sub-files", open_sub_file, Permission.OPEN_FILE, OpenedSubFile, "Teilakte anlegen",
        status=201, body=NewSubFile, once=True, problems=(*_CLOSED, TooDeep),
    ),
    Operation("GET", _CASE, show_case, Permission.READ, FilePart, "Ein Vorgang", tagged=True),
    Operation("GET", _SUB_FILE, show_sub_file, Permission.READ, FilePart, "Eine Teilakte", tagged=True),
    Operation(
        "PATCH", _CASE, rename_case, Permission.OPEN_FILE, FilePart, "Vorgang umbenennen", body=Renaming,
        current=show_case, tagged=True, problems=_CLOSED,
    ),
    Operation(
        "PATCH", _SUB_FILE, rename_sub_file, Permission.OPEN_FILE, FilePart, "Teilakte umbenennen", body=Renaming,
        current=show_sub_file, tagged=True, problems=_CLOSED,
    ),
    Operation(
        "POST", f"{_CASE}/closing", close_case, Permission.CLOSE, FilePart, "Vorgang abschließen", body=Nothing,
        current=show_case, tagged=True, problems=(CannotClosePart, MoveRefused),
    ),
    Operation(
        "POST", f"{_SUB_FILE}/closing", close_sub_file, Permission.CLOSE, FilePart, "Teilakte abschließen",
        body=Nothing, current=show_sub_file, tagged=True, problems=(CannotClosePart, MoveRefused),
    ),
    Operation(
        "POST", f"{_CASE}/reopening", reopen_case, Permission.REOPEN, FilePart, "Vorgang wieder öffnen",
        body=PartReopening, tagged=True, problems=(*_CLOSED, MissingReason, MoveRefused, TooDeep),
    ),
    Operation(
        "POST", f"{_SUB_FILE}/reopening", reopen_sub_file, Permission.REOPEN, FilePart, "Teilakte wieder öffnen",
        body=PartReopening, tagged=True, problems=(*_CLOSED, MissingReason, MoveRefused, TooDeep),
    ),
)  # fmt: skip
