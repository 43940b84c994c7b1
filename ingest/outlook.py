"""Mails as Outlook stores them (MS-OXMSG): the same letter as of any other mail."""

from __future__ import annotations

import email.message
import email.policy
import email.utils
import mimetypes
import struct
from datetime import datetime
from typing import TYPE_CHECKING

from oxmsg import Message
from oxmsg.properties import Properties

from ingest.encodings import decoded
from ingest.errors import DamagedFile
from ingest.mail import Letter

if TYPE_CHECKING:
    from pathlib import Path

    from oxmsg.attachment import Attachment
    from oxmsg.storage import Storage

_HTML, _EMBEDDED = 0x1013, "__substg1.0_3701000D"
_BROKEN = (OSError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError, struct.error)
_TO, _COPY = 1, 2
_RECIPIENT_TYPE = 0x0C15
_DEEPEST = 8


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
    sent = message.sent_date
    letter = Letter(
        subject=" ".join((message.subject or "").split()),
        sender=" ".join((message.sender or "").split()),
        recipients=_recipients(message, _TO),
        copies=_recipients(message, _COPY),
        sent=sent.isoformat() if sent else "",
        text=message.body or "",
        html=_html(message),
        is_signed="SMIME.MultipartSigned" in message.message_class,
        is_encrypted=message.message_class.upper() == "IPM.NOTE.SMIME",
    )
    for attachment in message.attachments:
        name, data = _file(attachment, depth)
        if data:
            letter.files.append((name, data))
    return letter


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
    name = attachment.file_name or ""
    data = attachment.file_bytes
    if data:
        return name, data
    storage: Storage = attachment._storage  # type: ignore[assignment]  # noqa: SLF001 — no other way in
    inner = next((each for each in storage.storages if each.name == _EMBEDDED), None)
    if inner is None or depth >= _DEEPEST:
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
