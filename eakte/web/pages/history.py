"""The history: who did what, when; filtered, never changed."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from eakte.actions import audit, verification
from eakte.web import forms
from eakte.web.context import Context

ROWS = 100


def listing(ctx: Context) -> ResponseReturnValue:
    """Show entries, newest first."""
    login, action, reference = forms.text("person", 80), forms.text("aktion", 60), forms.text("akte", 80)
    before = forms.whole("vor")
    rows = audit.history(
        ctx.session,
        ctx.actor,
        actor_login=login,
        action=action,
        reference=reference,
        before=before,
        limit=ROWS,
        now=ctx.now,
    )
    return ctx.page(
        "history.html",
        rows=rows,
        login=login,
        action=action,
        reference=reference,
        actions=sorted(audit.ACTION_LABELS.items(), key=lambda pair: pair[1]),
        older=rows[-1].sequence if len(rows) == ROWS else None,
    )


def verify(ctx: Context) -> ResponseReturnValue:
    """Walk the whole hash chain and tell whether it is unbroken."""
    return ctx.part("parts/verified.html", result=verification.of_installation(ctx.session, ctx.services.settings))
