"""What a reader process may not do: outlive its parent, use more than its limits, reach a network."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.model import Limits

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_SMALLEST_FILE_LIMIT = 1_000_000_000
"""Bytes a reader may always write into one file; the uncompressed image of a page needs some of it."""


def confine(limits: Limits, *, parent: int) -> None:
    """Confine this process to *limits* and to the life of the process *parent*."""
    _leave_network()
    _die_with(parent)
    # Two seconds between the signal that names the reason and the one that cannot be ignored.
    _bound(resource.RLIMIT_CPU, limits.cpu_seconds, beyond=2)
    _bound(resource.RLIMIT_AS, limits.memory_bytes)
    _bound(resource.RLIMIT_FSIZE, max(_SMALLEST_FILE_LIMIT, 4 * limits.max_bytes))
    _bound(resource.RLIMIT_CORE, 0)
    os.nice(5)  # people waiting at the screen come first


def _die_with(parent: int) -> None:
    _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)


def _bound(what: int, most: int, *, beyond: int = 0) -> None:
    _, hard = resource.getrlimit(what)
    last = most + beyond if hard == resource.RLIM_INFINITY else min(most + beyond, hard)
    resource.setrlimit(what, (min(most, last), last))


def _leave_network() -> None:
    """Move into a network of one's own with nothing in it; where the kernel refuses, the reader goes on without."""
    user, group = os.geteuid(), os.getegid()
    if _libc().unshare(_CLONE_NEWNET) == 0 or not _may_map_users(user, group):
        return
    if _libc().unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        _map_user(user, group)


def _may_map_users(user: int, group: int) -> bool:
    """Try it in a process that can be spared: half done, it would leave a process that can write no file."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            if _libc().unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
                _map_user(user, group)
                code = 0
        except OSError:
            pass
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    return status == 0


def _map_user(user: int, group: int) -> None:
    own = Path("/proc/self")
    (own / "setgroups").write_text("deny", "ascii")
    (own / "uid_map").write_text(f"{user} {user} 1", "ascii")
    (own / "gid_map").write_text(f"{group} {group} 1", "ascii")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
