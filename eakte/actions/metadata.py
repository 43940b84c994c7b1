"""Typed metadata of case files and documents: which fields there are, what they hold, and what may stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.errors import InvalidInput
from eakte.records.closing import Precondition
from eakte.records.field_values import Problem, changed, judged, sent, shown, stored
from eakte.records.metadata import EMPTY, Catalogue, DocumentKind, FieldSpec, FieldType, Json, Required, Values
from eakte.records.reference import case_reference, document_reference
from eakte.records.states import DocumentState
from eakte.store.database import catalogue_of
from eakte.store.documents import Document
from eakte.store.files import BusinessCase, CaseFile
from eakte.store.plan import plan_path
from search.fields import EntryField, FieldKind

PREFIX = "field_values."
"""Stands before a field's name where it is told from what every record has: in forms, errors and the history."""

_KINDS = {
    FieldType.NUMBER: FieldKind.NUMBER,
    FieldType.MONEY: FieldKind.NUMBER,
    FieldType.DATE: FieldKind.DATE,
    FieldType.REFERENCE: FieldKind.REFERENCE,
}


@dataclass(frozen=True, slots=True)
class Fields:
    """Values for declared fields as they came: sent by a program, or typed by a person in German."""

    values: Mapping[str, object] = field(default_factory=dict)
    typed: bool = False


NO_FIELDS = Fields()


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of a record with its value, as pages, the command line and programs show it."""

    name: str
    label: str
    type: FieldType
    required: Required
    text: str
    """The value in German."""
    value: Json | None
    """The value as programs send it."""
    hint: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()
    declared: bool = True
    """Whether the record has this field now; if not, its value is kept and shown as no longer kept up."""
    problem: str = ""
    """Why the value no longer fits the declaration, or empty."""


def case_file_fields(session: Session, case_file: CaseFile) -> tuple[FieldSpec, ...]:
    """Return the fields of a case file."""
    return fields_at(session, case_file.file_type, case_file.file_plan_unit_id)


def fields_at(session: Session, file_type: str, plan_unit_id: UUID) -> tuple[FieldSpec, ...]:
    """Return the fields that a case file of a chosen kind, or of none, has at a unit of the file plan."""
    codes = tuple(unit.code for unit in plan_path(session, plan_unit_id))
    return catalogue_of(session).case_file_fields(file_type, codes)


def kind_checked(session: Session, name: str) -> str:
    """Return the name of a declared kind of case file, or an empty text for none.

    Raises:
        InvalidInput: There is no such kind.
    """
    if name and catalogue_of(session).kind_of(name, ()) is None:
        raise InvalidInput(problem=f"Die Aktenart „{name}“ gibt es nicht.", field="file_type")
    return name


def document_fields(session: Session, document_type: str) -> tuple[FieldSpec, ...]:
    """Return the fields of a document of this type."""
    return catalogue_of(session).document_fields(document_type)


def accepted(fields: Iterable[FieldSpec], before: Values, given: Fields, stage: Required) -> dict[str, Json]:
    """Return all values of a record after new ones came.

    Raises:
        InvalidInput: Some cannot be accepted, or one that is required at this stage is missing;
            ``field`` names the first and ``problem`` tells them all.
    """
    fields = tuple(fields)
    if given.typed:
        values, problems = changed(fields, before, {name: str(text) for name, text in given.values.items()})
    else:
        values, problems = sent(fields, before, given.values)
    problems += _missing(fields, values, stage, problems)
    if problems:
        raise InvalidInput(problem=" ".join(one.text for one in problems), field=PREFIX + problems[0].name)
    return values


def told(fields: Iterable[FieldSpec], given: Mapping[str, object]) -> dict[str, Json]:
    """Return those of the values somebody else's system told that are declared and fit, in whatever form they came."""
    values: dict[str, Json] = {}
    for spec in fields:
        if (raw := given.get(spec.name)) is None:
            continue
        found, problems = sent((spec,), values, {spec.name: raw})
        values = found if not problems else changed((spec,), values, {spec.name: str(raw)})[0]
    return values


def _missing(
    fields: tuple[FieldSpec, ...], values: Values, stage: Required, known: tuple[Problem, ...]
) -> tuple[Problem, ...]:
    """Return the fields that are empty and may not be; a value kept from another declaration blocks nobody."""
    named = {one.name for one in known}
    return tuple(one for one in judged(fields, values, stage) if one.name not in named and one.name not in values)


def views(session: Session, fields: Iterable[FieldSpec], values: Values) -> tuple[FieldView, ...]:
    """Return the fields of a record with their values, then the values that it no longer has fields for."""
    fields = tuple(fields)
    problems = {one.name: one.text for one in judged(fields, values, Required.NO)}
    known = catalogue_of(session).by_name
    former = [name for name in values if name not in {spec.name for spec in fields}]
    return (
        *(_view(spec, values, problems.get(spec.name, "")) for spec in fields),
        *(_former(name, known.get(name), values) for name in sorted(former)),
    )


def _view(spec: FieldSpec, values: Values, problem: str) -> FieldView:
    value = values.get(spec.name)
    return FieldView(
        name=spec.name,
        label=spec.label,
        type=spec.type,
        required=spec.required,
        text=shown(spec, value),
        value=value,
        hint=spec.hint,
        help=spec.help,
        choices=spec.choices,
        problem=problem,
    )


def _former(name: str, spec: FieldSpec | None, values: Values) -> FieldView:
    return FieldView(
        name=name,
        label=spec.label if spec else name,
        type=spec.type if spec else FieldType.TEXT,
        required=Required.NO,
        text=shown(spec, values[name]),
        value=values[name],
        declared=False,
    )


def differences(before: Values, after: Values) -> dict[str, tuple[object, object]]:
    """Return old and new value of each field that changed, named as the history names them."""
    names = sorted({*before, *after})
    return {PREFIX + name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}


def missing_at_closing(session: Session, case_file: CaseFile, now: datetime) -> Precondition:
    """Return the precondition of closing that every required field is filled, of the file and of its documents."""
    del now
    found = [one.text for one in judged(case_file_fields(session, case_file), case_file.field_values, Required.CLOSING)]
    # Most documents have no such fields; a large file is not loaded for them.
    demanding = [kind.name.lower() for kind in catalogue_of(session).document_kinds if _demands(kind)]
    rows = session.execute(
        select(Document.document_type, Document.field_values, BusinessCase.number, Document.position)
        .join(BusinessCase, BusinessCase.id == Document.case_id)
        .where(BusinessCase.case_file_id == case_file.id, Document.state != DocumentState.VOIDED)
        .where(func.lower(Document.document_type).in_(demanding))
        .order_by(BusinessCase.number, Document.position)
    )
    for document_type, values, number, position in rows:
        reference = document_reference(case_reference(case_file.file_reference, number), position or 0)
        problems = judged(document_fields(session, document_type), values, Required.CLOSING)
        found.extend(f"{reference} – {one.text}" for one in problems)
    if not found:
        return Precondition("Alle Pflichtangaben sind ausgefüllt.", holds=True)
    told = " ".join(found[:3]) + (f" Und {len(found) - 3} weitere." if len(found) > 3 else "")
    return Precondition(f"Pflichtangaben fehlen oder passen nicht. {told}", holds=False)


def _demands(kind: DocumentKind) -> bool:
    return any(spec.required is not Required.NO for spec in kind.fields)


def entry_fields(session: Session, document: Document, case_file: CaseFile) -> tuple[EntryField, ...]:
    """Return the searchable values of a document and of its case file, for the index."""
    return (*file_fields(session, case_file), *_entry_fields(session, document.field_values))


def file_fields(session: Session, case_file: CaseFile) -> tuple[EntryField, ...]:
    """Return the searchable values of a case file alone."""
    return _entry_fields(session, case_file.field_values)


def _entry_fields(session: Session, values: Mapping[str, Json]) -> tuple[EntryField, ...]:
    catalogue = catalogue_of(session)
    return tuple(found for name, value in values.items() if (found := _entry_field(catalogue, name, value)))


def _entry_field(catalogue: Catalogue, name: str, value: Json) -> EntryField | None:
    spec = catalogue.searchable.get(name)
    if spec is None:
        return None
    typed = stored(spec, value)
    comparable = typed if isinstance(typed, Decimal | date) else None
    return EntryField(name, shown(spec, value), comparable)


def search_fields(session: Session) -> dict[str, FieldKind]:
    """Return the fields that a search may name."""
    catalogue = catalogue_of(session)
    if catalogue is EMPTY:
        return {}
    return {name: _KINDS.get(spec.type, FieldKind.TEXT) for name, spec in catalogue.searchable.items()}
