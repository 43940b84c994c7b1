"""One request from door to door: who asks, may they, one transaction, the view, errors to German."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from eakte import logs
from eakte.actions import reads, sessions
from eakte.actions.sessions import Visit
from eakte.errors import EakteError, PasswordChangeNeeded, SearchUnavailable
from eakte.records.access import Actor, Permission
from eakte.services import Services
from eakte.texts import sentence
from eakte.web import navigation, security
from eakte.web.context import Context, Later
from search.errors import UNAVAILABLE

SESSION_COOKIE = "ea_session"
VISITOR_COOKIE = "ea_visitor"
THEME_COOKIE = "ea_theme"
THEMES = frozenset({"light", "dark"})
NOBODY = Actor(None, "", "", frozenset(), frozenset({Permission.PUBLIC}), frozenset())
BLANKS: dict[str, object] = {
    "query_text": "",
    "away": "",
    "unread": 0,
    "section": "",
    "filed": None,
    "undo": "",
    "problem": "",
    "document_id": None,
    "item_id": None,
    "blanks": None,
    "has_proofs": False,
    "version": None,
}
"""What templates may ask for without every view naming it."""
WORTH_PACKING = 1_000
"""Bytes from which an answer is compressed."""


class ForgedRequest(EakteError):
    """The form's token does not belong to this session, or the request came from a foreign page."""

    code, status = "forged-request", 403


class SignInNeeded(EakteError):
    """Nobody is signed in, or the session is over."""

    code, status = "sign-in-needed", 401


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table of routes."""

    method: str
    path: str
    view: Callable[..., ResponseReturnValue | Later]
    needs: Permission
    before: Callable[[Services], Any] | None = None
    """What is done before the transaction opens, such as storing uploaded bytes; its result is ``ctx.prepared``."""

    writes: bool = False
    """For a GET that must leave a trace in the history, such as a download."""
    polls: bool = False
    """Asked by the page itself again and again: no sign that the person is still there."""
    part: bool = False
    """One of many that make up what the person looks at, such as a page image: part of one read in the history."""

    @property
    def endpoint(self) -> str:
        """Module and function of the view, as ``url_for`` takes them."""
        return f"{self.view.__module__.rsplit('.', 1)[-1]}.{self.view.__name__}"


def run(route: Route, services: Services, clock: Callable[[], datetime], **args: Any) -> ResponseReturnValue:
    """Serve one request."""
    now = clock()
    token = request.cookies.get(SESSION_COOKIE, "")
    key = token or request.cookies.get(VISITOR_COOKIE, "")
    g.form_key, g.now = key, now
    with services.database.reading() as session:
        idle = timedelta(minutes=services.settings.session_idle_minutes)
        visit = sessions.visit(session, token, now, idle) if token else None
        g.actor = visit.actor if visit else NOBODY
        g.session_left = int((visit.ends_at - now).total_seconds()) if visit else 0
        _admit(route, g.actor)
        only_reads = route.method == "GET" and not route.writes
        answer = route.view(Context(session, services, g.actor, now, key), **args) if only_reads else None
    surface = f"web {route.endpoint}"
    try:
        reads.settle(services.database, session, g.actor, surface=surface, now=now, burst=route.part)
    except Exception:
        if isinstance(answer, Response):
            answer.close()  # it may hold an open file, and nobody gets it
        raise
    _keep_open(route, services, visit, now)
    if answer is not None:
        return _made(answer)
    if route.method != "GET":
        _check_form(key, services.settings.public_url)
    prepared = route.before(services) if route.before else None
    with services.database.begin() as session:
        answer = route.view(Context(session, services, g.actor, now, key, prepared), **args)
        reads.write(session, g.actor, surface=surface, now=now)
    return _made(answer)


def _made(answer: ResponseReturnValue | Later) -> ResponseReturnValue:
    return answer.make() if isinstance(answer, Later) else answer


def _keep_open(route: Route, services: Services, visit: Visit | None, now: datetime) -> None:
    if visit is not None and visit.unseen and not route.polls:
        with services.database.begin() as session:
            sessions.touch(session, visit.session_id, now)


def _admit(route: Route, actor: Actor) -> None:
    if route.needs is Permission.PUBLIC:
        return
    if actor.person_id is None:
        raise SignInNeeded
    if route.needs is not Permission.ACCOUNT and not actor.may(Permission.SIGNED_IN):
        raise PasswordChangeNeeded
    actor.require(route.needs)


def _check_form(key: str, public_url: str) -> None:
    # The header spares reading the body; forms without script carry the token as a field.
    token = request.headers.get("X-CSRF-Token") or request.form.get("csrf", "")
    if not security.from_our_pages(request, public_url) or not security.token_fits(key, token):
        raise ForgedRequest


def install(app: Flask, routes: tuple[Route, ...], services: Services, clock: Callable[[], datetime]) -> None:
    """Hang the table of routes, the errors and the headers into the application."""
    for route in routes:
        app.add_url_rule(route.path, route.endpoint, partial(run, route, services, clock), methods=[route.method])
    app.register_error_handler(EakteError, _refused)
    for kind in UNAVAILABLE:
        app.register_error_handler(kind, partial(_search_away, app))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, partial(_broken, app))
    app.after_request(_pack)
    app.after_request(partial(_write_down, every=services.settings.log_requests))
    app.after_request(partial(security.protect, forms_lead_to=security.origin_of(services.settings.oidc_issuer)))


def _refused(error: EakteError) -> ResponseReturnValue:
    if isinstance(error, SignInNeeded):
        return _to_sign_in()
    if isinstance(error, PasswordChangeNeeded):
        return _to_password()
    answer = _say(sentence(error.code, error.detail), error.status, code=error.code)
    if seconds := error.detail.get("seconds"):
        answer.headers["Retry-After"] = seconds
    if field := error.detail.get("field"):
        answer.headers["X-Error-Field"] = field
    return answer


def _search_away(app: Flask, error: Exception) -> ResponseReturnValue:
    app.logger.warning("the search does not answer (%s)", type(error).__name__)
    return _refused(SearchUnavailable())


def _http(error: HTTPException) -> ResponseReturnValue:
    code = {404: "not-found", 413: "request-too-large", 405: "not-found"}.get(error.code or 500, "bad-request")
    return _say(sentence(code), error.code or 500, code=code)


def _broken(app: Flask, error: Exception) -> ResponseReturnValue:
    app.logger.error("fault of %s", request.endpoint, exc_info=error)
    return _say(sentence("fault"), 500, code="fault")


def _say(text: str, status: int, *, code: str) -> Response:
    g.code = code
    values = {"text": text, "status": status, "code": code, "kind": "danger"}
    if request.headers.get("HX-Request") == "true":
        answer = make_response(render_template("parts/toast.html", **values), status)
        answer.headers.update({"HX-Retarget": "#ea-toasts", "HX-Reswap": "innerHTML", "X-Error-Code": code})
        return answer
    actor = getattr(g, "actor", NOBODY)
    nav = navigation.for_actor(actor)
    return make_response(render_template("error.html", actor=actor, nav=nav, **values), status)


def _to_sign_in() -> ResponseReturnValue:
    back = security.safe_next(request.full_path.rstrip("?")) if request.method == "GET" else None
    if request.headers.get("HX-Request") == "true":
        current = request.headers.get("HX-Current-URL", "")
        path = "/" + current.split("/", 3)[3] if current.count("/") >= 3 else None  # scheme://host/path
        answer = make_response("", 204)
        answer.headers["HX-Redirect"] = url_for("session.form", next=security.safe_next(path))
        return answer
    return redirect(url_for("session.form", next=back), code=303)


def _to_password() -> ResponseReturnValue:
    address = url_for("account.password")
    if request.headers.get("HX-Request") == "true":
        answer = make_response("", 204)
        answer.headers["HX-Redirect"] = address
        return answer
    return redirect(address, code=303)


def _write_down(answer: Response, *, every: bool) -> Response:
    logs.answered(request.method, request.endpoint or "", answer.status_code, g.get("code", ""), every=every)
    return answer


def _pack(answer: Response) -> Response:
    packable = answer.mimetype == "text/html" and answer.status_code != 304 and not answer.direct_passthrough
    if packable and request.accept_encodings["gzip"] and (answer.content_length or 0) > WORTH_PACKING:
        answer.set_data(gzip.compress(answer.get_data(), 5, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
        answer.vary.add("Accept-Encoding")
    return answer
