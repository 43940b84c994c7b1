"""The triggers that keep the history append-only and records from going any way but by an approved destruction.

Without them both could change after they were verified; whoever owns the database can drop them, so verification looks.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

_HISTORY = frozenset(
    {"history_entry_only_next", "history_value_only_next", "history_value_no_update", "history_value_guarded"}
)
_RECORDS = frozenset(
    {
        "business_case_guarded",
        "business_case_leaves",
        "case_file_guarded",
        "case_file_moved",
        "destruction_certificate_born",
        "destruction_certificate_frozen",
        "destruction_certificate_kept",
        "disposal_asked",
        "disposal_born",
        "disposal_frozen",
        "disposal_hold_frozen",
        "disposal_hold_guarded",
        "disposal_kept",
        "disposal_message_kept",
        "disposal_moved",
        "disposal_unclear",
        "document_guarded",
        "document_leaves",
        "document_stays",
        "document_version_guarded",
        "document_version_stays",
        "hold_order_frozen",
        "hold_order_kept",
        "exchange_difference_frozen",
        "exchange_difference_kept",
        "incoming_item_guarded",
        "page_guarded",
        "page_stays",
        "paper_part_guarded",
        "rendition_guarded",
        "rendition_stays",
        "retention_event_guarded",
        "retention_rule_frozen",
        "retention_rule_kept",
        "sub_file_guarded",
        "sub_file_leaves",
    }
)
GUARDS = {
    "sqlite": _HISTORY | _RECORDS | {"history_entry_no_update", "history_entry_no_delete"},
    "postgresql": _HISTORY
    | _RECORDS
    | {"history_entry_no_change", "history_entry_no_truncate", "history_value_no_truncate", "document_no_truncate"},
}
_THERE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')",
}


def missing_guards(session: Session) -> frozenset[str]:
    """Return the names of the triggers that should guard the history and the records and do not."""
    dialect = session.get_bind().dialect.name
    return GUARDS[dialect] - frozenset(session.scalars(text(_THERE[dialect])))
