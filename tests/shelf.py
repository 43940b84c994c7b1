"""A shelf of old binders in the town, and a run that takes them in: real files, a real reader, nothing stood in for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from eakte.actions import migrating
from eakte.actions.migrating import NewRun
from eakte.demo.binders import Binder, as_csv, write_binders
from eakte.demo.letters import Carrier
from eakte.records.migration import RunState
from eakte.records.states import ItemState
from eakte.services import Services
from eakte.store.documents import Document, IncomingItem, PageRow
from eakte.store.files import CaseFile
from eakte.store.migration import MigrationLine, MigrationRun
from eakte.store.scan_folders import ScanFolders
from eakte.worker import intake as reading
from eakte.worker import migration as job
from ingest.languages import installed
from tests.town import Town

LOGIN = "ott"
"""The registrar of the building department."""


@dataclass
class Shelf:
    """Binders in the folder of one unit."""

    town: Town
    services: Services
    unit: str = "63.2"
    name: str = "regal-1"
    binders: list[Binder] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return Path(self.services.settings.migration_folder) / self.unit / self.name

    @property
    def folders(self) -> ScanFolders:
        return ScanFolders(self.services.settings.migration_folder)

    def fill(self, count: int, *, seed: int = 1) -> list[Binder]:
        self.binders = write_binders(self.folder, count, seed=seed, plan="52.01", carriers={Carrier.BORN_PDF})
        return self.binders

    def run(
        self,
        binders: Sequence[Binder] | None = None,
        *,
        login: str = LOGIN,
        title: str = "Regal 1",
        closes: bool = False,
        languages: Collection[str] | None = None,
    ) -> UUID:
        """Make a run of the binders and return its id."""
        lines = [binder.cells() for binder in (self.binders if binders is None else binders)]
        folder = f"{self.unit}/{self.name}"
        manifest = as_csv(lines)
        new = NewRun(title, self.unit, folder, manifest, "52.01", "Altakte", closes=closes, languages=languages)
        with self.town.database.begin() as session:
            actor = self.town.actor(login)
            return migrating.create(session, actor, self.folders, new, installed=installed(), now=self.town.now).id

    def start(self, run_id: UUID, *, login: str = LOGIN, quiet: tuple[int, int] | None = None) -> None:
        with self.town.database.begin() as session:
            migrating.start(session, self.town.actor(login), run_id, quiet=quiet, now=self.town.now)

    def round(self, run_id: UUID) -> RunState:
        """Do one round of the job and let the readers read everything that waits; return the state of the run."""
        job.work(self.services, str(run_id), "1:1")
        self.read()
        job.go_on(self.services, str(run_id), "1:1")
        with self.town.database.reading() as session:
            return session.get_one(MigrationRun, run_id).state

    def work_off(self, run_id: UUID) -> RunState:
        for _ in range(60):
            state = self.round(run_id)
            if state not in {RunState.RUNNING, RunState.ROLLING_BACK}:
                return state
        raise AssertionError("the run did not end")

    def read(self) -> None:
        """Do what the readers do with everything that waits for them."""
        with self.town.database.reading() as session:
            waiting = select(IncomingItem.id).where(IncomingItem.state.in_((ItemState.RECEIVED, ItemState.READING)))
            items = [str(item_id) for item_id in session.scalars(waiting)]
        for item_id in items:
            try:
                reading.read(self.services, item_id)
                reading.propose(self.services, item_id)
            except job.EakteError as answer:
                reading.on_fault(self.services, answer.code, item_id)
            except Exception as answer:  # noqa: BLE001 - as the worker, which knows the errors of all libraries
                reading.on_fault(self.services, getattr(answer, "code", "unexpected"), item_id)

    def imported(self, *, login: str = LOGIN, closes: bool = False) -> UUID:
        """Make a run of all binders and let it end."""
        run_id = self.run(login=login, closes=closes)
        self.start(run_id, login=login)
        assert self.work_off(run_id) is RunState.DONE
        return run_id

    def line(self, run_id: UUID, number: int) -> MigrationLine:
        with self.town.database.reading() as session:
            query = select(MigrationLine).where(MigrationLine.run_id == run_id, MigrationLine.number == number)
            found = session.scalars(query).one()
            assert found.scans is not None
            return found

    def counts(self) -> tuple[int, int, int]:
        """Return how many case files, filed documents and pages of theirs there are."""
        with self.town.database.reading() as session:
            filed = select(Document.id).where(Document.case_id.is_not(None))
            pages = select(func.count(PageRow.id)).where(
                PageRow.version_id.in_(select(PageRow.version_id)),
            )
            return (
                session.scalar(select(func.count(CaseFile.id))) or 0,
                session.scalar(select(func.count()).select_from(filed.subquery())) or 0,
                session.scalar(pages) or 0,
            )


def shelf_of(town: Town, services: Services) -> Shelf:
    """Return an empty shelf of the town, its folder set."""
    root = town.folder / "migration"
    root.mkdir(exist_ok=True)
    settings = replace(services.settings, migration_folder=str(root))
    return Shelf(town, replace(services, settings=settings))
