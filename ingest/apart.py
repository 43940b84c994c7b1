"""Reading in a process of its own, so that a bomb, a hang or a crash ends that process and nothing else.

A fork server (``ingest.fork_server``) with everything imported is started once per process and forks one reader
per file. Each call holds a connection of its own: when the caller goes away, by any death, the kernel closes the
connection and the server ends that reader; when the whole service goes away, the server ends itself.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.errors import ReaderCrashed, ReadTimedOut, error_of
from ingest.model import PageOrder, Scan, SheetLook
from ingest.reading_json import look_from_row, reading_from_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.model import Limits, Reading
    from ingest.settings import ReaderSettings

RESULT, FAILURE = "reading.json", "failure.json"
TIMED_OUT = "timed out"
LOOK, CUT, DRAW = "look", "cut", "draw"
"""What a reader does instead of reading."""

_GRACE_SECONDS = 30
"""How long after the wall clock the server's own answer is awaited."""

_LARGEST_ANSWER = 65_536


def read_apart(scan: Scan, settings: ReaderSettings, *, limits: Limits, work: Path) -> Reading:
    """Read *scan* as ``ingest.read`` does, in a separate process bounded by *limits*.

    The process has bounds for CPU time, memory and file size, a wall clock, and no network where the kernel
    allows that to be taken away. May be called from several threads.

    Raises:
        IngestError: The file cannot be read, the time was over (``ReadTimedOut``) or the reader died
            (``ReaderCrashed``).
    """
    _perform({}, scan, settings, limits=limits, work=work)
    try:
        return reading_from_json((work / RESULT).read_bytes(), work)
    except (OSError, ValueError) as error:
        raise ReaderCrashed(f"the reader left no result: {error}") from error


def look_apart(scan: Scan, settings: ReaderSettings, *, limits: Limits, work: Path) -> tuple[SheetLook, ...]:
    """Look at the pages of *scan* as ``ingest.sheets.look`` does, in a process like that of :func:`read_apart`."""
    _perform({"task": LOOK}, scan, settings, limits=limits, work=work)
    return tuple(look_from_row(row, work) for row in _rows(work))


def cut_apart(
    scans: Sequence[Scan],
    pieces: Sequence[Sequence[PageOrder]],
    settings: ReaderSettings,
    *,
    limits: Limits,
    work: Path,
) -> tuple[Path, ...]:
    """Write pieces of *scans* as ``ingest.sheets.cut`` does, in a process like that of :func:`read_apart`."""
    order: dict[str, object] = {
        "task": CUT,
        "scans": [_told(scan) for scan in scans],
        "pieces": [[(page.number, page.turn, page.scan) for page in one] for one in pieces],
    }
    _perform(order, scans[0], settings, limits=limits, work=work)
    return tuple(work / name for name in _rows(work))


def draw_apart(pdf: Path, number: int, settings: ReaderSettings, *, limits: Limits, work: Path) -> Path:
    """Write the image of a page as ``ingest.drawing.draw`` does, in a process like that of :func:`read_apart`."""
    order: dict[str, object] = {"task": DRAW, "number": number}
    _perform(order, Scan(pdf, pdf.name), settings, limits=limits, work=work)
    return work / str(_answer(work))


def _told(scan: Scan) -> dict[str, object]:
    return {
        "path": str(scan.path.resolve()),
        "filename": scan.filename,
        "languages": scan.languages,
        "page_languages": {str(number): codes for number, codes in scan.page_languages.items()},
        "upright": scan.upright,
        "shown": str(scan.shown.resolve()) if scan.shown else None,
    }


def _rows(work: Path) -> list[Any]:
    rows: list[Any] = _answer(work)
    return rows


def _answer(work: Path) -> Any:
    try:
        return json.loads((work / RESULT).read_bytes())
    except (OSError, ValueError) as error:
        raise ReaderCrashed(f"the reader left no result: {error}") from error


def _perform(order: dict[str, object], scan: Scan, settings: ReaderSettings, *, limits: Limits, work: Path) -> None:
    work.mkdir(parents=True, exist_ok=True)
    for name in (RESULT, FAILURE):
        (work / name).unlink(missing_ok=True)
    request: dict[str, object] = {
        **order,
        "scan": _told(scan),
        "settings": {"engine": settings.engine, "classification": str(settings.classification.resolve())},
        "limits": asdict(limits),
        "work": str(work.resolve()),
    }
    outcome = _ask(request, limits.wall_seconds + _GRACE_SECONDS)
    _check(outcome, work)


def _check(outcome: dict[str, object], work: Path) -> None:
    ended = outcome.get("ended")
    if ended in (TIMED_OUT, -signal.SIGXCPU):
        raise ReadTimedOut(f"reading was stopped: {ended}")
    failure = work / FAILURE
    if failure.exists():
        told = json.loads(failure.read_text("utf-8"))
        raise error_of(told["code"], told["detail"])
    if ended != 0:
        raise ReaderCrashed(f"the reader ended with {ended}")


def _ask(request: dict[str, object], seconds: float) -> dict[str, object]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours:
        with theirs:
            _hand_over(theirs)
        try:
            ours.settimeout(seconds)
            ours.sendall(json.dumps(request).encode())
            answer = ours.recv(_LARGEST_ANSWER)
        except TimeoutError:
            return {"ended": TIMED_OUT}
        except OSError as error:
            raise ReaderCrashed(f"the fork server went away: {error}") from error
    if not answer:
        raise ReaderCrashed("the fork server went away")
    outcome: dict[str, object] = json.loads(answer)
    return outcome


@dataclass(slots=True)
class _ForkServer:
    process: subprocess.Popen[bytes]
    control: socket.socket
    owner: int
    """The process that started it; a forked copy of that process needs a server of its own."""


_server: _ForkServer | None = None
_server_lock = threading.Lock()


def _hand_over(connection: socket.socket) -> None:
    """Give *connection* to the fork server, started anew if it is gone."""
    global _server  # noqa: PLW0603 — one server per process, as processes cannot be had for free
    with _server_lock:
        for _ in range(2):
            if _server is not None and (_server.owner != os.getpid() or _server.process.poll() is not None):
                _end(_server)
                _server = None
            if _server is None:
                _server = _started()
            try:
                socket.send_fds(_server.control, [b"+"], [connection.fileno()])
            except OSError:
                _end(_server)
                _server = None
            else:
                return
    raise ReaderCrashed("the fork server cannot be started")


def _started() -> _ForkServer:
    control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "ingest", "--fork-server", str(theirs.fileno())],
            cwd=Path(__file__).resolve().parent.parent,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            # Threads of the numerical library would be lost by forking.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1"},
            start_new_session=True,  # Ctrl-C in a terminal is for the service, which then ends its readers
        )
    return _ForkServer(process, control, os.getpid())


def _end(server: _ForkServer) -> None:
    server.control.close()
    if server.owner == os.getpid():
        try:
            server.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            server.process.kill()
            server.process.wait()


@atexit.register
def stop_fork_server() -> None:
    """End the fork server and all its readers; the next call of ``read_apart`` starts a new one."""
    global _server  # noqa: PLW0603 — see above
    with _server_lock:
        if _server is not None:
            _end(_server)
            _server = None
