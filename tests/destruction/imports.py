"""What comes into a small town from elsewhere: events, a table with a file plan, a binder of old paper.

Each step returns whether it was let through.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions import events, file_plan, migrating, plan_files
from eakte.actions.events import Evidence
from eakte.records.states import ItemState
from eakte.store.documents import Document, DocumentVersion, IncomingItem
from eakte.store.files import BusinessCase, CaseFile
from eakte.store.migration import MigrationRun
from eakte.worker import migration as job
from tests.destruction.world import DisposalWorld
from tests.shelf import LOGIN, Shelf, shelf_of

NOTE = Evidence("Abrissanzeige")


class Imports:
    """Where things come in."""

    def __init__(self, world: DisposalWorld) -> None:
        self._world, self.migrated = world, False

    def tell_event(self, file_id: UUID, day: date) -> bool:
        town = self._world.town
        return self._tried(
            lambda session: events.record_event(
                session, town.actor(LOGIN), file_id, trigger="DEMOLITION", happened_on=day, evidence=NOTE, now=town.now
            )
        )

    def correct_event(self, file_id: UUID, day: date | None) -> bool:
        town = self._world.town
        return self._tried(
            lambda session: events.correct(
                session,
                town.actor(LOGIN),
                file_id,
                trigger="DEMOLITION",
                happened_on=day,
                evidence=NOTE,
                reason="Tippfehler",
                now=town.now,
            )
        )

    def load_plan(self) -> None:
        """Put a table in force in which a rule of one year stands wherever there was one of three."""
        world, now = self._world, self._world.town.now
        settings, weber = world.services.settings, world.town.actor("weber")
        path = world.folder / "plan.csv"
        with world.services.database.begin() as session:
            table = plan_files.export(session, weber, None, "csv", settings, now).content
            path.write_bytes(table.replace(b"R-V", b"R-K"))
            made = plan_files.load(session, weber, path, settings, title="Aktenplan", version="neu", now=now)
            file_plan.put_in_force(session, weber, made.id, now.date(), now)

    def migrate(self, person: str) -> tuple[UUID, tuple[UUID, str, str]]:
        """Take in a binder with one scan; return the run, and the file as :meth:`DisposalWorld.open_file` does."""
        shelf, self.migrated = self._shelf(), True
        (binder,) = shelf.fill(1)
        shutil.copy(next((shelf.folder / binder.path).iterdir()), shelf.folder / "a.pdf")
        shelf.binders = [replace(binder, path="a.pdf", pages=1)]
        run_id = shelf.run()
        shelf.start(run_id)
        self._round(shelf, run_id)
        with self._world.services.database.reading() as session:
            [item_id] = session.scalars(select(IncomingItem.id).where(IncomingItem.state == ItemState.RECEIVED))
        self._world.town.read(item_id, text=f"Antrag von Erika {person}")
        self._round(shelf, run_id)
        with self._world.services.database.reading() as session:
            query = select(CaseFile.id, CaseFile.file_reference, DocumentVersion.original).join(BusinessCase)
            query = query.join(Document, Document.case_id == BusinessCase.id).join(DocumentVersion)
            file_id, reference, original = session.execute(query.where(Document.item_id == item_id)).one()
        return run_id, (file_id, reference, original)

    def take_back(self, run_id: UUID) -> None:
        town = self._world.town
        with self._world.services.database.begin() as session:
            migrating.roll_back(session, town.actor(LOGIN), run_id, reason="Irrtum", now=town.now)
        for _ in range(3):
            self._round(self._shelf(), run_id)
        with self._world.services.database.reading() as session:
            assert session.get_one(MigrationRun, run_id).state == "rolled_back"

    def is_kept(self, original: str) -> bool:
        return self._world.services.objects.exists(original)

    def _shelf(self) -> Shelf:
        return shelf_of(self._world.town, self._world.services)

    def _round(self, shelf: Shelf, run_id: UUID) -> None:
        job.work(shelf.services, str(run_id), "1:1")
        job.go_on(shelf.services, str(run_id), "1:1")

    def _tried(self, act: Callable[[Session], object]) -> bool:
        def tried() -> None:
            with self._world.services.database.begin() as session:
                act(session)

        return self._world.tried(tried)
