"""Time stamps of an outside service (RFC 3161): asked for over HTTP, held against the service's certificates."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import TimestampRequestBuilder, VerificationError, VerifierBuilder, decode_timestamp_response

from eakte.errors import TimestampFailed

SECONDS = 30
MOST_BYTES = 1_000_000


def certificates(file: str) -> tuple[Certificate, ...]:
    """Return the certificates of a PEM file, none for no file.

    Raises:
        TimestampFailed: The file cannot be read or holds no certificate.
    """
    if not file:
        return ()
    try:
        return tuple(load_pem_x509_certificates(Path(file).read_bytes()))
    except (OSError, ValueError) as error:
        raise TimestampFailed(problem=str(error)) from error


def stamper(url: str) -> Callable[[bytes], str]:
    """Return a function that has bytes stamped at *url*; without a service it returns no token."""

    def stamp(content: bytes) -> str:
        if not url.startswith(("http://", "https://")):
            raise TimestampFailed(problem="Erwartet wird http:// oder https://.")
        asked = TimestampRequestBuilder().data(content).build()
        headers = {"Content-Type": "application/timestamp-query"}
        request = Request(url, asked.as_bytes(), headers)  # noqa: S310 - http and https alone, see above
        try:
            with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - as above
                response = decode_timestamp_response(answer.read(MOST_BYTES))
            info = response.tst_info
        except (URLError, OSError, ValueError) as error:
            raise TimestampFailed(problem=str(error)) from error
        if info.nonce != asked.nonce or info.message_imprint.message != asked.message_imprint.message:
            raise TimestampFailed(problem="Die Antwort gehört zu einer anderen Anfrage.")
        return base64.b64encode(response.as_bytes()).decode()

    return stamp if url else lambda _: ""


def genuine(token: str, content: bytes, trusted: Sequence[Certificate]) -> bool:
    """Whether the token stamps exactly these bytes and was signed by a service that *trusted* vouches for."""
    builder = VerifierBuilder(
        roots=[each for each in trusted if each.issuer == each.subject],
        intermediates=[each for each in trusted if each.issuer != each.subject],
    )
    try:
        response = decode_timestamp_response(base64.b64decode(token, validate=True))
        return builder.build().verify_message(response, content)
    except (VerificationError, ValueError, binascii.Error):
        return False
