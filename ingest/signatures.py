"""Signatures inside PDFs (PAdES, ISO 32000-1 12.8): whether the bytes are still those that were signed.

Checked offline by pyHanko. Whether a certificate deserves trust is not guessed: nothing is fetched, no root is trusted.
"""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING

from ingest.errors import warning_text

if TYPE_CHECKING:
    from pathlib import Path

    from pyhanko.sign.validation import EmbeddedPdfSignature

_MARK = b"/ByteRange"
_MOST = 50
_UNKNOWN = "?"


def notices(path: Path) -> tuple[str, ...]:
    """Return one German notice per signature in the PDF at *path*: valid, extended, invalid or not checkable.

    Nothing in the file makes this fail; a PDF without signatures has none.
    """
    if not _is_marked(path):
        return ()
    # Only few files are signed, and the library takes half a second to load.
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415

    try:
        with path.open("rb") as file:
            reader = PdfFileReader(file, strict=False)
            if reader.encrypted:
                reader.decrypt("")
            return tuple(_notice(signature) for signature in reader.embedded_regular_signatures[:_MOST])
    except Exception:  # noqa: BLE001 — whatever a hostile file makes the library raise, it only could not be checked
        return (warning_text("signature-unchecked").format(name=_UNKNOWN),)


def _is_marked(path: Path) -> bool:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(_MARK) >= 0


def _notice(signature: EmbeddedPdfSignature) -> str:
    name = _UNKNOWN
    try:
        name = str(signature.signer_cert.subject.native.get("common_name") or _UNKNOWN)
        code = _verdict(signature)
    except Exception:  # noqa: BLE001 — see above
        code = "signature-unchecked"
    return warning_text(code).format(name=name)


def _verdict(signature: EmbeddedPdfSignature) -> str:
    from pyhanko.sign.validation import validate_pdf_signature  # noqa: PLC0415 — see above
    from pyhanko.sign.validation.status import SignatureCoverageLevel  # noqa: PLC0415
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415

    status = validate_pdf_signature(signature, ValidationContext(trust_roots=[], allow_fetching=False))
    if not (status.intact and status.valid):
        return "signature-invalid"
    whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    return "signature-valid" if whole else "signature-extended"
