"""Migrated files are closed as of the end their manifest gives; with the real reader on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.actions import cases, disposal, filing, migrating, migration_check, migration_lines, migration_report
from eakte.actions.offered import offered_file
from eakte.actions.verdicts import FROM_MANIFEST, verdict_of
from eakte.errors import NotAllowed
from eakte.records.access import Permission
from eakte.records.calendar import day_of
from eakte.records.migration import LineState, RunState
from eakte.records.states import CaseFileState, CaseState
from eakte.services import Services
from eakte.store.documents import Document
from eakte.store.files import CaseFile
from eakte.store.history import HistoryEntry
from eakte.store.migration import MigrationFile, MigrationRun
from eakte.store.references import resolve
from ingest.page_counts import count_pages
from tests.shelf import LOGIN, Shelf, shelf_of
from tests.town import Town


@pytest.fixture
def shelf(town: Town, services: Services) -> Shelf:
    return shelf_of(town, services)


def file_of(shelf: Shelf, reference: str) -> CaseFile:
    with shelf.town.database.reading() as session:
        _, file_id = resolve(session, reference) or ("", None)
        file = session.get_one(CaseFile, file_id)
        assert file.cases
        assert file.org_unit
        return file


def left_open(shelf: Shelf, run_id: UUID) -> list[str]:
    with shelf.town.database.reading() as session:
        run = session.get_one(MigrationRun, run_id)
        found = migration_report.files_left_open(session, shelf.town.actor(LOGIN), run, shelf.town.now)
        return [one.reason for one in found]


def test_a_file_is_closed_as_of_its_end_and_its_retention_runs_from_there(shelf: Shelf, town: Town) -> None:
    binder, dated, endless = shelf.fill(3)
    shelf.binders = [
        replace(binder, years="1979-1993"),
        replace(dated, years="12.03.1987"),
        replace(endless, years=""),
    ]
    run_id = shelf.imported(closes=True)
    file, end = file_of(shelf, binder.reference), date(1993, 12, 31)
    assert (file.state, file.closed_on, file.closed_by_run_id) == (CaseFileState.CLOSED, end, run_id)
    assert [(case.state, case.closed_on) for case in file.cases] == [(CaseState.CLOSED, end)]
    assert {file_of(shelf, one.reference).state for one in (dated, endless)} == {CaseFileState.OPEN}
    with town.database.reading() as session:
        verdict = verdict_of(session, session.get_one(CaseFile, file.id), day_of(town.now))
        assert verdict.retention_end is not None
        assert verdict.retention_end.year < 2010
        assert verdict.steps[0].endswith("wurde am 31.12.1993 geschlossen (z.d.A.).")
        assert verdict.steps[1] == FROM_MANIFEST
        entry = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "case_file.closed")).one()
        assert entry.case_file_id == file.id
        assert (entry.actor_login, entry.detail["closed_on"]) == (LOGIN, "1993-12-31")
        assert entry.detail["migration"] == str(run_id)
        done = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "migration.done")).one()
        assert done.detail["files_closed"] == 1
    assert left_open(shelf, run_id) == []


def test_the_archive_is_told_the_true_period_of_a_migrated_file(shelf: Shelf, town: Town) -> None:
    (binder,) = shelf.fill(1)
    shelf.binders = [replace(binder, years="1979-1993")]
    shelf.imported(closes=True)
    file_id, end = file_of(shelf, binder.reference).id, date(1993, 12, 31)
    with town.database.begin() as session:
        for document in session.scalars(select(Document)):
            document.letter_date = None
    with town.database.reading() as session:
        told = offered_file(session, session.get_one(CaseFile, file_id), day_of(town.now))
        assert (told.period_to, told.closed_on) == (end, end)
        assert told.period_from <= told.period_to
        assert all(case.period_from <= case.period_to == end for case in told.cases)


def test_the_dry_run_counts_what_will_be_closed_and_a_run_may_leave_its_files_open(shelf: Shelf, town: Town) -> None:
    binder, endless = shelf.fill(2)
    shelf.binders = [replace(binder, years="1979-1993"), replace(endless, years="")]
    runs = {closes: shelf.run(closes=closes) for closes in (True, False)}
    actor = town.actor(LOGIN)
    with town.database.reading() as session:
        counts = {
            closes: migration_check.dry_run(
                session, actor, run_id, shelf.folders, count_pages, 60, town.now
            ).closing
            for closes, run_id in runs.items()
        }  # fmt: skip
    assert counts == {True: 1, False: 0}
    shelf.start(runs[False])
    assert shelf.work_off(runs[False]) is RunState.DONE
    assert file_of(shelf, binder.reference).state is CaseFileState.OPEN


def test_only_who_may_close_starts_a_run_that_closes(shelf: Shelf, town: Town) -> None:
    shelf.fill(1)
    actor = town.actor(LOGIN)
    narrow = replace(actor, permissions=actor.permissions - {Permission.CLOSE})
    for closes in (True, False):
        run_id = shelf.run(closes=closes)
        with town.database.begin() as session:
            if closes:
                with pytest.raises(NotAllowed):
                    migrating.start(session, narrow, run_id, now=town.now)
            else:
                assert migrating.start(session, narrow, run_id, now=town.now).state is RunState.RUNNING


def test_a_file_with_an_open_exception_waits_until_that_is_answered_for(shelf: Shelf, town: Town) -> None:
    first, second = shelf.fill(2)
    volume = replace(second, reference=first.reference, title=first.title, pages=second.pages + 1, years="1990-1995")
    shelf.binders = [replace(first, years="1979-1989"), volume]
    run_id = shelf.imported(closes=True)
    assert shelf.line(run_id, 3).state is LineState.EXCEPTION
    assert file_of(shelf, first.reference).state is CaseFileState.OPEN
    with town.database.begin() as session:
        run = session.get_one(MigrationRun, run_id)
        migration_lines.accept(session, town.actor(LOGIN), run_id, 3, reason="Ein Blatt war leer.", now=town.now)
        assert run.state is RunState.RUNNING
    assert shelf.work_off(run_id) is RunState.DONE
    file = file_of(shelf, first.reference)
    assert (file.state, file.closed_on) == (CaseFileState.CLOSED, date(1995, 12, 31))


def test_what_cannot_be_closed_stays_open_with_its_reason_and_is_tried_again(shelf: Shelf, town: Town) -> None:
    future, shared = shelf.fill(2)
    shelf.binders = [
        replace(future, years="2020-2099"),
        replace(shared, years="1979-1993", pages=shared.pages + 1),
    ]
    run_id = shelf.imported(closes=True)
    added = town.file(town.waiting(), file_of(shelf, shared.reference).id, login=LOGIN)
    with town.database.begin() as session:
        migration_lines.accept(session, town.actor(LOGIN), run_id, 3, reason="Ein Blatt war leer.", now=town.now)
    assert shelf.work_off(run_id) is RunState.DONE
    reasons = left_open(shelf, run_id)
    assert len(reasons) == 2
    assert any("Die Laufzeit endet erst am 31.12.2099." in reason for reason in reasons)
    assert any("nicht aus diesem Lauf" in reason for reason in reasons)
    assert {file_of(shelf, one.reference).state for one in (future, shared)} == {CaseFileState.OPEN}
    with town.database.begin() as session:
        filing.take_back(session, town.actor(LOGIN), added.document_id, reason="Falsche Akte", now=town.now)
    shelf.start(run_id)
    assert shelf.work_off(run_id) is RunState.DONE
    assert file_of(shelf, shared.reference).closed_on == date(1993, 12, 31)
    assert len(left_open(shelf, run_id)) == 1


def test_a_file_that_was_there_before_is_not_closed(shelf: Shelf, town: Town) -> None:
    (binder,) = shelf.fill(1)
    there = town.case_file()
    shelf.binders = [replace(binder, reference=there.file_reference, years="1979-1993")]
    run_id = shelf.imported(closes=True)
    assert shelf.line(run_id, 2).state is LineState.FILED
    assert file_of(shelf, there.file_reference).state is CaseFileState.OPEN


def rolled_back(shelf: Shelf, run_id: UUID) -> None:
    with shelf.town.database.begin() as session:
        actor = shelf.town.actor(LOGIN)
        migrating.roll_back(session, actor, run_id, reason="Falscher Aktenplan", now=shelf.town.now)
    assert shelf.work_off(run_id) is RunState.ROLLED_BACK


def test_a_rollback_takes_the_closing_back_before_the_documents_and_the_manifest_may_come_again(
    shelf: Shelf, town: Town
) -> None:
    shelf.fill(2)
    run_id = shelf.imported(closes=True)
    rolled_back(shelf, run_id)
    with town.database.reading() as session:
        files = session.scalars(select(CaseFile)).all()
        assert {(file.state, file.closed_on, file.closed_by_run_id) for file in files} == {
            (CaseFileState.VOIDED, None, None)
        }
        actions = session.scalars(select(HistoryEntry.action)).all()
        assert actions.count("case_file.closed") == actions.count("case_file.reopened") == 2
        assert [row.kept for row in session.scalars(select(MigrationFile))] == ["", ""]
    again = shelf.imported(closes=True)
    with town.database.reading() as session:
        files = session.scalars(select(CaseFile)).all()
        assert {(file.state, file.closed_by_run_id) for file in files} == {(CaseFileState.CLOSED, again)}
    rolled_back(shelf, again)
    with town.database.reading() as session:
        assert {file.state for file in session.scalars(select(CaseFile))} == {CaseFileState.VOIDED}


def test_a_file_whose_destruction_somebody_has_proposed_since_is_kept_closed_and_named(
    shelf: Shelf, town: Town
) -> None:
    kept, other = shelf.fill(2)
    run_id = shelf.imported(closes=True)
    file_id = file_of(shelf, kept.reference).id
    with town.database.begin() as session:
        disposal.propose(session, town.actor("weber"), [file_id], reason="Frist abgelaufen", now=town.now)
    rolled_back(shelf, run_id)
    assert file_of(shelf, kept.reference).state is CaseFileState.CLOSED
    assert file_of(shelf, other.reference).state is CaseFileState.VOIDED
    assert [shelf.line(run_id, number).state for number in (2, 3)] == [LineState.KEPT, LineState.TAKEN_BACK]
    with town.database.reading() as session:
        run = session.get_one(MigrationRun, run_id)
        (told,) = migration_report.kept_files(session, town.actor(LOGIN), run, town.now)
        assert (told.case_file_id, "vorgeschlagen" in told.reason) == (file_id, True)


def test_a_file_opened_again_by_a_person_and_closed_today_no_longer_rests_on_the_manifest(
    shelf: Shelf, town: Town
) -> None:
    (binder,) = shelf.fill(1)
    shelf.imported(closes=True)
    file_id, actor = file_of(shelf, binder.reference).id, town.actor(LOGIN)
    with town.database.begin() as session:
        cases.reopen(session, actor, file_id, reason="Ein Nachtrag", now=town.now)
        closed = cases.close(session, actor, file_id, now=town.now)
        assert (closed.closed_on, closed.closed_by_run_id) == (day_of(town.now), None)
        assert FROM_MANIFEST not in verdict_of(session, closed, day_of(town.now)).steps
