"""Rich text as mails carry it: unpacked (MS-OXRTFCP), and what it says as text or, where that was put in, as HTML.

Outlook keeps some mails in this form alone, and HTML inside of it (MS-OXRTFEX). Unlike rich text of office programs
it is not drawn: only its words and the HTML it hides are wanted.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field, replace

from ingest.encodings import decoded

_KNOWN = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
"""What the window begins with (MS-OXRTFCP, 2.1.3.1.4)."""
_WINDOW = 4096
_PACKED, _PLAIN = b"LZFu", b"MELA"
_LARGEST = 20_000_000

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,9})?[ ]?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.DOTALL
)
_SIGNS = {
    "par": "\n", "line": "\n", "row": "\n", "sect": "\n", "page": "\n", "tab": "\t", "cell": "\t", "emdash": "—",
    "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
}  # fmt: skip
_ESCAPED = {b"~": "\xa0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}", b"\n": "\n", b"\r": "\n"}
_SILENT = frozenset(
    ("fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "listtable", "filetbl")
)


def unpacked(data: bytes) -> bytes:
    """Return the rich text of the packed form in *data*.

    Raises:
        ValueError: It is not that form, or too large.
    """
    try:
        size, kind = struct.unpack_from("<4xI4s4x", data)
    except struct.error as error:
        raise ValueError("no packed rich text") from error
    if size > _LARGEST or kind not in (_PACKED, _PLAIN):
        raise ValueError("no packed rich text, or too much of it")
    return data[16 : 16 + size] if kind == _PLAIN else _expanded(data[16:], size)


def _expanded(data: bytes, size: int) -> bytes:
    """Eight tokens follow each byte of flags: a byte as it is, or a place in the window and a length."""
    window, write = bytearray(_KNOWN.ljust(_WINDOW, b"\0")), len(_KNOWN)
    found, place = bytearray(), 0
    while place < len(data) and len(found) < size:
        flags = data[place]
        place += 1
        for bit in range(8):
            if flags >> bit & 1:
                pair = int.from_bytes(data[place : place + 2], "big")
                place += 2
                start, length = pair >> 4, (pair & 15) + 2
                if start == write or place > len(data):  # the end says where it is itself
                    return bytes(found[:size])
            else:
                start, length = -1, 1
            for step in range(length):
                sign = window[(start + step) % _WINDOW] if start >= 0 else data[place] if place < len(data) else 0
                window[write] = sign
                write = (write + 1) % _WINDOW
                found.append(sign)
            place += start < 0
    return bytes(found[:size])


@dataclass(frozen=True, slots=True)
class Said:
    """What rich text says: ``html`` if it was made of HTML, ``text`` otherwise."""

    text: str = ""
    html: str = ""


@dataclass(slots=True)
class _Group:
    """What holds between two braces."""

    is_silent: bool = False
    is_only_rtf: bool = False
    """What stands here was put in for programs that draw rich text."""
    is_optional: bool = False
    skip: int = 1
    """How many signs stand after a Unicode one for programs that know none."""


@dataclass(slots=True)
class _Walk:
    encoding: str = "cp1252"
    is_html: bool = False
    group: _Group = field(default_factory=_Group)
    outer: list[_Group] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    raw: bytearray = field(default_factory=bytearray)
    pending: int = 0
    """Signs still to be left out after a Unicode one."""

    def brace(self, sign: bytes) -> None:
        self.flush()
        self.pending = 0
        if sign == b"{":
            self.outer.append(self.group)
            self.group = replace(self.group, is_optional=False)
        elif self.outer:
            self.group = self.outer.pop()

    def word(self, name: str, number: int | None) -> None:
        group = self.group
        if name == "u" and number is not None:
            self.put(chr(number % 0x10000))
            self.pending = group.skip
        elif name in _SIGNS:
            self.put(_SIGNS[name])
        elif name == "htmltag":
            group.is_silent = False  # inside is HTML as it was
        elif name == "htmlrtf":
            self.flush()
            group.is_only_rtf = number != 0
        elif not self._sets(name, number) and (name in _SILENT or group.is_optional):
            group.is_silent = True
        group.is_optional = False

    def _sets(self, name: str, number: int | None) -> bool:
        """Whether the word says how all that follows is to be read."""
        if name == "uc":
            self.group.skip = max(0, min(number or 0, 10))
        elif name == "fromhtml":
            self.is_html = True
        elif name == "ansicpg":
            self.encoding = f"cp{number}"
        else:
            return False
        return True

    def escaped(self, sign: bytes) -> None:
        if sign == b"*":
            self.group.is_optional = True
        elif sign in _ESCAPED:
            self.put(_ESCAPED[sign])

    def put(self, sign: str) -> None:
        self.flush()
        if self._shows():
            self.found.append(sign)

    def bytes_of(self, data: bytes) -> None:
        left = min(self.pending, len(data))
        self.pending -= left
        if self._shows():
            self.raw += data[left:]

    def _shows(self) -> bool:
        return not (self.group.is_silent or (self.is_html and self.group.is_only_rtf))

    def flush(self) -> None:
        """Bytes beside each other are one text: a sign may be two bytes."""
        if self.raw:
            self.found.append(decoded(bytes(self.raw), self.encoding))
            self.raw.clear()


def said(rtf: bytes) -> Said:
    """Return what *rtf* says; never fails."""
    walk = _Walk()
    for token in _TOKEN.finditer(rtf[:_LARGEST]):
        name, number, code, sign, brace, text = token.groups()
        if name:
            walk.word(name.decode("ascii"), int(number) if number else None)
        elif code:
            walk.bytes_of(bytes.fromhex(code.decode("ascii")))
        elif sign:
            walk.escaped(sign)
        elif brace:
            walk.brace(brace)
        elif text:
            walk.bytes_of(text)
    walk.flush()
    # Signs beyond the first plane come in two halves.
    whole = "".join(walk.found).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return Said(html=whole) if walk.is_html else Said(text=whole.strip())
