"""The history outside of the database: lines that prove themselves, a last line that is signed (docs/protokoll.md).

One line is one entry with everything its hash covers; the last one says how many there were, sums up all bytes
before it and is signed (Ed25519, RFC 8032). Lines are canonical JSON (see :mod:`eakte.records.chain`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from eakte.records.chain import Link, canonical, value_hashes

FORMAT = "eakte-protokoll/1"


@dataclass(frozen=True, slots=True)
class ExportedValue:
    """Old and new value of one field with the salt of their hashes."""

    field: str
    salt: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Checked:
    """What verifying an export found."""

    entries: int
    problem: str = ""
    """In German; empty if all is as it was exported."""
    line: int = 0
    """Number of the first line that is wrong."""


def lines(
    exported: Iterable[tuple[Link, Iterable[ExportedValue]]],
    about: Mapping[str, object],
    sign: Callable[[bytes], str],
) -> Iterator[str]:
    """Yield the lines of an export, without their ends; *about* says what was chosen and when."""
    digest, count, head, first = hashlib.sha256(), 0, "", 0
    for link, values in exported:
        line = canonical(_entry(link, values))
        digest.update(f"{line}\n".encode())
        count, head, first = count + 1, link.entry_hash, first or link.sequence
        yield line
    end = {**about, "format": FORMAT, "count": count, "first": first, "head": head, "sha256": digest.hexdigest()}
    yield canonical({**end, "signature": sign(canonical(end).encode())})


def _entry(link: Link, values: Iterable[ExportedValue]) -> dict[str, object]:
    line: dict[str, object] = {
        "entry": dict(link.content),
        "previous_hash": link.previous_hash,
        "entry_hash": link.entry_hash,
    }
    if kept := {value.field: {"salt": value.salt, "old": value.old, "new": value.new} for value in values}:
        line["values"] = kept
    return line


def check(raw: Iterable[bytes], signed: Callable[[bytes, str], bool]) -> Checked:
    """Verify an export without the database: every entry, their order, all bytes, the signature."""
    walk = _Check(signed)
    for number, line in enumerate(raw, start=1):
        try:
            problem = walk.take(line)
        except (ValueError, TypeError, KeyError, AttributeError):
            problem = "Die Zeile ist nicht zu lesen."
        if problem:
            return Checked(walk.count, problem, number)
    return Checked(walk.count, "" if walk.ended else "Die letzte Zeile mit der Unterschrift fehlt.", walk.count + 1)


class _Check:
    def __init__(self, signed: Callable[[bytes, str], bool]) -> None:
        self._signed, self._digest = signed, hashlib.sha256()
        self.count, self.ended = 0, False
        self._sequence, self._first, self._head = 0, 0, ""

    def take(self, raw: bytes) -> str:
        """Return what is wrong with the next line, or nothing."""
        line = json.loads(raw)
        if f"{canonical(line)}\n".encode() != raw:
            return "Die Zeile ist nicht so geschrieben, wie wir schreiben."
        if self.ended:
            return "Nach der Unterschrift steht noch etwas."
        if "entry" not in line:
            return self._end(line)
        self._digest.update(raw)
        self.count += 1
        return self._entry(line)

    def _entry(self, line: Mapping[str, Any]) -> str:
        content, previous = line["entry"], line["previous_hash"]
        link = Link(content["sequence"], content, previous, line["entry_hash"])
        next_one = link.sequence == self._sequence + 1 and self._sequence
        if not link.follows(link.sequence, previous) or (next_one and previous != self._head):
            return f"Eintrag {link.sequence} ist verändert."
        if link.sequence <= self._sequence:
            return f"Eintrag {link.sequence} steht an falscher Stelle."
        for name, value in line.get("values", {}).items():
            if content.get("changes", {}).get(name) != value_hashes(value["salt"], name, value["old"], value["new"]):
                return f"Alter oder neuer Wert von „{name}“ in Eintrag {link.sequence} ist verändert."
        self._sequence, self._head, self._first = link.sequence, link.entry_hash, self._first or link.sequence
        return ""

    def _end(self, line: dict[str, Any]) -> str:
        self.ended = True
        signature = line.pop("signature")
        if not self._signed(canonical(line).encode(), signature):
            return "Die Unterschrift passt nicht zu diesem Schlüssel und diesem Inhalt."
        found = (FORMAT, self.count, self._first, self._head, self._digest.hexdigest())
        told = tuple(line[name] for name in ("format", "count", "first", "head", "sha256"))
        return "" if found == told else "Zwischen den Zeilen und der Unterschrift fehlt etwas oder kam etwas hinzu."
