"""Signing in through an OpenID provider: out, and back with the proof."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import g, make_response, redirect, request
from flask.typing import ResponseReturnValue

from eakte.actions import limits, outside, sessions
from eakte.actions.outside import Joining
from eakte.errors import EakteError, NotFound
from eakte.identity.oidc import Begun, Proved, Provider
from eakte.records.identity import wanted_posts
from eakte.records.throttle import per
from eakte.services import Services
from eakte.web import forms, security
from eakte.web.context import Context
from eakte.web.edge import VISITOR_COOKIE
from eakte.web.pages.session import door, let_in, origin_of, secure

STARTS = per(60, timedelta(minutes=10))
"""Sign-ins that one address may begin: each leaves a row until it expires."""


def _provider(services: Services) -> Provider:
    if services.oidc is None:
        raise NotFound
    return services.oidc


def prepare(services: Services) -> Begun | EakteError:
    """Ask the provider where to begin, before the transaction opens."""
    try:
        return _provider(services).begin(g.now)
    except NotFound:
        raise
    except EakteError as error:
        return error


def start(ctx: Context) -> ResponseReturnValue:
    """Send the browser to the provider."""
    begun = ctx.prepared
    back = security.safe_next(forms.text("next"))
    if isinstance(begun, EakteError):
        return door(ctx, begun, back)
    limits.spend(ctx.session, f"oidc:{origin_of(ctx.services).address}", STARTS, ctx.now)
    visitor = request.cookies.get(VISITOR_COOKIE) or secrets.token_urlsafe(16)
    outside.begin_flow(
        ctx.session,
        state=begun.state,
        visitor=visitor,
        nonce=begun.nonce,
        code_verifier=begun.code_verifier,
        back=back,
        now=ctx.now,
    )
    answer = make_response(redirect(begun.url, code=303))
    answer.set_cookie(VISITOR_COOKIE, visitor, httponly=True, samesite="Lax", secure=secure(ctx))
    return answer


def prove(services: Services) -> tuple[Proved, str | None] | EakteError:
    """Claim the sign-in that comes back and have it proved, before the transaction opens."""
    provider, now = _provider(services), g.now
    visitor = request.cookies.get(VISITOR_COOKIE, "")
    try:
        with services.database.begin() as session:
            flow = outside.claim_flow(session, state=request.args.get("state", ""), visitor=visitor, now=now)
        proved = provider.finish(request.args.to_dict(), nonce=flow.nonce, code_verifier=flow.code_verifier, now=now)
    except EakteError as error:
        return error
    return proved, flow.next_path


def finish(ctx: Context) -> ResponseReturnValue:
    """Let in whom the provider has proved; their posts follow their groups."""
    if isinstance(ctx.prepared, EakteError):
        return door(ctx, ctx.prepared, None)
    (proved, back), settings = ctx.prepared, ctx.services.settings
    joining = Joining(create=settings.oidc_create_people, link_logins=settings.oidc_link_logins)
    try:
        person = outside.recognise(ctx.session, proved.told, joining, ctx.now)
    except EakteError as error:
        return door(ctx, error, back)
    if rules := ctx.services.group_rules:
        wanted = wanted_posts(proved.told.groups, rules)
        outside.keep_posts(ctx.session, person, wanted, source=sessions.OIDC, now=ctx.now)
    token = sessions.begin(
        ctx.session,
        person,
        sessions.OIDC,
        origin=origin_of(ctx.services),
        now=ctx.now,
        hours=settings.session_hours,
        id_token=proved.id_token,
        replaced=ctx.token,
    )
    return let_in(ctx, token, back)
