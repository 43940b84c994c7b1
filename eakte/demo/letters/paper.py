"""A4 paper to write and sign on. Lengths in millimetres."""

from __future__ import annotations

from itertools import pairwise

from fpdf import FPDF

from eakte.demo.letters.chance import chance

WIDTH = 165.0
"""Of the text."""


class Paper(FPDF):
    """Pages with the font families ``body`` and, where needed, ``typed``."""

    def __init__(self) -> None:
        super().__init__(format="A4")

    def write_text(
        self, text: str, *, size: float, bold: bool = False, align: str = "L", face: str = "body", width: float = WIDTH
    ) -> None:
        """Write a paragraph at the current place and go below it."""
        self.set_font(face, "B" if bold else "", size)
        self.multi_cell(width, size * 0.46, text, align=align, new_x="LMARGIN", new_y="NEXT")

    def gap(self, height: float) -> None:
        """Leave some room."""
        self.ln(height)

    def write_signature(self, name: str, seed: int, size: float) -> None:
        """Draw a signature in blue ink and the name in print."""
        if self.get_y() > 248:
            self.add_page()
        random = chance(seed)
        x, y = self.get_x() + 2, self.get_y() + 7
        self.set_draw_color(30, 50, 130)
        self.set_line_width(0.45)
        points = [(x, y)]
        for _ in range(len(name.split()) * 9):
            x += random.uniform(0.6, 2.6)
            points.append((x, y + random.uniform(-4, 2.5)))
        self.polyline(_smooth(points))
        self.set_draw_color(0)
        self.set_line_width(0.2)
        self.ln(12)
        self.write_text(name, size=size)


def _smooth(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Round the corners of a line (Chaikin, three times)."""
    for _ in range(3):
        rounded = [points[0]]
        for (ax, ay), (bx, by) in pairwise(points):
            rounded += [(0.75 * ax + 0.25 * bx, 0.75 * ay + 0.25 * by), (0.25 * ax + 0.75 * bx, 0.25 * ay + 0.75 * by)]
        points = [*rounded, points[-1]]
    return points
