"""The records manager's desk: lists of case files by what is to be done, their counts, reasons and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from eakte.actions import choices, desk, desk_export, due_dates
from eakte.actions import forecast as forecasts
from eakte.actions.desk import Behind, DeskRow, Wanted
from eakte.records.access import Actor, Permission
from eakte.records.desk import MEASURE_LABELS, OUTCOME_LABELS, PILE_HINTS, PILE_LABELS, Measure, Pile
from eakte.web import forms, long_table
from eakte.web.context import Context
from eakte.web.day_chart import HEIGHT, WIDTH, Chart, bars_of
from eakte.web.files import attachment
from eakte.web.spreadsheet import CSV, to_csv
from eakte.web.text import number, size

ROWS = 50
FILTERS = ("liste", "amt", "plan", "jahr", "ereignis")


def _wanted() -> Wanted:
    return Wanted(
        forms.choice("liste", Pile) or Pile.OVERDUE,
        department=forms.text("amt", 40),
        plan_code=forms.text("plan", 40).split(" ", 1)[0],
        year=forms.whole("jahr"),
        trigger=forms.text("ereignis", 60),
    )


def asked_filters(given: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the filters as the address, or a form, names them."""
    given = request.args if given is None else given
    return {name: written for name in FILTERS if (written := given.get(name, "").strip())}


def behind() -> Behind | None:
    """Return behind which row the list is to go on."""
    end, mark, reference = forms.text("nach", 100).partition("~")
    if not mark:
        return None
    try:
        return Behind(date.fromisoformat(end) if end else None, reference)
    except ValueError:
        return None


def next_address(endpoint: str, asked: dict[str, Any], rows: Sequence[DeskRow]) -> str:
    """Return where the list goes on, of which one row more than is shown was asked for; empty at its end."""
    if len(rows) <= ROWS:
        return ""
    last = rows[ROWS - 1].place
    return url_for(endpoint, **asked, nach=f"{last.retention_end or ''}~{last.reference}")


def page(ctx: Context) -> ResponseReturnValue:
    """Show one list; the counts of all of them follow."""
    wanted, asked = _wanted(), asked_filters()
    rows = desk.page(ctx.session, ctx.actor, wanted, behind=behind(), limit=ROWS + 1, now=ctx.now)
    return ctx.page(
        "desk/page.html",
        rows=rows[:ROWS],
        then=next_address("desk.page", asked, rows),
        wanted=wanted,
        asked=asked,
        piles=PILE_LABELS,
        hint=PILE_HINTS[wanted.pile or Pile.OVERDUE],
        counts={},
        outcomes=OUTCOME_LABELS,
        triggers=desk.triggers(ctx.session),
        units=choices.all_units(ctx.session),
        plan_units=choices.plan_branches(ctx.session),
        section="desk.page",
    )


def counts(ctx: Context) -> ResponseReturnValue:
    """Return the lists with how many case files each has."""
    wanted = _wanted()
    return ctx.part(
        "desk/piles.html",
        wanted=wanted,
        asked=asked_filters(),
        piles=PILE_LABELS,
        counts=desk.counts(ctx.session, ctx.actor, wanted, ctx.now),
    )


def why(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Return how the day of one case file came about."""
    found = due_dates.of_case_file(ctx.session, ctx.actor, case_file_id, ctx.now)
    return ctx.part("desk/why.html", found=found)


def table(ctx: Context) -> ResponseReturnValue:
    """Send a list as a table for spreadsheets."""
    return send_table(ctx, _wanted(), "fristen", needs=Permission.DISPOSE, surface="web desk.table")


def send_table(ctx: Context, wanted: Wanted, name: str, *, needs: Permission, surface: str) -> ResponseReturnValue:
    """Send a list as the table *name*, piece by piece; the history tells of it before the first."""
    piece = desk_export.begin(ctx.session, ctx.actor, wanted, ctx.now)
    further = partial(go_on, wanted)
    return long_table.answer(ctx, name, desk_export.HEADS, piece, further, needs=needs, surface=surface)


def go_on(wanted: Wanted, session: Session, actor: Actor, then: Behind, now: datetime) -> desk_export.Piece:
    """Return the next piece of a list as a table."""
    return desk_export.go_on(session, actor, wanted, then, now)


def _measure() -> Measure:
    return forms.choice("umfang", Measure) or Measure.FILES


def forecast(ctx: Context) -> ResponseReturnValue:
    """Show how many case files, pages or bytes are due in which year, as a picture and as a table."""
    found = forecasts.forecast(ctx.session, ctx.actor, ctx.now, _measure())
    return ctx.page(
        "desk/forecast.html",
        found=found,
        measures=MEASURE_LABELS,
        chart=_chart(found),
        chart_size=(WIDTH, HEIGHT),
        section="desk.page",
    )


def _chart(found: forecasts.Forecast) -> Chart:
    counts = {year: found.of(year) for year in found.years}
    if not sum(counts.values()):
        nothing = "Keine Akte hat ein Fristende." if found.measure is Measure.FILES else "Dafür ist nichts abgelegt."
        return Chart((), nothing)
    reads, unit = (size, "") if found.measure is Measure.BYTES else (number, f" {MEASURE_LABELS[found.measure]}")
    most = max(counts, key=lambda year: counts[year])
    told = f"{reads(sum(counts.values()))}{unit} mit Fristende, von links nach rechts: "
    told += f"{reads(counts[found.first - 1])} abgelaufen, dann {found.label(found.years[1])} bis "
    told += f"{found.label(found.years[-1])}; die meisten: {found.label(most)} mit {reads(counts[most])}."
    return Chart(bars_of(list(counts.values())), told)


def forecast_table(ctx: Context) -> ResponseReturnValue:
    """Send the forecast as a table for spreadsheets; bytes are written out."""
    found = forecasts.forecast(ctx.session, ctx.actor, ctx.now, _measure())
    heads = ["Fristende", *(f"{code} {name}".strip() for code, name in found.departments.items()), "zusammen"]
    rows = [
        [found.label(year), *(str(found.amounts[year, code]) for code in found.departments), str(found.of(year))]
        for year in found.years
    ]
    name = f"vorausschau-{MEASURE_LABELS[found.measure].lower()}-{ctx.today.isoformat()}.csv"
    return attachment(to_csv([heads, *rows]), CSV, name)
