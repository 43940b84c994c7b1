"""What a separator sheet of ours says, as the text of its QR code: signed, so that no foreign code is taken for one."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from eakte.records.scanning import Protection

MARK = "EAKTE1"
_DOMAIN = b"eakte separator sheet 1\n"
"""Put before what is signed: no other signature of the same key fits a sheet."""

Sign = Callable[[bytes], str]
"""Returns the signature of bytes in base64."""
Signed = Callable[[bytes, str], bool]
"""Whether a signature (base64) is ours."""


@dataclass(frozen=True, slots=True)
class SheetContent:
    """Where the documents behind a sheet belong."""

    reference: str
    """Reference of the case file (Aktenzeichen)."""
    case: str = ""
    """Id of the case (Vorgang); empty: chosen when it is filed."""
    document_type: str = ""
    protection: Protection = Protection.NORMAL


def sheet_text(content: SheetContent, sign: Sign) -> str:
    """Return the text of the QR code: mark, content and signature, separated by points."""
    row = [content.reference, content.case, content.document_type, content.protection.value]
    told = _wrapped(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode())
    return ".".join((MARK, told, _wrapped(base64.b64decode(sign(_DOMAIN + told.encode())))))


def sheet_content(text: str, signed: Signed) -> SheetContent | None:
    """Return what a QR code says if it is one of our sheets, else ``None``."""
    mark, _, rest = text.partition(".")
    told, _, signature = rest.partition(".")
    if mark != MARK or not told or not signature:
        return None
    try:
        if not signed(_DOMAIN + told.encode(), base64.b64encode(_unwrapped(signature)).decode()):
            return None
        reference, case, document_type, protection = json.loads(_unwrapped(told))
        return SheetContent(reference, case, document_type, Protection(protection))
    except (binascii.Error, UnicodeError, ValueError, TypeError):
        return None


def sheet_row(content: SheetContent) -> dict[str, Any]:
    """Return the content as it is kept with a page."""
    return {
        "kind": "sheet",
        "reference": content.reference,
        "case": content.case,
        "type": content.document_type,
        "protection": content.protection.value,
    }


def _wrapped(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unwrapped(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
