"""Ways out of a case file but destruction: a filing taken back, a document moved to another file, direct SQL.

Each way returns whether it was let through; a refusal changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select

from eakte.actions import filing, moving
from eakte.actions.moving_documents import DocumentMove
from eakte.store.documents import Document
from eakte.store.files import BusinessCase
from tests.destruction.oracle import File
from tests.destruction.world import DisposalWorld

FILER = "ott"
"""Who filed everything."""


class Leaving:
    """Who would take a document out of its case file."""

    def __init__(self, world: DisposalWorld) -> None:
        self._world = world

    def ways(self, file: File, other: File) -> Iterator[tuple[str, bool]]:
        """Try every way by which the document of a case file would leave it, to the inbox or to another file."""
        document_id, _ = self._first(file)
        yield "taken back", self._world.tried(lambda: self._undo(document_id))
        yield "taken back by a program", self._world.program(FILER, f"/documents/{document_id}/undo-filing", {})
        yield "moved", self._world.tried(lambda: self._move(document_id, self._first(other)[1]))

    def _first(self, file: File) -> tuple[UUID, UUID]:
        """Return the only document of a case file and the case it lies in."""
        with self._world.services.database.reading() as session:
            query = select(Document.id, BusinessCase.id).join(BusinessCase, BusinessCase.id == Document.case_id)
            document_id, case_id = session.execute(query.where(BusinessCase.case_file_id == file.file_id)).one()
        return document_id, case_id

    def _undo(self, document_id: UUID) -> None:
        town = self._world.town
        with self._world.services.database.begin() as session:
            filing.undo(session, town.actor(FILER), document_id, town.now)

    def _move(self, document_id: UUID, case_id: UUID) -> None:
        town, move = self._world.town, DocumentMove(document_id, case_id)
        with self._world.services.database.begin() as session:
            told = moving.preview(session, town.actor(FILER), move, town.now)
            confirmed = told.fingerprint
            moving.carry_out(session, town.actor(FILER), move, confirmed=confirmed, reason="Irrläufer", now=town.now)
