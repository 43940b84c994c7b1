"""E-mails (RFC 5322, MIME): the letter and its attachments, however oddly they are written."""

from __future__ import annotations

import email
import email.errors
import email.policy
import email.utils
from dataclasses import dataclass, field
from email.header import decode_header, make_header
from typing import TYPE_CHECKING, Any, TypeVar

from ingest.encodings import decoded
from ingest.errors import DamagedFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from email.message import EmailMessage
    from pathlib import Path

    from ingest.model import Limits

Value = TypeVar("Value")

_POLICY = email.policy.default.clone(refold_source="none")
_ODD = (email.errors.MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError)
"""What the standard library raises on headers and bodies that break the rules (UnicodeError is a ValueError)."""

_LONGEST_HEADER, _LONGEST_SHOWN = 20_000, 2_000

LOGO_BYTES = 30_000
"""Pictures smaller than this that the letter shows in its text are logos and no attachments."""
_DEEPEST = 60


@dataclass(slots=True)
class Letter:
    """The letter of a mail: headers as written, text as sent, HTML as sent (unsafe)."""

    subject: str = ""
    sender: str = ""
    """``Name <address>`` as written."""
    recipients: str = ""
    copies: str = ""
    sent: str = ""
    """ISO date and time with zone, ``""`` if the mail states none that can be read."""
    text: str = ""
    html: str = ""
    is_encrypted: bool = False
    is_signed: bool = False
    files: list[tuple[str, bytes]] = field(default_factory=list)
    """Name as stated (may be empty or harmful) and bytes of each attachment, in order."""
    missing: list[str] = field(default_factory=list)
    """Names of attachments that are named in the mail but have no bytes there."""


def opened(path: Path, *, limits: Limits) -> Letter:
    """Return the letter of the mail at *path* with its attachments.

    Raises:
        DamagedFile: It cannot be taken apart at all.
    """
    return of_bytes(path.read_bytes(), limits=limits)


def of_bytes(data: bytes, *, limits: Limits) -> Letter:
    """Return the letter of the mail in *data*; like :func:`opened`."""
    if data.startswith((b"From ", b">From ")):
        data = data.partition(b"\n")[2]
    try:
        message: EmailMessage = email.message_from_bytes(data, policy=_POLICY)
        letter = Letter(
            subject=_header(message, "subject"),
            sender=_header(message, "from"),
            recipients=_header(message, "to"),
            copies=_header(message, "cc"),
            sent=_sent(message),
        )
        for leaf in _leaves(message, 0):
            _take(letter, leaf)
            if len(letter.files) > limits.max_parts:
                break  # refused by whoever counts
    except RecursionError as error:
        raise DamagedFile("the mail is nested without end") from error
    return letter


def _header(message: EmailMessage, name: str) -> str:
    """A header as people read it, of its raw form: the library's own parser takes hours on lists without end."""
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name), "")[:_LONGEST_HEADER]
    written = raw.encode("utf-8", "surrogateescape")
    text = _guarded(lambda: str(make_header(decode_header(decoded(written)))), decoded(written))
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").split())[:_LONGEST_SHOWN]


def _sent(message: EmailMessage) -> str:
    try:
        return email.utils.parsedate_to_datetime(_header(message, "date")).isoformat()
    except _ODD:
        return ""


def _leaves(message: EmailMessage, depth: int) -> Iterator[EmailMessage]:
    """Everything that is no multipart, in order; a mail inside the mail is one leaf."""
    if depth > _DEEPEST:
        raise DamagedFile("the mail is nested too deep")
    inner = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(inner, list):
        for part in inner:
            yield from _leaves(part, depth + 1)  # type: ignore[arg-type]
    else:
        yield message


def _take(letter: Letter, leaf: EmailMessage) -> None:
    kind = leaf.get_content_type()
    name = _guarded(leaf.get_filename, "")
    attached = _guarded(leaf.get_content_disposition, None) == "attachment"
    if kind in ("text/plain", "text/html") and not attached and not name:
        text = decoded(_payload(leaf), _guarded(leaf.get_content_charset, "") or "")
        if kind == "text/plain":
            letter.text += text
        else:
            letter.html += text
        return
    if kind in ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"):
        letter.is_signed = True
    smime = str(_guarded(lambda: leaf.get_param("smime-type"), "") or "")
    if kind == "application/pgp-encrypted" or "enveloped-data" in smime:
        letter.is_encrypted = True
    data = _payload(leaf)
    is_logo = leaf.get("content-id") and not attached and kind.startswith("image/") and len(data) < LOGO_BYTES
    if data and not is_logo:
        letter.files.append((name or _name_of_kind(leaf, kind), data))


def _name_of_kind(leaf: EmailMessage, kind: str) -> str:
    if kind == "message/rfc822":
        inner = leaf.get_payload()
        subject = _header(inner[0], "subject") if isinstance(inner, list) and inner else ""  # type: ignore[arg-type]
        return f"{subject or 'E-Mail'}.eml"
    return ""


def _payload(leaf: EmailMessage) -> bytes:
    inner = leaf.get_payload()
    if isinstance(inner, list):  # message/rfc822, or what calls itself so
        return b"\n".join(_guarded(part.as_bytes, b"") for part in inner)  # type: ignore[union-attr]
    data: object = _guarded(lambda: leaf.get_payload(decode=True), object())
    if isinstance(data, bytes):
        return data
    return str(inner or "").encode("utf-8", "surrogateescape")


def _guarded(ask: Callable[[], Any], otherwise: Value) -> Value:
    try:
        found: Value = ask()
    except _ODD:
        return otherwise
    return found
