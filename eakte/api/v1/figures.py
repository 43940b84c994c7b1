"""Figures on the state of the work, the same as the page shows them."""

from __future__ import annotations

from eakte.actions import figures
from eakte.api.models import Out
from eakte.api.operation import Call, Operation
from eakte.records.access import Permission
from eakte.records.figures import SUBJECT_LABELS, Subject


class FigureRow(Out):
    """A line of a figure."""

    row_label: str
    numbers: list[int]


class Figure(Out):
    """One figure as a table."""

    figure_subject: Subject
    figure_label: str
    row_head: str
    number_heads: list[str]
    rows: list[FigureRow]
    in_bytes: bool


class Figures(Out):
    """All figures that the person may have."""

    items: list[Figure]


def show(call: Call) -> Figures:
    """Return the figures that the powers of who asks reach."""
    return Figures(
        items=[
            Figure(
                figure_subject=one.subject,
                figure_label=SUBJECT_LABELS[one.subject],
                row_head=one.row_head,
                number_heads=list(one.heads),
                rows=[FigureRow(row_label=row.label, numbers=list(row.values)) for row in one.rows],
                in_bytes=one.in_bytes,
            )
            for one in figures.figures(call.session, call.actor, call.now)
        ]
    )


OPERATIONS = (
    Operation(
        "GET", "/figures", show, Permission.SIGNED_IN, Figures, "Zahlen zur Lage",
        notes="Gezählt wird, was die Person sehen darf; welche Zahlen kommen, hängt von ihren Rechten ab.",
    ),
)  # fmt: skip
