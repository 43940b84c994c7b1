"""Anchors: the head of the history chain, written down day by day outside of the database.

Whoever can write to the database could build the whole chain anew; an anchor kept elsewhere then no longer fits.
An anchor is one line of canonical JSON and holds the hash of the line before, so that the file is a chain itself.
Its token (RFC 3161) stamps the anchor without the token.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from eakte.errors import AnchorsBroken
from eakte.records.chain import GENESIS, canonical


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of the chain at a moment."""

    at: datetime
    sequence: int
    head: str
    previous: str
    """SHA-256 (hex) of the line before."""
    token: str = ""
    """Time-stamp response in base64, if a service stamped the anchor."""


def line_of(anchor: Anchor) -> str:
    """Return the anchor as its line, without the line end."""
    return canonical(asdict(anchor) | {"at": anchor.at.astimezone(UTC).isoformat(timespec="seconds")})


def hash_of(line: str) -> str:
    """Return the SHA-256 (hex) of a line."""
    return hashlib.sha256(line.encode()).hexdigest()


def stamped(anchor: Anchor) -> bytes:
    """Return what a time-stamp service stamps: the line of the anchor without a token."""
    return line_of(Anchor(anchor.at, anchor.sequence, anchor.head, anchor.previous)).encode()


def read(lines: Iterable[bytes]) -> Iterator[Anchor]:
    """Yield the anchors of a file, each line held against the one before.

    Raises:
        AnchorsBroken: A line was changed, or one before it is missing.
    """
    previous, sequence = GENESIS, 0
    for number, raw in enumerate(lines, start=1):
        anchor = _parse(raw, number)
        if anchor.previous != previous or anchor.sequence < sequence:
            raise AnchorsBroken(line=str(number))
        yield anchor
        previous, sequence = hash_of(line_of(anchor)), anchor.sequence


def _parse(raw: bytes, number: int) -> Anchor:
    try:
        line = raw.decode().removesuffix("\n")
        found = json.loads(line)
        anchor = Anchor(**found | {"at": datetime.fromisoformat(found["at"])})
        rewritten = line_of(anchor)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise AnchorsBroken(line=str(number)) from error
    if f"{rewritten}\n".encode() != raw:
        raise AnchorsBroken(line=str(number))
    return anchor
