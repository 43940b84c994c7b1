"""Re-mapping case files to another version of the file plan: preview, decisions, order, progress."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from eakte.actions import rehousing, rehousing_preview, rehousing_run
from eakte.errors import InvalidInput
from eakte.records.rehousing import ANEW, REHOUSING_LABELS, STAYS, Target
from eakte.store.plan import open_leaves
from eakte.web import forms
from eakte.web.context import Context

TABLE_BYTES = 5_000_000


def begin(ctx: Context) -> ResponseReturnValue:
    """Begin to prepare a re-mapping."""
    source = forms.needed_id("source", "Bitte wählen Sie die bisherige Fassung.")
    target = forms.needed_id("target", "Bitte wählen Sie die künftige Fassung.")
    made = rehousing.begin(ctx.session, ctx.actor, source, target, ctx.now)
    return ctx.go("rehousing.page", rehousing_id=made.id)


def page(ctx: Context, rehousing_id: UUID) -> ResponseReturnValue:
    """Show what the re-mapping would do, or what is left of it."""
    found = rehousing.rehousing_of(ctx.session, ctx.actor, rehousing_id)
    return ctx.page(
        "plan/rehousing.html",
        found=found,
        labels_of=REHOUSING_LABELS,
        units=rehousing_preview.preview(ctx.session, ctx.actor, rehousing_id, ctx.now),
        places=open_leaves(ctx.session, found.target_id).values(),
        left=rehousing_run.left(ctx.session, ctx.actor, found, ctx.now) if found.ordered_at else (),
        stays=STAYS,
        anew=ANEW,
        section="plan.tree",
    )


def assign(ctx: Context, rehousing_id: UUID) -> ResponseReturnValue:
    """Keep the decisions of the form."""
    targets: dict[str, Target] = {}
    for name in request.form:
        kind, _, code = name.partition(":")
        where = forms.text(name, 40)
        if kind == "ziel" and where:
            renumber = forms.text(f"nummer:{code}", 20) == ANEW
            targets[code] = Target("" if where == STAYS else where, renumber)
    rehousing.assign(
        ctx.session,
        ctx.actor,
        rehousing_id,
        targets,
        closed_too=forms.text("closed_too", 10) == "on",
        revision=forms.whole("revision"),
        now=ctx.now,
    )
    return ctx.go("rehousing.page", rehousing_id=rehousing_id)


def load(ctx: Context, rehousing_id: UUID) -> ResponseReturnValue:
    """Take decisions over from a table."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise InvalidInput(problem="Bitte wählen Sie eine Datei.", field="file")
    rehousing.load_targets(ctx.session, ctx.actor, rehousing_id, sent.read(TABLE_BYTES), ctx.now)
    return ctx.go("rehousing.page", rehousing_id=rehousing_id)


def order(ctx: Context, rehousing_id: UUID) -> ResponseReturnValue:
    """Order the job, or let it go on after a fault."""
    if rehousing.rehousing_of(ctx.session, ctx.actor, rehousing_id).fault:
        rehousing.order_again(ctx.session, ctx.actor, rehousing_id, ctx.now)
    else:
        revision = forms.whole("revision")
        rehousing.order(
            ctx.session, ctx.actor, rehousing_id, reason=forms.text("reason"), revision=revision, now=ctx.now
        )
    return ctx.go("rehousing.page", rehousing_id=rehousing_id)
