"""German office letters drawn as page images, the same for the same seed, degraded like scans."""

from __future__ import annotations

import random
import subprocess
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

A4_INCHES = (8.27, 11.69)


@dataclass(frozen=True, slots=True)
class Letter:
    """What is printed on a page, from top to bottom."""

    sender: str = "Erika Beispiel · Lindenweg 7 · 30159 Musterstadt"
    recipient: tuple[str, ...] = ("Stadt Musterstadt", "Bauordnungsamt", "Rathausplatz 1", "30159 Musterstadt")
    signs: tuple[str, ...] = ()
    place_and_date: str = "Musterstadt, den 12. März 2026"
    subject: str = "Antrag auf Baugenehmigung für eine Garage"
    body: tuple[str, ...] = ()
    closing: tuple[str, ...] = ("Mit freundlichen Grüßen", "", "Erika Beispiel")
    table: tuple[tuple[str, str], ...] = field(default=())


@cache
def font_file(family: str = "Liberation Sans") -> str:
    """Return the file of a font of *family* that fontconfig finds."""
    found = subprocess.run(["fc-match", "-f", "%{file}", family], capture_output=True, text=True, check=True)
    return found.stdout


def _wrap(draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and draw.textlength(longer, font=font) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]


def _rows(letter: Letter) -> list[tuple[str, float, bool]]:
    """The letter's paragraphs with their text size in points and whether they are bold."""
    rows: list[tuple[str, float, bool]] = [(letter.sender, 8, False), ("", 8, False)]
    rows += [(line, 11, False) for line in letter.recipient]
    rows += [("", 11, False)] * 2
    rows += [(line, 10, False) for line in letter.signs]
    rows += [("", 11, False), (letter.place_and_date, 11, False), ("", 11, False), (letter.subject, 11.5, True)]
    for paragraph in letter.body:
        rows += [("", 6, False), (paragraph, 11, False)]
    rows += [("", 11, False), *((line, 11, False) for line in letter.closing)]
    return rows


def printed(letter: Letter) -> str:
    """Return what ``draw`` writes, a line for each paragraph."""
    rows = [text for text, _, _ in _rows(letter)]
    return "\n".join([*rows, *(f"{name} {amount}" for name, amount in letter.table)])


def draw(letter: Letter, *, dpi: int = 300, family: str = "Liberation Sans", mode: str = "L") -> Image.Image:
    """Draw *letter* on a white A4 page, without any noise."""
    width, height = (round(inches * dpi) for inches in A4_INCHES)
    image = Image.new(mode, (width, height), "white")
    pen = ImageDraw.Draw(image)
    left, top, right = dpi, 0.7 * dpi, width - 0.8 * dpi
    for text, points, bold in _rows(letter):
        font = ImageFont.truetype(font_file(f"{family}:bold" if bold else family), round(points * dpi / 72))
        for line in _wrap(pen, text, font, right - left):
            pen.text((left, top), line, font=font, fill="black")
            top += points * dpi / 72 * 1.3
    for name, amount in letter.table:
        font = ImageFont.truetype(font_file(family), round(10 * dpi / 72))
        pen.text((left, top), name, font=font, fill="black")
        pen.text((right - pen.textlength(amount, font=font), top), amount, font=font, fill="black")
        top += 10 * dpi / 72 * 1.4
    return image


def degrade(image: Image.Image, *, seed: int, skew: float = 0.4, noise: float = 6.0) -> Image.Image:
    """Turn *image* into something like a scan: turned up to *skew* degrees, grey noise, paper not quite white."""
    chance = random.Random(seed)
    turned = image.rotate(chance.uniform(-skew, skew), Image.Resampling.BILINEAR, fillcolor="white")
    dots = np.random.default_rng(seed).normal(-6, noise, (image.height, image.width))
    pixels = np.asarray(turned, dtype=np.float32)
    grain = dots if pixels.ndim == 2 else dots[:, :, None]
    return Image.fromarray(np.clip(pixels + grain, 0, 255).astype(np.uint8))


OFFICE_SENTENCES = (
    "gegen den Bescheid vom 3. Februar 2026 lege ich fristgerecht Widerspruch ein.",
    "Die Stellungnahme der Nachbarn liegt diesem Schreiben als Anlage bei.",
    "Nach § 64 BauO ist das vereinfachte Verfahren anzuwenden, sofern keine Sonderbauten betroffen sind.",
    "Wir bitten Sie, die fehlenden Unterlagen bis zum 30. April 2026 vorzulegen.",
    "Die Grundstücksgrenze wurde durch das Katasteramt im vergangenen Herbst neu vermessen.",
    "Für Rückfragen stehe ich Ihnen werktags zwischen 8 und 12 Uhr gern zur Verfügung.",
    "Der Ausschuss für Stadtentwicklung hat in seiner Sitzung am 14. Januar 2026 zugestimmt.",
    "Gemäß § 29 VwVfG beantrage ich Einsicht in die Akten des Verwaltungsverfahrens.",
    "Die Rechnung über 1.284,50 Euro ist innerhalb von vierzehn Tagen ohne Abzug zu zahlen.",
    "Das Vorhaben grenzt im Norden an das Landschaftsschutzgebiet und im Süden an die Bahnlinie.",
    "Bitte überweisen Sie den Betrag unter Angabe des Kassenzeichens auf das unten genannte Konto.",
    "Eine Ausfertigung dieses Schreibens haben wir der unteren Denkmalschutzbehörde übersandt.",
)


def office_letter(seed: int) -> Letter:
    """Return a full page of office German, the same for the same *seed*."""
    chance = random.Random(seed)
    number = chance.randrange(1, 9999)
    paragraphs = tuple(" ".join(chance.sample(OFFICE_SENTENCES, 5)) for _ in range(4))
    return Letter(
        signs=(f"Ihr Zeichen: 52.01.01-2026/{number:04d}", f"Unser Zeichen: EB-{chance.randrange(100, 999)}/26"),
        body=("Sehr geehrte Damen und Herren,", *paragraphs),
    )
