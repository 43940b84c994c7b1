"""The state of the work: each figure as a picture, as a table, and as a file for spreadsheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from eakte.actions import figures
from eakte.errors import NotFound
from eakte.records.figures import SUBJECT_HINTS, SUBJECT_LABELS, Figure, Row, Subject
from eakte.web.bars import Bar, lying, upright
from eakte.web.context import Context
from eakte.web.files import attachment
from eakte.web.spreadsheet import CSV, to_csv
from eakte.web.text import number, size

WIDTH, HEIGHT, THICK = 1000, 120, 16
"""Units of the pictures: how wide both are, how high the upright one, how thick a lying bar."""
SERIES = 4
"""Ways to fill a part of a bar; they come again where there are more parts."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure with the bars of its picture and what they say in words."""

    figure: Figure
    upright: tuple[Bar, ...]
    lying: tuple[tuple[Row, tuple[Bar, ...], str], ...]
    """Each row with the parts of its bar and their sum."""
    description: str

    @property
    def legend(self) -> Sequence[str]:
        """What the parts of a bar stand for, where there are several."""
        heads = [self.figure.heads[place] for place in self.figure.drawn]
        return heads if len(heads) > 1 and not self.figure.over_time else ()


def page(ctx: Context) -> ResponseReturnValue:
    """Show all figures of the person."""
    return ctx.page(
        "figures.html",
        pictures=[drawn(one) for one in figures.figures(ctx.session, ctx.actor, ctx.now)],
        labels=SUBJECT_LABELS,
        hints=SUBJECT_HINTS,
        told=told,
        sizes=(WIDTH, HEIGHT, THICK),
        series=SERIES,
    )


def table(ctx: Context, subject: str) -> ResponseReturnValue:
    """Send one figure for spreadsheets."""
    if subject not in set(Subject):
        raise NotFound
    found = figures.figure(ctx.session, ctx.actor, Subject(subject), ctx.now)
    rows = [[row.label, *(str(value) for value in row.values)] for row in found.rows]
    table_rows = to_csv([[found.row_head, *found.heads], *rows])
    return attachment(table_rows, CSV, f"{subject}-{ctx.today.isoformat()}.csv")


def drawn(figure: Figure) -> Picture:
    """Return the picture of a figure."""
    sums = [sum(figure.shown(row)) for row in figure.rows]
    columns: tuple[Bar, ...] = ()
    rows: tuple[tuple[Row, tuple[Bar, ...], str], ...] = ()
    if figure.over_time:
        columns = upright(sums, width=WIDTH, height=HEIGHT, gap=6)
    else:
        rows = tuple(
            (row, lying(figure.shown(row), most=figure.most, width=WIDTH, height=THICK), told(figure, all_))
            for row, all_ in zip(figure.rows, sums, strict=True)
        )
    return Picture(figure, columns, rows, _description(figure, sums))


def told(figure: Figure, value: int) -> str:
    """Return a number of a figure as it reads."""
    return size(value) if figure.in_bytes else number(value)


def _description(figure: Figure, sums: Sequence[int]) -> str:
    if figure.empty:
        return "Noch keine Zahlen."
    if figure.over_time:
        first, last, most = figure.rows[0], figure.rows[-1], figure.rows[sums.index(max(sums))]
        span = f"Von links nach rechts {first.label} bis {last.label}"
        return f"{span}; am meisten: {most.label} mit {told(figure, max(sums))}."
    bars = (f"{row.label} {told(figure, sum(figure.shown(row)))}" for row in figure.rows)
    return f"{figure.row_head}: {', '.join(bars)}."
