"""Spoiling text as text recognition does, the same way every time."""

from __future__ import annotations

import random

SWAPS = {
    "rn": "m", "m": "rn", "l": "1", "1": "l", "i": "l", "ü": "ii", "ä": "a", "ö": "o", "e": "c", "c": "e", "f": "t",
    "t": "f", "s": "f", "h": "b", "b": "h", "n": "u", "u": "n", "0": "O", "O": "0", "5": "S", "S": "5", "ß": "B",
}  # fmt: skip
"""What is read for what."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Spoiler:
    """Changes a share of the characters: most into look-alikes, some lost, added or replaced, some words cut."""

    def __init__(self, share: float, seed: int = 7) -> None:
        self._share = share
        self._random = random.Random(seed)

    def spoil(self, text: str) -> str:
        """Return *text* with about the given share of its characters spoiled; blanks between lines stay."""
        if self._share <= 0:
            return text
        made: list[str] = []
        place = 0
        while place < len(text):
            pair = text[place : place + 2]
            step = 2 if pair in SWAPS else 1
            piece = text[place : place + step]
            spoiled = piece != "\n" and self._random.random() < self._share * step
            made.append(self._wrong(piece) if spoiled else piece)
            place += step
        return "".join(made)

    def _wrong(self, piece: str) -> str:
        kind = self._random.random()
        if piece in SWAPS and kind < 0.7:
            return SWAPS[piece]
        if kind < 0.8:
            return ""
        if kind < 0.9:
            return piece + self._random.choice(LETTERS)
        return self._random.choice(LETTERS) if piece.strip() else ""
