"""The web application, put together from the table of routes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, g, request
from jinja2 import StrictUndefined

from eakte import logs
from eakte.api import app as api
from eakte.records.states import LABELS, PART_LABELS, RUN_LABELS, CaseFileState
from eakte.services import Services
from eakte.tenants import Tenant, host_name
from eakte.texts import sentence
from eakte.web import assets, detail, edge, keys, paging, probes, security, text
from eakte.web import help as help_texts
from eakte.web.routes import ROUTES

Wsgi = Callable[..., Iterable[bytes]]
_SENT_NUMBER = "HTTP_" + logs.HEADER.upper().replace("-", "_")


def utc_now() -> datetime:
    """Return the moment: the web's only clock."""
    return datetime.now(UTC)  # noqa: TID251 - the edge


def create_app(services: Services, clock: Callable[[], datetime] = utc_now) -> Flask:
    """Return the WSGI application: the pages, and the interface for programs beside them."""
    app = Flask("eakte.web", static_folder=None)
    # One request may carry several files, each up to the limit of one upload.
    app.config.update(MAX_CONTENT_LENGTH=4 * services.settings.max_upload_bytes, MAX_FORM_MEMORY_SIZE=2_000_000)
    jinja = app.jinja_env
    jinja.undefined = StrictUndefined
    jinja.trim_blocks = jinja.lstrip_blocks = True
    jinja.filters.update(text.FILTERS)
    jinja.globals.update(
        asset=assets.address,
        city=services.settings.city,
        csrf=lambda: security.request_token(getattr(g, "form_key", "")),
        days=text.by_day,
        help_screen=lambda: help_texts.screen_of(request.endpoint or ""),
        key=keys.key,
        labels=LABELS,
        part_labels=PART_LABELS,
        disposal_run_labels=RUN_LABELS,
        marked=text.marked,
        page_address=paging.page_address,
        request_number=logs.request_number,
        sentence=sentence,
        session_idle=services.settings.session_idle_minutes * 60,
        service_label=services.settings.oidc_label if services.oidc else "",
        told=detail.told,
        states={state.value: LABELS[state] for state in CaseFileState},
    )
    app.context_processor(
        lambda: {
            **edge.BLANKS,
            "theme": request.cookies.get(edge.THEME_COOKIE, ""),
            "session_left": getattr(g, "session_left", 0),
        }
    )
    edge.install(app, ROUTES, services, clock)
    programs = api.beside(app.wsgi_app, services, clock)
    every = numbered(probes.beside(programs, services, clock), services.settings.trusted_proxies)
    app.wsgi_app = every  # type: ignore[method-assign]  # as Flask tells to wrap it
    return app


def numbered(application: Wsgi, trusted_proxies: int = 0) -> Wsgi:
    """Return the application with a number for each request, told in each answer's header.

    A number that is sent along counts only behind a proxy of ours, which sets it or takes it away.
    """

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        number = logs.begin(environ.get(_SENT_NUMBER, "") if trusted_proxies > 0 else "")

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            return start_response(status, [*headers, (logs.HEADER, number)], *more)

        return application(environ, start)

    return serve


class ByHost:
    """Several authorities behind one address: each request goes to the application of its host name.

    Who asks for a name nobody has learns nothing, not even which names there are.
    """

    def __init__(self, apps: Mapping[Tenant, Any]) -> None:
        self._apps = {host: (app, tenant.settings.public_url) for tenant, app in apps.items() for host in tenant.hosts}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        app, public_url = self._apps.get(host_name(environ.get("HTTP_HOST", "")), (numbered(_nobody), ""))
        if public_url:
            environ["wsgi.url_scheme"] = urlsplit(public_url).scheme
        answer: Iterable[bytes] = app(environ, start_response)
        return answer


def _nobody(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    del environ
    body = f"{sentence('unknown-host')}\n".encode()
    headers = {**security.HEADERS, "Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body))}
    start_response("404 Not Found", [*headers.items(), ("Cache-Control", "no-store")])
    return [body]
