"""The time: read here, at the edge, and handed down as an argument."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the worker is an edge
