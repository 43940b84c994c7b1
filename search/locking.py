"""One writer of an index at a time, between processes and threads, by locks on files.

No writer survives a fork: a fork waits until this process writes nowhere. Engines hold native
threads and locks while they write, and a child that inherits them would hang or panic.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path


class _Gate:
    """Counts who writes in this process, and keeps forks and writers apart."""

    def __init__(self) -> None:
        self._free = threading.Condition(threading.Lock())
        self._writers = self._forks = 0
        self._mine = threading.local()

    def __enter__(self) -> None:
        depth = getattr(self._mine, "depth", 0)
        with self._free:
            # Who writes already may go on inside, or the fork would wait for it without end.
            while self._forks and not depth:
                self._free.wait()
            self._writers += 1
        self._mine.depth = depth + 1

    def __exit__(self, *_: object) -> None:
        self._mine.depth -= 1
        with self._free:
            self._writers -= 1
            self._free.notify_all()

    def close(self) -> None:
        """Wait until nobody writes, and let nobody begin."""
        self._free.acquire()
        self._forks += 1
        while self._writers:
            self._free.wait()

    def open(self) -> None:
        """Let them go on."""
        self._forks -= 1
        self._free.notify_all()
        self._free.release()

    def renew(self) -> None:
        """Begin anew in a child, where none of the parent's other threads is."""
        self.__init__()  # type: ignore[misc] # the very same object is known to the fork


_gate = _Gate()
os.register_at_fork(before=_gate.close, after_in_parent=_gate.open, after_in_child=_gate.renew)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the only right to write in *folder*; wait while another thread or process holds it."""
    with _gate, _locked(folder / "write.lock", fcntl.LOCK_EX):
        yield


@contextmanager
def standing(folder: Path) -> Iterator[None]:
    """Keep which generations of the index in *folder* there are as it is; many may do so at a time."""
    with _gate, _in_turn(folder, fcntl.LOCK_SH):
        yield


@contextmanager
def changing(folder: Path) -> Iterator[None]:
    """Hold the only right to change which generations there are; wait until nobody needs them as they are."""
    with _gate, _in_turn(folder, fcntl.LOCK_EX):
        yield


@contextmanager
def reading(folder: Path) -> Iterator[bool]:
    """Keep *folder* from being removed; yields whether it is there."""
    with _folder_locked(folder, fcntl.LOCK_SH) as there:
        yield there


@contextmanager
def removing(folder: Path) -> Iterator[bool]:
    """Yield whether nobody reads in *folder*."""
    with _folder_locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB) as alone:
        yield alone


@contextmanager
def _in_turn(folder: Path, how: int) -> Iterator[None]:
    # Without turns, one writer after another would keep who changes waiting for ever.
    with ExitStack() as held:
        with _locked(folder / "turn.lock", fcntl.LOCK_EX):
            held.enter_context(_locked(folder / "generations.lock", how))
        yield


@contextmanager
def _locked(path: Path, how: int) -> Iterator[None]:
    with path.open("a") as lock:
        fcntl.flock(lock, how)
        try:
            yield
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)


@contextmanager
def _folder_locked(folder: Path, how: int) -> Iterator[bool]:
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        yield False
        return
    try:
        try:
            fcntl.flock(handle, how)
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            # A child forked meanwhile holds the same lock: closing alone would leave it to the child.
            fcntl.flock(handle, fcntl.LOCK_UN)
    finally:
        os.close(handle)
