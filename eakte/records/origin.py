"""Where a request comes from, and how much of that is kept: a shortened address and the kind of browser.

The shortened address (Art. 5 Abs. 1 lit. c DSGVO: no more than needed) still tells people at home, at the office or far
away; the full one is only used to slow down guessing and forgotten within the hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_KEPT_BITS = {4: 24, 6: 48}
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""Marks in the User-Agent, the more particular first: Edge also calls itself Chrome, Chrome also Safari."""
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a sign-in comes from."""

    address: str = ""
    """The full address, as the throttle needs it."""
    agent: str = ""
    """The User-Agent header."""

    @property
    def shortened(self) -> str:
        """The address as it is kept and shown."""
        return shortened(self.address)

    @property
    def browser(self) -> str:
        """The browser as it is kept and shown."""
        return browser(self.agent)


def client_address(peer: str, forwarded: Sequence[str], trusted: int) -> str:
    """Return the address a request came from.

    Args:
        peer: The address of the connection.
        forwarded: The entries of ``X-Forwarded-For`` in their order; anybody can send them.
        trusted: How many proxies of ours stand in front. Each appends the address it was asked from, so the
            *trusted*-last entry was written by the outermost of them; everything before it is hearsay.
    """
    if trusted <= 0 or len(forwarded) < trusted:
        return peer
    told = _parsed(forwarded[-trusted].strip())
    return str(told) if told else peer


def shortened(address: str) -> str:
    """Return the network of an address: ``203.0.113.x`` (24 bits) or ``2001:db8:7::x`` (48 bits)."""
    found = _parsed(address)
    if found is None:
        return ""
    network = ip_network((found, _KEPT_BITS[found.version]), strict=False).network_address
    return f"{str(network).removesuffix('.0')}.x" if found.version == 4 else f"{str(network).removesuffix('::')}::x"


def browser(agent: str) -> str:
    """Return browser and system in words people know; empty if nothing is told."""
    if not agent:
        return ""
    name = next((name for mark, name in _BROWSERS if mark in agent), "Anderes Programm")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{name} unter {system}" if system else name


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
