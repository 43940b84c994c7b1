"""What the archive sent and nobody could read: a worklist beside the exchange with the archive."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from eakte.actions import archive_arrivals
from eakte.errors import InvalidInput
from eakte.records.archive_arrivals import ARRIVAL_DECISION_LABELS, ArrivalDecision
from eakte.web import forms
from eakte.web.context import Context
from retention.procedure import TITLES

ROWS = 50


def page(ctx: Context) -> ResponseReturnValue:
    """Show what waits for a decision, or what is decided."""
    decided, offset = forms.text("zeige", 20) == "entschieden", forms.whole("ab", 0) or 0
    lines, total = archive_arrivals.listing(
        ctx.session, ctx.actor, decided=decided, offset=offset, limit=ROWS, now=ctx.now
    )
    return ctx.page(
        "archive_arrivals.html",
        lines=lines,
        total=total,
        offset=offset,
        limit=ROWS,
        decided=decided,
        decisions=list(dict.fromkeys(one for line in lines for one in line.decisions)),
        decision_labels=ARRIVAL_DECISION_LABELS,
        titles=TITLES,
        left=forms.whole("unlesbar", 0),
    )


def decide(ctx: Context) -> ResponseReturnValue:
    """Decide about the chosen arrivals; how many could still not be read, the page says."""
    decision = forms.choice("decision", ArrivalDecision)
    if decision is None:
        raise InvalidInput(problem="Bitte wählen Sie eine Entscheidung.", field="decision")
    left = archive_arrivals.decide(
        ctx.session,
        ctx.actor,
        ctx.services.objects,
        ctx.services.settings,
        forms.ids("arrival_id"),
        decision,
        reason=forms.text("reason"),
        now=ctx.now,
    )
    return ctx.go("archive_arrivals.page", **({"unlesbar": left} if left else {}))
