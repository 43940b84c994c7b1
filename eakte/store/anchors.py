"""The file of anchors: lines are only added, and each is on the disk before anybody relies on it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from eakte.errors import HistoryBroken
from eakte.records import anchors
from eakte.records.anchors import Anchor
from eakte.records.chain import GENESIS


class AnchorBook:
    """The anchors of one installation, in one file outside of the database."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def lines(self) -> Iterator[bytes]:
        """Yield the lines as they stand in the file; without a file there are none."""
        try:
            with self.path.open("rb") as file:
                yield from file
        except FileNotFoundError:
            return

    def each(self) -> Iterator[Anchor]:
        """Yield the anchors, oldest first.

        Raises:
            AnchorsBroken: A line was changed.
        """
        yield from anchors.read(self.lines())

    def last(self) -> Anchor | None:
        """Return the newest anchor."""
        newest = None
        for newest in self.each():  # noqa: B007 - the last one is wanted
            pass
        return newest

    def add(self, at: datetime, head: Callable[[], tuple[int, str]], stamp: Callable[[bytes], str]) -> Anchor:
        """Add the head of the chain; *stamp* returns the token for the anchor's bytes, or nothing.

        Raises:
            HistoryBroken: The chain is shorter than it was.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(self.path, os.O_CREAT | os.O_APPEND | os.O_RDWR, 0o600), "ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # two workers must not both follow the same line
            newest = self.last()
            previous = anchors.hash_of(anchors.line_of(newest)) if newest else GENESIS
            sequence, newest_hash = head()
            if newest and sequence < newest.sequence:
                raise HistoryBroken(sequence=str(sequence + 1))
            bare = Anchor(at.replace(microsecond=0), sequence, newest_hash, previous)
            anchor = Anchor(bare.at, sequence, newest_hash, previous, stamp(anchors.stamped(bare)))
            file.write(f"{anchors.line_of(anchor)}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        return anchor
