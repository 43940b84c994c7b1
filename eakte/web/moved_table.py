"""The table of all case files that a change of a rule moves: memory stays flat, no transaction outlives its piece."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from eakte.actions import rule_drafts, rule_preview, rule_preview_view, sessions
from eakte.actions.rule_preview_view import HEADS, Moved
from eakte.errors import EakteError, NotAllowed
from eakte.records.desk import OUTCOME_LABELS
from eakte.records.rule_draft import PreviewNotSeen
from eakte.services import Services
from eakte.texts import sentence
from eakte.web.spreadsheet import to_csv

PIECE = 1_000


def stream(services: Services, token: str, draft_id: UUID, begun: datetime) -> Iterator[bytes]:
    """Yield the table as bytes of a CSV file.

    Each piece is asked for with what the session's person may see by then; where that ends, or the preview is made
    anew meanwhile, the last row says that the table is not complete.
    """
    started, behind, run = time.monotonic(), None, 0  # type: tuple[float, UUID | None, int]
    yield to_csv([HEADS])
    while True:
        now = begun + timedelta(seconds=time.monotonic() - started)
        try:
            rows, cells, run = _piece(services, token, draft_id, behind, run, now)
        except EakteError as error:
            yield to_csv([(f"Diese Tabelle ist nicht vollständig. {sentence(error.code, error.detail)}",)], first=False)
            return
        yield to_csv(cells, first=False)
        if len(rows) < PIECE:
            return
        behind = rows[-1].case_file_id


def _piece(
    services: Services, token: str, draft_id: UUID, behind: UUID | None, run: int, now: datetime
) -> tuple[tuple[Moved, ...], list[list[str]], int]:
    with services.database.reading() as session:
        visit = sessions.visit(session, token, now)
        if visit is None:
            raise NotAllowed
        draft = rule_drafts.draft_of(session, visit.actor, draft_id)
        standing = rule_preview.state_of(session, draft, None, now)
        if standing.ended_at is None or (run and standing.run != run):
            raise PreviewNotSeen
        rows = rule_preview_view.listed(session, visit.actor, draft, standing, behind=behind, limit=PIECE, now=now)
        return rows, list(rule_preview_view.table(rows, OUTCOME_LABELS)), standing.run
