"""What the interface says in German: the meaning of field names, faults of a request, kinds of refusals."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

TITLES = {
    400: "Anfrage nicht lesbar",
    401: "Zugangsschlüssel fehlt oder gilt nicht",
    403: "Recht fehlt",
    404: "Nicht gefunden",
    405: "Methode nicht erlaubt",
    409: "Im jetzigen Zustand nicht möglich",
    412: "Inzwischen geändert",
    413: "Anfrage zu groß",
    415: "Inhaltstyp nicht erlaubt",
    422: "Angaben nicht gültig",
    428: "Gesehener Stand fehlt",
    429: "Zu viele Anfragen",
    500: "Störung",
    503: "Vorübergehend nicht möglich",
}
"""The title of every status; the code says which refusal it is."""

_FAULTS = {
    "missing": "Diese Angabe fehlt.",
    "extra_forbidden": "Diese Angabe gibt es hier nicht.",
    "string_type": "Hier wird ein Text erwartet.",
    "string_too_short": "Mindestens {min_length} Zeichen angeben.",
    "string_too_long": "Höchstens {max_length} Zeichen angeben.",
    "string_pattern_mismatch": "Der Text hat nicht die erwartete Form.",
    "greater_than_equal": "Mindestens {ge} angeben.",
    "less_than_equal": "Höchstens {le} angeben.",
    "enum": "Erlaubt sind: {expected}.",
    "literal_error": "Erlaubt sind: {expected}.",
    "too_long": "Höchstens {max_length} Einträge angeben.",
    "too_short": "Mindestens {min_length} Einträge angeben.",
    "model_type": "Hier wird ein JSON-Objekt erwartet.",
    "dict_type": "Hier wird ein JSON-Objekt erwartet.",
    "list_type": "Hier wird eine Liste erwartet.",
    "json_invalid": "Das ist kein gültiges JSON.",
}
_KINDS = (
    ("uuid", "Hier wird eine Kennung (UUID) erwartet."),
    ("datetime", "Hier wird ein Zeitpunkt nach RFC 3339 erwartet, zum Beispiel 2026-11-20T09:00:00Z."),
    ("date", "Hier wird ein Datum im Format JJJJ-MM-TT erwartet."),
    ("int", "Hier wird eine ganze Zahl erwartet."),
    ("float", "Hier wird eine Zahl erwartet."),
    ("bool", "Hier wird true oder false erwartet."),
)


def fault_of(kind: str, detail: Mapping[str, Any]) -> str:
    """Return the German sentence for a kind of validation error of pydantic."""
    if kind in _FAULTS:
        told = {name: str(value).replace(" or ", " oder ") for name, value in detail.items()}
        return _FAULTS[kind].format(**told)
    return next((text for start, text in _KINDS if kind.startswith(start)), "Diese Angabe passt nicht.")


@cache
def _told() -> Mapping[str, Any]:
    return tomllib.loads((files("eakte.api") / "words.toml").read_text("utf-8"))


def fields() -> Mapping[str, str]:
    """Return what each field and parameter name means. One name means one thing everywhere."""
    found: Mapping[str, str] = _told()["fields"]
    return found


def examples() -> Mapping[str, Any]:
    """Return a value for each field name that examples show."""
    found: Mapping[str, Any] = _told()["examples"]
    return found


def nouns() -> Mapping[str, str]:
    """Return the German heading of each group of operations."""
    found: Mapping[str, str] = _told()["nouns"]
    return found


def about() -> Sequence[str]:
    """Return what everybody should know before the first call, a sentence each."""
    sentences: Sequence[str] = _told()["about"]["lines"]
    return sentences
