"""The languages and scripts people choose from when a text is recognised: one list, one check."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from eakte.errors import InvalidInput

LANGUAGE_LABELS = {
    "ara": "Arabisch", "bul": "Bulgarisch", "ces": "Tschechisch", "dan": "Dänisch", "deu": "Deutsch",
    "deu_latf": "Fraktur", "ell": "Griechisch", "eng": "Englisch", "fas": "Persisch", "fra": "Französisch",
    "frk": "Fraktur", "hrv": "Kroatisch", "hun": "Ungarisch", "ita": "Italienisch", "kur": "Kurdisch",
    "lat": "Latein", "nld": "Niederländisch", "pol": "Polnisch", "por": "Portugiesisch", "ron": "Rumänisch",
    "rus": "Russisch", "spa": "Spanisch", "srp": "Serbisch", "tur": "Türkisch", "ukr": "Ukrainisch",
}  # fmt: skip
"""German names of the languages and scripts, by the codes of the text recognition."""
MOST = 80
"""Letters that chosen languages may have together, as they are kept."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language or script to choose; the usual ones are chosen in advance."""

    code: str
    label: str
    chosen: bool


def offered(installed: Sequence[str], usual: str) -> tuple[Language, ...]:
    """Return the installed languages by their German names, those of ``usual`` (``deu+eng``) first and chosen."""
    chosen = set(usual.split("+"))
    found = (Language(code, LANGUAGE_LABELS.get(code, code), code in chosen) for code in installed)
    return tuple(sorted(found, key=lambda one: (not one.chosen, one.label)))


def language_names(languages: str) -> str:
    """Return the German names of ``deu+frk``; a code without a name stands for itself."""
    return ", ".join(LANGUAGE_LABELS.get(code, code) for code in languages.split("+") if code)


def joined(chosen: Collection[str], installed: Sequence[str]) -> str:
    """Return the chosen languages as the text recognition takes them, German first.

    Raises:
        InvalidInput: None is chosen, one is not installed, or they are too many to be kept.
    """
    found = "+".join(sorted(set(chosen), key=lambda code: (code != "deu", code)))
    if not chosen or not set(chosen) <= set(installed) or len(found) > MOST:
        raise InvalidInput(problem="Bitte wählen Sie mindestens eine Sprache aus der Liste.", field="languages")
    return found
