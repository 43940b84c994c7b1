"""One writer at a time: between processes by a lock on a file, between threads by a lock in memory.

No writer survives a fork: a fork waits until this process writes nowhere. Engines hold native
threads and locks while they write, and a child that inherits them would hang or panic.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_writing = threading.Lock()
os.register_at_fork(before=_writing.acquire, after_in_parent=_writing.release, after_in_child=_writing.release)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the only right to write in *folder*; wait while another thread or process holds it."""
    with _writing, (folder / "write.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)
