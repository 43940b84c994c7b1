"""Read the facts of one case file from JSON, with every problem named in German."""

from __future__ import annotations

import json
from datetime import date
from typing import TypeGuard

from retention.errors import FactsInvalidError
from retention.model import CaseFacts, Hold


def facts_from_json(text: str) -> tuple[CaseFacts, tuple[Hold, ...]]:
    """Facts and holds of a JSON object whose keys are the field names of ``CaseFacts`` and, in "holds", of ``Hold``.

    Days are "JJJJ-MM-TT". Raises ``FactsInvalidError``.
    """
    try:
        record = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise FactsInvalidError(f"kein JSON: {error}") from error
    if not _is_record(record):
        raise FactsInvalidError("erwartet ist ein Objekt mit reference, opened_on, closed_on")
    events = record.get("events") or {}
    holds = record.get("holds") or []
    if not _is_record(events) or not isinstance(holds, list):
        raise FactsInvalidError("events muss ein Objekt und holds eine Liste sein")
    facts = CaseFacts(
        reference=_text(record, "reference"),
        opened_on=_day(record, "opened_on"),
        closed_on=_optional_day(record, "closed_on"),
        events={code: _day(events, code) for code in events if events[code] is not None},
    )
    if facts.closed_on is not None and facts.closed_on < facts.opened_on:
        raise FactsInvalidError("closed_on liegt vor opened_on")
    return facts, tuple(_hold(hold) for hold in holds)


def _is_record(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)


def _hold(record: object) -> Hold:
    if not _is_record(record):
        raise FactsInvalidError("holds enthält etwas anderes als Objekte")
    return Hold(_text(record, "reason"), _day(record, "placed_on"), _optional_day(record, "lifted_on"))


def _text(record: dict[str, object], name: str) -> str:
    value = record.get(name)
    if not isinstance(value, str) or not value.strip():
        raise FactsInvalidError(f"{name} fehlt")
    return value


def _day(record: dict[str, object], name: str) -> date:
    value = record.get(name)
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise FactsInvalidError(f"{name} ist kein Datum (JJJJ-MM-TT)") from error


def _optional_day(record: dict[str, object], name: str) -> date | None:
    return None if record.get(name) is None else _day(record, name)
