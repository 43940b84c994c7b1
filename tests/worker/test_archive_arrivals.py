"""What the archive sends and nobody can read: kept once, acknowledged, left to a person, never tried in silence."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from eakte.actions import archive_arrivals, archive_waiting, differences, exchange, today
from eakte.actions.archive_arrivals import ArrivalLine
from eakte.actions.manifest import messages_of
from eakte.errors import MissingReason, MoveRefused, NotAllowed, NotFound
from eakte.records.archive_arrivals import ArrivalDecision
from eakte.records.states import CaseFileState
from eakte.records.today import Chore
from eakte.services import Services
from eakte.settings import Settings
from eakte.store.exchange import ArchiveArrival, DisposalMessage
from eakte.store.files import CaseFile
from eakte.store.history import HistoryEntry
from eakte.worker.exchange import compose, send, take_answers
from retention.archives.box import BoxGateway
from retention.archives.folder import FolderBox
from search.engines import open_engine
from tests.retention.receiver import Delivery, Misbehaviour, Receiver
from tests.retention.samples import schema_folder
from tests.retention.spoiling import SPOILT
from tests.town import NOW, Town

CLOSED = datetime(2010, 5, 4, 9, 0, tzinfo=UTC)
D = ArrivalDecision


@dataclass
class Desk:
    """A records manager's desk without a worker: what arrives is taken when the test says so."""

    town: Town
    services: Services
    archive: Receiver
    folder: Path
    case_file_id: UUID
    offer: Delivery

    @property
    def inbox(self) -> Path:
        return self.folder / "in"

    def state(self) -> CaseFileState:
        with self.town.database.reading() as session:
            return session.get_one(CaseFile, self.case_file_id).state

    def answer(self, wrong: Misbehaviour | None = None) -> Path:
        """Let the archive destroy what was offered."""
        return self.archive.appraise(self.offer, dict.fromkeys(self.offer.objects, "V"), wrong)

    def lines(self, login: str = "weber", *, decided: bool = False) -> tuple[ArrivalLine, ...]:
        with self.town.database.reading() as session:
            found, total = archive_arrivals.listing(session, self.town.actor(login), decided=decided, now=NOW)
            assert total == len(found)
            return found

    def decide(self, decision: D, *, reason: str = "", login: str = "weber", settings: Settings | None = None) -> int:
        ids = [line.row.id for line in self.lines(login)]
        with self.town.database.begin() as session:
            actor, objects = self.town.actor(login), self.town.objects
            chosen = settings or self.services.settings
            return archive_arrivals.decide(session, actor, objects, chosen, ids, decision, reason=reason, now=NOW)

    def told(self) -> list[str]:
        names = ("exchange.unread", "exchange.arrival_decided")
        with self.town.database.reading() as session:
            query = select(HistoryEntry.action).where(HistoryEntry.action.in_(names)).order_by(HistoryEntry.sequence)
            return list(session.scalars(query))


@pytest.fixture
def desk(town: Town, tmp_path: Path) -> Iterator[Desk]:
    schemas, folder = schema_folder(), tmp_path / "exchange"
    for name in ("out", "in"):
        (folder / name).mkdir(parents=True)
    settings = Settings(data_folder=tmp_path / "data", xdomea_schemas=str(schemas))
    index = open_engine("null", tmp_path / "index")
    box = BoxGateway(FolderBox(folder / "out", folder / "in"), clock=lambda: time.time() + 3600)
    services = Services(settings, town.database, town.objects, index, box)
    town.now = CLOSED
    case_file, _ = town.filed(plan="52.02", unit="63.1", login="ott")
    town.close(case_file.id, on=CLOSED, login="ott")
    town.now = NOW
    with town.database.begin() as session:
        process_id = str(exchange.offer(session, town.actor("weber"), [case_file.id], services.archive, NOW))
    compose(services, process_id, exchange.OFFER)
    send(services, process_id, exchange.OFFER)
    archive = Receiver(schemas, folder / "in")
    [sent] = (folder / "out").glob("*.zip")
    yield Desk(town, services, archive, folder, case_file.id, archive.open(sent, "0501"))
    index.close()


@pytest.mark.parametrize("how", SPOILT)
def test_what_cannot_be_read_is_kept_once_acknowledged_and_told_with_its_reason(desk: Desk, how: str) -> None:
    code, spoil = SPOILT[how]
    path = desk.answer()
    spoil(path)
    came = path.read_bytes()
    assert take_answers(desk.services) == 1
    assert take_answers(desk.services) == 0
    assert [each.name for each in (desk.inbox / "uebernommen").iterdir()] == [path.name]
    [line] = desk.lines()
    assert (line.row.name, line.row.findings[0]["code"]) == (path.name, code)
    assert line.row.process_id == UUID(desk.offer.process_id)
    assert all(text.endswith((".", ")")) or "xdomea" in text for text in line.found)
    with desk.town.objects.open(line.row.sha256) as kept:
        assert kept.read() == came
    assert line.row.sha256 == hashlib.sha256(came).hexdigest()
    assert desk.state() is CaseFileState.OFFERED
    assert desk.told() == ["exchange.unread"]


def test_the_same_bytes_under_the_same_name_are_one_line_however_often_they_come(desk: Desk) -> None:
    path = desk.answer()
    SPOILT["cut off"][1](path)
    copy = desk.folder / "copy.zip"
    shutil.copy(path, copy)
    take_answers(desk.services)
    shutil.copy(copy, path)
    assert take_answers(desk.services) == 1
    assert len(desk.lines()) == 1
    desk.decide(D.SET_ASIDE, reason="Das Archiv schickt eine neue")
    shutil.copy(copy, path)
    assert take_answers(desk.services) == 1
    assert desk.lines() == ()
    assert len(desk.lines(decided=True)) == 1
    assert desk.told() == ["exchange.unread", "exchange.arrival_decided"]


@pytest.mark.parametrize("kind", ["0501", "0503", "0505"])
def test_a_message_that_no_archive_sends_us_is_not_counted_as_ours(desk: Desk, kind: str) -> None:
    path = desk.answer()
    if kind == "0505":
        desk.archive.acknowledge(desk.offer, kind)
        path.unlink()
    else:
        [sent] = (desk.folder / "out").glob("*.zip")
        path.unlink()
        shutil.copy(sent, desk.inbox / sent.name.replace("0501", kind))
    take_answers(desk.services)
    [line] = desk.lines()
    assert line.row.findings[0]["code"] == "message-unexpected"
    with desk.town.database.reading() as session:
        assert session.scalars(select(DisposalMessage.direction)).all() == ["out"]


def test_what_lacked_a_schema_is_taken_in_once_the_folder_is_mended(desk: Desk, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    mended = desk.services.settings
    desk.answer()
    take_answers(replace(desk.services, settings=replace(mended, xdomea_schemas=str(empty))))
    [line] = desk.lines()
    assert (line.label, line.decisions) == ("Schemata fehlen", (D.RETRY, D.SET_ASIDE))
    assert desk.decide(D.RETRY, settings=replace(mended, xdomea_schemas=str(empty))) == 1
    [line] = desk.lines()
    assert line.row.tried_at == NOW
    assert desk.decide(D.RETRY) == 0
    assert (desk.state(), desk.lines()) == (CaseFileState.EVALUATED_DESTROY, ())
    assert desk.told() == ["exchange.unread", "exchange.unread", "exchange.arrival_decided"]
    send_receipt(desk)


def send_receipt(desk: Desk) -> None:
    """The receipt of the appraisal (0505) is due as for any other."""
    compose(desk.services, desk.offer.process_id, exchange.RECEIPT)
    send(desk.services, desk.offer.process_id, exchange.RECEIPT)
    assert len(list((desk.folder / "out").glob("*0505.zip"))) == 1


@pytest.mark.parametrize("how", ["other prefix", "no schema named", "a letter beside it"])
def test_what_only_breaks_the_form_is_taken_in_with_a_reason(desk: Desk, how: str) -> None:
    SPOILT[how][1](desk.answer())
    take_answers(desk.services)
    [line] = desk.lines()
    assert line.decisions == (D.RETRY, D.DESPITE, D.SET_ASIDE)
    with pytest.raises(MissingReason):
        desk.decide(D.DESPITE, reason=" ")
    assert desk.decide(D.RETRY) == 1
    assert desk.decide(D.DESPITE, reason="Das Archiv kann es nicht anders", login="adler") == 0
    assert desk.state() is CaseFileState.EVALUATED_DESTROY
    [line] = desk.lines(decided=True)
    assert (line.row.reason, line.decisions) == ("Das Archiv kann es nicht anders", ())
    assert "Adler" in (line.row.decided_by or "")


def test_what_is_in_doubt_is_never_taken_in_by_a_reason(desk: Desk) -> None:
    SPOILT["against the schema"][1](desk.answer())
    take_answers(desk.services)
    with pytest.raises(MoveRefused):
        desk.decide(D.DESPITE, reason="eilig")
    with pytest.raises(MissingReason):
        desk.decide(D.SET_ASIDE)
    with pytest.raises(MoveRefused):
        desk.decide(D.SETTLED)
    desk.decide(D.SET_ASIDE, reason="neu angefordert")
    assert desk.state() is CaseFileState.OFFERED


def test_a_line_settles_itself_when_the_same_bytes_are_taken_in(desk: Desk, tmp_path: Path) -> None:
    path = desk.answer()
    copy = tmp_path / "copy.zip"
    shutil.copy(path, copy)
    good = desk.services
    desk.services = replace(good, settings=replace(good.settings, xdomea_schemas=str(tmp_path)))
    take_answers(desk.services)
    assert len(desk.lines()) == 1
    shutil.copy(copy, path)
    take_answers(good)
    assert (desk.lines(), desk.state()) == ((), CaseFileState.EVALUATED_DESTROY)
    [line] = desk.lines(decided=True)
    assert (line.row.decision, line.row.decided_by) == (D.SETTLED, None)


def test_an_answer_of_an_unknown_process_that_can_be_read_stays_a_difference(desk: Desk) -> None:
    desk.answer(Misbehaviour(process_id=str(uuid4())))
    take_answers(desk.services)
    assert desk.lines() == ()
    with desk.town.database.reading() as session:
        found, _ = differences.listing(session, desk.town.actor("weber"), now=NOW)
    assert [line.row.code for line in found] == ["wrong-process"]


def test_who_may_not_know_of_the_process_sees_and_decides_nothing(desk: Desk) -> None:
    SPOILT["against the schema"][1](desk.answer())
    take_answers(desk.services)
    [line] = desk.lines()
    with desk.town.database.reading() as session, pytest.raises(NotAllowed):
        archive_arrivals.listing(session, desk.town.actor("brandt"), now=NOW)
    with desk.town.database.begin() as session:
        session.get_one(CaseFile, desk.case_file_id).restricted = True
    assert desk.lines() == ()
    assert counted(desk, "weber") == 0
    assert counted(desk, "adler") == 1
    with desk.town.database.begin() as session, pytest.raises(NotFound):
        archive_arrivals.decide(
            session, desk.town.actor("weber"), desk.town.objects, desk.services.settings, [line.row.id],
            D.SET_ASIDE, reason="geraten", now=NOW,
        )  # fmt: skip


def counted(desk: Desk, login: str) -> int:
    """Return how many unread arrivals the start page tells a person of."""
    with desk.town.database.reading() as session:
        tasks = today.tasks(session, desk.town.actor(login), NOW)
    return sum(task.count for task in tasks if task.chore is Chore.ARCHIVE_ARRIVALS)


def test_the_bytes_go_with_the_last_case_file_of_their_process(desk: Desk) -> None:
    SPOILT["cut off"][1](desk.answer())
    take_answers(desk.services)
    [line] = desk.lines()
    with desk.town.database.reading() as session:
        assert line.row.sha256 in messages_of(session, session.get_one(CaseFile, desk.case_file_id))


def test_what_waits_for_the_archive_goes_on_waiting(desk: Desk) -> None:
    SPOILT["no ZIP"][1](desk.answer())
    take_answers(desk.services)
    with desk.town.database.reading() as session:
        waiting = archive_waiting.awaited(session, desk.town.actor("weber"), desk.services.settings, NOW)
    assert len(waiting) == 1
    with desk.town.database.reading() as session:
        assert session.scalars(select(ArchiveArrival.kind)).all() == [None]
