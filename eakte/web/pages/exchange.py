"""The exchange with the archive: differences a person decides about, and what the archive owes an answer to."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue

from eakte.actions import archive_arrivals, archive_waiting, differences
from eakte.errors import InvalidInput
from eakte.records.differences import DECISION_LABELS, DifferenceDecision
from eakte.web import forms
from eakte.web.context import Context
from retention.procedure import TITLES

ROWS = 50


def page(ctx: Context) -> ResponseReturnValue:
    """Show open differences, or those that are decided, and what waits for the archive."""
    decided, offset = forms.text("zeige", 20) == "entschieden", forms.whole("ab", 0) or 0
    lines, total = differences.listing(ctx.session, ctx.actor, decided=decided, offset=offset, limit=ROWS, now=ctx.now)
    _, unread_arrivals = archive_arrivals.listing(ctx.session, ctx.actor, limit=0, now=ctx.now)
    return ctx.page(
        "exchange.html",
        unread_arrivals=unread_arrivals,
        lines=lines,
        total=total,
        offset=offset,
        limit=ROWS,
        decided=decided,
        decisions=list(dict.fromkeys(one for line in lines for one in line.decisions)),
        decision_labels=DECISION_LABELS,
        titles=TITLES,
        awaited=archive_waiting.awaited(ctx.session, ctx.actor, ctx.services.settings, ctx.now),
        can_send=ctx.services.archive is not None,
    )


def decide(ctx: Context) -> ResponseReturnValue:
    """Decide about the chosen differences."""
    decision = forms.choice("decision", DifferenceDecision)
    if decision is None:
        raise InvalidInput(problem="Bitte wählen Sie eine Entscheidung.", field="decision")
    differences.decide(
        ctx.session,
        ctx.actor,
        ctx.services.objects,
        forms.ids("difference_id"),
        decision,
        reason=forms.text("reason"),
        gateway=ctx.services.archive,
        now=ctx.now,
    )
    return ctx.go("exchange.page")


def remind(ctx: Context, message_id: UUID) -> ResponseReturnValue:
    """Note that the archive was reminded."""
    note = forms.text("note", 300)
    archive_waiting.remind(ctx.session, ctx.actor, ctx.services.settings, message_id, note=note, now=ctx.now)
    return ctx.go("exchange.page")


def send_again(ctx: Context, message_id: UUID) -> ResponseReturnValue:
    """Have a message delivered once more."""
    archive_waiting.send_again(ctx.session, ctx.actor, ctx.services.settings, message_id, ctx.services.archive, ctx.now)
    return ctx.go("exchange.page")
