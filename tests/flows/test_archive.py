"""A case file goes to the archive: offered, appraised, handed over, confirmed, and only then destroyed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from eakte.actions import audit, disposal, disposal_runs, exchange, run_approval, run_review, structure, verdicts
from eakte.actions.disposal_runs import Selection
from eakte.actions.manifest import documents_of
from eakte.errors import MoveRefused
from eakte.records.disposal_runs import RunAnswer, RunResult
from eakte.records.states import CaseFileState, DisposalRunState
from eakte.services import Services
from eakte.settings import Settings
from eakte.store.disposal_runs import DisposalRun, DisposalRunFile
from eakte.store.files import CaseFile
from eakte.worker import upkeep
from eakte.worker.exchange import take_answers
from eakte.worker.service import Worker
from retention.archives.box import BoxGateway
from retention.archives.folder import FolderBox
from retention.model import DisposalAction
from search.engines import open_engine
from tests.retention.receiver import Misbehaviour, Receiver
from tests.retention.samples import schema_folder
from tests.town import Town

CLOSED = datetime(2010, 5, 4, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@dataclass
class Desk:
    """The records manager's desk, with an archive at the other end of two folders."""

    town: Town
    services: Services
    archive: Receiver
    out: Path

    def state(self, case_file_id: UUID) -> CaseFileState:
        with self.town.database.reading() as session:
            return session.get_one(CaseFile, case_file_id).state

    def offer(self, *case_file_ids: UUID) -> UUID:
        with self.town.database.begin() as session:
            actor = self.town.actor("weber")
            return exchange.offer(session, actor, case_file_ids, self.services.archive, NOW)

    def hand_over(self, process_id: UUID) -> None:
        with self.town.database.begin() as session:
            exchange.hand_over(session, self.town.actor("weber"), process_id, self.services.archive, NOW)

    def sent(self, kind: str) -> Path:
        def found() -> list[Path]:
            return [path for path in self.out.glob("*.zip") if re.search(rf"{kind}(_\d+)?$", path.stem)]

        until(lambda: bool(found()), f"message {kind} was sent")
        return found()[0]

    def findings(self, process_id: UUID) -> list[str]:
        with self.town.database.reading() as session:
            running = exchange.processes(session, self.town.actor("weber"), NOW)
        [process] = [one for one in running if one.process_id == process_id]
        return [text for message in process.messages for text in message.findings]


def until(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 90
    while not holds():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.1)


@pytest.fixture
def version() -> str:
    """Version of xdomea the archive reads; tests that go through both name it."""
    return "3.1.0"


IN_BOTH_VERSIONS = pytest.mark.parametrize("version", ["3.1.0", "4.0.0"])


@pytest.fixture
def desk(town: Town, tmp_path: Path, version: str) -> Iterator[Desk]:
    schemas = schema_folder()
    out, into = tmp_path / "out", tmp_path / "in"
    out.mkdir()
    into.mkdir()
    settings = Settings(
        data_folder=tmp_path / "data",
        xdomea_schemas=str(schemas),
        archive_folder=str(tmp_path),
        archive_xdomea=version,
    )
    services = Services(
        settings=settings,
        database=town.database,
        objects=town.objects,
        index=open_engine("tantivy", tmp_path / "index"),
        archive=BoxGateway(FolderBox(out, into)),
    )
    worker = Worker(services)
    worker.start()
    yield Desk(town, services, Receiver(schemas, into), out)
    worker.close()
    services.index.close()


def closed_file(town: Town) -> UUID:
    """A file of the heritage office with one document; its ten years are over and the archive decides."""
    town.now = CLOSED
    case_file, _ = town.filed(plan="52.02", unit="63.1", login="ott")
    town.close(case_file.id, on=CLOSED, login="ott")
    town.now = NOW
    return case_file.id


@IN_BOTH_VERSIONS
def test_what_the_archive_wants_is_handed_over_and_may_go_after_its_confirmation(desk: Desk) -> None:
    case_file_id = closed_file(desk.town)
    process_id = desk.offer(case_file_id)
    offered = desk.archive.open(desk.sent("0501"), "0501")
    assert offered.files == {}
    desk.archive.appraise(offered, dict.fromkeys(offered.objects, "A"))
    take_answers(desk.services)
    assert desk.state(case_file_id) is CaseFileState.EVALUATED_ARCHIVE
    desk.sent("0505")
    desk.hand_over(process_id)
    handed = desk.archive.open(desk.sent("0503"), "0503")
    assert set(handed.files.values()) == {next(iter(originals(desk, case_file_id)))}
    until(lambda: desk.state(case_file_id) is CaseFileState.TRANSFERRED, "handed over")
    with desk.town.database.begin() as session, pytest.raises(MoveRefused):
        disposal.propose(session, desk.town.actor("weber"), [case_file_id], reason="zu früh", now=NOW)
    desk.archive.confirm_import(handed)
    take_answers(desk.services)
    assert desk.state(case_file_id) is CaseFileState.ARCHIVED
    assert desk.findings(process_id) == []
    with desk.town.database.begin() as session:
        assert session.get_one(CaseFile, case_file_id).archive_reference == "StadtA, Dig. 1"
        disposal.propose(session, desk.town.actor("weber"), [case_file_id], reason="übernommen", now=NOW)


@IN_BOTH_VERSIONS
def test_sub_files_and_sub_cases_go_to_the_archive_with_their_file(desk: Desk) -> None:
    town = desk.town
    town.now = CLOSED
    case_file, _ = town.filed(plan="52.02", unit="63.1", login="ott")
    actor = town.actor("ott")
    with town.database.begin() as session:
        band = structure.open_sub_file(session, actor, case_file.id, "Band 1", now=CLOSED)
        top = structure.open_case(session, actor, case_file.id, "Statik", CLOSED, sub_file_id=band.id)
        part = structure.open_case(session, actor, case_file.id, "Nachtrag", CLOSED, parent_id=top.id)
        parts = {str(band.id), str(top.id), str(part.id)}
    town.file(town.waiting(unit="63.1", login="ott"), case_file.id, case_id=part.id, login="ott")
    town.close(case_file.id, on=CLOSED, login="ott")
    town.now = NOW
    process_id = desk.offer(case_file.id)
    offered = desk.archive.open(desk.sent("0501"), "0501")
    assert parts < set(offered.objects)
    desk.archive.appraise(offered, dict.fromkeys(offered.objects, "A"))
    take_answers(desk.services)
    desk.hand_over(process_id)
    handed = desk.archive.open(desk.sent("0503"), "0503")
    assert len(handed.files) == 2
    until(lambda: desk.state(case_file.id) is CaseFileState.TRANSFERRED, "handed over")
    desk.archive.confirm_import(handed)
    take_answers(desk.services)
    assert desk.state(case_file.id) is CaseFileState.ARCHIVED
    assert desk.findings(process_id) == []


def originals(desk: Desk, case_file_id: UUID) -> set[str]:
    with desk.town.database.reading() as session:
        return {version.original for document in documents_of(session, case_file_id) for version in document.versions}


def test_what_the_archive_does_not_want_may_be_destroyed(desk: Desk) -> None:
    case_file_id = closed_file(desk.town)
    desk.offer(case_file_id)
    offered = desk.archive.open(desk.sent("0501"), "0501")
    desk.archive.appraise(offered, dict.fromkeys(offered.objects, "V"))
    take_answers(desk.services)
    assert desk.state(case_file_id) is CaseFileState.EVALUATED_DESTROY


@IN_BOTH_VERSIONS
def test_a_file_the_archive_forgot_stays_offered_and_is_named(desk: Desk) -> None:
    case_file_id = closed_file(desk.town)
    process_id = desk.offer(case_file_id)
    offered = desk.archive.open(desk.sent("0501"), "0501")
    desk.archive.appraise(offered, {}, Misbehaviour(forget={str(case_file_id)}, invent=True))
    take_answers(desk.services)
    assert desk.state(case_file_id) is CaseFileState.OFFERED
    assert any(str(case_file_id) in text for text in desk.findings(process_id))


@IN_BOTH_VERSIONS
def test_a_second_appraisal_decides_what_the_first_forgot_and_both_count_for_the_hand_over(desk: Desk) -> None:
    first, second = closed_file(desk.town), closed_file(desk.town)
    process_id = desk.offer(first, second)
    offered = desk.archive.open(desk.sent("0501"), "0501")
    wanted = dict.fromkeys(offered.objects, "A")
    desk.archive.appraise(offered, wanted, Misbehaviour(forget={str(second)}))
    take_answers(desk.services)
    assert (desk.state(first), desk.state(second)) == (CaseFileState.EVALUATED_ARCHIVE, CaseFileState.OFFERED)
    desk.archive.appraise(offered, wanted)
    take_answers(desk.services)
    assert desk.state(second) is CaseFileState.EVALUATED_ARCHIVE
    desk.hand_over(process_id)
    handed = desk.archive.open(desk.sent("0503"), "0503")
    assert {str(first), str(second)} <= set(handed.objects)


@pytest.mark.parametrize("version", ["4.0.0"])
@pytest.mark.parametrize("wrong", [Misbehaviour(test=True), Misbehaviour(origin=str(uuid4()))])
def test_a_test_and_an_answer_to_another_message_are_kept_and_change_nothing(desk: Desk, wrong: Misbehaviour) -> None:
    case_file_id = closed_file(desk.town)
    process_id = desk.offer(case_file_id)
    offered = desk.archive.open(desk.sent("0501"), "0501")
    desk.archive.appraise(offered, dict.fromkeys(offered.objects, "V"), wrong)
    assert take_answers(desk.services) == 1
    assert desk.state(case_file_id) is CaseFileState.OFFERED
    assert len(desk.findings(process_id)) == 1
    desk.archive.appraise(offered, dict.fromkeys(offered.objects, "A"))
    take_answers(desk.services)
    assert desk.state(case_file_id) is CaseFileState.EVALUATED_ARCHIVE


@IN_BOTH_VERSIONS
def test_a_failed_import_goes_back_to_be_handed_over_again(desk: Desk) -> None:
    case_file_id = closed_file(desk.town)
    process_id = desk.offer(case_file_id)
    offered = desk.archive.open(desk.sent("0501"), "0501")
    desk.archive.appraise(offered, dict.fromkeys(offered.objects, "A"))
    take_answers(desk.services)
    desk.hand_over(process_id)
    handed = desk.archive.open(desk.sent("0503"), "0503")
    until(lambda: desk.state(case_file_id) is CaseFileState.TRANSFERRED, "handed over")
    desk.archive.confirm_import(handed, Misbehaviour(reject={str(case_file_id)}))
    take_answers(desk.services)
    assert desk.state(case_file_id) is CaseFileState.EVALUATED_ARCHIVE
    assert any("Format defekt" in text for text in desk.findings(process_id))


def test_an_offer_that_cannot_be_written_is_told_and_ordered_again(desk: Desk) -> None:
    case_file_id = closed_file(desk.town)
    with desk.town.database.begin() as session:
        file = session.get_one(CaseFile, case_file_id)
        file.subject = ""
    process_id = desk.offer(case_file_id)

    def failures() -> int:
        with desk.town.database.reading() as session:
            return len(
                audit.history(session, desk.town.actor("weber"), audit.Wanted(action="exchange.failed"), now=NOW)
            )

    until(lambda: failures() == 1, "the failure is in the history")
    with desk.town.database.begin() as session:
        session.get_one(CaseFile, case_file_id).subject = "Denkmalschutz Alte Mühle"
        assert exchange.unsent_offers(session) == (process_id,)
    upkeep.order_offers(desk.services, "2026-11-20T10")
    assert desk.archive.open(desk.sent("0501"), "0501").process_id == str(process_id)


def test_a_disposal_run_takes_the_archives_messages_and_ends_with_its_reference(desk: Desk) -> None:
    town, gateway = desk.town, desk.services.archive
    wanted = closed_file(town)
    weber, lang, ott = (town.actor(login) for login in ("weber", "lang", "ott"))
    with town.database.begin() as session:
        verdicts.review(session, [wanted], NOW.date())
        run = disposal_runs.create(session, weber, "Denkmalpflege", Selection(), NOW).id
        run_approval.go_on(session, weber, run, gateway, NOW)
    with town.database.begin() as session:
        run_review.answer(session, ott, run, [wanted], RunAnswer.AGREED, now=NOW)
        run_approval.go_on(session, weber, run, gateway, NOW)
    offered = desk.archive.open(desk.sent("0501"), "0501")
    with town.database.begin() as session, pytest.raises(MoveRefused):
        run_approval.go_on(session, weber, run, gateway, NOW)
    desk.archive.appraise(offered, dict.fromkeys(offered.objects, "A"))
    take_answers(desk.services)
    with town.database.begin() as session:
        run_approval.go_on(session, weber, run, gateway, NOW)
    with town.database.begin() as session:
        run_approval.approve(session, lang, run, typed_count=1, cooling_off_days=14, gateway=gateway, now=NOW)
    handed = desk.archive.open(desk.sent("0503"), "0503")
    until(lambda: desk.state(wanted) is CaseFileState.TRANSFERRED, "handed over")
    desk.archive.confirm_import(handed)
    take_answers(desk.services)
    with town.database.reading() as session:
        row = session.get_one(DisposalRunFile, (run, wanted))
        assert (row.decision, row.result) == (DisposalAction.ARCHIVE, RunResult.HANDED_OVER)
        assert session.get_one(DisposalRun, run).state is DisposalRunState.CLOSED
