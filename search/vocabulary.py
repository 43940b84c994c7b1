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
_TOGETHER = 128
"""Words that are searched for a piece together."""
_PIECE, _ROWS = 3, 4_096
"""Letters of the pieces of which is known where they stand, and the rows that all such pieces share."""
_MOST_COMPARED = 3_000
_AT_ONCE = 64 * _BLOCK
"""Words read at a time: a million of them as objects would take 150 MB, which a process does not give back."""


class Vocabulary:
    """Folded words with the number of documents that hold them.

    Kept as one text with a few numbers for each word, in nameless files of *folder* where one is given: so they are no
    memory of the process, but of the system, which may take it back. Of each word the letters it uses are known as
    numbers, so that few words need comparing; of every 128 words the pieces of three letters, as bits in rows, so that
    few need searching.
    """

    def __init__(self, counted: Iterable[tuple[str, int]], folder: Path | None = None) -> None:
        """Read the words of *counted* in the order they have there, ascending; what is counted twice is added up.

        Raises:
            OSError: *folder* cannot be written.
        """
        text = _Column(folder)
        text.write(b"\n")
        columns, rows = [_Column(folder) for _ in range(5)], _Column(folder)
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
            rows.write(_rows(written))
            place += len(encoded)
        columns[1].write(np.uint32(place).tobytes())
        self._text, self._heads = text.mapped(), heads
        self._lengths = np.frombuffer(columns[0].mapped(), np.uint8)
        self._starts, self._counts, self._used, self._odd = (
            np.frombuffer(column.mapped(), np.uint32) for column in columns[1:]
        )
        self._rows = np.frombuffer(rows.mapped(), np.uint8).reshape(-1, _ROWS, _AT_ONCE // _TOGETHER // 8)

    def __len__(self) -> int:
        return len(self._counts)

    def count(self, word: str) -> int:
        """Return how many documents hold *word*."""
        index = self._index(word)
        return 0 if index is None else self._counts.item(index)

    def containing(self, piece: str) -> Iterator[str]:
        """Yield words that hold *piece*, at most 2,000."""
        return (word for word, _ in self.counted(piece))

    def counted(self, piece: str) -> Iterator[tuple[str, int]]:
        """Yield words that hold *piece* with the documents of each, at most 2,000."""
        return islice(self._counted(piece.encode(), self._blocks(piece)), _MOST_CANDIDATES)

    def blocks(self, piece: str) -> int:
        """Return in how many blocks of words *piece* may stand: the fewer, the sooner it is found."""
        return len(self._blocks(piece))

    def near(self, word: str, distance: int, most: int | None = None) -> list[tuple[int, str]]:
        """Return the words within *distance* edits of *word*, each with its distance, nearest first.

        Only words that at most so many documents hold where *most* is given. Where thousands use nearly the same
        letters, being two steps away tells nothing: then only those one step away.
        """
        if not distance < len(word) <= LONGEST:
            return []
        bits = _bits(f"{word}\n")
        used, odd = np.bitwise_or.reduce(bits), np.bitwise_xor.reduce(bits)
        # A step changes the length by one, the letters used and those used an odd number of times by two at most.
        places = np.flatnonzero(np.bitwise_count(self._used ^ used) <= 2 * distance)
        places = places[np.bitwise_count(self._odd[places] ^ odd) <= 2 * distance]
        places = places[np.abs(self._lengths[places].astype(np.int16) - len(word)) <= distance]
        if most is not None:
            places = places[self._counts[places] <= most]
        if distance > 1 and len(places) > _MOST_COMPARED:
            return self.near(word, distance - 1, most)
        if distance == 1:
            places = places[self._share_an_end(word, places)]
        spans = zip(self._starts[places].tolist(), self._starts[places + 1].tolist(), strict=True)
        others = [other for start, end in spans if (other := self._text[start : end - 1].decode()) != word]
        found = zip(edits(word, others).tolist(), others, strict=True)
        return sorted((steps, other) for steps, other in found if steps <= distance)

    def _share_an_end(self, word: str, places: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Tell which words begin or end like *word*: one step, if it swaps the middle, leaves a half of it as it is."""
        half, text = (len(word) - 1) // 2, np.frombuffer(self._text, np.uint8)
        begin, end = (np.frombuffer(part.encode(), np.uint8) for part in (word[:half], word[len(word) - half :]))
        begins = self._starts[places, np.newaxis].astype(np.int64) + np.arange(len(begin))
        ends = self._starts[places + 1, np.newaxis].astype(np.int64) - 1 + np.arange(-len(end), 0)
        # What reaches beyond the text is cut, for it is no such word.
        found: npt.NDArray[np.bool_] = (text.take(begins, mode="clip") == begin).all(axis=1)
        found |= (text.take(ends, mode="clip") == end).all(axis=1)
        return found

    def _counted(self, piece: bytes, blocks: npt.NDArray[np.int64]) -> Iterator[tuple[str, int]]:
        for first in (blocks * _TOGETHER).tolist():
            last = min(first + _TOGETHER, len(self))
            here = self._text[self._starts.item(first) : self._starts.item(last)]
            position = here.find(piece)
            while position >= 0:
                start, end = here.rfind(b"\n", 0, position) + 1, here.find(b"\n", position)
                yield here[start:end].decode(), self._counts.item(first + here.count(b"\n", 0, start))
                position = here.find(piece, end)

    def _blocks(self, piece: str) -> npt.NDArray[np.int64]:
        """Return the numbers of the blocks in which *piece* may stand."""
        if len(piece) < _PIECE:
            return np.arange(-(-len(self) // _TOGETHER))
        standing = np.bitwise_and.reduce(self._rows[:, _row_numbers(_letters(piece)), :], axis=1)
        return np.flatnonzero(np.unpackbits(standing.reshape(-1)))

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


def _letters(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


def _bits(text: str) -> npt.NDArray[np.uint32]:
    """Return a number with one bit set for each letter; few letters share one."""
    return np.uint32(1) << (_letters(text) & np.uint32(31))


def _row_numbers(letters: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Return the rows of the pieces of three letters that begin at each place but the last two."""
    first, second, third = letters[:-2], letters[1:-1], letters[2:]
    return ((first * np.uint32(961) + second * np.uint32(31) + third) * np.uint32(2_654_435_761)) >> np.uint32(20)


def _rows(written: str) -> bytes:
    """Return for each row, as bits, in which blocks of these words, each with a line break, its pieces stand."""
    letters = _letters(written)
    breaks = letters == ord("\n")
    blocks = (np.cumsum(breaks) - breaks) // _TOGETHER
    # A piece with a line break within stands in a row by chance: no piece that is looked for is missed.
    standing = np.zeros((_ROWS, _AT_ONCE // _TOGETHER), bool)
    if len(letters) >= _PIECE:
        standing[_row_numbers(letters), blocks[:-2]] = True
    return np.packbits(standing, axis=1).tobytes()
