"""Hash trees over what was stored, as RFC 4998 (Evidence Record Syntax) section 4.2 builds them.

Two hashes become one by hashing both, the smaller one first; a hash that is left alone goes up unchanged. So the proof
of one object is the list of hashes beside its way to the root, and nothing of the other objects is needed for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

ALGORITHM = "sha512"
"""BSI TR-03116 and TR-ESOR name SHA-512 for records that must be proven for decades."""
SIZE = hashlib.new(ALGORITHM).digest_size


@dataclass(frozen=True, slots=True)
class HashTree:
    """A built tree: its levels, leaves first, the root alone in the last."""

    levels: tuple[tuple[bytes, ...], ...]

    @property
    def root(self) -> bytes:
        """The hash that stands for all leaves."""
        return self.levels[-1][0]

    def paths(self) -> Iterator[bytes]:
        """Yield the way to the root of every leaf, in order: the hashes beside it joined, from below."""
        for place in range(len(self.levels[0])):
            yield b"".join(self._beside(place))

    def _beside(self, place: int) -> Iterator[bytes]:
        for level in self.levels[:-1]:
            if (place ^ 1) < len(level):
                yield level[place ^ 1]
            place //= 2


def digest(data: bytes) -> bytes:
    """Return the hash of bytes."""
    return hashlib.new(ALGORITHM, data).digest()


def joined(one: bytes, other: bytes) -> bytes:
    """Return the hash of two hashes (RFC 4998, 4.2: sorted in binary ascending order, joined, hashed)."""
    return digest(min(one, other) + max(one, other))


def tree(leaves: Sequence[bytes]) -> HashTree:
    """Build the tree over hashes.

    Raises:
        ValueError: There are none.
    """
    if not leaves:
        raise ValueError("a tree needs a leaf")
    levels = [tuple(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = [joined(*below[place : place + 2]) for place in range(0, len(below) - 1, 2)]
        levels.append((*pairs, *below[len(pairs) * 2 :]))
    return HashTree(tuple(levels))


def steps(path: bytes) -> list[bytes]:
    """Return the single hashes of a way to the root.

    Raises:
        ValueError: It is not made of whole hashes.
    """
    if len(path) % SIZE:
        raise ValueError("the way to the root was cut")
    return [path[place : place + SIZE] for place in range(0, len(path), SIZE)]


def root_from(leaf: bytes, path: bytes) -> bytes:
    """Return the root that a leaf and its way lead to."""
    found = leaf
    for beside in steps(path):
        found = joined(found, beside)
    return found
