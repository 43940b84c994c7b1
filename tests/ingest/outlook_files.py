"""Mails in Outlook's form, written here byte by byte: a compound file (MS-CFB) of properties (MS-OXMSG).

Nothing that is set up here writes the form, so the storage is built by hand, always the same bytes for the same mail.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias

SECTOR, SMALL, CUTOFF = 512, 64, 4096
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
STORAGE, STREAM, ROOT = 1, 2, 5
TEXT, BYTES, NUMBER, TIME, YES = 0x001F, 0x0102, 0x0003, 0x0040, 0x000B
SENT = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)
"""The next day in Germany."""

Tree: TypeAlias = "Mapping[str, bytes | Tree]"
Value: TypeAlias = str | bytes | int | datetime | bool


@dataclass
class _Entry:
    name: str
    kind: int
    data: bytes = b""
    left: int = FREE
    right: int = FREE
    child: int = FREE
    start: int = END


@dataclass
class _File:
    entries: list[_Entry] = field(default_factory=list)
    sectors: list[bytes] = field(default_factory=list)
    chains: list[int] = field(default_factory=list)

    def add(self, name: str, kind: int, content: bytes | Tree) -> int:
        number = len(self.entries)
        entry = _Entry(name, kind, content if isinstance(content, bytes) else b"")
        self.entries.append(entry)
        if not isinstance(content, bytes):
            ordered = sorted(content, key=lambda each: (len(each), each.upper()))
            kids = [
                self.add(each, STREAM if isinstance(content[each], bytes) else STORAGE, content[each])
                for each in ordered
            ]
            entry.child = self._tree(kids)
        return number

    def _tree(self, kids: Sequence[int]) -> int:
        if not kids:
            return FREE
        middle = len(kids) // 2
        self.entries[kids[middle]].left = self._tree(kids[:middle])
        self.entries[kids[middle]].right = self._tree(kids[middle + 1 :])
        return kids[middle]

    def put(self, data: bytes) -> int:
        """Append *data* as a chain of sectors and return its first."""
        if not data:
            return END
        start = len(self.sectors)
        for place in range(0, len(data), SECTOR):
            self.sectors.append(data[place : place + SECTOR].ljust(SECTOR, b"\0"))
            self.chains.append(len(self.sectors))
        self.chains[-1] = END
        return start


def compound(tree: Tree) -> bytes:
    """Return the compound file that holds *tree*: names with bytes, or with further trees."""
    file = _File()
    file.add("Root Entry", ROOT, tree)
    small, small_chains = b"", []
    for entry in file.entries[1:]:
        if entry.kind == STREAM and 0 < len(entry.data) < CUTOFF:
            entry.start = len(small_chains)
            count = -(-len(entry.data) // SMALL)
            small_chains += [*range(entry.start + 1, entry.start + count), END]
            small += entry.data.ljust(count * SMALL, b"\0")
        elif entry.kind == STREAM:
            entry.start = file.put(entry.data)
    root = file.entries[0]
    root.data, root.start = small, file.put(small)
    small_fat = file.put(b"".join(struct.pack("<I", each) for each in small_chains))
    directory = file.put(b"".join(_row(entry) for entry in file.entries))
    return _written(file, directory, small_fat, len(small_chains))


def _row(entry: _Entry) -> bytes:
    name = entry.name.encode("utf-16-le")
    size = len(entry.data) if entry.kind != STORAGE else 0
    start = entry.start if entry.kind != STORAGE else 0
    kin = struct.pack("<BBIII", entry.kind, 1, entry.left, entry.right, entry.child)
    return name.ljust(64, b"\0") + struct.pack("<H", len(name) + 2) + kin + bytes(36) + struct.pack("<IQ", start, size)


def _written(file: _File, directory: int, small_fat: int, small_count: int) -> bytes:
    tables = 1
    while (len(file.sectors) + tables) * 4 > tables * SECTOR:
        tables += 1
    assert tables <= 109
    fat_at = list(range(len(file.sectors), len(file.sectors) + tables))
    chains = [*file.chains, *[FAT] * tables]
    fat = b"".join(struct.pack("<I", each) for each in chains).ljust(tables * SECTOR, b"\xff")
    small_sectors = -(-small_count * 4 // SECTOR)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<III", 0, tables, directory) + struct.pack("<II", 0, CUTOFF)
    head += struct.pack("<IIII", small_fat, small_sectors, END, 0)
    head += b"".join(struct.pack("<I", each) for each in fat_at).ljust(109 * 4, b"\xff")
    return head + b"".join(file.sectors) + fat


def _properties(values: Mapping[int, Value], head: bytes) -> dict[str, bytes]:
    """Return the streams of an object: the table of its properties, and one stream for each long value."""
    table, streams = head, {}
    for tag, value in sorted(values.items()):
        if isinstance(value, bool):
            kind, short = YES, struct.pack("<Q", value)
        elif isinstance(value, int):
            kind, short = NUMBER, struct.pack("<Q", value)
        elif isinstance(value, datetime):
            since = value - datetime(1601, 1, 1, tzinfo=UTC)
            kind, short = TIME, struct.pack("<Q", (since.days * 86_400 + since.seconds) * 10**7)
        else:
            kind, data = (TEXT, value.encode("utf-16-le")) if isinstance(value, str) else (BYTES, value)
            streams[f"__substg1.0_{tag:04X}{kind:04X}"] = data
            short = struct.pack("<II", len(data) + (2 if kind == TEXT else 0), 0)
        table += struct.pack("<HHI", kind, tag, 6) + short
    return {"__properties_version1.0": table, **streams}


def attachment(name: str, data: bytes, **more: Value) -> dict[str, bytes | Tree]:
    """Return the storage of an attached file; *more* are properties named ``t3712``."""
    values: dict[int, Value] = {0x3701: data, 0x3705: 1, 0x3707: name, **_tags(more)}
    return dict(_properties(values, bytes(8)))


def inside(message: Tree, name: str = "") -> dict[str, bytes | Tree]:
    """Return the storage of an attached mail."""
    return {**_properties({0x3705: 5, 0x3001: name}, bytes(8)), "__substg1.0_3701000D": message}


def _tags(more: Mapping[str, Value]) -> dict[int, Value]:
    return {int(name[1:], 16): value for name, value in more.items()}


def message(
    *attachments: Tree,
    is_inside: bool = False,
    to: Sequence[tuple[str, str, int]] = (("Bauamt", "bauamt@example.org", 1),),
    without: Sequence[int] = (),
    **more: Value,
) -> dict[str, bytes | Tree]:
    """Return the tree of a mail; *more* are properties named by their tag (``t1000="Text"``); *without* omits some."""
    values: dict[int, Value] = {
        0x001A: "IPM.Note",
        0x0037: "Bauantrag Müller",
        0x0C1A: "Erika Müller",
        0x0C1E: "SMTP",
        0x0C1F: "erika@example.org",
        0x0039: SENT,
        0x1000: "Sehr geehrte Damen und Herren,\r\nanbei die Pläne für das Grundstück.\r\n",
        **_tags(more),
    }
    for tag in without:
        del values[tag]
    head = bytes(8) + struct.pack("<IIII", len(to), len(attachments), len(to), len(attachments))
    tree: dict[str, bytes | Tree] = dict(_properties(values, head if is_inside else head + bytes(8)))
    for number, (name, address, kind) in enumerate(to):
        recipient = {0x3001: name, 0x39FE: address, 0x0C15: kind}
        tree[f"__recip_version1.0_#{number:08X}"] = _properties(recipient, bytes(8))
    for number, each in enumerate(attachments):
        tree[f"__attach_version1.0_#{number:08X}"] = each
    names = {"__substg1.0_00020102": b"", "__substg1.0_00030102": b"", "__substg1.0_00040102": b""}
    return tree if is_inside else {**tree, "__nameid_version1.0": names}


def msg(*attachments: Tree, **more: object) -> bytes:
    """Return the bytes of a mail as :func:`message` makes it."""
    return compound(message(*attachments, **more))  # type: ignore[arg-type]


def rich(text: bytes) -> bytes:
    """Return rich text in the form mails carry it in, not packed."""
    return struct.pack("<II4sI", len(text) + 12, len(text), b"MELA", 0) + text
