"""Who asks: by the key of a program (RFC 6750), or for reading by the session of the pages; and how often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import request
from sqlalchemy.orm import Session

from eakte.actions import sessions, tokens
from eakte.actions.limits import Limiter
from eakte.api.errors import TokenNeeded
from eakte.api.operation import READING, Operation
from eakte.errors import EakteError
from eakte.records.access import Actor, Permission
from eakte.records.origin import client_address
from eakte.records.throttle import per
from eakte.services import Services
from eakte.settings import Settings

SESSION_COOKIE = "ea_session"
"""The pages' cookie. It opens reading alone: no foreign page can make a browser send the header of a key."""
NOBODY = Actor(None, "", "", frozenset(), frozenset({Permission.PUBLIC}), frozenset())


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks and when, and the key to note as used, if it is time."""

    actor: Actor
    now: datetime
    use: tokens.Use | None = None


class Door:
    """Lets callers in, so many a minute each."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._limiter = Limiter(per(settings.api_requests_per_minute, timedelta(minutes=1)))

    def admit(self, operation: Operation, session: Session, now: datetime) -> Caller:
        """Return who asks, if they may.

        Raises:
            TokenNeeded: There is no valid key, nor for reading a session.
            NotAllowed: The person or the key lacks the power.
            TooManyRequests: The allowance is spent.
        """
        caller = self.caller(session, now)
        self._limiter.spend(f"key:{caller.use.token_id}" if caller.use else self._address(), now)
        if operation.needs is not Permission.PUBLIC:
            if caller.actor.person_id is None:
                raise TokenNeeded
            caller.actor.require(operation.needs)
        return caller

    def caller(self, session: Session, now: datetime) -> Caller:
        """Return who asks, perhaps nobody."""
        if "Authorization" in request.headers:
            kind, _, token = request.headers["Authorization"].partition(" ")
            use = tokens.use_of(session, token.strip(), now) if kind.lower() == "bearer" else None
            return Caller(use.actor, now, use) if use else Caller(NOBODY, now)
        cookie = request.cookies.get(SESSION_COOKIE, "") if request.method in READING else ""
        idle = timedelta(minutes=self._settings.session_idle_minutes)
        visit = sessions.visit(session, cookie, now, idle) if cookie else None
        return Caller(visit.actor, now) if visit else Caller(NOBODY, now)

    def _address(self) -> str:
        forwarded = request.headers.get("X-Forwarded-For", "").split(",")
        return "address:" + client_address(request.remote_addr or "", forwarded, self._settings.trusted_proxies)


def note(services: Services, caller: Caller) -> None:
    """Keep when the key was last used, roughly."""
    if caller.use is not None and caller.use.unnoted:
        with services.database.begin() as session:
            tokens.note_use(session, caller.use.token_id, caller.now)


def wait(error: EakteError) -> dict[str, str]:
    """Return the headers a refusal needs: how long to wait, or how to come in."""
    if seconds := error.detail.get("seconds"):
        return {"Retry-After": seconds}
    return {"WWW-Authenticate": 'Bearer realm="E-Akte"'} if isinstance(error, TokenNeeded) else {}
