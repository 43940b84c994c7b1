"""Messages as values: what the head of any message says, and how its content is read piece by piece."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retention.differences import Difference
from retention.errors import MessageUnexpectedError
from retention.xdomea import names
from retention.xdomea.container import open_package
from retention.xdomea.parse import Head, Root, local, read_head, read_root, steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from lxml import etree

    from retention.xdomea.container import Package

_HEADS = frozenset({"Kopf", "nachrichtenkopf"})
_OPENING = frozenset({
    names.IMPORT, names.REFERENCE, names.RECEIVED, "WeitererLeser", "UUIDUrsprungsnachricht", "LfdNrNachrichtProTyp",
    "GesamtanzahlNachrichtenProTyp",
})  # fmt: skip
"""What stands between the head of 4.0.0 and the content."""


@dataclass(frozen=True, slots=True)
class Message:
    """What every message says of itself."""

    version: str
    code: str
    name: str
    process_id: str
    message_id: str | None
    """Only from 4.0.0 on."""
    created_at: datetime | None
    answers: str | None = None
    """UUID of the message that it answers; only from 4.0.0 on."""
    number: int = 1
    """Which one of ``total`` messages of its type in the process."""
    total: int = 1
    receipt_wanted: bool = False
    """Whether the sender asks for a receipt."""
    test: bool = False
    """Whether the sender marked it as a test, on which nobody may act."""


def read_message(path: Path) -> Message:
    """Read the head of any xdomea message, ZIP or XML.

    Raises ``PackageUnreadableError``, ``PackageUnsafeError``, ``MessageUnreadableError``, ``VersionUnknownError`` or
    ``MessageUnexpectedError`` (no head).
    """
    with open_package(path) as package:
        return message_of(package)


def message_of(package: Package) -> Message:
    """The head of an open package's message; the content is not read."""
    root: Root | None = None
    head: Head | None = None
    said: dict[str, str] = {}
    depth = 0
    with package.message() as source:
        for event, element in steps(source):
            root = root or read_root(element)
            depth += 1 if event == "start" else -1
            if event == "start":
                if depth == 2 and head is not None and local(element) not in _OPENING:
                    break
            elif depth == 1 and local(element) in _HEADS:
                head = read_head(element)
                said |= {local(each): (each.text or "").strip() for each in element}
            elif depth == 1:
                said[local(element)] = (element.text or "").strip()
    if root is None or head is None:
        raise MessageUnexpectedError("Nachrichtenkopf fehlt")
    return _message(root, head, said)


def children(package: Package, name: str) -> Iterator[etree._Element]:
    """Every *name* directly below the root, each emptied after use."""
    depth = 0
    with package.message() as source:
        for event, element in steps(source):
            if event == "start":
                depth += 1
                continue
            depth -= 1
            if depth == 1:
                if local(element) == name:
                    yield element
                element.clear()


@contextmanager
def expect(path: Path, *codes: str) -> Iterator[tuple[Package, Message]]:
    """Open *path*, one of the messages *codes*, with its head; else raise ``MessageUnexpectedError``.

    Answers are read from 3.0.0 on; older versions have another shape and are refused by name.
    """
    with open_package(path) as package:
        message = message_of(package)
        if message.version.startswith("2."):
            raise MessageUnexpectedError(f"Antworten in Version {message.version} werden nicht eingelesen")
        if message.code not in codes:
            raise MessageUnexpectedError(f"erwartet {' oder '.join(codes)}, erhalten {message.code}")
        yield package, message


def _message(root: Root, head: Head, said: Mapping[str, str]) -> Message:
    return Message(
        version=root.version,
        code=root.code,
        name=root.element.rpartition(".")[0],
        process_id=head.process_id,
        message_id=head.message_id,
        created_at=head.created_at,
        answers=said.get("UUIDUrsprungsnachricht") or None,
        number=_count(said.get("LfdNrNachrichtProTyp", "")),
        total=_count(said.get("GesamtanzahlNachrichtenProTyp", "")),
        receipt_wanted=said.get(names.RECEIVED) in {"1", "true"},
        test=root.test,
    )


def _count(text: str) -> int:
    # Anything but a plausible number is left to the schema to complain about.
    return int(text) if text.isdecimal() and len(text) < 10 else 1


def wrong_process(message: Message, process_id: str) -> Difference | None:
    """The difference where an answer belongs to another process."""
    if message.process_id.lower() == process_id.lower():
        return None
    return Difference(
        "wrong-process",
        None,
        f"Die Nachricht {message.code} gehört zum Verfahren {message.process_id}, erwartet war {process_id}.",
    )
