"""Whether a message that arrived can be taken in: it is read, expected and stands the check of its version.

What stands against it is told, never guessed away. Whether a message that only breaks the form is taken in after all, a
person says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from retention.errors import RetentionError
from retention.messages import Message, read_message
from retention.procedure import TITLES
from retention.xdomea.container import matches
from retention.xdomea.findings import Finding
from retention.xdomea.validate import inspect

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

LABELS = {
    "package-unreadable": "Paket nicht lesbar",
    "package-unsafe": "Paket nicht sicher",
    "message-unreadable": "Kein lesbares XML",
    "message-unexpected": "Nachricht nicht erwartet",
    "version-unknown": "Fassung nicht bekannt",
    "version-old": "Fassung zu alt",
    "schemas-missing": "Schemata fehlen",
    "schema-unknown": "Schema fehlt",
    "schema": "Nicht nach dem Schema",
    "process-id": "Kein Verfahren genannt",
    "prefix": "Falsches Präfix",
    "schema-location": "Schema nicht genannt",
    "encoding": "Falsche Kodierung",
    "moment": "Zeitpunkt ungenau",
    "name-process": "Name nennt anderes Verfahren",
    "name-code": "Name nennt andere Nachricht",
    "file-surplus": "Datei überzählig",
    "file-missing": "Datei fehlt",
    "file-damaged": "Datei beschädigt",
    "hash-differs": "Prüfsumme falsch",
}
"""Short German names of what stands against an arrival."""
FORM = frozenset({"prefix", "schema-location", "encoding", "moment", "name-process", "name-code", "file-surplus"})
"""Findings that break the form the standard asks for and leave no doubt about what the message says."""
_HARMLESS = frozenset({"name-unknown", "name-differs", "name-encoding", "name-number"})
"""How a sender calls a file says nothing about the message in it."""
_COMPARED = frozenset({"left-in-review", "uuid-twice"})
"""What the comparison with what was sent names as a difference of one object."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An arrived message as far as it can be read, and what stands against taking it in."""

    message: Message | None
    findings: tuple[Finding, ...]
    """Empty: it is taken in."""
    process_id: str | None
    """UUID of the process, from the message or, where that is not readable, from the name of its file."""

    @property
    def only_form(self) -> bool:
        """Whether a person may have it taken in all the same."""
        return self.message is not None and only_form(finding.code for finding in self.findings)


def only_form(codes: Iterable[str]) -> bool:
    """Whether all findings break the form only."""
    return FORM.issuperset(codes)


def look(path: Path, schema_folder: Path | None, expected: Collection[str]) -> Arrival:
    """Look at an arrived message, one of the codes *expected*; whatever is wrong with it is told, not raised."""
    named = _uuid((matches(path.stem) or {}).get("process", ""))
    try:
        message = read_message(path)
    except RetentionError as error:
        return Arrival(None, (Finding(error.code, str(error)),), named)
    process_id = _uuid(message.process_id)
    if (stopped := _not_ours(message, process_id, expected)) is not None:
        return Arrival(message, (stopped,), process_id or named)
    try:
        found = inspect(path, schema_folder).findings
    except RetentionError as error:
        found = (Finding(error.code, str(error)),)
    against = tuple(each for each in found if each.code not in _HARMLESS | _COMPARED)
    return Arrival(message, against, process_id)


def _not_ours(message: Message, process_id: str | None, expected: Collection[str]) -> Finding | None:
    """What makes looking any further needless."""
    if message.code not in expected:
        text = f"Vom Archiv wird keine Nachricht „{TITLES.get(message.code, message.name)}“ ({message.code}) erwartet."
        return Finding("message-unexpected", text)
    if message.version.startswith("2."):
        text = f"Antworten in xdomea {message.version} werden nicht eingelesen, sondern erst solche ab 3.0.0."
        return Finding("version-old", text)
    if process_id is None:
        return Finding("process-id", f"Die Prozess-ID „{message.process_id[:60]}“ ist keine UUID.")
    return None


def _uuid(text: str) -> str | None:
    try:
        return str(UUID(text))
    except ValueError:
        return None
