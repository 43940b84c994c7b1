"""What a view is given, and how it answers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from eakte.actions import alerts
from eakte.records.access import Actor
from eakte.records.calendar import day_of
from eakte.services import Services
from eakte.web import navigation


@dataclass(frozen=True, slots=True)
class Later:
    """An answer that takes its time: it is made when the read transaction has ended."""

    make: Callable[[], Response]


@dataclass(frozen=True, slots=True)
class Context:
    """One request: its transaction, who asks, and when."""

    session: Session
    services: Services
    actor: Actor
    now: datetime
    token: str
    """The session token, or the visitor's key before sign-in."""
    prepared: Any = None
    """What the route's ``before`` returned."""

    @property
    def today(self) -> date:
        """The local day."""
        return day_of(self.now)

    @property
    def partial(self) -> bool:
        """Whether htmx asks for a piece of a page."""
        return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers

    def page(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """Answer with a whole page: the template inside the frame with navigation."""
        frame = {"actor": self.actor, "today": self.today, "nav": navigation.for_actor(self.actor)}
        frame |= {"unread": alerts.unread(self.session, self.actor, self.now)}
        return make_response(render_template(template, **frame, **values), status)

    def part(
        self, *templates: str, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any
    ) -> Response:
        """Answer with pieces of a page, one after another."""
        html = "".join(render_template(name, actor=self.actor, today=self.today, **values) for name in templates)
        answer = make_response(html, status)
        answer.headers.update(headers or {})
        return answer

    def go(self, endpoint: str, **values: Any) -> Response:
        """Send the browser to another page after a change (303), also when htmx asked."""
        address = url_for(endpoint, **values)
        if self.partial:
            answer = make_response("", 204)
            answer.headers["HX-Redirect"] = address
            return answer
        return make_response(redirect(address, code=303))

    def watched(self, template: str, **values: Any) -> Response:
        """Answer a poll: the piece with an ETag, or 304 when it has not changed."""
        answer = self.part(template, **values)
        answer.set_etag(hashlib.sha256(answer.get_data()).hexdigest()[:20])
        answer.headers["Cache-Control"] = "private, no-cache"
        return make_response(answer.make_conditional(request))
