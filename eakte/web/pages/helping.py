"""Help: on each screen, all of it, and the tour for the beginning."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from eakte.actions import touring
from eakte.errors import NotFound
from eakte.web import help as texts
from eakte.web.context import Context


def index(ctx: Context) -> ResponseReturnValue:
    """Show all help and the tour."""
    return ctx.page("help/index.html", screens=texts.screens(), tour=texts.tour())


def screen(ctx: Context, name: str) -> ResponseReturnValue:
    """Show the help of one screen: the piece for the dialog, or a page of its own without script."""
    found = texts.screen_named(name)
    if found is None:
        raise NotFound
    return ctx.part("help/text.html", screen=found) if ctx.partial else ctx.page("help/screen.html", screen=found)


def end_tour(ctx: Context) -> ResponseReturnValue:
    """Show the person the tour no more."""
    touring.end(ctx.session, ctx.actor)
    return ctx.go("today.page")
