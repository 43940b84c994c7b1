"""A real clamd of our own for the tests, which knows one signature: that of the EICAR test file."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The harmless file every scanner takes for a virus (eicar.org)."""
LARGEST = 1_000_000
"""Bytes of one file this clamd accepts."""


def program() -> str | None:
    """Return where clamd lies, ``None`` if it is not set up."""
    return shutil.which("clamd", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


@contextmanager
def running(folder: Path) -> Iterator[tuple[str, str]]:
    """Run clamd with its files in *folder*; yield its socket's path and its ``host:port``."""
    database = folder / "signatures"
    database.mkdir(parents=True)
    (database / "eicar.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n", "ascii")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    path = folder / "s"
    user = "" if os.geteuid() else "User root\n"
    (folder / "clamd.conf").write_text(
        f"DatabaseDirectory {database}\nLocalSocket {path}\nTCPSocket {port}\nTCPAddr 127.0.0.1\nForeground yes\n"
        f"StreamMaxLength {LARGEST}\nTemporaryDirectory {folder}\nConcurrentDatabaseReload no\n{user}",
        "utf-8",
    )
    command = [program() or "clamd", "--config-file", str(folder / "clamd.conf")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(path, process)
        yield str(path), f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _await(path: Path, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            try:
                connection.connect(str(path))
            except OSError:
                assert process.poll() is None, "clamd ended"
                time.sleep(0.1)
            else:
                return
    raise AssertionError("clamd does not start")
