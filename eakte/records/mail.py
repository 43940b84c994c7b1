"""Mails as they arrive: what their header says, and when two of them are the same mail (RFC 5322)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from email.errors import MessageError
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser

HEADERS: Mapping[str, str] = {
    "message_id": "Message-ID",
    "from": "From",
    "to": "To",
    "copies": "Cc",
    "subject": "Subject",
    "sent": "Date",
}
"""What is kept of a header, and how it is called there."""
LONGEST_HEADER = 100_000
"""Bytes of a header that are looked at."""
LONGEST_VALUE = 1_000
_ODD = (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What the standard library raises on headers that break the rules."""


def envelope_of(mail: bytes) -> dict[str, str]:
    """Return what the header of a mail says, for the proof of receipt; never fails, whatever is written there.

    Keys are those of :data:`HEADERS`; what is missing or empty is left out, long values are cut.
    """
    header = _parted(mail)[0][:LONGEST_HEADER]
    try:
        found = BytesHeaderParser().parsebytes(header)
    except _ODD:
        return {}
    values = {name: _plain(str(found.get(field, ""))) for name, field in HEADERS.items()}
    return {name: value for name, value in values.items() if value}


def fingerprint_of(mail: bytes) -> str:
    """Return the same text for the same mail, however often it is delivered and over whichever servers.

    Servers write into the header on the way, so that copies differ there. Same Message-ID and same content is the
    same mail; a Message-ID alone proves nothing, because anybody can write it. Without one the bytes decide.
    """
    message_id = envelope_of(mail).get("message_id", "")
    told = message_id.encode() + b"\0" + _parted(mail)[1].replace(b"\r\n", b"\n") if message_id else mail
    return hashlib.sha256(told).hexdigest()


def _parted(mail: bytes) -> tuple[bytes, bytes]:
    """Return header and content; they are parted by the first empty line."""
    places = [(place, len(mark)) for mark in (b"\r\n\r\n", b"\n\n") if (place := mail.find(mark)) >= 0]
    if not places:
        return mail, b""
    place, length = min(places)
    return mail[:place], mail[place + length :]


def _plain(value: str) -> str:
    try:
        text = str(make_header(decode_header(value)))
    except _ODD:
        text = value
    # Surrogates stand for bytes that are no text; no database takes them.
    whole = text.encode("utf-8", "replace").decode()
    return " ".join("".join(char if char.isprintable() else " " for char in whole).split())[:LONGEST_VALUE]
