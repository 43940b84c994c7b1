"""One's own account: sessions and last sign-ins, password, tokens of programs."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from eakte.actions import limits, passwords, sessions, tokens
from eakte.actions.tokens import NewToken
from eakte.errors import EakteError, InvalidInput, NotFound, TooManyRequests, WrongPassword
from eakte.records.passwords import SHORTEST
from eakte.records.scopes import SCOPE_LABELS, Scope
from eakte.records.throttle import per
from eakte.texts import sentence
from eakte.web import forms
from eakte.web.context import Context
from eakte.web.pages.session import let_in, origin_of

WAYS = {sessions.PASSWORD: "Kennwort", sessions.LDAP: "Verzeichnisdienst", sessions.OIDC: "Anmeldedienst"}
OUTCOMES = {
    "done": "angemeldet",
    "refused": "abgewiesen",
    "locked": "abgewiesen, Konto ruhte",
    "expired": "abgewiesen, Einmalkennwort abgelaufen",
}
DAYS = (30, 90, 180, 365)
GUESSES = per(10, timedelta(hours=1))
"""Wrong present passwords from somebody who found a browser open."""


def own_id(ctx: Context) -> UUID:
    """Return the id of the person who asks."""
    if ctx.actor.person_id is None:
        raise NotFound
    return ctx.actor.person_id


def show(ctx: Context) -> ResponseReturnValue:
    """Show open sessions and the last sign-ins, also the failed ones."""
    person_id = own_id(ctx)
    return ctx.page(
        "account/show.html",
        open_sessions=sessions.open_sessions(ctx.session, ctx.actor, person_id, ctx.now, token=ctx.token),
        sign_ins=sessions.sign_ins(ctx.session, ctx.actor, person_id),
        ways=WAYS,
        outcomes=OUTCOMES,
    )


def end_session(ctx: Context, session_id: UUID) -> ResponseReturnValue:
    """End one of one's own sessions."""
    sessions.end(ctx.session, ctx.actor, own_id(ctx), ctx.now, only=session_id)
    return ctx.go("account.show")


def end_others(ctx: Context) -> ResponseReturnValue:
    """End all of one's own sessions but this one."""
    sessions.end(ctx.session, ctx.actor, own_id(ctx), ctx.now, but=ctx.token)
    return ctx.go("account.show")


def password(ctx: Context) -> ResponseReturnValue:
    """Show the form for a new password."""
    return _password_page(ctx)


def _password_page(ctx: Context, refused: EakteError | None = None) -> ResponseReturnValue:
    problem, status = (sentence(refused.code, refused.detail), refused.status) if refused else ("", 200)
    changeable = passwords.has_password(ctx.session, own_id(ctx))
    return ctx.page("account/password.html", status=status, problem=problem, shortest=SHORTEST, changeable=changeable)


def change_password(ctx: Context) -> ResponseReturnValue:
    """Change the password: every session ends, and this browser gets a new one."""
    key = f"old-password:{own_id(ctx)}"
    try:
        limits.check(ctx.session, key, GUESSES, ctx.now)
        person = passwords.change_own(ctx.session, ctx.actor, old=request.form.get("old", ""), new=_new(), now=ctx.now)
    except (WrongPassword, InvalidInput, TooManyRequests) as refused:
        if isinstance(refused, WrongPassword):
            limits.spend(ctx.session, key, GUESSES, ctx.now)
        return _password_page(ctx, refused)
    hours, origin = ctx.services.settings.session_hours, origin_of(ctx.services)
    token = sessions.begin(ctx.session, person, sessions.PASSWORD, origin=origin, now=ctx.now, hours=hours)
    return let_in(ctx, token, None)


def _new() -> str:
    new = request.form.get("password", "")
    if new != request.form.get("again", ""):
        raise InvalidInput(problem="Die beiden neuen Kennwörter sind verschieden.", field="again")
    return new


def tokens_page(ctx: Context, *, made: str = "", problem: str = "", status: int = 200) -> ResponseReturnValue:
    """Show the person's tokens; a new one is shown once, in the answer to the form that made it."""
    return ctx.page(
        "account/tokens.html",
        status=status,
        tokens=tokens.tokens_of(ctx.session, ctx.actor, own_id(ctx), ctx.now),
        scopes=SCOPE_LABELS,
        day_choices=DAYS,
        made=made,
        problem=problem,
        name=forms.text("name", 120) if problem else "",
    )


def list_tokens(ctx: Context) -> ResponseReturnValue:
    """Show the person's tokens."""
    return tokens_page(ctx)


def new_token() -> NewToken:
    """Read the form that makes a token."""
    scopes = frozenset(Scope(one) for one in request.form.getlist("scope") if one in set(Scope))
    return NewToken(forms.text("name", 120), scopes, forms.whole("days", 0) or 0)


def make_token(ctx: Context) -> ResponseReturnValue:
    """Make a token for oneself."""
    try:
        made = tokens.make(ctx.session, ctx.actor, new_token(), now=ctx.now)
    except InvalidInput as refused:
        return tokens_page(ctx, problem=sentence(refused.code, refused.detail), status=refused.status)
    return tokens_page(ctx, made=made)


def revoke_token(ctx: Context, token_id: UUID) -> ResponseReturnValue:
    """Revoke one of one's own tokens."""
    tokens.revoke(ctx.session, ctx.actor, token_id, ctx.now)
    return ctx.go("account.list_tokens")
