"""Metadata: which fields, kinds of case file and templates the city declares."""

from __future__ import annotations

from eakte.api.models import Out
from eakte.api.operation import Call, Operation
from eakte.records.access import Permission
from eakte.records.metadata import FieldType, Required
from eakte.store.database import catalogue_of


class FieldSpec(Out):
    """A declared field."""

    name: str
    label: str
    type: FieldType
    required: Required
    pattern: str
    hint: str
    help: str
    choices: list[str]
    searchable: bool
    personal: bool


class CaseFileKind(Out):
    """A kind of case file."""

    name: str
    label: str
    file_plan_codes: list[str]
    fields: list[FieldSpec]


class DocumentKind(Out):
    """A document type with fields."""

    name: str
    fields: list[FieldSpec]


class FileTemplate(Out):
    """A pattern for whole case files."""

    name: str
    label: str
    file_plan_codes: list[str]
    file_type: str
    subject: str
    case_subjects: list[str]
    sub_file_subjects: list[str]
    field_values: dict[str, str | bool]


class Declarations(Out):
    """Everything that is declared."""

    case_file_kinds: list[CaseFileKind]
    document_types: list[DocumentKind]
    templates: list[FileTemplate]


def declarations(call: Call) -> Declarations:
    """Show what is declared."""
    found = catalogue_of(call.session)
    return Declarations(
        case_file_kinds=[
            CaseFileKind(name=kind.name, label=kind.label, file_plan_codes=list(kind.plan), fields=_specs(kind.fields))
            for kind in found.case_file_kinds
        ],
        document_types=[DocumentKind(name=kind.name, fields=_specs(kind.fields)) for kind in found.document_kinds],
        templates=[
            FileTemplate(
                name=one.name,
                label=one.label,
                file_plan_codes=list(one.plan),
                file_type=one.kind,
                subject=one.subject,
                case_subjects=list(one.cases),
                sub_file_subjects=[subject for subject, _ in one.sub_files],
                field_values=dict(one.values),
            )
            for one in found.templates
        ],
    )


def _specs(fields: tuple[object, ...]) -> list[FieldSpec]:
    return [FieldSpec.model_validate(spec) for spec in fields]


OPERATIONS = (
    Operation("GET", "/metadata", declarations, Permission.READ, Declarations, "Felder, Aktenarten und Aktenvorlagen"),
)
