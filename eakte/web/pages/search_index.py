"""Administration of the search index: how it stands, and orders to compare it or to build it anew."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from eakte.actions import index_care
from eakte.actions.index_care import Care
from eakte.web.context import Context

SECTION = "search_index.page"
ENGINES = {"tantivy": "Tantivy", "whoosh": "Whoosh", "opensearch": "OpenSearch", "null": "ausgeschaltet"}


def page(ctx: Context) -> ResponseReturnValue:
    """Show how the index stands."""
    services = ctx.services
    view = index_care.show(ctx.session, services.index, services.settings.search_engine, ctx.actor)
    return ctx.page("find/index.html", view=view, engines=ENGINES, section=SECTION)


def compare(ctx: Context) -> ResponseReturnValue:
    """Order a comparison with the database."""
    index_care.order(ctx.session, ctx.actor, Care.COMPARE, ctx.now)
    return ctx.go(SECTION)


def rebuild(ctx: Context) -> ResponseReturnValue:
    """Order a rebuild."""
    index_care.order(ctx.session, ctx.actor, Care.REBUILD, ctx.now)
    return ctx.go(SECTION)
