"""What machines ask without signing in: ``/health``, ``/ready`` and, where it is set up, ``/metrics``.

Beside the pages and not in their table of routes: nothing here knows a session, a cookie or a person.
"""

from __future__ import annotations

import hmac
import json
import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from sqlalchemy.exc import SQLAlchemyError

from eakte.actions.vitals import vitals
from eakte.errors import SettingsInvalid
from eakte.services import Services
from eakte.store import migrate
from eakte.web import metrics, security
from search.errors import SearchError

LOG = logging.getLogger(__name__)

Wsgi = Callable[..., Iterable[bytes]]
HEALTH, READY, METRICS = "/health", "/ready", "/metrics"
REMEMBERED = 2.0
"""Seconds for which an answer about readiness counts: whoever asks more often costs nothing."""
LEAST_TOKEN = 16
_NO_OBJECT = "0" * 64
_AWAY = (OSError, SQLAlchemyError, SearchError, BotoCoreError, ClientError)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back."""

    status: str
    body: str
    kind: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Readiness:
    """Asks the parts of a service whether they work, at most every :data:`REMEMBERED` seconds."""

    services: Services
    _asked: float = float("-inf")
    _found: dict[str, str] = field(default_factory=dict)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def parts(self) -> dict[str, str]:
        """Return ``ok`` or ``away`` for each part; of the database also ``migrate``."""
        with self._turn:
            if time.monotonic() - self._asked > REMEMBERED:
                self._found = self._ask()
                self._asked = time.monotonic()
            return self._found

    def _ask(self) -> dict[str, str]:
        objects, index = self.services.objects, self.services.index
        return {
            "database": _told(lambda: migrate.is_current(self.services.database), otherwise="migrate"),
            "objects": _told(lambda: not objects.exists(_NO_OBJECT)),
            "search": _told(lambda: index.documents() >= 0),
        }


def _told(ask: Callable[[], bool], otherwise: str = "away") -> str:
    try:
        return "ok" if ask() else otherwise
    except _AWAY as error:
        LOG.warning("a part of the service does not answer (%s)", type(error).__name__)
        return "away"


def beside(pages: Wsgi, services: Services, clock: Callable[[], datetime]) -> Wsgi:
    """Return *pages* with the probes at their addresses.

    Raises:
        SettingsInvalid: The token that guards the metrics is short enough to be guessed.
    """
    token = services.settings.secret("metrics_token")
    if token and len(token) < LEAST_TOKEN:
        problem = f"Erwartet werden mindestens {LEAST_TOKEN} Zeichen, am besten zufällige."
        raise SettingsInvalid(name="metrics_token", problem=problem)
    readiness = Readiness(services)

    def either(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path not in {HEALTH, READY, METRICS} or (path == METRICS and not token):
            return pages(environ, start_response)
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            answer = Answer("405 Method Not Allowed", "{}", headers=(("Allow", "GET, HEAD"),))
        elif path == HEALTH:
            answer = Answer("200 OK", '{"status": "ok"}')
        elif path == READY:
            answer = _ready(readiness)
        else:
            answer = _metrics(services, token, environ.get("HTTP_AUTHORIZATION", ""), clock())
        return _send(answer, environ, start_response)

    return either


def _ready(readiness: Readiness) -> Answer:
    """Tell whether requests may be sent here: people work without the search, and without nothing else."""
    parts = readiness.parts()
    well = parts["database"] == parts["objects"] == "ok"
    body = json.dumps({"status": "ready" if well else "not-ready", **parts})
    return Answer("200 OK" if well else "503 Service Unavailable", body)


def _metrics(services: Services, token: str, sent: str, now: datetime) -> Answer:
    if not hmac.compare_digest(f"Bearer {token}".encode(), sent.encode("latin-1", "replace")):
        return Answer("401 Unauthorized", "{}", headers=(("WWW-Authenticate", 'Bearer realm="eakte"'),))
    try:
        with services.database.reading() as session:
            found = vitals(session, now, services.quotas)
    except SQLAlchemyError as error:
        LOG.warning("the numbers of the service cannot be read (%s)", type(error).__name__)
        return Answer("503 Service Unavailable", "{}")
    try:
        index = metrics.of_index(services.index.state())
    except SearchError:
        index = iter(())
    every = chain(metrics.of_vitals(found, now), index, metrics.of_disk(services.settings.data_folder))
    return Answer("200 OK", metrics.written(every), metrics.CONTENT_TYPE)


def _send(answer: Answer, environ: dict[str, Any], start_response: Any) -> list[bytes]:
    body = answer.body.encode()
    described = [("Content-Type", answer.kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
    start_response(answer.status, [*security.HEADERS.items(), *described, *answer.headers])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
