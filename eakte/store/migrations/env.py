"""Alembic's door: migrations run on the connection they are given, in its transaction.

The caller (``eakte.store.migrate``) has opened the one transaction and, on SQLite, switched foreign keys off.
"""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from eakte.store.base import UtcDateTime
from eakte.store.tables import METADATA, is_ours


def render(kind: str, value: Any, _: Any) -> str | Literal[False]:
    """Write our own types as what they are in the database, so that old migrations need none of our code."""
    if kind == "type" and isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, sa.Enum):
        return f"sa.String(length={value.length})"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    transactional_ddl=True,
    include_name=is_ours,
    render_item=render,
)
context.run_migrations()
