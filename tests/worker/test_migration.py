"""Migration from the manifest to the report, with the real reader on both databases."""

from __future__ import annotations

import shutil
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import func, select

from eakte.actions import migrating, migration_check
from eakte.actions.migrating import Columns, NewRun
from eakte.actions.migration_check import Check
from eakte.demo.binders import as_csv, as_xlsx
from eakte.errors import InvalidInput, MoveRefused, NotAllowed, NotFound, StaleRevision
from eakte.records.migration import LineState, RunState
from eakte.services import Services
from eakte.store.documents import Document, IncomingItem, page_counts
from eakte.store.files import CaseFile
from eakte.store.history import HistoryEntry
from eakte.store.migration import MigrationFile, MigrationLine, MigrationScan
from eakte.store.references import resolve
from eakte.worker import migration as job
from ingest.languages import installed
from ingest.page_counts import count_pages
from tests.shelf import LOGIN, Shelf, shelf_of
from tests.town import Town


@pytest.fixture
def shelf(town: Town, services: Services) -> Shelf:
    return shelf_of(town, services)


def checked(shelf: Shelf, run_id: UUID) -> Check:
    with shelf.town.database.reading() as session:
        actor = shelf.town.actor(LOGIN)
        return migration_check.dry_run(session, actor, run_id, shelf.folders, count_pages, 60, shelf.town.now)


def codes(check: Check) -> dict[int, list[str]]:
    return {one.entry.number: [fault.code for fault in one.faults] for one in check.faulty}


def states(shelf: Shelf, run_id: UUID) -> list[LineState]:
    with shelf.town.database.reading() as session:
        query = select(MigrationLine.state).where(MigrationLine.run_id == run_id).order_by(MigrationLine.number)
        return list(session.scalars(query))


# --- the dry run ----------------------------------------------------------------------------------------------------


def test_a_dry_run_counts_everything_and_finds_nothing_wrong_with_a_good_shelf(shelf: Shelf) -> None:
    binders = shelf.fill(4)
    check = checked(shelf, shelf.run())
    assert check.faulty == ()
    assert (check.lines, check.boxes, check.files, check.new_files, check.scans) == (4, 2, 4, 4, 8)
    assert check.pages_told == check.pages_counted == sum(binder.pages for binder in binders)
    assert (check.uncounted, check.unused) == (0, ())


def test_a_dry_run_names_the_problem_of_every_line_and_writes_nothing(shelf: Shelf) -> None:
    good, missing, plan, twice, pages, dated, copy = shelf.fill(7)
    shutil.rmtree(shelf.folder / missing.path)
    lines = [
        good,
        missing,
        replace(plan, plan="99.99"),
        replace(twice, reference=good.reference),
        replace(pages, pages=pages.pages + 3),
        replace(dated, years="im Frühjahr"),
        replace(copy, path=pages.path),
    ]
    run_id = shelf.run(lines)
    before = _everything(shelf)
    found = codes(checked(shelf, run_id))
    assert found == {
        2: ["duplicate-reference"],
        3: ["missing-scan"],
        4: ["unknown-plan"],
        5: ["duplicate-reference"],
        6: ["duplicate-file", "pages-differ"],
        7: ["unreadable-date"],
        8: ["duplicate-file", *(["pages-differ"] if copy.pages != pages.pages else [])],
    }
    assert _everything(shelf) == before


def _everything(shelf: Shelf) -> tuple[object, ...]:
    with shelf.town.database.reading() as session:
        tables = (HistoryEntry, IncomingItem, CaseFile, Document, MigrationScan, MigrationFile)
        counts = tuple(session.scalar(select(func.count()).select_from(table)) for table in tables)
        lines = session.execute(select(MigrationLine.number, MigrationLine.state, MigrationLine.title)).all()
        return (*counts, [tuple(line) for line in lines])


def test_a_dry_run_says_which_files_no_line_names(shelf: Shelf) -> None:
    shelf.fill(2)
    (shelf.folder / "K01" / "vergessen.pdf").write_bytes(b"%PDF")
    (shelf.folder / ".versteckt").write_bytes(b"")
    assert checked(shelf, shelf.run()).unused == ("K01/vergessen.pdf",)


def test_no_line_reaches_out_of_the_folder_of_its_run(shelf: Shelf) -> None:
    (binder,) = shelf.fill(1)
    secret = shelf.town.folder / "geheim.pdf"
    secret.write_bytes(b"%PDF")
    (shelf.folder / "verweis.pdf").symlink_to(secret)
    lines = [replace(binder, reference="", path=path) for path in ("../../../geheim.pdf", str(secret), "verweis.pdf")]
    assert set(codes(checked(shelf, shelf.run(lines))).values().__iter__().__next__()) == {"missing-scan"}
    assert len(codes(checked(shelf, shelf.run(lines)))) == 3


def test_a_workbook_says_the_same_as_a_csv(shelf: Shelf) -> None:
    binders = shelf.fill(2)
    lines = [binder.cells() for binder in binders]
    outcome = []
    for manifest in (as_csv(lines), as_xlsx(lines), as_csv(lines).decode("utf-8-sig").encode("cp1252")):
        new = NewRun("R", "63.2", "63.2/regal-1", manifest, "", "Altakte")
        with shelf.town.database.begin() as session:
            run = migrating.create(
                session, shelf.town.actor(LOGIN), shelf.folders, new, installed=installed(), now=shelf.town.now
            )
        check = checked(shelf, run.id)
        outcome.append((check.faulty, check.lines, check.pages_told))
    assert outcome[0] == outcome[1] == outcome[2]
    assert outcome[0][0] == ()


@pytest.mark.parametrize("manifest", [b"", b"Titel;Datei\n", b"PK\x03\x04kaputt", b"\xff" * 40])
def test_what_is_no_manifest_is_refused(shelf: Shelf, manifest: bytes) -> None:
    shelf.fill(1)
    new = NewRun("R", "63.2", "63.2/regal-1", manifest, "52.01", "Altakte")
    with shelf.town.database.begin() as session, pytest.raises(InvalidInput):
        migrating.create(
            session, shelf.town.actor(LOGIN), shelf.folders, new, installed=installed(), now=shelf.town.now
        )


def test_a_mapping_is_changed_and_kept_as_a_profile_for_the_next_manifest(shelf: Shelf) -> None:
    shelf.fill(1)
    run_id, actor = shelf.run(), shelf.town.actor(LOGIN)
    columns = Columns({"title": 0, "path": 6}, keep_as="Bauarchiv", plan="52.01", document_type="Bauakte")
    with shelf.town.database.begin() as session:
        changed = migrating.map_columns(
            session, actor, run_id, columns, installed=installed(), revision=1, now=shelf.town.now
        )
        assert (changed.columns, changed.document_type) == ({"title": 0, "path": 6}, "Bauakte")
        assert [one.name for one in migrating.profiles(session, actor)] == ["Bauarchiv"]
    with shelf.town.database.begin() as session:
        manifest = b"x;Datei;Karton\n1;a.pdf;K1\n"
        new = NewRun("R", "63.2", "63.2/regal-1", manifest, "52.01", "Altakte", profile="Bauarchiv")
        assert migrating.create(
            session, actor, shelf.folders, new, installed=installed(), now=shelf.town.now
        ).columns == {"path": 1, "title": 2}
    with shelf.town.database.begin() as session, pytest.raises(StaleRevision):
        migrating.map_columns(session, actor, run_id, columns, installed=installed(), revision=1, now=shelf.town.now)
    with shelf.town.database.begin() as session, pytest.raises(InvalidInput):
        migrating.map_columns(session, actor, run_id, Columns({"title": 99}), installed=installed(), now=shelf.town.now)


# --- rights ---------------------------------------------------------------------------------------------------------


def test_only_who_may_migrate_does_and_only_for_their_own_units(shelf: Shelf) -> None:
    shelf.fill(1)
    for login in ("brandt", "weber", "pruefer", "admin"):
        with pytest.raises(NotAllowed):
            shelf.run(login=login)
    other = replace(shelf, unit="50.1")
    other.fill(1)
    with pytest.raises(InvalidInput):
        other.run()


def test_a_run_of_another_unit_is_not_there(shelf: Shelf, town: Town) -> None:
    shelf.fill(1)
    run_id = shelf.run()
    stranger = replace(town.actor("kaya"), permissions=town.actor(LOGIN).permissions)
    with town.database.reading() as session:
        assert migrating.runs(session, stranger) == []
        assert [one.id for one in migrating.runs(session, town.actor(LOGIN))] == [run_id]
    with town.database.begin() as session, pytest.raises(NotFound):
        migrating.start(session, replace(stranger, unit_codes=frozenset({"50.1"})), run_id, now=town.now)


# --- the import -----------------------------------------------------------------------------------------------------


def test_boxes_in_are_files_filed_are_pages_counted(shelf: Shelf, town: Town) -> None:
    binders = shelf.fill(4)
    run_id = shelf.imported()
    assert states(shelf, run_id) == [LineState.FILED] * 4
    with town.database.reading() as session:
        for binder in binders:
            kind, file_id = resolve(session, binder.reference) or ("", None)
            file = session.get_one(CaseFile, file_id)
            assert (kind, file.subject, file.opened_by) == ("case_file", binder.title, town.actor(LOGIN).name)
            documents = session.scalars(select(Document).where(Document.case_id == file.cases[0].id)).all()
            assert sum(page_counts(session, [one.id for one in documents]).values()) == binder.pages
            assert {one.document_type for one in documents} == {"Altakte"}
            originals = {one.versions[0].original for one in documents}
            paths = list((shelf.folder / binder.path).iterdir())
            assert len(originals) == len(paths) == 2
        actions = session.scalars(select(HistoryEntry.action).where(HistoryEntry.actor_login == LOGIN)).all()
        assert actions.count("document.filed") == 8
        assert actions.count("case_file.opened") == 4
        assert actions.count("migration.done") == 1


def test_every_round_and_every_step_twice_is_as_good_as_once(shelf: Shelf, town: Town) -> None:
    shelf.fill(3)
    run_id = shelf.run()
    shelf.start(run_id)
    for _ in range(4):
        job.work(shelf.services, str(run_id), "1:1")
        job.work(shelf.services, str(run_id), "1:1")
        shelf.read()
        job.go_on(shelf.services, str(run_id), "1:1")
        job.go_on(shelf.services, str(run_id), "1:1")
    assert states(shelf, run_id) == [LineState.FILED] * 3
    with town.database.reading() as session:
        assert len(session.scalars(select(CaseFile)).all()) == 3
        assert len(session.scalars(select(Document).where(Document.case_id.is_not(None))).all()) == 6


def test_a_stopped_run_takes_up_nothing_and_goes_on_where_it_was(shelf: Shelf, town: Town) -> None:
    shelf.fill(2)
    run_id, actor = shelf.run(), town.actor(LOGIN)
    shelf.start(run_id)
    shelf.round(run_id)
    with town.database.begin() as session:
        migrating.stop(session, actor, run_id, town.now)
    before = states(shelf, run_id)
    assert shelf.round(run_id) is RunState.STOPPED
    assert states(shelf, run_id) == before
    with town.database.begin() as session, pytest.raises(MoveRefused):
        migrating.stop(session, actor, run_id, town.now)
    shelf.start(run_id)
    assert shelf.work_off(run_id) is RunState.DONE
    assert states(shelf, run_id) == [LineState.FILED] * 2


def test_nothing_new_is_taken_up_in_quiet_hours(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.fill(1)
    run_id = shelf.run()
    shelf.start(run_id, quiet=(0, 23))
    morning = shelf.town.now.replace(hour=9)
    monkeypatch.setattr(job, "now", lambda: morning)
    for _ in range(3):
        assert shelf.round(run_id) is RunState.RUNNING
    assert states(shelf, run_id) == [LineState.PLANNED]
    monkeypatch.setattr(job, "now", lambda: morning.replace(hour=22, minute=30))  # half past eleven in Berlin
    assert shelf.work_off(run_id) is RunState.DONE


def test_several_lines_with_one_reference_become_one_file_and_an_existing_file_is_added_to(
    shelf: Shelf, town: Town
) -> None:
    first, second, third = shelf.fill(3)
    there = town.case_file()
    volume = replace(second, reference=first.reference, title=first.title)
    shelf.binders = [first, volume, replace(third, reference=there.file_reference)]
    shelf.imported()
    with town.database.reading() as session:
        assert len(session.scalars(select(CaseFile)).all()) == 2
        documents = session.scalars(select(Document).where(Document.case_id.is_not(None))).all()
        assert sorted([one.case.case_file_id for one in documents if one.case].count(id_) for id_ in {
            one.case.case_file_id for one in documents if one.case
        }) == [2, 4]  # fmt: skip


def test_a_reference_that_leads_to_what_one_may_not_see_is_neither_taken_nor_told(shelf: Shelf, town: Town) -> None:
    (binder,) = shelf.fill(1)
    hidden = town.case_file(plan="31.01", unit="50.1", login="kaya")
    shelf.binders = [replace(binder, reference=hidden.file_reference)]
    run_id = shelf.run()
    assert checked(shelf, run_id).faulty == ()
    shelf.start(run_id)
    shelf.work_off(run_id)
    assert states(shelf, run_id) == [LineState.FILED]
    with town.database.reading() as session:
        (made,) = session.scalars(select(CaseFile).where(CaseFile.id != hidden.id))
        assert hidden.file_reference in made.subject
        assert resolve(session, hidden.file_reference) == ("case_file", hidden.id)
