"""The interface for programs as an application of its own beside the pages: other answers, other doors."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask import Flask, Response

from eakte.api import edge, openapi, page
from eakte.api.operation import ROOT
from eakte.api.reading import JSON, MOST_JSON
from eakte.api.routes import OPERATIONS
from eakte.services import Services

Wsgi = Callable[..., Iterable[bytes]]


def create_api(services: Services, clock: Callable[[], datetime]) -> Flask:
    """Return the WSGI application of the interface."""
    app = Flask("eakte.api", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MOST_JSON, MAX_FORM_MEMORY_SIZE=MOST_JSON)
    document = openapi.document(OPERATIONS, services.settings.city)
    written = json.dumps(document, ensure_ascii=False)
    app.add_url_rule(f"{ROOT}/openapi.json", "openapi", lambda: Response(written, mimetype=JSON), methods=["GET"])
    page.install(app, document, services.settings.public_url)
    edge.install(app, OPERATIONS, services, clock)
    return app


def beside(pages: Wsgi, services: Services, clock: Callable[[], datetime]) -> Wsgi:
    """Return *pages* with the interface at its addresses."""
    api = create_api(services, clock)

    def either(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        chosen = api if environ.get("PATH_INFO", "").startswith("/api/") else pages
        return chosen(environ, start_response)

    return either
