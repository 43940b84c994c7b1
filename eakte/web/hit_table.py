"""The table of all hits, sent while it is asked for: memory stays flat, and no transaction outlives its piece."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from eakte.actions import exporting, reads, sessions
from eakte.actions.exporting import HEADS, Piece
from eakte.errors import EakteError, NotAllowed, SearchUnavailable
from eakte.records.access import Permission
from eakte.services import Services
from eakte.texts import sentence
from eakte.web.spreadsheet import to_csv
from search import Query
from search.errors import UNAVAILABLE

LOG = logging.getLogger(__name__)
SURFACE = "web find.export"


def stream(services: Services, token: str, piece: Piece, begun: datetime) -> Iterator[bytes]:
    """Yield the table as bytes of a CSV file, from its first *piece* on.

    Each further piece is asked for with what the session's person may do and see by then; where that ends, or the
    search does not answer any more, the last row says that the table is not complete.
    """
    started = time.monotonic()
    yield to_csv([HEADS, *piece.rows])
    while piece.then is not None:
        now = begun + timedelta(seconds=time.monotonic() - started)
        try:
            piece = _next(services, token, piece.then, now)
        except EakteError as error:
            yield to_csv([(f"Diese Tabelle ist nicht vollständig. {sentence(error.code, error.detail)}",)], first=False)
            return
        yield to_csv(piece.rows, first=False)


def _next(services: Services, token: str, query: Query, now: datetime) -> Piece:
    with services.database.reading() as session:
        visit = sessions.visit(session, token, now)
        if visit is None:
            raise NotAllowed
        visit.actor.require(Permission.READ)
        try:
            piece = exporting.go_on(session, services.index, visit.actor, query, now)
        except UNAVAILABLE as error:
            LOG.warning("the search does not answer (%s)", type(error).__name__)
            raise SearchUnavailable from error
    reads.settle(services.database, session, visit.actor, surface=SURFACE, now=now)
    return piece
