"""The start page: what waits for the person, each with its list, and the case files they worked on last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from eakte.actions import today, touring
from eakte.records.desk import Pile
from eakte.records.today import CHORE_HINTS, CHORE_LABELS, Chore
from eakte.web import help as help_texts
from eakte.web.context import Context

LISTS: Mapping[Chore, tuple[str, Mapping[str, Any]]] = {
    Chore.INBOX: ("inbox.start", {}),
    Chore.FAULTS: ("inbox.faults", {}),
    Chore.FOLLOW_UPS: ("follow_ups.listing", {}),
    Chore.POOR_PAGES: ("legibility.page", {}),
    Chore.STOPPED_BATCHES: ("scanning.listing", {}),
    Chore.INSPECTIONS: ("scanning.listing", {}),
    Chore.MIGRATION_EXCEPTIONS: ("migration.listing", {}),
    Chore.LOANS: ("paper.loans", {}),
    Chore.HOLD_REVIEWS: ("hold_orders.listing", {}),
    Chore.DATA_REQUESTS: ("data_requests.listing", {}),
    Chore.RESTRICTION_REVIEWS: ("restrictions.listing", {}),
    Chore.EVENTS: ("events.page", {}),
    Chore.OVERDUE: ("desk.page", {"liste": Pile.OVERDUE.value}),
    Chore.CONFLICTS: ("desk.page", {"liste": Pile.CONFLICT.value}),
    Chore.NO_RULE: ("desk.page", {"liste": Pile.NO_RULE.value}),
    Chore.DISPOSALS: ("disposal.worklist", {}),
    Chore.DISPOSAL_RUNS: ("disposal_runs.listing", {}),
    Chore.RULE_DRAFTS: ("rule_drafts.listing", {}),
    Chore.DIFFERENCES: ("exchange.page", {}),
    Chore.ARCHIVE_ARRIVALS: ("archive_arrivals.page", {}),
    Chore.NEWS: ("saved_searches.listing", {}),
}
"""The list that each kind of work leads to."""
ICONS: Mapping[Chore, str] = {
    Chore.INBOX: "inbox", Chore.FAULTS: "warn", Chore.FOLLOW_UPS: "clock",
    Chore.POOR_PAGES: "zoom-in", Chore.STOPPED_BATCHES: "scan",
    Chore.INSPECTIONS: "scan", Chore.MIGRATION_EXCEPTIONS: "folder", Chore.LOANS: "archive",
    Chore.HOLD_REVIEWS: "lock", Chore.DATA_REQUESTS: "mail", Chore.RESTRICTION_REVIEWS: "shield",
    Chore.EVENTS: "clock", Chore.OVERDUE: "hourglass", Chore.CONFLICTS: "warn",
    Chore.NO_RULE: "unclear", Chore.DISPOSALS: "trash", Chore.DISPOSAL_RUNS: "flag", Chore.RULE_DRAFTS: "pencil",
    Chore.DIFFERENCES: "archive", Chore.ARCHIVE_ARRIVALS: "warn", Chore.NEWS: "search",
}  # fmt: skip


def page(ctx: Context) -> ResponseReturnValue:
    """Show what waits for the person."""
    return ctx.page(
        "today.html",
        tasks=today.tasks(ctx.session, ctx.actor, ctx.now),
        recent=today.recent(ctx.session, ctx.actor, ctx.now),
        tour=help_texts.tour() if touring.wanted(ctx.session, ctx.actor) else (),
        tour_ends=True,
        address=_address,
        labels=CHORE_LABELS,
        hints=CHORE_HINTS,
        icons=ICONS,
    )


def _address(chore: Chore) -> str:
    endpoint, asked = LISTS[chore]
    return url_for(endpoint, **asked)
