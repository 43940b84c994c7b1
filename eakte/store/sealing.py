"""The authority's seal on a certificate: a PAdES signature (ETSI EN 319 142-1, level B-B) over the whole PDF.

The JSON has a signature of its own with the same key: CAdES (ETSI EN 319 122-1, level B-B), a CMS (RFC 5652) beside
the file. Whoever verifies needs the authority's certificate and a PDF reader or ``openssl cms``, nothing of ours.
"""

from __future__ import annotations

import asyncio
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eakte.errors import SettingsInvalid
from eakte.settings import Settings

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner

FIELD = "Siegel"


@dataclass(frozen=True, slots=True)
class AuthoritySeal:
    """What signs with the authority's key; each needs a thread without an event loop."""

    signer: SimpleSigner

    def pdf(self, content: bytes) -> bytes:
        """Return a PDF with its signature in it."""
        return _signed(content, self.signer)

    def beside(self, content: bytes) -> bytes:
        """Return a signature of any bytes that does not hold them: CMS in DER."""
        made = self.signer.async_sign_general_data(content, "sha256", detached=True, use_cades=True)
        return bytes(asyncio.run(made).dump())


def seal_of(settings: Settings) -> AuthoritySeal | None:
    """Return what signs with the key of the settings, or nothing where none is set.

    Raises:
        SettingsInvalid: The file holds no key, or the password does not open it.
    """
    if not settings.seal_file:
        return None
    # Importing takes a second, which no other process should spend.
    from pyhanko.sign.signers import SimpleSigner  # noqa: PLC0415

    password = settings.secret("seal_password").encode() or None
    try:
        content = Path(settings.seal_file).read_bytes()
        signer = SimpleSigner.load_pkcs12_data(content, other_certs=[], passphrase=password)
    except (OSError, ValueError):
        signer = None
    if signer is None:
        raise SettingsInvalid(name="seal_file", problem="Aus der Datei ist kein Siegelschlüssel zu lesen (PKCS #12).")
    return AuthoritySeal(signer)


def _signed(pdf: bytes, signer: SimpleSigner) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415
    from pyhanko.sign import signers  # noqa: PLC0415
    from pyhanko.sign.fields import SigSeedSubFilter  # noqa: PLC0415

    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, reason="Vernichtungsnachweis"
    )
    out = io.BytesIO()
    signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), metadata, signer=signer, output=out)
    return out.getvalue()
