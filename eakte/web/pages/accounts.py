"""Accounts for administrators: one-time passwords, closing and opening, sessions, tokens of business applications."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue

from eakte.actions import accounts, passwords, sessions, tokens, users
from eakte.errors import EakteError, InvalidInput
from eakte.records.scopes import SCOPE_LABELS
from eakte.texts import sentence
from eakte.web import forms
from eakte.web.context import Context
from eakte.web.pages.account import DAYS, OUTCOMES, WAYS, new_token

ROWS = 50


def listing(ctx: Context) -> ResponseReturnValue:
    """Show a page of accounts."""
    return _listing(ctx)


def _listing(ctx: Context, refused: EakteError | None = None) -> ResponseReturnValue:
    text, offset = forms.text("q", 80), forms.whole("ab", 0) or 0
    rows, total = accounts.accounts(ctx.session, ctx.actor, now=ctx.now, text=text, offset=offset, limit=ROWS)
    return ctx.page(
        "accounts/listing.html",
        status=refused.status if refused else 200,
        problem=sentence(refused.code, refused.detail) if refused else "",
        rows=rows,
        total=total,
        text=text,
        offset=offset,
        limit=ROWS,
        ways=WAYS,
        login=forms.text("login", 80) if refused else "",
        name=forms.text("name", 200) if refused else "",
    )


def add(ctx: Context) -> ResponseReturnValue:
    """Create the technical account of a business application."""
    login, name = forms.text("login", 80), forms.text("name", 200)
    try:
        person_id = users.add_person(
            ctx.session, ctx.actor, login=login, name=name, password=None, now=ctx.now, technical=True
        )
    except InvalidInput as refused:
        return _listing(ctx, refused)
    return ctx.go("accounts.show", person_id=person_id)


def show(ctx: Context, person_id: UUID) -> ResponseReturnValue:
    """Show one account."""
    return _show(ctx, person_id)


def _show(
    ctx: Context, person_id: UUID, *, once: str = "", made: str = "", refused: EakteError | None = None
) -> ResponseReturnValue:
    return ctx.page(
        "accounts/show.html",
        status=refused.status if refused else 200,
        problem=sentence(refused.code, refused.detail) if refused else "",
        account=accounts.account(ctx.session, ctx.actor, person_id, ctx.now),
        open_sessions=sessions.open_sessions(ctx.session, ctx.actor, person_id, ctx.now),
        sign_ins=sessions.sign_ins(ctx.session, ctx.actor, person_id),
        tokens=tokens.tokens_of(ctx.session, ctx.actor, person_id, ctx.now),
        scopes=SCOPE_LABELS,
        day_choices=DAYS,
        ways=WAYS,
        outcomes=OUTCOMES,
        once=once,
        made=made,
        name=forms.text("name", 120) if refused else "",
        days_valid=passwords.ONE_TIME_VALID.days,
        section="accounts.listing",
    )


def recover(ctx: Context, person_id: UUID) -> ResponseReturnValue:
    """Give a one-time password, shown once in this answer."""
    login = accounts.account(ctx.session, ctx.actor, person_id, ctx.now).login
    try:
        once = passwords.recover(ctx.session, ctx.actor, login, now=ctx.now)
    except InvalidInput as refused:
        return _show(ctx, person_id, refused=refused)
    return _show(ctx, person_id, once=once)


def close(ctx: Context, person_id: UUID) -> ResponseReturnValue:
    """Close an account."""
    try:
        accounts.close(ctx.session, ctx.actor, person_id, now=ctx.now, reason=forms.text("reason"))
    except InvalidInput as refused:
        return _show(ctx, person_id, refused=refused)
    return ctx.go("accounts.show", person_id=person_id)


def reopen(ctx: Context, person_id: UUID) -> ResponseReturnValue:
    """Open a closed account again."""
    accounts.reopen(ctx.session, ctx.actor, person_id, now=ctx.now)
    return ctx.go("accounts.show", person_id=person_id)


def end_sessions(ctx: Context, person_id: UUID) -> ResponseReturnValue:
    """End all sessions of a person."""
    sessions.end(ctx.session, ctx.actor, person_id, ctx.now)
    return ctx.go("accounts.show", person_id=person_id)


def make_token(ctx: Context, person_id: UUID) -> ResponseReturnValue:
    """Make a token for a technical account, shown once in this answer."""
    login = accounts.account(ctx.session, ctx.actor, person_id, ctx.now).login
    try:
        made = tokens.make(ctx.session, ctx.actor, new_token(), now=ctx.now, login=login)
    except InvalidInput as refused:
        return _show(ctx, person_id, refused=refused)
    return _show(ctx, person_id, made=made)


def revoke_token(ctx: Context, token_id: UUID) -> ResponseReturnValue:
    """Revoke a token of anybody."""
    person_id = tokens.revoke(ctx.session, ctx.actor, token_id, ctx.now)
    return ctx.go("accounts.show", person_id=person_id)
