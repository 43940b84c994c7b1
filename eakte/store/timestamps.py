"""Time stamps of an outside service (RFC 3161): asked for over HTTP, held against the service's certificates."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from asn1crypto import tsp
from cryptography.x509 import Certificate, load_der_x509_certificate, load_pem_x509_certificates
from rfc3161_client import TimeStampResponse, VerificationError, VerifierBuilder, decode_timestamp_response

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
        return base64.b64encode(ask(url, hashlib.sha512(content).digest()).as_bytes()).decode()

    return stamp if url else lambda _: ""


def ask(url: str, digest: bytes) -> TimeStampResponse:
    """Have a SHA-512 stamped at *url* and return the answer, which is about this hash and no other.

    Raises:
        TimestampFailed: The service is not there, or its answer is to something else.
    """
    if not url.startswith(("http://", "https://")):
        raise TimestampFailed(problem="Erwartet wird http:// oder https://.")
    nonce = secrets.randbits(63)
    headers = {"Content-Type": "application/timestamp-query"}
    request = Request(url, _question(digest, nonce), headers)  # noqa: S310 - http and https alone, see above
    try:
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - as above
            response = decode_timestamp_response(answer.read(MOST_BYTES))
        info = response.tst_info
    except (URLError, OSError, ValueError) as error:
        raise TimestampFailed(problem=str(error)) from error
    if info.nonce != nonce or info.message_imprint.message != digest:
        raise TimestampFailed(problem="Die Antwort gehört zu einer anderen Anfrage.")
    return response


def _question(digest: bytes, nonce: int) -> bytes:
    """Return the request (RFC 3161, 2.4.1); the client library would hash the hash once more."""
    imprint = {"hash_algorithm": {"algorithm": "sha512"}, "hashed_message": digest}
    asked = tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "nonce": nonce, "cert_req": True})
    return bytes(asked.dump())


def last_day(response: TimeStampResponse) -> date | None:
    """Return the day on which the certificate that signed the stamp ends, if it came along."""
    signers = {info.serial_number for info in response.signed_data.signer_infos}
    certificates = (load_der_x509_certificate(each) for each in response.signed_data.certificates)
    ends = [each.not_valid_after_utc.date() for each in certificates if each.serial_number in signers]
    return min(ends, default=None)


def genuine(token: str, content: bytes, trusted: Sequence[Certificate]) -> bool:
    """Whether the token stamps exactly these bytes and was signed by a service that *trusted* vouches for."""
    try:
        return stamps(base64.b64decode(token, validate=True), hashlib.sha512(content).digest(), trusted)
    except binascii.Error:
        return False


def stamps(response: bytes, digest: bytes, trusted: Sequence[Certificate]) -> bool:
    """Whether the answer (DER) stamps this hash and was signed by a service that *trusted* vouches for."""
    builder = VerifierBuilder(
        roots=[each for each in trusted if each.issuer == each.subject],
        intermediates=[each for each in trusted if each.issuer != each.subject],
    )
    try:
        return builder.build().verify(decode_timestamp_response(response), digest)
    except (VerificationError, ValueError):
        return False


def token_of(response: bytes) -> bytes:
    """Return the time-stamp token (DER of the ContentInfo) in an answer."""
    return decode_timestamp_response(response).time_stamp_token()
