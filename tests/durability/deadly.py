"""Functions of a worker that end its process: what the targets of the kill tests share."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session


def die() -> None:
    """End the process at once."""
    os.kill(os.getpid(), signal.SIGKILL)


def kill_when(owner: Any, name: str, moment: str, meant: Callable[[str], bool]) -> None:
    """End the process *before* or *after* a call of the owner's function, or behind the commit that follows it.

    *meant* is given the arguments as text and tells whether it is this call.
    """
    original: Callable[..., Any] = getattr(owner, name)

    def replaced(*arguments: Any, **more: Any) -> Any:
        wanted = meant(" ".join(map(str, (*arguments, *more.values()))))
        if wanted and moment == "before":
            die()
        result = original(*arguments, **more)
        if wanted and moment == "after":
            die()
        if wanted:
            event.listen(Session, "after_commit", lambda _: die())
        return result

    setattr(owner, name, replaced)


def kill_at_call(owner: Any, name: str, moment: str, call: int) -> None:
    """End the process *before* or *after* so many calls of the owner's function, in its open transaction."""
    calls = [0]

    def is_it(_: str) -> bool:
        calls[0] += 1
        return calls[0] >= call

    kill_when(owner, name, moment, is_it)
