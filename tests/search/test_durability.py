"""An index survives killed writers, writers side by side, forks, and other releases of the program."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
from itertools import count
from pathlib import Path

import pytest

from search import Entry, IndexBroken, IndexOutdated, Query, UnknownEngine
from search.engines import begin_anew, open_engine
from search.locking import writing
from search.texts import sentence
from tests.search.corpus import EVERYBODY, entry

ENGINES = pytest.mark.parametrize("name", ["tantivy", "whoosh"])


def start_writer(engine: str, folder: Path, name: str, most: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.search.writer", engine, str(folder), name, most]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)


@pytest.mark.parametrize(("name", "kills"), [("tantivy", 15), ("whoosh", 15)])
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_what_a_killed_writer_left_open_is_closed_by_comparing_versions(name: str, kills: int, tmp_path: Path) -> None:
    chance = random.Random(7)
    meant: dict[str, int] = {}
    for attempt in range(kills):
        begun, done = killed_writer(name, tmp_path, attempt * 10_000 + 1, chance.uniform(0, 0.12))
        meant |= begun
        engine = open_engine(name, tmp_path)
        held = list(engine.versions())
        assert len(held) == len(dict(held))
        assert all(dict(held)[document_id] >= version for document_id, version in done.items())
        behind = [told(one, version) for one, version in meant.items() if dict(held).get(one) != version]
        engine.put(behind)
        assert dict(engine.versions()) == meant
        results = engine.find(Query("stellplätze", limit=100), EVERYBODY)
        assert {hit.document_id: [page.number for page in hit.pages] for hit in results.hits} == {
            document_id: [1, 2] for document_id in meant
        }
        engine.close()


def test_marks_of_removed_documents_that_were_never_committed_stop_no_later_writer(tmp_path: Path) -> None:
    engine = open_engine("tantivy", tmp_path)
    engine.put([told("a", 1), told("b", 1)])
    for name in ("documents", "pages"):
        meta = json.loads((tmp_path / "g1" / name / "meta.json").read_bytes())
        for segment in meta["segments"]:
            for stamp in range(meta["opstamp"] + 1, meta["opstamp"] + 20):
                (tmp_path / "g1" / name / f"{segment['segment_id'].replace('-', '')}.{stamp}.del").write_bytes(b"half")
    engine.put([told("a", 2)])
    assert dict(engine.versions()) == {"a": 2, "b": 1}
    engine.close()


def told(document_id: str, version: int) -> Entry:
    return entry(document_id, f"Stellplatz Stellplatz {version}", f"Zum Stellplatz {version}", version=version)


def killed_writer(name: str, folder: Path, version: int, seconds: float) -> tuple[dict[str, int], dict[str, int]]:
    """Kill a process some seconds after its first put; return what it began to put and what it had put, by version."""
    reading, writing_end = os.pipe()
    child = multiprocessing.get_context("fork").Process(target=put_for_ever, args=(name, folder, version, writing_end))
    child.start()
    os.close(writing_end)
    with os.fdopen(reading) as pipe:
        lines = [pipe.readline(), pipe.readline()]
        threading.Event().wait(seconds)
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        lines += list(pipe)
    rows = [line.split() for line in lines if line.endswith("\n")]
    begun, done = ({one: int(number) for kind, one, number in rows if kind == wanted} for wanted in ("begun", "done"))
    return begun, done


def put_for_ever(name: str, folder: Path, version: int, pipe: int) -> None:
    engine = open_engine(name, folder)
    chance = random.Random(version)
    for number in count(version):
        document_id = f"d{chance.randrange(12)}"
        os.write(pipe, f"begun {document_id} {number}\n".encode())
        engine.put([told(document_id, number)])
        os.write(pipe, f"done {document_id} {number}\n".encode())


@ENGINES
def test_writers_of_several_processes_take_turns(name: str, tmp_path: Path) -> None:
    writers = [start_writer(name, tmp_path, f"w{number}", "4") for number in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    for writer in writers:
        assert writer.stdout is not None
        writer.stdout.close()
    engine = open_engine(name, tmp_path)
    assert {document_id for document_id, _ in engine.versions()} == {f"w{w}-{n}" for w in range(3) for n in range(4)}
    engine.close()


@ENGINES
def test_reading_beside_a_writer_never_fails(name: str, tmp_path: Path) -> None:
    engine = open_engine(name, tmp_path)
    engine.put([entry("first", "Stellplatz")])
    writer = start_writer(name, tmp_path, "w", "8")
    while writer.poll() is None:
        assert engine.find(Query("Stellplatz"), EVERYBODY).total >= 1
        assert engine.suggest("stell", EVERYBODY) == ("Stellplatz",)
    assert writer.stdout is not None
    writer.stdout.close()
    assert engine.find(Query("Stellplatz"), EVERYBODY).total == 9
    engine.close()


@ENGINES
def test_engines_that_take_turns_leave_no_files_behind(name: str, tmp_path: Path) -> None:
    first, second = open_engine(name, tmp_path), open_engine(name, tmp_path)
    for turn in range(12):
        for engine in (first, second):
            engine.put([entry("a", "Garten", version=turn)])
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) < 120
    assert list(first.versions()) == [("a", 11)]
    first.close()
    second.close()


@ENGINES
def test_threads_write_and_read_at_once(name: str, tmp_path: Path) -> None:
    engine = open_engine(name, tmp_path)
    faults: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(3):
                engine.put([entry(f"{number}-{turn}", "Garten")])
                assert engine.find(Query("Gärten"), EVERYBODY).total >= turn + 1
        except BaseException as fault:  # noqa: BLE001 - told to the test below
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert engine.find(Query("Garten"), EVERYBODY).total == 12
    engine.close()


@ENGINES
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_reads_and_writes_on_its_own(name: str, tmp_path: Path) -> None:
    engine = open_engine(name, tmp_path)
    engine.put([entry("parent", "Garten")])
    assert engine.find(Query("Garten"), EVERYBODY).total == 1

    def work() -> None:
        engine.put([entry("child", "Garten")])
        os._exit(0 if engine.find(Query("Garten"), EVERYBODY).total == 2 else 1)

    child = multiprocessing.get_context("fork").Process(target=work)
    child.start()
    child.join(60)
    assert child.exitcode == 0
    engine.put([entry("parent again", "Garten")])
    assert engine.find(Query("Garten"), EVERYBODY).total == 3
    engine.close()


def test_a_fork_waits_until_nothing_is_being_written(tmp_path: Path) -> None:
    order: list[str] = []
    holds, may_end = threading.Event(), threading.Event()

    def write() -> None:
        with writing(tmp_path):
            holds.set()
            may_end.wait(60)
            order.append("written")

    def fork() -> None:
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        order.append("forked")
        os.waitpid(pid, 0)

    threads = [threading.Thread(target=write), threading.Thread(target=fork)]
    threads[0].start()
    holds.wait(60)
    threads[1].start()
    threads[1].join(0.2)
    may_end.set()
    for thread in threads:
        thread.join()
    assert order == ["written", "forked"]


@ENGINES
def test_an_index_of_an_unknown_engine_is_outdated_until_begun_anew(name: str, tmp_path: Path) -> None:
    engine = open_engine(name, tmp_path)
    engine.put([entry("a", "Garten")])
    engine.close()
    (tmp_path / "g1" / "fingerprint.json").write_text("{}")
    with pytest.raises(IndexOutdated, match="neu aufgebaut"):
        open_engine(name, tmp_path)
    begin_anew(name, tmp_path)
    engine = open_engine(name, tmp_path)
    assert list(engine.versions()) == []
    engine.put([entry("a", "Garten")])
    results = engine.find(Query("Garten"), EVERYBODY)
    assert results.total == 1
    assert results.notes[-1] == sentence("note-index-partial")
    engine.close()


@ENGINES
# Whoosh leaves a file to the garbage collector when it cannot read it.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_damaged_index_is_named_broken(name: str, tmp_path: Path) -> None:
    engine = open_engine(name, tmp_path)
    engine.put([entry("a", "Garten")])
    engine.close()
    for path in (tmp_path / "g1" / "documents").iterdir():
        path.write_bytes(b"{" * 40)
    with pytest.raises(IndexBroken, match="neu auf"):
        open_engine(name, tmp_path).put([entry("b", "Garten")])
    begin_anew(name, tmp_path)
    open_engine(name, tmp_path).put([entry("b", "Garten")])


def test_whoosh_leaves_no_byte_of_what_was_removed(tmp_path: Path) -> None:
    engine = open_engine("whoosh", tmp_path)
    engine.put([entry("a", "Zwiebelkuchenrezept"), entry("b", "Garten")])
    engine.put([entry("c", "Zaun")])
    engine.remove(["a"])
    assert not any(b"zwiebel" in path.read_bytes().lower() for path in tmp_path.rglob("*") if path.is_file())
    assert len(list(engine.versions())) == 2


def test_an_unknown_engine_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UnknownEngine, match=r"solr.*tantivy"):
        open_engine("solr", tmp_path)


def test_the_null_engine_says_that_the_search_is_off(tmp_path: Path) -> None:
    engine = open_engine("null", tmp_path)
    engine.put([entry("a", "Garten")])
    results = engine.find(Query("Garten"), EVERYBODY)
    assert (results.total, results.notes) == (0, ("Die Suche ist ausgeschaltet.",))
    assert list(engine.versions()) == []
    assert not any(tmp_path.iterdir())
