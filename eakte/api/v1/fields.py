"""Declared fields (typed metadata) as programs send and read them; used by other nouns."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from eakte.actions.metadata import NO_FIELDS, Fields
from eakte.api.models import Out
from eakte.records.metadata import FieldType, Required

Value = Annotated[str, StringConstraints(max_length=2_000)] | int | float | bool | None
Values = Annotated[dict[Annotated[str, StringConstraints(min_length=1, max_length=80)], Value], Field(max_length=100)]


class DeclaredField(Out):
    """A declared field of a record with its value."""

    name: str
    label: str
    type: FieldType
    required: Required
    value: str | int | float | bool | None
    text: str
    hint: str
    choices: list[str]
    declared: bool
    field_problem: str = Field(validation_alias="problem")


def sent(values: Values | None) -> Fields:
    """Return sent values as actions take them; nothing sent changes nothing."""
    return Fields(values) if values else NO_FIELDS
