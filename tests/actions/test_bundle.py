"""A whole authority goes out into an open folder and comes back the same, into either database."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import jsonschema
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from eakte.actions import bundle, document_life, users, verification
from eakte.errors import BundleConflict, BundleFaulty, NotAllowed
from eakte.records.access import SYSTEM
from eakte.records.states import DocumentState
from eakte.store.database import Database, connect
from eakte.store.documents import Document
from eakte.store.history import HistoryEntry
from eakte.store.objects import LocalObjects
from tests.store.filled import TODAY, fill
from tests.town import Templates, Town

KINDS = ("sqlite", "postgresql")


def silent(done: int, total: int) -> None:
    assert 0 < done <= total


def export(database: Database, objects: LocalObjects, folder: Path) -> bundle.Contents:
    with database.reading() as session:
        return bundle.write(session, objects, SYSTEM, folder, "Musterstadt", TODAY, silent)


def load(database: Database, objects: LocalObjects, folder: Path) -> bundle.Contents:
    bundle.check(folder)
    with database.begin() as session:
        return bundle.load(session, objects, SYSTEM, folder, TODAY, silent)


@pytest.fixture
def database_of(templates: Templates, tmp_path: Path) -> Iterator[Callable[[str], Database]]:
    opened: list[tuple[Database, str]] = []

    def make(kind: str) -> Database:
        folder = tmp_path / f"{kind}-{len(opened)}"
        folder.mkdir()
        url = templates.copy(kind, folder, peopled=False)
        opened.append((connect(url), url))
        return opened[-1][0]

    yield make
    for database, url in opened:
        database.close()
        templates.drop(url)


@pytest.fixture(scope="module")
def written(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of a town with something in every table."""
    folder = tmp_path_factory.mktemp("bundle")
    url = templates.copy("sqlite", folder, peopled=False)
    database = connect(url)
    fill(database, folder)
    export(database, LocalObjects(folder / "objects"), folder / "bundle")
    database.close()
    return folder / "bundle"


@pytest.mark.parametrize("kind", KINDS)
def test_what_goes_out_comes_back_the_same(
    written: Path, database_of: Callable[[str], Database], kind: str, tmp_path: Path
) -> None:
    target, objects = database_of(kind), LocalObjects(tmp_path / "objects")
    loaded = load(target, objects, written)
    assert loaded.total == bundle.check(written).total - _values(written)
    export(target, objects, tmp_path / "again")
    for part in sorted((written / "tables").iterdir()):
        before = part.read_text("utf-8").splitlines()
        after = (tmp_path / "again" / "tables" / part.name).read_text("utf-8").splitlines()
        if part.name == "history_entry.jsonl":
            assert json.loads(after.pop())["action"] == "bundle.loaded"
        assert after == before, part.name
    with target.reading() as session:
        assert verification.verify(session).first_broken is None


def _values(written: Path) -> int:
    """Old and new values come with their entries and are not counted by themselves."""
    return len((written / "tables" / "history_value.jsonl").read_text("utf-8").splitlines())


@pytest.mark.parametrize("kind", KINDS)
def test_loading_twice_is_loading_once(
    written: Path, database_of: Callable[[str], Database], kind: str, tmp_path: Path
) -> None:
    target, objects = database_of(kind), LocalObjects(tmp_path / "objects")
    load(target, objects, written)
    again = load(target, objects, written)
    assert (again.total, again.objects) == (0, 0)
    with target.reading() as session:
        assert len(session.scalars(select(HistoryEntry).where(HistoryEntry.action == "bundle.loaded")).all()) == 1


def test_every_row_is_what_the_schema_says(written: Path) -> None:
    schema = json.loads((written / "schema.json").read_text("utf-8"))
    for part in (written / "tables").iterdir():
        check = jsonschema.Draft202012Validator(schema["$defs"][part.stem])
        for line in part.read_text("utf-8").splitlines():
            check.validate(json.loads(line))


def test_people_keep_their_rights_and_lose_their_passwords(
    written: Path, database_of: Callable[[str], Database], tmp_path: Path
) -> None:
    target = database_of("sqlite")
    load(target, LocalObjects(tmp_path / "objects"), written)
    with target.reading() as session:
        assert "unit:63.2" in users.actor_by_login(session, "brandt", TODAY).keys
        assert session.scalar(text("SELECT count(*) FROM person WHERE password_hash IS NOT NULL")) == 0
    everything = "".join(part.read_text("utf-8") for part in (written / "tables").iterdir())
    assert "argon2" not in everything


@pytest.mark.parametrize("part", ["tables/case_file.jsonl", "tables/history_entry.jsonl", "object"])
def test_a_changed_byte_is_found_and_nothing_is_loaded(written: Path, part: str, tmp_path: Path) -> None:
    copied = shutil.copytree(written, tmp_path / "copy")
    path = next(one for one in (copied / "objects").rglob("*") if one.is_file()) if part == "object" else copied / part
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(BundleFaulty):
        bundle.check(copied)


def test_a_missing_part_is_named(written: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(written, tmp_path / "copy")
    (copied / "tables" / "document.jsonl").unlink()
    with pytest.raises(BundleFaulty) as refused:
        bundle.check(copied)
    assert "document.jsonl" in refused.value.detail["problem"]


def test_a_folder_that_is_no_bundle_and_one_that_is_not_empty_are_refused(
    written: Path, database_of: Callable[[str], Database], tmp_path: Path
) -> None:
    with pytest.raises(BundleFaulty):
        bundle.check(tmp_path)
    with pytest.raises(BundleFaulty):
        export(database_of("sqlite"), LocalObjects(tmp_path / "objects"), written)


@pytest.mark.parametrize("kind", KINDS)
def test_other_content_under_the_same_key_stops_the_whole_load(
    written: Path, database_of: Callable[[str], Database], kind: str, tmp_path: Path
) -> None:
    target, objects = database_of(kind), LocalObjects(tmp_path / "objects")
    load(target, objects, written)
    with target.begin() as session:
        session.execute(text("UPDATE case_file SET subject = 'anders'"))
    with pytest.raises(BundleConflict) as refused:
        load(target, objects, written)
    assert refused.value.detail["table"] == "case_file"


def test_no_person_may_take_everything_out(
    written: Path, database_of: Callable[[str], Database], tmp_path: Path
) -> None:
    target, objects = database_of("sqlite"), LocalObjects(tmp_path / "objects")
    load(target, objects, written)
    with target.reading() as session:
        for login in ("admin", "weber", "brandt"):
            actor = users.actor_by_login(session, login, TODAY)
            with pytest.raises(NotAllowed):
                bundle.write(session, objects, actor, tmp_path / login, "Musterstadt", TODAY, silent)


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_signed_off_comes_back_with_all_versions_and_as_immutable_as_before(
    town: Town, database_of: Callable[[str], Database], kind: str, tmp_path: Path
) -> None:
    _, filed = town.filed()
    actor = town.actor("brandt")
    with town.database.begin() as session:
        document_life.finalise(session, actor, filed.document_id, now=town.now)
    export(town.database, town.objects, tmp_path / "bundle")
    target = database_of(kind)
    load(target, LocalObjects(tmp_path / "objects"), tmp_path / "bundle")
    with target.reading() as session:
        document = session.get_one(Document, filed.document_id)
        assert document.state is DocumentState.FINAL
        assert [len(version.pages) for version in document.versions] == [1]
    with pytest.raises(DBAPIError), target.begin() as session:
        session.execute(text("UPDATE document SET subject = 'anders'"))
