"""Rows of words as they stand on letters: left and top edge and height in pixels at 300 dpi, text, confidence."""

from __future__ import annotations

Row = tuple[int, int, int, str] | tuple[int, int, int, str, int]

OFFICE: tuple[Row, ...] = (
    (300, 620, 40, "Stadt Beispielheim"),
    (300, 680, 40, "Bauamt"),
    (300, 740, 40, "Am Markt 3"),
    (300, 800, 40, "54321 Beispielheim"),
)
STAMP: tuple[Row, ...] = (
    (1640, 380, 50, "EINGANG"),
    (1540, 445, 60, "10. NOV. 2026"),
    (1550, 520, 44, "Stadt Beispielheim"),
)


def body(top: int, *, signed: str = "", scrawl: bool = False) -> tuple[Row, ...]:
    """A short text from the salutation to the name below the greeting."""
    rows: tuple[Row, ...] = (
        (300, top, 40, "Sehr geehrte Damen und Herren,"),
        (300, top + 100, 40, "hiermit teilen wir Ihnen mit, dass alle Unterlagen"),
        (300, top + 158, 40, "vollständig eingegangen sind."),
        (300, top + 260, 40, "Mit freundlichen Grüßen"),
    )
    pen: tuple[Row, ...] = ((315, top + 340, 80, "PN N", 46),) if scrawl else ()
    name: tuple[Row, ...] = ((300, top + 440, 40, signed),) if signed else ()
    return rows + pen + name
