"""A long list as a table, sent while it is asked for: memory stays flat, and no transaction outlives its piece."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from flask import Response
from sqlalchemy.orm import Session

from eakte.actions import reads, sessions
from eakte.errors import EakteError, NotAllowed
from eakte.records.access import Actor, Permission
from eakte.texts import sentence
from eakte.web.context import Context
from eakte.web.files import attachment
from eakte.web.spreadsheet import CSV, to_csv

Place = TypeVar("Place")
Then_co = TypeVar("Then_co", covariant=True)


class Piece(Protocol[Then_co]):
    """Some rows, and where the table goes on; ``None`` at its end."""

    @property
    def rows(self) -> Sequence[Sequence[str]]:
        """The cells of each row."""

    @property
    def then(self) -> Then_co | None:
        """What to ask the next piece with."""


def answer(
    ctx: Context,
    name: str,
    heads: Sequence[str],
    piece: Piece[Place],
    go_on: Callable[[Session, Actor, Place, datetime], Piece[Place]],
    *,
    needs: Permission,
    surface: str,
) -> Response:
    """Answer with a CSV file called *name* and the day, from its first *piece* on.

    Each further piece is asked for with what the session's person may do and see by then; where that ends, or the
    list cannot go on any more, the last row says that the table is not complete.
    """

    def rows() -> Iterator[bytes]:
        started, at = time.monotonic(), piece
        yield to_csv([heads, *at.rows])
        while (then := at.then) is not None:
            now = ctx.now + timedelta(seconds=time.monotonic() - started)
            try:
                with ctx.services.database.reading() as session:
                    actor = _actor(session, ctx.token, needs, now)
                    at = go_on(session, actor, then, now)
                reads.settle(ctx.services.database, session, actor, surface=surface, now=now)
            except EakteError as error:
                told = f"Diese Tabelle ist nicht vollständig. {sentence(error.code, error.detail)}"
                yield to_csv([(told,)], first=False)
                return
            yield to_csv(at.rows, first=False)

    return attachment(rows(), CSV, f"{name}-{ctx.today.isoformat()}.csv")


def _actor(session: Session, token: str, needs: Permission, now: datetime) -> Actor:
    visit = sessions.visit(session, token, now)
    if visit is None:
        raise NotAllowed
    visit.actor.require(needs)
    return visit.actor
