"""Parse messages: no document type, no entities, no network, flat memory."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import IO, TYPE_CHECKING, TypeAlias

from lxml import etree

from retention.errors import MessageUnreadableError, VersionUnknownError
from retention.xdomea import names

if TYPE_CHECKING:
    from collections.abc import Iterator

LIVE_LIMIT = 500_000
"""Elements held at once, about 150 MB; a case file has some ten per object, and objects are let go one by one."""

_ENCODING = re.compile(rb"""<\?xml[^>]{0,80}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
Step: TypeAlias = "tuple[str, etree._Element]"  # noqa: SLF001 - lxml gives its element type no public name


@dataclass(frozen=True, slots=True)
class Root:
    """What the root element alone says."""

    version: str
    code: str
    element: str
    prefix: str | None
    schema_location: str
    test: bool
    """Whether the sender forbids to act on it."""


@dataclass(frozen=True, slots=True)
class Head:
    """The message head; ``message_id`` exists from 4.0.0, ``created_at`` is ``None`` where unreadable."""

    process_id: str
    code: str
    message_id: str | None
    created_at: datetime | None
    moment: str = ""
    """The point in time as the message writes it."""


def local(element: etree._Element) -> str:
    """Name of *element* without namespace; a prefix that stands for none stays part of the name."""
    return str(element.tag).rpartition("}")[2]


def steps(source: IO[bytes], schema: etree.XMLSchema | None = None, faults: list[str] | None = None) -> Iterator[Step]:
    """Yield ("start"|"end", element) over *source*; raise ``MessageUnreadableError`` for anything but plain XML.

    With *schema*, what does not follow it is added to *faults* at the end of the run.
    """
    events = etree.iterparse(
        source,
        events=("start", "end"),
        schema=schema,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        resolve_entities=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    held = _Held()
    try:
        for event, element in events:
            if event == "start":
                held.start(element)
            yield event, element
            if event == "end":
                held.end(element)
    except etree.XMLSyntaxError as error:
        against_schema = [entry for entry in events.error_log if entry.domain_name == "SCHEMASV"]
        if faults is None or not any(entry.message == error.msg for entry in against_schema):
            raise MessageUnreadableError(error.msg or "") from error
        # The log holds each message twice, once per handler.
        faults.extend(dict.fromkeys(entry.message for entry in against_schema))
    else:
        # With a schema, lxml ends without an error where a message breaks off.
        if not held.complete:
            raise MessageUnreadableError("die Nachricht bricht ab")


class _Held:
    """Counts the elements that are in memory: a hostile message must not fill it before anybody looks."""

    def __init__(self) -> None:
        self._before: list[int] = []
        self._count = 0

    @property
    def complete(self) -> bool:
        """Whether every element has ended."""
        return not self._before

    def start(self, element: etree._Element) -> None:
        """Count an element; raise ``MessageUnreadableError`` for too many, and for a document type before the first."""
        if not self._count:
            _refuse_document_type(element)
        self._before.append(self._count)
        self._count += 1
        if self._count > LIVE_LIMIT:
            raise MessageUnreadableError(f"mehr als {LIVE_LIMIT} Elemente auf einmal")

    def end(self, element: etree._Element) -> None:
        """Forget what was in an element that its reader has emptied."""
        before = self._before.pop()
        if not len(element):
            self._count = before + 1


def _refuse_document_type(root: etree._Element) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise MessageUnreadableError("DOCTYPE ist nicht erlaubt")


def encoding_of(beginning: bytes) -> str:
    """The encoding that the first bytes of a message declare, in capitals; UTF-8 where they are silent."""
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    found = _ENCODING.match(beginning.removeprefix(b"\xef\xbb\xbf"))
    return found.group(1).decode("ascii").upper() if found else "UTF-8"


def read_root(root: etree._Element) -> Root:
    """Read version, type and attributes; raise ``VersionUnknownError`` for anything but xdomea."""
    element = local(root)
    version = names.version_of(str(root.tag).removesuffix(element).strip("{}"))
    code = element.rpartition(".")[2]
    if version is None or not code.isdecimal():
        raise VersionUnknownError(f"{root.tag}"[:120])
    location = root.get(f"{{{names.XSI}}}schemaLocation", "")
    return Root(version, code, element, root.prefix, location, test="test" in root.attrib)


def read_head(head: etree._Element) -> Head:
    """Read ``Kopf`` (2.x, 3.x) or ``nachrichtenkopf`` (4.0.0)."""
    created = _first(head, "Erstellungszeitpunkt", "erstellungszeitpunkt")
    try:
        created_at = datetime.fromisoformat(created) if created else None
    except ValueError:
        created_at = None
    code = ""
    for element in head.iter():
        if local(element) in {"Nachrichtentyp", "nachrichtentyp"}:
            code = _first(element, "code")
    return Head(_first(head, "ProzessID"), code, _first(head, "nachrichtenUUID") or None, created_at, created)


def _first(element: etree._Element, *wanted: str) -> str:
    for each in element.iter():
        if local(each) in wanted:
            return (each.text or "").strip()
    return ""


def text_of(element: etree._Element, *path: str) -> str:
    """Text at *path* of local names below *element*, or an empty string."""
    found = find(element, *path)
    return "" if found is None else (found.text or "").strip()


def find(element: etree._Element, *path: str) -> etree._Element | None:
    """First element at *path* of local names below *element*."""
    current: etree._Element | None = element
    for name in path:
        if current is None:
            return None
        current = next((child for child in current if local(child) == name), None)
    return current


def identity_of(element: etree._Element) -> str:
    """UUID that stands directly in *element*, under the name its version gives it, or an empty string."""
    return text_of(element, "xdomeaUUID") or text_of(element, "IDSGO") or text_of(element, "ID")


def choice_of(element: etree._Element) -> str:
    """The Aussonderungsart of an element as its sender wrote it: A, B, V, or words of their own."""
    choice = text_of(element, "Aussonderungsart", "Aussonderungsart", "code")
    return choice or text_of(element, "Aussonderungsart", "AussonderungsartKonfigurierbar")
