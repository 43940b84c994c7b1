"""Deadlines and disposal: the worklist, two people for a destruction, the archive, certificates."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from eakte.actions import desk, disposal, exchange
from eakte.actions.archive_terms import terms_of
from eakte.actions.desk import Wanted
from eakte.errors import MoveRefused
from eakte.records.desk import OUTCOME_LABELS
from eakte.web import forms
from eakte.web.context import Context
from eakte.web.files import attachment
from eakte.web.pages.desk import ROWS, behind, next_address
from retention.model import Outcome


def worklist(ctx: Context) -> ResponseReturnValue:
    """Show the worklist by outcome."""
    outcome = forms.choice("art", Outcome)
    rows = desk.page(ctx.session, ctx.actor, Wanted(outcome=outcome), behind=behind(), limit=ROWS + 1, now=ctx.now)
    asked = {"art": outcome.value} if outcome else {}
    return ctx.page(
        "disposal.html",
        rows=rows[:ROWS],
        then=next_address("disposal.worklist", asked, rows),
        counts=desk.by_outcome(ctx.session, ctx.actor, ctx.now),
        outcome=outcome,
        outcomes=OUTCOME_LABELS,
        proposals=disposal.proposals(ctx.session, ctx.actor, ctx.now),
        processes=exchange.processes(ctx.session, ctx.actor, ctx.now),
        certificates=disposal.certificates(ctx.session, ctx.actor, now=ctx.now),
        can_send=ctx.services.archive is not None,
        cooling_off_days=ctx.services.settings.cooling_off_days,
        section="desk.page",
    )


def _chosen() -> list[UUID]:
    ids = []
    for written in request.form.getlist("case_file_id"):
        try:
            ids.append(UUID(written))
        except ValueError:
            continue
    if not ids:
        raise MoveRefused(state="keine Akte ausgewählt")
    return ids


def propose(ctx: Context) -> ResponseReturnValue:
    """Propose the destruction of the chosen case files, all or none; who chose several types how many they are."""
    reason, chosen = forms.text("reason"), list(dict.fromkeys(_chosen()))
    if len(chosen) > 1:
        disposal.check_count(forms.whole("count"), len(chosen))
    disposal.propose(ctx.session, ctx.actor, chosen, reason=reason, now=ctx.now)
    return ctx.go("disposal.worklist")


def offer(ctx: Context) -> ResponseReturnValue:
    """Offer the chosen case files to the archive as one process."""
    terms = terms_of(ctx.services.settings)
    exchange.offer(ctx.session, ctx.actor, _chosen(), ctx.services.archive, ctx.now, terms=terms)
    return ctx.go("disposal.worklist")


def hand_over(ctx: Context, process_id: UUID) -> ResponseReturnValue:
    """Hand the files of a process over that the archive wants."""
    exchange.hand_over(ctx.session, ctx.actor, process_id, ctx.services.archive, ctx.now)
    return ctx.go("disposal.worklist")


def approve(ctx: Context, disposal_id: UUID) -> ResponseReturnValue:
    """Approve a destruction as the second person."""
    days = ctx.services.settings.cooling_off_days
    disposal.approve(ctx.session, ctx.actor, disposal_id, cooling_off_days=days, now=ctx.now)
    return ctx.go("disposal.worklist")


def reject(ctx: Context, disposal_id: UUID) -> ResponseReturnValue:
    """Reject a destruction, or take the approval back."""
    disposal.reject(ctx.session, ctx.actor, disposal_id, now=ctx.now)
    return ctx.go("disposal.worklist")


def certificate(ctx: Context, disposal_id: UUID) -> ResponseReturnValue:
    """Send the certificate of a destruction as PDF."""
    found = disposal.certificate(ctx.session, ctx.actor, disposal_id, ctx.now)
    return attachment(found.pdf, "application/pdf", f"vernichtung-{disposal_id}.pdf")


def certificate_json(ctx: Context, disposal_id: UUID) -> ResponseReturnValue:
    """Send the certificate of a destruction as JSON."""
    found = disposal.certificate(ctx.session, ctx.actor, disposal_id, ctx.now)
    return attachment(found.document, "application/json", f"vernichtung-{disposal_id}.json")


def certificate_signature(ctx: Context, disposal_id: UUID) -> ResponseReturnValue:
    """Send the signature of the JSON."""
    found = disposal.signature(ctx.session, ctx.actor, disposal_id, ctx.now)
    return attachment(found, "application/pkcs7-signature", f"vernichtung-{disposal_id}.json.p7s")
