"""``kill -9`` of the worker at every step of a hand-over: each message is applied once, and nothing is lost."""

from __future__ import annotations

import signal
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from eakte.actions import exchange, verification
from eakte.records.states import CaseFileState
from eakte.services import build
from eakte.store.exchange import ArchiveArrival, DisposalMessage
from eakte.store.files import CaseFile
from eakte.store.history import HistoryEntry
from eakte.worker import service
from eakte.worker.runtime import Pace
from eakte.worker.service import Worker
from tests.durability import exchange_worker
from tests.durability.harness import FORKS, wait_until
from tests.retention.receiver import Delivery, Receiver
from tests.retention.samples import schema_folder
from tests.town import Town

CLOSED = datetime(2010, 5, 4, 9, 0, tzinfo=UTC)
SENDING = (
    ("draft", "after"), ("write", "after"), ("record_written", "after"), ("record_written", "commit"),
    ("send", "before"), ("send", "after"),
)  # fmt: skip
TAKING = (
    ("receive", "before"),
    ("receive", "after"),
    ("receive", "commit"),
    ("acknowledge", "before"),
    ("acknowledge", "after"),
)
KEEPING = (
    ("keep_unread", "before"),
    ("keep_unread", "after"),
    ("keep_unread", "commit"),
    ("acknowledge", "before"),
    ("acknowledge", "after"),
)
STEPS = {
    "0501": "case_file.offered",
    "0502": "case_file.appraised",
    "0503": "case_file.transferred",
    "0506": "case_file.archived",
}


class Desk:
    """Several case files on their way to the archive, each killed at another point."""

    def __init__(self, town: Town, schemas: Path) -> None:
        self.town, self.schemas = town, schemas
        self.url = town.database.url.render_as_string(hide_password=False)
        self.settings = exchange_worker.settings_of(str(town.folder), self.url, str(schemas))
        self.services = build(self.settings)
        self.archive = Receiver(schemas, town.folder / "in")
        self.files: dict[UUID, UUID] = {}

    def offer(self) -> UUID:
        self.town.now = CLOSED
        case_file, _ = self.town.filed(plan="52.02", unit="63.1", login="ott")
        self.town.close(case_file.id, on=CLOSED, login="ott")
        self.town.now = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
        with self.town.database.begin() as session:
            actor = self.town.actor("weber")
            process_id = exchange.offer(session, actor, [case_file.id], self.services.archive, self.town.now)
        self.files[process_id] = case_file.id
        return process_id

    def hand_over(self, process_id: UUID) -> None:
        with self.town.database.begin() as session:
            exchange.hand_over(session, self.town.actor("weber"), process_id, self.services.archive, self.town.now)

    def killed(self, process_id: UUID, kind: str, point: tuple[str, str]) -> None:
        told = f"{process_id},{kind}"
        arguments = (str(self.town.folder), self.url, str(self.schemas), told, *point)
        worker = FORKS.Process(target=exchange_worker.main, args=arguments, daemon=True)
        worker.start()
        worker.join(90)
        worker.kill()
        worker.join()
        assert worker.exitcode == -signal.SIGKILL, (kind, point)

    def sent(self, process_id: UUID, kind: str) -> Delivery:
        [path] = (self.town.folder / "out").glob(f"{process_id}*{kind}.zip")
        return self.archive.open(path, kind)

    def states(self) -> set[CaseFileState]:
        with self.town.database.reading() as session:
            return {session.get_one(CaseFile, file_id).state for file_id in self.files.values()}

    def worked_off(self, *, until: CaseFileState, kind: str) -> None:
        """Let a worker that nobody kills finish what is left."""
        worker = Worker(self.services, pace=Pace(poll=0.1, beat=0.5))
        worker.start()
        try:
            assert wait_until(lambda: self.states() == {until} and self._all_there(kind), 90, every=0.2)
        finally:
            worker.close(grace=5)

    def _all_there(self, kind: str) -> bool:
        outgoing = kind in {"0501", "0503"}
        out = [path for path in (self.town.folder / "out").glob(f"*{kind}.zip") if not path.name.startswith(".")]
        waiting = list((self.town.folder / "in").glob("*.zip"))
        return len(out) == len(self.files) if outgoing else not waiting


@pytest.fixture
def desk(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(service, "ARCHIVE_SECONDS", 0.2)
    made = Desk(town, schema_folder())
    yield made
    made.services.close()


@pytest.mark.timeout(900)
def test_a_hand_over_goes_on_once_wherever_the_worker_is_killed(desk: Desk) -> None:
    for point in SENDING:
        desk.killed(desk.offer(), "0501", point)
    desk.worked_off(until=CaseFileState.OFFERED, kind="0501")
    _answered(desk, "0502", lambda process: desk.archive.appraise(desk.sent(process, "0501"), {}))
    desk.worked_off(until=CaseFileState.EVALUATED_ARCHIVE, kind="0502")
    for process_id, point in zip(desk.files, SENDING, strict=True):
        desk.hand_over(process_id)
        desk.killed(process_id, "0503", point)
    desk.worked_off(until=CaseFileState.TRANSFERRED, kind="0503")
    _answered(desk, "0506", lambda process: desk.archive.confirm_import(desk.sent(process, "0503")))
    desk.worked_off(until=CaseFileState.ARCHIVED, kind="0506")
    _each_message_once(desk)


@pytest.mark.timeout(300)
def test_what_nobody_can_read_is_one_line_wherever_the_worker_is_killed(desk: Desk) -> None:
    inbox, names = desk.town.folder / "in", set()
    for point in KEEPING:
        process_id = uuid4()
        path = inbox / f"{process_id}_Aussonderung.Bewertungsverzeichnis.0502.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("lies-mich.txt", str(process_id))
        names.add(path.name)
        desk.killed(process_id, "0502", point)
    worker = Worker(desk.services, pace=Pace(poll=0.1, beat=0.5))
    worker.start()
    try:
        assert wait_until(lambda: not list(inbox.glob("*.zip")), 90, every=0.2)
    finally:
        worker.close(grace=5)
    with desk.town.database.reading() as session:
        assert sorted(session.scalars(select(ArchiveArrival.name))) == sorted(names)
        told = session.scalars(select(HistoryEntry.about_id).where(HistoryEntry.action == "exchange.unread")).all()
        assert sorted(told) == sorted(map(str, session.scalars(select(ArchiveArrival.id))))
        assert verification.verify(session).first_broken is None


def _answered(desk: Desk, kind: str, answer: Callable[[UUID], object]) -> None:
    points = dict(zip(desk.files, TAKING, strict=False))
    for process_id in desk.files:
        answer(process_id)
        if process_id in points:
            desk.killed(process_id, kind, points[process_id])


def _each_message_once(desk: Desk) -> None:
    with desk.town.database.reading() as session:
        kept = Counter(
            (row.process_id, row.kind) for row in session.scalars(select(DisposalMessage)) if row.kind in STEPS
        )
        assert kept == Counter((process_id, kind) for process_id in desk.files for kind in STEPS)
        for action in STEPS.values():
            told = session.scalars(select(HistoryEntry.case_file_id).where(HistoryEntry.action == action)).all()
            assert sorted(told, key=str) == sorted(desk.files.values(), key=str)
        assert verification.verify(session).first_broken is None
