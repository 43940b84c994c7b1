"""Asking an OpenID provider over the network: with limits on time and size, without following it elsewhere."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import requests

from eakte.errors import IdentityUnproven, IdentityUnreachable

TIMEOUT = (5.0, 10.0)
"""Seconds to connect, and between two pieces of an answer."""
MOST_BYTES = 1_000_000


def json_of(url: str, *, bearer: str = "") -> dict[str, Any]:
    """Return the JSON object at an address; redirects are not followed.

    Raises:
        IdentityUnreachable: No answer, or no good one.
        IdentityUnproven: The answer is no JSON object, or too large.
    """
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
    try:
        with requests.get(url, timeout=TIMEOUT, allow_redirects=False, stream=True, headers=headers) as answer:
            if answer.status_code != requests.codes.ok:
                raise IdentityUnreachable(reason=f"HTTP {answer.status_code}")
            body = answer.raw.read(MOST_BYTES + 1, decode_content=True)
            answer._content = body  # noqa: SLF001 - read above, no further than allowed
            found = answer.json() if len(body) <= MOST_BYTES else None
    except requests.JSONDecodeError as error:
        raise IdentityUnproven from error
    except (requests.RequestException, OSError) as error:
        raise IdentityUnreachable(reason=type(error).__name__) from error
    if not isinstance(found, dict):
        raise IdentityUnproven
    return found


def is_safe(url: object, issuer: str) -> bool:
    """Whether an address of a provider may be used: encrypted, or on this machine like a provider for trying out."""
    if not isinstance(url, str):
        return False
    parts = urlsplit(url)
    if parts.username or parts.fragment or not parts.hostname:
        return False
    if parts.scheme == "https":
        return True
    return parts.scheme == "http" and _is_here(parts.hostname) and _is_here(urlsplit(issuer).hostname or "")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
