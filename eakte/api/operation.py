"""One line of the table of operations, what its view is given, and how it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from eakte.actions.pictures import Picture
from eakte.api import errors
from eakte.api.models import In, Out, Query
from eakte.errors import EakteError, InvalidInput, NotAllowed, NotFound, StaleRevision, TooManyRequests
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.services import Services

ROOT = "/api/v1"
READING = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Call:
    """One request: its transaction, who asks, and when."""

    session: Session
    services: Services
    actor: Actor
    now: datetime
    seen: int | None = None
    """The revision named by ``If-Match``; ``None`` where none is needed and for ``*``."""
    prepared: Any = None
    """What the operation's ``before`` returned."""

    @property
    def today(self) -> date:
        """The local day."""
        return day_of(self.now)


@dataclass(frozen=True, slots=True)
class Answer:
    """A representation with what goes into headers."""

    content: Out
    revision: int | None = None
    """Revision of the record: becomes its ETag."""
    location: str = ""
    """Address of what was made, below the root of the interface."""


@dataclass(frozen=True, slots=True)
class File:
    """Stored bytes, made ones or a page image to be sent: their hash, content or picture, type and name."""

    media_type: str
    filename: str
    sha256: str = ""
    content: bytes = b""
    picture: Picture | None = None

    @property
    def tag(self) -> str:
        """Name the bytes, where they have a name."""
        return self.picture.tag if self.picture else self.sha256


@dataclass(frozen=True, slots=True)
class Sends:
    """What a download may be, for the document: its media types."""

    media_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: address, view, permission, models, and every refusal that can happen."""

    method: str
    path: str
    """Below ``/api/v1``, in Flask's notation: ``/case-files/<uuid:case_file_id>``."""
    view: Callable[..., Any]
    needs: Permission
    answers: type[Out] | Sends
    title: str
    """What it does, in German."""
    status: int = 200
    query: type[Query] | None = None
    body: type[In] | None = None
    problems: tuple[type[EakteError], ...] = ()
    """Refusals of the action itself; those every operation of its kind can give are added by themselves."""
    current: Callable[..., Answer] | None = None
    """Shows the record that is changed. Naming it demands ``If-Match``, and a lost race answers 412 with it."""
    tagged: bool = False
    """The answer carries an ETag and answers ``If-None-Match`` with 304."""
    once: bool = False
    """Takes an ``Idempotency-Key``; the answer then holds ids and references alone, because it is kept."""
    each: type[Out] | None = None
    """For bulk: the answer for one of the body's ``items``; the view does one, each in a transaction of its own."""
    uploads: Callable[[Services, Any], Any] | None = None
    """Stores the sent bytes before the transaction opens; its result is ``call.prepared``."""
    writes: bool = False
    """For a GET that must leave a trace in the history, such as a download."""
    notes: str = ""
    """What else a caller should know, in German."""

    @property
    def noun(self) -> str:
        """The module of the view: the group it stands in."""
        return self.view.__module__.rsplit(".", 1)[-1]

    @property
    def name(self) -> str:
        """Stable name of the operation."""
        return f"{self.noun}.{self.view.__name__.rstrip('_')}"

    @property
    def reads(self) -> bool:
        """Whether nothing is written."""
        return self.method in READING and not self.writes

    def refusals(self) -> dict[int, set[str]]:
        """Return every status with the codes of the refusals that can happen."""
        found: dict[int, set[str]] = {500: {EakteError.code}}
        for kind in (*self.problems, *self._usual()):
            status = 412 if kind is StaleRevision else kind.status
            found.setdefault(status, set()).add(kind.code)
        return found

    def _usual(self) -> list[type[EakteError]]:
        """Return what every operation of its kind can refuse."""
        sent, signed_in = bool(self.body or self.uploads), self.needs is not Permission.PUBLIC
        paged = self.query is not None and "cursor" in self.query.model_fields
        kinds: tuple[tuple[object, tuple[type[EakteError], ...]], ...] = (
            (True, (InvalidInput, TooManyRequests)),
            (signed_in, (errors.TokenNeeded, NotAllowed)),
            ("<" in self.path or self.body, (NotFound,)),
            (self.body, (errors.BadJson,)),
            (sent, (errors.UnreadableRequest, errors.WrongContentType, errors.RequestTooLarge)),
            (paged, (errors.InvalidCursor,)),
            (self.current, (errors.PreconditionNeeded, StaleRevision)),
            (self.once, (errors.KeyReused,)),
        )
        return [kind for holds, found in kinds if holds for kind in found]


def content_of(result: object) -> BaseModel:
    """Return the representation of what a view returned."""
    content = result.content if isinstance(result, Answer) else result
    if not isinstance(content, BaseModel):
        raise TypeError(f"a view returned {type(result)}")
    return content
