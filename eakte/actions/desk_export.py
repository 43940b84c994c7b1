"""A list of the desk as rows of a table, piece by piece: within rights like the page, and told in the history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from eakte.actions import desk
from eakte.actions.desk import Behind, DeskRow, Wanted
from eakte.records.access import Actor
from eakte.records.calendar import german
from eakte.records.desk import OUTCOME_LABELS
from eakte.records.states import LABELS
from eakte.store.history import record

ROWS = 1_000
"""Rows of one piece."""
HEADS = (
    "Aktenzeichen", "Betreff", "Zuständig", "Aktenplan", "Status", "z.d.A.", "Aufbewahrung bis", "Ergebnis",
    "Wartet auf", "Regel", "Vernichtung",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of the table, and behind which row it goes on, if there are more."""

    rows: tuple[tuple[str, ...], ...]
    then: Behind | None


def begin(session: Session, actor: Actor, wanted: Wanted, now: datetime) -> Piece:
    """Return the first piece of a list and tell the history of it."""
    piece = go_on(session, actor, wanted, None, now)
    detail = {"list": str(wanted.pile or wanted.outcome or "all"), "unit": wanted.department or None}
    detail |= {"plan": wanted.plan_code or None, "year": str(wanted.year) if wanted.year else None}
    record(session, actor, "desk.exported", about=("person", actor.person_id or actor.login), now=now, detail=detail)
    return piece


def go_on(session: Session, actor: Actor, wanted: Wanted, behind: Behind | None, now: datetime) -> Piece:
    """Return the next piece, within what the actor may see by now."""
    rows = desk.page(session, actor, wanted, behind=behind, limit=ROWS + 1, now=now)
    names = desk.triggers(session)
    shown = rows[:ROWS]
    return Piece(tuple(_cells(row, names) for row in shown), shown[-1].place if len(rows) > ROWS else None)


def _cells(row: DeskRow, names: dict[str, str]) -> tuple[str, ...]:
    return (
        row.file.reference,
        row.file.subject,
        row.file.unit_code,
        row.plan_code,
        LABELS[row.file.state],
        german(row.file.closed_on),
        german(row.retention_end),
        OUTCOME_LABELS[row.outcome],
        names.get(row.waits_for or "", row.waits_for or ""),
        row.rule_id or "",
        LABELS[row.disposal.state] if row.disposal else "",
    )
