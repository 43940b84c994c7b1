"""``kill -9`` of the worker at every step of a destruction: it is finished, once, and never half-deleted silently."""

from __future__ import annotations

import signal
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from eakte.actions import disposal, verification
from eakte.records.states import CaseFileState, DisposalState
from eakte.services import Services
from eakte.settings import Settings
from eakte.store.disposal import DestructionCertificate, Disposal
from eakte.store.documents import Document, DocumentVersion, IncomingItem, StoredObject
from eakte.store.files import BusinessCase, CaseFile
from eakte.store.history import HistoryEntry
from eakte.worker import clock
from eakte.worker.runtime import Pace
from eakte.worker.service import Worker
from search.engines import open_engine
from tests.actions.test_destruction import approve, due_file, propose
from tests.durability import destruction_worker
from tests.durability.harness import FORKS, wait_until
from tests.town import Town

POINTS = (
    ("begin", "before"), ("begin", "after"), ("begin", "commit"),
    ("document_ids", "after"),
    ("delete_rows", "before"), ("forget_values", "after"), ("_leave_tombstone", "after"), ("delete_rows", "commit"),
    ("objects_of", "after"),
    ("delete_object", "before"), ("delete_object", "after"), ("delete_object", "commit"),
    ("finish", "before"), ("finish", "after"), ("finish", "commit"),
)  # fmt: skip
"""Each step before, inside and after its transaction."""


def run_until_killed(town: Town, point: tuple[str, str], *marks: object) -> int | None:
    url = town.database.url.render_as_string(hide_password=False)
    told = ",".join(map(str, marks))
    arguments = (str(town.folder), url, town.now, told, *point)
    worker = FORKS.Process(target=destruction_worker.main, args=arguments, daemon=True)
    worker.start()
    worker.join(90)
    worker.kill()
    worker.join()
    return worker.exitcode


def is_whole_or_told(town: Town, file_id: UUID, disposal_id: UUID) -> None:
    """Either nothing has happened yet, or everybody in charge sees that the destruction is under way or done."""
    with town.database.reading() as session:
        state, process = session.get_one(CaseFile, file_id).state, session.get_one(Disposal, disposal_id)
        documents = select(func.count()).select_from(Document).join(BusinessCase, BusinessCase.id == Document.case_id)
        left = session.scalar(documents.where(BusinessCase.case_file_id == file_id))
        if state is CaseFileState.CLOSED:
            assert (process.state, left) == (DisposalState.APPROVED, 1)
            version = select(DocumentVersion.original).join(Document).join(BusinessCase)
            original = session.scalars(version.where(BusinessCase.case_file_id == file_id)).one()
            assert town.objects.exists(original)
        elif process.state is DisposalState.EXECUTING:
            assert process.id in {row.id for row in disposal.ready(session, town.now.date())}
            assert session.get(DestructionCertificate, disposal_id) is None
        else:
            assert (process.state, left) == (DisposalState.DONE, 0)
            assert session.get(DestructionCertificate, disposal_id) is not None


@pytest.mark.timeout(600)
def test_a_destruction_is_finished_once_wherever_the_worker_is_killed(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered: dict[UUID, UUID] = {}
    for point in POINTS:
        file_id = due_file(town)
        disposal_id = propose(town, file_id)
        approve(town, disposal_id)
        with town.database.reading() as session:
            version = select(DocumentVersion.original).join(Document).join(BusinessCase)
            original = session.scalars(version.where(BusinessCase.case_file_id == file_id)).one()
        ordered[disposal_id] = file_id
        assert run_until_killed(town, point, disposal_id, file_id, original) == -signal.SIGKILL, point
        is_whole_or_told(town, file_id, disposal_id)
    monkeypatch.setattr(clock, "datetime", destruction_worker.Standing(town.now))
    _work_off(town, tmp_path)
    with town.database.reading() as session:
        states = {row.id: row.state for row in session.scalars(select(Disposal))}
        assert states == dict.fromkeys(ordered, DisposalState.DONE)
        assert set(session.scalars(select(DestructionCertificate.disposal_id))) == set(ordered)
        for action in ("disposal.begun", "disposal.done"):
            told = session.scalars(select(HistoryEntry.about_id).where(HistoryEntry.action == action)).all()
            assert sorted(told) == sorted(map(str, ordered))
        for table in (Document, IncomingItem, StoredObject, BusinessCase):
            assert session.scalars(select(table)).first() is None
        assert {session.get_one(CaseFile, file_id).state for file_id in ordered.values()} == {CaseFileState.DESTROYED}
        assert verification.verify(session).first_broken is None
    assert list(town.objects.each()) == []


def _work_off(town: Town, folder: Path) -> None:
    """Let a worker that nobody kills finish what is left."""
    index = open_engine("tantivy", folder / "index")
    settings = Settings(data_folder=folder)
    services = Services(settings=settings, database=town.database, objects=town.objects, index=index, archive=None)
    worker = Worker(services, pace=Pace(poll=0.1, beat=0.5))
    worker.start()

    def done() -> bool:
        with town.database.reading() as session:
            return session.scalar(select(Disposal.id).where(Disposal.state != DisposalState.DONE).limit(1)) is None

    assert wait_until(done, 90, every=0.2)
    worker.close(grace=5)
    index.close()
