"""Who this process is, and whether another process still lives."""

import os
import socket
from pathlib import Path
from uuid import uuid4


def own_host() -> str:
    """Name the machine, its present boot and the process space: where all three agree, process numbers compare.

    The host name alone would not do: containers on one machine may share it and yet count processes each from 1.
    """
    return "/".join((socket.gethostname(), _read("/proc/sys/kernel/random/boot_id")[:8], _process_space()))


def new_executor_id() -> str:
    """Return an id no process ever had: a second holder of the same would run the first one's jobs again."""
    return f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex}"


def is_gone(executor_id: str, host: str) -> bool:
    """Tell whether the process of *executor_id* certainly ended: it is of this host and its number is free or ours."""
    if host != own_host() or host.endswith("/"):
        return False
    number = int(executor_id.rsplit("-", 2)[1])
    if number == os.getpid():
        return True
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _is_zombie(number)


def _is_zombie(number: int) -> bool:
    """Tell whether the process ended and only waits for its parent to notice."""
    state = _read(f"/proc/{number}/stat").rpartition(")")[2].split()
    return bool(state) and state[0] in {"Z", "X"}


def _read(path: str) -> str:
    try:
        return Path(path).read_text("ascii", "replace").strip()
    except OSError:
        return ""


def _process_space() -> str:
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""
