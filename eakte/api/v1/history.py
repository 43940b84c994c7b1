"""The history: who did what, when; of everything for those who may, or of one case file."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints

from eakte.actions import audit, case_parts, history_export, verification
from eakte.api import paging
from eakte.api.models import Day, Out, Page, PageQuery, Query
from eakte.api.operation import Call, File, Operation, Sends
from eakte.errors import InvalidInput, NotFound
from eakte.records.access import Permission
from eakte.store.signing import SigningKey

JSON_LINES = "application/jsonl"
MOST_EXPORTED = 20_000
"""Entries in one answer: nobody else can write meanwhile. The command line takes any number."""


class HistoryQuery(PageQuery):
    """Which entries are listed."""

    login: Annotated[str, StringConstraints(max_length=80)] = ""
    action: Annotated[str, StringConstraints(max_length=60)] = ""
    reference: Annotated[str, StringConstraints(max_length=80)] = ""
    first_day: Day | None = None
    last_day: Day | None = None


class ExportQuery(Query):
    """Which entries are exported, days included."""

    first_day: Day | None = None
    last_day: Day | None = None
    reference: Annotated[str, StringConstraints(max_length=80)] = ""
    values: bool = False


class HistoryChange(Out):
    """Old and new value of a field; both empty if they went with a destroyed case file."""

    field: str
    label: str
    old: Any
    new: Any
    erased: bool


class HistoryLine(Out):
    """An entry of the history."""

    sequence: int
    at: datetime
    actor: str
    action: str
    label: str
    about_kind: str
    about_id: str
    case_file_id: UUID | None
    reference: str
    detail: dict[str, Any]
    reason: str
    on_behalf_of: str | None
    changes: tuple[HistoryChange, ...]


class HistoryPage(Page[HistoryLine]):
    """A piece of the history, newest first."""


class HistoryFinding(Out):
    """One thing that is not as it was written."""

    part: verification.Part
    text: str
    sequence: int | None


class Verification(Out):
    """What walking the whole chain found."""

    entries: int
    first_broken: int | None
    unbroken: bool
    findings: tuple[HistoryFinding, ...]
    anchors: int
    time_stamps: int


class _Place(paging.Place):
    sequence: int


def _at(row: audit.HistoryLine) -> _Place:
    return _Place(sequence=row.sequence)


def _before(query: PageQuery) -> int | None:
    at = paging.place(query, _Place)
    return at.sequence if at else None


def listing(call: Call, query: HistoryQuery) -> HistoryPage:
    """List the history, newest first."""
    rows = audit.history(
        call.session,
        call.actor,
        audit.Wanted(query.login, query.action, query.reference, query.first_day, query.last_day),
        before=_before(query),
        limit=query.limit + 1,
        now=call.now,
    )
    found: HistoryPage = paging.page(HistoryPage, query, rows, _at)
    return found


def of_case_file(call: Call, case_file_id: UUID, query: PageQuery) -> HistoryPage:
    """List the history of a case file."""
    rows = case_parts.history_of(
        call.session, call.actor, case_file_id, before=_before(query), limit=query.limit + 1, now=call.now
    )
    found: HistoryPage = paging.page(HistoryPage, query, rows, _at)
    return found


def export(call: Call, query: ExportQuery) -> File:
    """Send entries as signed JSON Lines, and write that they were.

    Raises:
        InvalidInput: There are too many for one answer.
    """
    chosen = history_export.Chosen(query.first_day, query.last_day, query.reference, query.values)
    number = history_export.count(call.session, call.actor, chosen, call.now)
    if number > MOST_EXPORTED:
        problem = (
            f"Das sind {number} Einträge; eine Ausgabe hat höchstens {MOST_EXPORTED}. Bitte den Zeitraum verkürzen."
        )
        raise InvalidInput(problem=problem, field="first_day")
    sign = SigningKey(call.services.settings.data_folder).sign
    lines = history_export.lines(call.session, call.actor, chosen, sign, call.now)
    content = "".join(f"{line}\n" for line in lines).encode()
    history_export.record_export(call.session, call.actor, chosen, number, call.now)
    return File(JSON_LINES, "protokoll.jsonl", content=content)


def verify(call: Call) -> Verification:
    """Walk the whole chain."""
    return Verification.model_validate(verification.of_installation(call.session, call.services.settings))


OPERATIONS = (
    Operation(
        "GET", "/history", listing, Permission.HISTORY, HistoryPage, "Protokoll, Neuestes zuerst", query=HistoryQuery
    ),
    Operation(
        "GET", "/history/export", export, Permission.HISTORY, Sends((JSON_LINES,)),
        "Protokoll als unterschriebene JSON-Zeilen", query=ExportQuery, writes=True, problems=(NotFound,),
        notes=f"Höchstens {MOST_EXPORTED} Einträge, soweit die Person die Akten kennen darf; die Ausgabe selbst steht "
        "im Protokoll. Geprüft wird sie ohne die Datenbank (audit verify-export).",
    ),
    Operation(
        "GET", "/history/verification", verify, Permission.HISTORY, Verification, "Die ganze Hash-Kette nachrechnen"
    ),
    Operation(
        "GET", "/case-files/<uuid:case_file_id>/history", of_case_file, Permission.READ, HistoryPage,
        "Verlauf einer Akte", query=PageQuery,
    ),
)  # fmt: skip
