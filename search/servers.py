"""Where the servers of an engine are that does not live in our process."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Servers:
    """Addresses (``https://host:9200``) of one cluster and what is ours there."""

    addresses: tuple[str, ...]
    prefix: str = "eakte"
    """Begins the names of our indexes; two authorities on one cluster need different ones."""
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    """Certificates to trust instead of the system's."""
