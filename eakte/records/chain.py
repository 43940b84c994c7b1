"""The hash chain of the history: each entry's hash covers its content and the hash before it.

Old and new values of a change are not content: an entry holds salted hashes of them, and the values lie beside it
with their salt. So values can go with the record they tell about, and the chain still proves itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from uuid import UUID

GENESIS = "0" * 64
"""The hash before the first entry."""


@dataclass(frozen=True, slots=True)
class Link:
    """One stored entry as the chain sees it."""

    sequence: int
    content: Mapping[str, object]
    previous_hash: str
    entry_hash: str

    def follows(self, sequence: int, previous: str) -> bool:
        """Whether the entry is number *sequence* and follows from the hash *previous*."""
        return (
            self.sequence == sequence
            and self.previous_hash == previous
            and self.entry_hash == entry_hash(previous, self.content)
        )


def canonical(content: object) -> str:
    """Return the one JSON text of *content* that is hashed: sorted keys, no spaces, no escapes."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def entry_hash(previous_hash: str, content: Mapping[str, object]) -> str:
    """Return the SHA-256 (hex) over the previous hash and the canonical JSON of the content."""
    return hashlib.sha256(f"{previous_hash}\n{canonical(content)}".encode()).hexdigest()


def value_hash(salt: str, field: str, side: str, value: object) -> str:
    """Return the salted SHA-256 (hex) of one value; *side* is ``old`` or ``new``.

    Without the salt (128 random bits) nobody can find the value by trying.
    """
    return hashlib.sha256(f"{salt}\n{field}\n{side}\n{canonical(value)}".encode()).hexdigest()


def value_hashes(salt: str, field: str, old: object, new: object) -> list[str]:
    """Return the hashes of a field's old and new value, as the entry keeps them."""
    return [value_hash(salt, field, "old", old), value_hash(salt, field, "new", new)]


def plain(value: object) -> object:
    """Return a value as JSON keeps it: days and moments in ISO 8601, ids and states as text."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(each) for each in value), key=str)
    return _plain_scalar(value)


def _plain_scalar(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def differing(changes: Mapping[str, tuple[object, object]]) -> dict[str, tuple[object, object]]:
    """Return the fields whose value really changed, as JSON keeps them."""
    told = {field: (plain(old), plain(new)) for field, (old, new) in changes.items()}
    return {field: (old, new) for field, (old, new) in told.items() if old != new}


def first_broken(links: Iterable[Link]) -> int | None:
    """Return the sequence number of the first entry that does not follow from the one before.

    Sequence numbers count from 1 without gaps, so a removed entry is found too.
    """
    previous, expected = GENESIS, 1
    for link in links:
        if not link.follows(expected, previous):
            return expected
        previous, expected = link.entry_hash, expected + 1
    return None
