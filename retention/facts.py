"""Read the facts of one case file from JSON, with every problem named in German.

Every key but ``reference``, ``opened_on`` and ``closed_on`` may be missing; days are "JJJJ-MM-TT"::

    {
      "reference": "36.01.01-0007/1998",
      "opened_on": "1998-03-02",
      "closed_on": "2016-07-31",                     // null: still open
      "file_plan": "36.01.01",                       // or ["36.01.01", "36.01", "36"], the most specific code first
      "department": "51.2",                          // likewise
      "file_type": "Hilfeakte",
      "events": {"BIRTH": "1996-02-29"},             // the day of each event; of several days the last counts;
                                                     // or {"happened_on": "1996-02-29", "evidence": "…"}
      "holds": [{"reason": "Klage", "placed_on": "2026-01-07", "lifted_on": null}],  // also legal_basis, placed_by,
                                                     // owner, review_on
      "also_in": [{"reference": "…", "opened_on": "…", "closed_on": "…"}]
    }

``also_in`` are the other case files a record lies in by reference, each with the same keys. A code with dots stands for
itself and all above it. Without ``file_plan`` every rule given is taken to be on the file's path.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TypeGuard

from retention.errors import FactsInvalidError
from retention.model import CaseFacts, Filing, Hold, Place


def facts_from_json(text: str) -> tuple[CaseFacts, tuple[Hold, ...]]:
    """Facts and holds of one case file, without others the record lies in. Raises ``FactsInvalidError``."""
    first = filings_from_json(text)[0]
    return first.facts, first.holds


def filings_from_json(text: str) -> tuple[Filing, ...]:
    """The case file described, then those of ``also_in``. Raises ``FactsInvalidError``."""
    try:
        record = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise FactsInvalidError(f"kein JSON: {error}") from error
    if not _is_record(record):
        raise FactsInvalidError("erwartet ist ein Objekt mit reference, opened_on, closed_on")
    others = record.get("also_in") or []
    if not isinstance(others, list) or not all(_is_record(other) for other in others):
        raise FactsInvalidError("also_in muss eine Liste von Objekten sein")
    return tuple(_filing(one) for one in (record, *others))


def _filing(record: dict[str, object]) -> Filing:
    events = record.get("events") or {}
    holds = record.get("holds") or []
    if not _is_record(events) or not isinstance(holds, list):
        raise FactsInvalidError("events muss ein Objekt und holds eine Liste sein")
    facts = CaseFacts(
        reference=_text(record, "reference"),
        opened_on=_day(record, "opened_on"),
        closed_on=_optional_day(record, "closed_on"),
        events={code: _last_day(events, code) for code in events if events[code] is not None},
        place=Place(
            file_plan=_codes(record, "file_plan"),
            departments=_codes(record, "department"),
            file_type=_text(record, "file_type") if record.get("file_type") else "",
        ),
    )
    if facts.closed_on is not None and facts.closed_on < facts.opened_on:
        raise FactsInvalidError("closed_on liegt vor opened_on")
    return Filing(facts, tuple(_hold(hold) for hold in holds))


def _codes(record: dict[str, object], name: str) -> tuple[str, ...]:
    value = record.get(name)
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        parts = value.strip().split(".")
        return tuple(".".join(parts[:length]) for length in range(len(parts), 0, -1))
    if isinstance(value, list) and all(isinstance(code, str) and code.strip() for code in value):
        return tuple(str(code).strip() for code in value)
    raise FactsInvalidError(f"{name} muss ein Schlüssel oder eine Liste von Schlüsseln sein")


def _last_day(record: dict[str, object], name: str) -> date:
    value = record[name]
    if isinstance(value, list) and value:
        return max(_last_day({name: one}, name) for one in value)
    if _is_record(value):
        return _day({name: value.get("happened_on")}, name)
    return _day(record, name)


def _is_record(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)


def _hold(record: object) -> Hold:
    if not _is_record(record):
        raise FactsInvalidError("holds enthält etwas anderes als Objekte")
    return Hold(
        _text(record, "reason"),
        _day(record, "placed_on"),
        _optional_day(record, "lifted_on"),
        legal_basis=str(record.get("legal_basis") or ""),
        placed_by=str(record.get("placed_by") or ""),
        owner=str(record.get("owner") or ""),
        review_on=_optional_day(record, "review_on"),
    )


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
