"""The triggers that keep the history append-only: without them it could change after it was verified."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

_EVERYWHERE = frozenset(
    {"history_entry_only_next", "history_value_only_next", "history_value_no_update", "history_value_guarded"}
)
GUARDS = {
    "sqlite": _EVERYWHERE | {"history_entry_no_update", "history_entry_no_delete"},
    "postgresql": _EVERYWHERE | {"history_entry_no_change", "history_entry_no_truncate", "history_value_no_truncate"},
}
_THERE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')",
}


def missing_guards(session: Session) -> frozenset[str]:
    """Return the names of the triggers that should guard the history and do not."""
    dialect = session.get_bind().dialect.name
    return GUARDS[dialect] - frozenset(session.scalars(text(_THERE[dialect])))
