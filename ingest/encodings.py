"""Bytes of text in whatever encoding somebody's program wrote them."""

from __future__ import annotations

import codecs

_BY_MARK = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNSAFE = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "utf-7"}
"""Codecs of Python that are no encodings of letters, or quadratic, or hide what is written."""


def decoded(data: bytes, declared: str = "") -> str:
    """Return the text of *data*.

    A byte order mark goes before what is *declared*, that before UTF-8, and the rest is Windows-1252, which the
    letters of German offices have been written in. Never fails: a byte without meaning becomes a replacement sign.
    """
    for mark, encoding in _BY_MARK:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    for encoding in (_known(declared), utf16_without_mark(data), "utf-8", "cp1252"):
        if encoding:
            try:
                return data.decode(encoding)
            except (UnicodeError, ValueError, LookupError):
                continue
    return data.decode("cp1252", "replace")


def _known(declared: str) -> str:
    try:
        info = codecs.lookup(declared.strip(" \"'"))
    except (LookupError, ValueError):
        return ""
    is_text = getattr(info, "_is_text_encoding", True)
    return info.name if is_text and info.name not in _UNSAFE else ""


def utf16_without_mark(data: bytes) -> str:
    """Return the codec of UTF-16 text that bears no mark, told by its zero bytes, which no other text has, else ""."""
    sample = data[:2000]
    if len(sample) < 4 or len(sample) % 2:
        return ""
    half = len(sample) / 2
    zeros = sample[0::2].count(0), sample[1::2].count(0)
    if zeros[1] > 0.4 * half and zeros[0] == 0:
        return "utf-16-le"
    return "utf-16-be" if zeros[0] > 0.4 * half and zeros[1] == 0 else ""
