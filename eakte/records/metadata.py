"""Typed metadata: which fields a kind of case file or a type of document has, as the city declares them.

Declarations come from ``config/metadata`` (see ``store.declarations``). A field's name is one name for
the whole city: it means the same type wherever it is declared, so that a search for it has one meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

Json: TypeAlias = str | bool
"""A stored value: texts, numbers and dates as canonical text, yes or no as a boolean."""

Values: TypeAlias = Mapping[str, Json]
"""Field name → stored value, as the column ``field_values`` holds it."""


class FieldType(StrEnum):
    """What a field may hold."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    """Euro and cents."""
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    REFERENCE = "reference"
    """The reference number (Aktenzeichen) of another record, found in any spelling."""


class Required(StrEnum):
    """When a field must be filled."""

    NO = "no"
    FILING = "filing"
    """When the document is filed or the case file is opened."""
    CLOSING = "closing"
    """When the case file is closed (z.d.A.)."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One declared field."""

    name: str
    """As programs and searches name it: lower case letters, digits and ``_``."""
    label: str
    type: FieldType = FieldType.TEXT
    required: Required = Required.NO
    pattern: str = ""
    """Regular expression that the whole text must match; for texts and references only."""
    hint: str = ""
    """What the pattern asks for, in German: shown at the field and when it is not met."""
    help: str = ""
    choices: tuple[str, ...] = ()
    searchable: bool = True
    personal: bool = False
    """Holds personal data: never part of a manifest, a certificate or a log."""


@dataclass(frozen=True, slots=True)
class CaseFileKind:
    """A kind of case file (Aktenart) with its fields."""

    name: str
    label: str
    plan: tuple[str, ...]
    """Branches of the file plan whose files are of this kind unless another is chosen."""
    fields: tuple[FieldSpec, ...]


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A document type with its fields; ``name`` is the document type as clerks write it."""

    name: str
    fields: tuple[FieldSpec, ...]


@dataclass(frozen=True, slots=True)
class FileTemplate:
    """A pattern for whole case files: what is made when one is opened by it."""

    name: str
    label: str
    plan: tuple[str, ...] = ()
    """Branches of the file plan where it is offered; of none, everywhere."""
    kind: str = ""
    subject: str = ""
    """Proposal for the subject of the case file."""
    cases: tuple[str, ...] = ()
    """Subjects of the cases (Vorgänge) in order."""
    sub_files: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Subjects of sub-files (Teilakten), each with the subjects of its cases."""
    values: Values = field(default_factory=dict)
    """Values the fields begin with, in their stored form."""


@dataclass(frozen=True)
class Catalogue:
    """Everything the city declares; empty where nothing is declared."""

    case_file_kinds: tuple[CaseFileKind, ...] = ()
    document_kinds: tuple[DocumentKind, ...] = ()
    templates: tuple[FileTemplate, ...] = ()
    synonyms: tuple[tuple[str, ...], ...] = ()
    """Groups of words that mean the same to a search."""

    def kind_of(self, chosen: str, path: Sequence[str]) -> CaseFileKind | None:
        """Return the kind of a case file: the chosen one, else the one declared nearest above its place in the plan.

        Args:
            chosen: name of a kind, or empty.
            path: codes of the file's unit and of those above it, most specific first.
        """
        if chosen:
            return next((kind for kind in self.case_file_kinds if kind.name == chosen), None)
        return next((kind for code in path for kind in self.case_file_kinds if code in kind.plan), None)

    def case_file_fields(self, chosen: str, path: Sequence[str]) -> tuple[FieldSpec, ...]:
        """Return the fields of a case file, like :meth:`kind_of`."""
        kind = self.kind_of(chosen, path)
        return kind.fields if kind else ()

    def document_kind(self, document_type: str) -> DocumentKind | None:
        """Return what is declared for a document type; capital letters do not matter."""
        wanted = document_type.strip().casefold()
        return next((kind for kind in self.document_kinds if kind.name.casefold() == wanted), None)

    def document_fields(self, document_type: str) -> tuple[FieldSpec, ...]:
        """Return the fields of a document of this type."""
        kind = self.document_kind(document_type)
        return kind.fields if kind else ()

    def document_type(self, typed: str) -> str:
        """Return a document type as it is declared, or as it was typed where it is not."""
        kind = self.document_kind(typed)
        return kind.name if kind else typed.strip()

    def templates_for(self, path: Sequence[str]) -> tuple[FileTemplate, ...]:
        """Return the templates offered at a place of the file plan; of no place, all."""
        return tuple(one for one in self.templates if not path or not one.plan or set(path) & set(one.plan))

    def template(self, name: str) -> FileTemplate | None:
        """Return the template with this name."""
        return next((one for one in self.templates if one.name == name), None)

    @cached_property
    def searchable(self) -> Mapping[str, FieldSpec]:
        """All fields a person may name in a search, by name."""
        return {spec.name: spec for spec in _every_field(self) if spec.searchable}

    @cached_property
    def by_name(self) -> Mapping[str, FieldSpec]:
        """All declared fields by name, for labels."""
        return {spec.name: spec for spec in _every_field(self)}


EMPTY = Catalogue()
"""Nothing is declared."""


def _every_field(catalogue: Catalogue) -> Iterable[FieldSpec]:
    for kind in catalogue.case_file_kinds:
        yield from kind.fields
    for document_kind in catalogue.document_kinds:
        yield from document_kind.fields
