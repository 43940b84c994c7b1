"""Signing in and out, the start page, light or dark, health."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import Response, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import text as sql

from eakte.actions import limits, sessions
from eakte.actions.sessions import Examined
from eakte.errors import EakteError, OneTimePasswordExpired, SignInLocked, SignInRefused, TooManyRequests
from eakte.records.origin import Origin, client_address
from eakte.records.throttle import Allowance, per
from eakte.services import Services
from eakte.texts import sentence
from eakte.web import forms, navigation, security
from eakte.web.context import Context
from eakte.web.edge import SESSION_COOKIE, THEME_COOKIE, THEMES, VISITOR_COOKIE


def start(ctx: Context) -> ResponseReturnValue:
    """Go to the first page the person may use."""
    return redirect(url_for(navigation.home(ctx.actor)))


def nothing(ctx: Context) -> ResponseReturnValue:
    """Tell a person whose posts have no page here."""
    return ctx.page("nothing.html")


def form(ctx: Context) -> ResponseReturnValue:
    """Show the sign-in form; whoever is signed in goes on."""
    if ctx.actor.person_id is not None:
        return redirect(security.safe_next(forms.text("next")) or url_for("session.start"))
    if ctx.token:
        return ctx.page("sign_in.html", next=security.safe_next(forms.text("next")), login="")
    # Forms need a key before there is a session; a fresh visitor gets one and comes back.
    visitor = secrets.token_urlsafe(16)
    answer = make_response(redirect(url_for("session.form", next=security.safe_next(forms.text("next")))))
    answer.set_cookie(VISITOR_COOKIE, visitor, httponly=True, samesite="Lax", secure=secure(ctx))
    return answer


def examine(services: Services) -> Examined:
    """Compare login and password before the transaction opens: hashing takes a while, and is spared who has to wait."""
    check = services.directory.check if services.directory and services.settings.ldap_sign_in else None
    with services.database.reading() as session:
        try:
            limits.check(session, f"sign-in:{origin_of(services).address}", _failures(services), g.now)
        except TooManyRequests:
            return Examined(None, right=False)
        login, password = forms.text("login", 80), request.form.get("password", "")
        return sessions.examine(session, login, password, directory=check)


def sign_in(ctx: Context) -> ResponseReturnValue:
    """Let somebody in. Refusals answer normally, so that the count of tries is kept."""
    try:
        token = _admitted(ctx)
    except (SignInLocked, SignInRefused, TooManyRequests, OneTimePasswordExpired) as refused:
        return door(ctx, refused, security.safe_next(forms.text("next")))
    return let_in(ctx, token, security.safe_next(forms.text("next")))


def _admitted(ctx: Context) -> str:
    settings, origin = ctx.services.settings, origin_of(ctx.services)
    key, allowance = f"sign-in:{origin.address}", _failures(ctx.services)
    limits.check(ctx.session, key, allowance, ctx.now)
    token = sessions.admit(
        ctx.session, ctx.prepared, origin=origin, now=ctx.now, hours=settings.session_hours, replaced=ctx.token
    )
    if token is None:
        limits.spend(ctx.session, key, allowance, ctx.now)
        raise SignInRefused
    return token


def _failures(services: Services) -> Allowance:
    return per(services.settings.failed_sign_ins_per_hour, timedelta(hours=1))


def door(ctx: Context, refused: EakteError, back: str | None) -> ResponseReturnValue:
    """Show the sign-in form with the reason why somebody was not let in."""
    problem = sentence(refused.code, refused.detail)
    login = forms.text("login", 80) if request.method == "POST" else ""
    answer = ctx.page("sign_in.html", status=refused.status, problem=problem, next=back, login=login)
    if seconds := refused.detail.get("seconds"):
        answer.headers["Retry-After"] = seconds
    return answer


def let_in(ctx: Context, token: str, back: str | None) -> Response:
    """Give the browser its session and send it on."""
    answer = make_response(redirect(back or url_for("session.start"), code=303))
    hours = ctx.services.settings.session_hours
    answer.set_cookie(SESSION_COOKIE, token, httponly=True, samesite="Lax", secure=secure(ctx), max_age=hours * 3600)
    answer.delete_cookie(VISITOR_COOKIE)
    return answer


def origin_of(services: Services) -> Origin:
    """Return where this request comes from."""
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    address = client_address(request.remote_addr or "", forwarded, services.settings.trusted_proxies)
    return Origin(address, request.headers.get("User-Agent", "")[:500])


def leave(services: Services) -> str | None:
    """Return where the session at the OpenID provider ends, for those who have one; asked before the transaction."""
    if services.oidc is None:
        return None
    with services.database.reading() as session:
        id_token = sessions.id_token_of(session, request.cookies.get(SESSION_COOKIE, ""))
    back = services.settings.public_url.rstrip("/") + url_for("session.form")
    try:
        return services.oidc.sign_out_url(id_token, back, g.now) if id_token else None
    except EakteError:
        return None  # the provider is away; here the session ends all the same


def sign_out(ctx: Context) -> ResponseReturnValue:
    """End the session here and on the server, and then at the OpenID provider."""
    sessions.sign_out(ctx.session, ctx.token)
    answer = make_response(redirect(ctx.prepared or url_for("session.form"), code=303))
    answer.delete_cookie(SESSION_COOKIE)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def theme(ctx: Context) -> ResponseReturnValue:
    """Remember light, dark or the system's choice in this browser."""
    chosen = forms.text("theme")
    answer = make_response(redirect(security.safe_next(forms.text("next")) or url_for("session.start"), code=303))
    if chosen in THEMES:
        answer.set_cookie(THEME_COOKIE, chosen, httponly=True, samesite="Lax", secure=secure(ctx), max_age=31_536_000)
    else:
        answer.delete_cookie(THEME_COOKIE)
    return answer


def health(ctx: Context) -> ResponseReturnValue:
    """Answer that the service and its database work."""
    ctx.session.execute(sql("SELECT 1"))
    return {"status": "ok"}


def secure(ctx: Context) -> bool:
    """Whether cookies go over encrypted connections only."""
    return ctx.services.settings.public_url.startswith("https:")
