"""Which pages a person should look at because they read badly."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum

POOR = 75
"""Mean confidence of a page's words (0 to 100) below which it reads badly.

Measured on generated letters, 60 to 200 dpi, blurred and noisy: at 90 of confidence 94 of 100 words are right, at 86
88, at 75 71, at 70 65, at 55 44, at 25 4. Below 75 a search misses more than every fourth word.
"""


def is_poor(confidence: int | None, *, recognised: bool) -> bool:
    """Tell whether a page reads badly; only recognised text does, what a file carries itself is taken at its word."""
    return recognised and confidence is not None and confidence < POOR


class RereadingState(StrEnum):
    """What became of the order to read a document again."""

    ORDERED = "ordered"
    BETTER = "better"
    """The new reading stands."""
    KEPT = "kept"
    """The new reading is not better; the one before stands."""
    FAULT = "fault"


LANGUAGE_LABELS = {
    "ara": "Arabisch", "bul": "Bulgarisch", "ces": "Tschechisch", "dan": "Dänisch", "deu": "Deutsch",
    "deu_latf": "Fraktur", "ell": "Griechisch", "eng": "Englisch", "fas": "Persisch", "fra": "Französisch",
    "frk": "Fraktur", "hrv": "Kroatisch", "hun": "Ungarisch", "ita": "Italienisch", "kur": "Kurdisch",
    "lat": "Latein", "nld": "Niederländisch", "pol": "Polnisch", "por": "Portugiesisch", "ron": "Rumänisch",
    "rus": "Russisch", "spa": "Spanisch", "srp": "Serbisch", "tur": "Türkisch", "ukr": "Ukrainisch",
}  # fmt: skip
"""German names of the languages and scripts people choose from, by the codes of the text recognition."""


def language_names(languages: str) -> str:
    """Return the German names of ``deu+frk``; a code without a name stands for itself."""
    return ", ".join(LANGUAGE_LABELS.get(code, code) for code in languages.split("+") if code)


def joined(chosen: Collection[str], installed: Sequence[str]) -> str:
    """Return the chosen languages as the text recognition takes them, German first; empty if one is not installed."""
    if not chosen or not set(chosen) <= set(installed):
        return ""
    return "+".join(sorted(set(chosen), key=lambda code: (code != "deu", code)))


def mean(confidences: Sequence[int | None]) -> int:
    """Return the mean confidence of pages (0 to 100); a page without words counts as 0."""
    return round(sum(one or 0 for one in confidences) / len(confidences)) if confidences else 0
