"""Building an index anew on files: killed writers, readers of other processes, indexes of other releases."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
import threading
from itertools import count
from pathlib import Path

import pytest

from search import Entry, IndexBroken, Query, SearchIndex
from search.engines import file_shelf, open_engine
from search.texts import sentence
from tests.search.corpus import EVERYBODY, entry

ENGINES = pytest.mark.parametrize("name", ["tantivy", "whoosh"])
FORKED = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
MANY = [entry(f"d{number}", f"Stellplatz {number}", "Zweite Seite") for number in range(30)]
FORK = multiprocessing.get_context("fork")


def found(index: SearchIndex, text: str = "Stellplatz") -> set[str]:
    return {hit.document_id for hit in index.find(Query(text, limit=100), EVERYBODY).hits}


def generations(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_dir()}


def mark(folder: Path, **changed: str) -> None:
    """Let the index in *folder* say that it was made otherwise."""
    path = folder / "fingerprint.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changed), "utf-8")


def build_for_ever(name: str, folder: Path, entries: list[Entry], pipe: int) -> None:
    index = open_engine(name, folder)
    os.write(pipe, b"begun\n")
    while True:
        building = index.rebuild()
        for start in range(0, len(entries), 5):
            building.add(entries[start : start + 5])
        building.serve()


def killed_builder(name: str, folder: Path, seconds: float) -> None:
    """Kill a process that builds the index anew again and again, some seconds after it began."""
    reading, writing = os.pipe()
    child = FORK.Process(target=build_for_ever, args=(name, folder, MANY, writing))
    child.start()
    os.close(writing)
    with os.fdopen(reading) as pipe:
        assert pipe.readline() == "begun\n"
        threading.Event().wait(seconds)
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.join()


@pytest.mark.parametrize(("name", "kills"), [("tantivy", 25), ("whoosh", 8)])
@FORKED
def test_killed_at_any_moment_of_a_rebuild_an_index_goes_on_answering(name: str, kills: int, tmp_path: Path) -> None:
    chance = random.Random(11)
    index = open_engine(name, tmp_path)
    index.put(MANY)
    everything = {one.document_id for one in MANY}
    for version in range(2, kills + 2):
        killed_builder(name, tmp_path, chance.uniform(0, 0.6))
        assert found(index) == everything == found(open_engine(name, tmp_path))
        # What is written after the kill reaches what the killed one left, too.
        index.put([entry("d0", "Stellplatz", version=version)])
        assert dict(index.versions())["d0"] == version
        assert generations(tmp_path) == {index.state().serving, index.state().building} - {""}
    building = index.rebuild()  # one that was left, or a new one: what is read by now is the newest
    building.add([*MANY[1:], entry("d0", "Stellplatz", version=kills + 1)])
    building.serve()
    assert dict(index.versions()) == {one.document_id: 1 for one in MANY} | {"d0": kills + 1}
    assert generations(tmp_path) == {index.state().serving}


def ask_for_ever(name: str, folder: Path, pipe: int) -> None:
    index = open_engine(name, folder)
    for _ in count():
        os.write(pipe, f"{len(found(index))}\n".encode())


@ENGINES
@FORKED
def test_a_reader_of_another_process_misses_nothing_while_generations_come_and_go(name: str, tmp_path: Path) -> None:
    index = open_engine(name, tmp_path)
    index.put(MANY)
    reading, writing = os.pipe()
    child = FORK.Process(target=ask_for_ever, args=(name, tmp_path, writing))
    child.start()
    os.close(writing)
    with os.fdopen(reading) as pipe:
        for number in range(4):
            building = index.rebuild()
            building.add(MANY)
            index.put([entry(f"new{number}", "Stellplatz")])
            # What the process told is read with delay: whatever it holds, it never held less.
            assert int(pipe.readline()) >= len(MANY)
            building.add([entry(f"new{earlier}", "Stellplatz") for earlier in range(number)])
            building.serve()
        counts = [int(pipe.readline())]
        while counts[-1] < len(MANY) + 4:
            counts.append(int(pipe.readline()))
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        counts += [int(line) for line in pipe if line.endswith("\n")]
    assert counts == sorted(counts)
    index.put([entry("last", "Zaun")])
    assert generations(tmp_path) == {index.state().serving}


@ENGINES
def test_what_somebody_still_reads_is_removed_when_he_has_done(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_shelf, "_PATIENCE", 1)
    index = open_engine(name, tmp_path)
    index.put(MANY)
    with file_shelf.reading(tmp_path / "g1"):
        building = index.rebuild()
        building.add(MANY)
        building.serve()
        assert generations(tmp_path) == {"g1", "g2"}
    index.put([entry("a", "Zaun")])
    assert generations(tmp_path) == {"g2"}


@ENGINES
@FORKED
def test_a_forked_child_follows_the_switch_and_writes_to_both(name: str, tmp_path: Path) -> None:
    index = open_engine(name, tmp_path)
    index.put(MANY[:1])
    assert found(index) == {"d0"}
    building = index.rebuild()
    building.add(MANY[:1])

    def work() -> None:
        index.put([entry("child", "Stellplatz")])
        building.serve()
        os._exit(0 if found(index) == {"d0", "child"} else 1)

    child = FORK.Process(target=work)
    child.start()
    child.join(60)
    assert child.exitcode == 0
    assert found(index) == {"d0", "child"}
    assert index.state().serving == "g2"


@ENGINES
def test_an_index_of_another_analysis_answers_with_a_note_and_takes_changes_until_it_is_replaced(
    name: str, tmp_path: Path
) -> None:
    open_engine(name, tmp_path).put(MANY)
    mark(tmp_path / "g1", analysis="0")
    index = open_engine(name, tmp_path)
    assert index.state().needs_rebuild
    assert index.find(Query("Stellplatz"), EVERYBODY).notes == (sentence("note-index-outdated"),)
    index.remove(["d0"])
    index.put([entry("new", "Stellplatz")])
    kept = {one.document_id for one in MANY[1:]} | {"new"}
    assert found(index) == kept
    building = index.rebuild()
    building.add([*MANY[1:], entry("new", "Stellplatz")])
    assert found(index) == kept
    building.serve()
    assert found(index) == kept
    assert index.find(Query("Stellplatz"), EVERYBODY).notes == ()
    assert not index.state().needs_rebuild


@pytest.mark.parametrize(("before", "after"), [("whoosh", "tantivy"), ("tantivy", "whoosh")])
def test_the_index_of_another_engine_answers_until_its_own_is_built(before: str, after: str, tmp_path: Path) -> None:
    open_engine(before, tmp_path).put(MANY)
    index = open_engine(after, tmp_path)
    assert len(found(index)) == len(MANY)
    assert index.state().outdated
    building = index.rebuild()
    building.add(MANY)
    building.serve()
    assert len(found(index)) == len(MANY)
    assert not index.state().outdated


@ENGINES
def test_an_index_from_before_there_were_generations_answers_until_the_first_is_built(
    name: str, tmp_path: Path
) -> None:
    open_engine(name, tmp_path / "new").put(MANY)
    shutil.copytree(tmp_path / "new" / "g1", tmp_path / "old")
    index = open_engine(name, tmp_path / "old")
    assert len(found(index)) == len(MANY)
    index.remove(["d0"])
    assert len(found(index)) == len(MANY) - 1
    assert not index.state().outdated
    building = index.rebuild()
    building.add(MANY[1:])
    building.serve()
    assert len(found(index)) == len(MANY) - 1
    assert generations(tmp_path / "old") == {"g1"}
    assert not (tmp_path / "old" / "fingerprint.json").exists()


@ENGINES
def test_an_outdated_index_that_cannot_be_written_does_not_go_on_showing_what_was_taken_out(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_engine(name, tmp_path).put(MANY)
    mark(tmp_path / "g1", release="0.1")
    index = open_engine(name, tmp_path)
    assert "d0" in found(index)
    engine = index._shelf._current().serving.engine  # type: ignore[attr-defined]

    def refuse(_: object) -> None:
        raise ValueError

    monkeypatch.setattr(engine, "remove", refuse)
    index.remove(["d0"])
    assert found(index) == set()
    assert index.state().partial
    building = index.rebuild()
    building.add(MANY[1:])
    assert len(found(index)) == len(MANY) - 1
    building.serve()
    assert not index.state().needs_rebuild


@ENGINES
# Whoosh leaves a file to the garbage collector when it cannot read it.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_is_being_built_and_cannot_be_written_is_given_up_and_begun_anew(name: str, tmp_path: Path) -> None:
    index = open_engine(name, tmp_path)
    index.put(MANY)
    index.rebuild().add(MANY[:10])
    index.close()
    for path in (tmp_path / "g2" / "documents").iterdir():
        path.write_bytes(b"{" * 40)
    index.remove(["d0"])
    assert len(found(index)) == len(MANY) - 1
    assert (index.state().building, generations(tmp_path)) == ("", {"g1"})
    building = index.rebuild()
    assert dict(building.versions()) == {}
    building.add(MANY[1:])
    building.serve()
    assert len(found(index)) == len(MANY) - 1


@ENGINES
def test_an_index_whose_folder_is_gone_is_named_broken(name: str, tmp_path: Path) -> None:
    index = open_engine(name, tmp_path / "index")
    index.put(MANY)
    shutil.rmtree(tmp_path / "index")
    with pytest.raises(IndexBroken):
        index.find(Query("Stellplatz"), EVERYBODY)
