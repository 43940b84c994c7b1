"""The authority's seal on a certificate: a PAdES signature (ETSI EN 319 142-1, level B-B) over the whole PDF.

The page names the SHA-256 of the certificate's JSON, so the seal covers both. Whoever verifies needs the authority's
certificate and a common PDF reader, nothing of ours.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from eakte.errors import SettingsInvalid
from eakte.settings import Settings

FIELD = "Siegel"


def seal_of(settings: Settings) -> Callable[[bytes], bytes] | None:
    """Return what signs a PDF with the key of the settings, or nothing where none is set.

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

    def seal(pdf: bytes) -> bytes:
        return _signed(pdf, signer)

    return seal


def _signed(pdf: bytes, signer: object) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415
    from pyhanko.sign import signers  # noqa: PLC0415
    from pyhanko.sign.fields import SigSeedSubFilter  # noqa: PLC0415

    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, reason="Vernichtungsnachweis"
    )
    out = io.BytesIO()
    signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), metadata, signer=signer, output=out)  # type: ignore[arg-type]
    return out.getvalue()
