"""How a case file begins: its kind, its values, and by a template the cases and sub-files it is made with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from eakte.actions.metadata import Fields, accepted, fields_at, kind_checked
from eakte.actions.structure import open_case, open_sub_file
from eakte.errors import InvalidInput
from eakte.records.access import Actor
from eakte.records.metadata import FieldSpec, FileTemplate, Json, Required
from eakte.store.database import catalogue_of
from eakte.store.plan import plan_path, plan_unit


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a new case file is made with."""

    file_type: str
    values: dict[str, Json]
    first_case: str
    template: FileTemplate | None


def beginning(
    session: Session, plan_unit_id: UUID, file_type: str, fields: Fields, first_case: str, template: str
) -> Beginning:
    """Return what a new case file at a unit of the file plan is made with.

    Raises:
        InvalidInput: The kind or the template does not exist there, or a value cannot be accepted or is missing.
    """
    pattern = _template(session, plan_unit_id, template)
    kind = kind_checked(session, file_type or (pattern.kind if pattern else ""))
    values = accepted(
        fields_at(session, kind, plan_unit_id), pattern.values if pattern else {}, fields, Required.FILING
    )
    first = pattern.cases[0] if pattern and pattern.cases else first_case.strip()
    return Beginning(kind, values, first, pattern)


def _template(session: Session, plan_unit_id: UUID, name: str) -> FileTemplate | None:
    if not name:
        return None
    codes = tuple(unit.code for unit in plan_path(session, plan_unit_id))
    found = next((one for one in catalogue_of(session).templates_for(codes) if one.name == name), None)
    if found is None:
        raise InvalidInput(problem=f"Die Aktenvorlage „{name}“ gibt es hier nicht.", field="template")
    return found


def lay_out(session: Session, actor: Actor, case_file_id: UUID, template: FileTemplate, now: datetime) -> None:
    """Open the further cases and the sub-files of a template in the case file just made by it."""
    for subject in template.cases[1:]:
        open_case(session, actor, case_file_id, subject, now)
    for subject, cases in template.sub_files:
        sub_file = open_sub_file(session, actor, case_file_id, subject, now=now)
        for case in cases:
            open_case(session, actor, case_file_id, case, now, sub_file_id=sub_file.id)


def fields_for_new(session: Session, plan_code: str, file_type: str) -> tuple[FieldSpec, ...]:
    """Return the fields of a new case file at a unit of the file plan, or of a kind where no unit is chosen yet."""
    unit = plan_unit(session, plan_code) if plan_code else None
    if unit is None:
        return catalogue_of(session).case_file_fields(file_type, ())
    return fields_at(session, file_type, unit.id)


def offered(session: Session, plan_code: str) -> tuple[FileTemplate, ...]:
    """Return the templates offered at a unit of the file plan; without a code, all there are."""
    unit = plan_unit(session, plan_code) if plan_code else None
    if plan_code and unit is None:
        return ()
    codes = tuple(above.code for above in plan_path(session, unit.id)) if unit else ()
    return catalogue_of(session).templates_for(codes)
