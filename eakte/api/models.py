"""What all requests and answers of the interface share. The models are the single source of its JSON schema.

Models are told in German to whoever calls the interface: by their ``title`` and by :mod:`eakte.api.words`, which
says what each field name means. Docstrings stay inside the code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOST_INT = 2**31 - 1
"""The largest whole number that a column of ours holds."""

Line = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"\S")]
"""One line of text that is not blank."""
Words = Annotated[str, StringConstraints(max_length=300)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=2_000, pattern=r"\S")]
Code = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^\s]+$")]
"""Code of an organisation unit or of a file plan unit."""


def _written_day(value: object) -> date:
    """Read a full-date (RFC 3339, 5.6); a number would be taken for seconds since 1970."""
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
        raise PydanticCustomError("date_type", "no text")
    except ValueError as error:
        raise PydanticCustomError("date_parsing", "no full-date") from error


Day = Annotated[date, BeforeValidator(_written_day)]
"""A day that is sent."""


def _written_moment(value: object) -> datetime:
    """Read a date-time with its zone (RFC 3339, 5.6)."""
    try:
        if isinstance(value, str) and _MOMENT.fullmatch(value):
            return datetime.fromisoformat(value).astimezone(UTC)
        raise PydanticCustomError("datetime_type", "no date-time with a zone")
    except (ValueError, OverflowError) as error:
        raise PydanticCustomError("datetime_parsing", "no date-time") from error


Moment = Annotated[datetime, BeforeValidator(_written_moment)]
"""A moment that is sent."""


class In(BaseModel):
    """A request body. Members it does not name are refused, so that a misspelt one is never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Query(BaseModel):
    """The query parameters of an operation; others are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PageQuery(Query):
    """The query parameters of a list that is read page by page."""

    limit: int = Field(default=50, ge=1, le=100)
    cursor: Annotated[str, StringConstraints(max_length=1_000)] | None = None


class Out(BaseModel):
    """A representation. It is filled from the attributes of what an action returned."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, from_attributes=True, json_schema_serialization_defaults_required=True
    )


Item = TypeVar("Item", bound=Out)


class Page(Out, Generic[Item]):
    """A piece of a list. ``next`` is the address of the following piece, ``None`` at the end."""

    items: Sequence[Item]
    next: str | None = None


class FieldFault(Out):
    """One faulty place of a request."""

    model_config = ConfigDict(title="Fehlerhafte Stelle")

    where: str = Field(description="Teil der Anfrage: body, query oder header.")
    field: str = Field(description="JSON-Zeiger (RFC 6901) in den Inhalt oder Name des Parameters.")
    detail: str = Field(description="Was daran nicht stimmt.")


class Problem(BaseModel):
    """A refusal or fault (RFC 9457)."""

    model_config = ConfigDict(title="Fehlermeldung (RFC 9457)", extra="forbid", frozen=True)

    type: str = Field(description="Adresse der Erklärung; gleich für alle Fehler mit diesem Code.")
    title: str = Field(description="Kurzer Name der Art von Fehler.")
    status: int = Field(description="Der HTTP-Status noch einmal.")
    detail: str = Field(description="Was geschehen ist und was zu tun ist.")
    code: str = Field(description="Fester Code, nach dem ein Programm sich richten kann.")
    correlation_id: str = Field(description="Nummer dieser Anfrage, für Rückfragen.")
    errors: list[FieldFault] | None = Field(default=None, description="Alle fehlerhaften Stellen der Anfrage.")
    current: dict[str, Any] | None = Field(
        default=None, description="Bei 412: der heutige Stand, wie ihn die Abfrage des Datensatzes liefert."
    )


class ItemResult(Out, Generic[Item]):
    """What became of one item of a bulk request: its answer, or its problem."""

    index: int
    answer: Item | None = None
    problem: Problem | None = None


class Results(Out, Generic[Item]):
    """One result per item, in the order of the items."""

    results: Sequence[ItemResult[Item]]


class Nothing(In):
    """An empty body, for steps that need no more words."""
