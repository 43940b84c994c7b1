"""The intake in balance: what came in, and where it is now, per unit and source."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from eakte.actions import balance
from eakte.web.context import Context
from eakte.web.detail import WORDS


def page(ctx: Context) -> ResponseReturnValue:
    """Show the counts of the person's units, and the balance of the whole for who reads the history."""
    sheet = balance.sheet(ctx.session, ctx.actor, ctx.now)
    return ctx.page("balance.html", sheet=sheet, sources=WORDS["source"], section="balance.page")
