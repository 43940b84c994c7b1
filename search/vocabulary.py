"""The words of an index, searchable by piece and by likeness, without asking the engine."""

from __future__ import annotations

import mmap
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
import numpy.typing as npt

from search.edits import LONGEST, edits

_MOST_CANDIDATES = 2_000
_BLOCK = 64
"""Words between two of which the place is known."""
_AT_ONCE = 64 * _BLOCK
"""Words read at a time: a million of them as objects would take 150 MB, which a process does not give back."""


class Vocabulary:
    """Folded words with the number of documents that hold them.

    Kept as one text with a few numbers for each word, in nameless files of *folder* where one is given: so they are no
    memory of the process, but of the system, which may take it back. Pieces are found at the speed of ``bytes.find``.
    Of each word the letters it uses are known as numbers, so that few words need comparing.
    """

    def __init__(self, counted: Iterable[tuple[str, int]], folder: Path | None = None) -> None:
        """Read the words of *counted* in the order they have there, ascending; what is counted twice is added up.

        Raises:
            OSError: *folder* cannot be written.
        """
        text = _Column(folder)
        text.write(b"\n")
        columns = [_Column(folder) for _ in range(5)]
        heads: list[str] = []
        rest, place = _summed(counted), 1
        while piece := list(islice(rest, _AT_ONCE)):
            words = [word for word, _ in piece]
            # Copies, for each of the words themselves would keep the memory around it from being freed.
            heads += "\n".join(words[::_BLOCK]).split("\n")
            written = "\n".join([*words, ""])
            encoded = written.encode()
            ends = 1 + np.flatnonzero(np.frombuffer(encoded, np.uint8) == ord("\n"))
            lengths, bits = np.fromiter(map(len, words), np.uint8, len(words)), _bits(written)
            firsts = np.cumsum(lengths + np.int64(1)) - lengths - 1
            numbers = (
                place + np.append(0, ends[:-1]),
                np.fromiter((count for _, count in piece), np.uint32, len(words)),
                np.bitwise_or.reduceat(bits, firsts),
                np.bitwise_xor.reduceat(bits, firsts),
            )
            text.write(encoded)
            columns[0].write(lengths.tobytes())
            for column, each in zip(columns[1:], numbers, strict=True):
                column.write(each.astype(np.uint32).tobytes())
            place += len(encoded)
        columns[1].write(np.uint32(place).tobytes())
        self._text, self._heads = text.mapped(), heads
        self._lengths = np.frombuffer(columns[0].mapped(), np.uint8)
        self._starts, self._counts, self._used, self._odd = (
            np.frombuffer(column.mapped(), np.uint32) for column in columns[1:]
        )

    def __len__(self) -> int:
        return len(self._counts)

    def count(self, word: str) -> int:
        """Return how many documents hold *word*."""
        index = self._index(word)
        return 0 if index is None else self._counts.item(index)

    def containing(self, piece: str) -> Iterator[str]:
        """Yield words that hold *piece*, at most 2,000."""
        position, sought = 0, piece.encode()
        for _ in range(_MOST_CANDIDATES):
            position = self._text.find(sought, position)
            if position < 0:
                return
            start = self._text.rfind(b"\n", 0, position) + 1
            end = self._text.find(b"\n", position)
            yield self._text[start:end].decode()
            position = end

    def near(self, word: str, distance: int) -> list[tuple[int, str]]:
        """Return the words within *distance* edits of *word*, each with its distance, nearest first."""
        if not distance < len(word) <= LONGEST:
            return []
        bits = _bits(f"{word}\n")
        used, odd = np.bitwise_or.reduce(bits), np.bitwise_xor.reduce(bits)
        # A step changes the length by one, the letters used and those used an odd number of times by two at most.
        fit = (self._lengths >= len(word) - distance) & (self._lengths <= len(word) + distance)
        fit &= np.bitwise_count(self._used ^ used) <= 2 * distance
        fit &= np.bitwise_count(self._odd ^ odd) <= 2 * distance
        places = np.flatnonzero(fit)
        spans = zip(self._starts[places].tolist(), self._starts[places + 1].tolist(), strict=True)
        others = [other for start, end in spans if (other := self._text[start : end - 1].decode()) != word]
        found = zip(edits(word, others).tolist(), others, strict=True)
        return sorted((steps, other) for steps, other in found if steps <= distance)

    def _index(self, word: str) -> int | None:
        block = bisect_right(self._heads, word) - 1
        if block < 0:
            return None
        # A block with the line breaks around it.
        start = self._starts.item(block * _BLOCK) - 1
        end = self._starts.item(min((block + 1) * _BLOCK, len(self)))
        here = self._text[start:end]
        found = here.find(f"\n{word}\n".encode())
        return None if found < 0 else block * _BLOCK + here.count(b"\n", 0, found)


class _Column:
    """Bytes that are written once and then only read; in a file without a name where a folder is given."""

    def __init__(self, folder: Path | None) -> None:
        self._file = TemporaryFile(dir=folder) if folder else BytesIO()  # noqa: SIM115 - closed when it is mapped

    def write(self, piece: bytes) -> None:
        self._file.write(piece)

    def mapped(self) -> bytes | mmap.mmap:
        """Return what was written."""
        if isinstance(self._file, BytesIO):
            return self._file.getvalue()
        self._file.flush()
        with self._file as file:
            # Nothing cannot be mapped.
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if file.tell() else b""


def _summed(counted: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    before, total = "", 0
    for word, count in counted:
        if word != before:
            if before:
                yield before, total
            before, total = word, 0
        total += count
    if before:
        yield before, total


def _bits(text: str) -> npt.NDArray[np.uint32]:
    """Return a number with one bit set for each letter; few letters share one."""
    return np.uint32(1) << (np.frombuffer(text.encode("utf-32-le"), np.uint32) & np.uint32(31))
