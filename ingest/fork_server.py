"""The server that forks one reader per file. It has one thread and reads no file itself.

It is started by ``ingest.apart`` with a control socket. Each message on it carries a connection; the connection
brings one request and takes one outcome. A closed connection ends its reader, a closed control socket ends all.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ingest.apart import TIMED_OUT

if TYPE_CHECKING:
    from collections.abc import Callable

_LARGEST_REQUEST = 65_536


@dataclass(slots=True)
class _Reader:
    """A reader at work: its process, the connection that waits for it and when its time is over."""

    pid: int
    watch: int
    connection: socket.socket
    deadline: float
    ended: str | None = None


class ForkServer:
    """Waits for requests, forks readers, ends them when their time is over or nobody waits any more."""

    def __init__(
        self,
        control: socket.socket,
        run: Callable[[dict[str, Any]], int],
        prepare: Callable[[dict[str, Any]], None],
    ) -> None:
        """Serve *control*.

        Args:
            control: Where connections come from.
            run: Does the reading in the forked process and returns its exit code.
            prepare: Loads, before the first fork that needs it, what the readers then share.
        """
        self._control, self._run, self._prepare = control, run, prepare
        self._events = selectors.DefaultSelector()
        self._events.register(control, selectors.EVENT_READ)
        self._readers: dict[int, _Reader] = {}

    def serve(self) -> None:
        """Serve until the control socket is closed, then end every reader."""
        gc.freeze()  # what is imported stays shared between the readers
        try:
            while True:
                for key, _ in self._events.select(self._seconds_to_deadline()):
                    if key.fileobj is self._control and not self._accept():
                        return
                    self._handle(key)
                self._end_overdue()
        finally:
            for reader in list(self._readers.values()):
                _kill(reader)
                self._reap(reader)

    def _handle(self, key: selectors.SelectorKey) -> None:
        if isinstance(key.data, _Reader):
            if key.data.watch == key.fileobj:
                self._reap(key.data)
            elif key.data.pid in self._readers:
                _kill(key.data)  # nobody waits any more
        elif key.fileobj is not self._control and isinstance(key.fileobj, socket.socket):
            self._start(key.fileobj)

    def _accept(self) -> bool:
        message, descriptors, _, _ = socket.recv_fds(self._control, 1, 1)
        for descriptor in descriptors:
            connection = socket.socket(fileno=descriptor)
            self._events.register(connection, selectors.EVENT_READ)
        return bool(message)

    def _start(self, connection: socket.socket) -> None:
        self._events.unregister(connection)
        try:
            request = json.loads(connection.recv(_LARGEST_REQUEST))
        except (OSError, ValueError):
            connection.close()
            return
        self._prepare(request)
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._become_reader(request, parent)
        # Both sides set the group, so that it exists before either goes on.
        _set_group(pid)
        deadline = time.monotonic() + request["limits"]["wall_seconds"]
        reader = _Reader(pid, os.pidfd_open(pid), connection, deadline)
        self._readers[pid] = reader
        self._events.register(reader.watch, selectors.EVENT_READ, reader)
        self._events.register(connection, selectors.EVENT_READ, reader)

    def _become_reader(self, request: dict[str, Any], parent: int) -> None:
        code = 1
        try:
            _set_group(0)
            self._events.close()
            self._control.close()
            for reader in self._readers.values():
                reader.connection.close()
                os.close(reader.watch)
            code = self._run({**request, "parent": parent})
        finally:
            os._exit(code)  # not the server's way out: its buffers and handlers are not the reader's

    def _seconds_to_deadline(self) -> float | None:
        if not self._readers:
            return None
        return max(0.0, min(reader.deadline for reader in self._readers.values()) - time.monotonic())

    def _end_overdue(self) -> None:
        for reader in self._readers.values():
            if reader.ended is None and reader.deadline <= time.monotonic():
                reader.ended, reader.deadline = TIMED_OUT, time.monotonic() + 3600
                _kill(reader)

    def _reap(self, reader: _Reader) -> None:
        _kill(reader)  # programs the reader started and left behind are in its group
        _, status, usage = os.wait4(reader.pid, 0)
        del self._readers[reader.pid]
        self._events.unregister(reader.watch)
        self._events.unregister(reader.connection)
        os.close(reader.watch)
        ended = reader.ended if reader.ended is not None else os.waitstatus_to_exitcode(status)
        outcome = {"ended": ended, "cpu_seconds": usage.ru_utime + usage.ru_stime}
        try:
            reader.connection.sendall(json.dumps(outcome).encode())
        except OSError:
            pass  # the caller is gone
        finally:
            reader.connection.close()


def _set_group(pid: int) -> None:
    with suppress(PermissionError, ProcessLookupError):  # the other side was first, or the reader is over already
        os.setpgid(pid, 0)


def _kill(reader: _Reader) -> None:
    try:
        os.killpg(reader.pid, signal.SIGKILL)
    except ProcessLookupError:
        os.kill(reader.pid, signal.SIGKILL)
