"""Signing in and out, the start page, light or dark, health."""

from __future__ import annotations

import secrets

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import text as sql

from eakte.actions import users
from eakte.errors import SignInLocked, SignInRefused
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
    answer.set_cookie(VISITOR_COOKIE, visitor, httponly=True, samesite="Lax", secure=_secure(ctx))
    return answer


def sign_in(ctx: Context) -> ResponseReturnValue:
    """Check login and password. Refusals answer normally, so that the count of tries is kept."""
    login, settings = forms.text("login", 80), ctx.services.settings
    back = security.safe_next(forms.text("next"))
    try:
        token = users.sign_in(
            ctx.session, login, request.form.get("password", ""), now=ctx.now, hours=settings.session_hours
        )
    except SignInLocked as locked:
        problem = sentence(locked.code, locked.detail)
        return ctx.page("sign_in.html", status=locked.status, next=back, login=login, problem=problem)
    if token is None:
        problem = sentence(SignInRefused.code)
        return ctx.page("sign_in.html", status=SignInRefused.status, next=back, login=login, problem=problem)
    answer = make_response(redirect(back or url_for("session.start"), code=303))
    answer.set_cookie(
        SESSION_COOKIE,
        token,
        httponly=True,
        samesite="Lax",
        secure=_secure(ctx),
        max_age=settings.session_hours * 3600,
    )
    answer.delete_cookie(VISITOR_COOKIE)
    return answer


def sign_out(ctx: Context) -> ResponseReturnValue:
    """End the session here and on the server."""
    users.sign_out(ctx.session, ctx.token)
    answer = make_response(redirect(url_for("session.form"), code=303))
    answer.delete_cookie(SESSION_COOKIE)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def theme(ctx: Context) -> ResponseReturnValue:
    """Remember light, dark or the system's choice in this browser."""
    chosen = forms.text("theme")
    answer = make_response(redirect(security.safe_next(forms.text("next")) or url_for("session.start"), code=303))
    if chosen in THEMES:
        answer.set_cookie(THEME_COOKIE, chosen, httponly=True, samesite="Lax", secure=_secure(ctx), max_age=31_536_000)
    else:
        answer.delete_cookie(THEME_COOKIE)
    return answer


def health(ctx: Context) -> ResponseReturnValue:
    """Answer that the service and its database work."""
    ctx.session.execute(sql("SELECT 1"))
    return {"status": "ok"}


def _secure(ctx: Context) -> bool:
    return ctx.services.settings.public_url.startswith("https:")
