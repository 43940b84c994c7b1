"""The port to an archive: messages go out and come in by name. Engines stand in ``retention.archives``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that has arrived whole. The copy at *path* is there until the next one is asked for."""

    name: str
    path: Path


class ArchiveGateway(Protocol):
    """One archive's letter box. Every call may be repeated after an interruption."""

    def send(self, path: Path, name: str) -> None:
        """Deliver the file at *path* as *name*; it becomes visible to the archive only when it is complete.

        Sending the same bytes again changes nothing. Raises ``ArchiveAwayError`` where the archive cannot be reached
        or another message of that name is waiting.
        """

    def receive(self) -> Iterator[Incoming]:
        """Messages that have arrived and are not acknowledged, in order of their names; never half a message.

        Raises ``ArchiveAwayError`` where the archive cannot be reached.
        """

    def acknowledge(self, name: str) -> None:
        """Mark a received message as taken over, once it is stored elsewhere; unknown names are ignored."""
