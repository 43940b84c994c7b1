"""Exceptions of a migration are solved, a whole run is taken back; with the real reader on both databases."""

from __future__ import annotations

import shutil
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions import cases, editing, hold_orders, holds, migrating, migration_lines
from eakte.actions.hold_orders import NewOrder, Reach
from eakte.errors import MissingReason, MoveRefused, NotFound
from eakte.records.holding import HoldScope
from eakte.records.migration import LineState, RunState, ScanState
from eakte.records.states import CaseFileState, DocumentState, ItemState
from eakte.services import Services
from eakte.store.disposal import DisposalHold
from eakte.store.documents import Document, IncomingItem
from eakte.store.files import CaseFile
from eakte.store.history import HistoryEntry
from eakte.store.migration import MigrationLine, MigrationRun
from eakte.store.references import resolve
from eakte.worker import migration as job
from tests.shelf import LOGIN, Shelf, shelf_of
from tests.town import Town


@pytest.fixture
def shelf(town: Town, services: Services) -> Shelf:
    return shelf_of(town, services)


def states(shelf: Shelf, run_id: UUID) -> list[LineState]:
    with shelf.town.database.reading() as session:
        query = select(MigrationLine.state).where(MigrationLine.run_id == run_id).order_by(MigrationLine.number)
        return list(session.scalars(query))


# --- exceptions -----------------------------------------------------------------------------------------------------


def exception(shelf: Shelf, run_id: UUID, number: int) -> list[str]:
    line = shelf.line(run_id, number)
    assert line.state is LineState.EXCEPTION
    return [code for code, _ in line.faults]


def test_exceptions_wait_in_their_worklist_and_are_solved_one_way_or_the_other(shelf: Shelf, town: Town) -> None:
    missing, pages, broken, wrong = shelf.fill(4)
    kept = shelf.town.folder / "beiseite"
    shutil.move(shelf.folder / missing.path, kept)
    (shelf.folder / "kaputt.pdf").write_bytes(b"%PDF-1.7\nbroken")
    shelf.binders = [
        missing,
        replace(pages, pages=pages.pages + 1),
        replace(broken, path="kaputt.pdf", pages=1),
        replace(wrong, plan="99.99"),
    ]
    run_id, actor = shelf.imported(), town.actor(LOGIN)
    assert [exception(shelf, run_id, number)[0] for number in (2, 3, 4, 5)] == [
        "missing-scan", "pages-differ", "damaged-file", "unknown-plan",
    ]  # fmt: skip
    shutil.move(kept, shelf.folder / missing.path)
    with town.database.begin() as session:
        migration_lines.retry(session, actor, run_id, 2, town.now)
        migration_lines.correct(session, actor, run_id, 3, {"pages": str(pages.pages)}, town.now)
        migration_lines.correct(session, actor, run_id, 5, {"plan": "52.01"}, town.now)
    with town.database.begin() as session, pytest.raises(MissingReason):
        migration_lines.accept(session, actor, run_id, 4, reason=" ", now=town.now)
    with town.database.begin() as session:
        migration_lines.accept(session, actor, run_id, 4, reason="Das Original ist verbrannt.", now=town.now)
    assert shelf.work_off(run_id) is RunState.DONE
    assert states(shelf, run_id) == [LineState.FILED, LineState.FILED, LineState.ACCEPTED, LineState.FILED]
    with town.database.begin() as session, pytest.raises(MoveRefused):
        migration_lines.retry(session, actor, run_id, 2, town.now)
    with town.database.begin() as session, pytest.raises(NotFound):
        migration_lines.retry(session, actor, run_id, 99, town.now)


def test_a_file_that_could_not_be_read_is_read_again_after_it_was_replaced(shelf: Shelf, town: Town) -> None:
    (binder,) = shelf.fill(1)
    (shelf.folder / "kaputt.pdf").write_bytes(b"%PDF-1.7\nbroken")
    good = next((shelf.folder / binder.path).iterdir())
    shelf.binders = [replace(binder, path="kaputt.pdf", pages=0)]
    run_id, actor = shelf.imported(), town.actor(LOGIN)
    shutil.copy(good, shelf.folder / "neu.pdf")
    with town.database.begin() as session:
        migration_lines.correct(session, actor, run_id, 2, {"path": "neu.pdf", "pages": "1"}, town.now)
    shelf.work_off(run_id)
    line = shelf.line(run_id, 2)
    assert (line.state, [scan.path for scan in line.scans]) == (LineState.FILED, ["neu.pdf"])


def test_the_same_bytes_twice_are_an_exception_and_not_a_second_document(shelf: Shelf) -> None:
    (binder,) = shelf.fill(1)
    for name in ("a.pdf", "b.pdf"):
        shutil.copy(next((shelf.folder / binder.path).iterdir()), shelf.folder / name)
    lines = [replace(binder, path=name, reference=name, pages=0) for name in ("a.pdf", "b.pdf")]
    shelf.binders = [replace(one, pages=len(str(1))) for one in lines]
    run_id = shelf.imported()
    assert exception(shelf, run_id, 3) == ["duplicate"]


# --- rollback -------------------------------------------------------------------------------------------------------


def rolled_back(shelf: Shelf, run_id: UUID) -> None:
    with shelf.town.database.begin() as session:
        actor = shelf.town.actor(LOGIN)
        migrating.roll_back(session, actor, run_id, reason="Falscher Aktenplan", now=shelf.town.now)
    assert shelf.work_off(run_id) is RunState.ROLLED_BACK


def test_a_rollback_takes_back_everything_the_run_made_and_the_history_stays(shelf: Shelf, town: Town) -> None:
    shelf.fill(3)
    run_id = shelf.imported()
    rolled_back(shelf, run_id)
    assert states(shelf, run_id) == [LineState.TAKEN_BACK] * 3
    with town.database.reading() as session:
        assert {file.state for file in session.scalars(select(CaseFile))} == {CaseFileState.VOIDED}
        assert {one.state for one in session.scalars(select(Document))} == {DocumentState.DRAFT}
        assert {one.state for one in session.scalars(select(IncomingItem))} == {ItemState.DROPPED}
        assert {one.drop_reason for one in session.scalars(select(IncomingItem))} == {"Falscher Aktenplan"}
        actions = session.scalars(select(HistoryEntry.action)).all()
        assert actions.count("document.filed") == actions.count("document.filing_undone") == 6
        assert actions.count("case_file.voided") == 3


def test_what_was_taken_back_can_be_migrated_again_with_the_same_files_and_no_number_twice(
    shelf: Shelf, town: Town
) -> None:
    binders = shelf.fill(2)
    rolled_back(shelf, shelf.imported())
    with town.database.reading() as session:
        before = {file.id: file.file_reference for file in session.scalars(select(CaseFile))}
    again = shelf.imported()
    assert states(shelf, again) == [LineState.FILED] * 2
    with town.database.reading() as session:
        files = session.scalars(select(CaseFile)).all()
        assert {file.id: file.file_reference for file in files} == before
        assert {file.state for file in files} == {CaseFileState.OPEN}
        assert resolve(session, binders[0].reference) is not None
        filed = session.scalars(select(Document.position).where(Document.case_id.is_not(None))).all()
        assert sorted(position for position in filed if position) == [3, 3, 4, 4]
    rolled_back(shelf, again)
    with town.database.reading() as session:
        assert {file.state for file in session.scalars(select(CaseFile))} == {CaseFileState.VOIDED}


def test_what_people_have_changed_since_is_kept_and_named(shelf: Shelf, town: Town) -> None:
    shelf.fill(3)
    run_id, clerk = shelf.imported(), town.actor("brandt")
    edited, closed = shelf.line(run_id, 2), shelf.line(run_id, 3)
    with town.database.begin() as session:
        editing.edit_document(
            session, clerk, edited.scans[0].document_id, {"subject": "Besser"}, revision=None, now=town.now  # type: ignore[arg-type]  # filed
        )  # fmt: skip
        cases.close(session, clerk, closed.case_file_id, now=town.now)  # type: ignore[arg-type]  # filed
    rolled_back(shelf, run_id)
    assert states(shelf, run_id) == [LineState.KEPT, LineState.KEPT, LineState.TAKEN_BACK]
    edited, closed = shelf.line(run_id, 2), shelf.line(run_id, 3)
    assert [scan.state for scan in edited.scans] == [ScanState.KEPT, ScanState.TAKEN_BACK]
    assert "geändert" in edited.scans[0].kept
    assert all("nicht mehr offen" in scan.kept for scan in closed.scans)
    with town.database.reading() as session:
        files = {file.id: file.state for file in session.scalars(select(CaseFile))}
        assert files[edited.case_file_id] is CaseFileState.OPEN  # type: ignore[index]  # filed
        assert files[closed.case_file_id] is CaseFileState.CLOSED  # type: ignore[index]  # filed
        assert list(files.values()).count(CaseFileState.VOIDED) == 1
        document = session.get_one(Document, edited.scans[0].document_id)
        assert (document.subject, document.state) == ("Besser", DocumentState.REGISTERED)


def test_nothing_leaves_a_file_that_is_held_by_a_hold_or_by_an_order_that_was_not_asked_of_it_yet(
    shelf: Shelf, town: Town
) -> None:
    _, named, _ = shelf.fill(3)
    run_id, weber = shelf.imported(), town.actor("weber")
    held, found = (shelf.line(run_id, number).case_file_id for number in (2, 3))
    assert held is not None
    with town.database.begin() as session:
        holds.place(session, weber, held, reason="Klage", now=town.now)
        subject = Reach(HoldScope.QUERY, text=f'betreff:"{named.title}"')
        hold_orders.place(session, weber, NewOrder(subject, "Untersuchungsausschuss"), town.now)
    rolled_back(shelf, run_id)
    assert states(shelf, run_id) == [LineState.KEPT, LineState.KEPT, LineState.TAKEN_BACK]
    assert all("Löschsperre" in scan.kept for number in (2, 3) for scan in shelf.line(run_id, number).scans)
    with town.database.reading() as session:
        assert {session.get_one(CaseFile, one).state for one in (held, found)} == {CaseFileState.OPEN}
        assert set(session.scalars(select(DisposalHold.case_file_id))) == {held, found}


def test_a_rollback_also_takes_what_is_still_being_read(shelf: Shelf, town: Town) -> None:
    shelf.fill(1)
    run_id, actor = shelf.run(), town.actor(LOGIN)
    shelf.start(run_id)
    job.work(shelf.services, str(run_id), "1:1")
    with town.database.begin() as session, pytest.raises(MoveRefused):
        migrating.roll_back(session, actor, run_id, reason="Irrtum", now=town.now)
    with town.database.begin() as session:
        migrating.stop(session, actor, run_id, town.now)
    rolled_back(shelf, run_id)
    with town.database.reading() as session:
        assert {one.state for one in session.scalars(select(IncomingItem))} == {ItemState.DROPPED}


def test_a_rollback_needs_a_reason(shelf: Shelf, town: Town) -> None:
    shelf.fill(1)
    run_id = shelf.imported()
    with town.database.begin() as session, pytest.raises(MissingReason):
        migrating.roll_back(session, town.actor(LOGIN), run_id, reason="", now=town.now)


def test_a_fault_of_the_job_is_shown_and_the_run_can_be_resumed(shelf: Shelf, town: Town) -> None:
    shelf.fill(1)
    run_id = shelf.run()
    shelf.start(run_id)
    job.on_fault(shelf.services, "unexpected", str(run_id), "2:1")
    with town.database.reading() as session:
        run = session.get_one(MigrationRun, run_id)
        assert (run.state, run.fault) == (RunState.STOPPED, "unexpected")
    shelf.start(run_id)
    assert shelf.work_off(run_id) is RunState.DONE


def test_a_line_outlives_its_case_file_without_a_word_of_it(shelf: Shelf, town: Town) -> None:
    from eakte.store.migration import forget_words  # noqa: PLC0415 - only here

    (binder,) = shelf.fill(1)
    run_id = shelf.imported()
    line = shelf.line(run_id, 2)
    with town.database.begin() as session:
        forget_words(session, line.case_file_id)  # type: ignore[arg-type]  # filed
    line = shelf.line(run_id, 2)
    told = [line.title, line.reference, line.path, *line.cells, *(scan.path for scan in line.scans)]
    assert not any(word in text for text in told for word in (binder.title, binder.reference, binder.path) if text)
    assert line.pages == binder.pages
