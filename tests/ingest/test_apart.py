"""The reader's own process: it ends alone, it ends with its parent, and it carries results both ways."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingest import ReaderSettings, apart, errors, read, read_apart
from ingest.model import Limits, Scan
from ingest.reading import Engines
from tests.ingest import pages
from tests.ingest.conftest import RULES

ROOT = Path(__file__).parents[2]
REAL, BLIND = ReaderSettings("tesserocr", RULES), ReaderSettings("null", RULES)


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pages.scanned_pdf(tmp_path_factory.mktemp("letters") / "letter.pdf", [pages.scan(dpi=200)] * 2, dpi=200)


def _apart(path: Path, work: Path, settings: ReaderSettings = BLIND, **limits: int) -> int:
    return len(read_apart(Scan(path, "Brief.pdf"), settings, limits=Limits(**limits), work=work).pages)


def test_apart_and_here_read_the_same(letter: Path, tmp_path: Path, blind_engines: Engines) -> None:
    there = read_apart(Scan(letter, "a"), BLIND, limits=Limits(), work=tmp_path)
    here = read(Scan(letter, "a"), blind_engines, limits=Limits(), work=tmp_path)
    assert there == here


def test_a_crash_ends_the_reader_alone(letter: Path, tmp_path: Path) -> None:
    with pytest.raises(errors.ReaderCrashed):
        _apart(letter, tmp_path, ReaderSettings("broken", RULES))
    assert _apart(letter, tmp_path) == 2


def test_an_unknown_engine_is_named(letter: Path, tmp_path: Path) -> None:
    with pytest.raises(errors.ReaderCrashed, match="ouija"):
        _apart(letter, tmp_path, ReaderSettings("ouija", RULES))


def test_too_little_memory_is_a_reason(letter: Path, tmp_path: Path) -> None:
    with pytest.raises((errors.DecompressionBomb, errors.ReaderCrashed)):
        _apart(letter, tmp_path, memory_bytes=30_000_000)


def test_the_wall_clock_ends_reader_and_recognition(letter: Path, tmp_path: Path) -> None:
    with pytest.raises(errors.ReadTimedOut):
        _apart(letter, tmp_path, REAL, wall_seconds=0)
    assert _programs_in(tmp_path) == []


def _programs_in(work: Path) -> list[int]:
    """The processes that work in the folder *work*."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == work:
                found.append(int(process.name))
        except OSError:
            continue
    return found


def _gone(processes: list[int], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not any(Path(f"/proc/{process}").exists() for process in processes):
            return True
        time.sleep(0.05)
    return False


def test_threads_read_at_the_same_time(letter: Path, tmp_path: Path) -> None:
    with ThreadPoolExecutor(6) as pool:
        counts = list(pool.map(lambda number: _apart(letter, tmp_path / str(number)), range(12)))
    assert counts == [2] * 12


def test_a_lost_fork_server_is_replaced(letter: Path, tmp_path: Path) -> None:
    _apart(letter, tmp_path)
    assert apart._server is not None
    apart._server.process.kill()
    apart._server.process.wait()
    assert _apart(letter, tmp_path) == 2


def test_the_reader_has_no_network() -> None:
    seen = _confined(
        "import socket\ntry:\n socket.create_connection(('127.0.0.1', 9), 1)\nexcept OSError as e: print(e.errno)"
    )
    assert seen in ("101", "111")  # unreachable; or refused, where the kernel lets no one leave the network


def test_the_reader_cannot_write_without_bounds(tmp_path: Path) -> None:
    written = _confined(
        f"file = open({str(tmp_path / 'large')!r}, 'wb')\n"
        "try:\n file.truncate(2 * 10**9)\nexcept OSError as error:\n print(error.errno)"
    )
    assert written == "27"  # file too large


def _confined(code: str) -> str:
    prelude = (
        "import os\nfrom ingest.confine import confine\nfrom ingest.model import Limits\n"
        "confine(Limits(), parent=os.getppid())\n"
    )
    done = subprocess.run([sys.executable, "-c", prelude + code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_killed_parent_leaves_no_reader_behind(letter: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    code = (
        "from pathlib import Path; from ingest import *; from ingest.model import *\n"
        f"read_apart(Scan(Path({str(letter)!r}), 'a'), ReaderSettings('tesserocr', Path({str(RULES)!r})), "
        f"limits=Limits(), work=Path({str(work)!r}))"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    try:
        end = time.monotonic() + 60
        while not (started := _programs_in(work)) and time.monotonic() < end:
            time.sleep(0.02)
        assert started
    finally:
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
    assert _gone([*started, *_programs_in(work)])


def test_what_a_caller_no_longer_waits_for_is_ended(
    letter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "_GRACE_SECONDS", -3599.5)  # the caller gives up after half a second
    with pytest.raises(errors.ReadTimedOut):
        _apart(letter, tmp_path, REAL)
    assert _gone(_programs_in(tmp_path))


def test_a_process_that_reads_loads_nothing_that_learns() -> None:
    """Every start of a worker waits for its readers, and loading what learns takes longer than all the rest."""
    told = "import sys, ingest.__main__; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", told], cwd=ROOT, check=False).returncode == 0
