"""Files to read: letters drawn by the project's own generator, as scans and as born-digital PDFs."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pikepdf
from fpdf import FPDF
from PIL import Image

from bench.letters import Letter, degrade, draw, font_file
from ingest.model import Box, Page, TextSource, Word

__all__ = ["Letter", "degrade", "draw"]  # of the generator, for tests that make pages of their own

APPLICATION = Letter(
    signs=("Ihr Zeichen: 52.01.01-2026/0417", "Unser Zeichen: EB-201/26"),
    subject="Widerspruch gegen den Bescheid vom 3. Februar 2026",
    body=(
        "Sehr geehrte Damen und Herren,",
        "gegen den Bescheid über den Neubau einer Garage lege ich hiermit fristgerecht Widerspruch ein.",
        "Nach § 64 BauO ist das vereinfachte Verfahren anzuwenden. Bitte antworten Sie bis zum 30. April 2026.",
    ),
)


def scan(letter: Letter = APPLICATION, *, seed: int = 1, dpi: int = 300, mode: str = "L") -> Image.Image:
    """Return *letter* as it comes from the scanner."""
    return degrade(draw(letter, dpi=dpi, mode=mode), seed=seed)


def scanned_pdf(path: Path, images: Sequence[Image.Image], *, dpi: int = 300) -> Path:
    """Write a PDF with one image on each page and no text."""
    images[0].save(path, "PDF", save_all=True, append_images=images[1:], resolution=dpi)
    return path


def born_digital_pdf(path: Path, paragraphs: Sequence[str]) -> Path:
    """Write a PDF of text, as word processors do."""
    pdf = FPDF(format="A4")
    pdf.add_font("Letter", fname=font_file("DejaVu Sans"))
    pdf.set_font("Letter", size=11)
    pdf.add_page()
    for paragraph in paragraphs:
        pdf.multi_cell(0, 6, paragraph, new_x="LMARGIN", new_y="NEXT")
        pdf.ln(3)
    path.write_bytes(bytes(pdf.output()))
    return path


def joined(path: Path, parts: Sequence[Path]) -> Path:
    """Write one PDF with the pages of all *parts*."""
    with pikepdf.new() as whole:
        for part in parts:
            with pikepdf.open(part) as pdf:
                whole.pages.extend(pdf.pages)
        whole.save(path)
    return path


def png_bytes(image: Image.Image) -> bytes:
    """Return *image* as PNG."""
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def page_of(text: str, *, number: int = 1, height: int = 3508) -> Page:
    """Return a page whose words stand on a grid, one row for each line of *text*; empty lines leave a gap."""
    words = []
    for row, line in enumerate(text.splitlines()):
        column = 0
        for word in line.split(" "):
            if word:
                words.append(Word(word, Box(200 + column * 24, 200 + row * 60, 24 * len(word), 40), 96))
            column += len(word) + 1
    return Page(
        number=number,
        width=2480,
        height=height,
        dpi=300,
        source=TextSource.OCR,
        text=text,
        words=tuple(words),
        confidence=96,
        image=Path("page.webp"),
        thumbnail=Path("thumbnail.webp"),
    )


def placed(*rows: tuple[int, int, int, str] | tuple[int, int, int, str, int]) -> Page:
    """Return an A4 page at 300 dpi with *rows* of words: left and top edge, height, text, confidence (else 95)."""
    words = []
    for left, top, size, text, *rest in rows:
        edge = left
        for word in text.split():
            words.append(Word(word, Box(edge, top, round(0.7 * size * len(word)), size), rest[0] if rest else 95))
            edge += round(0.7 * size * len(word) + 0.4 * size)
    return replace(page_of(""), text=" ".join(row[3] for row in rows), words=tuple(words))
