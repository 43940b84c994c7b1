"""One request from door to door: who asks, may they, is it well formed, one transaction, the answer or its problem."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from eakte import logs
from eakte.actions import reads
from eakte.api import bulk, door, errors, problems, reading
from eakte.api.door import Caller, Door
from eakte.api.once import fingerprint, once
from eakte.api.operation import ROOT, Call, Operation
from eakte.api.sending import send
from eakte.errors import EakteError, NotFound, SearchUnavailable, StaleRevision
from eakte.services import Services
from search.errors import UNAVAILABLE

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Without ``Access-Control-Allow-Origin`` pages of other origins read nothing (CORS is off)."""
_TAG = re.compile(r'"(\d{1,9})\.[0-9a-f]{12}"')
"""One strong tag (RFC 9110, 8.8.3): what a program saw is one state."""


def install(app: Flask, operations: tuple[Operation, ...], services: Services, clock: Callable[[], datetime]) -> None:
    """Hang the table of operations, the errors and the headers into the application."""
    entrance = Door(services.settings)
    for operation in operations:
        view = partial(run, operation, services, entrance, clock)
        app.add_url_rule(ROOT + operation.path, operation.name, view, methods=[operation.method])
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)
    app.after_request(_protect)
    app.after_request(partial(_write_down, every=services.settings.log_requests))


def run(
    operation: Operation, services: Services, entrance: Door, clock: Callable[[], datetime], **path: Any
) -> ResponseReturnValue:
    """Serve one request."""
    now = clock()
    try:
        return _serve(operation, services, entrance, now, path)
    except EakteError as error:
        return _refuse(operation, services, entrance, error, now, path)
    except UNAVAILABLE as error:
        current_app.logger.warning("the search does not answer (%s)", type(error).__name__)
        return _refuse(operation, services, entrance, SearchUnavailable(), now, path)


def _serve(
    operation: Operation, services: Services, entrance: Door, now: datetime, path: Mapping[str, Any]
) -> Response:
    request.max_content_length = services.settings.max_upload_bytes if operation.uploads else reading.MOST_JSON
    with services.database.reading() as session:
        caller = entrance.admit(operation, session, now)
        _check_path(path)
        given = _given(operation) if operation.reads else {}
        result = (
            operation.view(Call(session, services, caller.actor, now), **path, **given) if operation.reads else None
        )
    reads.settle(services.database, session, caller.actor, surface=_surface(operation), now=now)
    door.note(services, caller)
    if operation.reads:
        return send(operation, services, result)
    return _write(operation, services, caller, path)


def _write(operation: Operation, services: Services, caller: Caller, path: Mapping[str, Any]) -> Response:
    given = _given(operation)
    key = reading.key() if operation.once else ""
    seen = _seen() if operation.current else None
    prepared: Any = operation.uploads(services, given.get("query")) if operation.uploads else None
    if operation.each:
        items = prepared if operation.uploads else given["body"].items
        return send(operation, services, bulk.run(operation, services, caller, items, key, given.get("query")))
    with services.database.begin() as session:
        call = Call(session, services, caller.actor, caller.now, seen, prepared)
        act = partial(operation.view, call, **path, **given)
        mark = fingerprint(request.method, request.path, *given.values(), seen, prepared)
        result = once(call, key, mark, operation.answers, act) if key else act()  # type: ignore[arg-type]  # no downloads
        reads.write(session, caller.actor, surface=_surface(operation), now=caller.now)
        if request.method == "HEAD":
            session.rollback()  # nothing was taken, so nothing is to be told
        return send(operation, services, result)


def _surface(operation: Operation) -> str:
    return f"api {operation.name}"


def _check_path(path: Mapping[str, Any]) -> None:
    for value in path.values():
        if (isinstance(value, int) and value > 2**31 - 1) or (isinstance(value, str) and not value.isprintable()):
            raise NotFound


def _given(operation: Operation) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if operation.query:
        given["query"] = reading.query(operation.query)
    elif request.args:
        names = request.args.keys()
        raise errors.InvalidRequest(*(errors.Fault("query", one, "Diese Angabe gibt es hier nicht.") for one in names))
    if operation.body:
        given["body"] = reading.body(operation.body)
    return given


def _seen() -> int | None:
    """Return the revision that ``If-Match`` names, ``None`` for ``*``.

    Raises:
        PreconditionNeeded: The header is missing.
        StaleRevision: It names nothing that we ever gave out.
    """
    if "If-Match" not in request.headers:
        raise errors.PreconditionNeeded
    sent = request.headers["If-Match"].strip()
    if sent == "*":
        return None
    if not (tag := _TAG.fullmatch(sent)):
        raise StaleRevision
    return int(tag[1])


def _refuse(
    operation: Operation, services: Services, entrance: Door, error: EakteError, now: datetime, path: Mapping[str, Any]
) -> Response:
    status = problems.status_of(error)
    if error.code not in operation.refusals().get(status, set()):
        current_app.logger.error("undocumented refusal %s of %s", error.code, operation.name)
    current = None
    if isinstance(error, StaleRevision) and operation.current:
        try:
            current = _current(operation.current, services, entrance, now, path)
        except NotFound as gone:
            return problems.answer(problems.problem_of(gone))
    return problems.answer(problems.problem_of(error, current), door.wait(error))


def _current(
    show: Callable[..., Any], services: Services, entrance: Door, now: datetime, path: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the record as it is now, for whoever lost the race, if they may (still) see it."""
    with services.database.reading() as session:
        actor = entrance.caller(session, now).actor
        shown = show(Call(session, services, actor, now), **path)
        content: dict[str, Any] = shown.content.model_dump(mode="json")
    reads.settle(services.database, session, actor, surface="api current", now=now)
    return content


def _http(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, RequestRedirect):
        return error.get_response()
    headers = {name: value for name, value in error.get_headers() if name.lower() == "allow"}
    kinds: dict[int, type[EakteError]] = {
        404: errors.UnknownAddress,
        405: errors.MethodNotAllowed,
        413: errors.RequestTooLarge,
    }
    return problems.answer(problems.problem_of(kinds.get(error.code or 0, errors.UnreadableRequest)()), headers)


def _broken(error: Exception) -> ResponseReturnValue:
    current_app.logger.error("fault of %s", request.endpoint, exc_info=error)
    return problems.answer(problems.problem_of(EakteError()))


def _protect(answer: Response) -> Response:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    return answer


def _write_down(answer: Response, *, every: bool) -> Response:
    logs.answered(request.method, request.endpoint or "", answer.status_code, g.get("code", ""), every=every)
    return answer
