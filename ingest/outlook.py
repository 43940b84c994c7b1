"""Mails as Outlook stores them (MS-OXMSG): the same letter as of any other mail."""

from __future__ import annotations

import email.message
import email.policy
import email.utils
import mimetypes
import struct
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from oxmsg import Message
from oxmsg.properties import Properties

from ingest import mail, rtf
from ingest.encodings import decoded
from ingest.errors import DamagedFile
from ingest.mail import Letter
from ingest.model import Limits

if TYPE_CHECKING:
    from pathlib import Path

    from oxmsg.attachment import Attachment
    from oxmsg.storage import Storage

_HTML, _RTF, _EMBEDDED, _PROPERTIES = 0x1013, 0x1009, "__substg1.0_3701000D", "__properties_version1.0"
_BROKEN = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError),
    struct.error,
)
_TO, _COPY = 1, 2
_RECIPIENT_TYPE, _ADDRESS_TYPE = 0x0C15, 0x0C1E
_SENDERS = ((0x0C1A, (0x5D01, 0x0C1F)), (0x0042, (0x5D02, 0x0065)))
"""Who sent it, and on whose behalf: the name, and where the address may stand."""
_DATES = (0x0039, 0x0E06)
"""When it was sent, and when it arrived here."""
_NEVER = 4500
"""The year by which Outlook says that a date is missing."""
_HEADERS, _CONTENT_ID, _MIME_TYPE = 0x007D, 0x3712, 0x370E
_NAMES = (0x3707, 0x3704, 0x3001)
"""The name of an attachment: long, short, as shown."""
_DEEPEST = 8
_MOST_TOLD = 20
_HERE = ZoneInfo("Europe/Berlin")
"""The form keeps no zone: a mail of 23:30 UTC has come on the next day."""


class _Inner(Message):
    """A mail inside a mail, whose properties begin earlier (MS-OXMSG, 2.4.1.2)."""

    @property
    def properties(self) -> Properties:
        return Properties(self._storage, properties_header_offset=24)


def opened(path: Path) -> Letter:
    """Return the letter of the Outlook mail at *path* with its attachments.

    A mail inside the mail has no bytes of its own there; it is given as the standard form of a mail.

    Raises:
        DamagedFile: It cannot be taken apart.
    """
    try:
        return _letter(Message.load(str(path)), 0)
    except _BROKEN as error:
        raise DamagedFile(f"not a readable Outlook mail: {error}") from error


def _letter(message: Message, depth: int) -> Letter:
    headers = _headers(message)
    text, html = message.body or "", _html(message)
    if not html and not text.strip():
        text, html = _rich(message)
    letter = Letter(
        subject=_one_line(message.subject or headers.subject),
        sender=_one_line(_sender(message) or headers.sender),
        recipients=_recipients(message, _TO) or headers.recipients,
        copies=_recipients(message, _COPY) or headers.copies,
        sent=_sent(message) or headers.sent,
        text=text,
        html=html,
        is_signed="SMIME.MULTIPARTSIGNED" in message.message_class.upper(),
        is_encrypted=message.message_class.upper() == "IPM.NOTE.SMIME",
    )
    for attachment in message.attachments:
        name, data = _file(attachment, depth)
        if not data and len(letter.missing) < _MOST_TOLD:
            letter.missing.append(name)
        elif data and not _is_logo(attachment, data):
            letter.files.append((name, data))
    return letter


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _headers(message: Message) -> Letter:
    """What the headers say that the mail came with; they are kept beside the properties, or missing."""
    kept = message.properties.str_prop_value(_HEADERS) or ""
    return mail.of_bytes(kept.encode("utf-8", "replace") + b"\r\n\r\n", limits=Limits())


def _sender(message: Message) -> str:
    ask = message.properties.str_prop_value
    is_inside = (ask(_ADDRESS_TYPE) or "").upper() == "EX"  # an address of the directory, which tells nobody anything
    for name_at, addresses_at in _SENDERS:
        addresses = addresses_at[:1] if is_inside else addresses_at
        address = next((found.strip() for each in addresses if (found := ask(each))), "")
        name = (ask(name_at) or "").strip()
        if name or address:
            return f"{name} <{address}>".strip() if address and address != name else name
    return ""


def _sent(message: Message) -> str:
    for each in _DATES:
        stated = message.properties.date_prop_value(each)
        if stated is not None and stated.year < _NEVER:
            return stated.astimezone(_HERE).isoformat()
    return ""


def _rich(message: Message) -> tuple[str, str]:
    """Text and HTML of a mail that has rich text alone."""
    packed = message.properties.binary_prop_value(_RTF)
    if not packed:
        return "", ""
    said = rtf.said(rtf.unpacked(packed))
    return said.text, said.html


def _is_logo(attachment: Attachment, data: bytes) -> bool:
    """Whether it is a small picture that the letter shows in its text."""
    ask = attachment.properties.str_prop_value
    is_picture = (ask(_MIME_TYPE) or mimetypes.guess_type(ask(_NAMES[0]) or "")[0] or "").startswith("image/")
    return bool(ask(_CONTENT_ID)) and is_picture and len(data) < mail.LOGO_BYTES


def _recipients(message: Message, kind: int) -> str:
    found = []
    for recipient in message.recipients:
        stated = recipient.properties.int_prop_value(_RECIPIENT_TYPE) or _TO
        if stated == kind:
            address = f"<{recipient.email_address}>" if recipient.email_address else ""
            found.append(f"{recipient.name} {address}".strip())
    return ", ".join(found)


def _html(message: Message) -> str:
    stored = message.properties.binary_prop_value(_HTML)
    if stored:
        return decoded(stored, message.properties.body_encoding)
    return message.html_body or ""


def _file(attachment: Attachment, depth: int) -> tuple[str, bytes]:
    """Name and bytes of an attachment; none of what lies elsewhere (a link) or is an object of another program."""
    ask = attachment.properties.str_prop_value
    name = next((found for each in _NAMES if (found := ask(each))), "")
    data = attachment.file_bytes
    if data:
        return name, data
    storage: Storage = attachment._storage  # type: ignore[assignment]  # noqa: SLF001 — no other way in
    inner = next((each for each in storage.storages if each.name == _EMBEDDED), None)
    if inner is None or depth >= _DEEPEST or all(stream.name != _PROPERTIES for stream in inner.streams):
        return name, b""
    letter = _letter(_Inner(inner), depth + 1)
    return f"{letter.subject or name or 'E-Mail'}.eml", as_mail(letter)


def as_mail(letter: Letter) -> bytes:
    """Return *letter* in the standard form of a mail (RFC 5322), with its attachments."""
    message = email.message.EmailMessage(policy=email.policy.SMTPUTF8)
    for name, value in (("From", letter.sender), ("To", letter.recipients), ("Cc", letter.copies)):
        if value:
            message[name] = value
    message["Subject"] = letter.subject
    if letter.sent:
        message["Date"] = email.utils.format_datetime(datetime.fromisoformat(letter.sent))
    message.set_content(letter.text)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    for name, data in letter.files:
        kind, _, subtype = (mimetypes.guess_type(name)[0] or "application/octet-stream").partition("/")
        message.add_attachment(data, maintype=kind, subtype=subtype, filename=name)
    return message.as_bytes()
