"""Reference numbers (Aktenzeichen): given by the system by the pattern of the branch, never reused, gaps explained.

The usual pattern is ``{plan}-{year}/{number:04}``: file plan code, year of opening, running number. A Vorgang adds
``-<number>``, a document ``#<number>``. The organisation unit is part of a reference only where a branch asks for
it, so that reorganisations do not touch references.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from eakte.errors import InvalidInput

DEFAULT_PATTERN = "{plan}-{year}/{number:04}"
LONGEST = 80
"""Characters of a reference of a case file."""
SLOTS: Mapping[str, str] = {
    "plan": "Aktenplankennzeichen",
    "year": "Jahr, vierstellig",
    "yy": "Jahr, zweistellig",
    "number": "laufende Nummer; {number:04} füllt auf vier Stellen auf",
    "unit": "Zeichen der federführenden Organisationseinheit",
    "derivation": "Ableitung, beim Anlegen anzugeben",
}
_PIECE = re.compile(r"\{(?P<slot>[^{}:]*)(?::(?P<width>[^{}]*))?\}|(?P<text>[^{}]+)|(?P<stray>[{}])")
_TEXT = re.compile(r"[\w .,/()\-–+]+")
_DERIVATION = re.compile(r"[^\W_][\w .,/\-]{0,38}[^\W_]|[^\W_]")
_WIDTH = re.compile(r"0?[1-9]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a pattern: a slot with the width of its number, or (without one) plain text."""

    slot: str
    text: str = ""
    width: int = 0


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that was read and holds."""

    pieces: tuple[Piece, ...]

    def uses(self, slot: str) -> bool:
        """Whether the pattern asks for a value."""
        return any(piece.slot == slot for piece in self.pieces)

    def render(self, values: Mapping[str, str], number: int) -> str:
        """Return the reference with a running number; *values* by slot but for the number."""
        return "".join(
            piece.text or (f"{number:0{piece.width}d}" if piece.slot == "number" else values[piece.slot])
            for piece in self.pieces
        )

    def scope(self, values: Mapping[str, str]) -> str:
        """Return what a running number counts within: the reference with the number left open."""
        return "".join(piece.text or ("{}" if piece.slot == "number" else values[piece.slot]) for piece in self.pieces)


def width_of(pattern: Pattern) -> int:
    """Return to how many digits the running number is filled up."""
    return next(piece.width for piece in pattern.pieces if piece.slot == "number")


def parse_pattern(text: str) -> Pattern:
    """Read a pattern such as ``{plan}-{year}/{number:04}``.

    Raises:
        InvalidInput: A slot is unknown, a sign is not allowed, or the running number is missing or stands twice.
    """
    pieces = tuple(_piece(match) for match in _PIECE.finditer(text.strip()))
    numbers = sum(piece.slot == "number" for piece in pieces)
    if numbers != 1:
        raise _refused("Das Muster braucht genau eine laufende Nummer, zum Beispiel {number:04}.")
    if len(text) > LONGEST:
        raise _refused(f"Das Muster ist länger als {LONGEST} Zeichen.")
    return Pattern(pieces)


def _piece(match: re.Match[str]) -> Piece:
    if match["stray"]:
        raise _refused("Eine geschweifte Klammer ist nicht geschlossen.")
    if match["text"]:
        if not _TEXT.fullmatch(match["text"]):
            raise _refused(f"„{match['text']}“ enthält ein Zeichen, das in Aktenzeichen nicht vorkommt.")
        return Piece("", text=match["text"])
    slot, width = match["slot"], match["width"]
    if slot not in SLOTS:
        raise _refused(f"Den Baustein {{{slot}}} gibt es nicht; bekannt sind {', '.join(SLOTS)}.")
    if width is not None and (slot != "number" or not _WIDTH.fullmatch(width)):
        raise _refused(f"Die Breite in {{{slot}:{width}}} passt nicht; möglich ist {{number:04}}.")
    return Piece(slot, width=int(width or 1) if slot == "number" else 0)


def _refused(problem: str) -> InvalidInput:
    return InvalidInput(problem=f"Muster der Aktenzeichen: {problem}", field="reference_pattern")


def derivation(text: str) -> str:
    """Return a derivation (Ableitung: name, street, district) as it may stand in a reference.

    Raises:
        InvalidInput: It is empty, longer than 40 characters, or holds other signs than letters, digits and ``., /-``.
    """
    written = " ".join(text.split())
    if not _DERIVATION.fullmatch(written):
        problem = "Bitte eine Ableitung mit höchstens 40 Zeichen angeben (Buchstaben, Ziffern, Punkt, Komma, Strich)."
        raise InvalidInput(problem=problem, field="derivation")
    return written


def spelled_alike(reference: str) -> str:
    """Return the spelling in which references are equal that people write differently.

    Separators and leading zeros do not count: ``52.01.01-2026/0417`` and ``52 01 01 2026 417`` are one.
    """
    parts: list[str] = re.findall(r"\d+|[^\W\d_]+", reference.casefold())
    return "-".join(part.lstrip("0") or "0" if part.isdigit() else part for part in parts)


def sub_file_reference(file_ref: str, number: int) -> str:
    """Return the reference of a Teilakte, e.g. ``52.01.01-2026/0417-T02``."""
    return f"{file_ref}-T{number:02d}"


def case_reference(file_ref: str, number: int) -> str:
    """Return the reference of a Vorgang or Teilvorgang, e.g. ``52.01.01-2026/0417-01``.

    Numbers count through the whole case file, so that a case keeps its reference when it is put elsewhere in it.
    """
    return f"{file_ref}-{number:02d}"


def document_reference(case_ref: str, position: int) -> str:
    """Return the reference of a document, e.g. ``52.01.01-2026/0417-01#0003``."""
    return f"{case_ref}#{position:04d}"
