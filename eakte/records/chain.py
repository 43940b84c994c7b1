"""The hash chain of the history: each entry's hash covers its content and the hash before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

GENESIS = "0" * 64
"""The hash before the first entry."""


@dataclass(frozen=True, slots=True)
class Link:
    """One stored entry as the chain sees it."""

    sequence: int
    content: Mapping[str, object]
    previous_hash: str
    entry_hash: str


def entry_hash(previous_hash: str, content: Mapping[str, object]) -> str:
    """Return the SHA-256 (hex) over the previous hash and the canonical JSON of the content."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous_hash}\n{canonical}".encode()).hexdigest()


def first_broken(links: Iterable[Link]) -> int | None:
    """Return the sequence number of the first entry that does not follow from the one before.

    Sequence numbers count from 1 without gaps, so a removed entry is found too.
    """
    previous, expected = GENESIS, 1
    for link in links:
        unbroken = (
            link.sequence == expected
            and link.previous_hash == previous
            and link.entry_hash == entry_hash(previous, link.content)
        )
        if not unbroken:
            return expected
        previous, expected = link.entry_hash, expected + 1
    return None
