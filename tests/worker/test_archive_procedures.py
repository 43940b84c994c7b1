"""Two steps instead of four, and a run that goes to the archive in several packages, in both versions of xdomea."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions import (
    differences,
    disposal,
    disposal_runs,
    exchange,
    organisation,
    run_appraisal,
    run_approval,
    run_review,
    verdicts,
)
from eakte.actions.archive_terms import AppraisalOpen, Terms, terms_of
from eakte.actions.disposal_runs import Selection
from eakte.errors import MoveRefused, NotDue
from eakte.records.access import SYSTEM
from eakte.records.differences import DifferenceDecision, DifferencesOpen
from eakte.records.disposal_runs import RunAnswer
from eakte.records.states import CaseFileState, DisposalRunState
from eakte.services import Services, archive_of
from eakte.settings import Settings
from eakte.store.disposal_runs import DisposalRun
from eakte.store.files import CaseFile
from eakte.store.history import HistoryEntry
from eakte.worker.exchange import compose, send, take_answers
from retention.model import DisposalAction
from search.engines import open_engine
from tests.retention.receiver import Delivery, Misbehaviour, Receiver
from tests.retention.samples import schema_folder
from tests.town import NOW, Town, rule

CLOSED = datetime(2010, 5, 4, 9, 0, tzinfo=UTC)
S = CaseFileState
BOTH = pytest.mark.parametrize("version", ["3.1.0", "4.0.0"])


@dataclass
class Desk:
    """A records manager's desk without a worker: messages are written and taken when the test says so."""

    town: Town
    services: Services
    archive: Receiver
    folder: Path

    def file(self, *, plan: str = "52.02", unit: str = "63.1") -> UUID:
        town = self.town
        town.now = CLOSED
        case_file, _ = town.filed(plan=plan, unit=unit, login="ott")
        town.close(case_file.id, on=CLOSED, login="ott")
        town.now = NOW
        with town.database.begin() as session:
            verdicts.review(session, [case_file.id], NOW.date())
        return case_file.id

    def begin(self, *files: UUID) -> list[UUID]:
        """Begin with case files; return all processes they are in."""
        with self.town.database.begin() as session:
            terms = terms_of(self.services.settings)
            exchange.offer(session, self.town.actor("weber"), files, self.services.archive, NOW, terms=terms)
        return self.processes(*files)

    def processes(self, *files: UUID) -> list[UUID]:
        with self.town.database.reading() as session:
            found = [session.get_one(CaseFile, each).process_id for each in files]
        return list(dict.fromkeys(each for each in found if each))

    def hand_over(self, process_id: UUID) -> None:
        with self.town.database.begin() as session:
            exchange.hand_over(session, self.town.actor("weber"), process_id, self.services.archive, NOW)

    def carry(self, process_id: UUID, kind: str) -> None:
        compose(self.services, str(process_id), kind)
        send(self.services, str(process_id), kind)

    def sent(self, kind: str) -> list[Delivery]:
        """Return what the archive finds of a kind; it takes it away."""
        paths = sorted(path for path in (self.folder / "out").glob("*.zip") if kind in path.stem[36:])
        found = [self.archive.open(path, kind) for path in paths]
        for path in paths:
            path.unlink()
        return sorted(found, key=lambda each: each.number)

    def take(self) -> None:
        take_answers(self.services)
        assert not list((self.folder / "in").glob("*.zip"))

    def states(self, *files: UUID) -> list[CaseFileState]:
        with self.town.database.reading() as session:
            return [session.get_one(CaseFile, each).state for each in files]

    def open_codes(self) -> list[str]:
        with self.town.database.reading() as session:
            found, _ = differences.listing(session, self.town.actor("weber"), now=NOW)
        return [line.row.code for line in found]

    def decide(self, code: str, decision: DifferenceDecision) -> None:
        with self.town.database.begin() as session:
            actor, archive = self.town.actor("weber"), self.services.archive
            found, _ = differences.listing(session, actor, now=NOW)
            ids = [line.row.id for line in found if line.row.code == code]
            objects = self.town.objects
            differences.decide(session, actor, objects, ids, decision, reason="Telefonat", gateway=archive, now=NOW)

    def told(self, action: str) -> list[UUID | None]:
        with self.town.database.reading() as session:
            return list(session.scalars(select(HistoryEntry.case_file_id).where(HistoryEntry.action == action)))

    def rule_says(self, action: DisposalAction, *, approved_by: str = "Stadtarchiv") -> None:
        """Let the rule of the heritage office be followed by a version that says A instead of B."""
        first = rule("R-B", months=120, action=action)
        second = replace(first, rule_id="R-B/2", valid_from=date(2001, 1, 1), approved_by=approved_by)
        with self.town.database.begin() as session:
            organisation.add_rules(session, SYSTEM, [second], NOW)


Make = Callable[..., Desk]


@pytest.fixture
def desk_with(town: Town, tmp_path: Path) -> Iterator[Make]:
    schemas, folder = schema_folder(), tmp_path / "exchange"
    for name in ("out", "in"):
        (folder / name).mkdir(parents=True)
    index = open_engine("null", tmp_path / "index")

    def make(version: str, **settings: object) -> Desk:
        chosen = Settings(
            data_folder=tmp_path / "data",
            xdomea_schemas=str(schemas),
            archive_folder=str(folder),
            archive_xdomea=version,
            **settings,  # type: ignore[arg-type]  # each as its setting
        )
        services = Services(chosen, town.database, town.objects, index, archive_of(chosen))
        return Desk(town, services, Receiver(schemas, folder / "in"), folder)

    yield make
    index.close()


@BOTH
def test_what_a_rule_calls_archival_is_handed_over_without_being_offered(desk_with: Make, version: str) -> None:
    desk = desk_with(version, archive_procedure="two-step")
    desk.rule_says(DisposalAction.ARCHIVE)
    file = desk.file()
    [process_id] = desk.begin(file)
    assert desk.states(file) == [S.EVALUATED_ARCHIVE]
    assert desk.told("case_file.appraised") == [file]
    desk.hand_over(process_id)
    desk.carry(process_id, exchange.TRANSFER)
    assert desk.sent("0501") == []
    [handed] = desk.sent("0503")
    assert (handed.version, handed.process_id) == (version, str(process_id))
    assert {each.text for each in handed.root.iterfind(".//{*}Aussonderungsart/code")} == {"A"}
    assert (desk.states(file), len(handed.files)) == ([S.TRANSFERRED], 1)
    desk.archive.acknowledge(handed, "0507")
    desk.archive.confirm_import(handed)
    desk.take()
    assert (desk.states(file), desk.open_codes()) == ([S.ARCHIVED], [])
    with desk.town.database.begin() as session:
        disposal.propose(session, desk.town.actor("weber"), [file], reason="übernommen", now=NOW)


@BOTH
def test_what_was_not_confirmed_in_two_steps_is_a_difference_as_in_four(desk_with: Make, version: str) -> None:
    desk = desk_with(version, archive_procedure="two-step")
    desk.rule_says(DisposalAction.ARCHIVE)
    files = desk.file(), desk.file()
    [process_id] = desk.begin(*files)
    desk.hand_over(process_id)
    desk.carry(process_id, exchange.TRANSFER)
    [handed] = desk.sent("0503")
    desk.archive.confirm_import(handed, Misbehaviour(reject={str(files[1])}))
    desk.take()
    assert (desk.states(*files), desk.open_codes()) == ([S.ARCHIVED, S.EVALUATED_ARCHIVE], ["rejected"])
    desk.decide("rejected", DifferenceDecision.RESEND)
    desk.carry(process_id, exchange.TRANSFER)
    [again] = desk.sent("0503")
    desk.archive.confirm_import(again)
    desk.take()
    assert (desk.states(*files), desk.open_codes()) == ([S.ARCHIVED, S.ARCHIVED], [])


def test_in_two_steps_nobody_is_asked_by_message_so_an_open_appraisal_is_refused(desk_with: Make) -> None:
    desk = desk_with("3.1.0", archive_procedure="two-step")
    file, to_destroy = desk.file(), desk.file(plan="52.01", unit="63.2")
    with pytest.raises(AppraisalOpen):
        desk.begin(file)
    with pytest.raises(NotDue):
        desk.begin(to_destroy)
    assert desk.states(file, to_destroy) == [S.CLOSED, S.CLOSED]


def test_a_rule_that_nobody_approved_decides_nothing_in_advance(desk_with: Make) -> None:
    desk = desk_with("3.1.0", archive_procedure="two-step")
    desk.rule_says(DisposalAction.ARCHIVE, approved_by="")
    with pytest.raises(AppraisalOpen):
        desk.begin(desk.file())


def approved_run(desk: Desk, *files: UUID, decided: dict[UUID, str] | None = None) -> UUID:
    """Take a run through departments, the archivist's decisions here, and the second person."""
    town, services = desk.town, desk.services
    weber, lang = town.actor("weber"), town.actor("lang")
    terms = terms_of(services.settings)
    with town.database.begin() as session:
        run_id = disposal_runs.create(session, weber, "Denkmäler", Selection(plan_code="52.02"), NOW).id
    with town.database.begin() as session:
        run_approval.go_on(session, weber, run_id, services.archive, NOW)
    with town.database.begin() as session:
        run_review.answer(session, town.actor("ott"), run_id, files, RunAnswer.AGREED, now=NOW)
    with town.database.begin() as session:
        run_approval.go_on(session, weber, run_id, services.archive, NOW, terms=terms)
    for file, choice in (decided or {}).items():
        with town.database.begin() as session:
            run_appraisal.decide(session, town.actor("adler"), run_id, [file], DisposalAction(choice), NOW)
    if decided:
        with town.database.begin() as session:
            assert exchange.unsent_offers(session) == ()
            run_approval.go_on(session, weber, run_id, services.archive, NOW)
    with town.database.begin() as session:
        run_approval.approve(
            session, lang, run_id, typed_count=len(files), cooling_off_days=0, gateway=services.archive, now=NOW
        )
    return run_id


def run_state(desk: Desk, run_id: UUID) -> DisposalRunState:
    with desk.town.database.reading() as session:
        return session.get_one(DisposalRun, run_id).state


@BOTH
def test_in_a_run_the_archivist_decides_here_about_what_no_rule_decides_and_v_is_never_sent(
    desk_with: Make, version: str
) -> None:
    desk = desk_with(version, archive_procedure="two-step")
    wanted, unwanted = desk.file(), desk.file()
    run_id = approved_run(desk, wanted, unwanted, decided={wanted: "A", unwanted: "V"})
    [process_id] = desk.processes(wanted, unwanted)
    assert desk.states(wanted, unwanted) == [S.EVALUATED_ARCHIVE, S.EVALUATED_DESTROY]
    desk.carry(process_id, exchange.TRANSFER)
    assert desk.sent("0501") == []
    [handed] = desk.sent("0503")
    assert str(wanted) in handed.objects
    assert str(unwanted) not in [*handed.objects, *handed.context]
    desk.archive.confirm_import(handed)
    desk.take()
    assert desk.states(wanted, unwanted) == [S.ARCHIVED, S.EVALUATED_DESTROY]
    assert run_state(desk, run_id) is DisposalRunState.EXECUTION


def test_a_run_of_what_rules_call_archival_goes_from_the_departments_to_the_second_person(desk_with: Make) -> None:
    desk = desk_with("3.1.0", archive_procedure="two-step")
    desk.rule_says(DisposalAction.ARCHIVE)
    file = desk.file()
    run_id = approved_run(desk, file)
    [process_id] = desk.processes(file)
    desk.carry(process_id, exchange.TRANSFER)
    [handed] = desk.sent("0503")
    desk.archive.confirm_import(handed)
    desk.take()
    assert (desk.states(file), run_state(desk, run_id)) == ([S.ARCHIVED], DisposalRunState.CLOSED)


def test_in_four_steps_the_archivist_does_not_decide_here(desk_with: Make) -> None:
    desk = desk_with("3.1.0")
    file = desk.file()
    with pytest.raises(MoveRefused):
        approved_run(desk, file, decided={file: "A"})


def test_a_run_that_is_too_big_for_one_package_goes_in_several_processes_in_3_1_0(desk_with: Make) -> None:
    desk = desk_with("3.1.0", archive_procedure="two-step", archive_package_files=2)
    desk.rule_says(DisposalAction.ARCHIVE)
    files = [desk.file() for _ in range(3)]
    run_id = approved_run(desk, *files)
    processes = desk.processes(*files)
    assert len(processes) == 2
    for process_id in processes:
        desk.carry(process_id, exchange.TRANSFER)
    handed = desk.sent("0503")
    assert {UUID(each.process_id) for each in handed} == set(processes)
    assert sorted(sum(str(file) in each.objects for file in files) for each in handed) == [1, 2]
    failed = next(each for each in handed if each.process_id == str(processes[1]))
    for each in handed:
        wrong = Misbehaviour(reject=set(map(str, files))) if each is failed else None
        desk.archive.confirm_import(each, wrong)
    desk.take()
    back = [file for file in files if str(file) in failed.objects]
    assert [state for file, state in zip(files, desk.states(*files), strict=True) if file not in back] == [
        S.ARCHIVED
    ] * (len(files) - len(back))
    assert desk.states(*back) == [S.EVALUATED_ARCHIVE] * len(back)
    assert run_state(desk, run_id) is DisposalRunState.EXECUTION
    desk.decide("rejected", DifferenceDecision.RESEND)
    desk.carry(processes[1], exchange.TRANSFER)
    [again] = desk.sent("0503")
    desk.archive.confirm_import(again)
    desk.take()
    assert (desk.states(*files), desk.open_codes()) == ([S.ARCHIVED] * 3, [])
    assert run_state(desk, run_id) is DisposalRunState.CLOSED


def test_in_four_steps_of_3_1_0_each_package_is_offered_and_appraised_for_itself(desk_with: Make) -> None:
    desk = desk_with("3.1.0", archive_package_files=1)
    files = [desk.file(), desk.file()]
    processes = desk.begin(*files)
    assert len(processes) == 2
    for process_id in processes:
        desk.carry(process_id, exchange.OFFER)
    for offered, choice in zip(desk.sent("0501"), "AV", strict=True):
        desk.archive.appraise(offered, dict.fromkeys(offered.objects, choice))
    desk.take()
    assert sorted(desk.states(*files)) == [S.EVALUATED_ARCHIVE, S.EVALUATED_DESTROY]


def test_bytes_of_originals_divide_as_the_number_of_files_does(desk_with: Make) -> None:
    desk = desk_with("3.1.0")
    files = [desk.file(), desk.file()]
    weber, archive = desk.town.actor("weber"), desk.services.archive
    with desk.town.database.begin() as session:
        exchange.offer(session, weber, files, archive, NOW, terms=Terms(most_bytes=1))
    assert len(desk.processes(*files)) == 2


@pytest.mark.parametrize("procedure", ["four-step", "two-step"])
def test_in_4_0_0_one_process_has_several_packages_and_one_may_fail(desk_with: Make, procedure: str) -> None:
    desk = desk_with("4.0.0", archive_procedure=procedure, archive_package_files=1)
    if procedure == "two-step":
        desk.rule_says(DisposalAction.ARCHIVE)
    files = [desk.file(), desk.file(), desk.file()]
    [process_id] = desk.begin(*files)
    if procedure == "four-step":
        desk.carry(process_id, exchange.OFFER)
        [offered] = desk.sent("0501")
        desk.archive.appraise(offered, {})
        desk.take()
    desk.hand_over(process_id)
    desk.carry(process_id, exchange.TRANSFER)
    handed = desk.sent("0503")
    assert [(each.number, each.total, len(each.files)) for each in handed] == [(1, 3, 1), (2, 3, 1), (3, 3, 1)]
    held = [next(file for file in files if str(file) in each.objects) for each in handed]
    assert set(held) == set(files)
    desk.archive.confirm_import(handed[0])
    desk.archive.confirm_import(handed[1], Misbehaviour(fail="Speicher voll"))
    desk.take()
    assert desk.states(*held) == [S.ARCHIVED, S.TRANSFERRED, S.TRANSFERRED]
    assert desk.open_codes() == ["import-failed"]
    with pytest.raises((DifferencesOpen, MoveRefused)):
        desk.hand_over(process_id)
    desk.decide("import-failed", DifferenceDecision.RESEND)
    assert desk.states(*held) == [S.ARCHIVED, S.EVALUATED_ARCHIVE, S.TRANSFERRED]
    desk.carry(process_id, exchange.TRANSFER)
    [again] = desk.sent("0503")
    assert (again.number, len(again.files)) == (4, 1)
    desk.archive.confirm_import(again)
    desk.archive.confirm_import(handed[2])
    desk.take()
    assert (desk.states(*held), desk.open_codes()) == ([S.ARCHIVED] * 3, [])
