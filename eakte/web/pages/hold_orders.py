"""Hold orders: the worklist of reviews, placing with a preview, one order with what it holds."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue

from eakte.actions import hold_orders, hold_owners, hold_preview, hold_view
from eakte.actions.hold_orders import NewOrder, Reach
from eakte.actions.hold_owners import Owner
from eakte.actions.hold_preview import Preview
from eakte.actions.hold_view import OrderList
from eakte.errors import EakteError, InvalidInput
from eakte.records.holding import REVIEW_LABELS, SCOPE_LABELS, HoldScope, in_a_year, written
from eakte.texts import sentence
from eakte.web import forms
from eakte.web.context import Context
from eakte.web.files import attachment
from eakte.web.spreadsheet import CSV, to_csv

ROWS = 50
SECTION = "hold_orders.listing"
LISTS = {OrderList.DUE: "Zu prüfen", OrderList.IN_FORCE: "In Kraft", OrderList.LIFTED: "Aufgehoben"}


def listing(ctx: Context) -> ResponseReturnValue:
    """Show the reviews that wait, or all orders."""
    wanted, offset = forms.choice("liste", OrderList) or OrderList.DUE, max(forms.whole("ab", 0) or 0, 0)
    rows, total = hold_view.listing(ctx.session, ctx.actor, wanted, offset=offset, limit=ROWS, now=ctx.now)
    return ctx.page(
        "holds/listing.html",
        rows=rows,
        total=total,
        wanted=wanted,
        offset=offset,
        limit=ROWS,
        lists=LISTS,
        due=hold_view.due(ctx.session, ctx.actor, ctx.now),
        scopes=SCOPE_LABELS,
        reviews=REVIEW_LABELS,
        section=SECTION,
    )


def new(ctx: Context) -> ResponseReturnValue:
    """Show the form of a new order."""
    return _form(ctx)


def preview(ctx: Context) -> ResponseReturnValue:
    """Show what the order would hold, with all that was typed."""
    try:
        found = _previewed(ctx, ROWS)
    except InvalidInput as refused:
        return _form(ctx, problem=sentence(refused.code, refused.detail), status=refused.status)
    return _form(ctx, found=found)


def preview_table(ctx: Context) -> ResponseReturnValue:
    """Send what the order would hold as a table."""
    try:
        found = _previewed(ctx, 0)
    except InvalidInput as refused:
        return _form(ctx, problem=sentence(refused.code, refused.detail), status=refused.status)
    return _csv(ctx, [hold_preview.HEADS, *hold_preview.table(ctx.session, ctx.actor, found, ctx.now)])


def place(ctx: Context) -> ResponseReturnValue:
    """Place the order; where something is missing, show the form again with all that was typed."""
    try:
        with ctx.session.begin_nested():
            made = hold_orders.place(ctx.session, ctx.actor, _typed(ctx), ctx.now)
    except EakteError as refused:
        if refused.status >= 500 or ctx.partial:
            raise
        return _form(ctx, problem=sentence(refused.code, refused.detail), status=refused.status)
    return ctx.go("hold_orders.show", order_id=made.id)


def show(ctx: Context, order_id: UUID) -> ResponseReturnValue:
    """Show one order with the case files it holds."""
    behind = forms.text("nach", 80)
    rows = hold_view.files(ctx.session, ctx.actor, order_id, behind=behind, limit=ROWS + 1, now=ctx.now)
    return ctx.page(
        "holds/order.html",
        order=hold_view.show(ctx.session, ctx.actor, order_id, ctx.now),
        rows=rows[:ROWS],
        then=rows[ROWS - 1].reference if len(rows) > ROWS else "",
        behind=behind,
        days=hold_view.in_months(ctx.today),
        scopes=SCOPE_LABELS,
        reviews=REVIEW_LABELS,
        section=SECTION,
    )


def table(ctx: Context, order_id: UUID) -> ResponseReturnValue:
    """Send the case files an order holds as a table."""
    rows = hold_view.exported(ctx.session, ctx.actor, order_id, ctx.now)
    return _csv(ctx, [hold_preview.HEADS, *map(hold_preview.cells, rows)])


def prolong(ctx: Context, order_id: UUID) -> ResponseReturnValue:
    """Find the order still needed until another day."""
    day = _chosen_day() or forms.needed_day("review_on", "Bitte sagen, bis wann die Sperre weiter nötig ist.")
    reason, revision = forms.text("reason"), forms.whole("revision")
    hold_orders.prolong(ctx.session, ctx.actor, order_id, reason=reason, review_on=day, revision=revision, now=ctx.now)
    return ctx.go("hold_orders.show", order_id=order_id)


def lift(ctx: Context, order_id: UUID) -> ResponseReturnValue:
    """Lift the order, with a reason."""
    reason, revision = forms.text("reason"), forms.whole("revision")
    hold_orders.lift(ctx.session, ctx.actor, order_id, reason=reason, revision=revision, now=ctx.now)
    return ctx.go("hold_orders.listing")


def _chosen_day() -> date | None:
    return forms.read_day(request.form.get("until", ""), "review_on")


def _previewed(ctx: Context, limit: int) -> Preview:
    return hold_preview.preview(ctx.session, ctx.services.index, ctx.actor, _reach(ctx), limit=limit, now=ctx.now)


def _reach(ctx: Context) -> Reach:
    scope = forms.choice("scope", HoldScope) or HoldScope.QUERY
    if scope is HoldScope.PERSON:
        return Reach(scope, names=written(forms.text("names", 4_000)), marks=written(forms.text("marks", 4_000)))
    if scope is HoldScope.QUERY:
        return Reach(scope, text=forms.text("text"))
    references = written(forms.text("case_files", 50_000))
    return Reach(scope, hold_orders.files_named(ctx.session, ctx.actor, references, ctx.now))


def _typed(ctx: Context) -> NewOrder:
    return NewOrder(
        _reach(ctx),
        forms.text("reason"),
        title=forms.text("title", 300),
        legal_basis=forms.text("legal_basis", 300),
        owner=_owner(ctx),
        review_on=forms.day("review_on"),
    )


def _owner(ctx: Context) -> Owner | None:
    if login := forms.text("owner", 80):
        return hold_owners.owner_by_login(ctx.session, login)
    post_id = forms.optional_id("owner_post")
    return Owner(post_id=post_id) if post_id else None


def _form(ctx: Context, *, found: Preview | None = None, problem: str = "", status: int = 200) -> Response:
    return ctx.page(
        "holds/new.html",
        status=status,
        problem=problem,
        found=found,
        typed=request.form if request.method == "POST" else request.args,
        scope=forms.choice("scope", HoldScope) or HoldScope.QUERY,
        scopes=SCOPE_LABELS,
        posts=hold_owners.choices(ctx.session, ctx.now),
        next_year=in_a_year(ctx.today),
        shown=ROWS,
        section=SECTION,
    )


def _csv(ctx: Context, rows: list[tuple[str, ...]]) -> Response:
    return attachment(to_csv(rows), CSV, f"loeschsperre-{ctx.today.isoformat()}.csv")
