"""Missing events: case files whose period waits for one, recorded singly at the file or here on many at once."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from eakte.actions import choices, desk, events
from eakte.actions.desk import Wanted
from eakte.errors import InvalidInput
from eakte.records.access import Permission
from eakte.records.desk import Pile
from eakte.web import forms
from eakte.web.context import Context
from eakte.web.pages.desk import ROWS, asked_filters, behind, next_address, send_table


def _wanted() -> Wanted:
    return Wanted(
        Pile.WAITING,
        department=forms.text("amt", 40),
        plan_code=forms.text("plan", 40).split(" ", 1)[0],
        year=forms.whole("jahr"),
        trigger=forms.text("ereignis", 60),
    )


def page(ctx: Context) -> ResponseReturnValue:
    """Show who waits for which event."""
    wanted, asked = _wanted(), asked_filters()
    rows = desk.page(ctx.session, ctx.actor, wanted, behind=behind(), limit=ROWS + 1, now=ctx.now)
    return ctx.page(
        "desk/events.html",
        rows=rows[:ROWS],
        then=next_address("events.page", asked, rows),
        wanted=wanted,
        asked=asked,
        counts=desk.awaited(ctx.session, ctx.actor, wanted, ctx.now),
        triggers=desk.triggers(ctx.session),
        units=choices.all_units(ctx.session),
        plan_units=choices.plan_branches(ctx.session),
        most=events.MOST,
        recorded=forms.whole("erfasst"),
        section="events.page",
    )


def record_on_all(ctx: Context) -> ResponseReturnValue:
    """Record one event on the chosen case files, or on all that the list holds."""
    wanted = _wanted()
    happened_on = forms.needed_day("happened_on", "Bitte das Datum des Ereignisses angeben.")
    if forms.text("which") == "all":
        seen = forms.whole("seen", 0) or 0
        chosen = events.waiting_for(ctx.session, ctx.actor, wanted, seen=seen, now=ctx.now)
    else:
        chosen = _chosen()
    made = events.record_on_all(
        ctx.session,
        ctx.actor,
        chosen,
        trigger=wanted.trigger,
        happened_on=happened_on,
        note=forms.text("evidence"),
        now=ctx.now,
    )
    return ctx.go("events.page", **asked_filters(request.form), erfasst=made)


def _chosen() -> list[UUID]:
    ids = []
    for written in request.form.getlist("case_file_id"):
        try:
            ids.append(UUID(written))
        except ValueError:
            continue
    if not ids:
        raise InvalidInput(problem="Bitte mindestens eine Akte auswählen.", field="case_file_id")
    return ids


def table(ctx: Context) -> ResponseReturnValue:
    """Send the list as a table for spreadsheets."""
    return send_table(ctx, _wanted(), "fehlende-ereignisse", needs=Permission.EVENT, surface="web events.table")
