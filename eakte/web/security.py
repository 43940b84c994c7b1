"""What protects the browser side: headers, tokens against forged requests, safe redirects."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from flask import Request, Response

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def protect(answer: Response, forms_lead_to: str = "") -> Response:
    """Add the security headers; case data is never kept by caches unless a view says otherwise.

    Browsers also check where a form's answer sends them on: *forms_lead_to* is the origin of the OpenID provider, where
    signing out goes on.
    """
    if forms_lead_to:
        policy = CONTENT_SECURITY_POLICY.replace("form-action 'self'", f"form-action 'self' {forms_lead_to}")
        answer.headers.setdefault("Content-Security-Policy", policy)
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def origin_of(address: str) -> str:
    """Return scheme and host of an address, empty without one."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else ""


def request_token(key: str) -> str:
    """Return a token for forms, bound to the session and different each time.

    It changes because pages are compressed, and a constant secret beside reflected text could be guessed by size.
    """
    nonce = secrets.token_hex(8)
    return f"{nonce}.{_seal(key, nonce)}"


def token_fits(key: str, token: str) -> bool:
    """Whether a form's token belongs to the session."""
    nonce, _, seal = token.partition(".")
    return bool(key) and hmac.compare_digest(_seal(key, nonce).encode(), seal.encode())


def _seal(key: str, nonce: str) -> str:
    return hmac.new(key.encode(), f"form:{nonce}".encode(), hashlib.sha256).hexdigest()[:32]


def from_our_pages(request: Request, public_url: str) -> bool:
    """Whether a browser says that the request comes from a page of ours; old browsers say nothing.

    Behind a proxy our pages are also those of *public_url*.
    """
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    ours = {request.host, urlsplit(public_url).netloc} - {""}
    return site in {"same-origin", "none"} and (origin is None or urlsplit(origin).netloc in ours)


def safe_next(address: str | None) -> str | None:
    """Return the address if it is a path of ours, else ``None``: no one is sent elsewhere after sign-in."""
    if not address or not address.startswith("/") or address.startswith("//") or "\\" in address:
        return None
    if any(not letter.isprintable() for letter in address):
        return None
    parts = urlsplit(address)
    return address if not parts.scheme and not parts.netloc else None
