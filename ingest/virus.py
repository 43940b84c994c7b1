"""Asking ClamAV whether a file is infected, over the socket of its daemon (clamd(8), INSTREAM)."""

from __future__ import annotations

import re
import socket
import struct
from typing import TYPE_CHECKING

from ingest.errors import InfectedFile, NotScanned

if TYPE_CHECKING:
    from pathlib import Path

_CHUNK = 262_144
_SECONDS = 300
"""clamd itself gives up a file after two minutes by default."""
_LONGEST_ANSWER = 4_096
_FOUND = re.compile(r"stream: (.+) FOUND")


class ScannerAway(OSError):
    """The daemon does not answer; the same question may be answered later."""


def refuse_infected(path: Path, address: str) -> None:
    """Return if the scanner at *address* finds nothing in the file at *path*.

    *address* is ``host:port`` or the path of a socket (``/run/clamav/clamd.ctl``). Whatever is not a clear
    "nothing found" is an error, so that no file passes because the scanner failed.

    Raises:
        InfectedFile: It is infected; the detail names the signature.
        NotScanned: The scanner refuses to look at it, e.g. because it is larger than its limit.
        ScannerAway: The scanner cannot be reached or breaks off.
    """
    answer = _asked(path, address)
    if answer == "stream: OK":
        return
    if found := _FOUND.fullmatch(answer):
        raise InfectedFile(found[1])
    if not answer:
        raise ScannerAway("the scanner broke off")
    raise NotScanned(answer)


def _asked(path: Path, address: str) -> str:
    try:
        with _connected(address) as connection, path.open("rb") as file:
            try:
                connection.sendall(b"zINSTREAM\0")
                while chunk := file.read(_CHUNK):
                    connection.sendall(struct.pack(">I", len(chunk)) + chunk)
                connection.sendall(struct.pack(">I", 0))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has heard enough: its answer says why
            return _answer(connection)
    except OSError as error:
        raise ScannerAway(f"the virus scanner at {address} does not answer: {error}") from error


def _connected(address: str) -> socket.socket:
    host, colon, port = address.rpartition(":")
    if colon and port.isdigit():
        return socket.create_connection((host.strip("[]"), int(port)), timeout=_SECONDS)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(_SECONDS)
    try:
        connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection


def _answer(connection: socket.socket) -> str:
    received = b""
    while not received.endswith(b"\0") and len(received) < _LONGEST_ANSWER:
        piece = connection.recv(_LONGEST_ANSWER)
        if not piece:
            break
        received += piece
    return received.rstrip(b"\0\n").decode("utf-8", "replace")
