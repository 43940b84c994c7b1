"""Messages of the archive as values: heads, appraisals (0502), receipts (0504, 0505, 0507) and results (0506)."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retention.errors import MessageUnexpectedError
from retention.xdomea.container import open_package
from retention.xdomea.parse import Head, Root, local, read_head, read_root, steps

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from lxml import etree

    from retention.xdomea.container import Package


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


@dataclass(frozen=True, slots=True)
class Difference:
    """Where an answer of the archive does not fit what was asked; a person decides."""

    code: str
    object_id: str | None
    text: str
    """German, one sentence."""


def read_message(path: Path) -> Message:
    """Read the head of any xdomea message, ZIP or XML.

    Raises ``PackageUnreadableError``, ``PackageUnsafeError``, ``MessageUnreadableError``, ``VersionUnknownError`` or
    ``MessageUnexpectedError`` (no head).
    """
    with open_package(path) as package:
        return message_of(package)


def message_of(package: Package) -> Message:
    """The head of an open package's message."""
    root: Root | None = None
    with package.message() as source:
        for event, element in steps(source):
            if root is None:
                root = read_root(element)
            elif event == "end" and local(element) in {"Kopf", "nachrichtenkopf"}:
                return _message(root, read_head(element))
    raise MessageUnexpectedError("Nachrichtenkopf fehlt")


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


def _message(root: Root, head: Head) -> Message:
    name = root.element.rpartition(".")[0]
    return Message(root.version, root.code, name, head.process_id, head.message_id, head.created_at)


def wrong_process(message: Message, process_id: str) -> Difference | None:
    """The difference where an answer belongs to another process."""
    if message.process_id.lower() == process_id.lower():
        return None
    return Difference(
        "wrong-process",
        None,
        f"Die Nachricht {message.code} gehört zum Verfahren {message.process_id}, erwartet war {process_id}.",
    )
